"""工单列表: what waits for somebody, what their unit or centre has, and what one person has said before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from banshi.contexts.tickets import files
from banshi.contexts.tickets.models import ItemDefect, Ticket, TicketTask
from banshi.contexts.tickets.operations.prints import contact_index
from banshi.contexts.tickets.rules.intake import TAKING
from banshi.contexts.tickets.store import NO_DAY, STANDING
from banshi.contexts.tickets.values.codes import Channel, Kind, Status
from banshi.directory.values import CENTRE, PostKind, prefix, six
from banshi.infra import counters
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import light

HANDLING = (PostKind.OFFICER, PostKind.APPROVER, PostKind.LEADER)
MANY = 200  # at most, of one person's history


@dataclass(frozen=True, slots=True)
class TaskRow:
    """待办一行: what waits, in which ticket, until when; no personal data (`titles` says what it is about)."""

    region: str
    ticket: UUID
    key: str
    office: str
    post: str
    taken_by: str
    since_on: date
    due_on: date | None
    warn_on: date | None
    number: str
    kind: Kind
    category: str
    urgency: str

    def light(self, today: date) -> str:
        """亮灯: green, yellow, red, or none when no clock runs."""
        return light(self.due_on, self.warn_on, today)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """工单一行 of a list; no personal data."""

    region: str
    id: UUID
    number: str
    kind: Kind
    channel: Channel
    category: str
    urgency: str
    status: Status
    office: str
    place: str
    raised_at: datetime
    changed_at: datetime
    due_on: date | None
    warn_on: date | None
    closed_on: date | None

    def light(self, today: date) -> str:
        """亮灯 of the unit's time."""
        return light(self.due_on, self.warn_on, today)


@dataclass(frozen=True, slots=True)
class DefectRow:
    """事项缺陷一行."""

    region: str
    ticket: UUID
    n: int
    item: str
    cause: str
    part: str
    found_on: date
    settled: str
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class _Scope:
    """范围: an office's or a centre's tickets; a county's supervisor sees those of the county only."""

    column: str
    code: str
    region: str = ""

    def rows(self) -> QuerySet[Ticket]:
        rows = Ticket.objects.filter(**{self.column: self.code})
        return rows.filter(region_code=self.region) if self.region else rows

    def count(self, kinds: Iterable[str], statuses: Iterable[str]) -> int:
        """From counters: exact, and no row is read."""
        letter = "o" if self.column == "office_code" else "c"
        statuses = list(statuses)
        keys = [f"{letter}:{self.code}|{kind}|{status}" for kind in kinds for status in statuses]
        return sum(counters.totals(STANDING, keys, [self.region] if self.region else None).values())


# ---- what waits ----

_TASK = (
    "region_code", "ticket_id", "key", "office_code", "post", "taken_by", "since_on", "due_on", "warn_on", "number",
    "kind", "category", "urgency",
)  # fmt: skip
_PLACE = ("due_on", "ticket_id", "key", "region_code")


def list_tasks(
    actor: Actor,
    *,
    step: str = "",
    kind: str = "",
    office: str = "",
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[TaskRow], int]:
    """待办 of this person's posts, the most urgent first, and their exact count.

    `step`: one of `rules.state.TASKS` only; `office`: of this unit or centre only; `search`: part of the number.
    """
    found: list[QuerySet[TicketTask]] = []
    for place, posts in _desks(actor).items():
        if office in ("", place):
            found += [TicketTask.objects.filter(office_code=place, post=post) for post in sorted(posts)]
    if step:
        found = [
            rows.filter(key__startswith="assist:") if step == "assist" else rows.filter(key=step)
            for rows in found
        ]
    if kind:
        found = [rows.filter(kind=kind) for rows in found]
    if search:
        found = [rows.filter(number__contains=search) for rows in found]
    ordered = [rows.order_by("due_on", "ticket_id", "key").values_list(*_PLACE) for rows in found]
    places = _page(ordered, offset, limit)
    rows = TicketTask.objects.filter(
        region_code__in={place[3] for place in places}, ticket_id__in={place[1] for place in places}
    )
    there = {(row[1], row[2]): _task(row) for row in rows.values_list(*_TASK)}
    page = [there[id, key] for _, id, key, _ in places if (id, key) in there]
    return page, sum(rows.count() for rows in found)


