"""工单核对: folding the facts gives the row and what waits; what facts name is kept; how many stand where is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.tickets import store
from banshi.contexts.tickets.rules.state import evolve, tasks
from banshi.contexts.tickets.store import rows
from banshi.contexts.tickets.values import TicketState
from banshi.infra.verification import Chunk, Reader, Report, Told, check_counters, check_row, counters
from banshi.kernel.workdays import Calendar

PREFIX = "tickets.ticket."
VERIFIED = (
    "tickets_ticket",
    "tickets_tickettask",
    "tickets_itemdefect",
    "tickets_breachfound",
    "tickets_ticketprivate",
)
_FACTS = "tickets.facts"  # counted here only: how many facts the tickets of a county came to
_KEY = 2  # region_code and id stand first in every declaration
_ROW = rows.TICKETS.columns[_KEY:]
_TASK = rows.TASKS.columns[_KEY:]
_decode = msgspec.json.Decoder(TicketState).decode


def check_tickets(chunk: Chunk, calendar: Calendar, report: Report) -> None:
    """All tickets of the chunk, and whatever belongs to none."""
    found = chunk.rows("tickets_ticket", _ROW)
    waiting = chunk.rows("tickets_tickettask", _TASK, "ticket_id")
    named: dict[UUID, UUID] = {}
    for id, told in chunk.streams.items():
        if not told[0].fact.kind.startswith(PREFIX):
            continue
        row, own = found.pop(id, None), waiting.pop(id, [])
        if row is None:
            report.say(
                "no_row", chunk.place(id), "有事实，没有工单行。请从备份核对，按事实补上。",
                "There are facts but no row. Compare with a backup and restore it from the facts.",
            )  # fmt: skip
            continue
        try:
            state = _folded(told)
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
        _row(chunk, state, told, row[0], calendar, report)
        _tasks(chunk, state, own, calendar, report)
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
    for id in named.keys() - chunk.present("tickets_ticketprivate", named):
        report.say(
            "private_missing", chunk.place(named[id]), f"事实提到的私密内容没有（{id}）。请从备份补上。",
            f"Private content that a fact names is missing ({id}). Restore it from a backup.",
        )  # fmt: skip


def check_standing(reader: Reader, report: Report) -> list[str]:
    """在办数核对, once all tickets were read: takes what they came to out of `report.counted`; the counties left out.

    These counters move both ways, so that while tickets are dealt with no bounds hold. But a ticket's `seq` only grows:
    where all of a county still come to as many facts as were read, none has changed since, and the counters must equal.
    """
    mine = {key: n for key, n in report.counted.items() if key[1] in (store.STANDING, _FACTS)}
    for key in mine:
        del report.counted[key]
    now = counters(reader, [store.STANDING])
    # Asked for last: what has not changed by now had not changed when the counters were read.
    sql = "SELECT region_code, sum(seq) FROM tickets_ticket GROUP BY region_code"
    facts = {region: int(n) for region, n in reader.all(sql)}
    moved = {region for region, n in facts.items() if mine.get((region, _FACTS, "")) != n}
    stood = Report()
    for key in {*mine, *now}:
        if key[1] == store.STANDING and key[0] not in moved:
            stood.counted[key] = mine.get(key, 0)
    same = Counter({key: now[key] for key in stood.counted})
    check_counters(same, same, stood)
    report.findings += stood.findings
    return sorted(moved)


def _folded(told: Sequence[Told]) -> TicketState:
    state: TicketState | None = None
    for one in told:
        state = evolve(state, one.fact)
    if state is None:
        raise ValueError("an empty stream has no state")
    return state


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


def _instant(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)
