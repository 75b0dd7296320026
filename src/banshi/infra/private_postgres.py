"""私有 PostgreSQL: a server of one's own for a test, a proof or a measurement, gone when its owner is.

    with private_postgres() as server:
        psycopg.connect(server.url)

It listens on a Unix socket only, in a folder that nobody else may enter, and it keeps PostgreSQL's full
durability (fsync, full_page_writes, synchronous_commit): what is shown on it holds for a real one.

A keeper process stands between owner and server and waits for the owner's end of a pipe to close. That
happens on every way out, a kill included; then it stops the server and removes the folder.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian
    ("/usr", "pgsql-*/bin"),  # Red Hat
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)
_START_SECONDS = 60
_STOP_SECONDS = 30
_POLL_SECONDS = 0.2
# The shortest limit in use (macOS) on a socket's whole path; Linux allows 107.
_SOCKET_PATH_BYTES = 103


class PostgresMissing(RuntimeError):
    """找不到 PostgreSQL: its server programs, or an account to run them, are not on this machine."""


@dataclass(frozen=True)
class PrivatePostgres:
    """私有 PostgreSQL 的地址: where the server is reached, and where its files lie."""

    url: str
    """For libpq and for a configuration's `database`: `postgresql:///postgres?host=…&user=postgres`."""
    folder: Path
    """Holds the socket, `data/` and `log`; removed with the server."""


@contextlib.contextmanager
def private_postgres(folder: Path | None = None) -> Iterator[PrivatePostgres]:
    """A running server for the length of the `with` block.

    `folder`: where to make its own folder; by default on disk (/var/tmp), not in memory.
    Raises `PostgresMissing` when PostgreSQL's server is not installed, `RuntimeError` with its log when it
    does not start.
    """
    programs = find_programs()
    account = _account()
    home = Path(tempfile.mkdtemp(prefix="banshi-pg-", dir=folder or _disk()))
    keeper: subprocess.Popen[bytes] | None = None
    try:
        if len(os.fsencode(home / ".s.PGSQL.5432")) > _SOCKET_PATH_BYTES:
            raise RuntimeError(f"路径太长，放不下套接字 / the path is too long for a socket: {home}")
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
        _create(programs, account, home)
        keeper = subprocess.Popen(
            [sys.executable, "-I", __file__, str(programs), str(home)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        _await_ready(keeper, home)
        yield PrivatePostgres(f"postgresql:///postgres?host={quote(str(home), safe='')}&user=postgres", home)
    finally:
        if keeper:
            if keeper.stdin:
                keeper.stdin.close()
            keeper.wait()
        shutil.rmtree(home, ignore_errors=True)


def find_programs(*names: str) -> Path:
    """The folder of the newest PostgreSQL on this machine that has all of `names` (default: what a server needs).

    Raises `PostgresMissing`.
    """
    names = names or ("postgres", "initdb")
    candidates = [path for root, pattern in _PLACES for path in Path(root).glob(pattern)]
    if on_path := shutil.which(names[0]):
        candidates.append(Path(on_path).resolve().parent)
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(answer.stdout.strip() or "/nowhere"))
    complete = [path for path in candidates if all((path / name).exists() for name in names)]
    if not complete:
        raise PostgresMissing(
            f"没有找到 PostgreSQL 的程序（{'、'.join(names)}）。请先安装：\n"
            f"PostgreSQL's programs ({', '.join(names)}) were not found. Install them first:\n"
            "    Debian/Ubuntu: sudo apt-get install -y postgresql\n"
            "    macOS: brew install postgresql"
        )
    return max(complete, key=lambda path: _version(path / names[0]))


def _version(program: Path) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+", answer.stdout)
    return int(found.group()) if found else 0


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as, when that is somebody else: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresMissing(
            "以 root 运行时需要系统用户 postgres（安装 PostgreSQL 软件包时会建立），现在没有。\n"
            "Run by root, it needs the system user postgres, which PostgreSQL's package makes; there is none."
        ) from None


def _disk() -> str:
    # /tmp is memory on many systems; /var/tmp by its definition is not.
    return "/var/tmp" if os.access("/var/tmp", os.W_OK) else tempfile.gettempdir()  # noqa: S108 (mkdtemp inside)


def _start(
    command: list[str | Path], home: Path, account: pwd.struct_passwd | None, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return subprocess.Popen(
        command,
        cwd=home,
        env=kept | {"HOME": str(home), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _create(programs: Path, account: pwd.struct_passwd | None, home: Path) -> None:
    command: list[str | Path] = [
        *(programs / "initdb", "--pgdata", home / "data", "--username", "postgres", "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", "C", "--no-instructions"),
    ]
    with open(home / "log", "wb") as log:
        status = _start(command, home, account, log).wait()
    if status:
        raise RuntimeError(f"initdb 失败 / initdb failed:\n{(home / 'log').read_text()}")


def _await_ready(keeper: subprocess.Popen[bytes], home: Path) -> None:
    """PostgreSQL writes its state into the eighth line of postmaster.pid."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and keeper.poll() is None:
        with contextlib.suppress(OSError, IndexError):
            if (home / "data" / "postmaster.pid").read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL 没有启动 / PostgreSQL did not start:\n{(home / 'log').read_text()}")


def _keep(programs: Path, home: Path, account: pwd.struct_passwd | None) -> None:
    """The keeper: run the server until the owner's end of the pipe closes, then clear away.

    A server that ends by itself leaves its folder to the owner, who may want to read the log.
    """
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={home}",
        "unix_socket_permissions=0700",
        *("fsync=on", "full_page_writes=on", "synchronous_commit=on"),
    ]
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        home / "data",
        *(f"--{setting}" for setting in settings),
    ]
    with open(home / "log", "ab") as log:
        server = _start(command, home, account, log)
    while not select.select([0], [], [], _POLL_SECONDS)[0]:
        if server.poll() is not None:
            return
    _stop(server)
    shutil.rmtree(home, ignore_errors=True)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(_STOP_SECONDS)
            return


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), Path(sys.argv[2]), _account())
