"""行政许可法第三十四条第三款: what is checked in substance is checked by two officers at least."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.values import Plan
from tests.rules.cases.life import CHEN, LICENCE, OTHER_TYPES, SUN, TEXT, accepted, at, do, refused, work

ARTICLE = "行政许可法第三十四条第三款"
THIRD = "staff:90"


def visited_by(people: int, plan: Plan = LICENCE) -> Plan:
    visit = replace(plan.works[0], people=people)
    return replace(plan, works=(visit, *plan.works[1:]))


@pytest.mark.parametrize(
    ("needed", "others", "enough"),
    [
        pytest.param(0, (), False, id="art34-3 alone"),
        pytest.param(0, (CHEN.code,), False, id="art34-3 naming oneself"),
        pytest.param(0, (SUN.code,), True, id="art34-3 two"),
        pytest.param(1, (), False, id="art34-3 a definition cannot ask for fewer"),
        pytest.param(3, (SUN.code,), False, id="art34-3 a definition may ask for more"),
        pytest.param(3, (SUN.code, THIRD), True, id="art34-3 three of three"),
    ],
)
@pytest.mark.parametrize("command", ["opine", "record"])
def test_a_site_visit_takes_two(command: str, needed: int, others: tuple[str, ...], enough: bool) -> None:
    case = accepted(visited_by(needed))
    stated: dict[str, Any] = {"work": "visit", "people": others, "text": TEXT}
    if command == "opine":
        stated["verdict"] = "agree"
    if not enough:
        error = refused("two_people", case, command, at("2026-03-03"), **stated)
        assert (error.article, error.field) == (ARTICLE, "people")
    else:
        done = do(case, command, at("2026-03-03"), **stated)
        assert work(done, "visit").people == tuple(sorted({CHEN.code, *others}))


def test_who_recorded_the_visit_need_not_be_named_again_with_the_opinion() -> None:
    case = do(accepted(), "record", at("2026-03-03"), work="visit", people=(SUN.code,), text=TEXT)
    done = do(case, "opine", at("2026-03-04"), work="visit", verdict="agree")
    assert work(done, "visit").people == (CHEN.code, SUN.code)


def test_a_consultation_is_one_officers() -> None:
    assert work(do(accepted(), "opine", at("2026-03-03"), work="fire", verdict="agree"), "fire").people == ()


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_what_is_no_permit_needs_two_only_where_its_definition_says_so(kind: str) -> None:
    plan = replace(LICENCE, type=kind)
    done = do(accepted(plan), "opine", at("2026-03-03"), work="visit", verdict="agree")
    assert work(done, "visit").status == "done"
    error = refused(
        "two_people",
        accepted(visited_by(2, plan)),
        "opine",
        at("2026-03-03"),
        work="visit",
        verdict="agree",
    )
    assert error.article == ""
