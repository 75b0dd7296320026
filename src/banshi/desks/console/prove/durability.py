"""写盘: between a command and its acknowledgement the log was synced to disk, and mutants that do not are caught.

kill -9 loses nothing of what the system was handed, even unsynced; so the syncs are counted where they are made: strace
writes down each fsync and fdatasync of the process that writes (SQLite) or of PostgreSQL's processes, with begin and end,
beside the client's own words. A mutant is the same run with one safety switched off; the proof must fail for each.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from banshi.desks.console.prove import Proof
from banshi.desks.console.prove.client import Job
from banshi.desks.console.prove.ground import DURABLE, Ground, forget_connections
from banshi.desks.console.prove.life import LENGTH
from banshi.desks.console.prove.process import Client, Heard
from banshi.kernel.facts import Refused

LIVES = 20  # of each client
EXPECTED = {"sqlite": {"journal_mode": "wal", "synchronous": "2"}, "pg": DURABLE}
LOGS = {"sqlite": "-wal>", "pg": "/pg_wal/"}  # where a commit is written first
ATTACH_SECONDS = 30
STRACE = ("strace", "-f", "-y", "-qq", "-ttt", "-T", "-s", "120", "-e", "signal=none")

_LINE = re.compile(r"(?P<pid>\d+) +(?P<at>\d+\.\d+) (?P<call>.*)")
_ENDED = re.compile(r"= (?P<result>-?\d+).*<(?P<took>[\d.]+)>$")
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
_SAID = re.compile(r'write\(1(?:<[^>]*>)?, "(?P<word>try|ack) (?P<id>[0-9a-f-]{36}) ')


@dataclass(slots=True)
class Trace:
    """轨迹: intervals in seconds since 1970: syncs of the log that succeeded; when each command was said and answered."""

    syncs: list[tuple[float, float]] = field(default_factory=list)
    said: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)

    def unsynced(self) -> list[str]:
        """Commands that were answered although no sync had begun after they were said and ended before the answer."""
        syncs = sorted(self.syncs)
        # earliest end of any sync that begins at or after each one
        ends = [end for _, end in syncs]
        for place in range(len(ends) - 2, -1, -1):
            ends[place] = min(ends[place], ends[place + 1])
        found = []
        for id, at in self.answered.items():
            place = bisect_left(syncs, (self.said[id], 0.0))
            if place == len(ends) or ends[place] > at:
                found.append(id)
        return found


@dataclass(frozen=True, slots=True)
class Mutant:
    """变异: the same program with one safety switched off."""

    name: str
    synchronous: str = ""  # of SQLite's connections
    session: str = ""  # of PostgreSQL's sessions
    server: tuple[tuple[str, str], ...] = ()  # of PostgreSQL itself


MUTANTS = {
    "sqlite": (
        Mutant("synchronous=OFF", synchronous="OFF"),
        Mutant("synchronous=NORMAL", synchronous="NORMAL"),
    ),
    "pg": (
        Mutant("synchronous_commit=off", session="-c synchronous_commit=off"),
        Mutant("fsync=off", server=(("fsync", "off"),)),
    ),
}
REAL = Mutant("")


def prove(city: Ground, n: int, seed: int) -> Proof:
    """With one client and with eight that share commits; then every mutant. `n`: lives of each client."""
    if not shutil.which("strace"):
        raise Refused(
            "strace_missing",
            "这项证明要用 strace 数写盘，这台机器上没有。Debian/Ubuntu：sudo apt-get install -y strace",
            "This proof counts syncs with strace, which is not on this machine. Debian: apt-get install strace",
        )
    proof = Proof("durability", city.engine)
    for clients in (1, 8):
        found, heard, trace = _tried(city, REAL, clients, n or LIVES)
        proof.violations += found
        proof.figures |= {
            f"answers_{clients}": len(heard.acknowledged),
            f"syncs_{clients}": len(trace.syncs),
            "settings": heard.settings,
        }
    for mutant in MUTANTS[city.engine]:
        found, heard, trace = _tried(city, mutant, 1, max(5, (n or LIVES) // 4))
        unsynced = len(trace.unsynced())
        proof.figures[mutant.name] = f"caught: {unsynced} of {len(heard.acknowledged)} answers without a sync"
        if not unsynced or heard.settings == EXPECTED[city.engine]:
            proof.violations.append(f"变异 {mutant.name} 没有被发现 / the mutant was not caught: {found[:3]}")
    return proof


def _tried(city: Ground, mutant: Mutant, clients: int, lives: int) -> tuple[list[str], Heard, Trace]:
    """Run it under strace; what is wrong with it."""
    print(
        f"{city.engine} {mutant.name or '原样 as it is'}: {clients} 个客户 clients × {lives}", file=sys.stderr
    )
    # Where a folder is memory, strace's many lines do not disturb the disk that is measured.
    with tempfile.TemporaryDirectory(prefix="banshi-strace-") as folder:
        heard, trace = _run(city, mutant, clients, lives, Path(folder))
    found = [f"{id} 答复之前没有写盘 / answered before any sync" for id in trace.unsynced()]
    wrong = {key: value for key, value in heard.settings.items() if value != EXPECTED[city.engine].get(key)}
    if wrong or not heard.settings:
        found.append(f"设置不对 / settings are wrong: {wrong}")
    if len(heard.acknowledged) != clients * lives * LENGTH or set(trace.answered) != set(heard.acknowledged):
        found.append(
            f"轨迹不全 / the trace is not whole: {len(trace.answered)} of {len(heard.acknowledged)} answers"
        )
    return found, heard, trace


def _run(city: Ground, mutant: Mutant, clients: int, lives: int, folder: Path) -> tuple[Heard, Trace]:
    files = [folder / "client"]
    before = [*STRACE, "-e", "trace=write,fsync,fdatasync", "-o", str(files[0])]
    if city.postgres and mutant.server:
        forget_connections()
        city.postgres.stop()
        city.postgres.start(**dict(mutant.server))
    client = Client(city.config, before, **({"PGOPTIONS": mutant.session} if mutant.session else {}))
    with _watched(city, folder / "server") as watched:
        files += watched
        client.go(Job("350502", clients, lives=lives, synchronous=mutant.synchronous))
        heard = client.end()
    if city.postgres and mutant.server:
        city.postgres.stop()
        city.postgres.start()
    return heard, _read(files, LOGS[city.engine])


@contextmanager
def _watched(city: Ground, output: Path) -> Iterator[list[Path]]:
    """PostgreSQL's processes, those to come too, under strace; where it writes. SQLite has none."""
    if city.postgres is None:
        yield []
        return
    command = [*STRACE, "-e", "trace=fsync,fdatasync", "-o", str(output)]
    for pid in city.postgres.pids():
        command += ["-p", str(pid)]
    watcher = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _await_watch(city.postgres.pids())
        yield [output]
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.wait(ATTACH_SECONDS)


