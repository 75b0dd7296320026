"""Policies against what is known: three lists, one failing condition, the missing datum, exclusions, periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.policies.rules import reading
from banshi.contexts.policies.rules.compiled import Compiled, names
from banshi.contexts.policies.rules.matching import Matcher, resolve
from banshi.contexts.policies.values import Finding, Level, Library, Standing

FOLDER = Path(__file__).resolve().parents[3] / "data" / "policies"
TEXTS = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")}
TODAY = date(2026, 3, 2)


def library() -> Library:
    found, wrong = reading.read(TEXTS)
    assert found is not None, [str(one) for one in wrong]
    return found


LIBRARY = library()


def find(code: str, row: Mapping[str, object], on: date = TODAY) -> Finding:
    one = LIBRARY.policies[code]
    known = names(LIBRARY.elements)
    askable = frozenset(key for key, element in LIBRARY.elements.items() if element.stated)
    return Compiled.of(one, known, askable).find({**row, "as_of": on})


def test_the_library_holds_real_policies_of_four_levels_each_with_article_and_evidence() -> None:
    policies = LIBRARY.policies.values()
    assert len(policies) >= 25
    assert {one.level for one in policies} == set(Level)
    for one in policies:
        assert all(c.article and c.evidence and c.text for c in one.conditions), one.code
        assert one.number or "number" in one.unverified, one.code


JOBLESS = {
    "person.insured_months": 14,
    "person.involuntary": True,
    "person.jobless_months": 1,
    "person.seeks_work": True,
}


def test_somebody_who_meets_every_condition_is_entitled() -> None:
    assert find("n-unemployment", JOBLESS).standing is Standing.ENTITLED


def test_who_fails_one_condition_alone_is_told_which() -> None:
    found = find("n-unemployment", JOBLESS | {"person.involuntary": False})
    assert (found.standing, found.failing) == (Standing.NEARLY, "involuntary")


def test_who_fails_two_is_on_no_list() -> None:
    row = JOBLESS | {"person.involuntary": False, "person.insured_months": 3}
    assert find("n-unemployment", row).standing is Standing.NO


def test_what_is_missing_is_named_and_who_has_it() -> None:
    row = {key: value for key, value in JOBLESS.items() if key != "person.insured_months"}
    found = find("n-unemployment", row)
    assert (found.standing, found.missing) == (Standing.CANNOT_TELL, ("person.insured_months",))
    assert LIBRARY.elements["person.insured_months"].holder == "人力资源社会保障部门"


def test_a_failure_and_something_missing_is_no_near_miss() -> None:
    row = {"person.insured_months": 3, "person.involuntary": True}
    assert find("n-unemployment", row).standing is Standing.NO


def test_the_amount_is_reckoned_in_fen() -> None:
    row: dict[str, object] = {"enterprise.ui_months": 12, "enterprise.layoffs": 0, "enterprise.ui_staff": 8}
    found = find("n-stable-jobs", row | {"enterprise.large": False, "enterprise.ui_paid": 1_000_000})
    assert (found.standing, found.amount) == (Standing.ENTITLED, 600_000)
    assert find("n-stable-jobs", row).missing == ("enterprise.large", "enterprise.ui_paid")


@pytest.mark.parametrize(
    ("staff", "permille", "entitled"), [(31, 56, False), (31, 55, True), (30, 200, True), (30, 201, False)]
)
def test_layoffs_of_small_firms_count_otherwise(staff: int, permille: int, entitled: bool) -> None:
    row = {"enterprise.ui_months": 12, "enterprise.ui_staff": staff, "enterprise.layoffs": permille}
    found = find("n-stable-jobs", row | {"enterprise.large": False, "enterprise.ui_paid": 100})
    assert (found.standing is Standing.ENTITLED) is entitled


def test_a_child_of_three_is_too_old_for_the_childcare_subsidy() -> None:
    born = {"person.youngest_born": date(2023, 3, 2)}
    assert find("n-childcare", born).standing is Standing.NO
    assert find("n-childcare", born, date(2026, 3, 1)).standing is Standing.ENTITLED


def test_a_policy_outside_its_period_or_place_matches_nobody() -> None:
    matcher = Matcher(LIBRARY.policies.values(), LIBRARY.elements, TODAY)
    in_force = {one.policy.code for one in matcher.compiled}
    assert "n-stable-jobs" not in in_force  # until the end of 2025
    assert "n-small-profit" in in_force
    row = {"enterprise.above_scale_on": date(2026, 1, 9)}
    licheng, jinjiang = matcher.batch([("350502", "enterprise", row), ("350582", "enterprise", row)])
    assert "x-jinjiang-above-scale" not in {one.policy for one in licheng}
    assert Standing.ENTITLED in {one.standing for one in jinjiang if one.policy == "x-jinjiang-above-scale"}


def test_of_two_that_exclude_each_other_the_larger_is_kept_and_the_claimed_one_before_it() -> None:
    small, large = Finding("a", Standing.ENTITLED, amount=1), Finding("b", Standing.ENTITLED, amount=2)
    excludes = {"a": frozenset({"b"}), "b": frozenset({"a"})}
    kept = {one.policy: one.standing for one in resolve([small, large], excludes)}
    assert kept == {"a": Standing.EXCLUDED, "b": Standing.ENTITLED}
    held = {one.policy: one.standing for one in resolve([small, large], excludes, frozenset({"a"}))}
    assert held == {"a": Standing.ENTITLED, "b": Standing.EXCLUDED}


@given(st.lists(st.integers(0, 100), min_size=2, max_size=6))
def test_never_are_two_kept_that_exclude_each_other(amounts: list[int]) -> None:
    codes = [f"p{index}" for index in range(len(amounts))]
    excludes = {code: frozenset(codes) - {code} for code in codes}
    found = [Finding(code, Standing.ENTITLED, amount=fen) for code, fen in zip(codes, amounts, strict=True)]
    kept = [one for one in resolve(found, excludes) if one.standing is Standing.ENTITLED]
    assert [one.amount for one in kept] == [max(amounts)]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "person.insured_months": st.integers(0, 30),
            "person.involuntary": st.booleans(),
            "person.jobless_months": st.integers(0, 9),
            "person.seeks_work": st.booleans(),
        },
    ),
    st.booleans(),
)
def test_what_is_learned_later_never_takes_back_who_was_entitled(row: dict[str, object], more: bool) -> None:
    """Entitled or nearly holds whatever else becomes known; only what could not be told may still change."""
    before = find("n-unemployment", row)
    after = find("n-unemployment", {"person.veteran": more, **row})
    assert before == after
    if before.standing in (Standing.ENTITLED, Standing.NEARLY):
        assert not before.missing


ELEMENTS = "a.b: {type: int, zh: 数, holder: 某局}\n"
GOOD = """- code: one
  title: 一条
  level: city
  region: "350500"
  department: market
  issuer: 某局
  instrument: 某办法
  number: 某〔2026〕1号
  published_on: 2026-01-01
  from_on: 2026-01-01
  subject: person
  mode: direct
  benefit: {text: 有, kind: cash, per: once}
  conditions:
    - {key: one, text: 一, rule: a.b > 1, article: 一, evidence: 证}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("rule: a.b > 1", "rule: a.c > 1", "p.yaml:15:33", "a.c"),
        ("rule: a.b > 1", "rule: a.b > '1'", "p.yaml:15:", ""),
        ("level: city", "level: town", "p.yaml:3:10", "level"),
        ('region: "350500"', 'region: "3505"', "p.yaml:4:11", "6位"),
        ("subject: person", "subject: dog", "p.yaml:11:12", "person"),
        (
            "benefit: {text: 有, kind: cash",
            "benefit: {text: 有, kind: cash, amount: a.b + x",
            "p.yaml:13:",
            "",
        ),
        ("mode: direct", "mode: [", "p.yaml:", "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_taken(
    old: str, new: str, place: str, words: str
) -> None:
    text = GOOD.replace(old, new)
    found, wrong = reading.read({"elements.yaml": ELEMENTS, "p.yaml": text})
    assert found is None
    assert str(wrong[0]).startswith(place), wrong
    assert words in str(wrong[0])


def test_a_code_used_twice_and_an_unknown_exclusion_are_told() -> None:
    text = GOOD + GOOD + "  excludes: [nowhere]\n"
    found, wrong = reading.read({"elements.yaml": ELEMENTS, "p.yaml": text})
    assert found is None
    assert {one.zh for one in wrong} == {"one 用了两次", "没有政策 nowhere"}
