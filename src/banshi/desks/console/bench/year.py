"""一年: Quanzhou's year through the real operations, by a simulated clock; then its figures, from the facts alone."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.bench import Figure, disk
from banshi.desks.console.bench.crew import DAYS, STRENGTH, Crew, Tally, duties
from banshi.desks.console.bench.lists import MID, measured
from banshi.desks.console.bench.plan import (
    CITY,
    COUNTY,
    REGIONS,
    YEAR,
    Cohort,
    opening_days,
)
from banshi.kernel.facts import Refused

WINDOW, WARM = 100_000, 30  # cases of a window; opening days until the works under way are as many as later
PROGRESS = "progress.json"
REPORTED = {  # what the city's bureau wrote of the year
    "year.city.received": 1_261_846, "year.city.per_day": 4_987, "year.city.at_once_rate": 80.20,
    "year.county.received": 2_322_689, "year.county.finished": 2_315_594,
}  # fmt: skip


@dataclass(slots=True)
class Progress:
    """进度: what was done before, so that a stopped year goes on; `log` has a line a day: cohort, cases, commands, seconds."""

    cases: int
    everything: bool
    cohort: int = 0
    day: int = 0
    seconds: float = 0.0
    peak: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    log: list[tuple[int, int, int, float]] = field(default_factory=list)
    lists: list[Figure] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        fresh = folder / f"{PROGRESS}.new"
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(folder / PROGRESS)


def year(
    quick: bool, cases: int | None, *, engine: str = "sqlite", everything: bool = False,
    folder: Path | None = None, database: str = "", resume: bool = False,
) -> Iterator[Figure]:  # fmt: skip
    """Live the year in `folder` and report. On PostgreSQL in `database`, else on a private server that ends with it.

    `cases`: the city's (the counties keep their proportion). Raises `Refused` when there is nothing to resume, or
    something in the way.
    """
    cases = cases or (CITY // 100 if quick else CITY)
    folder = folder or disk() / f"banshi-year-{engine}"
    with ExitStack() as stack:
        if engine == "pg" and not database:
            if resume:
                raise Refused(
                    "nothing_to_resume",
                    "私有的 PostgreSQL 已随上次运行结束；要能接着跑，请用 --database 指明一个空库。",
                    "The private server ended with the last run; name a database with --database to go on later.",
                )
            from banshi.infra.private_postgres import private_postgres

            database = stack.enter_context(private_postgres(disk())).url
        progress = _prepared(folder, database, cases, everything, resume)
        cohorts = [Cohort("city", progress.cases)]
        if progress.everything:
            cohorts.append(Cohort("county", progress.cases * COUNTY // CITY, progress.cases))
        _live(cohorts, progress, folder, *STRENGTH[engine])
        yield from _pace(progress, folder, engine)
        yield from (replace(one, bench="year", name=f"year.midyear.{one.name}") for one in progress.lists)
        yield from _figures(full=progress.cases == CITY)
        yield from _verified(folder)


def _prepared(folder: Path, database: str, cases: int, everything: bool, resume: bool) -> Progress:
    path = folder / PROGRESS
    if resume:
        if not path.exists():
            raise Refused(
                "nothing_to_resume", f"{folder} 里没有可以接着跑的。", f"Nothing to resume in {folder}."
            )
        kept = json.loads(path.read_text("utf-8"))
        kept |= {"refused": Counter(kept["refused"]), "lists": [Figure(**one) for one in kept["lists"]]}
        progress = Progress(**kept)
        progress.everything = progress.everything or everything
        installation.start(folder / installation.CONFIG)
        return progress
    if path.exists():
        raise Refused(
            "year_there", f"{folder} 里已有一次运行；加 --resume 接着跑，或者换一个文件夹。",
            f"{folder} holds a run already: add --resume, or name another folder.",
        )  # fmt: skip
    database = database or f"sqlite:///{installation.SQLITE}"
    installation.start(installation.create(folder, database=database, secure=False, demo=True))
    installation.migrate()
    progress = Progress(cases, everything)
    progress.save(folder)
    return progress


def _live(cohorts: list[Cohort], progress: Progress, folder: Path, processes: int, threads: int) -> None:
    from banshi.directory.calendar import calendar
    from banshi.infra import store

    days = opening_days(calendar())
    whole, told = sum(cohort.cases for cohort in cohorts), 0.0
    while progress.cohort < len(cohorts):
        cohort = cohorts[progress.cohort]
        with Crew((cohort,), days, calendar(), processes, threads, from_day=progress.day) as crew:
            for day in range(progress.day, DAYS):
                began = time.perf_counter()
                tally = crew.live(day)
                tally.commands += duties(days[day])
                _book(progress, tally, time.perf_counter() - began, crew.peak)
                if day == MID:
                    progress.lists = list(measured(days[day]))
                progress.save(folder)
                if time.monotonic() - told > 5 or day == DAYS - 1:
                    told = time.monotonic()
                    _tell(progress, cohort, day, whole)
        progress.cohort, progress.day = progress.cohort + 1, 0
        progress.save(folder)
    store.stop_writer()


def _book(progress: Progress, tally: Tally, seconds: float, peak: int) -> None:
    progress.log.append((progress.cohort, tally.cases, tally.commands, seconds))
    progress.day += 1
    progress.seconds += seconds
    progress.peak = max(progress.peak, peak)
    progress.refused += tally.refused


def _tell(progress: Progress, cohort: Cohort, day: int, whole: int) -> None:
    done = sum(line[1] for line in progress.log)
    pace = done / progress.seconds
    left = (whole - done) / max(pace, 1) / 60
    level = "市级" if cohort.level == "city" else "县级"
    print(
        f"{level} 第{day + 1}/{DAYS}天 day  {done:,} / {whole:,} 件 cases  {pace:.0f}/s  还需约 {left:.0f} 分钟 min left",
        file=sys.stderr,
        flush=True,
    )


def _pace(progress: Progress, folder: Path, engine: str) -> Iterator[Figure]:
    cases, commands = (sum(line[n] for line in progress.log) for n in (1, 2))
    city = [line for line in progress.log if line[0] == 0]
    seconds = sum(line[3] for line in city)
    yield Figure("year", "year.cases_per_s", sum(line[1] for line in city) / seconds, "cases/s")
    yield Figure("year", "year.minutes", seconds / 60, "min")
    yield Figure("year", "year.commands_per_s", commands / progress.seconds, "commands/s")
    if progress.everything:
        yield Figure("year", "year.all.cases_per_s", cases / progress.seconds, "cases/s")
        yield Figure("year", "year.all.minutes", progress.seconds / 60, "min")
    first, last = _windows(progress)
    yield Figure(
        "year", "year.slowing", 100 * (last / first - 1), "%", last / first, "the first cases after warm-up"
    )
    yield Figure("year", "year.memory", progress.peak / 2**20, "MiB")
    yield Figure(
        "year", "year.refused", sum(progress.refused.values()), "commands", None, str(dict(progress.refused))
    )
    yield Figure("year", "year.bytes_per_case", _size(folder, engine) / cases, "B")


def _size(folder: Path, engine: str) -> int:
    if engine == "sqlite":
        return sum(path.stat().st_size for path in folder.glob(f"{installation.SQLITE}*"))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _windows(progress: Progress) -> tuple[float, float]:
    """Seconds a case: the first `WINDOW` cases received after the warm-up, and the last ones. Days of the tail, when
    nothing comes, are left out."""
    whole = [line[1:] for n, line in enumerate(progress.log) if line[1] and n >= WARM]
    span = min(WINDOW, sum(line[0] for line in whole) // 3)

    def pace(lines: list[tuple[int, int, float]]) -> float:
        cases, seconds = 0, 0.0
        for received, _, took in lines:
            cases, seconds = cases + received, seconds + took
            if cases >= span:
                break
        return seconds / max(1, cases)

    # A second cohort starts with nothing under way, so only its later days are like the first cohort's.
    return pace(whole), pace(whole[::-1])


def _figures(*, full: bool) -> Iterator[Figure]:
    from banshi.insight.statistics import statistics

    began = time.perf_counter()
    found = statistics(
        REGIONS, since_on=date(YEAR, 1, 1), until_on=date(YEAR, 12, 31), as_of_on=date(YEAR + 1, 12, 31),
        group=lambda office: "city" if office.startswith("350500") else "county",
    )  # fmt: skip
    for level, sums in sorted(found.items()):
        rates = {
            "received": sums.received, "opening_days": sums.opening_days, "per_day": sums.per_day,
            "finished": sums.finished, "at_once": sums.at_once, "at_once_rate": sums.at_once_rate,
            "finished_rate": sums.finished_rate, "one_go_rate": sums.one_go_rate, "online_rate": sums.online_rate,
            "on_time_rate": sums.on_time_rate, "time_cut": sums.time_cut,
        }  # fmt: skip
        for key, value in rates.items():
            name = f"year.{level}.{key}"
            reported = REPORTED.get(name) if full else None
            ratio = None if reported is None or value is None else float(value) / reported
            unit = "%" if key.endswith(("rate", "cut")) else "days" if key == "opening_days" else "cases"
            yield Figure(
                "year", name, float(value or 0), unit, ratio, f"reported: {reported:,}" if reported else ""
            )
    yield Figure("year", "year.statistics_s", time.perf_counter() - began, "s")


def _verified(folder: Path) -> Iterator[Figure]:
    """`./banshi verify` over the whole database: exit status 0 is clean."""
    import subprocess

    began = time.perf_counter()
    command = [sys.executable, "-P", "-m", "banshi", "verify", "--config", str(folder / installation.CONFIG)]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    yield Figure("year", "year.verify", done.returncode, "exit", None, f"{time.perf_counter() - began:.0f} s")
