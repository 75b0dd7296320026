"""人群的列: a population from Parquet or Arrow, checked against the declared data and cut into chunks.

population = Population.read(Path("enterprises.parquet"), names, asks)
population.check()                  # every row of every column that is asked for; raises `PopulationError`
for chunk in population.chunks(): …

Numbers, dates and bools stay numbers. Everything else (text, lists, maps, records, instants) is coded: each value that
occurs is kept once, for all rules, and the column is whole numbers. An empty cell, and a decimal that is NaN, is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banshi.infra.population.chunk import NUMBERS, Chunk, Coded, Codes, Column
from banshi.infra.population.form import NOBODY
from banshi.infra.population.lanes import FIRST_DAY, LAST_DAY, Lane
from banshi.infra.population.schema import PopulationError, check_column, declared, is_text, unreadable
from banshi.kernel.rules.admit import admits
from banshi.kernel.rules.types import STRING, Names, Type
from banshi.kernel.rules.values import Duration, Timestamp

ROWS = 131_072  # of a chunk: a column of it still stays in the processor's cache, and Python's own share is small
CODES = 1 << 18  # values of a coded column kept at a time
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NANOS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


@dataclass(slots=True)
class Population:
    """人群: where its rows come from, and the declared data among them. `place` is named in errors."""

    place: str
    schema: pa.Schema
    names: Names
    rows: int
    batches: Callable[[list[str], int], Iterator[pa.RecordBatch]]
    headings: Mapping[str, str] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        file: Path,
        names: Names | None = None,
        asks: Iterable[str] | None = None,
        headings: Mapping[str, str] | None = None,
    ) -> Population:
        """`names` None: as the file's own columns are. `asks`: the data that are needed (None: all of `names`).
        `headings`: what the column of a datum is called, where not by its key.

        Raises `PopulationError`, or `Refused` for what is no Parquet file.
        """
        try:
            parquet = pq.ParquetFile(file)
        except (OSError, pa.ArrowInvalid) as error:
            raise unreadable(str(file), error) from None

        def batches(columns: list[str], size: int) -> Iterator[pa.RecordBatch]:
            try:
                yield from pq.ParquetFile(file).iter_batches(size, columns=columns, use_threads=False)
            except (OSError, pa.ArrowInvalid) as error:
                raise unreadable(str(file), error) from None

        rows = parquet.metadata.num_rows
        return cls._checked(str(file), parquet.schema_arrow, names, asks, rows, batches, headings or {})

    @classmethod
    def of(
        cls,
        table: pa.Table,
        names: Names | None = None,
        asks: Iterable[str] | None = None,
        place: str = "population",
    ) -> Population:
        """Of a table in memory."""

        def batches(columns: list[str], size: int) -> Iterator[pa.RecordBatch]:
            yield from table.select(columns).to_batches(max_chunksize=size)

        return cls._checked(place, table.schema, names, asks, table.num_rows, batches)

    @classmethod
    def _checked(
        cls,
        place: str,
        schema: pa.Schema,
        names: Names | None,
        asks: Iterable[str] | None,
        rows: int,
        batches: Any,
        headings: Mapping[str, str] = {},
    ) -> Population:
        names = declared(schema) if names is None else names
        wanted = {key: names[key] for key in (names if asks is None else asks) if key != NOBODY}
        for key, datum in wanted.items():
            check_column(place, schema, headings.get(key, key), datum.type)
        return cls(place, schema, wanted, rows, batches, headings)

    def check(self) -> None:
        """Look at every row. Raises `PopulationError` for the first that is wrong."""
        for _ in self.chunks():
            pass

    def chunks(self, size: int = ROWS) -> Iterator[Chunk]:
        """All rows in their order, `size` at a time."""
        first = 0
        if not self.names:
            for first in range(0, self.rows, size):
                yield Chunk(first, min(size, self.rows - first), self.names, {})
            return
        heading = {key: self.headings.get(key, key) for key in self.names}
        for batch in self.batches(list(dict.fromkeys(heading.values())), size):
            columns = {
                key: self._column(key, datum.type, batch.column(heading[key]), first)
                for key, datum in self.names.items()
            }
            yield Chunk(first, batch.num_rows, self.names, columns)
            first += batch.num_rows

    def _column(self, key: str, type_: Type, array: pa.Array, first: int) -> Column:
        wrong = _Wrong(self.place, self.headings.get(key, key), type_, first)
        if type_.kind in NUMBERS:
            return _numbers(type_.kind, array, wrong)
        codes = self.codes.setdefault(key, Codes())
        if len(codes.values) > CODES:
            codes.forget()
        return _strings(array, codes) if type_ == STRING else _others(type_, array, codes, wrong)


@dataclass(frozen=True, slots=True)
class _Wrong:
    """错在哪里."""

    place: str
    column: str
    type: Type
    first: int

    def at(self, row: int, value: Any) -> PopulationError:
        shown = str(value)[:60]
        return PopulationError(
            "broken_row",
            self.place,
            self.column,
            self.first + row + 1,
            f"的“{shown}”不是{self.type}。",
            f"is “{shown}”, which is no {self.type}.",
        )


# from Arrow


def _numbers(kind: str, array: pa.Array, wrong: _Wrong) -> Lane:
    if pa.types.is_floating(array.type) and array.type != pa.float64():
        array = array.cast(pa.float64())
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
        infinite = pc.is_inf(array)
        if pc.any(infinite).as_py():
            row = pc.index(infinite, True).as_py()
            raise wrong.at(row, array[row])
    array = _cast(kind, array, wrong)
    missing = None
    if array.null_count:
        missing = array.is_null().to_numpy(zero_copy_only=False)
        array = array.fill_null(False if kind == "bool" else 0)
    values = array.to_numpy(zero_copy_only=False)
    if kind == "date":
        bad = (values < FIRST_DAY) | (values > LAST_DAY)
        if bad.any():
            raise wrong.at(int(bad.argmax()), int(values[bad.argmax()]))
    return Lane(values, missing)


def _cast(kind: str, array: pa.Array, wrong: _Wrong) -> pa.Array:
    """To a type that numpy takes as it is. Raises `PopulationError` for the first row that does not fit."""
    found = array.type
    if kind == "int" and pa.types.is_integer(found) and found != pa.uint64():
        return array  # narrow columns stay narrow
    fits = None
    if kind == "date" and is_text(found):
        fits = pc.match_substring_regex(array, _DATE)
    elif kind == "date" and pa.types.is_timestamp(found):
        # Arrow drops the time of day without a word.
        fits = pc.equal(array, array.cast(pa.date32()).cast(found))
    if fits is not None and (row := pc.index(fits, False).as_py()) >= 0:
        raise wrong.at(row, array[row])
    if pa.types.is_null(found) and kind == "date":
        return pa.nulls(len(array), pa.int32())
    wanted = {"int": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "date": pa.date32()}[kind]
    if kind == "double" and pa.types.is_decimal(found):
        array = array.cast(
            pa.string()
        )  # Arrow's own way is off in the last digit: 0.35 becomes 0.35000000000000003
    try:
        made = array.cast(wanted)
    except pa.ArrowInvalid:
        row = _first_wrong(array, wanted)
        raise wrong.at(row, array[row]) from None
    return made.cast(pa.int32()) if kind == "date" else made


def _first_wrong(array: pa.Array, wanted: pa.DataType) -> int:
    low, high = 0, len(array)  # the first `low` rows are right, among the first `high` one is not
    while high - low > 1:
        middle = (low + high) // 2
        try:
            array.slice(low, middle - low).cast(wanted)
            low = middle
        except pa.ArrowInvalid:
            high = middle
    return low


def _strings(array: pa.Array, codes: Codes) -> Coded:
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    own = [0, *(0 if text is None else codes.code(text, text) for text in coded.dictionary.to_pylist())]
    indices = coded.indices.cast(pa.int64())
    places = (indices.fill_null(-1) if indices.null_count else indices).to_numpy() + 1
    numbers = np.array(own, _narrowest(len(codes.values)))[places]
    return Coded(numbers, codes, bool(array.null_count) or 0 in own[1:])


def _others(type_: Type, array: pa.Array, codes: Codes, wrong: _Wrong) -> Coded:
    scale = (
        _NANOS[array.type.unit]
        if type_.kind in ("timestamp", "duration") and hasattr(array.type, "unit")
        else 1
    )
    if type_.kind in ("timestamp", "duration"):
        array = array.cast(pa.int64())
    numbers = []
    for row, found in enumerate(array.to_pylist()):
        value = _plain(type_, found, scale)
        key = repr(value)
        if value is not None and key not in codes.known and not admits(type_, value):
            raise wrong.at(row, found)
        numbers.append(0 if value is None else codes.code(key, value))
    return Coded(np.array(numbers, _narrowest(len(codes.values))), codes, 0 in numbers)


def _plain(type_: Type, value: Any, scale: int) -> Any:
    """A value of Arrow's as the closure takes it."""
    if value is None:
        return None
    match type_.kind:
        case "timestamp":
            return Timestamp(value * scale)
        case "duration":
            return Duration(value * scale)
        case "list":
            return [_plain(type_.element, one, scale) for one in value]
        case "map":
            return {one: _plain(type_.of[1], other, scale) for one, other in value}
        case "record":
            return {name: _plain(inner, value.get(name), scale) for name, inner in type_.fields}
    return value


def _narrowest(count: int) -> Any:
    return np.uint8 if count <= 256 else np.uint16 if count <= 65_536 else np.int32
