"""表的运行: which rows hold for what is known, and what has still to be known.

Rows are bits of a number: a column turns a value into the set of rows that it leaves, so that a table of thousands of rows
is as quick as one of ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from banshi.kernel.facts import Refused
from banshi.kernel.rules import UNKNOWN, Error, Names, Rule, compile, guarded
from banshi.kernel.rules.closure import Run
from banshi.kernel.rules.messages import words
from banshi.kernel.rules.tables.cells import Cell, Column
from banshi.kernel.rules.tree import And, If, Node, Not, Or, names_of
from banshi.kernel.rules.values import Result

type Policy = Literal["unique", "any", "first", "collect"]
POLICIES: tuple[Policy, ...] = ("unique", "any", "first", "collect")
_NAMED = ("choice", "text", "bool")  # kinds whose cells name values
_KEPT = 10_000  # values of a column whose rows are remembered


@dataclass(frozen=True, slots=True)
class Output:
    """结论列: its key, its kind (`choice` and `text` are text)."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Formula:
    """算式: what follows has to be reckoned from the data. Two that are written alike are alike."""

    source: str
    missing: Missing = field(compare=False)

    def __str__(self) -> str:
        return f"= {self.source}"


@dataclass(frozen=True, slots=True)
class Row:
    """行: a rule. `cells` by key of the datum (none: any); `only`: a condition of the rule language besides; `gives`: values
    and `Formula`s."""

    name: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    gives: Mapping[str, Any] = field(default_factory=dict)
    only: Rule | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """判定: the rows that hold (numbers, from 0); `needs`: the data without which it cannot be told; none: it is told."""

    hits: tuple[int, ...]
    needs: tuple[str, ...]

    @property
    def decided(self) -> bool:
        return not self.needs


