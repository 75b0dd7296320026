"""三种数据库的写法: where SQLite, PostgreSQL and DuckDB differ in what `sql.py` writes.

`checked`: op -> (what is computed, what is made of it when it is in range); `calls`: op -> the text of it. In both {0} {1} are
the arguments.
"""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from banshi.kernel.rules.operations import LONGEST_TEXT
from banshi.kernel.rules.types import Type
from banshi.kernel.rules.values import INT_MAX, INT_MIN

_LARGEST = "1.7976931348623157e308"


class Dialect(enum.StrEnum):
    """数据库."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    DUCKDB = "duckdb"


@dataclass(frozen=True, slots=True)
class Let:
    """取名: `names` of values within `before` … `after`."""

    names: list[str]
    before: str
    after: str

    def around(self, text: str) -> str:
        return f"{self.before}{text}{self.after}"


_BOTH_WAYS: dict[str, str] = {
    "string_bool": "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END",
    "add_string": f"CASE WHEN length({{0}}) + length({{1}}) <= {LONGEST_TEXT} THEN {{0}} || {{1}} END",
}


class Sqlite:
    """写在 SQLite 里: whole numbers that overflow turn into decimals; booleans are 0 and 1; dates are text."""

    types: ClassVar[dict[str, str]] = {
        "bool": "INTEGER",
        "int": "INTEGER",
        "double": "REAL",
        "string": "TEXT",
        "date": "TEXT",
        "list": "TEXT",
        "record": "TEXT",
    }
    _whole = "CASE WHEN typeof({0}) = 'integer' THEN {0} END"
    _finite = f"CASE WHEN abs({{0}}) <= {_LARGEST} THEN {{0}} END"
    _within = "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31' THEN {0} END"
    _lowest = "(-9223372036854775807 - 1)"
    checked: ClassVar[dict[str, tuple[str, str]]] = {
        "add_int": ("{0} + {1}", _whole),
        "sub_int": ("{0} - {1}", _whole),
        "mul_int": ("{0} * {1}", _whole),
        "add_double": ("{0} + {1}", _finite),
        "sub_double": ("{0} - {1}", _finite),
        "mul_double": ("{0} * {1}", _finite),
        "neg_int": ("-{0}", _whole),
        "div_int": ("{0} / {1}", _whole),  # NULL for zero
        "div_double": ("{0} / {1}", _finite),
        "add_date_days": ("date({0}, {1} || ' days')", _within),
        "sub_date_days": ("date({0}, (-{1}) || ' days')", _within),
    }
    calls: ClassVar[dict[str, str]] = _BOTH_WAYS | {
        "neg_double": "-{0}",
        "mod_int": f"CASE WHEN {{1}} <> -1 THEN {{0}} % {{1}} WHEN {{1}} = -1 AND {{0}} > {_lowest} THEN 0 END",
        "int_double": "CASE WHEN {0} > -9223372036854775808.0 AND {0} < 9223372036854775808.0 THEN CAST({0} AS INTEGER) END",
        "double_int": "CAST({0} AS REAL)",
        "string_int": "CAST({0} AS TEXT)",
        "string_date": "{0}",
        "size_string": "length({0})",
        "contains": "instr({0}, {1}) > 0",
        "starts_with": "substr({0}, 1, length({1})) = {1}",
        # Not substr(…, -length): of an empty ending that is the whole text.
        "ends_with": "length({1}) <= length({0}) AND substr({0}, length({0}) - length({1}) + 1) = {1}",
        "sub_date": "CAST(julianday({0}) - julianday({1}) AS INTEGER)",
        "year": "CAST(substr({0}, 1, 4) AS INTEGER)",
        "month": "CAST(substr({0}, 6, 2) AS INTEGER)",
        "day": "CAST(substr({0}, 9, 2) AS INTEGER)",
        "years": "CAST(substr({1}, 1, 4) AS INTEGER) - CAST(substr({0}, 1, 4) AS INTEGER) - (substr({1}, 6) < substr({0}, 6))",
        "months": "12 * (CAST(substr({1}, 1, 4) AS INTEGER) - CAST(substr({0}, 1, 4) AS INTEGER)) + CAST(substr({1}, 6, 2) AS INTEGER) - CAST(substr({0}, 6, 2) AS INTEGER) - (substr({1}, 9) < substr({0}, 9))",
    }

    def number(self, value: int | float) -> str:
        if isinstance(value, int):
            # Its reader takes the digits first, and the lowest number's do not fit.
            return self._lowest if value == INT_MIN else f"({value})" if value < 0 else str(value)
        above, below = value.as_integer_ratio()
        if (
            len(repr(value).partition("e")[0].strip("-0").replace(".", "")) > 15
            and max(abs(above), below) <= 2**62
        ):
            # Its reader may miss the last of seventeen digits; powers of two it cannot miss.
            return f"({above} / {below}.0)" if abs(above) <= 2**53 else f"({value!r})"
        return f"({value!r})"

    def reads(self, text: str) -> bool:
        """Whether its reader's stack, of a hundred places, is deep enough for the condition."""
        with closing(sqlite3.connect(":memory:")) as connection:
            try:
                connection.execute(f"EXPLAIN SELECT p.a, {text} AS b FROM nowhere AS p ORDER BY 1")  # noqa: S608
            except sqlite3.OperationalError as error:
                return "no such table" in str(error)
        return True

    def text(self, text: str) -> str:
        return text

    def day(self, value: date) -> str:
        return f"'{value.isoformat()}'"

    def null(self, type_: Type) -> str:
        return "NULL"

    def let(self, name: str, values: Sequence[str]) -> Let:
        listed = ", ".join(f"{value} AS v{place}" for place, value in enumerate(values))
        names = [f"{name}.v{place}" for place in range(len(values))]
        return Let(names, "(SELECT ", f" FROM (SELECT {listed}) AS {name})")

    def element(self, level: int, type_: Type) -> str:
        return f"CAST(e{level}.value AS REAL)" if type_.kind == "double" else f"e{level}.value"

    def record(self, level: int) -> str:
        return f"e{level}.value"

    def field(self, record: str, field: str, type_: Type) -> str:
        found = f"json_extract({record}, '$.{field}')"
        return f"CAST({found} AS REAL)" if type_.kind == "double" else found

    def size(self, column: str) -> str:
        return f"json_array_length({column})"

    def inside(self, element: Type) -> str:
        return f"EXISTS (SELECT 1 FROM json_each({{0}}) AS e WHERE {self.element(0, element).replace('e0.', 'e.')} = {{1}})"  # noqa: S608

    def each(self, column: str, level: int) -> str:
        return f"json_each({column}) AS e{level}"

    def loop(self, kind: str, column: str, level: int, element: Type, body: str) -> str:
        """Counted, not EXISTS, which has no unknown; over a name of the inner query, or the count would be the outer's."""
        settled = {
            "exists": "WHEN count(CASE WHEN c.t THEN 1 END) > 0 THEN TRUE WHEN count(c.t) < count(*) THEN NULL ELSE FALSE",
            "all": "WHEN count(CASE WHEN NOT c.t THEN 1 END) > 0 THEN FALSE WHEN count(c.t) < count(*) THEN NULL ELSE TRUE",
            "exists_one": "WHEN count(c.t) = count(*) THEN count(CASE WHEN c.t THEN 1 END) = 1",
        }[kind]
        inner = f"SELECT {body} AS t FROM {self.each(column, level)}"  # noqa: S608
        return f"(CASE WHEN {column} IS NOT NULL THEN (SELECT CASE {settled} END FROM ({inner}) AS c) END)"  # noqa: S608


