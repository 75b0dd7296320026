"""办件时限: pure functions of the state and the working-day calendar.

Licensing law art. 82 (working days), 32 (five days), 42 (twenty and ten, forty-five and fifteen), 44 (ten days to
deliver), 45 (what does not count); Civil Code arts. 201–203.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from banshi.contexts.cases.values import Budget, CaseState, Status, WorkPlan, WorkState
from banshi.kernel.workdays import CHINA, Calendar, Unit, civil_day, deadline, end_of

_UNITS = {"workday": Unit.WORKDAYS, "day": Unit.NATURAL_DAYS}


class Due(NamedTuple):
    """到期日: a due day, and whether it lies in a year without a published calendar. Hours end at an instant."""

    on: date
    provisional: bool
    at: datetime | None = None


class Clocks(NamedTuple):
    """时限 of a case: both clocks, and the works' due days by key."""

    statutory: date | None
    promised: date | None
    promised_at: datetime | None
    provisional: bool
    works: dict[str, date]


class Alarm(NamedTuple):
    """提醒: a clock that comes near its end, or is past it. `key`: `case`, or the key of a work's task."""

    key: str
    level: Literal["yellow", "red", "escalated"]
    from_at: datetime
    due_on: date


def due(start_on: date, budget: Budget, calendar: Calendar, more: int = 0) -> Due:
    """The last day of a period whose first day, `start_on`, does not count; `more`: days that do not count either."""
    found = deadline(start_on, budget.days + more, _UNITS[budget.unit], calendar)
    return Due(found.due_on, found.provisional)


def due_after_hours(
    start_at: datetime, hours: int, opening: tuple[tuple[str, str], ...], calendar: Calendar
) -> Due:
    """The instant by which so many hours of opening time have passed. Only working days open."""
    left = timedelta(hours=hours)
    here = start_at.astimezone(CHINA)
    day = here.date()
    while True:
        day = calendar.next_workday(day)
        for opens, closes in opening:
            begin = max(datetime.combine(day, time.fromisoformat(opens), CHINA), here)
            end = datetime.combine(day, time.fromisoformat(closes), CHINA)
            if begin >= end:
                continue
            if left <= end - begin:
                # Also provisional at the year's end, whose days the next notice may move.
                return Due(
                    day, deadline(day, 0, Unit.WORKDAYS, calendar).provisional, (begin + left).astimezone(UTC)
                )
            left -= end - begin
        day += timedelta(days=1)


def running(state: CaseState, calendar: Calendar) -> Clocks:
    """Every clock, reckoned anew from what happened: acceptance, pauses that ended, the extension."""
    if state.accepted_on is None:
        return Clocks(None, None, None, False, {})
    plan, start = state.plan, state.accepted_on
    extended = state.extension.days if state.extension else 0
    statutory = (
        due(start, plan.statutory, calendar, extended + _paused(state, start, plan.statutory, calendar))
        if plan.statutory
        else None
    )
    if plan.promised.unit == "hour":
        promised = _hours(state, calendar)
    else:
        paused = _paused(state, start, plan.promised, calendar)
        promised = due(start, plan.promised, calendar, extended + paused)
    plans = {work.key: work for work in plan.works}
    works = {
        work.key: work_due(state, plans[work.key], work.opened_on, calendar)
        for work in state.works
        if work.status == "open" and work.opened_on
    }
    provisional = promised.provisional or bool(statutory and statutory.provisional)
    return Clocks(statutory.on if statutory else None, promised.on, promised.at, provisional, works)


def reckoned(state: CaseState, calendar: Calendar) -> dict[str, Any]:
    """The due days of this state, as facts say them."""
    found = running(state, calendar)
    data: dict[str, Any] = {
        "statutory_due_on": found.statutory,
        "promised_due_on": found.promised,
        "provisional": found.provisional,
        "works": [{"work": key, "due_on": due_on} for key, due_on in found.works.items()],
    }
    if found.promised_at:
        data["promised_due_at"] = found.promised_at
    return data


def _hours(state: CaseState, calendar: Calendar) -> Due:
    """Hours run on from where a pause caught them: a paused day counts as the whole of it."""
    started_at = state.accepted_at or end_of(state.accepted_on or state.received_on)
    found = due_after_hours(started_at, state.plan.promised.days, state.plan.opening, calendar)
    days = sum(
        calendar.between(pause.since_on, pause.until_on) for pause in state.pauses if pause.until_on
    ) + (state.extension.days if state.extension else 0)
    if not days or found.at is None:
        return found
    on = calendar.add(found.on, days)
    return Due(on, deadline(on, 0, Unit.WORKDAYS, calendar).provisional, found.at + (on - found.on))


def work_due(state: CaseState, plan: WorkPlan, opened_on: date, calendar: Calendar) -> date:
    """The last day of a work that was opened on `opened_on`; what paused the case since does not count."""
    return due(opened_on, plan.limit, calendar, _paused(state, opened_on, plan.limit, calendar)).on


def _paused(state: CaseState, start_on: date, budget: Budget, calendar: Calendar) -> int:
    """Days of ended pauses since `start_on`, in the budget's unit."""
    days = 0
    for pause in state.pauses:
        if pause.until_on is None or pause.until_on <= start_on:
            continue
        since = max(pause.since_on, start_on)
        if budget.unit == "day":
            days += (pause.until_on - since).days
        else:
            days += calendar.between(since, pause.until_on)
    return days


