"""Many rows column by column: the very same findings as row by row, whatever is missing, wrong or out of bounds."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.contexts.policies.rules.compiled import Compiled
from banshi.contexts.policies.rules.matching import FEW, Matcher
from banshi.contexts.policies.values import Element, Finding, Policy, Standing
from tests.examples import examples
from tests.rules.policies.test_matching import LIBRARY, TODAY


@cache
def whole_library() -> Matcher:
    return Matcher(LIBRARY.policies.values(), LIBRARY.elements, TODAY)


type Rows = list[tuple[str, str, dict[str, Any]]]


def one_by_one(matcher: Matcher, rows: Rows, held: list[frozenset[str]] | None = None) -> list[list[Finding]]:
    return [matcher.batch([row], [held[place]] if held else None)[0] for place, row in enumerate(rows)]


def value(element: Element) -> st.SearchStrategy[Any]:
    if element.type == "bool":
        return st.booleans()
    if element.type == "int":
        return st.sampled_from([-1, 0, 1, 3, 12, 30, 55, 200, 600_000, 300_000_000, 2**63 - 1]) | st.integers(
            0, 40
        )
    if element.type == "date":
        return st.integers(-400, 40_000).map(lambda days: TODAY - timedelta(days=days))
    return st.sampled_from([*(element.choices or ()), "350502", "350582", "110101", ""])


def row(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    own = {key: value(one) for key, one in LIBRARY.elements.items() if key.startswith(kind)}
    return st.fixed_dictionaries({}, optional=own)


PEOPLE = st.lists(
    st.sampled_from(["350502", "350582", "420324"]).flatmap(
        lambda region: st.sampled_from(["person", "enterprise"]).flatmap(
            lambda kind: st.tuples(st.just(region), st.just(kind), row(kind))
        )
    ),
    min_size=FEW,
    max_size=3 * FEW,
)


@settings(max_examples=examples(8), deadline=None)
@given(PEOPLE, st.sets(st.sampled_from(sorted(LIBRARY.policies)), max_size=3))
def test_the_whole_library_finds_the_same_in_columns(rows: Rows, claimed: set[str]) -> None:
    matcher = whole_library()
    rows = [row for row in rows for _ in range(3)]  # so that every place has a crowd
    held = [frozenset(claimed)] * len(rows)
    assert matcher.batch(rows, held) == one_by_one(matcher, rows, held)


AWKWARD = {
    "a": Element("int", "甲", "某局", stated=True),
    "b": Element("int", "乙", "某局"),
    "x": Element("double", "丙", "某局"),
    "t": Element("string", "丁", "某局", stated=True),
    "on": Element("date", "戊", "某局"),
    "l": Element("list(int)", "己", "某局"),
    "yes": Element("bool", "庚", "某局"),
}
RULES = (
    "a / b > 2",
    "a * a > b",
    "x / double(b) > 1.0",
    "int(t) > 3",
    "yes ? a > 1 : b > 1",
    "(yes || a > 1) && 10 / b > 1",
    "l[0] > 1 || a > b",
    "l.all(i, i > 0)",
    "a > 1 || a <= 1",
    "years(on, as_of) >= 60",
    "on + 30 > as_of",
    "t in ['x', '7']",
    "false && a > 1 || b > 3",
    "as_of > date('2020-01-01') || a > 3",
)


def policy(code: str, rules: list[str], amount: str) -> Policy:
    first = LIBRARY.policies["n-skill"]
    conditions = tuple(
        msgspec.structs.replace(first.conditions[0], key=f"c{number}", rule=rule)
        for number, rule in enumerate(rules)
    )
    return msgspec.structs.replace(
        first,
        code=code,
        subject="person",
        region="000000",
        from_on=TODAY,
        until_on=None,
        conditions=conditions,
        benefit=msgspec.structs.replace(first.benefit, amount=amount),
        excludes=("q",) if code == "p" else (),
    )


ROW = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from([None, 0, 1, 2, 7, 2**62, -(2**63), "wrong", 2**70, True]),
        "b": st.sampled_from([None, 0, 1, 2, -1]),
        "x": st.sampled_from([None, 0.0, 1.5, -2.0, float("inf"), float("nan"), 3]),
        "t": st.sampled_from([None, "", "x", "7", "99999999999999999999"]),
        "on": st.sampled_from([None, date.min, date(1966, 3, 2), date(1966, 3, 3), date.max, "2026-01-01"]),
        "l": st.sampled_from([None, [], [0], [2, 3], [None], "no"]),
        "yes": st.sampled_from([None, True, False, 1]),
    },
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.sampled_from(RULES), min_size=1, max_size=4),
    st.lists(st.sampled_from(RULES), min_size=1, max_size=2),
    st.sampled_from(["", "yuan(300)", "a * 100", "b / a", "yes ? a : b", "int(x)"]),
    st.lists(ROW, min_size=FEW, max_size=FEW + 30),
)
def test_whatever_goes_wrong_in_a_row_it_is_the_same_in_columns(
    rules: list[str], others: list[str], amount: str, rows: list[dict[str, Any]]
) -> None:
    matcher = Matcher([policy("p", rules, amount), policy("q", others, "a")], AWKWARD, TODAY)
    people: Rows = [("350502", "person", row) for row in rows]
    found = matcher.batch(people)
    assert {len(findings) for findings in found} == {2}
    assert found == one_by_one(matcher, people)


def test_a_crowd_is_matched_in_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = Matcher([LIBRARY.policies["n-unemployment"]], LIBRARY.elements, TODAY)
    monkeypatch.setattr(Compiled, "find", lambda *_: pytest.fail("asked row by row"))
    rows: Rows = [("350502", "person", {"person.insured_months": place}) for place in range(FEW)]
    found = [findings[0].standing for findings in matcher.batch(rows)]
    assert found == [Standing.NO] * 12 + [Standing.CANNOT_TELL] * (FEW - 12)
