"""Lives by one or several clients at once, each a process; every peer's script hands its own `live` in.

A script is called with an engine (sqlite, pg), a database (a file, or a libpq address), clients and lives, and prints
lives per second.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

STEPS = 8


def arguments() -> tuple[str, str, int, int]:
    """Engine, database, clients, lives."""
    engine, database, clients, lives = sys.argv[1:5]
    return engine, database, int(clients), int(lives)


def race(client: Callable[[], Callable[[], object]], clients: int, lives: int) -> float:
    """Lives per second, when each client opens what it needs, lives once to warm up, and then all start together."""
    processes = multiprocessing.get_context("fork")
    gate = processes.Barrier(clients + 1)
    share = -(-lives // clients)
    running = [processes.Process(target=_run, args=(client, gate, share)) for _ in range(clients)]
    for one in running:
        one.start()
    gate.wait(120)
    began = time.perf_counter()
    for one in running:
        one.join()
    seconds = time.perf_counter() - began
    if any(one.exitcode for one in running):
        raise SystemExit("a client failed")
    return share * clients / seconds


def _run(client: Callable[[], Callable[[], object]], gate: Barrier, share: int) -> None:
    try:
        live = client()
        live()
    except BaseException:
        gate.abort()
        raise
    gate.wait(120)
    for _ in range(share):
        live()


def sqlite(database: str) -> sqlite3.Connection:
    """A connection with the settings that ours has: WAL, and every commit synced."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=60)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def django(engine: str, database: str, *apps: str) -> None:
    """Django with these apps on the engine: WAL, FULL and BEGIN IMMEDIATE on SQLite."""
    import django as package
    from django.conf import settings

    if engine == "sqlite":
        default = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
            },
        }
    else:
        import psycopg

        known = psycopg.conninfo.conninfo_to_dict(database)
        default = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": known["dbname"],
            "HOST": known["host"],
            "USER": known["user"],
            "CONN_MAX_AGE": None,
        }
    settings.configure(
        DATABASES={"default": default},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        USE_TZ=True,
        ROOT_URLCONF="race",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    package.setup()