def acceptance_due_on(state: CaseState, calendar: Calendar) -> date:
    """The day by whose end the office must have accepted or asked for corrections."""
    return calendar.add(state.clock_from_on or state.received_on, state.plan.limits.acceptance_days)


def warn_on(due_on: date | None, budget: Budget, calendar: Calendar) -> date | None:
    """From this day on the light is yellow: the last fifth of the time, at least one working day."""
    if due_on is None:
        return None
    if budget.unit == "hour" or budget.days <= 1:
        return due_on
    return calendar.subtract(due_on, max(1, budget.days // 5))


def alarms(state: CaseState, calendar: Calendar, at: datetime | None = None) -> list[Alarm]:
    """For each running clock what has to be urged next: yellow, red, then the next level above.

    With `at`, only what is due by then, and of that the loudest.
    """
    found = []
    for key, due_on, budget in _ending(state):
        left = _levels(state, key, due_on, budget, calendar)
        if at is not None:
            left = [alarm for alarm in left if alarm.from_at <= at][-1:]
        found += left[:1]
    return found


def _ending(state: CaseState) -> list[tuple[str, date, Budget]]:
    """The clocks that somebody has to keep now: key, due day, budget."""
    match state.status:
        case Status.ACCEPTED | Status.IN_REVIEW:
            limits = {work.key: work.limit for work in state.plan.works}
            found = [("case", state.due_on, state.plan.promised)] + [
                (f"work:{work.key}", work.due_on, limits[work.key])
                for work in state.works
                if work.status == "open"
            ]
        case Status.SUSPENDED:  # longer than the written notice said
            found = [("end_special", state.pauses[-1].ends_on, Budget(1))]
        case Status.PASSED | Status.REFUSED if not state.delivered_on:
            found = [("deliver", state.delivery_due_on, Budget(state.plan.limits.delivery_days))]
        case _:
            found = []
    return [(key, due_on, budget) for key, due_on, budget in found if due_on]


def _levels(state: CaseState, key: str, due_on: date, budget: Budget, calendar: Calendar) -> list[Alarm]:
    """The levels that are still to be told. Once told stays told, unless the clock was moved to later since."""
    warn = warn_on(due_on, budget, calendar)
    hour = state.promised_due_at if key == "case" and due_on == state.promised_due_on else None
    escalated = calendar.add(due_on, state.plan.limits.escalate_days)
    levels = [
        Alarm(key, "yellow", end_of(warn - timedelta(days=1)), due_on) if warn and warn < due_on else None,
        Alarm(key, "red", hour or end_of(due_on), due_on),
        Alarm(key, "escalated", end_of(escalated), due_on),
    ]
    ordered = [level for level in levels if level]
    told = [
        n
        for n, alarm in enumerate(ordered)
        for urge in state.urges
        if (urge.key, urge.level) == (key, alarm.level) and urge.on >= civil_day(alarm.from_at)
    ]
    return ordered[max(told) + 1 :] if told else ordered


def next_check_at(state: CaseState, calendar: Calendar) -> datetime | None:
    """When the scheduler must look: silence then means something, or somebody has to be urged."""
    if state.status is Status.RECEIVED:
        return end_of(acceptance_due_on(state, calendar))
    if state.status is Status.CORRECTING and state.correction_due_on:
        return end_of(state.correction_due_on)
    instants = [alarm.from_at for alarm in alarms(state, calendar)]
    instants += [end_of(work.due_on) for work in silent_works(state) if work.due_on]
    if state.status.open and state.plan.expires_on and renews_by_silence(state):
        instants.append(end_of(state.plan.expires_on))
    return min(instants, default=None)


def silent_works(state: CaseState) -> list[WorkState]:
    """Open works whose silence means consent."""
    if state.status is not Status.IN_REVIEW:
        return []
    consenting = {work.key for work in state.plan.works if work.silence == "agree"}
    if not consenting:
        return []
    return [work for work in state.works if work.status == "open" and work.key in consenting]


def renews_by_silence(state: CaseState) -> bool:
    """视为准予延续 may come: a permit whose renewal was asked for 30 days before it ends (art. 50)."""
    plan = state.plan
    if plan.type != "01" or not plan.renews or plan.expires_on is None:
        return False
    return state.received_on <= plan.expires_on - timedelta(days=plan.limits.renewal_days)


def holder_of(state: CaseState, key: str) -> tuple[str, str]:
    """谁在办: office and person that hold what this clock waits for (not the last hand that touched the case)."""
    if key.startswith("work:"):
        work = state.work(key.removeprefix("work:"))
        office = next((plan.office for plan in state.plan.works if f"work:{plan.key}" == key), state.office)
        return office, work.holder if work else ""
    if key == "deliver" and state.hall:
        return state.hall, ""
    waiting = [work for work in state.works if work.status == "open"]
    if waiting and state.status is Status.IN_REVIEW:
        late = min(waiting, key=lambda work: work.due_on or date.max)
        return holder_of(state, f"work:{late.key}")
    return state.office, state.holder
