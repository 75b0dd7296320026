"""Why a rule came out so: in words, with what it looked at, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from banshi.kernel.rules import UNKNOWN, Datum, compile
from banshi.kernel.rules.explain import Explainer, Explanation
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING, list_of, record
from tests.examples import examples
from tests.rules.kernel_rules import expressions as random_rules

NAMES = {
    "born": Datum(DATE, "出生日期", "date of birth"),
    "as_of": Datum(DATE, "基准日"),
    "income": Datum(INT, "家庭年收入", "household income", "分"),
    "area": Datum(DOUBLE, "住房面积", unit="平方米"),
    "industry": Datum(STRING, "行业", choices={"I65": "软件业"}),
    "local": Datum(BOOL, "本地户籍"),
    "members": Datum(list_of(record({"age": INT, "income": INT})), "家庭成员"),
    "members.age": Datum(INT, "年龄", unit="岁"),
    "members.income": Datum(INT, "年收入", unit="分"),
}
RULE = "years(born, as_of) >= 60 && income <= yuan(30000) && (local || industry == 'I65') && !(area > 90)"
LI = {"born": date(1960, 5, 1), "as_of": date(2026, 3, 1), "income": 2_000_000, "local": True, "area": 60.0}


def told(row: dict[str, Any], text: str = RULE, *, zh: bool = True) -> Explanation:
    return Explainer(compile(text, NAMES, gives=None), article="《办法》第五条", zh=zh).explain(row)


def test_the_one_condition_that_fails_is_named_with_its_value_and_article() -> None:
    explanation = told(LI | {"income": 3_600_050})
    (reason,) = explanation.deciding
    assert reason.text == "家庭年收入不超过30,000元"
    assert reason.outcome == "false"
    assert [(one.label, one.value) for one in reason.used] == [("家庭年收入", "36,000.50元")]
    assert explanation.article == "《办法》第五条"
    assert explanation.missing == ()


def test_what_cannot_be_told_names_the_missing_data() -> None:
    row = {key: value for key, value in LI.items() if key not in ("area", "local")}
    explanation = told(row)
    assert explanation.result is UNKNOWN
    assert explanation.missing == ("local", "industry", "area")
    assert {one.value for reason in explanation.deciding for one in reason.used} == {"未知"}


def test_a_missing_datum_that_does_not_matter_is_not_asked_for() -> None:
    explanation = told({"born": date(2000, 1, 1), "as_of": date(2026, 3, 1)})
    assert explanation.result is False
    assert explanation.missing == ()
    assert [reason.text for reason in explanation.deciding] == ["从出生日期到基准日的整年数不低于60"]


def test_all_that_made_it_true_is_shown() -> None:
    explanation = told(LI)
    assert [(reason.text, reason.outcome) for reason in explanation.deciding] == [
        ("从出生日期到基准日的整年数不低于60", "true"),
        ("家庭年收入不超过30,000元", "true"),
        ("本地户籍", "true"),
        ("住房面积超过90平方米", "false"),
    ]


def test_the_tree_says_how_conditions_hang_together() -> None:
    reason = told(LI).reason
    assert reason.kind == "all"
    assert [part.kind for part in reason.parts] == ["atom", "atom", "any", "not"]
    assert len(list(reason.atoms())) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("industry in ['I65', 'I64']", "行业属于软件业、“I64”"),
        ("industry != 'I65'", "行业不是软件业"),
        ("industry.startsWith('I')", "行业以“I”开头"),
        ("as_of < date('2026-03-01')", "基准日早于2026年3月1日"),
        ("born + 365 <= as_of", "出生日期之后365天不晚于基准日"),
        ("members.exists(m, m.age < 18 && m.income == 0)", "家庭成员中有一项年龄小于18岁并且年收入是0元"),
        ("size(members) > 3", "家庭成员的项数超过3"),
        ("sum(members.map(m, m.income)) < yuan(12.5)", "家庭成员各项的年收入之和小于12.50元"),
        (
            "members.filter(m, m.age >= 60).all(m, m.income == 0)",
            "家庭成员中年龄不低于60岁的每一项都年收入是0元",
        ),
        ("members[0].age > 3", "家庭成员[0]的年龄超过3岁"),
        ("area * 2 > 10.5", "住房面积乘以2超过10.5平方米"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert told({}, text).reason.text == words


def test_english_uses_english_labels_where_there_are_any() -> None:
    assert told({}, "income <= yuan(30000)", zh=False).reason.text == "household income is at most 30,000元"


def test_an_error_says_what_went_wrong() -> None:
    (reason,) = told({"income": 1}, "income / 0 > 1").deciding
    assert reason.outcome == "error"
    assert reason.problem == "除数是零。"


def test_the_branch_not_taken_is_not_asked() -> None:
    reason = told(LI, "local ? income > 0 : area > 1").reason
    assert [part.outcome for part in reason.parts] == ["true", "true", "not_asked"]


def test_members_are_shown_by_their_labels() -> None:
    (reason,) = told({"members": [{"age": 3, "income": 0}] * 7}, "size(members) > 3").deciding
    assert reason.used[0].value.startswith("年龄 3岁，年收入 0元、")
    assert reason.used[0].value.endswith("等7项")


@settings(max_examples=examples(150), deadline=None)
@given(random_rules.expressions(), random_rules.rows())
def test_the_explanation_has_the_result_of_the_rule(text: str, row: dict[str, Any]) -> None:
    rule = compile(text, random_rules.NAMES)
    explanation = Explainer(rule).explain(row)
    assert explanation.result == rule.evaluate(row)
    assert explanation.reason.text
    # What is missing really decides: an unknown result lacks something that can be named.
    assert bool(explanation.missing) == (explanation.result is UNKNOWN)
