"""`bench voices`: a hotline's tickets and a platform's reviews, and how fast their lists, intake and figures are among them.

All are made by the real operations, a few hundred to a transaction: two thirds of the tickets are answered at once, the others
go to an office, and one in eight of those is still under way. Reviews are half as many again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from banshi.desks.console import installation
from banshi.desks.console.bench import Figure, child, disk_folder
from banshi.desks.console.bench.plan import REGIONS
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.workdays import CHINA

if TYPE_CHECKING:
    from banshi.infra import store

TICKETS = 1_000_000
CENTRE = "350500"
DEPARTMENTS = ("market", "police", "housing", "transport", "health", "education", "civil", "taxation")
BUSIEST = 5  # one in so many goes to one office
BATCH = 400  # to a transaction
MONDAY = date(2026, 1, 5)
WEEKS = 44
PAGE = 50
ROUNDS = 5
ALONE = 400  # tickets taken in one by one


def voices(quick: bool, cases: int | None, *, engine: str = "both") -> Iterator[Figure]:
    """p95 of the lists in ms, intake a second, figures in s, on each engine; the slower counts. `cases`: how many tickets."""
    engines = ("sqlite", "pg") if engine == "both" else (engine,)
    found = [
        figure
        for one in engines
        for figure in child("voices", one, cases or TICKETS // (100 if quick else 1))
    ]
    yield from found
    for name, slower in (("list.p95", max), ("intake", min), ("stats", max)):
        ours = [figure for figure in found if figure.name.endswith(f".{name}")]
        yield replace(slower(ours, key=lambda figure: figure.value), name=f"voices.{name}")


def on_engine(engine: str, tickets: int) -> Iterator[Figure]:
    """Fill a database of its own, and measure."""
    from banshi.infra import store
    from banshi.infra.private_postgres import private_postgres

    with disk_folder() as folder, ExitStack() as stack:
        database = f"sqlite:///{installation.SQLITE}"
        if engine == "pg":
            database = stack.enter_context(private_postgres(folder.parent)).url
        installation.start(installation.create(folder / "city", database=database, secure=False, demo=True))
        installation.migrate()
        _offices()
        began = time.perf_counter()
        _fill(tickets)
        seconds = time.perf_counter() - began
        for figure in (
            Figure("voices", "made", tickets / seconds, "tickets/s", None, "and reviews"),
            *_measured(),
        ):
            yield replace(figure, name=f"voices.{engine}.{figure.name}")
        store.stop_writer()
        from django.db import connections

        connections.close_all()


def _offices() -> None:
    from banshi.directory import operations
    from banshi.infra import store

    at = _when(0, 1)
    with store.inline():
        operations.load_regions(actor=SYSTEM, at=at)
        for region in REGIONS:
            for department in DEPARTMENTS:
                operations.create_office(
                    code=f"{region}-{department}", name=department, department=department, region_code=region,
                    actor=SYSTEM, at=at,
                )  # fmt: skip


def _fill(tickets: int) -> None:
    from banshi.infra import counters, store

    for first in range(0, tickets, BATCH):
        last = min(first + BATCH, tickets)

        def some(tx: store.Tx, first: int = first, last: int = last) -> None:
            for n in range(first, last):
                _live(n, _when(n, tickets))
                for more in range(1 + n % 2):  # three for every two
                    _review(2 * n + more, _when(n, tickets))

        _surely(some, _when(first, tickets))
        if first // BATCH % 50 == 0:
            print(f"{last}/{tickets}", file=sys.stderr, flush=True)
            while store.write(counters.fold, at=_when(first, tickets), actor="system") == counters.FOLDED:
                pass


def _surely(some: Callable[[store.Tx], None], at: datetime) -> None:
    """A command is tried twice; a batch has so many numbers made by chance that now and then one is taken both times."""
    from banshi.infra import store

    while True:
        with suppress(store.Clash):
            return store.write(some, at=at, actor="system")


def _when(n: int, of: int) -> datetime:
    """During office hours, over the weeks of the year."""
    minute = n * WEEKS * 5 * 480 // of
    day, minute = divmod(minute, 480)
    week, weekday = divmod(day, 5)
    noon = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 9, tzinfo=CHINA)
    return noon + timedelta(weeks=week, days=weekday, minutes=minute)


def _office(n: int) -> str:
    """One in five goes to the busiest."""
    if n % BUSIEST == 0:
        return f"{REGIONS[0]}-{DEPARTMENTS[0]}"
    n //= BUSIEST
    return f"{REGIONS[n % len(REGIONS)]}-{DEPARTMENTS[n // len(REGIONS) % len(DEPARTMENTS)]}"


def _raise(n: int, at: datetime) -> tuple[str, UUID]:
    from banshi.contexts.tickets import operations, queries
    from banshi.contexts.tickets.values import Contact, Words
    from banshi.contexts.tickets.values.codes import Channel, Kind
    from banshi.directory.calendar import calendar

    office = _office(n)
    categories = sorted(queries.categories())
    id, _ = operations.raise_ticket(
        region=office[:6], kind=Kind.HOTLINE, channel=Channel.PHONE, words=Words(f"演示诉求{n}", "演示内容", ""),
        contact=Contact("演示", f"1{n % 10**10:010}"), category=categories[n % len(categories)], centre=CENTRE,
        actor=SYSTEM, at=at, calendar=calendar(),
    )  # fmt: skip
    return office, id


def _live(n: int, at: datetime) -> None:
    """From being said to being called back, or as far as this one has come."""
    from banshi.contexts.tickets import operations
    from banshi.contexts.tickets.values import Input
    from banshi.directory.calendar import calendar

    office, id = _raise(n, at)
    officer = _holding("officer", office)
    if n % 3:
        steps: tuple[tuple[str, Actor, Input, str], ...] = (
            ("answer", _centre("hotline_operator"), Input(), "演示答复"),
        )
    else:
        steps = (
            ("dispatch", _centre("dispatcher"), Input(reference=office), ""),
            ("sign", officer, Input(), ""),
            ("reply", officer, Input(verdict="solved"), "演示答复"),
            ("check", _centre("reply_checker"), Input(verdict="pass"), ""),
            ("call_back", _centre("caller"), Input(verdict="content"), ""),
        )
        if n // 3 % 8 == 0:
            steps = steps[: n // 24 % 5]
    for name, actor, given, text in steps:
        operations.act(
            name, region=office[:6], id=id, actor=actor, at=at, calendar=calendar(), given=given, text=text
        )


def _review(n: int, at: datetime) -> None:
    from banshi.contexts.evaluation import operations
    from banshi.contexts.evaluation.values import Grade, indicators
    from banshi.infra.store import new_id

    grade = (
        Grade.DISSATISFIED if n % 10_000 == 3 else Grade.SATISFIED if n % 1500 == 2 else Grade.VERY_SATISFIED
    )
    party = new_id()
    operations.review(
        region=_office(n)[:6], case=new_id(), item=f"item-{n % 300}", office=_office(n), party=party, finished=True,
        grade=grade, indicators=(indicators()[grade][0].code,), text="", channel="mobile",
        actor=Actor("citizen", str(party), parties=frozenset({str(party)})), at=at,
    )  # fmt: skip


def _measured() -> Iterator[Figure]:
    """Lists of every unit and of the centre, tickets taken in one by one, and a year's figures."""
    from banshi.contexts.tickets import queries
    from banshi.insight import voices as insight

    offices = sorted({_office(n) for n in range(BUSIEST * len(REGIONS) * len(DEPARTMENTS))})
    officers = [_holding("officer", office) for office in offices]
    counts = {one.id: queries.list_tickets(one, limit=1)[1] for one in officers}
    waiting = {one.id: queries.list_tasks(one, limit=1)[1] for one in officers}
    yield Figure(
        "voices", "office", max(counts.values()), "tickets", None, f"of them {max(waiting.values())} waiting"
    )
    asked: list[Callable[[], object]] = []
    for one in (*officers, _centre("dispatcher"), _centre("reply_checker"), _centre("caller")):
        deep = max(0, waiting.get(one.id, 0) - PAGE)
        asked += [partial(queries.list_tasks, one, offset=offset, limit=PAGE) for offset in (0, deep)]
        asked.append(partial(queries.list_tasks, one, kind="hotline", limit=PAGE))
        asked += [partial(queries.lights, one, MONDAY + timedelta(weeks=WEEKS))]
        deep = max(0, counts.get(one.id, 0) - PAGE)
        asked += [partial(queries.list_tickets, one, offset=offset, limit=PAGE) for offset in (0, deep)]
        asked.append(partial(queries.list_tickets, one, status="replied", limit=PAGE))
    took = sorted(1000 * _seconds(ask) for _ in range(ROUNDS) for ask in asked)
    yield Figure(
        "voices", "list.p95", took[len(took) * 95 // 100], "ms", None, f"max {took[-1]:.0f} ms, n={len(took)}"
    )

    last = datetime(2026, 11, 16, 9, tzinfo=CHINA)
    began = time.perf_counter()
    for n in range(ALONE):
        _raise(n, last + timedelta(seconds=n))
    yield Figure(
        "voices", "intake", ALONE / (time.perf_counter() - began), "tickets/s", None, "each its own commit"
    )

    year = (date(2026, 1, 1), date(2026, 12, 31))
    pages = [partial(insight.assess, by, *year, regions=REGIONS) for by in ("offices", "windows", "items")]
    slowest = max(_seconds(page) for _ in range(ROUNDS) for page in pages)
    total, _ = insight.assess("offices", *year, regions=REGIONS)
    yield Figure(
        "voices", "stats", slowest, "s", None, f"{total.reviews.all} reviews, {total.service_rate} % content"
    )


def _holding(kind: str, office: str) -> Actor:
    return Actor("staff", f"{kind}-{office}", (Post(kind, office, office[:6]),))


def _centre(kind: str) -> Actor:
    return Actor("staff", kind, (Post(kind, "", CENTRE),))


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


if __name__ == "__main__":
    for figure in on_engine(sys.argv[1], int(sys.argv[2])):
        print(json.dumps(asdict(figure)), flush=True)
