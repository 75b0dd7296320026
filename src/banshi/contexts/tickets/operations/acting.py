"""办理: one declared command on one ticket, with what it brings about on those that are merged with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from banshi.contexts.tickets import files, store
from banshi.contexts.tickets.models import TicketPrivate
from banshi.contexts.tickets.operations import rewards
from banshi.contexts.tickets.operations.figures import count_facts
from banshi.contexts.tickets.rules import intake, oversight, steps, words
from banshi.contexts.tickets.rules.clocks import handling, next_check_at
from banshi.contexts.tickets.rules.commands import COMMANDS
from banshi.contexts.tickets.rules.permits import permit
from banshi.contexts.tickets.rules.state import evolve
from banshi.contexts.tickets.values import Input, TicketState
from banshi.directory import queries as directory
from banshi.infra import private
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Fact, Refused, Stream
from banshi.kernel.workdays import Calendar

LONGEST = 4000  # characters


def act(
    name: str,
    *,
    region: str,
    id: UUID,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    given: Input | None = None,
    text: str = "",
    command_id: UUID | None = None,
    expected_seq: int | None = None,
) -> list[str]:
    """Carry out one declared command; returns the kinds of fact that followed on this ticket.

    `text` is a reply, reason or opinion: kept encrypted, the fact names it by id and digest. `expected_seq` is what the
    person had seen: a ticket that changed since refuses. Raises `NotFound`, `Refused`, `store.Clash`.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise Refused(
            "unknown_command", f"没有“{name[:40]}”这个操作。", f"There is no command '{name[:40]}'."
        )
    spoken = text.strip()
    if len(spoken) > LONGEST:
        raise Refused(
            "text_too_long",
            f"文字超过{LONGEST}字，请精简。",
            f"The text exceeds {LONGEST} characters.",
            "",
            "text",
        )

    def work(tx: Tx) -> list[str]:
        before = store.lock(tx, region, id)
        said = given or Input()
        permit(command, before, actor, said)
        if expected_seq is not None and before.seq != expected_seq:
            raise Refused(
                "changed_meanwhile",
                "这件工单在您查看之后已经有人办理过，请看最新情况后再办。",
                "The ticket has moved on since you opened it; look again first.",
            )
        if check := _CHECKS.get(name):
            said = check(before, said)
        if look := _LOOKS.get(name):
            said = look(tx, before, said, at)
        others = _others(tx, name, before, said)
        if spoken:
            told = f"{said.where.strip()}：{spoken}" if said.where.strip() else spoken
            kept = private.put(tx, TicketPrivate, region, {"text": told, "ticket": str(id)})
            said = replace(said, text=kept.id, digest=kept.digest)
        facts = command.step(before, said, at, actor.code, calendar)
        state = append(tx, before, facts, calendar)
        for other, follow in others:
            append(tx, other, follow(other, before, at), calendar)
        if before.children and not state.status.open:
            for child in [store.lock(tx, region, one) for one in before.children]:
                append(tx, child, oversight.end_with_parent(at), calendar)
        return [fact.kind for fact in facts]

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id, direct=True)


def append(tx: Tx, before: TicketState, facts: Sequence[Fact], calendar: Calendar) -> TicketState:
    """Facts, row, tasks and figures of one ticket."""
    state = before
    for fact in facts:
        former, state = state, evolve(state, fact)
        count_facts(tx, former, state, [fact])
    store.update(tx, before, state, facts, calendar)
    tx.append(Stream(before.region, before.id), before.seq, facts)
    return state


type _Follow = Callable[[TicketState, TicketState, datetime], list[Fact]]


def _others(tx: Tx, name: str, state: TicketState, given: Input) -> list[tuple[TicketState, _Follow]]:
    """The other ticket that a command concerns, and what follows there. Raises `NotFound`."""
    if name == "merge":
        return [(store.lock(tx, state.region, UUID(given.reference)), oversight.join)]
    if name == "separate" and state.parent:
        return [(store.lock(tx, state.region, state.parent), oversight.leave)]
    return []


