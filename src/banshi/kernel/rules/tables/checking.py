"""查表: which rows hold at once, for what no row holds, and which row never does.

Every column falls into classes that its cells cannot tell further apart (values, stretches between bounds), so that going
through the classes goes through everything that there is. Sets of rows that were met before are not gone through again.
What is told is sure. Rows with a condition of the rule language (`= …`) may hold or not: they are in no overlap that is told,
and fill every gap; `unsure` names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from banshi.kernel.rules.tables.cells import Column, classes
from banshi.kernel.rules.tables.table import Table

MOST_TOLD = 50  # overlaps, and gaps, with an example each
MOST_STEPS = 300_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """重叠: two rows that hold at once, and a case in which they do (label of the datum, value)."""

    one: str
    other: str
    lines: tuple[int, int]
    example: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """检查结果: `gaps` are cases that no row answers. `complete` False: too big to be gone through; what is told is true."""

    overlaps: tuple[Overlap, ...]
    gaps: tuple[tuple[tuple[str, str], ...], ...]
    never: tuple[str, ...]
    unsure: tuple[str, ...]
    complete: bool

    @property
    def sound(self) -> bool:
        return self.complete and not (self.overlaps or self.gaps or self.never)


def check(table: Table) -> Checked:
    """Overlaps that the hit policy forbids (any: of rows that differ in what they give), gaps, rows that never hold."""
    return _Checker(table).checked()


class _Checker:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.complete = True
        self.columns: list[tuple[Column, list[tuple[str, int]]]] = []
        for column in table.columns:
            cells = [row.cells[column.key] for row in table.rows if column.key in row.cells]
            parts = classes(column, cells) if cells else []
            if parts is None:
                self.complete = False
            elif parts:
                self.columns.append(
                    (column, [(name, table.left(column.key, value)) for value, name in parts])
                )
        self.ruled = sum(1 << n for n in table.missing)
        self.overlaps: dict[tuple[int, int], Overlap] = {}
        self.gaps: list[tuple[tuple[str, str], ...]] = []
        self.hit = 0

    def checked(self) -> Checked:
        seen: set[tuple[int, int]] = set()
        # A stack of its own: a table of 200 columns must not meet Python's recursion limit.
        todo: list[tuple[int, int, tuple[tuple[str, str], ...]]] = [(0, self.table.all, ())]
        while todo:
            place, rows, path = todo.pop()
            while place < len(self.columns) and not rows & self.table.asking[self.columns[place][0].key]:
                place += 1
            if (place, rows) in seen:
                continue
            if len(seen) >= MOST_STEPS:
                self.complete = False
                break
            seen.add((place, rows))
            if place == len(self.columns) or not rows:
                self._end(rows, path)
                continue
            column, parts = self.columns[place]
            label = column.zh or column.key
            todo += [(place + 1, rows & left, (*path, (label, name))) for name, left in reversed(parts)]
        rows_ = self.table.rows
        never = [row.name for n, row in enumerate(rows_) if self.complete and not self.hit >> n & 1]
        unsure = tuple(rows_[n].name for n in self.table.missing)
        return Checked(tuple(self.overlaps.values()), tuple(self.gaps), tuple(never), unsure, self.complete)

    def _end(self, rows: int, path: tuple[tuple[str, str], ...]) -> None:
        if not rows and len(self.gaps) < MOST_TOLD:
            self.gaps.append(path)
        if self.table.policy == "first":
            certain = rows & ~self.ruled
            self.hit |= rows & ((certain & -certain) * 2 - 1 if certain else rows)
            return
        self.hit |= rows
        if self.table.policy != "collect":
            for pair in self._pairs(rows & ~self.ruled):
                if pair not in self.overlaps and len(self.overlaps) < MOST_TOLD:
                    one, other = (self.table.rows[n] for n in pair)
                    self.overlaps[pair] = Overlap(one.name, other.name, (one.line, other.line), path)

    def _pairs(self, rows: int) -> Iterator[tuple[int, int]]:
        """The first row with each that may not hold beside it."""
        if not rows & (rows - 1):
            return
        found = [n for n in range(rows.bit_length()) if rows >> n & 1]
        for other in found[1:]:
            if self.table.policy == "unique" or (
                self.table.rows[other].gives != self.table.rows[found[0]].gives
            ):
                yield found[0], other
