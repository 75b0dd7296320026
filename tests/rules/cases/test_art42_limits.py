"""行政许可法第四十二、八十二条: twenty working days and ten, forty-five and fifteen for joint handling; once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may, offered
from banshi.contexts.cases.values import Budget, Limits, Plan
from banshi.kernel.actors import Actor, Post
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    GAO,
    HE,
    LICENCE,
    LIN,
    OTHER_TYPES,
    SONG,
    TEXT,
    accepted,
    at,
    day,
    do,
    refused,
    work,
)

ALONE, JOINTLY = "行政许可法第四十二条第一款", "行政许可法第四十二条第二款"
JOINT = replace(LICENCE, joint=True, statutory=Budget(45), promised=Budget(30))
OTHER_COUNTYS = Actor("staff", "20", (Post("governor", "", "350503"),))
CITYS = Actor("staff", "21", (Post("governor", "", "350500"),))


@pytest.mark.parametrize(
    ("plan", "accepted_on", "due_on"),
    [
        pytest.param(LICENCE, "2026-03-02", "2026-03-30", id="art42-1 twenty"),
        pytest.param(JOINT, "2026-03-02", "2026-05-08", id="art42-2 forty-five, over two holidays"),
        pytest.param(LICENCE, "2025-09-30", "2025-11-04", id="art82 over the National Day"),
        pytest.param(LICENCE, "2026-02-12", "2026-03-18", id="art82 over the Spring Festival"),
        pytest.param(LICENCE, "2026-03-07", "2026-04-03", id="art82 accepted on a Saturday"),
    ],
)
def test_the_time_to_decide_counts_working_days_after_acceptance(
    plan: Plan, accepted_on: str, due_on: str
) -> None:
    case = accepted(plan, accepted_on)
    assert case.statutory_due_on == day(due_on)
    assert plan.statutory is not None
    assert CALENDAR.between(day(accepted_on), day(due_on)) == plan.statutory.days


@pytest.mark.parametrize(
    ("plan", "days", "due_on"),
    [
        pytest.param(LICENCE, 10, "2026-04-14", id="art42-1 ten more"),
        pytest.param(LICENCE, 1, "2026-03-31", id="art42-1 one more"),
        pytest.param(JOINT, 15, "2026-05-28", id="art42-2 fifteen more"),
    ],
)
def test_an_extension_moves_both_clocks_by_its_days(plan: Plan, days: int, due_on: str) -> None:
    case = accepted(plan)
    longer = do(case, "extend", at("2026-03-20"), by=LIN, days=days, text=TEXT)
    assert longer.statutory_due_on == day(due_on)
    assert case.promised_due_on is not None
    assert longer.promised_due_on == CALENDAR.add(case.promised_due_on, days)
    assert longer.extension is not None
    assert (longer.extension.days, longer.extension.by) == (days, LIN.code)
    assert work(longer, "fire").due_on == work(case, "fire").due_on  # the offices gain nothing by it


@pytest.mark.parametrize(
    ("plan", "when", "stated", "rule", "article"),
    [
        pytest.param(
            LICENCE, "2026-03-20", {"days": 11, "text": TEXT}, "extension_days", ALONE, id="art42-1 eleven"
        ),
        pytest.param(
            LICENCE, "2026-03-20", {"days": 0, "text": TEXT}, "extension_days", ALONE, id="art42-1 none"
        ),
        pytest.param(
            JOINT, "2026-03-20", {"days": 16, "text": TEXT}, "extension_days", JOINTLY, id="art42-2 sixteen"
        ),
        pytest.param(
            LICENCE, "2026-03-20", {"days": 5}, "words_needed", ALONE, id="art42-1 the reason is told"
        ),
        pytest.param(
            LICENCE,
            "2026-03-31",
            {"days": 5, "text": TEXT},
            "extension_late",
            ALONE,
            id="art42-1 after the end",
        ),
        pytest.param(
            JOINT,
            "2026-05-09",
            {"days": 5, "text": TEXT},
            "extension_late",
            JOINTLY,
            id="art42-2 after the end",
        ),
        *(
            pytest.param(
                replace(LICENCE, type=kind),
                "2026-03-20",
                {"days": 5, "text": TEXT},
                "extension_permits_only",
                "",
                id=f"art42 permits only, not {kind}",
            )
            for kind in OTHER_TYPES
        ),
    ],
)
def test_what_is_no_extension(plan: Plan, when: str, stated: dict[str, Any], rule: str, article: str) -> None:
    assert refused(rule, accepted(plan), "extend", at(when), by=LIN, **stated).article == article


def test_on_the_last_day_it_is_not_too_late() -> None:
    assert do(accepted(), "extend", at("2026-03-30", 17), by=LIN, days=10, text=TEXT).extension


@pytest.mark.parametrize(("plan", "article"), [(LICENCE, ALONE), (JOINT, JOINTLY)])
def test_it_is_extended_once(plan: Plan, article: str) -> None:
    longer = do(accepted(plan), "extend", at("2026-03-20"), by=LIN, days=1, text=TEXT)
    error = refused("extension_once", longer, "extend", at("2026-03-23"), by=LIN, days=1, text=TEXT)
    assert error.article == article
    assert "extend" not in {command.name for command in offered(longer, LIN)}


@pytest.mark.parametrize(
    ("plan", "actor", "allowed"),
    [
        pytest.param(LICENCE, LIN, True, id="art42-1 the office's approver"),
        pytest.param(LICENCE, GAO, True, id="art42-1 the office's head"),
        pytest.param(LICENCE, CHEN, False, id="art42-1 not who handles it"),
        pytest.param(LICENCE, SONG, False, id="art42-1 not another office's approver"),
        pytest.param(LICENCE, HE, False, id="art42-1 not the government"),
        pytest.param(JOINT, HE, True, id="art42-2 the head of the government"),
        pytest.param(JOINT, CITYS, True, id="art42-2 … or of the city's"),
        pytest.param(JOINT, OTHER_COUNTYS, False, id="art42-2 not of another county's"),
        pytest.param(JOINT, LIN, False, id="art42-2 not the office's approver"),
        pytest.param(JOINT, GAO, False, id="art42-2 not the office's head"),
    ],
)
def test_who_approves_it(plan: Plan, actor: Actor, allowed: bool) -> None:
    assert may(COMMANDS["extend"], accepted(plan), actor) is allowed


def test_a_place_may_allow_fewer_days() -> None:
    strict = replace(LICENCE, limits=Limits(pack="zhuxi", extension_days=5))
    refused("extension_days", accepted(strict), "extend", at("2026-03-20"), by=LIN, days=6, text=TEXT)
    assert do(accepted(strict), "extend", at("2026-03-20"), by=LIN, days=5, text=TEXT).extension


def test_where_no_law_sets_a_time_there_is_nothing_to_extend() -> None:
    promised_only = accepted(replace(LICENCE, statutory=None))
    assert "extend" not in {command.name for command in offered(promised_only, LIN)}
    assert promised_only.due_on == promised_only.promised_due_on


def test_the_earlier_of_both_clocks_is_the_one_that_counts() -> None:
    assert accepted().due_on == accepted().promised_due_on == day("2026-03-11")
    late = accepted(replace(LICENCE, promised=Budget(30)))
    assert late.due_on == late.statutory_due_on == day("2026-03-30")
