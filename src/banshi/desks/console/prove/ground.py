"""试验场: an installation on disk, on either engine, whose server may be killed and started again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from banshi.desks.console import installation
from banshi.infra.private_postgres import find_programs, private_postgres

START_SECONDS = 60
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Ground:
    """试验场: the configuration to work on, and the PostgreSQL to kill, where that is the engine."""

    engine: str
    config: Path
    postgres: Postgres | None


@contextmanager
def ground(engine: str) -> Iterator[Ground]:
    """A city with tables and nothing in it, on a disk; this process is set up on it. Raises `PostgresMissing`."""
    with contextlib.ExitStack() as stack:
        # /tmp is memory on many systems.
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="banshi-prove-", dir="/var/tmp"))
        )
        postgres, database = None, f"sqlite:///{installation.SQLITE}"
        if engine == "pg":
            server = stack.enter_context(private_postgres())
            postgres, database = Postgres(server.folder, server.url), server.url
            stack.callback(postgres.stop)
        config = installation.create(folder / "city", database=database, secure=False, demo=False)
        installation.start(config)
        installation.migrate()
        forget_connections()
        yield Ground(engine, config, postgres)
        forget_connections()


def forget_connections() -> None:
    """Close this process's connections, so that the next one meets the database as it was left."""
    from django.db import connections

    connections.close_all()


class Postgres:
    """可以杀掉再起的 PostgreSQL: the private server's data, first run by its keeper, then by this process."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self._server: subprocess.Popen[bytes] | None = None

    def pids(self) -> list[int]:
        """The server and its processes; the server first. Empty when it does not run."""
        try:
            first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return []
        if not _alive(first):
            return []
        children = Path(f"/proc/{first}/task/{first}/children")
        with contextlib.suppress(OSError):
            return [first, *map(int, children.read_text().split())]
        return [first]

    def kill(self) -> None:
        """kill -9, server and all its processes at once: nothing gets to tidy up."""
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._await_end(pids)

    def stop(self) -> None:
        """End it in order."""
        if pids := self.pids():
            os.kill(pids[0], signal.SIGINT)
            self._await_end(pids)

    def start(self, **settings: str) -> None:
        """Start on the same data, durable but for `settings`, and wait until it answers. Raises `RuntimeError`."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0700",
            **DURABLE,
            **settings,
        }
        account: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            account = {"user": "postgres", "group": "postgres", "extra_groups": []}
        with open(self.folder / "log", "ab") as log:
            self._server = subprocess.Popen(
                [
                    find_programs() / "postgres",
                    "-D",
                    self.folder / "data",
                    *(f"--{key}={value}" for key, value in options.items()),
                ],
                cwd=self.folder,
                env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,
                **account,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url):
                return
            time.sleep(0.02)
        raise RuntimeError(
            f"PostgreSQL 没有启动 / PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-2000:]}"
        )

    def _await_end(self, pids: list[int]) -> None:
        """Until all have ended, and the server is buried: a new one takes a dead one's number for running."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and (
            any(map(_alive, pids)) or any(Path(f"/proc/{pid}").exists() for pid in pids[:1])
        ):
            if self._server:
                self._server.poll()
            time.sleep(0.01)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGQUIT)


def _alive(pid: int) -> bool:
    """Running, and not merely waiting to be buried."""
    if sys.platform != "linux":
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
