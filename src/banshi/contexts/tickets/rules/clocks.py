"""时限: how long each hand has, reckoned from what happened; what is warned of when; when the scheduler must look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from banshi.contexts.tickets.values import TicketState
from banshi.contexts.tickets.values.codes import Status
from banshi.kernel.workdays import Calendar, Deadline, Unit, civil_day, deadline, end_of

type Loudness = Literal["yellow", "red", "listed"]
UNIT_CLOCKS = frozenset(
    {"sign", "contact", "handle", "plan"}
)  # what is late there is the unit's to answer for


class Clock(NamedTuple):
    """时限 that runs now: which, its last day, and how many days it had."""

    key: str
    due_on: date
    days: int


class Alarm(NamedTuple):
    """提醒: which clock, how loudly, from when on, and its last day."""

    key: str
    level: Loudness
    from_at: datetime
    due_on: date


def handling(state: TicketState, calendar: Calendar) -> Deadline | None:
    """The unit's time: the pack's days, the law's where they are longer, and what was granted. None before dispatch.

    Sent back or opened again, the time for that runs from then.
    """
    terms = state.terms
    start = state.raised_on if terms.from_raise else state.dispatched_on
    if start is None or state.dispatched_on is None:
        return None
    granted = state.extension if state.extension and state.extension.granted_on else None
    more = granted.days if granted else 0
    if state.redo_on:
        again = more if granted and granted.granted_on and granted.granted_on >= state.redo_on else 0
        return deadline(state.redo_on, terms.redo_days + again, Unit.WORKDAYS, calendar)
    if state.clear_on:
        return Deadline(state.clear_on, provisional=False)
    days = max(terms.difficult_days, terms.handle_days) if state.difficult else terms.handle_days
    found = deadline(start, days + more, Unit.WORKDAYS, calendar)
    if state.statutory_days:
        unit = Unit.NATURAL_DAYS if state.statutory_unit == "day" else Unit.WORKDAYS
        by_law = deadline(start, state.statutory_days, unit, calendar)
        if by_law.due_on > found.due_on:
            return by_law
    return found


def clocks(state: TicketState, calendar: Calendar) -> list[Clock]:
    """Those that somebody has to keep now."""
    terms, since = state.terms, state.since_on or state.raised_on

    def after(key: str, start: date, days: int) -> Clock:
        return Clock(key, calendar.add(start, days), days)

    found: list[Clock] = []
    match state.status:
        case Status.RAISED:
            found = [after("dispatch", since, terms.dispatch_days)]
        case Status.RETURNED:
            found = [after("settle", since, terms.settle_days)]
        case Status.TERMINATING:
            found = [after("termination", since, terms.settle_days)]
        case Status.REPLIED:
            found = [after("check", since, terms.check_days)]
        case Status.CALLING:
            found = [after("call", since, terms.call_days)]
        case Status.TRACKING if state.plan_on:
            found = [_whole("plan", since, state.plan_on, calendar)]
        case Status.DISPATCHED | Status.HANDLING:
            if state.status is Status.DISPATCHED:
                found.append(after("sign", since, terms.sign_days))
            if contact_due(state):
                found.append(after("contact", state.raised_on, terms.contact_days))
            if state.due_on:
                start = state.raised_on if terms.from_raise else state.dispatched_on
                found.append(_whole("handle", state.redo_on or start or since, state.due_on, calendar))
    return found


def _whole(key: str, start: date, due_on: date, calendar: Calendar) -> Clock:
    return Clock(key, due_on, max(1, calendar.between(start, due_on)))


def contact_due(state: TicketState) -> bool:
    """Whether somebody still has to speak with the person first: until they were, or the place's attempts were made."""
    terms = state.terms
    tried = state.contacted_on is not None or state.contact_misses >= terms.attempts
    return bool(terms.contact_days) and not tried and not state.anonymous


def warn_on(due_on: date | None, days: int, calendar: Calendar) -> date | None:
    """From this day on the light is yellow: the last fifth of the time, at least one working day."""
    if due_on is None:
        return None
    return calendar.subtract(due_on, max(1, days // 5)) if days > 1 else due_on


def alarms(state: TicketState, calendar: Calendar, at: datetime | None = None) -> list[Alarm]:
    """For each running clock what is to be told next. With `at`, only what is due by then, and of that the loudest."""
    found: list[Alarm] = []
    for clock in clocks(state, calendar):
        left = _levels(state, clock, calendar)
        if at is not None:
            left = [alarm for alarm in left if alarm.from_at <= at][-1:]
        found += left[:1]
    return found


def _levels(state: TicketState, clock: Clock, calendar: Calendar) -> list[Alarm]:
    """Those still to be told. Once told stays told, unless the clock has moved to later since."""
    key, due_on = clock.key, clock.due_on
    warn = warn_on(due_on, clock.days, calendar)
    levels = [Alarm(key, "red", end_of(due_on), due_on)]
    if warn and warn < due_on:
        levels.insert(0, Alarm(key, "yellow", end_of(warn - timedelta(days=1)), due_on))
    if key in UNIT_CLOCKS:
        levels.append(Alarm(key, "listed", end_of(calendar.add(due_on, state.terms.listed_days)), due_on))
    told = [
        n
        for n, alarm in enumerate(levels)
        for one in state.told
        if (one.key, one.level) == (key, alarm.level) and one.on >= civil_day(alarm.from_at)
    ]
    return levels[max(told) + 1 :] if told else levels


def next_check_at(state: TicketState, calendar: Calendar) -> datetime | None:
    """When the scheduler must look next; None when time changes nothing any more."""
    if not state.status.open or state.status is Status.MERGED:
        return None
    return min((alarm.from_at for alarm in alarms(state, calendar)), default=None)


def return_until(state: TicketState) -> datetime | None:
    """The last instant at which the unit may ask to give the ticket back; None where the place names no limit."""
    if not state.terms.return_hours or state.dispatched_at is None:
        return None
    return state.dispatched_at + timedelta(hours=state.terms.return_hours)
