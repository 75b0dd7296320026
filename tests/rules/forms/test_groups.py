"""重复的组: rows are kept as text, put right and checked cell by cell."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.forms.rules import check
from banshi.contexts.forms.values import Field
from banshi.kernel.elements import ordered, rows_of, text_of, text_of_rows, type_of, value_of
from banshi.kernel.rules.admit import admits

TODAY = date(2026, 3, 2)


def column(code: str, kind: str = "text", *, required: bool = True) -> Field:
    return Field(code=code, label=code, kind=kind, section="", required=required, items=())


STAFF = Field(
    code="staff", label="人员", kind="group", section="s", required=True, items=(), most_rows=2,
    columns=(column("name", "name"), column("number", "resident_id"), column("phone", "phone", required=False)),
)  # fmt: skip
GOOD = {"name": "吴小梅", "number": "11010519491231002X"}


def test_cells_are_put_right_and_empty_rows_go() -> None:
    typed = text_of_rows([GOOD | {"number": "１１０１０５19491231002x"}, {"name": "  "}])
    values, problems = check([STAFF], {"staff": typed}, TODAY)
    assert rows_of(values["staff"]) == [GOOD]
    assert problems == []


def test_what_is_wrong_is_told_at_its_row_and_column() -> None:
    _, problems = check([STAFF], {"staff": text_of_rows([GOOD, {"name": "吴小梅", "number": "1"}])}, TODAY)
    (wrong,) = problems
    assert wrong.field == "staff.1.number"
    assert "第2行" in wrong.zh


def test_one_row_at_least_and_no_more_than_there_may_be() -> None:
    assert [one.field for one in check([STAFF], {}, TODAY)[1]] == ["staff"]
    assert "最多2行" in check([STAFF], {"staff": text_of_rows([GOOD] * 3)}, TODAY)[1][0].zh


@pytest.mark.parametrize(
    "sent", ["{", "[" * 100_000, "[1, 2]", '{"a": 1}', "王小明，110", '[{"name": 5}]', "[{}]"]
)
def test_what_is_no_group_is_told_and_breaks_nothing(sent: str) -> None:
    _, problems = check([STAFF], {"staff": sent}, TODAY)
    assert [one.field for one in problems] == ["staff"]


@given(st.lists(st.dictionaries(st.sampled_from(("name", "number")), st.text(max_size=9)), max_size=9))
def test_rows_come_back_as_they_were_kept(rows: list[dict[str, str]]) -> None:
    kept = [{key: value for key, value in row.items() if value} for row in rows]
    assert rows_of(text_of_rows(rows)) == [row for row in kept if row]


@given(st.text() | st.from_type(dict).map(str) | st.lists(st.integers()).map(json.dumps))
def test_any_text_is_some_rows_or_none(text: str) -> None:
    assert all(isinstance(row, dict) for row in rows_of(text))


@given(
    st.text() | st.sampled_from(("1e999999999", "-1e999999999", "NaN", "sNaN", "Infinity", "1.005", "9" * 40))
)
def test_any_text_is_a_value_of_its_kind_or_none(text: str) -> None:
    for kind, whole in (
        ("money", False),
        ("number", True),
        ("number", False),
        ("date", False),
        ("text", False),
    ):
        type_ = type_of(kind, whole=whole)
        value = value_of(type_, kind, text)
        assert value is None or admits(type_, value)


def test_money_is_counted_in_fen_and_written_in_yuan() -> None:
    assert value_of(type_of("money"), "money", "6820.50") == 682050
    assert value_of(type_of("money"), "money", "0.005") is None
    assert text_of("money", 682050) == "6820.50"
    assert text_of("number", 3.2) == "3.2"


KEYS = "abcdef"


@given(st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS + "x"))))
def test_everything_comes_after_what_it_needs_unless_they_go_around(needs: dict[str, set[str]]) -> None:
    order, circles = ordered(needs)
    assert sorted(order) == sorted(needs)
    around = {key for circle in circles for key in circle}
    for place, key in enumerate(order):
        if key not in around:
            assert {one for one in needs[key] if one in needs} <= set(order[:place])
    for circle in circles:
        for key, following in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert following in needs[key]
