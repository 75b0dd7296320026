"""行政许可法第三十五、四十三条: the lower level examines first, the upper decides and asks for nothing again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import permit
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import Budget, Input, WorkPlan
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from tests.rules.cases.life import (
    CHEN,
    CITY_MARKET,
    LICENCE,
    MARKET,
    OTHER_TYPES,
    TEXT,
    WANG,
    accepted,
    at,
    day,
    do,
    received,
    refused,
    work,
)

TWO_LEVELS = replace(
    LICENCE,
    works=(
        WorkPlan("first", "县级初审", "lower_review", MARKET, Budget(20)),
        WorkPlan("upper", "市级审查", "review", CITY_MARKET, Budget(10), after=("first",)),
    ),
)


def asked_again(case: object, by: Actor = CHEN) -> Refused:
    with pytest.raises(Refused) as caught:
        permit(COMMANDS["request_correction"], case, by, Input(text=TEXT))  # type: ignore[arg-type]
    return caught.value


def test_art43_the_lower_level_has_twenty_working_days_from_acceptance() -> None:
    case = accepted(TWO_LEVELS)
    assert work(case, "first").due_on == day("2026-03-30")
    assert [(task.key, task.office) for task in tasks(case)] == [("work:first", MARKET)]


def test_art35_its_opinion_goes_straight_to_the_upper_level() -> None:
    case = do(accepted(TWO_LEVELS), "opine", at("2026-03-10"), work="first", verdict="agree", text=TEXT)
    assert [(task.key, task.office) for task in tasks(case)] == [("work:upper", CITY_MARKET)]
    assert work(case, "first").opinion == TEXT


def test_art35_the_upper_level_does_not_begin_before() -> None:
    refused("work_not_open", accepted(TWO_LEVELS), "opine", at("2026-03-03"), work="upper", verdict="agree")


@pytest.mark.parametrize(
    ("plan", "rule", "article"),
    [
        pytest.param(TWO_LEVELS, "upper_asks_not_again", "行政许可法第三十五条", id="art35 two levels"),
        pytest.param(LICENCE, "wrong_state", "", id="art35 one level: merely the wrong time"),
        *(
            pytest.param(replace(TWO_LEVELS, type=kind), "upper_asks_not_again", "", id=f"no permit {kind}")
            for kind in OTHER_TYPES
        ),
    ],
)
def test_art35_materials_are_not_asked_for_again(plan: object, rule: str, article: str) -> None:
    error = asked_again(accepted(plan))  # type: ignore[arg-type]
    assert (error.rule, error.article) == (rule, article)


def test_art35_the_lower_level_may_ask_while_it_receives() -> None:
    permit(COMMANDS["request_correction"], received(TWO_LEVELS), CHEN, Input(text=TEXT))


def test_art35_nobody_without_the_post_is_told_more_than_that() -> None:
    assert asked_again(
        do(received(TWO_LEVELS, hall="350502-hall"), "accept", at("2026-03-02")), WANG
    ).rule == ("upper_asks_not_again")
