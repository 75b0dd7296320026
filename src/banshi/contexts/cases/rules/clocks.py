"""办件时限: pure functions of the state and the working-day calendar.

Licensing law art. 82 (working days), 32 (five days), 42 (twenty days), 45 (what does not count); Civil Code arts. 201–203.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from banshi.contexts.cases.values import Budget, CaseState, Status, WorkPlan
from banshi.kernel.workdays import Calendar, Unit, deadline, end_of

ACCEPTANCE_DAYS = 5  # working days to accept, or to ask once for corrections (art. 32(4))
_UNITS = {"workday": Unit.WORKDAYS, "day": Unit.NATURAL_DAYS}


class Due(NamedTuple):
    """到期日: a due day, and whether it lies in a year without a published calendar."""

    on: date
    provisional: bool


def due(start_on: date, budget: Budget, calendar: Calendar) -> Due:
    """The last day of a period whose first day, `start_on`, does not count."""
    found = deadline(start_on, budget.days, _UNITS[budget.unit], calendar)
    return Due(found.due_on, found.provisional)


def acceptance_due_on(state: CaseState, calendar: Calendar) -> date:
    """The day by whose end the office must have accepted or asked for corrections."""
    return calendar.add(state.clock_from_on or state.received_on, ACCEPTANCE_DAYS)


def shifted(day: date, since_on: date, until_on: date, budget: Budget, calendar: Calendar) -> date:
    """`day` moved by what a pause took: the days in (since_on, until_on] do not count."""
    if budget.unit == "day":
        moved = date.fromordinal(day.toordinal() + (until_on - since_on).days)
        return calendar.next_workday(moved)
    return calendar.add(day, calendar.between(since_on, until_on))


def next_check_at(state: CaseState, calendar: Calendar) -> datetime | None:
    """When the scheduler must look: silence of the office, or of the applicant, then means something."""
    if state.status is Status.RECEIVED:
        return end_of(acceptance_due_on(state, calendar))
    if state.status is Status.CORRECTING and state.correction_due_on:
        return end_of(state.correction_due_on)
    return None


def warn_on(due_on: date | None, budget: Budget, calendar: Calendar) -> date | None:
    """From this day on the light is yellow: the last fifth of the time, at least one working day."""
    if due_on is None:
        return None
    return calendar.subtract(due_on, max(1, budget.days // 5)) if budget.days > 1 else due_on


def work_due(plan: WorkPlan, opened_on: date, calendar: Calendar) -> date:
    """The last day of a work."""
    return due(opened_on, plan.limit, calendar).on
