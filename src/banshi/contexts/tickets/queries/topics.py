"""热点和重复: what many say at once about one place, and what says the same as this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q

from banshi.contexts.tickets.models import Ticket, TicketPrivate
from banshi.contexts.tickets.queries.lists import TicketRow, _by_key
from banshi.contexts.tickets.queries.suggestions import near_same_titles
from banshi.contexts.tickets.values import TicketState
from banshi.infra import private

MANY = 200  # others of a round that are compared with this one
DAYS = 30  # natural days back in which a ticket may be the same as this one


@dataclass(frozen=True, slots=True)
class Topic:
    """热点: one category at one place, or (`words`) one title, and how often in the days asked for."""

    category: str
    place: str
    words: str
    count: int


def hot_topics(
    centre: str, since_on: date, until_on: date, *, least: int = 3, limit: int = 20
) -> list[Topic]:
    """热点 of a centre within days (both included), the most frequent first."""
    rows = Ticket.objects.filter(centre=centre, raised_on__gte=since_on, raised_on__lte=until_on)
    places = (
        rows.exclude(category="")
        .values_list("category", "place")
        .annotate(count=Count("*"))
        .filter(count__gte=least)
        .order_by("-count", "category", "place")[:limit]
    )
    words = (
        rows.exclude(words_index="")
        .values_list("words_index")
        .annotate(count=Count("*"))
        .filter(count__gte=least)
        .order_by("-count", "words_index")[:limit]
    )
    found = [Topic(category, place, "", count) for category, place, count in places]
    found += [Topic("", "", index, count) for index, count in words]
    return sorted(found, key=lambda topic: -topic.count)[:limit]


def list_topic(centre: str, topic: Topic, since_on: date, until_on: date, limit: int = 50) -> list[TicketRow]:
    """The tickets of a topic, the newest first."""
    rows = Ticket.objects.filter(centre=centre, raised_on__gte=since_on, raised_on__lte=until_on)
    if topic.words:
        rows = rows.filter(words_index=topic.words)
    else:
        rows = rows.filter(category=topic.category, place=topic.place)
    return _newest(rows.order_by("-raised_on", "-id").values_list("region_code", "id")[:limit])


def list_alike(state: TicketState, limit: int = 10) -> list[TicketRow]:
    """可能重复 of a ticket: the same words, or the same category at the same place, in the month before, and what says nearly
    the same in its round; the newest first."""
    since_on = state.raised_on - timedelta(days=DAYS)
    rows = Ticket.objects.filter(centre=state.centre, raised_on__gte=since_on, raised_on__lte=state.raised_on)
    same = Q(pk__in=[])
    if state.words_index:
        same |= Q(words_index=state.words_index)
    if state.category and state.place:
        same |= Q(category=state.category, place=state.place)
    keys = (
        rows.filter(same).exclude(id=state.id).order_by("-raised_on", "-id").values_list("region_code", "id")
    )
    return _newest([*_same_in_round(state), *keys[:limit]])[:limit]


def _same_in_round(state: TicketState) -> list[tuple[str, UUID]]:
    """Of what else was said in the same round or meeting, and is merged into nothing, what says nearly the same."""
    if state.occasion is None:
        return []
    rows = Ticket.objects.filter(occasion_id=state.occasion, parent_id__isnull=True).exclude(id=state.id)
    keys = list(rows.order_by("-raised_at", "-id").values_list("region_code", "id")[:MANY])
    titles = {
        id: kept.get("title", "")
        for region in {state.region, *(region for region, _ in keys)}
        for id, kept in private.get_many(
            TicketPrivate, region, [state.id, *(id for place, id in keys if place == region)]
        ).items()
    }
    alike = near_same_titles([titles.get(state.id, ""), *(titles.get(id, "") for _, id in keys)])
    return [key for key, earlier in zip(keys, alike[1:], strict=True) if earlier == 0]


def _newest(keys: object) -> list[TicketRow]:
    wanted = list(keys)  # type: ignore[call-overload]
    return sorted(_by_key(wanted), key=lambda row: (row.raised_at, row.id), reverse=True)
