"""工单操作: raise a ticket, and `act` — every other step of its life, by the declared commands.

Who carries something over from elsewhere (a bad review, a call, the upper level's list) gives an `origin`: the same origin
never makes a second ticket, however often it is raised.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

import msgspec

from banshi.contexts.tickets import events as kinds
from banshi.contexts.tickets import files, store
from banshi.contexts.tickets.models import TicketPrivate
from banshi.contexts.tickets.operations.acting import act, look_again, recalculate
from banshi.contexts.tickets.operations.figures import count_raised
from banshi.contexts.tickets.operations.occasions import (
    Said,
    close_occasion,
    open_occasion,
    second_point,
)
from banshi.contexts.tickets.operations.prints import contact_index, words_index
from banshi.contexts.tickets.rules import intake
from banshi.contexts.tickets.rules.points import HEAVIEST
from banshi.contexts.tickets.rules.state import evolve
from banshi.contexts.tickets.values import About, Contact, OccasionState, Words
from banshi.contexts.tickets.values.codes import Kind, Nature, Urgency
from banshi.infra import private
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused, Stream
from banshi.kernel.ids import mod37_36
from banshi.kernel.workdays import Calendar, civil_day

__all__ = [
    "Said",
    "act",
    "close_occasion",
    "look_again",
    "open_occasion",
    "raise_ticket",
    "recalculate",
    "second_point",
]


def raise_ticket(
    *,
    region: str,
    kind: str,
    channel: str,
    words: Words,
    contact: Contact | None = None,
    about: About | None = None,
    nature: str = Nature.COMPLAINT,
    category: str = "",
    urgency: str = Urgency.NORMAL,
    place: str = "",
    party: UUID | None = None,
    centre: str = "",
    confidential: bool = False,
    no_reply: bool = False,
    origin: str = "",
    occasion: UUID | None = None,
    weight: int = 0,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    command_id: UUID | None = None,
) -> tuple[UUID, str]:
    """登记: take in what somebody says; its id and number (20 characters, the last a check). Part of the caller's
    transaction when there is one.

    `region`: county of the matter, `place`: the town's or village's code, `centre`: the city (default) or county whose
    centre sees to it. `words` and `contact` are kept encrypted; without a `contact` it is anonymous and nobody is called
    back. `confidential`: the unit does not learn who it is. `origin` (`review:ID`, `call:ID`, `upper:NUMBER`; at most 80
    characters): where there is a ticket of that origin, that one is the answer. `occasion`: the survey or meeting in which
    it was said; `weight`: how bad it is, 1 to 3 (0: not said). Raises `Refused`.
    """
    intake.admit(kind, channel, words, actor)
    _listed(category, nature, urgency)
    said_about = intake.firm(about or About())
    if not 0 <= weight <= HEAVIEST:
        raise Refused("weight", "请选有多严重。", "Choose how bad it is.", "", "weight")
    reached = intake.reachable(contact)

    def work(tx: Tx) -> tuple[str, str]:
        if occasion:
            _taken_in(tx, region, occasion, civil_day(at))
        if origin and (there := store.of_origin(tx, region, origin)):
            return there
        id = new_id()
        said = {**msgspec.to_builtins(words), "ticket": str(id)}
        digest = private.put(tx, TicketPrivate, region, said, id=id).digest
        kept = None
        if reached:
            kept = private.put(tx, TicketPrivate, region, {**msgspec.to_builtins(reached), "ticket": str(id)})
        data = {
            "id": id,
            "region": region,
            "number": _number(region, at),
            "kind": kind,
            "channel": channel,
            "nature": nature,
            "centre": centre or f"{region[:4]}00",
            "terms": msgspec.to_builtins(files.terms_for(region, Kind(kind), category)),
            "raised_on": civil_day(at),
            "raised_at": at,
            "category": category,
            "urgency": urgency,
            "about": msgspec.to_builtins(said_about),
            "origin": origin,
            "place": place,
            "party": party,
            "contact": kept.id if kept else None,
            "contact_index": contact_index(reached.phone) if reached else "",
            "words_index": words_index(words.title),
            "confidential": confidential,
            "no_reply": no_reply,
            "calendar": calendar.version,
            "digest": digest,
        }
        data |= ({"occasion": occasion} if occasion else {}) | ({"weight": weight} if weight else {})
        fact = Fact(kinds.RAISED, data)
        state = evolve(None, fact)
        store.insert(tx, state, calendar)
        count_raised(tx, state)
        tx.append(Stream(region, id), 0, [fact])
        return str(id), state.number

    id, number = write(work, at=at, actor=actor.code, region=region, command_id=command_id, direct=True)
    return UUID(id), number


def _taken_in(tx: Tx, region: str, id: UUID, on: date) -> None:
    """Raises `Refused` for an occasion of another place, or one that is over."""
    row = tx.look(
        "SELECT state FROM tickets_occasion WHERE id = %s AND region_code IN (%s, %s)",
        (id, region, f"{region[:4]}00"),
    )
    if row is None:
        raise Refused("occasion_place", "这一场不收这个县区的事，请选对县区，或者另外说。", "This round is not about that county; choose the right one, or say it apart.", "", "region")  # fmt: skip
    if not msgspec.json.decode(row[0], type=OccasionState).taking(on):
        raise Refused("occasion_closed", "这一场还没有开始，或者已经结束；可以另外说。", "This round has not begun or is over; say it apart.", "", "occasion")  # fmt: skip


def _listed(category: str, nature: str, urgency: str) -> None:
    """Raises `Refused` for what is in no list."""
    if category and category not in files.categories():
        raise Refused(
            "category", "没有这个分类，请从分类表中选。", "There is no such category.", "", "category"
        )
    if nature not in Nature or urgency not in Urgency:
        raise Refused("class", "请从列出的选项中选。", "Choose one of those listed.", "", "nature")


def _number(region: str, at: datetime) -> str:
    """Not guessable from its neighbour; the unique constraint catches the rare clash."""
    plain = f"{region}{civil_day(at):%y%m%d}{secrets.randbelow(10_000_000):07}"
    return f"{plain}{mod37_36(plain)}"
