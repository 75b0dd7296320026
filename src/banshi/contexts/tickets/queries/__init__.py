"""工单查询: lists are one query each, limited to what the person may see; what is returned are frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from banshi.contexts.tickets import events
from banshi.contexts.tickets.files import categories as categories
from banshi.contexts.tickets.files import causes as causes
from banshi.contexts.tickets.files import grounds_for as grounds_for
from banshi.contexts.tickets.files import rewards_for as rewards_for
from banshi.contexts.tickets.files import standard_for as standard_for
from banshi.contexts.tickets.files import terms_for as terms_for
from banshi.contexts.tickets.models import Ticket, TicketPrivate
from banshi.contexts.tickets.queries.figures import Figures as Figures
from banshi.contexts.tickets.queries.figures import statistics as statistics
from banshi.contexts.tickets.queries.lists import DefectRow as DefectRow
from banshi.contexts.tickets.queries.lists import TaskRow as TaskRow
from banshi.contexts.tickets.queries.lists import TicketRow as TicketRow
from banshi.contexts.tickets.queries.lists import history as history
from banshi.contexts.tickets.queries.lists import lights as lights
from banshi.contexts.tickets.queries.lists import list_defects as list_defects
from banshi.contexts.tickets.queries.lists import list_of_party as list_of_party
from banshi.contexts.tickets.queries.lists import list_public as list_public
from banshi.contexts.tickets.queries.lists import list_tasks as list_tasks
from banshi.contexts.tickets.queries.lists import list_tickets as list_tickets
from banshi.contexts.tickets.queries.occasions import Clearing as Clearing
from banshi.contexts.tickets.queries.occasions import Ledger as Ledger
from banshi.contexts.tickets.queries.occasions import Point as Point
from banshi.contexts.tickets.queries.occasions import RewardRow as RewardRow
from banshi.contexts.tickets.queries.occasions import centres_of as centres_of
from banshi.contexts.tickets.queries.occasions import clearing as clearing
from banshi.contexts.tickets.queries.occasions import get_occasion as get_occasion
from banshi.contexts.tickets.queries.occasions import list_occasions as list_occasions
from banshi.contexts.tickets.queries.occasions import list_of_occasion as list_of_occasion
from banshi.contexts.tickets.queries.occasions import list_points as list_points
from banshi.contexts.tickets.queries.occasions import list_rewards as list_rewards
from banshi.contexts.tickets.queries.occasions import may_hold as may_hold
from banshi.contexts.tickets.queries.occasions import occasion_title as occasion_title
from banshi.contexts.tickets.queries.occasions import said_of as said_of
from banshi.contexts.tickets.queries.occasions import watches as watches
from banshi.contexts.tickets.queries.public import list_public_by_number as list_public_by_number
from banshi.contexts.tickets.queries.public import public_places as public_places
from banshi.contexts.tickets.queries.suggestions import learn_suggestions as learn_suggestions
from banshi.contexts.tickets.queries.suggestions import load_suggestions as load_suggestions
from banshi.contexts.tickets.queries.suggestions import near_same as near_same
from banshi.contexts.tickets.queries.suggestions import near_same_titles as near_same_titles
from banshi.contexts.tickets.queries.suggestions import read_letters as read_letters
from banshi.contexts.tickets.queries.suggestions import suggestions as suggestions
from banshi.contexts.tickets.queries.topics import Topic as Topic
from banshi.contexts.tickets.queries.topics import hot_topics as hot_topics
from banshi.contexts.tickets.queries.topics import list_alike as list_alike
from banshi.contexts.tickets.queries.topics import list_topic as list_topic
from banshi.contexts.tickets.queries.watching import BreachRow as BreachRow
from banshi.contexts.tickets.queries.watching import claim_due_checks as claim_due_checks
from banshi.contexts.tickets.queries.watching import list_breaches as list_breaches
from banshi.contexts.tickets.queries.watching import list_due_checks as list_due_checks
from banshi.contexts.tickets.queries.watching import list_outdated as list_outdated
from banshi.contexts.tickets.queries.watching import list_supervised as list_supervised
from banshi.contexts.tickets.rules import oversight
from banshi.contexts.tickets.rules.clocks import next_check_at
from banshi.contexts.tickets.rules.commands import COMMANDS
from banshi.contexts.tickets.rules.commands import Ask as Ask
from banshi.contexts.tickets.rules.commands import Command as Command
from banshi.contexts.tickets.rules.permits import may_see, may_see_contact, offered
from banshi.contexts.tickets.rules.state import TASKS
from banshi.contexts.tickets.rules.state import tasks as tasks_of
from banshi.contexts.tickets.values import Contact, TicketState, Words
from banshi.contexts.tickets.values.codes import OPEN, Trigger
from banshi.contexts.tickets.verification import BOTH_WAYS as BOTH_WAYS
from banshi.contexts.tickets.verification import COUNTERS as COUNTERS
from banshi.contexts.tickets.verification import VERIFIED as VERIFIED
from banshi.contexts.tickets.verification import check_tickets as check_tickets
from banshi.infra import private
from banshi.infra.models import Fact
from banshi.infra.reads import read
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact as KernelFact
from banshi.kernel.facts import NotFound
from banshi.kernel.workdays import Calendar

if TYPE_CHECKING:  # numpy waits until somebody asks for a suggestion
    from banshi.contexts.tickets.queries.suggestions import Letter as Letter
    from banshi.contexts.tickets.queries.suggestions import Report as Report
    from banshi.contexts.tickets.queries.suggestions import Suggested as Suggested
    from banshi.contexts.tickets.queries.suggestions import Suggestion as Suggestion

__all__ = ["tasks_of"]

_decode = msgspec.json.Decoder(TicketState).decode


@dataclass(frozen=True, slots=True)
class Entry:
    """办理记录: one fact of the trail, in words; `text` says where what was said lies."""

    at: datetime
    kind: str
    title: str
    actor: str
    data: Mapping[str, Any]
    text: UUID | None


def get_ticket(region: str, id: UUID, actor: Actor) -> TicketState:
    """The state. Raises `NotFound` for whom it is as if it were not there."""
    rows = read("SELECT state FROM tickets_ticket WHERE region_code = %s AND id = %s", (region, id))
    state = _decode(rows[0][0]) if rows else None
    if state is None or not (actor.kind == "system" or may_see(state, actor)):
        raise NotFound("工单", "ticket")
    if state.confidential and not may_see_contact(state, actor):
        # By the case or the firm one would know who it is.
        return replace(state, about=replace(state.about, case=None, case_number="", firm="", project=""))
    return state


def find_by_number(number: str) -> TicketState | None:
    """By its public number; the number carries the region."""
    found = (
        Ticket.objects.filter(region_code=number[:6], number=number).values_list("state", flat=True).first()
    )
    return _decode(found) if found else None


def find_by_origin(region: str, origin: str) -> TicketState | None:
    """The ticket that was raised from this (`review:ID`, `call:ID`)."""
    found = Ticket.objects.filter(region_code=region, origin=origin).values_list("state", flat=True).first()
    return _decode(found) if found else None


def list_of_case(region: str, case: UUID) -> list[TicketState]:
    """Tickets about one case, the oldest first."""
    rows = Ticket.objects.filter(region_code=region, case_id=case).order_by("id")
    return [_decode(raw) for raw in rows.values_list("state", flat=True)]


def states(keys: Iterable[tuple[str, UUID]]) -> dict[UUID, TicketState]:
    """States by id, by one query; for whoever has already been allowed to see them."""
    wanted = set(keys)
    rows = Ticket.objects.filter(
        region_code__in={region for region, _ in wanted}, id__in={id for _, id in wanted}
    )
    return {id: _decode(raw) for id, raw in rows.values_list("id", "state")}


def words(state: TicketState) -> Words:
    """What was said (personal: the caller records that it was looked at); blank when erased."""
    return _words(private.get(TicketPrivate, state.region, state.id))


def titles(keys: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """Titles by id, by one query for each county: what a list shows of a page."""
    wanted: dict[str, list[UUID]] = {}
    for region, id in keys:
        wanted.setdefault(region, []).append(id)
    return {
        id: _words(kept).title
        for region, ids in wanted.items()
        for id, kept in private.get_many(TicketPrivate, region, ids).items()
    }


def _words(kept: Mapping[str, Any]) -> Words:
    return Words(kept.get("title", ""), kept.get("text", ""), kept.get("location", ""))


def contact(state: TicketState, actor: Actor) -> Contact | None:
    """Who said it (personal: the caller records the look). None where it is anonymous, erased, or not for this person."""
    if state.contact is None or not may_see_contact(state, actor):
        return None
    kept = private.get(TicketPrivate, state.region, state.contact)
    if not kept:
        return None
    return Contact(kept.get("name", ""), kept.get("phone", ""), kept.get("email", ""), kept.get("firm", ""))


def texts(region: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Replies, reasons and notes by id, by one query."""
    kept = private.get_many(TicketPrivate, region, ids)
    return {id: value.get("text", "") for id, value in kept.items()}


