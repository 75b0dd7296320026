"""规则的SQL: a rule as text of SQLite, PostgreSQL or DuckDB, with the same three answers: TRUE, FALSE, NULL for unknown.

    select({"talent": rule}, Dialect.POSTGRESQL, "enterprises", key="id", given={"as_of": date(2026, 3, 1)})

The table is called `p`; its columns are the data, under their keys. Dates are DATE, in SQLite text as 2026-03-01. Lists and
records are JSON text in SQLite, JSONB in PostgreSQL, and DuckDB's own LIST and STRUCT.

No query fails: what would be an error (overflow, division by zero, out of range, a decimal that is not finite) is NULL.

Supported are all operations on bool, int, double, string and date but those in `REFUSED`; `x in [ … ]` of written items;
of list columns `x in list`, `size(list)`, `all`, `exists` and `exists_one`; fields of records. Everything else (`matches`,
instants and durations, maps, `filter`, `map`, computed lists) raises `NotInSql`: the numpy backend runs all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from banshi.infra.population.dialects import Dialect, Let, Sqlite, dialect_of
from banshi.infra.population.form import NOBODY, settled
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Rule
from banshi.kernel.rules.tree import (
    And,
    Call,
    Const,
    If,
    ListOf,
    Local,
    Loop,
    Name,
    Node,
    Not,
    Or,
    Select,
    Span,
)
from banshi.kernel.rules.types import Type

SCALARS = frozenset({"bool", "int", "double", "string", "date"})
REFUSED = frozenset({"int_string", "double_string", "bool_string", "string_double", "date_string"})
_DAYS = date.max.toordinal()
LONGEST = 400_000  # characters of one condition
_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class NotInSql(Refused):
    """不能写成SQL: what cannot be, and where in the source of the rule (`span`)."""

    def __init__(self, what: str, span: Span) -> None:
        super().__init__(
            "not_in_sql",
            f"“{what}”不能写成SQL（规则第{span.start + 1}个字符起），请改用列式匹配（./banshi rules match）。",
            f"“{what}” (from character {span.start + 1}) has no SQL; use the columnar backend (./banshi rules match).",
        )
        self.span = span


def condition(rule: Rule, dialect: Dialect, given: Mapping[str, Any] | None = None) -> str:
    """An expression over the table `p`. Raises `NotInSql`."""
    writer = dialect_of(dialect)
    text = _Writer(writer).node(settled(rule.tree, given or {}))
    if len(text) > LONGEST or not writer.reads(text):
        raise NotInSql(f"{rule.source[:20]} …", rule.tree.span)
    return text


def select(
    rules: Mapping[str, Rule],
    dialect: Dialect,
    table: str,
    *,
    key: str,
    given: Mapping[str, Any] | None = None,
) -> str:
    """A query of one row a subject: its key, and a column for each rule. Raises `NotInSql`."""
    columns = [f"p.{quoted(key)}"]
    columns += [f"{condition(rule, dialect, given)} AS {quoted(name)}" for name, rule in rules.items()]
    return f"SELECT {',\n  '.join(columns)}\nFROM {quoted(table)} AS p"


def quoted(name: str) -> str:
    """An identifier. Raises `ValueError` for one that no database takes."""
    if not name or "\0" in name:
        raise ValueError("not a name")
    return '"' + name.replace('"', '""') + '"'


class _Writer:
    def __init__(self, dialect: Sqlite) -> None:
        self.dialect = dialect
        self.bound = 0

    def node(self, node: Node) -> str:
        match node:
            case Const():
                return self.constant(node)
            case Name():
                return self.name(node)
            case Local() if node.type.kind in SCALARS:
                return self.dialect.element(node.level, node.type)
            case Select():
                return self.field(node)
            case Call():
                return self.call(node)
            case And(terms=terms) | Or(terms=terms):
                join = " AND " if isinstance(node, And) else " OR "
                return f"({join.join(map(self.node, terms))})"
            case Not():
                return f"(NOT {self.node(node.term)})"
            case If() if node.type.kind in SCALARS:
                # Not ELSE: an unknown condition would fall into it.
                return self.let(
                    [node.condition],
                    lambda c: (
                        f"CASE WHEN {c[0]} THEN {self.node(node.then)} WHEN NOT {c[0]} THEN {self.node(node.other)} END"
                    ),
                )
            case Loop() if node.kind in ("all", "exists", "exists_one"):
                return self.loop(node)
            case Loop():
                raise NotInSql(node.kind, node.span)
        raise NotInSql(str(node.type), node.span)

    def constant(self, node: Const) -> str:
        value = node.value
        match value:
            case bool():
                return "TRUE" if value else "FALSE"
            case int() | float():
                return self.dialect.number(value)
            case str() if "\0" not in value:
                return "'" + value.replace("'", "''") + "'"
            case date():
                return self.dialect.day(value)
        raise NotInSql(str(node.type), node.span)

    def name(self, node: Name) -> str:
        if node.type.kind not in SCALARS:
            raise NotInSql(node.key or str(node.type), node.span)
        if node.key == NOBODY:
            return self.dialect.null(node.type)
        column = f"p.{quoted(node.key)}"
        return self.dialect.text(column) if node.type.kind == "string" else column

    def field(self, node: Select) -> str:
        if node.operand.type.kind != "record" or node.type.kind not in SCALARS or "'" in node.field:
            raise NotInSql(node.field, node.span)
        match node.operand:
            case Local():
                record = self.dialect.record(node.operand.level)
            case Name():
                record = f"p.{quoted(node.operand.key)}"
            case _:
                raise NotInSql(node.field, node.span)
        return self.dialect.field(record, node.field, node.type)

    def let(self, nodes: Sequence[Node], then: Callable[[list[str]], str]) -> str:
        """`then` of the texts, where what is more than a name is worked out once and has one."""
        return self.let_texts(
            [(self.node(node), isinstance(node, Const | Name | Local | Select)) for node in nodes], then
        )

    def let_texts(self, texts: Sequence[tuple[str, bool]], then: Callable[[list[str]], str]) -> str:
        values = [text for text, simple in texts if not simple]
        if not values:
            return f"({then([text for text, _ in texts])})"
        self.bound += 1
        let: Let = self.dialect.let(f"b{self.bound}", values)
        own = iter(let.names)
        return let.around(then([text if simple else next(own) for text, simple in texts]))

    def call(self, node: Call) -> str:
        op, args = node.op, node.args
        if op == "in_list":
            return self.within(node)
        if op == "size_list" and isinstance(args[0], Name):
            return self.dialect.size(self.column(args[0]))
        if op in REFUSED or any(arg.type.kind not in SCALARS for arg in args):
            raise NotInSql(op, node.span)
        if op in ("add_date_days", "sub_date_days") and _too_far(args[1]):
            return self.dialect.null(node.type)
        if op in _SIGNS:
            second = self.node(args[1])
            if args[1].type.kind == "string":
                second = self.dialect.text(second)
            return f"({self.node(args[0])} {_SIGNS[op]} {second})"
        if op in self.dialect.checked:
            # One text, and whether what came out is in range.
            made, check = self.dialect.checked[op]
            text = made.format(*(f"({self.node(arg)})" for arg in args))
            simple = all(isinstance(arg, Const | Name | Local | Select) for arg in args)
            return self.let_texts([(f"({text})", simple)], lambda t: check.format(*t))
        if op in self.dialect.calls:
            return self.let(args, lambda t: self.dialect.calls[op].format(*t))
        raise NotInSql(op, node.span)

    def column(self, node: Node) -> str:
        """A list column, and nothing computed."""
        if not isinstance(node, Name) or node.type.kind != "list" or node.key == NOBODY:
            raise NotInSql(str(node.type), node.span)
        return f"p.{quoted(node.key)}"

    def within(self, node: Call) -> str:
        item, items = node.args
        if item.type.kind not in SCALARS:
            raise NotInSql("in", node.span)
        if not isinstance(items, ListOf):
            column = self.column(items)
            inside = self.dialect.inside(items.type.element)
            return self.let(
                [item],
                lambda t: (
                    f"CASE WHEN {column} IS NOT NULL AND {t[0]} IS NOT NULL THEN {inside.format(column, t[0])} END"
                ),
            )
        if not items.items:
            return self.let([item], lambda t: f"CASE WHEN {t[0]} IS NOT NULL THEN FALSE END")
        listed = ", ".join(map(self.node, items.items))
        if all(isinstance(one, Const) for one in items.items):
            return f"({self.node(item)} IN ({listed}))"
        # IN stops at what it finds; an unknown item makes the whole unknown.
        return self.let(
            [item, *items.items],
            lambda t: (
                f"CASE WHEN {' AND '.join(f'{one} IS NOT NULL' for one in t)} THEN {t[0]} IN ({', '.join(t[1:])}) END"
            ),
        )

    def loop(self, node: Loop) -> str:
        column = self.column(node.over)
        element: Type = node.over.type.element
        if element.kind not in SCALARS | {"record"}:
            raise NotInSql(str(node.over.type), node.span)
        return self.dialect.loop(node.kind, column, node.level, element, self.node(node.body))


def _too_far(days: Node) -> bool:
    """More days than there are, as a constant: PostgreSQL would turn it into an int, and fail, before any condition."""
    return isinstance(days, Const) and isinstance(days.value, int) and abs(days.value) > _DAYS
