"""Reviews as they are kept: once, without their giver, counted exactly."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.models import EvaluationPrivate, Review
from banshi.contexts.evaluation.values import Channel, Grade
from banshi.infra import private
from banshi.infra.models import Fact
from banshi.infra.store import new_id, write
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import NotFound, Refused

pytestmark = pytest.mark.django_db

REGION, OFFICE = "350502", "350502-market"
AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
LI = UUID("01936b4e-0000-7000-8000-000000000001")
CASE = UUID("01936b4e-0000-7000-8000-000000000002")
WORDS = "等了四十天，手机13800005678"

li = Actor("citizen", "li", parties=frozenset({str(LI)}))
wang = Actor("staff", "3", held=(Post("window_clerk", "350502-hall", REGION),))


def review(**changes: Any) -> None:
    usual: dict[str, Any] = {
        "region": REGION,
        "case": CASE,
        "item": "food-licence",
        "office": OFFICE,
        "party": LI,
        "finished": True,
        "grade": "very_satisfied",
        "indicators": ("517", "510"),
        "text": "",
        "channel": "mobile",
        "actor": li,
        "at": AT,
    }
    operations.review(**(usual | changes))


def test_what_was_said_is_kept_and_not_by_whom() -> None:
    review()
    found = queries.find_review(REGION, CASE)
    assert found is not None
    assert (found.grade, found.indicators, found.channel) == (
        Grade.VERY_SATISFIED,
        ("510", "517"),
        Channel.MOBILE,
    )
    assert (found.case, found.item, found.office, found.at) == (CASE, "food-licence", OFFICE, AT)
    assert queries.words(found) == ""
    assert "party" not in {field.name for field in fields(found)} and str(LI) not in repr(found)
    assert str(LI) not in Fact.objects.get(stream_id=found.id, seq=1).data


def test_a_case_without_a_review_has_none_not_a_default() -> None:
    assert queries.find_review(REGION, CASE) is None
    assert queries.totals(OFFICE).all == 0


def test_words_are_encrypted_and_can_be_erased() -> None:
    review(grade="dissatisfied", indicators=(), text=f"  {WORDS} ")
    found = queries.find_review(REGION, CASE)
    assert found is not None and found.text is not None
    assert queries.words(found) == WORDS
    assert "13800005678" not in Fact.objects.get(stream_id=found.id, seq=1).data
    assert b"13800005678" not in bytes(EvaluationPrivate.objects.get(id=found.text).content)
    kept = found.text
    write(lambda tx: private.erase(tx, EvaluationPrivate, REGION, kept), at=AT, actor="system")
    assert queries.words(found) == "" and queries.find_review(REGION, CASE) == found


def test_a_second_review_is_refused_and_changes_nothing() -> None:
    review()
    with pytest.raises(Refused, match="已经评价过"):
        review(grade="dissatisfied", indicators=("207",), text=WORDS)
    found = queries.find_review(REGION, CASE)
    assert found is not None and found.grade is Grade.VERY_SATISFIED
    assert not EvaluationPrivate.objects.exists()
    assert queries.totals(OFFICE).bad == 0


def test_each_service_of_a_case_is_reviewed_by_itself() -> None:
    review()
    with pytest.raises(NotFound):
        review(assess_number=2, grade="satisfied", indicators=())
    operations.offer_visit(region=REGION, case=CASE, window="350502-hall/3", actor=wang, at=AT)
    review(assess_number=2, grade="satisfied", indicators=(), finished=False)  # the visit is over
    second = queries.find_review(REGION, CASE, 2)
    assert second is not None and second.grade is Grade.SATISFIED and second.indicators == ()


def test_a_repeated_command_is_harmless() -> None:
    once = new_id()
    review(command_id=once)
    review(command_id=once)
    assert Review.objects.count() == 1 and queries.totals(OFFICE).all == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"finished": False}, "还没有办结"),
        ({"actor": wang}, "工作人员不能代为评价"),
        ({"grade": "dissatisfied", "indicators": (), "text": "  "}, "至少选一个原因"),
        ({"grade": "satisfied"}, "不属于“满意”"),
        ({"text": "长" * 501}, "500"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        review(**changes)
    assert (
        not Review.objects.exists() and not Fact.objects.exists() and not EvaluationPrivate.objects.exists()
    )


def test_an_office_sees_its_exact_totals() -> None:
    for grade in ("very_satisfied", "very_satisfied", "dissatisfied"):
        review(case=new_id(), grade=grade, indicators=(), text=WORDS)
    review(case=new_id(), region="350503", grade="satisfied", indicators=())
    review(case=new_id(), office="350502-education", grade="very_dissatisfied", indicators=("108",))
    totals = queries.totals(OFFICE)
    assert list(totals.grades.values()) == [2, 1, 0, 1, 0]
    assert (totals.all, totals.bad) == (4, 1)


def test_rows_written_by_sql_are_found_by_the_orm() -> None:
    review(text=WORDS)
    row = Review.objects.get(region_code=REGION, case_id=CASE, party_id=LI, at=AT, text_id__isnull=False)
    assert (row.grade, row.indicators, row.office_code) == ("very_satisfied", "510,517", OFFICE)
