"""名单: work lists and the supervisor's red list at mid-year, with more than 30,000 cases open, 5,000 at one office.

The cases are those of the planned year that are under way on the day; what is over by then is left out, since lists
read what waits. `bench year` measures the same lists at its own mid-year, among all that is over.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from itertools import product

from banshi.desks.console import installation
from banshi.desks.console.bench import Figure, child, disk_folder
from banshi.desks.console.bench.crew import STRENGTH, Crew, duties
from banshi.desks.console.bench.plan import CITY, COUNTY, OPENING_DAYS, REGIONS, Cohort, opening_days
from banshi.kernel.actors import Actor, Post

MID = OPENING_DAYS // 2
BEFORE = 45  # opening days after which the longest life of the plan is over
ROUNDS = 3
PAGE = 50
_WORK_FILTERS: tuple[dict[str, str], ...] = ({}, {"step": "review"}, {"step": "work"}, {"search": "许可"})
_RED_FILTERS: tuple[dict[str, str], ...] = (
    {}, {"light": "red"}, {"office": "350500-market"}, {"search": "许可"}, {"clock": "work"},
)  # fmt: skip


def lists(quick: bool, cases: int | None, *, engine: str = "both") -> Iterator[Figure]:
    """p95 in ms of the work list and the red list on each engine; the greater of both engines counts.

    `cases`: the scale, in city cases a year.
    """
    engines = ("sqlite", "pg") if engine == "both" else (engine,)
    found = [
        figure for one in engines for figure in child("lists", one, cases or (CITY // 20 if quick else CITY))
    ]
    yield from found
    for name in ("work", "red"):
        ours = [figure for figure in found if figure.name.endswith(f".{name}.p95")]
        yield replace(max(ours, key=lambda figure: figure.value), name=f"lists.{name}.p95")


def on_engine(engine: str, cases: int) -> Iterator[Figure]:
    """Fill a database of its own up to mid-year, and measure."""
    from banshi.infra.private_postgres import private_postgres

    with disk_folder() as folder, ExitStack() as stack:
        database = f"sqlite:///{installation.SQLITE}"
        if engine == "pg":
            database = stack.enter_context(private_postgres(folder.parent)).url
        installation.start(installation.create(folder / "city", database=database, secure=False, demo=True))
        installation.migrate()
        today = _fill(cases, *STRENGTH[engine])
        for figure in measured(today):
            yield replace(figure, name=f"lists.{engine}.{figure.name}")
        from banshi.infra import store

        store.stop_writer()


def _fill(cases: int, processes: int, threads: int) -> date:
    from banshi.directory.calendar import calendar

    days = opening_days(calendar())
    cohorts = (Cohort("city", cases), Cohort("county", cases * COUNTY // CITY, cases))
    with Crew(cohorts, days, calendar(), processes, threads, from_day=0, alive_on=MID) as crew:
        for day in range(MID - BEFORE, MID):
            began = time.perf_counter()
            tally = crew.live(day)
            moved = duties(days[day])
            seconds = time.perf_counter() - began
            print(
                f"{days[day]} {tally.cases} 件 cases, {moved} 件到期 due, {seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    return days[MID - 1]


def measured(today: date) -> Iterator[Figure]:
    """How many are open and lit, and the p95 of both lists: every office in turn, first and deep pages, three filters."""
    from banshi.contexts.cases import queries

    supervisors = [_holding("supervisor", "", region) for region in ("350500", *REGIONS)]
    offices = sorted(queries.lights_by_office(supervisors[0], today))
    clerks = [_holding(kind, office) for office in offices for kind in ("officer", "approver")]
    counts = {clerk.id: queries.list_tasks(clerk, limit=1)[1] for clerk in clerks}
    waiting = queries.lights(supervisors[0], today)
    yield Figure("lists", "open", sum(waiting.values()), "works", None, str(waiting))
    yield Figure("lists", "office", max(counts.values()), "works", None, "at the busiest office's officers")

    work: list[Callable[[], object]] = []
    for clerk, given in product(clerks, _WORK_FILTERS):
        deep = max(0, counts[clerk.id] - PAGE) if not given else PAGE
        for offset in (0, deep):
            work.append(partial(queries.list_tasks, clerk, offset=offset, limit=PAGE, **given))
    red: list[Callable[[], object]] = []
    for supervisor, given in product(supervisors, _RED_FILTERS):
        lit = queries.lights(supervisor, today)
        deep = max(0, lit["red"] + lit["yellow"] - PAGE) if not given else PAGE
        for offset in (0, deep):
            red.append(partial(_red_page, supervisor, today, offset, given))
    for name, asked in (("work", work), ("red", red)):
        took = sorted(_milliseconds(ask) for _ in range(ROUNDS) for ask in asked)
        slowest = took[-1]
        yield Figure(
            "lists",
            f"{name}.p95",
            took[len(took) * 95 // 100],
            "ms",
            None,
            f"max {slowest:.0f} ms, n={len(took)}",
        )


def _red_page(actor: Actor, today: date, offset: int, given: dict[str, str]) -> object:
    """What the supervisor's page asks: a page, and the exact counts beside it."""
    from banshi.contexts.cases import queries

    counted = {name: value for name, value in given.items() if name != "light"}
    return (
        queries.lights(actor, today, **counted),
        queries.list_red(actor, today, offset=offset, limit=PAGE, **given),
    )


def _holding(kind: str, office: str, region: str = "") -> Actor:
    place = region or office.partition("-")[0]
    return Actor("staff", f"{kind}-{office or region}", (Post(kind, office, place),))


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    for figure in on_engine(sys.argv[1], int(sys.argv[2])):
        print(json.dumps(asdict(figure)), flush=True)
