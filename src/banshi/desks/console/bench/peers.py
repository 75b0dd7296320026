"""同行对比: other engines living the same eight persisted steps, in an environment of their own, in the same run.

Each engine is a script in `tools/peers`; a ratio is our better of 1 and 8 clients over its better of both, on the same
database engine and disk, in turns, since a machine is not equally fast all the time; where it runs on both, the lesser ratio
counts.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from banshi.desks.console.bench import Figure, disk_folder
from banshi.desks.console.bench.life import life
from banshi.infra.config import DATA
from banshi.infra.private_postgres import private_postgres
from banshi.kernel.facts import Refused

ROOT = DATA.parent
ENVIRONMENT, LOCKED = ROOT / ".venv.bench", ROOT / "requirements" / "bench.txt"
CLIENTS = (1, 8)
TURNS = 3


class Peer(NamedTuple):
    """同行: its script in `tools/peers`, its package, and the engines that its own documents name for lasting data."""

    script: str
    package: str
    engines: tuple[str, ...]


PEERS = {
    "peers.spiff": Peer("spiff", "SpiffWorkflow", ("sqlite",)),
    "peers.viewflow": Peer("viewflow_life", "django-viewflow", ("sqlite", "pg")),
    "peers.fsm": Peer("fsm", "django-fsm-2", ("sqlite", "pg")),
    "peers.dbos": Peer("durable", "dbos", ("pg",)),
}


def peers(quick: bool, cases: int | None) -> Iterator[Figure]:
    """Ours over theirs, engine by engine. Installs the peers on the first call."""
    lives = cases or (40 if quick else 300)
    python = environment()
    with disk_folder() as folder, private_postgres(folder.parent) as server:
        for name, peer in PEERS.items():
            figures = []
            for engine in peer.engines:
                database = _database(peer, engine, folder, server.folder)
                _, clients = _best(python, peer, engine, database, lives)
                turns = [
                    (our_rate(engine, lives * 2), _rate(python, peer, engine, database, clients, lives))
                    for _ in range(1 if quick else TURNS)
                ]
                ours, theirs = (sum(rates) / len(rates) for rates in zip(*turns, strict=True))
                many = "client" if clients == 1 else "clients"
                against = f"{peer.package} {_version(python, peer)}, {engine}, {clients} {many}: {theirs:.1f} cases/s"
                figures.append(Figure("peers", f"{name}.{engine}", ours, "cases/s", ours / theirs, against))
            yield from figures
            yield replace(min(figures, key=lambda figure: figure.ratio or 0), name=name)


def our_rate(engine: str, lives: int) -> float:
    """Our cases/s on an engine: the better of 1 and 8 clients, as `bench life` measures them."""
    figures = {figure.name: figure.value for figure in life(False, lives, engine=engine)}
    return max(figures[name] for n in CLIENTS if (name := f"life.{engine}.{n}") in figures)


def environment() -> Path:
    """The peers' Python, made anew when their lock changed. Raises `Refused` when it cannot be made."""
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "banshi.stamp"
    wanted = hashlib.sha256(LOCKED.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print("正在安装同行的软件（只用于对比）… / Installing the peers (for comparison only) …", file=sys.stderr)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    try:
        venv.create(ENVIRONMENT, with_pip=True)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        subprocess.run([*pip, "-r", LOCKED], check=True)
    except subprocess.CalledProcessError as error:
        raise Refused(
            "peers_missing",
            f"同行的软件没有装上，原因见上（{ENVIRONMENT.name}）。",
            "The peers were not installed, for the reason above.",
        ) from error
    stamp.write_text(wanted)
    return python


def _best(python: Path, peer: Peer, engine: str, database: str, lives: int) -> tuple[float, int]:
    """Its better rate, and with how many clients."""
    return max((_rate(python, peer, engine, database, clients, lives), clients) for clients in CLIENTS)


def _rate(python: Path, peer: Peer, engine: str, database: str, clients: int, lives: int) -> float:
    command: list[str | Path] = [python, f"{peer.script}.py", engine, database, str(clients), str(lives)]
    done = subprocess.run(
        command, cwd=ROOT / "tools" / "peers", stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def _database(peer: Peer, engine: str, folder: Path, server: Path) -> str:
    """A file for SQLite; for PostgreSQL a database of the peer's own."""
    if engine == "sqlite":
        return str(folder / f"{peer.script}.sqlite3")
    import psycopg

    host = quote(str(server), safe="")
    with psycopg.connect(f"postgresql://postgres@/postgres?host={host}", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{peer.script}"')
    return f"postgresql://postgres@/{peer.script}?host={host}"


def _version(python: Path, peer: Peer) -> str:
    [place] = python.parents[1].glob("lib/python*/site-packages")
    found = metadata.distributions(name=peer.package, path=[str(place)])
    return next(iter(found)).version
