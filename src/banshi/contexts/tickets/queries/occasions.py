"""场次、堵点和奖励台账: rounds and meetings with what was said in them, the points and how they rank, and the rewards' ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, Q, Sum

from banshi.contexts.tickets.models import Occasion, RewardGiven, Ticket, TicketPrivate
from banshi.contexts.tickets.operations.occasions import Said
from banshi.contexts.tickets.rules.occasions import holds
from banshi.contexts.tickets.values import OccasionState, TicketState
from banshi.contexts.tickets.values.codes import Kind, Outcome, Reply, Status
from banshi.directory.values import CENTRE, PostKind, covers, six
from banshi.infra import private
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound

MANY = 2000  # tickets of one occasion that a page reckons with
DAYS = 90  # natural days back in which tickets of the same class speak for a point
_decode = msgspec.json.Decoder(TicketState).decode
_decode_occasion = msgspec.json.Decoder(OccasionState).decode
_WITH_UNIT = (Status.DISPATCHED, Status.HANDLING, Status.TRACKING)
_OVER = (Status.DECLINED, Status.WITHDRAWN, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Point:
    """堵点一个: with those that say the same. `weight` sums how bad each finds it (1 to 3); `alike`: tickets of its class."""

    state: TicketState
    people: int
    weight: int
    alike: int

    @property
    def solved(self) -> bool:
        """已解决: by its unit, or by what was settled above."""
        settled = self.state.reply is Reply.SOLVED or self.state.outcome is Outcome.CONCLUDED
        return self.state.status is Status.CLOSED and settled

    @property
    def in_time(self) -> bool:
        """按时: what solved it was said by the day that was set."""
        due_on, on = self.state.clear_on, self.state.replied_on or self.state.closed_on
        return self.solved and due_on is not None and on is not None and on <= due_on


@dataclass(slots=True)
class Clearing:
    """销号情况 of one unit: how many it was given, how many it solved, how many of them in time, how many are late now."""

    given: int = 0
    solved: int = 0
    in_time: int = 0
    cleared: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """奖励台账: a page of lines, their number, and the sums of what was granted by unit (fen, points, how many)."""

    rows: Sequence[RewardRow]
    total: int
    sums: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RewardRow:
    """奖励一行."""

    region: str
    ticket: UUID
    number: str
    office: str
    level: str
    fen: int
    points: int
    proposed_on: date
    granted_on: date | None
    refused_on: date | None
    claimed_on: date | None


# ---- rounds and meetings ----


def list_occasions(
    centres: Iterable[str], *, kind: str = "", on: date | None = None, limit: int = 50
) -> list[OccasionState]:
    """场次 of these centres, the newest first; `on`: those in which something may be said on that day only."""
    rows = Occasion.objects.filter(centre__in=set(centres))
    if kind:
        rows = rows.filter(kind=kind)
    if on:
        rows = rows.filter(opens_on__lte=on, closes_on__gte=on, closed_on__isnull=True)
    return [_decode_occasion(raw) for raw in rows.order_by("-opens_on", "-id").values_list("state", flat=True)[:limit]]  # fmt: skip


def get_occasion(region: str, id: UUID) -> OccasionState:
    """Raises `NotFound`."""
    raw = Occasion.objects.filter(region_code=region, id=id).values_list("state", flat=True).first()
    if raw is None:
        raise NotFound("场次", "occasion")
    return _decode_occasion(raw)


def occasion_title(state: TicketState) -> str:
    """In which round or meeting a ticket was said; empty where in none."""
    if state.occasion is None:
        return ""
    for region in (state.region, f"{state.region[:4]}00"):
        if kept := private.get(TicketPrivate, region, state.occasion):
            return str(kept.get("title", ""))
    return ""


def said_of(several: Iterable[OccasionState]) -> dict[UUID, Said]:
    """Title, words, place and questions by id, by one query for each region."""
    wanted: dict[str, list[UUID]] = {}
    for one in several:
        wanted.setdefault(one.region, []).append(one.id)
    return {
        id: Said(kept.get("title", ""), kept.get("text", ""), kept.get("location", ""), kept.get("questions", {}))
        for region, ids in wanted.items()
        for id, kept in private.get_many(TicketPrivate, region, ids).items()
    }  # fmt: skip


def may_hold(actor: Actor, centre: str) -> bool:
    """Whether this person may open and close occasions of a centre."""
    return holds(actor, centre)


def list_of_occasion(id: UUID) -> list[TicketState]:
    """What was said in it, the oldest first; for whoever watches the centre (`centres_of`), or published points."""
    rows = Ticket.objects.filter(occasion_id=id).order_by("raised_at", "id")
    return [_decode(raw) for raw in rows.values_list("state", flat=True)[:MANY]]


def centres_of(actor: Actor) -> list[str]:
    """Centres whose rounds, meetings and rewards somebody sees as one of their people, or as a supervisor."""
    found: set[str] = set()
    for post in actor.held if actor.kind == "staff" else ():
        if post.kind in CENTRE:
            found.add(six(post.region))
        elif post.kind in (PostKind.SUPERVISOR, PostKind.GOVERNOR):
            found.add(
                six(post.region)
            )  # a county's own centre, if it has one: the city's speaks of all counties
    return sorted(found)


def watches(actor: Actor, centre: str) -> bool:
    """Whether this person sees all that was said in a centre's occasions."""
    watching = CENTRE | {PostKind.SUPERVISOR, PostKind.GOVERNOR}
    return any(post.kind in watching and covers(post.region, centre) for post in actor.held)


