"""一段人群: the columns of some rows, as the columnar backend takes them; from Arrow (`columns.py`), or of plain rows (`of_rows`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from banshi.infra.population.form import NOBODY
from banshi.infra.population.lanes import EPOCH, Array, Lane
from banshi.kernel.rules.admit import admits
from banshi.kernel.rules.types import DATE, STRING, Names, Type
from banshi.kernel.rules.values import INT_MAX, INT_MIN

NUMBERS = frozenset({"bool", "int", "double", "date"})
_DTYPES: dict[str, Any] = {"bool": bool, "int": np.int64, "double": np.float64, "date": np.int32}
_PLAIN: dict[str, type] = {"bool": bool, "string": str, "date": date, "int": int}


class Codes:
    """编码: the values of one column, each once; 0 stands for a missing one. Forgotten and begun anew when too many."""

    def __init__(self) -> None:
        self.values: list[Any] = [None]
        self.known: dict[Any, int] = {}
        self.round = 0

    def code(self, key: Any, value: Any) -> int:
        code = self.known.get(key)
        if code is None:
            code = self.known[key] = len(self.values)
            self.values.append(value)
        return code

    def forget(self) -> None:
        self.values, self.known = [None], {}
        self.round += 1


@dataclass(frozen=True, slots=True)
class Coded:
    """编码的列."""

    numbers: Array
    codes: Codes
    missing: bool  # whether any row is


type Column = Lane | Coded


@dataclass(frozen=True, slots=True)
class Chunk:
    """一段人群: `rows` rows, the first of which is row `first` of the population, counted from 0."""

    first: int
    rows: int
    names: Names
    columns: Mapping[str, Column]

    def values(self, key: str, rows: Iterable[int]) -> list[Any]:
        """What stands there, as the closure takes it; None: missing."""
        if key == NOBODY:
            return [None for _ in rows]
        column = self.columns[key]
        if isinstance(column, Coded):
            return [column.codes.values[column.numbers[row]] for row in rows]
        return [
            None
            if column.missing is not None and column.missing[row]
            else self._plain(key, column.values[row])
            for row in rows
        ]

    def _plain(self, key: str, value: Any) -> Any:
        plain = value.item()
        return date.fromordinal(plain + EPOCH) if self.names[key].type == DATE else plain

    def row(self, row: int) -> dict[str, Any]:
        """The row as the closure takes it."""
        return {key: self.values(key, (row,))[0] for key in self.columns}


def of_rows(rows: Sequence[Mapping[str, Any]], names: Names, keys: Iterable[str]) -> tuple[Chunk, Array]:
    """The columns `keys` of rows in memory, and which rows hold something that is not of its declared type, or no finite
    number (it counts as missing): what to make of those is the caller's to say."""
    odd = np.zeros(len(rows), bool)
    wanted = {key: names[key] for key in keys}
    columns = {key: _column(datum.type, [row.get(key) for row in rows], odd) for key, datum in wanted.items()}
    return Chunk(0, len(rows), wanted, columns), odd


def _column(type_: Type, values: list[Any], odd: Array) -> Column:
    if not _plainly(type_.kind, values):
        for row, value in enumerate(values):
            if value is not None and not (
                admits(type_, value) and (type_.kind != "double" or isfinite(value))
            ):
                values[row], odd[row] = None, True
    if type_.kind in NUMBERS:
        return _numbers(type_.kind, values)
    codes = Codes()
    numbers = [
        0 if value is None else codes.code(value if type_ == STRING else repr(value), value)
        for value in values
    ]
    return Coded(np.array(numbers, np.int32), codes, 0 in numbers)


def _plainly(kind: str, values: list[Any]) -> bool:
    """Whether all are of the very type and within its bounds, so that none needs a closer look."""
    if set(map(type, values)) - {_PLAIN.get(kind), type(None)}:
        return False
    there = [value for value in values if value is not None] if kind == "int" else []
    return not there or (min(there) >= INT_MIN and max(there) <= INT_MAX)


def _numbers(kind: str, values: list[Any]) -> Lane:
    missing = None
    if None in values:
        missing = np.array([value is None for value in values])
        empty = date.min if kind == "date" else 0
        values = [empty if value is None else value for value in values]
    if kind == "date":
        values = [value.toordinal() - EPOCH for value in values]
    return Lane(np.array(values, _DTYPES[kind]), missing)
