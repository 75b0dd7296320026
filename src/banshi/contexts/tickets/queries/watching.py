"""监督和时限: what supervisors follow, and what the scheduler finds to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from banshi.contexts.tickets.models import BreachFound, Ticket, TicketTask
from banshi.contexts.tickets.queries.lists import _TASK, TaskRow, _task
from banshi.contexts.tickets.rules.clocks import handling
from banshi.contexts.tickets.store import changing, reckoned_tasks
from banshi.contexts.tickets.values import TicketState
from banshi.contexts.tickets.values.codes import Breach
from banshi.directory.values import PostKind, prefix, six
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar

_decode = msgspec.json.Decoder(TicketState).decode


@dataclass(frozen=True, slots=True)
class BreachRow:
    """追责一行: who answers for which breach, and when it was disposed of."""

    region: str
    ticket: UUID
    n: int
    breach: Breach
    office: str
    post: str
    staff: str
    found_on: date
    disposed_on: date | None


def list_supervised(actor: Actor, *, offset: int = 0, limit: int = 50) -> tuple[list[TaskRow], int]:
    """督办中 in the region of a supervisor or a centre's head: what its unit has not answered, the longest waiting first."""
    rows = TicketTask.objects.filter(_watched(actor), key="supervision")
    page = rows.order_by("since_on", "ticket_id").values_list(*_TASK)[offset : offset + limit]
    return [_task(row) for row in page], rows.count()


def list_breaches(
    actor: Actor,
    *,
    office: str = "",
    disposed: bool | None = None,
    since_on: date | None = None,
    until_on: date | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[BreachRow], int]:
    """追责台账 of the same, the newest first, with the exact count; `disposed`: what was (not) disposed of only."""
    rows = BreachFound.objects.filter(_watched(actor))
    if office:
        rows = rows.filter(office_code=office)
    if disposed is not None:
        rows = rows.filter(disposed_on__isnull=not disposed)
    if since_on:
        rows = rows.filter(found_on__gte=since_on)
    if until_on:
        rows = rows.filter(found_on__lte=until_on)
    page = rows.order_by("-found_on", "ticket_id", "n").values_list(
        *("region_code", "ticket_id", "n", "breach", "office_code", "post", "staff_code", "found_on"),
        "disposed_on",
    )[offset : offset + limit]
    return [_breach(row) for row in page], rows.count()


def _breach(row: tuple[Any, ...]) -> BreachRow:
    fields = list(row)
    fields[3] = Breach(fields[3])
    return BreachRow(*fields)


def _watched(actor: Actor) -> Q:
    reach = Q(region_code__in=[])
    for post in actor.held if actor.kind == "staff" else ():
        if post.kind in (PostKind.SUPERVISOR, PostKind.GOVERNOR, PostKind.CENTRE_CHIEF):
            reach |= Q(region_code__startswith=prefix(six(post.region)))
    return reach


# ---- the scheduler's ----


def list_due_checks(at: datetime, limit: int = 200) -> list[tuple[str, UUID]]:
    """Tickets whose clocks have something to say now, the longest waiting first."""
    rows = Ticket.objects.filter(next_check_at__lte=at).order_by("next_check_at", "id")[:limit]
    return list(rows.values_list("region_code", "id"))


def claim_due_checks(at: datetime, limit: int = 200) -> list[tuple[str, UUID]]:
    """The same inside a work: locked, less those that another scheduler holds."""
    rows = Ticket.objects.select_for_update(skip_locked=True).filter(next_check_at__lte=at)
    return list(rows.order_by("next_check_at", "id").values_list("region_code", "id")[:limit])


def list_outdated(
    calendar: Calendar, after: tuple[str, UUID] | None = None, limit: int = 200
) -> tuple[list[tuple[str, UUID]], tuple[str, UUID] | None]:
    """Among the next `limit` open tickets those whose rows this calendar would change, and where to go on (None: the end)."""
    rows = Ticket.objects.filter(closed_on__isnull=True)
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(
        rows.order_by("region_code", "id").values_list(
            "region_code", "id", "state", "warn_on", "next_check_at"
        )[:limit]
    )
    waiting: dict[UUID, set[tuple[Any, ...]]] = {}
    tasks_of = TicketTask.objects.filter(
        region_code__in={row[0] for row in found}, ticket_id__in=[row[1] for row in found]
    )
    for id, *task in tasks_of.values_list("ticket_id", "key", "due_on", "warn_on"):
        waiting.setdefault(id, set()).add(tuple(task))
    outdated = []
    for region, id, raw, warned, next_check_at in found:
        state = _decode(raw)
        due = handling(state, calendar)
        *_, warn_on, _, check_at = changing(state, state.raised_at, calendar)
        expected = {(row[2], row[7], row[8]) for row in reckoned_tasks(state, calendar)}
        moved = due and (due.due_on, due.provisional) != (state.due_on, state.provisional)
        if moved or (warned, next_check_at) != (warn_on, check_at) or waiting.get(id, set()) != expected:
            outdated.append((region, id))
    last = found[-1] if len(found) == limit else None
    return outdated, (last[0], last[1]) if last else None
