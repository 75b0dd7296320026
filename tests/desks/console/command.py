"""./banshi as the operator types it: commands and servers in processes of their own, on installations of their own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[3]
ENGINE = os.environ.get("BANSHI_ENGINE", "sqlite")
HOST = "banshi.example.gov.cn"
SECONDS = 240  # nothing that is started here lives longer, whatever becomes of the tests
BANSHI = [sys.executable, "-P", "-m", "banshi"]


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str


def banshi(*arguments: str | Path, status: int | None = 0, **environment: str) -> Done:
    """Run a command to its end, which must be with `status` unless that is None."""
    return _run([*BANSHI, *map(str, arguments)], status, environment)


def inside(config: Path, code: str, status: int | None = 0) -> Done:
    """Run Python on an installation, as a command does."""
    start = (
        f"from pathlib import Path; from banshi.desks.console import installation; config = Path({str(config)!r})\n"
        "installation.start(config)\n"
    )
    return _run([sys.executable, "-P", "-c", start + code], status, {})


def _run(command: list[str], status: int | None, environment: dict[str, str]) -> Done:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=surroundings(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert status in (None, done.returncode), (
        f"{command[4:]}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return Done(done.returncode, done.stdout, done.stderr)


def surroundings(more: dict[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BANSHI_", "DJANGO_", "DISPLAY"))
    }
    # What was compiled is kept, as on any machine; a shell may say otherwise, and a command would take twice as long.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "python")}
    return kept | {"PYTHONPATH": str(ROOT / "src")} | compiled | more


# ---- installations ----


def pg(sql: str) -> None:
    """Run one statement on the private server, outside the installations' databases."""
    with psycopg.connect(os.environ["BANSHI_PG_DSN"], autocommit=True) as connection:
        connection.execute(sql)


def pg_address(name: str) -> str:
    """The address of a database of the private server."""
    server = conninfo_to_dict(os.environ["BANSHI_PG_DSN"])
    return f"postgresql:///{name}?host={server['host']}&user={server['user']}"


@dataclass(frozen=True)
class City:
    """An installation with tables, regions and catalogue, and nobody in it."""

    folder: Path
    database: str  # PostgreSQL's name; empty for SQLite

    @property
    def config(self) -> Path:
        return self.folder / "banshi.toml"

    @property
    def keys(self) -> Path:
        return self.folder / "keys" / "keyring.json"

    @classmethod
    def make(cls, folder: Path, database: str) -> City:
        city = cls(folder, database)
        if database:
            pg(f'CREATE DATABASE "{database}"')
        address = ["--database", pg_address(database)] if database else []
        banshi("init", folder, "--host", HOST, *address)
        inside(
            city.config,
            "installation.migrate()\n"
            "from banshi.desks.console import content\n"
            "from banshi.infra import clock, store\n"
            "with store.inline():\n"
            "    content.load_regions(clock.now())\n"
            "    content.load(None, clock.now())\n",
        )
        return city

    def copy(self, folder: Path, database: str) -> City:
        shutil.copytree(self.folder, folder)
        copy = City(folder, database and self.database and database)
        if self.database:
            pg(f'CREATE DATABASE "{database}" TEMPLATE "{self.database}"')
            copy.configure(database=pg_address(database))
        return copy

    def configure(self, **settings: object) -> None:
        """Change settings in the configuration file."""
        lines = self.config.read_text("utf-8").splitlines()
        changed = [line for line in lines if line.split(" ")[0] not in settings]
        changed += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        self.config.write_text("\n".join(changed) + "\n", "utf-8")

    def ask(self, code: str) -> Any:
        """What Python inside the installation finds, as JSON."""
        return json.loads(inside(self.config, f"import json\n{code}").out)

    def contents(self) -> dict[str, Any]:
        """Each table's rows and digest."""
        found: dict[str, Any] = self.ask(
            "from dataclasses import asdict\n"
            "from banshi.desks.console.snapshot import database_of\n"
            "from banshi.infra.config import load\n"
            "import tempfile\n"
            "with tempfile.TemporaryDirectory() as scratch:\n"
            "    content = database_of(load(config)).save(Path(scratch))\n"
            "print(json.dumps({name: asdict(table) for name, table in content.tables.items()}))\n"
        )
        return found


# ---- servers ----


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """A server started by a command that ends only when it is told to."""

    def __init__(self, folder: Path, *command: str | Path, **environment: str) -> None:
        self.port = free_port()
        self._out, self._err = folder / f"out-{self.port}", folder / f"err-{self.port}"
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self.process = subprocess.Popen(
                [*BANSHI, *map(str, command), "--port", str(self.port)],
                cwd=ROOT,
                env=surroundings(environment),
                stdout=out,
                stderr=err,
                process_group=0,
                # An alarm outlives exec: the server ends even where the tests are killed.
                preexec_fn=lambda: signal.alarm(SECONDS) and None,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        deadline = time.monotonic() + 20
        while self.answers() and time.monotonic() < deadline:
            time.sleep(0.1)

    def wait_until_up(self) -> Self:
        """Until /healthz says that all is well."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended: {self.err()}"
            if self.answers() and self.get("/healthz").status == 200:
                return self
            time.sleep(0.1)
        raise AssertionError(f"the server did not answer: {self.err()}")

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def guess(self, account: str) -> Answer:
        """Try to sign in, as a program behind the proxy does; every try is written down before the answer."""
        body = json.dumps({"realm": "staff", "account": account, "password": "wrong-password"})
        return self._ask(
            "POST", "/api/v1/session", body, {"Content_Type": "application/json"} | proxied(account)
        )

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        return answer

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "spawn_main"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(line) for line in found.stdout.split()]

    def stop(self) -> int:
        """Ask it to end, as systemd does; its exit status."""
        self.process.terminate()
        return self.process.wait(30)

    def interrupt(self) -> int:
        """Ctrl-C, which a terminal sends to all its processes at once; its exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def out(self) -> str:
        return self._out.read_text("utf-8")

    def err(self) -> str:
        return self._err.read_text("utf-8")

    def log(self) -> list[dict[str, str]]:
        """What it wrote for the operator; every line must be JSON."""
        return [json.loads(line) for line in self.err().splitlines()]


def proxied(visitor: str = "visitor") -> dict[str, str]:
    """The headers that the TLS proxy adds, for one of many addresses."""
    address = f"10.0.{sum(visitor.encode()) % 256}.{len(visitor)}"
    return {"Host": HOST, "X_Forwarded_Proto": "https", "X_Forwarded_For": address}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