def _await_watch(pids: list[int]) -> None:
    deadline = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < deadline:
        if all(map(_is_watched, pids)):
            return
        time.sleep(0.02)
    raise Refused(
        "strace_refused",
        "strace 不能跟踪 PostgreSQL（多半是容器不许 ptrace）。",
        "strace may not attach to PostgreSQL; the container probably forbids ptrace.",
    )


def _is_watched(pid: int) -> bool:
    """Or has ended meanwhile, as a process that cleans up does."""
    try:
        found = re.search(r"TracerPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except FileNotFoundError:
        return True
    return bool(found and found[1] != "0")


def _read(files: list[Path], log: str) -> Trace:
    """Put the calls together again that strace wrote down in two halves."""
    trace = Trace()
    for file in files:
        begun: dict[str, tuple[float, str]] = {}
        for line in file.read_text("utf-8", "replace").splitlines():
            if not (found := _LINE.match(line)):
                continue
            pid, at, call = found["pid"], float(found["at"]), found["call"]
            if call.endswith("<unfinished ...>"):
                begun[pid] = at, call
                continue
            if _RESUMED.match(call) and pid in begun:
                start, first = begun.pop(pid)
                call = first.removesuffix("<unfinished ...>") + call
            else:
                start = at
            if ended := _ENDED.search(call):
                _note(trace, call, log, start, start + float(ended["took"]), int(ended["result"]))
    return trace


def _note(trace: Trace, call: str, log: str, start: float, end: float, result: int) -> None:
    if said := _SAID.match(call):
        # What is said counts from the end of its write, an answer from its beginning: never to our advantage.
        if said["word"] == "try":
            trace.said[said["id"]] = end
        else:
            trace.answered[said["id"]] = start
    elif call.startswith(("fsync(", "fdatasync(")) and log in call and result == 0:
        trace.syncs.append((start, end))