def _page(several: Sequence[Any], offset: int, limit: int) -> list[tuple[Any, ...]]:
    """One page of several lists in one order. Only what an index holds is read of the rows before it."""
    if len(several) == 1:
        return list(several[0][offset : offset + limit])
    return sorted(chain.from_iterable(rows[: offset + limit] for rows in several))[offset : offset + limit]


def _task(row: tuple[Any, ...]) -> TaskRow:
    fields = list(row)
    fields[7] = None if fields[7] == NO_DAY else fields[7]
    fields[10] = Kind(fields[10])
    return TaskRow(*fields)


def _desks(actor: Actor) -> dict[str, set[str]]:
    """Where somebody works on tickets (a unit, or a centre by its region), and as what."""
    found: dict[str, set[str]] = {}
    for post in actor.held if actor.kind == "staff" else ():
        if post.kind in HANDLING:
            found.setdefault(post.office, set()).add(post.kind)
        elif post.kind in CENTRE:
            found.setdefault(six(post.region), set()).add(post.kind)
    return found


def lights(actor: Actor, today: date) -> dict[str, int]:
    """亮灯 of what waits for this person's posts: exactly how many red, yellow and green."""
    wanted = Q(pk__in=[])
    for place, posts in _desks(actor).items():
        wanted |= Q(office_code=place, post__in=posts)
    rows = TicketTask.objects.filter(wanted, due_on__lt=NO_DAY)
    red = rows.filter(due_on__lt=today).count()
    yellow = rows.filter(due_on__gte=today, warn_on__lte=today).count()
    return {"red": red, "yellow": yellow, "green": rows.count() - red - yellow}


# ---- what there is ----

_TICKET = (
    "region_code", "id", "number", "kind", "channel", "category", "urgency", "status", "office_code", "place",
    "raised_at", "changed_at", "due_on", "warn_on", "closed_on",
)  # fmt: skip


def list_tickets(
    actor: Actor,
    *,
    status: str = "",
    kind: str = "",
    category: str = "",
    office: str = "",
    since_on: date | None = None,
    until_on: date | None = None,
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[TicketRow], int]:
    """Tickets that this person may see by post, the newest first, and their exact count.

    `category` with all below it; `since_on` and `until_on` are days on which it was raised; `search`: part of the number.
    """
    wanted = Q()
    for column, value in (("status", status), ("kind", kind), ("office_code", office)):
        if value:
            wanted &= Q(**{column: value})
    narrower = Q()
    if category:
        below = [key for key in files.categories() if f"{key}.".startswith(f"{category}.")]
        narrower &= Q(category__in=below or [category])
    if since_on:
        narrower &= Q(raised_on__gte=since_on)
    if until_on:
        narrower &= Q(raised_on__lte=until_on)
    if search:
        narrower &= Q(number__contains=search)
    scopes = _scopes(actor)
    found = [scope.rows().filter(wanted, narrower) for scope in scopes]
    ordered = [
        rows.order_by("-raised_on", "-id").values_list("raised_on", "id", "region_code") for rows in found
    ]
    places = _newest(ordered, offset, limit)
    keys = {(region, id) for _, id, region in places}
    there = {row.id: row for row in _by_key(keys)}
    page = [there[id] for _, id, _ in places if id in there]
    if narrower or office:
        return page, sum(rows.count() for rows in found)
    kinds = [kind] if kind else list(Kind)
    statuses = [status] if status else list(Status)
    return page, sum(scope.count(kinds, statuses) for scope in scopes)


def _newest(several: Sequence[Any], offset: int, limit: int) -> list[tuple[Any, ...]]:
    if len(several) == 1:
        return list(several[0][offset : offset + limit])
    # One ticket may lie in two of somebody's scopes: it is shown once.
    every = {row for rows in several for row in rows[: offset + limit]}
    return sorted(every, reverse=True)[offset : offset + limit]


def _by_key(keys: Iterable[tuple[str, UUID]]) -> list[TicketRow]:
    wanted = set(keys)
    rows = Ticket.objects.filter(
        region_code__in={region for region, _ in wanted}, id__in={id for _, id in wanted}
    )
    return [_row(row) for row in rows.values_list(*_TICKET)]


