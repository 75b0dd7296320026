"""Appeals against a review: by the rated office, decided by a second pair of eyes, and what becomes of the figures."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from banshi.contexts.evaluation import events, operations, queries
from banshi.contexts.evaluation.values import Review
from banshi.infra.models import Fact
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import NotFound, Refused

pytestmark = pytest.mark.django_db

REGION, OFFICE = "350502", "350502-market"
AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
LI = UUID("01936b4e-0000-7000-8000-000000000001")
CASE = UUID("01936b4e-0000-7000-8000-000000000002")

li = Actor("citizen", "li", parties=frozenset({str(LI)}))
lin = Actor("staff", "4", held=(Post("officer", OFFICE, REGION),))
zhao = Actor("staff", "5", held=(Post("officer", "350582-market", "350582"),))
jian = Actor("staff", "6", held=(Post("supervisor", "", "350500"),))


@pytest.fixture
def bad() -> Review:
    operations.review(
        region=REGION, case=CASE, item="food-licence", office=OFFICE, party=LI, finished=True,
        grade="very_dissatisfied", indicators=("108",), text="", channel="portal", actor=li, at=AT,
    )  # fmt: skip
    found = queries.find_review(REGION, CASE)
    assert found is not None
    return found


def appeal(
    review: Review, actor: Actor = lin, ground: str = "mistaken", text: str = "评的是另一家店。"
) -> None:
    operations.appeal(region=REGION, review=review.id, ground=ground, text=text, actor=actor, at=AT)


def decide(review: Review, actor: Actor = jian, upheld: bool = True, text: str = "核对过录像。") -> None:
    operations.decide_appeal(region=REGION, review=review.id, upheld=upheld, text=text, actor=actor, at=AT)


def test_upheld_it_leaves_the_figures_and_stays_on_file(bad: Review) -> None:
    appeal(bad)
    assert [one.review for one in queries.list_appeals(["350500"])] == [bad.id]
    assert queries.totals(OFFICE).bad == 1
    decide(bad)
    assert queries.totals(OFFICE).all == 0
    assert queries.monthly("items", AT.date(), AT.date())["food-licence"][0].all == 0
    kept = queries.get_review(REGION, bad.id)
    assert kept.excluded and kept.grade is bad.grade
    assert list(queries.export(AT.date(), AT.date())) == []
    kinds = Fact.objects.filter(stream_id=bad.id).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == [events.GIVEN, events.FOUND_BAD, events.APPEALED, events.EXCLUDED]
    assert queries.list_appeals(["350500"]) == []


def test_dismissed_it_counts_as_before(bad: Review) -> None:
    appeal(bad)
    decide(bad, upheld=False)
    assert queries.totals(OFFICE).bad == 1 and not queries.get_review(REGION, bad.id).excluded
    found = queries.get_appeal(REGION, bad.id)
    assert found is not None and found[0].upheld is False and found[1] == "评的是另一家店。"


def test_neither_who_appealed_nor_anybody_of_the_office_decides(bad: Review) -> None:
    appeal(bad)
    both = Actor(
        "staff", "4", held=(*lin.held, *jian.held)
    )  # the appellant, holding a supervisor's post as well
    colleague = Actor("staff", "8", held=(Post("window_clerk", OFFICE, REGION), *jian.held))
    moved = Actor("staff", "4", held=jian.held)  # has left the office since
    for actor in (both, colleague, moved):
        with pytest.raises(Refused) as refused:
            decide(bad, actor)
        assert refused.value.rule == "second_pair"
    assert queries.totals(OFFICE).bad == 1


def test_for_others_it_is_not_there(bad: Review) -> None:
    for actor in (zhao, li, jian):
        with pytest.raises(NotFound):
            appeal(bad, actor)
    appeal(bad)
    elsewhere = Actor("staff", "9", held=(Post("supervisor", "", "350582"),))
    for actor in (zhao, lin, li, elsewhere):
        with pytest.raises(NotFound):
            decide(bad, actor)


def test_once_appealed_and_once_decided(bad: Review) -> None:
    appeal(bad)
    with pytest.raises(Refused, match="正在复核"):
        appeal(bad)
    decide(bad, upheld=False)
    with pytest.raises(Refused, match="复核结果为准"):
        appeal(bad)
    with pytest.raises(Refused, match="已经复核过"):
        decide(bad)
    assert queries.totals(OFFICE).bad == 1


@pytest.mark.parametrize(
    ("ground", "text"), [("angry", "理由"), ("mistaken", "  "), ("mistaken", "长" * 501)]
)
def test_an_appeal_has_a_ground_and_words(bad: Review, ground: str, text: str) -> None:
    with pytest.raises(Refused):
        appeal(bad, ground=ground, text=text)
    assert queries.get_appeal(REGION, bad.id) is None


def test_a_good_review_is_not_appealed_against() -> None:
    operations.review(
        region=REGION, case=CASE, item="food-licence", office=OFFICE, party=LI, finished=True,
        grade="satisfied", indicators=(), text="", channel="portal", actor=li, at=AT,
    )  # fmt: skip
    found = queries.find_review(REGION, CASE)
    assert found is not None
    with pytest.raises(Refused, match="只能对差评"):
        appeal(found)
