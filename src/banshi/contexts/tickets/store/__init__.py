"""Rows of a ticket. Reads and writes of the command path, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules.clocks import clocks, next_check_at, warn_on
from banshi.contexts.tickets.rules.state import tasks
from banshi.contexts.tickets.store import rows
from banshi.contexts.tickets.values import Reward, Task, TicketState
from banshi.infra.store import Tx
from banshi.kernel.facts import Fact, NotFound
from banshi.kernel.workdays import Calendar, civil_day

_READ = "SELECT state FROM tickets_ticket WHERE region_code = %s AND id = %s"
_decode = msgspec.json.Decoder(TicketState).decode
_encode = msgspec.json.Encoder().encode


def lock(tx: Tx, region: str, id: UUID) -> TicketState:
    """The state, for change. Raises `NotFound`."""
    if tx.sqlite or tx.alone:
        row = tx.look(_READ, (region, id))
    else:
        row = tx.one(f"{_READ} FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("工单", "ticket")
    return _decode(row[0])


def of_origin(tx: Tx, region: str, origin: str) -> tuple[str, str] | None:
    """Id and number of the ticket that came of this already."""
    row = tx.look(
        "SELECT id, number FROM tickets_ticket WHERE origin = %s AND region_code = %s", (origin, region)
    )
    return None if row is None else (str(UUID(str(row[0]))), row[1])


def insert(tx: Tx, state: TicketState, calendar: Calendar) -> None:
    tx.put(rows.TICKETS, ticket_row(state, tx.at, calendar))
    _put_tasks(tx, state, tasks(state, calendar), calendar)
    stand(tx, state, 1)


def ticket_row(state: TicketState, at: datetime, calendar: Calendar) -> tuple[object, ...]:
    """In the order of `rows.TICKETS`; `at`: when it last changed."""
    return (
        *(state.region, state.id, state.number, state.origin or None, state.kind.value, state.channel.value),
        *(state.centre, state.party, state.about.case, state.contact_index or None, state.words_index),
        *(state.place, state.raised_on, state.raised_at),
        *moving(state),
        *changing(state, at, calendar),
        state.occasion,
    )


def update(
    tx: Tx, before: TicketState, state: TicketState, facts: Sequence[Fact], calendar: Calendar
) -> None:
    """The row, what waits, findings and counts, as they follow from the facts between `before` and `state`."""
    tx.put(rows.CHANGES, (*changing(state, tx.at, calendar), state.region, state.id, before.seq))
    if moving(before) != moving(state):
        tx.put(rows.MOVES, (*moving(state), state.region, state.id))
    old = {task.key: task for task in tasks(before, calendar)}
    new = tasks(state, calendar)
    for key in old.keys() - {task.key for task in new}:
        tx.put(rows.GONE, (state.region, state.id, key))
    marks = (before.since_on, before.category, before.urgency) == (
        state.since_on,
        state.category,
        state.urgency,
    )
    _put_tasks(tx, state, tuple(task for task in new if not marks or task != old.get(task.key)), calendar)
    for fact in facts:
        if fact.kind in (events.DEFECT_FOUND, events.DEFECT_SETTLED):
            tx.put(rows.DEFECTS, defect_row(state, int(fact.data["n"]), str(fact.data.get("part", ""))))
        elif fact.kind in (events.BREACH_FOUND, events.BREACH_DISPOSED):
            tx.put(rows.BREACHES, breach_row(state, int(fact.data["n"])))
        elif fact.kind in OF_REWARD and state.reward:
            tx.put(rows.REWARDS, reward_row(state, state.reward))
    if (before.status, before.lead) != (state.status, state.lead):
        stand(tx, before, -1)
        stand(tx, state, 1)


def moving(state: TicketState) -> tuple[object, ...]:
    return state.lead, state.category, state.parent


def changing(state: TicketState, at: datetime, calendar: Calendar) -> tuple[object, ...]:
    """In the order of `rows.CHANGES`."""
    unit = next((one for one in clocks(state, calendar) if one.key in ("handle", "plan")), None)
    return (
        *(state.seq, _encode(state).decode(), state.status.value, state.urgency.value, at),
        *((unit.due_on, warn_on(unit.due_on, unit.days, calendar)) if unit else (None, None)),
        *(state.closed_on, next_check_at(state, calendar)),
    )


NO_DAY = date.max


def task_row(state: TicketState, task: Task, calendar: Calendar) -> tuple[object, ...]:
    """In the order of `rows.TASKS`."""
    return (
        *(state.region, state.id, task.key, task.office, task.post, task.taken_by),
        *(
            state.since_on or state.raised_on,
            task.due_on or NO_DAY,
            warn_on(task.due_on, task.days, calendar),
        ),
        *(state.number, state.kind.value, state.category, state.urgency.value),
    )


def reckoned_tasks(state: TicketState, calendar: Calendar) -> list[tuple[object, ...]]:
    """All that waits, as its rows."""
    return [task_row(state, task, calendar) for task in tasks(state, calendar)]


def _put_tasks(tx: Tx, state: TicketState, waiting: Sequence[Task], calendar: Calendar) -> None:
    for task in waiting:
        tx.put(rows.TASKS, task_row(state, task, calendar))


def defect_row(state: TicketState, n: int, part: str) -> tuple[object, ...]:
    """In the order of `rows.DEFECTS`."""
    one = state.defects[n]
    return (state.region, state.id, n, one.item, one.cause, part, one.on, one.settled, one.settled_on)


def breach_row(state: TicketState, n: int) -> tuple[object, ...]:
    """In the order of `rows.BREACHES`."""
    one = state.breaches[n]
    values = (one.breach.value, one.office, one.post[:40], one.staff, one.on, one.disposed_on)
    return (state.region, state.id, n, *values)


OF_REWARD = frozenset(
    {events.REWARD_PROPOSED, events.REWARD_GRANTED, events.REWARD_REFUSED, events.REWARD_CLAIMED}
)


def reward_row(state: TicketState, one: Reward) -> tuple[object, ...]:
    """In the order of `rows.REWARDS`."""
    of = (state.region, state.id, state.centre, state.lead, state.number)
    return (*of, one.level, one.fen, one.points, one.on, one.granted_on, one.refused_on, one.claimed_on)


def stand(tx: Tx, state: TicketState, delta: int) -> None:
    """How many stand where: by centre and by unit, so that a list's count need not be counted."""
    for key in standing(state):
        tx.count(state.region, STANDING, key, delta)


def standing(state: TicketState) -> Iterator[str]:
    """The keys under which it is counted."""
    what = f"{state.kind.value}|{state.status.value}"
    yield f"c:{state.centre}|{what}"
    if state.lead:
        yield f"o:{state.lead}|{what}"


STANDING = "tickets.standing"


def refresh(tx: Tx, before: TicketState, state: TicketState, calendar: Calendar) -> None:
    """按新日历重写: all that is reckoned into the rows."""
    tx.settle()
    tx.put(rows.CHANGES, (*changing(state, tx.at, calendar), state.region, state.id, before.seq))
    _put_tasks(tx, state, tasks(state, calendar), calendar)


def month(at: datetime) -> str:
    """The month that figures are kept by: `202603`."""
    return f"{civil_day(at):%Y%m}"
