"""决策表: one row a rule; what holds at once, and what nothing answers, is found before anybody asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.kernel.facts import Refused
from banshi.kernel.rules import UNKNOWN
from banshi.kernel.rules.tables import Clash, Table, TableError, check, read
from tests.examples import examples

GRANT = [
    ["unique", "age:int 年龄", "hukou 户籍", "-> grant:int"],
    ["young", "< 60", "", "0"],
    ["here", ">= 60", "local", "100"],
    ["there", ">= 60", "other", "50"],
]


def table(*lines: list[str]) -> Table:
    return read(lines)


def test_what_cannot_matter_any_more_is_not_needed() -> None:
    grant = read(GRANT)
    assert grant.decide({}).needs == ("age", "hukou")
    assert grant.decide({"age": 59}).hits == (0,)
    assert grant.decide({"age": 60}).needs == ("hukou",)
    assert grant.decide({"age": 60, "hukou": "other"}).hits == (2,)
    assert grant.decide({"hukou": "local"}).needs == ("age",)


def test_a_row_is_a_rule_of_the_language() -> None:
    grant = read(GRANT)
    assert grant.rule(1).source == "age >= 60 && hukou == 'local'"
    assert grant.rule(1).evaluate({"age": 60, "hukou": "local"}) is True


def test_a_sound_table_is_told_to_be_so() -> None:
    assert check(read(GRANT)).sound


def test_an_overlap_names_both_rows_and_a_case() -> None:
    told = check(read([*GRANT, ["old", "> 80", "", "200"]]))
    assert {(one.one, one.other, one.lines) for one in told.overlaps} == {
        ("here", "old", (3, 5)),
        ("there", "old", (4, 5)),
    }
    assert told.overlaps[0].example == (("年龄", "> 80"), ("户籍", "local"))


def test_a_gap_is_told_by_what_falls_into_it() -> None:
    told = check(
        read([GRANT[0], ["young", "< 60", "", "0"], ["here", ">= 61", "local", "1"], ["x", "", "other", "2"]])
    )
    assert (("年龄", "60"), ("户籍", "local")) in told.gaps
    assert not told.sound


def test_first_wins_and_a_row_behind_it_is_never_reached() -> None:
    found = table(["first", "age:int", "-> o"], ["a", ">= 18", "x"], ["b", ">= 60", "y"], ["c", "", "z"])
    assert found.decide({"age": 70}).hits == (0,)
    assert check(found).never == ("b",)
    assert check(found).overlaps == ()


def test_of_any_rows_that_hold_at_once_must_agree() -> None:
    lines = [["any", "age:int", "-> o"], ["a", ">= 18", "x"], ["b", ">= 60", "x"], ["c", "< 18", "z"]]
    assert check(read(lines)).sound
    assert read(lines).decide({"age": 70}).hits == (0,)
    lines[2][2] = "y"
    assert [(one.one, one.other) for one in check(read(lines)).overlaps] == [("a", "b")]
    with pytest.raises(Clash, match="“a”和“b”"):
        read(lines).decide({"age": 70})


def test_collect_gives_all_that_hold() -> None:
    found = table(
        ["collect", "age:int", "area:number", "-> o"], ["a", ">= 18", "", "x"], ["b", "", "> 0.5", "y"]
    )
    assert found.decide({"age": 20, "area": 0.6}).hits == (0, 1)
    assert found.decide({"age": 20}).needs == ("area",)
    assert found.decide({"age": 2, "area": 0.5}).hits == ()


def test_every_way_to_write_a_cell() -> None:
    found = table(
        ["C", "n:int", "d:date", "p:place", "s:several", "b:bool", "c", "-> o:date"],
        ["r1", "5..9 | 20", "", "", "", "", "", "2026-03-01"],
        ["r2", "! > 7", "", "", "", "", "", ""],
        ["r3", "", ">= 2026-01-01", "", "", "", "", ""],
        ["r4", "", "", "3505", "", "", "", ""],
        ["r5", "", "", "", "a | b", "", "", ""],
        ["r6", "", "", "", "! a", "", "", ""],
        ["r7", "", "", "", "", "true", "", ""],
        ["r8", "", "", "", "", "", "'a|b' | 'it''s' | -", ""],
        ["r9", "= n > 3 && 'a' in s", "", "", "", "", "", ""],
    )
    base: dict[str, Any] = {"n": 100, "d": date(2025, 1, 1), "p": "110101", "s": ["c"], "b": False, "c": "-"}

    def hits(**changed: Any) -> list[str]:
        return [found.rows[hit].name for hit in found.decide(base | changed).hits]

    assert hits() == ["r6", "r8"]
    assert hits(n=20) == ["r1", "r6", "r8"]
    assert hits(n=7, c="x") == ["r1", "r2", "r6"]
    assert hits(d=date(2026, 1, 1), p="350502") == ["r3", "r4", "r6", "r8"]
    assert hits(s=["a", "c"], b=True, c="it's") == ["r5", "r7", "r8", "r9"]
    assert hits(c="a|b") == ["r6", "r8"]
    assert found.rows[0].gives == {"o": date(2026, 3, 1)}
    assert check(found).unsure == ("r9",)


def test_an_expression_is_asked_only_for_what_it_needs() -> None:
    found = table(["C", "a:bool", "b:int", "-> o"], ["r", "= a || b > 3", "", "x"])
    assert found.decide({"a": True}).decided
    assert found.decide({"a": False}).needs == ("b",)
    assert found.decide({}).needs == ("a", "b")


LEAVE = [
    ["any", "babies:int", "due:date", "-> until:date", "-> paid"],
    ["one", "1", "", "= due + 82", "full"],
    ["more", "> 1", "", "= due + 82 + 15 * (babies - 1)", "= babies > 2 ? 'full' : 'basic'"],
    ["none", "< 1", "", "", "nothing"],
]


def test_what_follows_may_be_reckoned() -> None:
    found = table(*LEAVE)
    row = {"babies": 2, "due": date(2026, 3, 1)}
    assert found.decide(row).hits == (1,)
    assert found.given(1, row) == {"until": date(2026, 6, 6), "paid": "basic"}
    assert found.given(2, {}) == {"paid": "nothing"}


def test_what_it_is_reckoned_from_is_asked_for_and_only_then() -> None:
    found = table(*LEAVE)
    assert found.decide({"babies": 1}).needs == ("due",)
    assert found.decide({"babies": 0}).needs == ()
    assert found.given(0, {"babies": 1}) == {"paid": "full"}


def test_of_any_formulas_written_alike_agree() -> None:
    head = ["any", "a:int", "-> o:int"]
    twice = ["r", "", "= a + 1"], ["s", "1", "= a + 1"]
    assert check(table(head, *twice)).sound
    other = table(head, ["r", "", "= a + 1"], ["s", "1", "= a + 2"])
    assert [one.one for one in check(other).overlaps] == ["r"]


def test_a_formula_that_fails_names_its_row() -> None:
    found = table(["a:int", "-> o:int"], ["", "= 10 / a"])
    assert found.decide({"a": 0}).hits == (0,)
    with pytest.raises(Refused, match="第2行"):
        found.given(0, {"a": 0})


def test_a_table_may_reckon_from_today() -> None:
    found = table(["born:date", "-> o"], ["= years(born, as_of) >= 60", "x"])
    assert found.decide({"born": date(1960, 1, 1), "as_of": date(2020, 1, 1)}).hits == (0,)
    assert found.decide({"born": date(1960, 1, 1), "as_of": date(2019, 12, 31)}).hits == ()


def test_what_cannot_be_reckoned_names_its_row() -> None:
    found = table(["C", "a:int", "-> o"], ["r", "= 10 / a > 3", "x"])
    with pytest.raises(Refused, match="“r”算不出：除数是零"):
        found.decide({"a": 0})


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ([], (1, 1), "空"),
        ([["age:int", "Country?", "-> o"], ["1", "", "x"]], (1, 2), "英文键"),
        ([["age:int", "c:choise", "-> o"]], (1, 2), "没有“choise”"),
        ([["age:int", "age:int", "-> o"]], (1, 2), "有两列"),
        ([["age:int", "c"]], (1, 2), "结论列"),
        ([["age:int", "-> o"], ["六十", "x"]], (2, 1), "整数"),
        ([["age:int", "-> o"], [">= ", "x"]], (2, 1), "整数"),
        ([["age:int", "-> o"], ["9..5", "x"]], (2, 1), "9..5"),
        ([["age:int", "-> o"], ["9223372036854775808", "x"]], (2, 1), "整数"),
        ([["age:int", "-> o:int"], ["9", "x"]], (2, 2), "整数"),
        ([["d:date", "-> o:date"], ["", "= d + 1.5"]], (2, 2), "“+”"),
        ([["d:date", "-> o:date"], ["", "= 5"]], (2, 2), "应是date"),
        ([["d:date", "-> o:date"], ["", "= e"]], (2, 2), "没有声明数据“e”"),
        ([["d:date", "-> o"], ["2026-02-30", "x"]], (2, 1), "不认识“2026-02-30”"),
        ([["d:date", "-> o"], ["20260301", "x"]], (2, 1), "不认识“20260301”"),
        ([["d:date", "-> o"], ["2026/3/1", "x"]], (2, 1), "不认识“2026/3/1”"),
        ([["uniqe", "c", "-> o"], ["r", "a", "x"]], (1, 1), "是不是“unique”"),
        ([["U;age:int;-> o"], ["r;5;x"]], (1, 1), "分号"),
        ([["U\tage:int\t-> o"], ["r\t5\tx"]], (1, 1), "制表符"),
        ([["c", "-> o"], ["a |", "x"]], (2, 1), "a |"),
        ([["c", "-> o"], ["= d == 1", "x"]], (2, 1), "没有声明数据“d”"),
        ([["c", "-> o"], ["= c > 1", "x"]], (2, 1), ""),
        ([["c", "-> o"], ["a", "x", "more"]], (2, 3), "没有列名"),
        ([["U", "c", "-> o"], ["r", "a", "x"], ["r", "b", "y"]], (3, 1), "第2行已经有了"),
    ],
)
def test_a_mistake_has_its_place(lines: list[list[str]], place: tuple[int, int], said: str) -> None:
    with pytest.raises(TableError) as error:
        read(lines)
    assert place in {(fault.line, fault.column) for fault in error.value.faults}
    assert said in error.value.zh


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(TableError) as error:
        table(["age:int", "d:date", "-> o:int"], ["x", "y", "z"], ["1", "2026-01-01", "w"])
    assert [(one.line, one.column) for one in error.value.faults] == [(2, 1), (2, 2), (2, 3), (3, 3)]


def test_six_hundred_rows_are_checked_in_full() -> None:
    lines = [["unique", "country", "ceremony", "partner", "-> outcome"]]
    for number in range(200):
        lines += [
            [f"{number}-same", f"country-{number}", "same", "", f"s{number}"],
            [f"{number}-local", f"country-{number}", "opposite", "local", f"l{number}"],
            [f"{number}-other", f"country-{number}", "opposite", "other", f"o{number}"],
        ]
    found = read(lines)
    assert check(found).sound
    assert found.decide({"country": "country-7", "ceremony": "same"}).hits == (21,)
    lines.append(["again", "country-199 | country-3", "opposite", "local", "x"])
    told = check(read(lines))
    assert {one.one for one in told.overlaps} == {"3-local", "199-local"}


AGES = ["", "< 18", ">= 18", "18..59", ">= 60", "! 18..59", "5 | 18 | > 70"]
KINDS = ["", "a", "b", "a | b", "! a"]
PICKS = ["", "x", "! x", "x | y"]
SPREAD = st.lists(
    st.tuples(
        st.sampled_from(AGES), st.sampled_from(KINDS), st.sampled_from(PICKS), st.sampled_from(["", "true"])
    ),
    min_size=1,
    max_size=7,
)
HEAD = ["C", "age:int", "kind:text", "picks:several", "here:bool", "-> o"]
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.sampled_from([4, 5, 17, 18, 19, 59, 60, 70, 71]),
        "kind": st.sampled_from(["a", "b", "c"]),
        "picks": st.lists(st.sampled_from(["x", "y"]), unique=True),
        "here": st.booleans(),
    },
)


@given(SPREAD, ROWS)
@settings(deadline=None, max_examples=examples(200))
def test_a_table_and_its_rules_say_the_same(spread: list[tuple[str, ...]], row: dict[str, Any]) -> None:
    found = read([HEAD, *([f"r{n}", *cells, "x"] for n, cells in enumerate(spread))])
    decision = found.decide(row)
    results = [found.rule(number).evaluate(row) for number in range(len(found.rows))]
    assert decision.hits == tuple(number for number, result in enumerate(results) if result is True)
    assert decision.decided == (UNKNOWN not in results)


@given(SPREAD, ROWS)
@settings(deadline=None, max_examples=examples(200))
def test_a_table_called_sound_never_clashes_and_always_answers(
    spread: list[tuple[str, ...]], row: dict[str, Any]
) -> None:
    found = read([["U", *HEAD[1:]], *([f"r{n}", *cells, "x"] for n, cells in enumerate(spread))])
    told = check(found)
    full = {"age": 4, "kind": "c", "picks": [], "here": False} | row
    if not told.overlaps:
        hits = found.decide(full).hits
        assert hits or told.gaps
