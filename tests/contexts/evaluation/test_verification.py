"""Reviews, visits, appeals, calls and their figures: what somebody changed behind the facts' back is found and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.models import (
    AppealRow,
    CallRow,
    EvaluationPrivate,
    HandoverRow,
    Review,
    VisitRow,
)
from banshi.contexts.evaluation.values import About, Handover, HandoverState, Via
from banshi.infra.store import new_id, write
from banshi.infra.verification import Finding
from banshi.kernel.actors import Actor, Post
from tests.contexts import harm
from tests.rules.cases.life import CALENDAR

REGION, OFFICE = "350502", "350502-market"
WINDOW = "350502-hall/3"
AT = datetime(2026, 3, 31, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)  # another month
LI = UUID("01936b4e-0000-7000-8000-000000000001")
CASE = UUID("01936b4e-0000-7000-8000-000000000002")
li = Actor("citizen", "li", parties=frozenset({str(LI)}))
wang = Actor("staff", "3", held=(Post("window_clerk", "350502-hall", REGION),))
lin = Actor("staff", "4", held=(Post("officer", OFFICE, REGION),))
jian = Actor("staff", "6", held=(Post("supervisor", "", "350500"),))
xu = Actor("staff", "7", held=(Post("caller", "", "350500"),))


def found() -> list[Finding]:
    return harm.found(queries.check_evaluation, [REGION], queries.COUNTERS, queries.BOTH_WAYS)


def review(case: UUID = CASE, **more: Any) -> UUID:
    usual: dict[str, Any] = {
        "region": REGION, "case": case, "item": "food-licence", "office": OFFICE, "party": LI, "finished": True,
        "grade": "very_dissatisfied", "indicators": ("108",), "text": "等了很久。", "channel": "portal", "actor": li,
        "at": AT,
    }  # fmt: skip
    operations.review(**(usual | more))
    one = queries.find_review(REGION, case, more.get("assess_number", 1))
    assert one is not None
    return one.id


def queued(**more: Any) -> UUID:
    usual: dict[str, Any] = {
        "region": REGION, "about": About.TICKET, "subject": new_id(), "office": OFFICE, "item": "food-licence",
        "title": "食品经营许可", "contact": {"name": "李秀英", "phone": "13800005678"}, "at": AT, "calendar": CALENDAR,
        "window": WINDOW,
    }  # fmt: skip
    id = write(lambda tx: operations.queue_call(tx, **(usual | more)), at=LATER, actor="system")
    assert id is not None
    return id


def called(id: UUID, outcome: str, at: datetime, text: str = "") -> None:
    operations.claim_call(region=REGION, id=id, actor=xu, at=at)
    operations.record_call(region=REGION, id=id, outcome=outcome, text=text, suggests=False, actor=xu, at=at)


@pytest.fixture
def rated(real_database: None) -> None:
    """Two bad reviews, each appealed against, one in vain; one at a window; calls in all their states."""
    for case, upheld in ((CASE, True), (new_id(), False)):
        bad = review(case)
        operations.appeal(region=REGION, review=bad, ground="mistaken", text="评错了店。", actor=lin, at=AT)
        operations.decide_appeal(
            region=REGION, review=bad, upheld=upheld, text="核对过。", actor=jian, at=LATER
        )
    operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=wang, at=AT)
    review(
        grade="satisfied", indicators=(), text="", channel="hall_tablet", via=Via.DEVICE, assess_number=2,
        actor=Actor("citizen", "", parties=frozenset()),
    )  # fmt: skip
    operations.count_service(region=REGION, case=CASE, office=OFFICE, item="food-licence", at=AT)
    queued()
    operations.claim_call(region=REGION, id=queued(), actor=xu, at=LATER)
    called(queued(), "not_content", LATER, "还是没修好。")
    called(queued(), "unreached", LATER)
    given_back = queued()
    operations.claim_call(region=REGION, id=given_back, actor=xu, at=LATER)
    operations.release_call(region=REGION, id=given_back, actor=xu, at=LATER)
    subject = new_id()
    queued(subject=subject)
    write(
        lambda tx: operations.drop_calls(tx, region=REGION, about=About.TICKET, subject=subject, at=LATER),
        at=LATER,
        actor="system",
    )


# What no fact tells; the last two are counted by, so that a change of them is found by the figures.
ALONE = {
    Review: ("party_id",),
    VisitRow: ("until_at",),
    AppealRow: (),
    CallRow: ("case_id", "item_code", "title", "barred", "due_on"),
}


@pytest.mark.parametrize("model", ALONE)
def test_each_changed_column_is_named(model: Any, rated: None) -> None:
    assert found() == []
    for row, column in harm.each_column(model, but=ALONE[model]):
        said = found()
        if model is CallRow and column in ("window_code", "at"):
            assert {one.rule for one in said} == {"counter_differs"}
        elif model is CallRow and column == "next_at" and not row.attempts:
            assert said == []  # the first time is told with the call, as its other particulars
        elif model is AppealRow and column in ("review_id", "text_id"):
            assert {one.rule for one in said} == {"no_row", "no_facts"}
        else:
            [one] = said
            assert one.rule == "row_differs" and column in one.en and column in one.zh
            assert str(row.review_id if isinstance(row, AppealRow) else row.id) in one.where
    assert found() == []


def test_a_handover_of_no_review_or_of_another_office_is_found(rated: None) -> None:
    one = Review.objects.all()[0]
    told = Handover(REGION, one.id, OFFICE, "350502-1", one.assess_number, HandoverState.SENT)
    operations.note_handovers([told], actor=jian, at=LATER)
    assert found() == []
    for _, column in harm.each_column(HandoverRow, but=HANDED):
        [said] = found()
        assert said.rule == "row_differs" and column in said.en and str(one.id) in said.where
    operations.note_handovers([replace(told, review=new_id())], actor=jian, at=LATER)
    assert [said.rule for said in found()] == ["no_facts"]


HANDED = ("case_number", "state", "faults", "answer", "times", "at", "answered_at")


def test_rows_and_words_that_are_gone_and_rows_of_nothing_are_found(rated: None) -> None:
    for model in (Review, VisitRow, AppealRow):
        for _ in harm.each_row(model):
            assert [one.rule for one in found()] == ["no_row"]
    for _ in harm.each_row(CallRow):
        assert "no_row" in {one.rule for one in found()}
    for _ in harm.lose_words(EvaluationPrivate):
        assert [one.rule for one in found()] == ["private_missing"]
    for model in (Review, VisitRow, CallRow):
        row = model.objects.all()[0]
        row.id = new_id()
        if not isinstance(row, CallRow):
            row.case_id = row.id
        write(lambda tx, row=row: type(row).objects.bulk_create([row]), at=AT, actor="mallory")
    assert [one.rule for one in found()] == ["no_facts"] * 3


def test_each_wrong_figure_is_named(rated: None) -> None:
    seen = set()
    for name, key in harm.each_counter(lambda name: name.startswith("evaluation.")):
        seen.add(name)
        said = [(one.rule, one.where) for one in found()]
        if key.endswith("|service") and not name.startswith("evaluation.windows."):
            assert said == []  # how many cases ended is counted without a fact
        else:
            assert said == [("counter_differs", f"{REGION}/{name}/{key}")]
    assert len(seen) == 6  # grades; offices, items, windows of a month; calls of two
