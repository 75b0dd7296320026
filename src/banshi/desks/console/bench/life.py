"""`bench life`: the eight commands of a case's life through the real operations, beside the same rows written bare."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from banshi.desks.console import installation
from banshi.desks.console.bench import Figure, child, disk_folder, show
from banshi.desks.console.bench.floor import bare_pg, bare_sqlite, make_bare
from banshi.infra.private_postgres import PostgresMissing, private_postgres
from banshi.kernel.actors import SYSTEM, Actor, Post

REGION, OFFICE = "350502", "350502-market"
OFFICER = Actor("staff", "1", (Post("officer", OFFICE, REGION),))
APPROVER = Actor("staff", "2", (Post("approver", OFFICE, REGION),))
PROCESSES = 2  # as `serve` has on PostgreSQL

type Live = Callable[[datetime], None]


def life(quick: bool, cases: int | None, *, engine: str = "both") -> Iterator[Figure]:
    """SQLite with 1 client and 8 threads, PostgreSQL with 8 clients; each engine in a process of its own."""
    n = cases or (100 if quick else 2000)
    with disk_folder() as folder:
        if engine != "pg":
            yield from child("life", "sqlite", folder / "city", n)
        if engine == "sqlite":
            return
        try:
            with private_postgres(folder.parent) as server:
                yield from child("life", "pg", folder / "town", n, server.url)
        except PostgresMissing as error:
            print(error, file=sys.stderr)


def sqlite(folder: Path, n: int) -> Iterator[Figure]:
    """On one database, in turn: the floor, one client, eight threads."""
    from banshi.infra import store

    installation.start(installation.create(folder, secure=False, demo=True))
    installation.migrate()
    seen, case, number = one_written()
    floor = cases_per_second(
        bare_sqlite(str(folder / installation.SQLITE), [list(waiting.items()) for waiting in seen], case, number),
        n, clients=1,
    )  # fmt: skip
    one = cases_per_second(one_life, n, clients=1)
    eight = cases_per_second(one_life, n, clients=8)
    store.stop_writer()
    yield Figure("life", "life.sqlite.floor", floor, "cases/s")
    yield Figure("life", "life.sqlite.1", one, "cases/s", one / floor, "bare sqlite3, 1 client")
    yield Figure("life", "life.sqlite.8", eight, "cases/s", eight / floor, "bare sqlite3, 1 client")


def pg(folder: Path, n: int, url: str) -> Iterator[Figure]:
    """Eight clients each, in as many processes as `serve` has on PostgreSQL."""
    from banshi.infra.calls import arguments

    config = installation.create(folder, database=url, secure=False, demo=True)
    installation.start(config)
    installation.migrate()
    seen, case, number = one_written()
    calls = {call.name: call for waiting in seen for call in arguments(waiting)}
    told = [
        [
            a and a.decode()
            for _, call in sorted(calls.items())
            for a in arguments(waiting).get(call, [None] * call.places)
        ]
        for waiting in seen
    ]
    keys = {
        str(v)
        for waiting in seen
        for rows in waiting.values()
        for row in rows
        for v in row
        if type(v) is UUID
    }
    ids = [str(case), *sorted(keys - {str(case)})]
    make_bare(url)
    floor = together(str(config), n, (url, told, ids, number))
    eight = together(str(config), n, None)
    yield Figure("life", "life.pg.floor", floor, "cases/s")
    yield Figure("life", "life.pg.8", eight, "cases/s", eight / floor, "the bare call, 8 clients")


def together(config: str, n: int, floor: tuple[Any, ...] | None) -> float:
    """`n` lives by 8 clients in 2 processes; `floor` makes them the bare ones."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(PROCESSES + 1)
    share = (config, n // PROCESSES, 8 // PROCESSES, floor, ready)
    processes = [spawn.Process(target=_share, args=share) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    ready.wait(120)
    began = time.perf_counter()
    for process in processes:
        process.join()
        if process.exitcode:
            raise RuntimeError(f"exit {process.exitcode}")
    return n / (time.perf_counter() - began)


def _share(config: str, n: int, clients: int, floor: tuple[Any, ...] | None, ready: Any) -> None:
    if floor is None:
        installation.start(Path(config))
        live: Live = one_life
    else:
        live = bare_pg(*floor)
    at = datetime.now(UTC)
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(live, [at] * clients * 4))
        ready.wait(120)
        list(pool.map(lambda i: live(at + timedelta(seconds=i)), range(n)))
    os._exit(0)  # connections of threads that ended: nothing to wait for


def cases_per_second(live: Live, n: int, *, clients: int) -> float:
    """`n` lives by so many clients at once, after a few to warm up."""
    at = datetime.now(UTC)
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(live, [at] * clients * 4))
        began = time.perf_counter()
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
        promised=Budget(7), works=(WorkPlan("check", "材料核查", "review", OFFICE, Budget(3)),), certificate="food",
    )  # fmt: skip
    subject = operations.Subject("李演示", "person", "", {"shop_name": "演示小吃店"}, ())
    case = operations.open_case(
        region=REGION, application=new_id(), party=new_id(), plan=plan, office=OFFICE, hall="", channel="online",
        subject=subject, actor=SYSTEM, at=at, calendar=days, command_id=new_id(),
    )  # fmt: skip
    steps: tuple[tuple[str, Actor, Input], ...] = (
        ("accept", OFFICER, Input(dispatch=False)),
        ("assign", OFFICER, Input()),
        ("opine", OFFICER, Input(work="check", verdict="agree")),
        ("review", OFFICER, Input(verdict="pass")),
        ("decide", APPROVER, Input(verdict="pass")),
        ("certify", SYSTEM, Input(reference="1.2.156.3005.2")),
        ("deliver", SYSTEM, Input(how="online")),
    )
    seen = 1
    for name, actor, given in steps:  # each names what its giver saw, as the desks' pages do
        done = operations.act(
            name, region=REGION, id=UUID(case), actor=actor, at=at, calendar=days, given=given, command_id=new_id(),
            expected_seq=seen,
        )  # fmt: skip
        seen += len(done.kinds)


def one_written() -> tuple[list[dict[Any, list[Any]]], UUID, str]:
    """Live once and see what each command writes, by way of writing; with the case's key and number."""
    from banshi.infra import store

    seen: list[dict[Any, list[Any]]] = []
    flush = store.Tx.flush

    def watch(tx: store.Tx) -> None:
        if tx.waiting:
            seen.append(tx.waiting)
        flush(tx)

    store.Tx.flush = watch  # type: ignore[method-assign, assignment]
    try:
        one_life(datetime.now(UTC))
    finally:
        store.Tx.flush = flush  # type: ignore[method-assign]
    first = next(lines[0] for rows, lines in seen[0].items() if "application_id" in rows.columns)
    return seen, first[1], first[2]


if __name__ == "__main__":
    engine, place, count, *more = sys.argv[1:]
    found = pg(Path(place), int(count), *more) if engine == "pg" else sqlite(Path(place), int(count))
    for figure in found:
        show(figure, as_json=True)
