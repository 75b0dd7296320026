"""堵点排序: people by how bad they find it, tickets of the class, and bad reviews of the item."""

from __future__ import annotations

import pytest

from banshi.contexts.tickets.values import About
from banshi.infra.store import Tx, write
from banshi.insight import points
from tests.contexts.tickets.raised import MONDAY, act, dispatcher, raised
from tests.personas import CITY, LICHENG, world

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


def reviewed(item: str, grade: str, times: int, month: str = "2026-03") -> None:
    def work(tx: Tx) -> None:
        tx.count(LICHENG, f"evaluation.items.{month}", f"{item}|{grade}", times)

    write(work, at=MONDAY, actor="system")


def test_what_meets_many_badly_and_often_comes_first() -> None:
    world()
    few, _ = raised(kind="pain_point", category="", weight=3)
    rated, _ = raised(kind="pain_point", category="", weight=1, about=About(item="food-licence"))
    often, _ = raised(kind="pain_point", category="government.hall.queue", weight=1)
    for n in range(4):
        raised(category="government.hall.queue", title=f"排队{n}")
    reviewed("food-licence", "dissatisfied", 5)
    reviewed("food-licence", "very_satisfied", 50)
    reviewed("food-licence", "dissatisfied", 99, "2025-01")  # long ago
    found = points.rank(CITY, TODAY)
    assert [(one.point.state.id, one.score) for one in found] == [(rated, 6), (often, 5), (few, 3)]
    assert [one.reviews for one in found] == [5, 0, 0]


def test_everybody_s_list_has_what_is_published_only() -> None:
    id, _ = raised(kind="pain_point")
    raised(kind="pain_point")
    act("publish", id, dispatcher(), MONDAY, "公开的说法")
    assert [one.point.state.id for one in points.rank(CITY, TODAY, published=True)] == [id]
    assert len(points.rank(CITY, TODAY)) == 2
