"""班组: who lives the planned year: threads of this process, or on PostgreSQL several processes, a day at a time.

Every command has a key made of its case and step, so that a day that was cut short is simply lived again: what was
done answers as before and does nothing (`infra_receipt`).
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache, partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self
from uuid import UUID

from banshi.desks.console.bench.plan import OPENING_DAYS, TAIL, Cohort, Life, Step, instant, number
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA, Calendar

DAYS = OPENING_DAYS + TAIL
STRENGTH = {"sqlite": (0, 16), "pg": (2, 4)}  # processes beside this one, threads of each
_APPLICANT = 0xFE  # the place of a case's party among the keys of its steps
_TRIES = 5


@dataclass(slots=True)
class Tally:
    """一天的账: what was done in a day; `refused` by rule."""

    cases: int = 0
    commands: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.cases += other.cases
        self.commands += other.commands
        self.refused += other.refused


@dataclass(slots=True)
class Running:
    """在办: a life under way: its case, and the step that comes next."""

    life: Life
    case: UUID
    next: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """一份: which blocks of the cohorts a worker has: those whose number leaves `rest` when divided by `of`."""

    cohorts: tuple[Cohort, ...]
    rest: int = 0
    of: int = 1
    alive_on: int = 0  # leave out what is over before this day

    def blocks(self, day: int) -> Iterator[list[Life]]:
        for cohort in self.cohorts:
            for block in cohort.blocks_of(day):
                if block % self.of == self.rest:
                    lives = cohort.block(block)
                    if found := [one for one in lives if self._alive(one)]:
                        yield found

    def _alive(self, life: Life) -> bool:
        return life.day + life.steps[-1].after >= self.alive_on


class Worker:
    """经办: lives its share day by day with so many threads."""

    def __init__(self, share: Share, days: list[date], calendar: Calendar, threads: int) -> None:
        self._share, self._days, self._calendar = share, days, calendar
        self._agenda: list[list[Running]] = [[] for _ in range(DAYS)]
        self._pool = ThreadPoolExecutor(threads)

    def take_up(self, day: int) -> None:
        """After a stop: the cases received on days before `day` that are not over, found by the receipts."""
        from banshi.infra.models import Receipt

        for past in range(day):
            lives = [life for block in self._share.blocks(past) for life in block]
            wanted = {
                number(life.index, 0, life.day): life
                for life in lives
                if life.steps and past + life.steps[-1].after >= day
            }
            for region in {life.region for life in wanted.values()}:
                keys = [key for key, life in wanted.items() if life.region == region]
                rows = Receipt.objects.filter(region_code=region, command_id__in=keys)
                for key, result in rows.values_list("command_id", "result"):
                    life = wanted[key]
                    done = sum(past + step.after < day for step in life.steps)
                    self._put(Running(life, UUID(result.strip('"')), done))

    def live(self, day: int) -> Tally:
        """All that the plan has for this day."""
        at_work = self._agenda[day]
        self._agenda[day] = []
        tally = Tally()
        jobs: list[Callable[[], Tally]] = [
            partial(self._receive, block, day) for block in self._share.blocks(day)
        ]
        jobs += [partial(self._carry_on, running, day) for running in at_work]
        for done in self._pool.map(lambda job: job(), jobs):
            tally.add(done)
        return tally

    def stop(self) -> None:
        self._pool.shutdown()

    def _receive(self, block: list[Life], day: int) -> Tally:
        bundled = len(block) > 1 and block[0].application == block[1].application
        tally = Tally(cases=len(block), commands=len(block))
        if bundled:
            opened = self._open_together(block, day)
        else:
            opened = [Running(life, self._open(life, day)) for life in block]
        for running in opened:
            tally.add(self._carry_on(running, day))
        return tally

    def _open_together(self, block: list[Life], day: int) -> list[Running]:
        """一件事: one submission becomes its cases in one transaction."""
        from banshi.infra import store

        first = block[0]
        cases = _again(
            lambda: store.write(
                lambda tx: [self._open(life, day) for life in block],
                at=self._at(first, day),
                actor=SYSTEM.code,
            )
        )
        return [Running(life, case) for life, case in zip(block, cases, strict=True)]

    def _open(self, life: Life, day: int) -> UUID:
        from banshi.contexts.cases import operations

        subject = operations.Subject("李演示", "person", "", {"address": "演示路1号"}, ())
        opened = _again(
            lambda: operations.open_case(
                region=life.region,
                application=life.application,
                party=_party(life),
                plan=life.plan,
                office=life.office,
                hall="",
                channel=life.channel,
                subject=subject,
                actor=SYSTEM,
                at=self._at(life, day),
                calendar=self._calendar,
                command_id=number(life.index, 0, life.day),
            )
        )
        return UUID(opened)

    def _carry_on(self, running: Running, day: int) -> Tally:
        life, tally = running.life, Tally()
        while running.next < len(life.steps) and life.day + life.steps[running.next].after <= day:
            step = life.steps[running.next]
            running.next += 1
            try:
                self._act(running, step, day)
                tally.commands += 1
            except Refused as refused:
                tally.refused[f"{step.command}:{refused.rule}"] += 1
        self._put(running)
        return tally

    def _act(self, running: Running, step: Step, day: int) -> None:
        from banshi.contexts.cases import operations

        life, at, key = (
            running.life,
            self._at(running.life, day),
            number(running.life.index, running.next, day),
        )
        if step.command == "supply_correction":
            operations.supply_correction(
                region=life.region, id=running.case, values={"address": "演示路2号"}, materials=(),
                actor=_actor(life, step.by), at=at, calendar=self._calendar, command_id=key,
            )  # fmt: skip
            return
        operations.act(
            step.command, region=life.region, id=running.case, actor=_actor(life, step.by), at=at,
            calendar=self._calendar, given=step.given, text=step.text, command_id=key,
        )  # fmt: skip

    def _put(self, running: Running) -> None:
        steps = running.life.steps
        if running.next < len(steps):
            day = running.life.day + steps[running.next].after
            if day < DAYS:
                self._agenda[day].append(running)

    def _at(self, life: Life, day: int) -> datetime:
        return instant(self._days[day], life.index)


def _again[T](work: Callable[[], T]) -> T:
    """Case numbers are drawn by lot: once in a million two of a day are the same, and the second is drawn again."""
    from django.db import IntegrityError

    for _ in range(_TRIES):
        try:
            return work()
        except Exception as error:
            if not isinstance(error, IntegrityError) and "case_number" not in repr(error).lower():
                raise
    return work()


def _party(life: Life) -> UUID:
    return number(life.index, _APPLICANT, life.day)


def _actor(life: Life, by: str) -> Actor:
    if by == "system":
        return SYSTEM
    if by == "applicant":
        party = str(_party(life))
        return Actor("citizen", party, (), frozenset({party}))
    kind, _, line = by.partition(":")
    office = f"{life.office.partition('-')[0]}-{line}" if line else life.office
    return _staff(kind, office)


@cache
def _staff(kind: str, office: str) -> Actor:
    return Actor("staff", f"{kind}-{office}", (Post(kind, office, office.partition("-")[0]),))


class Crew:
    """全班: one worker with threads here (SQLite has one writing process), or several processes (PostgreSQL)."""

    def __init__(
        self, cohorts: tuple[Cohort, ...], days: list[date], calendar: Calendar, processes: int, threads: int,
        *, from_day: int, alive_on: int = 0,
    ) -> None:  # fmt: skip
        shares = [Share(cohorts, rest, max(1, processes), alive_on) for rest in range(max(1, processes))]
        self._here = Worker(shares[0], days, calendar, threads) if not processes else None
        self._others: list[tuple[BaseProcess, Connection]] = []
        if self._here:
            self._here.take_up(from_day)
        else:
            from django.db import connections

            connections.close_all()  # a connection does not survive a fork
            self._others = [_start(share, days, calendar, threads, from_day) for share in shares]
        self.peak = 0

    def live(self, day: int) -> Tally:
        """One day, by all; `peak` is then the most memory that its processes have had, in bytes."""
        if self._here:
            tally = self._here.live(day)
            self.peak = peak_memory()
            return tally
        for _, pipe in self._others:
            pipe.send(day)
        total, peak = Tally(), peak_memory()
        for _, pipe in self._others:
            tally, memory = pipe.recv()
            total.add(tally)
            peak += memory
        self.peak = max(self.peak, peak)
        return total

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._here:
            self._here.stop()
        # A process that outlived this would keep a private server's pipe open, and with it the server.
        for process, _ in self._others:
            process.terminate()
            process.join()


def _start(
    share: Share, days: list[date], calendar: Calendar, threads: int, from_day: int
) -> tuple[BaseProcess, Connection]:
    forking = multiprocessing.get_context("fork")
    here, there = forking.Pipe()
    process = forking.Process(
        target=_serve, args=(there, share, days, calendar, threads, from_day), daemon=True
    )
    process.start()
    there.close()
    return process, here


def _serve(
    pipe: Connection, share: Share, days: list[date], calendar: Calendar, threads: int, from_day: int
) -> None:
    worker = Worker(share, days, calendar, threads)
    worker.take_up(from_day)
    while True:
        day = pipe.recv()
        pipe.send((worker.live(day), peak_memory()))


def duties(day: date) -> int:
    """The evening's: what silence and lights bring about, and folding of the counters; how many cases moved."""
    from banshi.flows import deadlines
    from banshi.infra import counters, store

    at, moved = datetime.combine(day, time(20), CHINA).astimezone(UTC), 0
    while found := deadlines.check(at):
        moved += found
    while store.write(counters.fold, at=at, actor="system") == counters.FOLDED:
        pass
    return moved


def peak_memory() -> int:
    """The most memory this process has had (VmHWM), in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
