"""Lives by one or several clients at once, as threads of as many processes as ours has; every peer hands its `live` in.

A script is called with an engine (sqlite, pg), a database (a file, or a libpq address), clients and lives, and prints
lives per second.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

STEPS = 8
PROCESSES = {"sqlite": 1, "pg": 2}  # as `./banshi serve`, and `bench life` beside this, have


def arguments() -> tuple[str, str, int, int]:
    """Engine, database, clients, lives."""
    engine, database, clients, lives = sys.argv[1:5]
    return engine, database, int(clients), int(lives)


def race(
    client: Callable[[], Callable[[], object]],
    most: int,
    clients: int,
    lives: int,
    opened: Callable[[], object] = bool,
) -> float:
    """Lives per second by `clients` in at most so many processes: each process is `opened`, each client makes its `live` and tries it once, then all start."""
    context = multiprocessing.get_context("fork")
    processes = min(clients, most)
    gate = context.Barrier(processes + 1)
    share = -(-lives // processes)
    running = [
        context.Process(target=_run, args=(client, clients // processes, share, opened, gate))
        for _ in range(processes)
    ]
    for one in running:
        one.start()
    gate.wait(120)
    began = time.perf_counter()
    for one in running:
        one.join()
    seconds = time.perf_counter() - began
    if any(one.exitcode for one in running):
        raise SystemExit("a client failed")
    return share * processes / seconds


def _run(
    client: Callable[[], Callable[[], object]],
    threads: int,
    share: int,
    opened: Callable[[], object],
    gate: Barrier,
) -> None:
    mine = threading.local()

    def ready() -> None:
        mine.live = client()
        mine.live()

    try:
        opened()
        with ThreadPoolExecutor(threads, initializer=ready) as pool:
            everybody = threading.Barrier(threads)
            list(pool.map(lambda _: everybody.wait(120), range(threads)))
            gate.wait(120)
            for _ in pool.map(lambda _: mine.live(), range(share)):
                pass
    except BaseException:
        gate.abort()
        raise
    os._exit(0)  # whatever a peer keeps running


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
