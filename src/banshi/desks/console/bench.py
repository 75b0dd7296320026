"""量速度: each bench measures the real thing beside a named floor, in one run and on one disk.

Every bench prints a table and, with `--json`, one line a figure. It refuses a memory disk: these are durable writes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from banshi.desks.console import installation
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Refused

REGION, OFFICE = "350502", "350502-market"
OFFICER = Actor("staff", "1", (Post("officer", OFFICE, REGION),))
APPROVER = Actor("staff", "2", (Post("approver", OFFICE, REGION),))
COMMANDS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """一个数: `ratio` is ours over `against`, where there is a floor or a peer."""

    bench: str
    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""


def run(name: str, *, as_json: bool, quick: bool, cases: int | None) -> int:
    """Run one bench. Raises `Refused` for a name that is none, or a memory disk."""
    benches: dict[str, Callable[[bool, int | None], Iterator[Figure]]] = {"life": life}
    if name not in benches:
        raise Refused(
            "unknown_bench",
            f"没有“{name}”，可选：{'、'.join(benches)}。",
            f"No bench '{name}': {list(benches)}.",
        )
    for figure in benches[name](quick, cases):
        if as_json:
            print(json.dumps(asdict(figure)), flush=True)
        else:
            ratio = f"{figure.ratio:6.2f} × {figure.against}" if figure.ratio is not None else ""
            print(f"{figure.name:<20}{figure.value:>10.1f} {figure.unit:<10}{ratio}", flush=True)
    return 0


@contextmanager
def disk_folder() -> Iterator[Path]:
    """A temporary folder on a real disk."""
    disk = os.environ.get("BANSHI_BENCH_FOLDER", "/var/tmp")  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="banshi-bench-", dir=disk) as name:
        mounts = sorted(
            (line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()),
            key=lambda m: len(m[0]),
        )
        kind = [fs for mount, fs in mounts if Path(name).is_relative_to(mount)][-1]
        if kind in ("tmpfs", "ramfs"):
            raise Refused(
                "memory_disk",
                "这是内存盘，量不出写盘的速度；请用 BANSHI_BENCH_FOLDER 指到硬盘。",
                "This is a memory disk; point BANSHI_BENCH_FOLDER to a real one.",
            )
        yield Path(name)


def life(quick: bool, cases: int | None) -> Iterator[Figure]:
    """The eight commands of a case's life through the real operations on SQLite, and the same rows by bare SQL."""
    n = cases or (100 if quick else 1000)
    with disk_folder() as folder:
        installation.start(installation.create(folder / "city", secure=False, demo=True))
        installation.migrate()
        database = folder / "city" / "banshi.sqlite3"
        one_life(datetime.now(UTC))  # connections, caches, compiled statements
        floor = cases_per_second(bare_life(database), n, clients=1)
        one = cases_per_second(one_life, n, clients=1)
        eight = cases_per_second(one_life, n, clients=8)
        from banshi.infra import store

        store.stop_writer()
    yield Figure("life", "life.floor.1", floor, "cases/s")
    yield Figure("life", "life.sqlite.1", one, "cases/s", one / floor, "bare sqlite3, 1 client")
    yield Figure("life", "life.sqlite.8", eight, "cases/s", eight / floor, "bare sqlite3, 1 client")


def cases_per_second(live: Callable[[datetime], None], n: int, *, clients: int) -> float:
    """`n` lives by so many clients at once."""
    at = datetime.now(UTC)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        for _ in pool.map(lambda i: live(at + timedelta(seconds=i)), range(n)):
            pass
    return n / (time.perf_counter() - began)


