"""告知的期限: last days that a written notice named, reckoned anew by another calendar (licensing law art. 82).

What a person was told never comes earlier: they rely on it. What binds the office moves both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from banshi.contexts.cases.values import CaseState, Status
from banshi.kernel.workdays import Calendar

_OFFICES_OWN = frozenset({"hold_by"})


def moved(state: CaseState, calendar: Calendar) -> dict[str, date]:
    """Last days of notices still open that this calendar moves: `correction_due_on`, `request_by`, `hold_by`."""
    found = {}
    for name, told, since_on, days in _open(state):
        due_on = calendar.add(since_on, days)
        if due_on > told or (due_on < told and name in _OFFICES_OWN):
            found[name] = due_on
    return found


def _open(state: CaseState) -> Iterator[tuple[str, date, date, int]]:
    """Name, last day as told, first day, working days. Of what was told before days were kept, it is not known how many."""
    if state.status is Status.CORRECTING and state.correction_requested_on and state.correction_due_on:
        yield from _one(
            "correction_due_on", state.correction_due_on, state.correction_requested_on, state.correction_days
        )
    hearing = state.hearing
    if hearing is None or hearing.minutes or not state.status.open:
        return
    if hearing.requested_on and hearing.hold_by:
        yield from _one("hold_by", hearing.hold_by, hearing.requested_on, hearing.hold_days)
    elif hearing.offered_on and hearing.request_by:
        yield from _one("request_by", hearing.request_by, hearing.offered_on, hearing.request_days)


def _one(name: str, told: date, since_on: date, days: int) -> Iterator[tuple[str, date, date, int]]:
    if days:
        yield name, told, since_on, days
