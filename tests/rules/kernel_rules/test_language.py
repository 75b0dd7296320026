"""What may be written, what may not, and that every refusal says where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.kernel.rules import UNKNOWN, Datum, Error, RuleError, compile
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING, Type, list_of, map_of, read, record
from tests.examples import examples
from tests.rules.kernel_rules.expressions import NAMES as random_names
from tests.rules.kernel_rules.expressions import expressions

NAMES = {
    "age": Datum(INT, "年龄", unit="岁"),
    "income": Datum(INT, "年收入", unit="分"),
    "area": Datum(DOUBLE, "面积"),
    "industry": Datum(STRING, "行业"),
    "local": Datum(BOOL, "本地户籍"),
    "as_of": Datum(DATE, "基准日"),
    "person.born": Datum(DATE, "出生日期"),
    "paid": Datum(list_of(INT), "缴费年度"),
    "counts": Datum(map_of(STRING, INT), "人数"),
    "members": Datum(list_of(record({"age": INT, "disabled": BOOL})), "家庭成员"),
}


def value(text: str, **row: Any) -> Any:
    return compile(text, NAMES, gives=None).evaluate(
        {key.replace("__", "."): one for key, one in row.items()}
    )


def refused(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        compile(text, NAMES, gives=None)
    return caught.value


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        # reading
        ("年龄 > 5", "label", "年龄"),
        ("岁数 > 5", "not_ascii", "岁数"),
        ("age > 5 # comment", "stray", "#"),
        ("industry == 'I65", "open_string", "'"),
        (r"industry == '\q'", "bad_escape", r"\q"),
        (r"industry == '\uD800'", "bad_escape", r"\uD800"),
        ("age > 12abc", "bad_number", "12a"),
        ("age > 0X1F", "bad_number", "0X"),
        ("age > 9223372036854775808", "int_range", "9223372036854775808"),
        ("area > 1e999", "bad_number", "1e999"),
        ("age > 1u", "no_uint", "1u"),
        ("industry == b'I65'", "no_bytes", "b'"),
        ("(age > 5", "ended", ""),
        ("age > 5)", "stray", ")"),
        ("age > 5 ? 1", "ended", ""),
        ("while > 5", "reserved", "while"),
        ("Person{age: 5}.age", "no_messages", "{"),
        ("!-age", "stray", "-"),
        ("size(paid,)", "stray", ")"),
        # checking
        ("agee > 5", "unknown_name", "agee"),
        ("person.bron > as_of", "unknown_name", "person.bron"),
        ("sice(paid) > 5", "unknown_function", "sice(paid)"),
        ("age > '5'", "no_overload", "age > '5'"),
        ("age > area", "no_overload", "age > area"),
        ("industry == 65", "no_overload", "industry == 65"),
        ("as_of > '2026-03-01'", "no_overload", "as_of > '2026-03-01'"),
        ("age && local", "not_bool", "age"),
        ("local ? 1 : 'a'", "two_types", "local ? 1 : 'a'"),
        ("industry in ['I65', 65]", "mixed", "65"),
        ("[1, 2.5, 'a'] == []", "mixed", "'a'"),
        ("{1.5: 2}[1.5] == 2", "bad_key", "1.5"),
        ("age.all(x, x > 1)", "not_iterable", "age"),
        ("members[0].name == 'Li'", "no_field", "members[0].name"),
        ("age.years == 1", "no_fields", "age"),
        ("has(age)", "has_field", "has(age)"),
        ("has(members[0].age)", "has_record", "has(members[0].age)"),
        ("has(person.born)", "has_record", "has(person.born)"),
        ("paid.exists(x)", "bad_macro", "paid.exists(x)"),
        ("paid.exists(x, x > 1, x < 2)", "bad_macro", "paid.exists(x, x > 1, x < 2)"),
        ("paid.exists(age + 1, true)", "bad_macro", "age + 1"),
        ("has(counts.a, counts.b)", "bad_macro", "has(counts.a, counts.b)"),
        ("as_of > date('2026-02-29')", "not_a_date", "date('2026-02-29')"),
        ("as_of > date('2026-3-1')", "not_a_date", "date('2026-3-1')"),
        ("industry.matches(industry)", "constant_pattern", "industry"),
        ("industry.matches('(a')", "bad_pattern", "'(a'"),
        ("income > yuan(0.005)", "range", "yuan(0.005)"),
        ("income > yuan(age)", "constant_yuan", "yuan(age)"),
        ("area > 9007199254740993", "not_exact", "9007199254740993"),
        ("[[[[[[1]]]]]] == []", "too_deep_type", "[[[[[[1]]]]]]"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_place(text: str, kind: str, where: str) -> None:
    error = refused(text)
    assert error.kind == kind
    assert text[error.span.start : error.span.end].startswith(where)
    assert error.zh and error.en


def test_the_place_is_underlined() -> None:
    told = refused("local &&\nagee > 5").pointed("local &&\nagee > 5")
    assert told.splitlines() == [
        "2:1 没有声明数据“agee”。是不是“age”？ / No datum “agee” is declared. Did you mean “age”?",
        "agee > 5",
        "^^^^",
    ]


def test_a_label_written_as_a_name_is_answered_with_its_key() -> None:
    error = refused("年龄 > 5")
    assert "age" in error.zh
    assert "age" in error.en


def test_a_rule_gives_a_condition_unless_asked_otherwise() -> None:
    with pytest.raises(RuleError) as caught:
        compile("age + 1", NAMES)
    assert caught.value.kind == "not_a_rule"
    assert compile("age + 1", NAMES, gives=INT).evaluate({"age": 1}) == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(" * 20_000, "too_deep"),
        ("[" * 60 + "]" * 60, "too_deep"),
        ("!" * 19_000 + "local", "too_deep"),
        ("-" * 19_000 + "1", "too_deep"),
        ("local ? 1 : " * 1_500 + "1", "too_deep"),
        ("+".join(["age"] * 3_000), "too_deep"),
        ("paid" + "[0]" * 3_000, "too_deep"),
        ("paid" + ".map(x, x)" * 1_500, "too_deep"),
        ("".join(f"paid.exists(x{n}, " for n in range(20)) + "true" + ")" * 20, "too_many_loops"),
        ("&&".join(["local"] * 2_800), "ok"),
        ("!" * 4_000 + ";", "stray"),
        ("[" + "1," * 2_000 + "]", "too_many_items"),
        ("local" + " " * 20_000, "too_long"),
        ("1" * 5_000, "int_range"),
    ],
)
def test_nothing_reaches_the_limits_of_python(text: str, kind: str) -> None:
    if kind == "ok":
        assert compile(text, NAMES).evaluate({"local": True}) is True
    else:
        assert refused(text).kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("paid.all(a, paid.all(b, paid.all(c, paid.all(d, a + b + c + d >= 0))))", "too_much_work"),
        ("[industry]" + ".map(x, x + x)" * 30, "too_long_value"),
        ("[[1]]" + ".map(x, x + x)" * 30, "too_long_value"),
        ("paid.all(a, paid.all(b, industry.matches('(x+x+)+y') || a + b >= 0))", "too_much_work"),
    ],
)
def test_nothing_runs_forever(text: str, kind: str) -> None:
    result = value(text, paid=list(range(500)), industry="x" * 4_000)
    assert isinstance(result, Error)
    assert result.kind == kind


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("area >= 100", True),  # a whole number is taken as a decimal beside one
        ("area in [100, 150]", True),
        ("[1, 2.5][0] == 1.0", True),
        ("(local ? 1 : area) == 1.0", True),
        ("size(industry) == 3", True),  # characters, not bytes
        ("industry.size() == 3", True),
        ("industry.contains('件')", True),
        ("industry.endsWith('')", True),
        ("'a' == 'A'", False),  # nor does case count as equal anywhere
        ("'ABC'.startsWith('a')", False),
        ("age in []", False),
        ("[] == paid", False),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 % -2", 1),
        ("income == yuan(30000)", True),
        ("yuan('0.5') + yuan(1.25)", 175),
        ("sum(paid)", 6),
        ("sum([])", 0),
        ("paid.filter(y, y > 1).map(y, y * y)", [4, 9]),
        ("paid.map(y, y > 1, y * y)", [4, 9]),
        ("paid.exists_one(y, y == 3)", True),
        ("counts.exists(k, counts[k] > 1)", True),
        ("has(counts.b) ? counts.b : 0", 0),
        ("members.exists(m, m.age < 18)", True),
        (r"'\u8f6f\U0001F62C\x41\101\n' == '软😬AA' + '''" + "\n'''", True),
        (r"r'\n' == '\\n'", True),
        ("// why\nage > 1 // and no more", True),
        ("0x1F + 0", 31),
        ("-9223372036854775808 < 0", True),
        ("1.0 / 0.0 > 1e300", True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
        ("industry.matches('^软.业$')", True),
    ],
)
def test_values(text: str, result: Any) -> None:
    row = {
        "age": 61,
        "area": 100.0,
        "industry": "软件业",
        "local": True,
        "income": 3_000_000,
        "paid": [1, 2, 3],
    }
    row |= {"counts": {"a": 2}, "members": [{"age": 40}, {"age": 3}]}
    found = value(text, **row)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("as_of >= date('2026-03-01')", True),
        ("as_of + 1 == date('2026-03-02')", True),
        ("as_of - 1 == date('2026-02-28')", True),
        ("as_of - person.born", 22646),
        ("years(person.born, as_of) == 62", True),
        ("years(person.born, as_of - 1) == 61", True),  # born on 29 February: a year older on 1 March
        ("years(as_of, person.born) == -63", True),
        ("months(person.born, as_of)", 744),
        ("months(date('2026-01-31'), date('2026-02-28'))", 0),
        ("year(as_of) * 10000 + month(as_of) * 100 + day(as_of)", 20260301),
        ("string(as_of) == '2026-03-01'", True),
        ("date(industry) == as_of", True),
        ("date(timestamp('2026-02-28T16:00:00Z'), 'Asia/Shanghai') == as_of", True),
    ],
)
def test_civil_dates(text: str, result: Any) -> None:
    row = {"as_of": date(2026, 3, 1), "person__born": date(1964, 2, 29), "industry": "2026-03-01"}
    assert value(text, **row) == result


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("income + 1", "overflow"),
        ("-income - 2", "overflow"),
        ("income * 2", "overflow"),
        ("-(-income - 1)", "overflow"),
        ("(-income - 1) / -1", "overflow"),
        ("(-income - 1) % -1", "overflow"),
        ("age / 0", "divide_by_zero"),
        ("age % 0", "divide_by_zero"),
        ("sum([income, 1])", "overflow"),
        ("paid[3]", "bad_index"),
        ("paid[-1]", "bad_index"),
        ("counts['b']", "no_such_key"),
        ("counts.b", "no_such_key"),
        ("{'a': 1, industry: 2}", "duplicate_key"),
        ("as_of + 4000000", "range"),
        ("as_of + income", "range"),
        ("int(1e300)", "range"),
        ("int(industry)", "not_a_number"),
        ("double(industry)", "not_a_number"),
        ("date(industry)", "not_a_date"),
        ("bool(industry)", "not_a_bool"),
    ],
)
def test_what_goes_wrong_is_a_value_with_its_place(text: str, kind: str) -> None:
    row = {"income": 2**63 - 1, "age": 5, "paid": [1, 2, 3], "counts": {"a": 1}, "industry": "a"}
    result = value(text, as_of=date(2026, 3, 1), **row)
    assert isinstance(result, Error)
    assert result.kind == kind
    assert value(f"true || ({text}) == ({text})", as_of=date(2026, 3, 1), **row) is True


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("age + 1 > 60", {"age": "61"}),
        ("local", {"local": 1}),
        ("!local", {"local": "false"}),
        ("local && age > 60", {"local": 1, "age": 61}),
        ("local == false", {"local": 0}),
        ("paid.exists(y, y > 3)", {"paid": [1, None]}),
        ("size(paid) > 1", {"paid": 5}),
        ("members.exists(m, m.age > 3)", {"members": [5]}),
        ("as_of > date('2026-01-01')", {"as_of": "2026-03-01"}),
    ],
)
def test_data_of_another_type_are_an_error_and_no_exception(text: str, row: dict[str, Any]) -> None:
    result = value(text, **row)
    assert isinstance(result, Error)
    assert result.kind in ("wrong_data", "no_such_overload")


@settings(max_examples=examples(300), deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x2FFFF), max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        compile(text, NAMES, gives=None)
    except RuleError as error:
        assert error.pointed(text).encode()


@settings(max_examples=examples(300), deadline=None)
@given(
    expressions(),
    st.integers(0, 200),
    st.integers(0, 12),
    st.text("(){}[]'\"?:.,!&|<>=+-*/% x1eE\\", max_size=4),
)
def test_any_damage_to_a_rule_gives_a_rule_or_is_refused(text: str, at: int, length: int, put: str) -> None:
    damaged = text[:at] + put + text[at + length :]
    try:
        compile(damaged, random_names, gives=None).evaluate({})
    except RuleError as error:
        assert 0 <= error.span.start <= error.span.end <= len(damaged)


@pytest.mark.parametrize("text", ["int", "list(string)", "map(string, list(int))", "list(map(int, date))"])
def test_types_are_read_as_they_are_written(text: str) -> None:
    assert str(read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "ints", "list", "list()", "list(int", "map(int)", "map(double, int)", "int)", "list(" * 50]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="type"):
        read(text)


def test_a_missing_datum_is_not_nothing() -> None:
    assert value("age > 60") is UNKNOWN
    assert value("age > 60", age=None) is UNKNOWN
    assert value("industry.endsWith('')") is UNKNOWN
    assert value("industry in []") is UNKNOWN
    assert isinstance(compile("age > 60", NAMES).type, Type)


@pytest.mark.parametrize("prefix", ["", "r"])
def test_a_line_of_text_ends_alike_however_the_file_writes_it(prefix: str) -> None:
    for end in ("\n", "\r\n", "\r"):
        assert value(f"{prefix}'''甲{end}乙'''") == "甲\n乙"
    assert value(r"'''甲\r\n乙'''") == "甲\r\n乙"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^[[:alpha:]]+$", "abc", True),
        ("^[[:alpha:]]+$", "ab1", False),
        ("^[[:alpha:]]+$", "软件", False),
        ("^[[:digit:]X]{18}$", "11010519491231002X", True),
        ("[[:^space:]]", " \t\v", False),
        ("^[^[:punct:]]+$", "a.b", False),
        ("[[:alpha]", ":", True),
        ("[[:alpha]", "b", False),
    ],
)
def test_named_classes_of_characters(pattern: str, text: str, found: bool) -> None:
    assert value(f"industry.matches('{pattern}')", industry=text) is found


@pytest.mark.parametrize("pattern", ["[[:kanji:]]", "{2}", "a|{2}", "({1,})", "a{2}{3}"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    assert refused(f"industry.matches('{pattern}')").kind == "bad_pattern"