def one_life(at: datetime) -> None:
    """接件、受理、派发、意见、审查、决定、制证、送达: each one command, durable before the next."""
    from banshi.contexts.cases import operations
    from banshi.contexts.cases.values import Budget, Input, Plan, WorkPlan
    from banshi.directory.calendar import calendar
    from banshi.infra.store import new_id

    days = calendar()
    plan = Plan(
        item="food-licence", version=1, name="食品经营许可", type="01", instant=False, statutory=Budget(20),
        promised=Budget(7), works=(WorkPlan("visit", "现场核查", "site_visit", OFFICE, Budget(3)),), certificate="food",
    )  # fmt: skip
    subject = operations.Subject("李演示", "person", "", {"shop_name": "演示小吃店"}, ())
    case = operations.open_case(
        region=REGION, application=new_id(), party=new_id(), plan=plan, office=OFFICE, hall="", channel="online",
        subject=subject, actor=SYSTEM, at=at, calendar=days, command_id=new_id(),
    )  # fmt: skip
    steps: tuple[tuple[str, Actor, Input], ...] = (
        ("accept", OFFICER, Input(dispatch=False)),
        ("assign", OFFICER, Input()),
        ("opine", OFFICER, Input(work="visit", verdict="agree")),
        ("review", OFFICER, Input(verdict="pass")),
        ("decide", APPROVER, Input(verdict="pass")),
        ("certify", SYSTEM, Input(reference="1.2.156.3005.2")),
        ("deliver", SYSTEM, Input(how="online")),
    )
    for name, actor, given in steps:
        operations.act(
            name,
            region=REGION,
            id=UUID(case),
            actor=actor,
            at=at,
            calendar=days,
            given=given,
            command_id=new_id(),
        )


def bare_life(database: Path) -> Callable[[datetime], None]:
    """The floor: the rows that a life leaves, copied from one that was lived, written by bare SQL with the same pragmas
    and a transaction a command; read the case, insert the facts, update the row, and no thought about any of it."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")
    case = connection.execute("SELECT * FROM cases_case LIMIT 1").fetchone()
    columns = [row[1] for row in connection.execute("PRAGMA table_info(cases_case)")]
    template = dict(zip(columns, case, strict=True))

    def rows(table: str, where: str = "1") -> tuple[list[str], list[tuple[Any, ...]]]:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        return names, connection.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid").fetchall()  # noqa: S608

    names, facts = rows("infra_fact")
    seen = {
        table: rows(table)
        for table in ("cases_document", "cases_caseprivate", "infra_counterdelta", "infra_outbox")
    }
    insert = {
        table: f"INSERT INTO {table} VALUES ({', '.join('?' * len(found[0]))})"  # noqa: S608
        for table, found in {**seen, "infra_fact": (names, facts), "cases_case": (columns, [case])}.items()
    }
    shares = {table: [found[1][i::COMMANDS] for i in range(COMMANDS)] for table, found in seen.items()}
    tasks = "INSERT INTO cases_task VALUES (?, ?, 'key', 'title', ?, 'officer', '', NULL, ?, '食品经营许可', NULL, NULL)"

    def live(at: datetime) -> None:
        id = os.urandom(16).hex()
        number = id[:23]
        for step in range(COMMANDS):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "SELECT result FROM infra_receipt WHERE region_code = ? AND command_id = ?", (REGION, id)
            )
            if step == 0:
                fresh = {**template, "id": id, "number": number}
                connection.execute(insert["cases_case"], tuple(fresh.values()))
            else:
                connection.execute(
                    "SELECT state FROM cases_case WHERE region_code = ? AND id = ?", (REGION, id)
                ).fetchone()
                connection.execute(
                    "UPDATE cases_case SET seq = ?, state = ?, status = ?, due_on = ? WHERE region_code = ? AND id = ?",
                    (step + 1, template["state"], template["status"], template["due_on"], REGION, id),
                )
            fact = dict(zip(names, facts[step], strict=True)) | {"stream_id": id}
            connection.execute(insert["infra_fact"], tuple(fact.values()))
            for table, share in shares.items():
                for row in share[step]:
                    values = dict(zip(seen[table][0], row, strict=True)) | {"id": os.urandom(16).hex()}
                    if "stream_id" in values:
                        values |= {
                            "stream_id": id,
                            "seq": step + 1,
                            "handler": values["handler"] + values["id"][:6],
                        }
                    if "case_id" in values:
                        values |= {"case_id": id, "number": values["id"]}
                    connection.execute(insert[table], tuple(values.values()))
            connection.execute("DELETE FROM cases_task WHERE region_code = ? AND case_id = ?", (REGION, id))
            if step < COMMANDS - 1:
                connection.execute(tasks, (REGION, id, OFFICE, number))
            receipt = (REGION, os.urandom(16).hex(), str(at.replace(tzinfo=None)), '["cases.case.accepted"]')
            connection.execute("INSERT INTO infra_receipt VALUES (?, ?, ?, ?)", receipt)
            connection.execute("COMMIT")

    return live