def _row(row: tuple[Any, ...]) -> TicketRow:
    fields = list(row)
    fields[3], fields[4], fields[7] = Kind(fields[3]), Channel(fields[4]), Status(fields[7])
    return TicketRow(*fields)


def _scopes(actor: Actor) -> list[_Scope]:
    """Each once, the widest alone where one contains another."""
    if actor.kind != "staff":
        return []
    found = {_Scope("office_code", office) for office in actor.offices(*HANDLING)}
    for post in actor.held:
        region = six(post.region)
        if post.kind in CENTRE:
            found.add(_Scope("centre", region))
        elif post.kind in (PostKind.SUPERVISOR, PostKind.GOVERNOR):
            city = f"{region[:4]}00"
            found.add(_Scope("centre", city, "" if region == city else region))
            found.add(_Scope("centre", region))  # a county may have a centre of its own
    centres = {scope.code for scope in found if scope.column == "centre" and not scope.region}
    return sorted(
        (
            scope
            for scope in found
            if not (scope.region and scope.code in centres)
            and not (scope.column == "office_code" and _of_city(scope.code, centres))
        ),
        key=lambda scope: (scope.column, scope.code, scope.region),
    )


def _of_city(office: str, centres: Iterable[str]) -> bool:
    """Whether the centre sees all that this office has, by the region that its code begins with."""
    return any(office.startswith(prefix(centre)) for centre in centres)


def history(
    actor: Actor, *, phone: str = "", party: UUID | None = None, limit: int = 20
) -> tuple[list[TicketRow], int]:
    """来电人的历史 for whoever takes tickets in: what this number or person has said before, the newest first, and how
    often. Only of the centres and counties that the post reaches."""
    index = contact_index(phone)
    if actor.kind != "staff" or not actor.posts & TAKING or not (index or party):
        return [], 0
    reach = Q(pk__in=[])
    for post in actor.held:
        if post.kind in TAKING:
            place = post.region or post.office[:6]
            reach |= Q(region_code__startswith=prefix(six(place))[:4])
    who = Q(pk__in=[])
    if index:
        who |= Q(contact_index=index)
    if party:
        who |= Q(party_id=party)
    rows = Ticket.objects.filter(who, reach).order_by("-raised_at", "-id")
    return [_row(row) for row in rows.values_list(*_TICKET)[: min(limit, MANY)]], rows.count()


def list_of_party(actor: Actor) -> list[TicketRow]:
    """我的诉求: what a citizen has said, the newest first."""
    mine = {UUID(party) for party in actor.parties} if actor.kind == "citizen" else set()
    rows = Ticket.objects.filter(party_id__in=mine).order_by("-raised_at", "-id")
    return [_row(row) for row in rows.values_list(*_TICKET)[:MANY]]


def list_public(
    centre: str,
    *,
    since_at: datetime | None = None,
    until_at: datetime | None = None,
    categories: Iterable[str] = (),
    finished: bool | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[TicketRow]:
    """公开的诉求: what was given through Open311, of whom nothing is said; the newest first."""
    rows = Ticket.objects.filter(centre=centre, channel=Channel.OPEN311.value)
    if since_at:
        rows = rows.filter(raised_at__gte=since_at)
    if until_at:
        rows = rows.filter(raised_at__lte=until_at)
    if chosen := list(categories):
        rows = rows.filter(category__in=chosen)
    if finished is not None:
        rows = rows.filter(closed_on__isnull=not finished)
    page = rows.order_by("-raised_at", "-id")[offset : offset + limit]
    return [_row(row) for row in page.values_list(*_TICKET)]


def list_defects(
    *, item: str = "", settled: bool | None = False, offset: int = 0, limit: int = 50
) -> tuple[list[DefectRow], int]:
    """事项缺陷 for whoever keeps the catalogue: what tickets found wrong with items, the oldest first, and how many."""
    rows = ItemDefect.objects.all()
    if settled is not None:
        rows = rows.exclude(settled="") if settled else rows.filter(settled="")
    if item:
        rows = rows.filter(item_code=item)
    page = rows.order_by("found_on", "ticket_id", "n").values_list(
        "region_code", "ticket_id", "n", "item_code", "cause", "part", "found_on", "settled", "settled_on"
    )[offset : offset + limit]
    return [DefectRow(*row) for row in page], rows.count()
