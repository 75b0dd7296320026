"""堵点排序: how many people it stands in the way of, how badly, and how often tickets and bad reviews speak of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from banshi.contexts.evaluation import queries as evaluation
from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.queries import Point
from banshi.directory import queries as directory

DAYS = 90  # natural days back in which bad reviews of the item speak for a point


@dataclass(frozen=True, slots=True)
class Ranked:
    """堵点排名: a point, the bad reviews of its item, and what they come to together."""

    point: Point
    reviews: int

    @property
    def score(self) -> int:
        """Each person by how bad they find it, each ticket of the class and each bad review of the item by one."""
        return self.point.weight + self.point.alike + self.reviews


def rank(
    centre: str, today: date, *, occasion: UUID | None = None, published: bool = False
) -> Sequence[Ranked]:
    """堵点 of a centre or of a round, the heaviest first."""
    found = tickets.list_points(centre, occasion=occasion, published=published)
    if any(one.state.about.item for one in found):
        counties = [centre, *(one.code for one in directory.list_children(centre))]
        monthly = evaluation.monthly("items", today - timedelta(days=DAYS), today, counties)
    else:
        monthly = {}
    bad = {item: totals.bad for item, (totals, _) in monthly.items()}
    ranked = [Ranked(one, bad.get(one.state.about.item, 0)) for one in found]
    return sorted(ranked, key=lambda one: (-one.score, one.point.state.raised_at))
