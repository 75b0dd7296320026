"""时限重算与改版: open cases reckoned by another calendar, and running cases moved to another version of their item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from banshi.contexts.cases import documents, store
from banshi.contexts.cases.models import Case, Task
from banshi.contexts.cases.rules import notices, watch
from banshi.contexts.cases.rules.clocks import acceptance_due_on, next_check_at, running, warn_on
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import OPEN, CaseState, Input, Plan, Status
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Stream
from banshi.kernel.workdays import Calendar

_decode = msgspec.json.Decoder(CaseState).decode


type _Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Move:
    """时限变动 of an open case by another calendar: each clock as stored and as reckoned.

    `moved`: a clock ends on another day, or is final now. Otherwise only its warnings shift, which is no fact.
    """

    region: str
    id: UUID
    number: str
    item_name: str
    office: str
    promised: _Days
    statutory: _Days
    acceptance: _Days
    notices: tuple[_Days, ...]  # last days told in notices still open
    provisional: tuple[bool, bool]
    moved: bool


def list_moves(
    calendar: Calendar, after: tuple[str, UUID] | None = None, limit: int = 500
) -> tuple[list[Move], tuple[str, UUID] | None]:
    """Among the next `limit` open cases those whose rows this calendar would change, and where to go on (None: the end)."""
    states = list_open(after=after, limit=limit)
    if not states:
        return [], None
    here = {"region_code__in": {state.region for state in states}}
    rows = Case.objects.filter(**here, id__in=[state.id for state in states])
    warnings = {id: shown for id, *shown in rows.values_list("id", "warn_on", "next_check_at")}
    waiting = Task.objects.filter(**here, case_id__in=[state.id for state in states], key="accept")
    accept_by = dict(waiting.values_list("case_id", "due_on"))
    found = []
    for state in states:
        move = _move(state, accept_by.get(state.id), calendar)
        expected = [warn_on(state.due_on, state.plan.promised, calendar), next_check_at(state, calendar)]
        if move.moved or warnings.get(state.id, expected) != expected:
            found.append(move)
    last = states[-1]
    return found, (last.region, last.id) if len(states) == limit else None


def list_open(
    *,
    item: str = "",
    numbers: Sequence[str] = (),
    after: tuple[str, UUID] | None = None,
    limit: int = 500,
) -> list[CaseState]:
    """Open cases by region and id: of one item, or with these numbers only."""
    rows = Case.objects.filter(status__in=[status.value for status in OPEN])
    if item:
        rows = rows.filter(item_code=item)
    if numbers:
        rows = rows.filter(region_code__in={number[:6] for number in numbers}, number__in=numbers)
    if after:
        rows = rows.filter(pk__gt=after)
    return [
        _decode(raw) for raw in rows.order_by("region_code", "id").values_list("state", flat=True)[:limit]
    ]


def _move(state: CaseState, accept_by: date | None, calendar: Calendar) -> Move:
    promised: _Days = (None, None)
    statutory: _Days = (None, None)
    acceptance: _Days = (None, None)
    provisional = (False, False)
    moved = False
    if state.accepted_on is not None:
        found = running(state, calendar)
        works = {work.key: work.due_on for work in state.works if work.status == "open" and work.opened_on}
        promised = (state.promised_due_on, found.promised)
        statutory = (state.statutory_due_on, found.statutory)
        provisional = (state.provisional, found.provisional)
        stored = (state.promised_due_at, works)
        moved = stored != (found.promised_at, found.works)
    elif state.status is Status.RECEIVED:
        acceptance = (accept_by, acceptance_due_on(state, calendar))
    told: tuple[_Days, ...] = tuple(
        (_told(state, name), due_on) for name, due_on in notices.moved(state, calendar).items()
    )
    pairs = (promised, statutory, acceptance, provisional)
    moved = moved or bool(told) or any(before != now for before, now in pairs)
    return Move(
        state.region,
        state.id,
        state.number,
        state.plan.name,
        state.office,
        promised,
        statutory,
        acceptance,
        told,
        provisional,
        moved,
    )


def _told(state: CaseState, name: str) -> date | None:
    day: date | None = getattr(state.hearing if name in ("request_by", "hold_by") else state, name)
    return day


def recalculate(*, region: str, id: UUID, actor: Actor, at: datetime, calendar: Calendar) -> list[str]:
    """时限重算: by this calendar. A fact where a clock moves; where only warnings shift, the rows are written anew.

    The kinds of fact that followed: none for a case that is closed by now, or stays as it is. Raises `NotFound`.
    """

    def work(tx: Tx) -> list[str]:
        before = store.lock(tx, region, id)
        if not before.status.open:
            return []
        row = tx.one(
            "SELECT due_on FROM cases_task WHERE region_code = %s AND case_id = %s AND key = %s",
            (region, id, "accept"),
        )
        accept_by = msgspec.convert(row[0], date | None) if row else None
        moved = _move(before, accept_by, calendar).moved
        facts = watch.reclock(before, Input(), at, actor.code, calendar) if moved else []
        store.refresh(tx, before.seq, _follow(tx, before, facts, calendar), calendar)
        return [fact.kind for fact in facts]

    return write(work, at=at, actor=actor.code, region=region)


def migrate(
    *,
    region: str,
    id: UUID,
    plan: Plan,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    command_id: UUID | None = None,
) -> list[str]:
    """改按新版办理: an open case goes on by the plan of another version of its item; returns the kinds of fact.

    Raises `NotFound`, `Refused` (closed, another item, the same version).
    """

    def work(tx: Tx) -> list[str]:
        before = store.lock(tx, region, id)
        facts = watch.migrate(before, plan, at, calendar)
        after = _follow(tx, before, facts, calendar)
        store.update(tx, before, after, calendar)
        if after.plan.name != before.plan.name:
            store.rename(tx, after)
        return [fact.kind for fact in facts]

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def migrated(state: CaseState, plan: Plan, at: datetime, calendar: Calendar) -> CaseState:
    """The case as it would go on by that plan; nothing is written. Raises `Refused` as `migrate` does."""
    after = state
    for fact in watch.migrate(state, plan, at, calendar):
        after = evolve(after, fact)
    return after


def _follow(tx: Tx, before: CaseState, facts: Sequence[Fact], calendar: Calendar) -> CaseState:
    """Append the facts, with the documents that they call for; the state after them."""
    state = before
    for fact in facts:
        state = evolve(state, fact)
        documents.issue(tx, before, state, fact, calendar)
    if facts:
        tx.append(Stream(before.region, before.id), before.seq, list(facts))
    return state
