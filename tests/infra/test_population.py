"""A population in columns: read and checked, then matched; the answers are the closure's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings

from banshi.infra.population import columns
from banshi.infra.population import plan as plans
from banshi.infra.population.columns import Population
from banshi.infra.population.plan import Plan
from banshi.infra.population.reasons import Reasons
from banshi.infra.population.schema import PopulationError, declared
from banshi.kernel import rules as kernel_rules
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Datum, Names, NoValue, compile
from banshi.kernel.rules.tree import Call, atoms_of, walk
from banshi.kernel.rules.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    record,
)
from tests.rules.kernel_rules.expressions import NAMES as WIDE
from tests.rules.kernel_rules.expressions import expressions, rows

ENTERPRISES = {
    "kind": ["企业", "个体户", None, "企业"],
    "employees": [25, 3, 40, None],
    "revenue": [900, None, 100, 7],
}


def answers(
    table: pa.Table, texts: list[str], names: Names | None = None, size: int = 2, **given: Any
) -> list[Any]:
    """For each text, True, False or None of each row."""
    names = declared(table.schema) if names is None else names
    rules = {str(n): compile(text, names) for n, text in enumerate(texts)}
    plan = Plan(rules, given=given)
    found: dict[str, list[Any]] = {key: [] for key in rules}
    for chunk in Population.of(table, names, plan.asks).chunks(size):
        for key, mask in plan.run(chunk).rules.items():
            pairs = zip(mask.sure.tolist(), mask.maybe.tolist(), strict=True)
            found[key] += [sure or (None if maybe else False) for sure, maybe in pairs]
    return list(found.values())


def only(array: pa.Array, text: str, type_: Type | None = None) -> list[Any]:
    table = pa.table({"it": array})
    [found] = answers(table, [text], {"it": Datum(type_, "它")} if type_ else None)
    return list(found)


# matching


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_who_matches_does_not_hang_on_the_chunks(size: int) -> None:
    texts = ["kind == '企业' && employees >= 20", "employees > 30 || revenue > 500", "!(kind in ['企业'])"]
    assert answers(pa.table(ENTERPRISES), texts, size=size) == [
        [True, False, None, None],
        [True, None, True, None],
        [False, True, None, False],
    ]


def test_what_is_the_same_in_two_rules_is_worked_out_once() -> None:
    names = declared(pa.table(ENTERPRISES).schema)
    one = compile("kind.startsWith('企') && employees * 2 > 30", names)
    other = compile("employees * 2 > 30 || kind.startsWith('企')", names)
    assert len(Plan({"one": one, "other": other}).steps) == len(Plan({"one": one}).steps) + 1


def test_a_text_is_asked_about_once_however_often_it_occurs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = kernel_rules.guarded

    def counting(tree: Any, names: Any) -> Any:
        run = real(tree, names)

        def counted(row: Any) -> Any:
            asked.append(row)
            return run(row)

        return counted

    monkeypatch.setattr(plans, "guarded", counting)
    table = pa.table({"it": ["软件", "农业"] * 500})
    assert answers(table, ["it.contains('软')"], size=100) == [[True, False] * 500]
    assert asked == [{"it": None}, {"it": "软件"}, {"it": "农业"}]


def test_more_texts_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "CODES", 5)
    texts = [None if n % 7 == 0 else f"{n}" for n in range(300)]
    wanted = [None if text is None else text.endswith("3") for text in texts]
    assert answers(pa.table({"it": texts}), ["it.endsWith('3')"], size=4) == [wanted]


def test_one_plan_for_two_populations() -> None:
    names = {"it": Datum(STRING, "它")}
    plan = Plan({"it": compile("it.startsWith('a')", names)})
    for texts in (["a", "b"], ["b", "a"], ["c", "a"]):
        [chunk] = Population.of(pa.table({"it": texts}), names).chunks()
        assert plan.run(chunk).rules["it"].sure.tolist() == [text == "a" for text in texts]


def test_texts_by_the_thousand_need_wider_codes() -> None:
    texts = [f"{n}" for n in range(70_000)]
    [found] = answers(pa.table({"it": texts}), ["it.endsWith('77') || it in ['5', '69999']"], size=40_000)
    assert [n for n, one in enumerate(found) if one][:3] == [5, 77, 177]
    assert found[69_999] is True


def test_given_data_are_the_same_for_all() -> None:
    table = pa.table({"born": [date(1960, 3, 1), date(1970, 3, 1), None]})
    names = {"born": Datum(DATE, "出生日期"), "as_of": Datum(DATE, "基准日")}
    assert answers(table, ["years(born, as_of) >= 60"], names, as_of=date(2026, 3, 1)) == [
        [True, False, None]
    ]


def test_a_rule_that_asks_for_nothing_in_the_file() -> None:
    names = {"as_of": Datum(DATE, "基准日")}
    table = pa.table({"born": [None, None, None]})
    assert answers(table, ["as_of > date('2026-01-01')"], names, as_of=date(2026, 3, 1)) == [[True] * 3]


def test_a_narrow_column_beside_a_large_number() -> None:
    array = pa.array([1, 2**31 - 1, None], pa.int32())
    table = pa.table({"it": array})
    texts = [
        "it + 1 > 2147483647",
        "it < 5000000000",
        "(it > 5 ? 5000000000 : it) > 4999999999",
        "it in [5000000000]",
    ]
    assert answers(table, texts) == [
        [False, True, None],
        [True, True, None],
        [False, True, None],
        [False, False, None],
    ]


@pytest.mark.parametrize(
    ("array", "text", "wanted"),
    [
        (pa.array([True, False, None]), "!it", [False, True, None]),
        (pa.array(["a", None]).dictionary_encode(), "it == 'a'", [True, None]),
        (pa.array(["a", None], pa.large_string()), "it == 'a'", [True, None]),
        (pa.array([0.1, None], pa.float32()), "it < 0.2", [True, None]),
        (pa.array([1, None], pa.uint8()), "it - 2 == -1", [True, None]),
        (pa.array([float("nan"), 1.0]), "it > 0.5", [None, True]),
        (pa.array([[1, 2], None, []]), "it.exists(v, v > 1)", [True, None, False]),
        (pa.array([{"a": 1}, {"a": None}, None]), "it.a == 1", [True, None, None]),
        (pa.array([datetime(2026, 3, 1, tzinfo=UTC), None]), "it.getFullYear() == 2026", [True, None]),
        (pa.array([timedelta(hours=2), None]), "it > duration('90m')", [True, None]),
        (pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())), "it['b'] == 1", [None, None]),
    ],
)
def test_columns_as_they_come(array: pa.Array, text: str, wanted: list[Any]) -> None:
    assert only(array, text) == wanted


@pytest.mark.parametrize(
    ("array", "type_", "text", "wanted"),
    [
        (pa.array(["2026-03-01", None]), DATE, "it > date('2026-02-28')", [True, None]),
        (pa.array([datetime(2026, 3, 1), None]), DATE, "it > date('2026-02-28')", [True, None]),  # noqa: DTZ001
        (pa.array([1.0, None, float("nan")]), INT, "it == 1", [True, None, None]),
        (pa.array([1, None]), DOUBLE, "it > 0.5", [True, None]),
        (pa.array([Decimal("0.35"), None]), DOUBLE, "it == 0.35", [True, None]),
        (pa.array([Decimal("3.00"), None]), INT, "it == 3", [True, None]),
        (pa.array([[1, 2], None], pa.list_(pa.int32(), 2)), list_of(INT), "2 in it", [True, None]),
        *(
            (pa.nulls(2), one, "it == it", [None, None])
            for one in (BOOL, INT, DOUBLE, STRING, DATE, DURATION)
        ),
    ],
)
def test_columns_of_a_type_that_can_be_read_as_the_declared_one(
    array: pa.Array, type_: Type, text: str, wanted: list[Any]
) -> None:
    assert only(array, text, type_) == wanted


_PEOPLE = {"m": pa.map_(pa.string(), pa.int64()), "li": pa.list_(pa.int64()), "ls": pa.list_(pa.string())}
_KINDS = {"int": pa.int64(), "double": pa.float64(), "string": pa.string(), "bool": pa.bool_()}


@settings(max_examples=150, deadline=None)
@given(expressions(), rows(), rows())
def test_whatever_the_language_has_runs_in_columns(
    text: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    people = [one, other, {}, one]
    rule = compile(text, WIDE)
    # A population has no infinite decimals: what makes them is in test_population_traps.
    assume(not any(isinstance(node, Call) and "double" in node.op for node in walk(rule.tree)))
    assume(all(abs(row.get(key, 0.0)) < 1e308 for row in people for key in ("d", "e")))
    table = pa.table(
        {
            key: pa.array([row.get(key) for row in people], _PEOPLE.get(key) or _KINDS[datum.type.kind])
            for key, datum in WIDE.items()
        }
    )
    wanted = [None if isinstance(value := rule.evaluate(row), NoValue) else value for row in people]
    assert answers(table, [text], WIDE) == [wanted]


# what stands where nothing can be told


def test_every_atom_is_kept_when_asked_for() -> None:
    table = pa.table(ENTERPRISES)
    names = declared(table.schema)
    rule = compile("kind == '企业' && employees >= 20", names)
    plan = Plan({"it": rule}, atoms=True)
    [chunk] = Population.of(table, names, plan.asks).chunks()
    found = plan.run(chunk).atoms
    kind, employees = (found[plan.atom(node)] for node in atoms_of(rule.tree))
    assert [kind.at(row) for row in range(4)] == [True, False, None, True]
    assert [employees.at(row) for row in range(4)] == [True, False, True, None]
    assert employees.mask().maybe.tolist() == [True, False, True, True]


def test_what_is_missing_is_named_for_each_row() -> None:
    members = [[{"age": 70, "ill": None}], [], None, [{"age": None, "ill": True}], [{"age": 3, "ill": True}]]
    table = pa.table({"income": [1, None, 1, None, 0], "share": [5, 5, 5, 5, 5], "members": members})
    names = declared(table.schema)
    rule = compile("(income > 0 || share / income > 3) && members.all(m, m.age > 60 && m.ill)", names)
    plan = Plan({"it": rule}, atoms=True)
    [chunk] = Population.of(table, names, plan.asks).chunks()
    reasons = Reasons({"it": rule}, plan, {}, {"it": "第五条"})
    untold = reasons.untold("it", chunk, plan.run(chunk))
    assert {row: why.missing for row, why in untold} == {
        0: ("members.ill",),
        1: ("income",),
        2: ("members",),
        3: ("income",),
    }
    assert reasons.explain("it", chunk, 1).article == "第五条"


def test_what_went_wrong_is_said_where_nothing_is_missing() -> None:
    table = pa.table({"x": [1, 0], "d": [0.0, 1.0]})
    names = declared(table.schema)
    rules = {"whole": compile("5 / x > 1", names), "decimal": compile("5.0 / d > 1.0", names)}
    plan = Plan(rules, atoms=True)
    [chunk] = Population.of(table, names, plan.asks).chunks()
    found, reasons = plan.run(chunk), Reasons(rules, plan, {}, {})
    told = {key: reasons.untold(key, chunk, found) for key in rules}
    assert {key: {row: (why.missing, why.problem) for row, why in one} for key, one in told.items()} == {
        "whole": {1: ((), "除数是零。")},
        "decimal": {0: ((), "除数是零。")},
    }


# broken populations


def told(table: pa.Table, names: Names, size: int = 2) -> PopulationError:
    with pytest.raises(PopulationError) as error:
        for _ in Population.of(table, names, place="人群.parquet").chunks(size):
            pass
    return error.value


@pytest.mark.parametrize(
    ("array", "type_", "row"),
    [
        (pa.array([1.0, 2.0, 3.5]), INT, 3),
        (pa.array([1, 2, 2**63], pa.uint64()), INT, 3),
        (pa.array([1.0, float("inf")]), DOUBLE, 2),
        (pa.array([Decimal("3.00"), Decimal("3.05")]), INT, 2),
        (pa.array([Decimal(1), Decimal(10) ** 25]), INT, 2),
        (pa.array([1, 2, 2**53 + 1]), DOUBLE, 3),
        (pa.array(["2026-03-01", "2026-02-29"]), DATE, 2),
        (pa.array(["2026-03-01", None, "20260301"]), DATE, 3),
        (pa.array([datetime(2026, 3, 1, 8)]), DATE, 1),  # noqa: DTZ001
        (pa.array([0, 5_000_000], pa.int32()).cast(pa.date32()), DATE, 2),
        (pa.array([[1], [1, None]]), list_of(INT), 2),
        (pa.array([[("a", None)]], pa.map_(pa.string(), pa.int64())), map_of(STRING, INT), 1),
    ],
)
def test_a_broken_row_is_named(array: pa.Array, type_: Type, row: int) -> None:
    error = told(pa.table({"it": array}), {"it": Datum(type_, "它")})
    assert (error.rule, error.column, error.row) == ("broken_row", "it", row)
    assert f"“it”列第{row}行" in error.zh and f"row {row}" in error.en


@pytest.mark.parametrize(
    ("array", "type_"),
    [
        (pa.array(["1"]), INT),
        (pa.array([1]), STRING),
        (pa.array([1]), BOOL),
        (pa.array([1]), DATE),
        (pa.array([datetime(2026, 3, 1)]), TIMESTAMP),  # noqa: DTZ001 - without a zone it is no instant
        (pa.array([["a"]]), list_of(INT)),
        (pa.array([{"a": 1}]), record({"b": INT})),
        (pa.array([b"a"]), STRING),
    ],
)
def test_a_column_of_another_type_is_named(array: pa.Array, type_: Type) -> None:
    error = told(pa.table({"it": array}), {"it": Datum(type_, "它")})
    assert (error.rule, error.column, error.row) == ("wrong_column", "it", 0)
    assert str(array.type) in error.zh and str(type_) in error.zh


def test_a_column_that_is_not_there_and_one_like_it() -> None:
    error = told(pa.table({"incomes": [1]}), {"income": Datum(INT, "收入")})
    assert error.rule == "no_column" and "是不是“incomes”？" in error.zh
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["it", "it"])
    assert told(twice, {"it": Datum(INT, "它")}).rule == "twice_column"


def test_columns_that_no_rule_asks_for_may_be_anything() -> None:
    table = pa.table({"it": [1], "photo": [b"\x00"], "born": ["?"]})
    names = {"it": Datum(INT, "它"), "born": Datum(DATE, "出生日期")}
    [chunk] = Population.of(table, names, ["it"]).chunks()
    assert chunk.row(0) == {"it": 1}
    assert declared(table.schema).keys() == {"it", "born"}


def test_a_file_that_is_cut_short_or_no_parquet(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"it": list(range(10_000))}), file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(Refused) as refused:
        Population.read(file)
    assert refused.value.rule == "unreadable_population" and str(file) in refused.value.zh
    with pytest.raises(Refused):
        Population.read(tmp_path / "nobody.parquet")


def test_a_page_that_is_damaged_is_told_while_reading(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"it": [f"{n}" for n in range(50_000)]}), file, compression="zstd")
    whole = bytearray(file.read_bytes())
    whole[2_000:40_000] = b"\xff" * 38_000
    file.write_bytes(whole)
    with pytest.raises(Refused):
        Population.read(file).check()


def test_decimals_are_of_a_type_of_their_own_accord() -> None:
    table = pa.table({"whole": pa.array([Decimal(5)]), "cents": pa.array([Decimal("0.35")])})
    assert {key: one.type for key, one in declared(table.schema).items()} == {"whole": INT, "cents": DOUBLE}
