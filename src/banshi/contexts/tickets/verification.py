"""工单核对: folding the facts gives the row, what waits, defects, breaches and rewards; what facts name is kept; how many
stand where, and the figures of each month, are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.tickets import events, store
from banshi.contexts.tickets.operations import figures
from banshi.contexts.tickets.rules.occasions import evolve_occasion
from banshi.contexts.tickets.rules.state import evolve, tasks
from banshi.contexts.tickets.store import rows
from banshi.contexts.tickets.values import OccasionState, TicketState
from banshi.infra.told_rows import Kind, Part, check_kept, check_kind, check_parts
from banshi.infra.verification import BothWays, Chunk, Report, Told, check_row
from banshi.kernel.workdays import Calendar

PREFIX = "tickets.ticket."
VERIFIED = (
    "tickets_ticket",
    "tickets_tickettask",
    "tickets_itemdefect",
    "tickets_breachfound",
    "tickets_rewardgiven",
    "tickets_occasion",
    "tickets_ticketprivate",
)
COUNTERS = tuple(f"tickets.{dimension}.%" for dimension in figures.DIMENSIONS)
_FACTS = "tickets.facts"  # counted here only: how many facts the tickets of a county came to
BOTH_WAYS = (
    BothWays(
        (store.STANDING,), _FACTS, "SELECT region_code, sum(seq) FROM tickets_ticket GROUP BY region_code"
    ),
)
_KEY = 2  # region_code and id stand first in every declaration
DEFECT = Part("事项缺陷", "a defect", "tickets_itemdefect", rows.DEFECTS.columns[_KEY:], "ticket_id")
BREACH = Part("追责", "a breach", "tickets_breachfound", rows.BREACHES.columns[_KEY:], "ticket_id")
REWARD = Part(
    "奖励", "a reward", "tickets_rewardgiven",
    (
        "number", "centre", "office_code", "level", "fen", "points", "proposed_on", "granted_on", "refused_on",
        "claimed_on",
    ),
    "ticket_id",
)  # fmt: skip
_ROW = rows.TICKETS.columns[_KEY:]
_TASK = rows.TASKS.columns[_KEY:]
_decode = msgspec.json.Decoder(TicketState).decode


def check_tickets(chunk: Chunk, calendar: Calendar, report: Report) -> None:
    """All tickets of the chunk, and whatever belongs to none."""
    found = chunk.rows("tickets_ticket", _ROW)
    waiting = chunk.rows("tickets_tickettask", _TASK, "ticket_id")
    named: dict[UUID, UUID] = {}
    defects: dict[UUID, dict[int, dict[str, Any]]] = {}
    breaches: dict[UUID, dict[int, dict[str, Any]]] = {}
    rewards: dict[UUID, dict[str, dict[str, Any]]] = {}
    for id, told in chunk.streams.items():
        if not told[0].fact.kind.startswith(PREFIX):
            continue
        row, own = found.pop(id, None), waiting.pop(id, [])
        try:
            state = _folded(told, report)
        except Exception as error:  # a damaged fact may raise anything
            report.say(
                "unfoldable", chunk.place(id),
                f"事实不能折叠（{type(error).__name__}）。请从备份核对这件的事实。",
                f"The facts do not fold ({type(error).__name__}). Compare this ticket's facts with a backup.",
            )  # fmt: skip
            continue
        named |= dict.fromkeys(_named(id, told), id)
        report.counted[state.region, _FACTS, ""] += state.seq
        for key in store.standing(state):
            report.counted[state.region, store.STANDING, key] += 1
        defects[id], breaches[id], rewards[id] = (
            _defects(state, told),
            _breaches(state),
            _rewards(state, told),
        )
        if row is None:
            report.say(
                "no_row", chunk.place(id), "有事实，没有工单行。请从备份核对，按事实补上。",
                "There are facts but no row. Compare with a backup and restore it from the facts.",
            )  # fmt: skip
            continue
        _row(chunk, state, told, row[0], calendar, report)
        _tasks(chunk, state, own, calendar, report)
    check_parts(chunk, DEFECT, defects, report)
    check_parts(chunk, BREACH, breaches, report)
    check_parts(chunk, REWARD, rewards, report)
    named |= {one.id: one.id for one in check_kind(chunk, OCCASION, report)}
    for id in found:
        report.say(
            "no_facts", chunk.place(id), "有工单行，没有事实。请从备份核对。",
            "There is a row but no fact. Compare with a backup.",
        )  # fmt: skip
    for id in waiting.keys() - found.keys():
        report.say(
            "task_orphan", chunk.place(id), "有待办，没有工单。请从备份核对。",
            "There is a task of no ticket. Compare with a backup.",
        )  # fmt: skip
    check_kept(chunk, "tickets_ticketprivate", named, report)


def _folded(told: Sequence[Told], report: Report) -> TicketState:
    """With what each fact adds to the figures of its month."""
    state: TicketState | None = None
    for one in told:
        before, state = state, evolve(state, one.fact)
        measures = figures.measures(before, state, one.fact) if before else ("raised",)
        for measure in measures:
            for dimension, key in figures.keys(state, measure):
                report.counted[state.region, f"tickets.{dimension}.{_month(one.at)}", key] += 1
    if state is None:
        raise ValueError("an empty stream has no state")
    return state


def _defects(state: TicketState, told: Sequence[Told]) -> dict[int, dict[str, Any]]:
    if not state.defects:
        return {}
    parts = [one.fact.data.get("part", "") for one in told if one.fact.kind == events.DEFECT_FOUND]
    return {
        n: dict(zip(DEFECT.columns, store.defect_row(state, n, part)[_KEY:], strict=True))
        for n, part in enumerate(parts)
    }


def _breaches(state: TicketState) -> dict[int, dict[str, Any]]:
    return {
        n: dict(zip(BREACH.columns, store.breach_row(state, n)[_KEY:], strict=True))
        for n in range(len(state.breaches))
    }


def _rewards(state: TicketState, told: Sequence[Told]) -> dict[str, dict[str, Any]]:
    """As it was when a reward was last spoken of: the unit may have changed since."""
    if state.reward is None:
        return {}
    last = max(n for n, one in enumerate(told) if one.fact.kind in store.OF_REWARD)
    then: TicketState | None = None
    for one in told[: last + 1]:
        then = evolve(then, one.fact)
    if then is None or then.reward is None:
        return {}
    row = dict(zip(rows.REWARDS.columns, store.reward_row(then, then.reward), strict=True))
    return {then.number: {name: row[name] for name in REWARD.columns}}


def _occasion(told: Sequence[Told]) -> dict[str, Any]:
    state: OccasionState | None = None
    for one in told:
        state = evolve_occasion(state, one.fact)
    if state is None:
        raise ValueError("an empty stream has no state")
    return {
        "seq": state.seq, "state": msgspec.json.encode(state).decode(), "kind": state.kind.value,
        "centre": state.centre, "opens_on": state.opens_on, "closes_on": state.closes_on, "closed_on": state.closed_on,
    }  # fmt: skip


OCCASION = Kind(
    "场次", "an occasion", "tickets_occasion", (events.OCCASION_OPENED, events.OCCASION_CLOSED),
    ("seq", "state", "kind", "centre", "opens_on", "closes_on", "closed_on"), _occasion,
)  # fmt: skip


def _named(id: UUID, told: Sequence[Told]) -> set[UUID]:
    """What lies in the private table according to the facts: title and text, contact, replies and reasons."""
    found = {id}
    for one in told:
        found |= {UUID(one.fact.data[name]) for name in ("text", "contact") if one.fact.data.get(name)}
    return found


def _row(
    chunk: Chunk,
    state: TicketState,
    told: Sequence[Told],
    row: Sequence[Any],
    calendar: Calendar,
    report: Report,
) -> None:
    """Of clocks only what stands by the calendar of the row: a newer one is told by `CLOCKS_RECOMPUTED`."""
    expected = store.ticket_row(state, _instant(told[-1].at), calendar)[_KEY:]
    columns = dict(zip(_ROW, zip(expected, row, strict=True), strict=True))
    for name in ("changed_at", *(("warn_on", "next_check_at") if state.calendar != calendar.version else ())):
        columns.pop(name)
    check_row(
        chunk,
        state.id,
        (f"工单 {state.number} ", state.number),
        columns,
        lambda found: _same(found, state),
        report,
    )


def _same(stored: str, state: TicketState) -> bool:
    """A state that an older version wrote may be spelt otherwise."""
    try:
        return _decode(stored) == state
    except msgspec.DecodeError:
        return False


def _tasks(
    chunk: Chunk,
    state: TicketState,
    found: Sequence[tuple[Any, ...]],
    calendar: Calendar,
    report: Report,
) -> None:
    if state.calendar != calendar.version:
        return
    stored = chunk.reader.stored
    expected = {
        tuple(map(stored, store.task_row(state, task, calendar)[_KEY:])) for task in tasks(state, calendar)
    }
    if expected != set(found):
        keys = sorted({str(row[0]) for row in expected ^ set(found)})
        report.say(
            "task_differs", chunk.place(state.id),
            f"工单 {state.number} 的待办与事实不符：{'、'.join(keys)}。以事实为准，请从备份核对。",
            f"The tasks of {state.number} differ from its facts: {', '.join(keys)}. The facts are right.",
        )  # fmt: skip


@lru_cache(maxsize=1024)  # the facts of one command share their instant
def _month(stored: Any) -> str:
    return store.month(_instant(stored))


def _instant(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)
