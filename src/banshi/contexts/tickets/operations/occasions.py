"""场次和堵点: open a round or a meeting, take in what several say there at once, and say of a point: the same with me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from banshi.contexts.tickets import events, files, store
from banshi.contexts.tickets.models import TicketPrivate
from banshi.contexts.tickets.operations.acting import append
from banshi.contexts.tickets.rules import points
from banshi.contexts.tickets.rules.occasions import admit_occasion, evolve_occasion, holds
from banshi.contexts.tickets.values import OccasionState
from banshi.infra import private
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused, Stream
from banshi.kernel.workdays import Calendar, civil_day

_INSERT = (
    "INSERT INTO tickets_occasion (region_code, id, seq, state, kind, centre, opens_on, closes_on, closed_on)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_READ = "SELECT state FROM tickets_occasion WHERE region_code = %s AND id = %s"
_LOCK = "SELECT state FROM tickets_occasion WHERE region_code = %s AND id = %s FOR UPDATE"
_CHANGE = "UPDATE tickets_occasion SET seq = %s, state = %s, closed_on = %s WHERE region_code = %s AND id = %s AND seq = %s"


@dataclass(frozen=True, slots=True)
class Said:
    """场次的话: title, what it is about, where it is held, and a question for each class that is asked about."""

    title: str
    text: str = ""
    location: str = ""
    questions: Mapping[str, str] | None = None


def open_occasion(
    *,
    region: str,
    centre: str = "",
    kind: str,
    said: Said,
    opens_on: date | None,
    closes_on: date | None,
    categories: Sequence[str] = (),
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> UUID:
    """开一场: of a county or a city; a meeting has one day. Raises `Refused`."""
    seat = centre or f"{region[:4]}00"
    admit_occasion(kind, said.title, opens_on, closes_on, civil_day(at), actor, seat)
    if set(categories) - files.categories().keys():
        raise Refused("category", "没有这个分类，请从分类表中选。", "There is no such category.", "", "categories")  # fmt: skip

    def work(tx: Tx) -> str:
        id = new_id()
        words = {
            "title": said.title.strip(), "text": said.text.strip()[:4000], "location": said.location.strip()[:200],
            "questions": dict(said.questions or {}), "occasion": str(id),
        }  # fmt: skip
        digest = private.put(tx, TicketPrivate, region, words, id=id).digest
        data = {
            "id": id, "region": region, "kind": kind, "centre": seat, "opens_on": opens_on, "closes_on": closes_on,
            "categories": list(categories), "by": actor.code, "digest": digest,
        }  # fmt: skip
        fact = Fact(events.OCCASION_OPENED, data)
        state = evolve_occasion(None, fact)
        row = (region, id, state.seq, _json(state), kind, seat, opens_on, closes_on, None)
        tx.run(_INSERT, row)
        tx.append(Stream(region, id), 0, [fact])
        return str(id)

    return UUID(write(work, at=at, actor=actor.code, region=region, command_id=command_id))


def close_occasion(
    *, region: str, id: UUID, actor: Actor, at: datetime, command_id: UUID | None = None
) -> None:
    """结束一场: nothing more is said in it; what was said goes on. Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        before = _locked(tx, region, id)
        if not holds(actor, before.centre):
            raise NotFound("场次", "occasion")
        if before.closed_on:
            raise Refused("occasion_closed", "这一场已经结束。", "It is over already.")
        fact = Fact(events.OCCASION_CLOSED, {"on": civil_day(at), "by": actor.code})
        state = evolve_occasion(before, fact)
        tx.run(_CHANGE, (state.seq, _json(state), state.closed_on, region, id, before.seq))
        tx.append(Stream(region, id), before.seq, [fact])

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def second_point(
    *, region: str, id: UUID, weight: int, voter: str, actor: Actor, at: datetime, calendar: Calendar
) -> None:
    """同样遇到: counted once for each `voter` (a key that names nobody). Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        before = store.lock(tx, region, id)
        if before.published_on is None:
            raise NotFound("堵点", "point")
        if before.party and str(before.party) in actor.parties:
            raise Refused(
                "own_point", "这是您自己说的，已经算上了。", "You said this yourself; it is counted."
            )
        append(tx, before, points.second(before, weight, at, actor.code), calendar)

    once = uuid5(NAMESPACE_URL, f"banshi/points/{id}/{voter}")
    write(work, at=at, actor=actor.code, region=region, command_id=once, direct=True)


def _locked(tx: Tx, region: str, id: UUID) -> OccasionState:
    row = tx.one(_READ if tx.sqlite else _LOCK, (region, id))
    if row is None:
        raise NotFound("场次", "occasion")
    return msgspec.json.decode(row[0], type=OccasionState)


def _json(state: OccasionState) -> str:
    return msgspec.json.encode(state).decode()