def recalculate(*, region: str, id: UUID, at: datetime, calendar: Calendar) -> bool:
    """按新日历重算 an open ticket; whether its own last day has moved (then there is a fact, else only rows change)."""

    def work(tx: Tx) -> bool:
        before = store.lock(tx, region, id)
        found = handling(before, calendar)
        if found and (found.due_on, found.provisional) != (before.due_on, before.provisional):
            append(tx, before, steps.reclock(before, Input(), at, SYSTEM.code, calendar), calendar)
            return True
        store.refresh(tx, before, before, calendar)
        return False

    return write(work, at=at, actor=SYSTEM.code)


def look_again(*, region: str, id: UUID, at: datetime, calendar: Calendar) -> None:
    """下次检查: when the row says that the ticket must be looked at by `at`, say anew when, at the earliest a day on."""

    def work(tx: Tx) -> None:
        following = next_check_at(store.lock(tx, region, id), calendar)
        if following is not None:
            following = following if following > at else at + timedelta(days=1)
        tx.run(
            "UPDATE tickets_ticket SET next_check_at = %s WHERE region_code = %s AND id = %s AND next_check_at <= %s",
            (following, region, id, at),
        )

    write(work, at=at, actor=SYSTEM.code)


# ---- what only the place's files and the directory know ----


def _known_offices(state: TicketState, given: Input) -> Input:
    """派单去向: offices there are; of a county's and the city's the city's leads (潍坊 art. 24). Raises `Refused`."""
    named = {given.reference, *given.offices} - {""}
    where = directory.office_regions(named)
    if unknown := named - where.keys():
        raise Refused(
            "office", f"没有“{min(unknown)[:40]}”这个部门。", "There is no such office.", "", "reference"
        )
    city = f"{state.region[:4]}00"
    inside = all(region[:4] == city[:4] for region in where.values())
    if not inside:
        raise Refused("other_city", "只能派给本市的部门。", "Only offices of this city.", "", "reference")
    lead = where.get(given.reference, city)
    above = [office for office in given.offices if where.get(office) == city]
    if state.terms.city_leads and lead != city and above:
        raise Refused(
            "city_leads",
            "县（市、区）和市级部门职责交叉的，由市级部门主办。",
            "Where county and city overlap the city's department leads.",
            words.article(state, "city_leads"),
            "reference",
        )
    return given


def _ground(state: TicketState, given: Input) -> Input:
    intake.ground(files.grounds_for(state.region), given.kind, given.how)
    return given


def _ending_ground(state: TicketState, given: Input) -> Input:
    intake.ground(files.grounds_for(state.region), given.kind, given.how, ending=True)
    return given


def _category(state: TicketState, given: Input) -> Input:
    if given.category and given.category not in files.categories():
        raise Refused(
            "category", "没有这个分类，请从分类表中选。", "There is no such category.", "", "category"
        )
    if not given.category or state.dispatched_on:
        return given
    terms = files.terms_for(state.region, state.kind, given.category)
    # A class of firms' problems has days of its own; before dispatch nobody has reckoned with others.
    return given if terms == state.terms else replace(given, terms=msgspec.to_builtins(terms))


def _cause(state: TicketState, given: Input) -> Input:
    cause = files.causes().get(given.kind)
    if cause is None:
        raise Refused("cause", "请从原因表中选一个。", "Choose one of the causes listed.", "", "kind")
    return replace(given, how=cause.lies_in, part=cause.part)


def _parent(state: TicketState, given: Input) -> Input:
    try:
        UUID(given.reference)
    except ValueError:
        raise Refused(
            "parent", "请选择要并入的主单。", "Choose the ticket to merge into.", "", "reference"
        ) from None
    return given


def _known_visitors(state: TicketState, given: Input) -> Input:
    """到场的单位: offices of this city. Raises `Refused`."""
    _known_offices(state, replace(given, reference="", offices=(*given.offices, *given.called)))
    return given


_LOOKS: dict[str, Callable[[Tx, TicketState, Input, datetime], Input]] = {
    "propose_reward": rewards.proposed,
    "decide_reward": rewards.decided,
    "claim_reward": rewards.claimed,
}
_CHECKS: dict[str, Callable[[TicketState, Input], Input]] = {
    "dispatch": _known_offices,
    "assign": _known_offices,
    "visit": _known_visitors,
    "decline": _ground,
    "propose_termination": _ending_ground,
    "classify": _category,
    "find_cause": _cause,
    "merge": _parent,
}