# ---- points ----


def list_points(
    centre: str, *, occasion: UUID | None = None, id: UUID | None = None, published: bool = False
) -> list[Point]:
    """堵点 of a centre, of one round, or that one: the heaviest first. What is merged counts with the one it is merged into."""
    rows = Ticket.objects.filter(centre=centre, kind=Kind.PAIN_POINT.value, parent_id__isnull=True)
    if occasion:
        rows = rows.filter(occasion_id=occasion)
    if id:
        rows = rows.filter(id=id)
    states = [
        _decode(raw) for raw in rows.order_by("-raised_on", "-id").values_list("state", flat=True)[:MANY]
    ]
    found = [one for one in states if one.status not in _OVER and (one.published_on or not published)]
    children = _children(found)
    alike = _alike(centre, found)
    return sorted(
        (_point(one, [children[id] for id in one.children if id in children], alike) for one in found),
        key=lambda one: (-one.weight - one.alike, one.state.raised_at),
    )


def _point(state: TicketState, children: Sequence[TicketState], alike: Mapping[str, int]) -> Point:
    several = [state, *children]
    return Point(
        state,
        people=len(several) + sum(one.votes for one in several),
        weight=sum((one.weight or 1) + one.votes_weight for one in several),
        alike=max(0, alike.get(state.category, 0) - sum(one.category == state.category for one in several)),
    )


def _children(states: Iterable[TicketState]) -> dict[UUID, TicketState]:
    wanted: dict[str, set[UUID]] = {}
    for one in states:
        wanted.setdefault(one.region, set()).update(one.children)
    rows = Q(pk__in=[])
    for region, ids in wanted.items():
        rows |= Q(region_code=region, id__in=ids)
    return {id: _decode(raw) for id, raw in Ticket.objects.filter(rows).values_list("id", "state")}


def _alike(centre: str, states: Sequence[TicketState]) -> dict[str, int]:
    """How many tickets of the points' classes were raised in the days before the youngest of them."""
    classes = {one.category for one in states if one.category}
    if not classes:
        return {}
    until_on = max(one.raised_on for one in states)
    rows = Ticket.objects.filter(
        centre=centre, category__in=classes, raised_on__gte=until_on - timedelta(days=DAYS), raised_on__lte=until_on
    )  # fmt: skip
    return dict(rows.values_list("category").annotate(n=Count("*")).order_by())


def clearing(points: Iterable[Point], today: date) -> dict[str, Clearing]:
    """销号情况 by unit, of points that were assigned with a day."""
    found: dict[str, Clearing] = {}
    for point in points:
        state = point.state
        if not (state.lead and state.clear_on):
            continue
        one = found.setdefault(state.lead, Clearing())
        one.given += 1
        one.solved += point.solved
        one.in_time += point.in_time
        one.cleared += state.cleared_on is not None
        one.late += state.status in _WITH_UNIT and today > state.clear_on
    return dict(sorted(found.items()))


# ---- rewards ----

_REWARD = (
    "region_code", "ticket_id", "number", "office_code", "level", "fen", "points", "proposed_on", "granted_on",
    "refused_on", "claimed_on",
)  # fmt: skip


def list_rewards(actor: Actor, since_on: date, until_on: date, *, offset: int = 0, limit: int = 50) -> Ledger:
    """奖励台账 of what was proposed in these days at the centres that this person watches, the newest first."""
    rows = RewardGiven.objects.filter(
        centre__in=centres_of(actor), proposed_on__gte=since_on, proposed_on__lte=until_on
    )
    page: list[tuple[Any, ...]] = list(
        rows.order_by("-proposed_on", "-ticket_id").values_list(*_REWARD)[offset : offset + limit]
    )
    granted = rows.filter(granted_on__isnull=False).values_list("office_code")
    sums = granted.annotate(fen=Sum("fen"), points=Sum("points"), n=Count("*")).order_by("office_code")
    return Ledger(
        [RewardRow(*row) for row in page], rows.count(), {office: (fen, points, n) for office, fen, points, n in sums}
    )  # fmt: skip
