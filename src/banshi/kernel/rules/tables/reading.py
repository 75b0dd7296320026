"""读表: from the cells of a sheet (lines of text) to a table, every mistake with its line and column.

The first line says what the columns are. Its first cell may be a hit policy (unique, any, first, collect; or U A F C): the
cells below it name the rules. `key:kind label` is a datum (kind `choice` where none is written), `-> key:kind` what follows.
Empty lines, and lines whose first cell begins with `#`, are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, cast

from banshi.kernel.facts import Refused
from banshi.kernel.rules import Names, RuleError, compile
from banshi.kernel.rules.tables.cells import KINDS, Cell, Column, parse, value_of
from banshi.kernel.rules.tables.table import POLICIES, Formula, Missing, Output, Policy, Row, Table
from banshi.kernel.rules.types import DATE, Datum

MOST_ROWS, MOST_COLUMNS = 20_000, 200
_SHORT = dict(zip("UAFC", POLICIES, strict=True))
_HEAD = re.compile(
    r"^(?P<out>(?:->|→)\s*)?(?P<key>[^\s:：]+)(?:\s*[:：]\s*(?P<kind>\w+))?(?:\s+(?P<zh>.+))?$", re.S
)
_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")
_SEPARATORS = re.compile(r"[;\t；]")
_SHOWN = {";": ("分号", "semicolons"), "；": ("分号", "semicolons"), "\t": ("制表符", "tabs")}
_GIVEN = (*(kind for kind in KINDS if kind != "several"),)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """表的错误: what is wrong in which line and column (from 1) of the sheet."""

    line: int
    column: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.line}:{letter(self.column)}: {self.zh} / {self.en}"


class TableError(Refused):
    """决策表有错: with every mistake, so that all are told at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(
            "bad_table",
            "\n".join(f"第{one.line}行{letter(one.column)}列：{one.zh}" for one in self.faults),
            "\n".join(f"Line {one.line}, column {letter(one.column)}: {one.en}" for one in self.faults),
        )