def trail(region: str, id: UUID, *, own: bool = False) -> list[Entry]:
    """办理全过程, oldest first. `own`: as the person may read it, without what the offices settle among themselves."""
    rows = Fact.objects.filter(region_code=region, stream_id=id).order_by("seq")
    entries = []
    for row in rows:
        if row.kind == events.SECONDED or (own and row.kind in events.INTERNAL):
            continue
        data = msgspec.json.decode(row.data)
        text = data.get("text") if not own or row.kind in events.TOLD else None
        title = events.TITLES.get(row.kind, row.kind)
        entries.append(Entry(row.at, row.kind, title, row.actor, data, UUID(text) if text else None))
    return entries


def facts(region: str, id: UUID) -> list[KernelFact]:
    """The ticket's facts, oldest first, as they fold."""
    rows = Fact.objects.filter(region_code=region, stream_id=id).order_by("seq").values_list("kind", "data")
    return [KernelFact(kind, msgspec.json.decode(data)) for kind, data in rows]


def commands(state: TicketState, actor: Actor) -> list[Command]:
    """What this person may do with the ticket now."""
    return offered(state, actor)


def declared_commands() -> dict[str, Command]:
    """All commands of a ticket, by name."""
    return COMMANDS


def fact_title(kind: str) -> str:
    """What a kind of fact is called; one that is not a ticket's, as it is."""
    return events.TITLES.get(kind, kind)


def task_title(key: str) -> str:
    """What a task is called, by its key."""
    return TASKS[key.partition(":")[0]]


def triggers(state: TicketState, at: datetime, calendar: Calendar) -> list[Trigger]:
    """督办情形 that hold now."""
    return oversight.triggers(state, at, calendar)


def due_reminder(state: TicketState, at: datetime, calendar: Calendar) -> bool:
    """Whether the clock owes this ticket a reminder or supervision (the command `remind`)."""
    following = next_check_at(state, calendar)
    return following is not None and following <= at


def open_statuses() -> list[str]:
    """Statuses of what is not finished."""
    return sorted(status.value for status in OPEN)