class Postgresql(Sqlite):
    """写在 PostgreSQL 里: what does not fit fails the query, so that it is asked before; text sorts as its bytes do."""

    types: ClassVar[dict[str, str]] = {
        "bool": "boolean",
        "int": "bigint",
        "double": "double precision",
        "string": "text",
        "date": "date",
        "list": "jsonb",
        "record": "jsonb",
    }
    _whole = f"CASE WHEN {{0}} BETWEEN {INT_MIN} AND {INT_MAX} THEN ({{0}})::bigint END"
    checked: ClassVar[dict[str, tuple[str, str]]] = {
        "add_int": ("{0}::numeric + {1}::numeric", _whole),
        "sub_int": ("{0}::numeric - {1}::numeric", _whole),
        "mul_int": ("{0}::numeric * {1}::numeric", _whole),
        "neg_int": ("-({0}::numeric)", _whole),
    }
    _days = "(DATE '0001-01-01' - {0})", "(DATE '9999-12-31' - {0})"
    _sum = (
        "CASE WHEN abs({0}) < 8e307 AND abs({1}) < 8e307 THEN {0} + {1} WHEN abs({0}) < 1 THEN {1} WHEN abs({1}) < 1 THEN {0}"
        " WHEN abs({0} / 2 + {1} / 2) <= 8.988465674311578e307 THEN {0} + {1} END"
    )
    _months = (
        "extract(year from {1})::bigint * 12 + extract(month from {1})::bigint - extract(year from {0})::bigint * 12"
        " - extract(month from {0})::bigint - CASE WHEN extract(day from {1}) < extract(day from {0}) THEN 1 ELSE 0 END"
    )
    calls: ClassVar[dict[str, str]] = _BOTH_WAYS | {
        "add_double": _sum,
        "sub_double": _sum.replace("{1}", "(-{1})"),
        "mul_double": (
            "CASE WHEN {0} = 0 OR {1} = 0 THEN 0 * sign({0}) * sign({1})"
            f" WHEN abs({{1}}) >= 1 THEN CASE WHEN abs({{0}}) <= {_LARGEST} / abs({{1}}) THEN {{0}} * {{1}} END"
            " WHEN abs({0}) >= 1 THEN {0} * {1}"
            " WHEN abs({0}) >= 3e-308 / abs({1}) THEN {0} * {1} ELSE CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 0 END END"
        ),
        "div_double": (
            "CASE WHEN {1} = 0 THEN NULL WHEN {0} = 0 THEN {0} * sign({1})"
            f" WHEN abs({{1}}) < 1 THEN CASE WHEN abs({{0}}) <= {_LARGEST} * abs({{1}}) THEN {{0}} / {{1}} END"
            " WHEN abs({0}) >= 1 THEN {0} / {1}"
            " WHEN abs({1}) <= abs({0}) / 3e-308 THEN {0} / {1} ELSE CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 0 END END"
        ),
        "neg_double": "-{0}",
        "div_int": f"CASE WHEN {{1}} <> -1 THEN {{0}}::bigint / nullif({{1}}, 0) WHEN {{1}} = -1 AND {{0}} > {INT_MIN} THEN -({{0}}::bigint) END",
        "mod_int": f"CASE WHEN {{1}} <> -1 THEN {{0}}::bigint % nullif({{1}}, 0) WHEN {{1}} = -1 AND {{0}} > {INT_MIN} THEN 0 END",
        "int_double": "CASE WHEN {0} > -9223372036854775808.0 AND {0} < 9223372036854775808.0 THEN trunc({0})::bigint END",
        "double_int": "({0})::double precision",
        "string_int": "({0})::text",
        "string_date": "to_char({0}, 'YYYY-MM-DD')",
        "size_string": "char_length({0})::bigint",
        "contains": "strpos({0}, {1}) > 0",
        "starts_with": "starts_with({0}, {1})",
        "ends_with": "right({0}, char_length({1})) = {1}",
        "add_date_days": f"CASE WHEN {{1}} BETWEEN {_days[0]} AND {_days[1]} THEN {{0}} + {{1}}::int END",
        "sub_date_days": "CASE WHEN {1} BETWEEN ({0} - DATE '9999-12-31') AND ({0} - DATE '0001-01-01') THEN {0} - {1}::int END",
        "sub_date": "({0} - {1})::bigint",
        "year": "extract(year from {0})::bigint",
        "month": "extract(month from {0})::bigint",
        "day": "extract(day from {0})::bigint",
        "months": _months,
        "years": f"floor(({_months}) / 12.0)::bigint",
    }

    def reads(self, text: str) -> bool:
        return True

    def number(self, value: int | float) -> str:
        return f"({value})::bigint" if isinstance(value, int) else f"'{value!r}'::double precision"

    def text(self, text: str) -> str:
        return f'{text} COLLATE "C"'

    def day(self, value: date) -> str:
        return f"DATE '{value.isoformat()}'"

    def null(self, type_: Type) -> str:
        return f"NULL::{self.types[type_.kind]}"

    def let(self, name: str, values: Sequence[str]) -> Let:
        plain = super().let(name, values)
        # OFFSET keeps the planner from writing the values in again wherever they are named.
        return Let(plain.names, plain.before, plain.after.replace(f") AS {name})", f" OFFSET 0) AS {name})"))

    def element(self, level: int, type_: Type) -> str:
        return self._as(f"(e{level}.value #>> '{{}}')", type_)

    def field(self, record: str, field: str, type_: Type) -> str:
        return self._as(f"({record} ->> '{field}')", type_)

    def _as(self, text: str, type_: Type) -> str:
        return self.text(text) if type_.kind == "string" else f"{text}::{self.types[type_.kind]}"

    def size(self, column: str) -> str:
        return f"jsonb_array_length({column})::bigint"

    def inside(self, element: Type) -> str:
        return f"EXISTS (SELECT 1 FROM jsonb_array_elements({{0}}) AS e(value) WHERE {self._as("(e.value #>> '{{}}')", element)} = {{1}})"  # noqa: S608

    def each(self, column: str, level: int) -> str:
        return f"jsonb_array_elements({column}) AS e{level}(value)"


class Duckdb(Postgresql):
    """写在 DuckDB 里: wider numbers to compute in, and lambdas to give names with."""

    types: ClassVar[dict[str, str]] = {
        "bool": "BOOLEAN",
        "int": "BIGINT",
        "double": "DOUBLE",
        "string": "VARCHAR",
        "date": "DATE",
    }
    _finite = "CASE WHEN isfinite({0}) THEN {0} END"
    checked: ClassVar[dict[str, tuple[str, str]]] = {
        "add_double": ("{0} + {1}", _finite),
        "sub_double": ("{0} - {1}", _finite),
        "mul_double": ("{0} * {1}", _finite),
        "div_double": ("{0} / {1}", _finite),
    }
    _wide = "TRY_CAST({{0}}::HUGEINT {} {{1}}::HUGEINT AS BIGINT)"
    calls: ClassVar[dict[str, str]] = Postgresql.calls | {
        "add_int": _wide.format("+"),
        "sub_int": _wide.format("-"),
        "mul_int": _wide.format("*"),
        "neg_int": "TRY_CAST(-({0}::HUGEINT) AS BIGINT)",
        "div_int": "TRY_CAST({0}::HUGEINT // nullif({1}::HUGEINT, 0) AS BIGINT)",
        "int_double": "CASE WHEN {0} > -9223372036854775808.0::DOUBLE THEN TRY_CAST(trunc({0}) AS BIGINT) END",
        "string_date": "CAST({0} AS VARCHAR)",
        "size_string": "length({0})",
        "contains": "contains({0}, {1})",
        "ends_with": "ends_with({0}, {1})",
        "add_date_days": Postgresql.calls["add_date_days"].replace("{1}::int", "TRY_CAST({1} AS INTEGER)"),
        "sub_date_days": Postgresql.calls["sub_date_days"].replace("{1}::int", "TRY_CAST({1} AS INTEGER)"),
        "years": f"TRY_CAST(floor(({Postgresql._months}) / 12.0) AS BIGINT)",
    }

    def number(self, value: int | float) -> str:
        return f"CAST('{value!r}' AS {'BIGINT' if isinstance(value, int) else 'DOUBLE'})"

    def text(self, text: str) -> str:
        return text

    def let(self, name: str, values: Sequence[str]) -> Let:
        listed = ", ".join(f"'v{place}': {value}" for place, value in enumerate(values))
        names = [f"{name}.v{place}" for place in range(len(values))]
        return Let(names, f"list_transform([{{{listed}}}], lambda {name}: ", ")[1]")

    def element(self, level: int, type_: Type) -> str:
        return f"e{level}"

    def record(self, level: int) -> str:
        return f"e{level}"

    def field(self, record: str, field: str, type_: Type) -> str:
        return f'{record}."{field}"'

    def size(self, column: str) -> str:
        return f"len({column})"

    def inside(self, element: Type) -> str:
        return "list_contains({0}, {1})"

    def loop(self, kind: str, column: str, level: int, element: Type, body: str) -> str:
        let = self.let(f"m{level}", [f"list_transform({column}, lambda e{level}: {body})"])
        found = let.names[0]
        unknown = f"len(list_filter({found}, lambda t: t IS NULL)) > 0"
        settled = {
            "exists": f"WHEN list_contains({found}, TRUE) THEN TRUE WHEN {unknown} THEN NULL ELSE FALSE",
            "all": f"WHEN list_contains({found}, FALSE) THEN FALSE WHEN {unknown} THEN NULL ELSE TRUE",
            "exists_one": f"WHEN {unknown} THEN NULL ELSE len(list_filter({found}, lambda t: t)) = 1",
        }[kind]
        return let.around(f"CASE WHEN {column} IS NULL THEN NULL {settled} END")


def dialect_of(dialect: Dialect) -> Sqlite:
    classes = {Dialect.SQLITE: Sqlite, Dialect.POSTGRESQL: Postgresql, Dialect.DUCKDB: Duckdb}
    return classes[dialect]()


def column_type(dialect: Dialect, type_: Type) -> str:
    """What a column for data of this type is declared as."""
    writer = dialect_of(dialect)
    if dialect is not Dialect.DUCKDB or type_.kind in writer.types:
        return writer.types[type_.kind]
    if type_.kind == "list":
        return f"{column_type(dialect, type_.element)}[]"
    inner = ", ".join(f'"{name}" {column_type(dialect, one)}' for name, one in type_.fields)
    return f"STRUCT({inner})"