def letter(column: int) -> str:
    """The column's name in a sheet: A, B … Z, AA …."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(lines: Sequence[Sequence[str]], columns: Mapping[str, Column] | None = None) -> Table:
    """The table. `columns`: what is declared of its data elsewhere, which the sheet need not repeat. Raises `TableError`."""
    reader = _Reader(dict(columns or {}))
    table = reader.table(lines)
    if reader.faults:
        raise TableError(reader.faults)
    return table


class _Reader:
    def __init__(self, known: dict[str, Column]) -> None:
        self.known = known
        self.faults: list[Fault] = []
        self.named = False  # whether the first column names the rules
        self.policy: Policy = "unique"
        self.inputs: dict[int, Column] = {}
        self.outputs: dict[int, Output] = {}

    def wrong(self, line: int, column: int, zh: str, en: str) -> None:
        self.faults.append(Fault(line, column, zh, en))

    def table(self, lines: Sequence[Sequence[str]]) -> Table:
        told = [
            (number, [str(cell).strip() for cell in line])
            for number, line in enumerate(lines, start=1)
            if any(str(cell).strip() for cell in line) and not str(line[0]).strip().startswith("#")
        ]
        if not told:
            self.wrong(1, 1, "表是空的。", "The table is empty.")
        elif len(told) - 1 > MOST_ROWS or max(len(line) for _, line in told) > MOST_COLUMNS:
            self.wrong(
                1,
                1,
                f"表太大：最多{MOST_ROWS}行、{MOST_COLUMNS}列。",
                f"Too big: {MOST_ROWS} rows and {MOST_COLUMNS} columns at most.",
            )
        else:
            self.head(*told[0])
        rows = [self.row(number, line) for number, line in told[1:]] if not self.faults else []
        seen: dict[str, int] = {}
        for row in rows:
            if (before := seen.setdefault(row.name, row.line)) != row.line:
                self.wrong(
                    row.line,
                    1,
                    f"规则“{row.name}”在第{before}行已经有了。",
                    f"Rule “{row.name}” is in line {before} already.",
                )
        return Table(self.policy, self._columns(rows), tuple(self.outputs.values()), tuple(rows))

    def _columns(self, rows: list[Row]) -> tuple[Column, ...]:
        """The choices of a column that declares none are those that its cells name."""
        found = []
        for column in self.inputs.values():
            cells = [cell for row in rows if (cell := row.cells.get(column.key))]
            named = tuple(dict.fromkeys(one for cell in cells for one in cell.wanted))
            bare = column.kind in ("choice", "several") and not column.choices
            found.append(replace(column, choices=named) if bare else column)
        return tuple(found)

    def head(self, number: int, line: list[str]) -> None:
        first = line[0].lower()
        if len(line) == 1 and (mark := _SEPARATORS.search(line[0])):
            shown = _SHOWN[mark[0]]
            self.wrong(
                number,
                1,
                f"列之间用的是{shown[0]}，请用逗号隔开，或者用 Excel 文件（.xlsx）。",
                f"The columns are separated by {shown[1]}; separate them by commas, or use an Excel file (.xlsx).",
            )
            return
        if near := get_close_matches(first, POLICIES, 1, 0.7) if first not in POLICIES else []:
            self.wrong(
                number,
                1,
                f"不认识“{line[0]}”，是不是“{near[0]}”？",
                f"“{line[0]}” is not understood. Did you mean “{near[0]}”?",
            )
        if first in POLICIES or line[0] in _SHORT:
            self.named, self.policy = True, cast(Policy, _SHORT.get(line[0], first))
        keys: set[str] = set()
        for column, text in enumerate(line, start=1):
            if column == 1 and self.named:
                continue
            if not text:
                if any(line[column:]):
                    self.wrong(number, column, "这一列没有名称。", "This column has no name.")
                continue
            self._heading(number, column, text, keys)
        if not self.faults and not self.outputs:
            self.wrong(
                number,
                len(line),
                "没有结论列：写“-> 名称”。",
                "There is no column for what follows: write “-> key”.",
            )

    def _heading(self, number: int, column: int, text: str, keys: set[str]) -> None:
        found = _HEAD.match(text)
        key, kind = (found["key"], found["kind"] or "") if found else (text, "")
        if found is None or not _KEY.match(key):
            self.wrong(
                number,
                column,
                f"“{text}”不是列名：写英文键，如 age:int 年龄。",
                f"“{text}” names no column: write an ASCII key, as age:int.",
            )
        elif key in keys:
            self.wrong(number, column, f"“{key}”有两列。", f"There are two columns “{key}”.")
        elif kind and kind not in (_GIVEN if found["out"] else KINDS):
            allowed = "、".join(_GIVEN if found["out"] else KINDS)
            self.wrong(
                number,
                column,
                f"没有“{kind}”这种列，只有{allowed}。",
                f"No kind “{kind}”; there are {allowed}.",
            )
        elif found["out"]:
            self.outputs[column] = Output(key, kind or "text")
        elif key in self.known:
            self.inputs[column] = self.known[key]
        elif self.known:
            near = "、".join(self.known)
            self.wrong(
                number,
                column,
                f"没有声明“{key}”，只有{near}。",
                f"“{key}” is not declared; there are {near}.",
            )
        else:
            self.inputs[column] = Column(key, kind or "choice", found["zh"] or "")
        keys.add(key)

    def row(self, number: int, line: list[str]) -> Row:
        cells: dict[str, Cell] = {}
        gives: dict[str, Any] = {}
        only: list[str] = []
        for column, text in enumerate(line, start=1):
            if text in ("", "-") or (column == 1 and self.named):
                continue
            if output := self.outputs.get(column):
                gives[output.key] = self._given(number, column, text, output)
            elif column not in self.inputs:
                self.wrong(number, column, "这一列没有列名。", "This column has no heading.")
            elif text.startswith("="):
                only += self._expression(number, column, text[1:])
            elif cell := self._cell(number, column, text):
                cells[self.inputs[column].key] = cell
        name = line[0] if self.named and line[0] else f"第{number}行"
        rule = compile(" && ".join(f"({one})" for one in only), self._names()) if only else None
        return Row(name, cells, gives, rule, number)

    def _given(self, number: int, column: int, text: str, output: Output) -> Any:
        if text.startswith("="):
            return self._formula(number, column, text[1:].strip(), output)
        try:
            return value_of(text, output.kind)
        except ValueError:
            self._misread(number, column, text, output.kind)
        return None

    def _cell(self, number: int, column: int, text: str) -> Cell | None:
        datum = self.inputs[column]
        try:
            cell = parse(text, datum.kind)
        except ValueError as error:
            self._misread(number, column, str(error), datum.kind)
            return None
        for one in cell.wanted if datum.choices else ():
            if one not in datum.choices:
                near = "、".join(datum.choices)
                self.wrong(
                    number,
                    column,
                    f"“{datum.zh or datum.key}”没有选项“{one}”，只有{near}。",
                    f"“{datum.key}” has no choice “{one}”; there are {near}.",
                )
        return cell

    def _misread(self, number: int, column: int, text: str, kind: str) -> None:
        zh, en = _WRITTEN.get(kind, ("值，几个值用 | 隔开", "values with | between them"))
        self.wrong(
            number, column, f"不认识“{text}”：这里写{zh}。", f"“{text}” is not understood: write {en}."
        )

    def _formula(self, number: int, column: int, text: str, output: Output) -> Formula | None:
        try:
            return Formula(text, Missing(compile(text, self._names(), gives=KINDS[output.kind])))
        except RuleError as error:
            self.wrong(number, column, error.zh, error.en)
        return None

    def _expression(self, number: int, column: int, text: str) -> list[str]:
        try:
            return [compile(text.strip(), self._names()).source]
        except RuleError as error:
            self.wrong(number, column, error.zh, error.en)
        return []

    def _names(self) -> Names:
        columns = {column.key: column.datum for column in (*self.inputs.values(), *self.known.values())}
        return {"as_of": Datum(DATE, "今天")} | columns


_WRITTEN = {
    "int": ("整数，如 5、>= 5、5..9", "whole numbers, as 5, >= 5, 5..9"),
    "number": ("数，如 0.5、>= 0.5、0.5..2", "numbers, as 0.5, >= 0.5, 0.5..2"),
    "date": ("日期，如 2026-03-01、>= 2026-03-01", "days, as 2026-03-01, >= 2026-03-01"),
    "bool": ("true 或 false", "true or false"),
    "place": ("区划代码，如 3505", "codes of regions, as 3505"),
}
