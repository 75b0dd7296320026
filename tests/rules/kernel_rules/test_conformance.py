"""The public suite of the standard, and the reader of its cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from banshi.infra.config import DATA
from banshi.kernel.rules import conformance
from banshi.kernel.rules.overloads import overloads

SUITE = DATA / "rules_conformance" / "conformance.jsonl"


def test_every_case_of_the_public_suite_passes() -> None:
    outcomes = list(conformance.run(SUITE.read_text("utf-8").split("\n")))
    assert len(outcomes) == 380
    assert [one for one in outcomes if one.problem] == []


def test_every_case_of_our_own_passes() -> None:
    """More of the language's corners; Google's implementation gives each of these answers too."""
    lines = (Path(__file__).parent / "own_cases.jsonl").read_text("utf-8").split("\n")
    outcomes = list(conformance.run(lines))
    assert len(outcomes) == 1113
    assert [one for one in outcomes if one.problem] == []


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        ("1.0 in {1: 'a'}", True),
        ("1.5 in {1: 'a'}", False),
        ("true in {1: 'a'}", False),
        ("true in [1, 'a']", False),
        ("1 in {true: 'a', 'b': 'c'}", False),
        ("{1: 'a'} == {true: 'a'}", False),
        ("{1: 'a', 'b': 'c'}[1.0] == 'a'", True),
    ],
)
def test_true_is_not_the_key_one_though_python_says_so(expr: str, value: bool) -> None:
    assert not _problem(expr=expr, value={"bool": value}, disable_check=True)


def test_the_key_one_is_not_found_under_true() -> None:
    assert not _problem(expr="{1: 'a', 'b': 'c'}[true]", error=True)
    assert not _problem(expr="{1: 'a'}[true]", error=True, disable_check=True)


def _problem(**case: object) -> str:
    (outcome,) = conformance.run([json.dumps({"expr": "x", **case})])
    return outcome.problem


def test_a_wrong_answer_fails() -> None:
    assert _problem(expr="1 + 1", value={"int": 3})
    assert _problem(expr="1 + 1", value={"double": 2.0})
    assert _problem(expr="true", value={"int": 1})
    assert _problem(expr="[1, 2]", value={"list": [{"int": 2}, {"int": 1}]})
    assert _problem(expr="{'a': 1}", value={"map": []})
    assert _problem(expr="1", error=True)
    assert _problem(expr="1 / 0", value={"int": 0})
    assert _problem(expr="-(0.0)", value={"double": 0.0})
    assert not _problem(expr="0.0 / 0.0", value={"double": "nan"})


@pytest.mark.parametrize(
    ("types", "bindings", "value"),
    [
        ({"x": "primitive: INT64"}, {"x": {"int": 5}}, {"int": 5}),
        (
            {"x": "list_type { elem_type { primitive: STRING } }"},
            {"x": {"list": [{"string": "a"}]}},
            {"list": [{"string": "a"}]},
        ),
        (
            {
                "x": "map_type { key_type { primitive: STRING } value_type { list_type { elem_type { dyn { } } } } }"
            },
            {"x": {"map": [[{"string": "a"}, {"list": [{"null": None}]}]]}},
            {"map": [[{"string": "a"}, {"list": [{"null": None}]}]]},
        ),
        (
            {"x": "well_known: TIMESTAMP"},
            {"x": {"timestamp": "2026-03-01T00:00:00Z"}},
            {"timestamp": "2026-03-01T00:00:00Z"},
        ),
        ({"x": "well_known: DURATION"}, {"x": {"duration": "90s"}}, {"duration": "90s"}),
    ],
)
def test_types_and_bindings_are_read(types: object, bindings: object, value: object) -> None:
    assert not _problem(types=types, bindings=bindings, value=value)


@pytest.mark.parametrize(
    "case",
    [
        {"value": {"uint": 1}},
        {"value": {}},
        {"value": 5},
        {},
        {"value": {"int": 1}, "types": {"x": "primitive: UINT64"}},
        {"value": {"int": 1}, "types": {"x": "list_type {"}},
        {"value": {"int": 1}, "bindings": {"x": {"timestamp": "yesterday"}}},
    ],
)
def test_what_is_not_in_the_format_fails_and_stops_nothing(case: dict[str, object]) -> None:
    good = json.dumps({"expr": "1", "value": {"int": 1}})
    outcomes = list(conformance.run([json.dumps({"expr": "1", **case}), good]))
    assert outcomes[0].problem
    assert not outcomes[1].problem


@pytest.mark.parametrize("line", ["{", "[]", "5", "{}", '{"expr": null'])
def test_a_broken_line_is_named(line: str) -> None:
    (outcome,) = conformance.run([line])
    assert outcome.problem


def test_every_function_is_told_of() -> None:
    page = (DATA.parent / "docs" / "rules.md").read_text("utf-8")
    assert [
        name for name in overloads() if name.strip(".[]") and name != "neg" and name.strip(".") not in page
    ] == []
