"""Assessment figures of reviews and tickets: each rate from what it counts, the targets, and how much is read for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banshi.contexts.evaluation.values import Grade
from banshi.infra.store import Tx, write
from banshi.insight import voices
from banshi.insight.voices import Targets

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
MARKET, HEALTH = "350502-market", "350502-health"
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)
TARGETS = Targets(99, 95)


def count(region: str, name: str, counts: dict[str, int]) -> None:
    def work(tx: Tx) -> None:
        for key, number in counts.items():
            tx.count(region, name, key, number)

    write(work, at=AT, actor="system")


@pytest.fixture
def month() -> None:
    """November at two offices of 鲤城区 and one of 晋江市."""
    count(
        "350502",
        "evaluation.offices.2026-11",
        {
            f"{MARKET}|very_satisfied": 195,
            f"{MARKET}|basically_satisfied": 3,
            f"{MARKET}|dissatisfied": 2,
            f"{MARKET}|service": 400,
            f"{HEALTH}|satisfied": 1,
            f"{HEALTH}|very_dissatisfied": 1,
            f"{HEALTH}|service": 2,
        },
    )
    count("350502", "evaluation.offices.2026-10", {f"{MARKET}|very_dissatisfied": 50})
    count("350582", "evaluation.offices.2026-11", {"350582-market|very_dissatisfied": 9})
    count(
        "350502",
        "tickets.unit.202611",
        {
            f"{MARKET}|bad_review|dispatched": 3,
            f"{MARKET}|bad_review|closed": 3,
            f"{MARKET}|hotline|dispatched": 17,
            f"{MARKET}|hotline|returned": 1,
            f"{MARKET}|hotline|called": 10,
            f"{MARKET}|hotline|content": 9,
            f"{MARKET}|hotline|not_content": 1,
            f"{MARKET}|hotline|reopened": 1,
        },
    )
    count(
        "350502",
        "evaluation.calls.2026-11",
        {
            f"{MARKET}|queued": 5,
            f"{MARKET}|content": 3,
            f"{MARKET}|not_content": 1,
            "350502-hall/1|queued": 2,
        },
    )


def of(code: str, by: voices.By = "offices") -> voices.Assessment:
    _, rows = voices.assess(by, SINCE, UNTIL, regions=["350502"])
    return next(one for one in rows if one.code == code)


def test_each_rate_is_of_what_it_counts(month: None) -> None:
    found = of(MARKET)
    assert found.service_rate == Decimal("99.00") and found.active_rate == Decimal("50.00")
    assert found.complaint_rate == Decimal("90.00") and found.repair_rate == Decimal("100.00")
    assert found.return_rate == Decimal("5.00") and found.reopen_rate == Decimal("10.00")
    assert found.call_rate == Decimal("75.00")


def test_below_its_target_a_rate_alarms_and_on_it_not(month: None) -> None:
    assert of(MARKET).alarms(TARGETS) == ("complaint",)
    assert of(HEALTH).alarms(TARGETS) == ("service",)
    assert of(HEALTH).complaint_rate is None, "of nothing there is no rate, and no alarm"
    assert voices.targets_of("350502") == TARGETS


def test_the_sum_is_of_the_counties_and_months_asked_for(month: None) -> None:
    whole, rows = voices.assess("offices", SINCE, UNTIL, regions=["350502"])
    assert [one.code for one in rows] == [HEALTH, MARKET]
    assert (whole.reviews.all, whole.reviews.bad, whole.services) == (202, 3, 402)
    both, _ = voices.assess("offices", date(2026, 10, 31), UNTIL, regions=["350502", "350582"])
    assert both.reviews.grades[Grade.VERY_DISSATISFIED] == 60


def test_windows_of_both_contexts_are_one(month: None) -> None:
    count("350502", "evaluation.windows.2026-11", {"350502-hall/1|satisfied": 1, "350502-hall/1|service": 4})
    count("350502", "tickets.window.202611", {"350502-hall:1|undone|dispatched": 2})
    found = of("350502-hall/1", "windows")
    assert (found.active_rate, found.tickets["dispatched"], found.calls["queued"]) == (Decimal("25.00"), 2, 2)
    assert of(MARKET).calls["queued"] == 5


def test_by_item_the_repair_of_bad_reviews_is_not_known(month: None) -> None:
    count("350502", "evaluation.items.2026-11", {"food-licence|dissatisfied": 1})
    assert of("food-licence", "items").repair_rate is None


def test_however_many_there_are_few_rows_are_read(month: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        voices.assess("offices", SINCE, UNTIL, regions=["350502"])
    assert len(asked) <= 8
    assert not any("evaluation_review" in one["sql"] or "tickets_ticket" in one["sql"] for one in asked)
