"""公开的诉求: what other programs may see of tickets that were given through Open311, of whom nothing is said."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from banshi.contexts.tickets.models import Ticket, TicketPrivate
from banshi.contexts.tickets.queries.lists import _TICKET, TicketRow, _row
from banshi.contexts.tickets.values.codes import Channel
from banshi.infra import private


def list_public_by_number(numbers: Iterable[str]) -> list[TicketRow]:
    """Those of these numbers that are public, in no order."""
    wanted = set(numbers)
    rows = Ticket.objects.filter(
        region_code__in={number[:6] for number in wanted}, number__in=wanted, channel=Channel.OPEN311.value
    )
    return [_row(row) for row in rows.values_list(*_TICKET)]


def public_places(rows: Iterable[TicketRow]) -> dict[UUID, str]:
    """Where the matter is, as it was given to be shown, by id; one query for each county."""
    wanted: dict[str, list[UUID]] = {}
    for row in rows:
        if row.channel is Channel.OPEN311:
            wanted.setdefault(row.region, []).append(row.id)
    return {
        id: kept.get("location", "")
        for region, ids in wanted.items()
        for id, kept in private.get_many(TicketPrivate, region, ids).items()
    }