class Clash(Refused):
    """规则冲突: two rows of a table hold at once where only one may (unique), or differ in what they give (any)."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            "rows_clash",
            f"规则“{one}”和“{other}”同时成立。请修改决策表。",
            f"Rules “{one}” and “{other}” hold at once; the table has to be mended.",
        )


class Table:
    """决策表: at most one row may hold (unique), several that give the same (any), the first (first), or all (collect)."""

    def __init__(
        self, policy: Policy, columns: tuple[Column, ...], outputs: tuple[Output, ...], rows: tuple[Row, ...]
    ) -> None:
        self.policy, self.columns, self.outputs, self.rows = policy, columns, outputs, rows
        self.names: Names = {column.key: column.datum for column in columns}
        self.all = (1 << len(rows)) - 1
        self.asking = {  # rows in which a column is not empty
            column.key: sum(1 << n for n, row in enumerate(rows) if column.key in row.cells)
            for column in columns
        }
        self.missing = {n: Missing(only) for n, row in enumerate(rows) if (only := row.only) is not None}
        self.formulas = {
            n: found
            for n, row in enumerate(rows)
            if (found := {key: one for key, one in row.gives.items() if isinstance(one, Formula)})
        }
        self._asked: dict[str, tuple[dict[Any, list[int]], list[tuple[int, Cell]]]] = {}
        self._kept: dict[tuple[str, Any], int] = {}

    def left(self, key: str, value: Any) -> int:
        """The rows that a value of a column leaves possible."""
        token = (key, tuple(value) if isinstance(value, list) else value)
        if (found := self._kept.get(token)) is None:
            named, others = self._asked.get(key) or self._index(key)
            found = self.all & ~self.asking[key]  # an empty cell: any
            found |= sum(1 << n for n in named.get(value, ())) if named else 0
            found |= sum(1 << n for n, cell in others if cell.holds(value))
            if len(self._kept) < _KEPT:
                self._kept[token] = found
        return found

    def _index(self, key: str) -> tuple[dict[Any, list[int]], list[tuple[int, Cell]]]:
        """The rows of a column by the values that they name; and those that have to be asked one by one."""
        named: dict[Any, list[int]] = {}
        others: list[tuple[int, Cell]] = []
        for number, row in enumerate(self.rows):
            cell = row.cells.get(key)
            if cell is not None and cell.kind in _NAMED and not cell.none:
                for one in dict.fromkeys(cell.wanted):
                    named.setdefault(one, []).append(number)
            elif cell is not None:
                others.append((number, cell))
        self._asked[key] = named, others
        return named, others

    def decide(self, data: Mapping[str, Any]) -> Decision:
        """What holds. Values are of their columns' types; missing or None is unknown. Raises `Clash`, `Refused`."""
        left, unsure, missing = self.all, 0, []
        for column in self.columns:
            value = data.get(column.key)
            if value is None:
                missing.append(column.key)
            else:
                left &= self.left(column.key, value)
        wants: dict[int, tuple[str, ...]] = {}
        for number in self.missing:
            if left >> number & 1:
                left, wants[number] = self._only(number, data, left)
                unsure |= bool(wants[number]) << number
        for key in missing:
            unsure |= left & self.asking[key]
        sure = left & ~unsure
        open_ = left & unsure
        if self.policy != "collect" and sure:
            lowest = sure & -sure
            # Of `first`, only what stands above the row that holds can still change it.
            open_ = open_ & (lowest - 1) if self.policy == "first" else 0
            if self.policy != "first":
                self._agree(sure)
            sure = lowest
        needs = [key for key in missing if open_ & self.asking[key]]
        needs += [key for number, keys in wants.items() if open_ >> number & 1 for key in keys]
        for number, formulas in self.formulas.items():
            if sure >> number & 1:
                needs += [key for one in formulas.values() for key in one.missing.of(data)]
        return Decision(tuple(_bits(sure)), tuple(dict.fromkeys(needs)))

    def given(self, number: int, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a row gives; what cannot be reckoned yet is left out. Raises `Refused` for what never can."""
        row = self.rows[number]
        if number not in self.formulas:
            return row.gives
        found = {}
        for key, one in row.gives.items():
            value = one.missing.rule.evaluate(data) if isinstance(one, Formula) else one
            if isinstance(value, Error):
                raise _failed(row, value)
            if value is not UNKNOWN:
                found[key] = value
        return found

    def _only(self, number: int, data: Mapping[str, Any], left: int) -> tuple[int, tuple[str, ...]]:
        row = self.rows[number]
        result = self.missing[number].rule.evaluate(data)
        if isinstance(result, Error):
            raise _failed(row, result)
        if result is UNKNOWN:
            return left, self.missing[number].of(data)
        return (left if result is True else left & ~(1 << number)), ()

    def _agree(self, sure: int) -> None:
        first, *others = (self.rows[n] for n in _bits(sure))
        for other in others:
            if self.policy == "unique" or other.gives != first.gives:
                raise Clash(first.name, other.name)

    def rule(self, number: int) -> Rule:
        """A row as a rule of the language."""
        row = self.rows[number]
        parts = [cell.source(key) for key, cell in row.cells.items()]
        if row.only is not None:
            parts.append(f"({row.only.source})" if parts else row.only.source)
        names = {**(row.only.names if row.only else {}), **self.names}
        return compile(" && ".join(parts) or "true", names)


def _failed(row: Row, error: Error) -> Refused:
    zh, en = words(error.kind, "", "")
    return Refused("rule_failed", f"规则“{row.name}”算不出：{zh}", f"Rule “{row.name}” fails: {en}")


def _bits(rows: int) -> Iterator[int]:
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest


class Missing:
    """缺什么: the data that a rule still needs, made once for a rule and asked often."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.runs: dict[int, Run] = {}

    def of(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        """Keys. What `&&` and `||` absorb is not among them. None when the rule is not Unknown."""
        found: dict[str, None] = {}
        todo: list[Node] = [self.rule.tree]
        while todo:
            node = todo.pop()
            if self._result(node, data) is not UNKNOWN:
                continue
            match node:
                case And(terms=terms) | Or(terms=terms):
                    todo.extend(reversed(terms))
                case Not(term=term):
                    todo.append(term)
                case If():
                    taken = self._result(node.condition, data)
                    branch = node.then if taken is True else node.other
                    todo.append(node.condition if taken is UNKNOWN else branch)
                case _:
                    found |= dict.fromkeys(key for key in names_of(node) if data.get(key) is None)
        return tuple(found)

    def _result(self, node: Node, data: Mapping[str, Any]) -> Result:
        run = self.runs.get(id(node))
        if run is None:
            run = self.runs[id(node)] = guarded(node, self.rule.names)
        return run(data)
