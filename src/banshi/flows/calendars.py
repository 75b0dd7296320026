"""放假通知: loading a State Council notice moves the clocks of open cases: seen before, then done, a fact per changed case.

What is done already stays done: stopped in the middle, the same command goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import Move
from banshi.contexts.cases.values import Budget
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import Application, Led
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar

BATCH = 200  # cases a transaction


@dataclass(slots=True)
class Effect:
    """影响: what another calendar does to the open cases, in numbers and by office."""

    moved: int = 0  # a clock ends on another day, or is final now
    dates: int = 0  # of these: another day
    settled: int = 0  # of these: provisional until now
    warnings: int = 0  # only the warning days shift
    bundles: int = 0  # the whole of a 一件事 ends on another day
    offices: dict[str, int] = field(default_factory=dict)

    def add(self, move: Move) -> None:
        """Count one case."""
        if not move.moved:
            self.warnings += 1
            return
        self.moved += 1
        days = (move.promised, move.statutory, move.acceptance, *move.notices)
        self.dates += any(before != now for before, now in days)
        self.settled += move.provisional == (True, False)
        self.offices[move.office] = self.offices.get(move.office, 0) + 1


def preview(calendar: Calendar) -> Effect:
    """What this calendar would do; nothing is written."""
    effect = Effect()
    for moves in _moves(calendar):
        for move in moves:
            effect.add(move)
    for bundles in _bundles(calendar):
        effect.bundles += sum(moved for _, _, moved in bundles)
    return effect


def recalculate(calendar: Calendar, *, actor: Actor, at: datetime) -> Iterator[int]:
    """Reckon every open case and bundle that this calendar changes; how many facts there are so far, after each batch."""
    facts = 0
    for moves in _moves(calendar):
        facts += write(partial(_batch, moves, calendar, actor, at), at=at, actor=actor.code)
        yield facts
    for bundles in _bundles(calendar):
        facts += write(partial(_bundle_batch, bundles, calendar), at=at, actor=actor.code)
        yield facts


def _batch(moves: list[Move], calendar: Calendar, actor: Actor, at: datetime, tx: Tx) -> int:
    return sum(
        len(cases.recalculate(region=move.region, id=move.id, actor=actor, at=at, calendar=calendar))
        for move in moves
    )


def _bundle_batch(bundles: list[tuple[Application, Led, bool]], calendar: Calendar, tx: Tx) -> int:
    return sum(
        intake.reclock(tx, region=one.region, id=one.id, led=led, moved=moved, calendar=calendar.version)
        and moved
        for one, led, moved in bundles
    )


def _bundles(calendar: Calendar) -> Iterator[list[tuple[Application, Led, bool]]]:
    """Running bundles that this calendar changes, with their clock anew, and whether it ends on another day."""
    after = None
    while found := applications.list_unfinished(after, BATCH):
        after = found[-1].id
        changed = []
        for one in found:
            led = _led(one, calendar)
            moved = (led.due_on, led.due_at) != (one.due_on, one.due_at)
            if moved or led.warn_on != one.warn_on:
                changed.append((one, led, moved))
        if changed:
            yield changed


def _led(application: Application, calendar: Calendar) -> Led:
    """What the bundle promises, else what the longest of its items does in the version that was applied for."""
    whole = catalogue.catalogue().bundles.get(application.code)
    limits = [whole.definition.promised] if whole and whole.definition.promised else []
    limits = limits or [
        catalogue.get_version(item, version).promised for item, version in application.versions.items()
    ]
    start = application.submitted_at or application.updated_at
    on, due_at, warn_on = max(
        (queries.due_of(start, Budget(limit.days, limit.unit), calendar) for limit in limits),
        key=lambda due: due[0],
    )
    return Led(application.lead_office, on, due_at, warn_on)


def _moves(calendar: Calendar) -> Iterator[list[Move]]:
    after = None
    while True:
        found, after = queries.list_moves(calendar, after, BATCH)
        if found:
            yield found
        if after is None:
            return
