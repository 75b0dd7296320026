"""有事实的行: rows that facts come to, declared once for each table; a context says how its facts fold.

Used by `verify` alone. Each stream of a chunk is folded once, and its row is read with all others of the chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from banshi.infra.verification import Chunk, Report, Stored, Told, check_row

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """一种行: a row for each stream that begins with one of `facts`, under the stream's id.

    `fold` gives the columns that facts tell, of those that are read (`columns`); what is not among them the row alone
    holds. Where the table's key is no id, `place` makes the stream's id of the county and `key`.
    """

    zh: str
    en: str
    table: str
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    fold: Callable[[Sequence[Told]], Values]
    key: str = "id"
    place: Callable[[str, str], UUID] | None = None


class Checked(NamedTuple):
    """核对过的流: a stream with its row as stored (nothing where there is none) and as its facts fold."""

    id: UUID
    told: list[Told]
    row: Mapping[str, Stored]
    values: Values


def check_kind(chunk: Chunk, kind: Kind, report: Report) -> list[Checked]:
    """Every row of the kind in the chunk; those that could be folded, for what hangs on them."""
    found, checked = dict(_rows(chunk, kind)), []
    for id in chunk.begun(kind.facts):
        told, row = chunk.streams[id], found.pop(id, None)
        try:
            values = kind.fold(told)
        except Exception as error:  # a damaged fact may raise anything
            report.say(
                "unfoldable", chunk.place(id), f"{kind.zh}的事实不能折叠（{type(error).__name__}）。请从备份核对。",
                f"The facts of {kind.en} do not fold ({type(error).__name__}). Compare with a backup.",
            )  # fmt: skip
            continue
        if row is None:
            report.say(
                "no_row", chunk.place(id), f"有事实，没有{kind.zh}行。请从备份核对，按事实补上。",
                f"There are facts but no row of {kind.en}. Compare with a backup and restore it from the facts.",
            )  # fmt: skip
        else:
            _compare(chunk, id, (kind.zh, kind.en), values, row, report)
        checked.append(Checked(id, told, row or {}, values))
    for id in found:
        report.say(
            "no_facts", chunk.place(id), f"有{kind.zh}行，没有事实。请从备份核对。",
            f"There is a row of {kind.en} but no fact. Compare with a backup.",
        )  # fmt: skip
    return checked


def _rows(chunk: Chunk, kind: Kind) -> Iterator[tuple[UUID, Mapping[str, Stored]]]:
    names = [name.strip('"') for name in kind.columns]
    if kind.place is None:
        for id, (row, *_) in chunk.rows(kind.table, kind.columns, kind.key).items():
            yield id, dict(zip(names, row, strict=True))
        return
    for name, *values in chunk.county(kind.table, (kind.key, *kind.columns)):
        id = kind.place(chunk.span.region, name)
        if chunk.span.holds(id):
            yield id, dict(zip(names, values, strict=True))


@dataclass(frozen=True, slots=True)
class Part:
    """流下的行: rows of which a stream may have several, told apart by the first of `columns`; `key` is the stream's id."""

    zh: str
    en: str
    table: str
    columns: tuple[str, ...]
    key: str
    indexed: bool = False


def check_parts(
    chunk: Chunk, part: Part, expected: Mapping[UUID, Mapping[Any, Values]], report: Report
) -> None:
    """`expected`: by stream and first column, what facts tell; of streams that do not fold nothing is said twice."""
    found = chunk.rows(part.table, part.columns, part.key, indexed=part.indexed)
    for id in {**expected, **found}:
        if id not in expected and id in chunk.streams:
            continue
        rows = {row[0]: dict(zip(part.columns, row, strict=True)) for row in found.get(id, ())}
        wanted = {chunk.reader.stored(name): values for name, values in expected.get(id, {}).items()}
        for name in sorted(wanted.keys() | rows.keys(), key=str):
            if name not in rows:
                report.say(
                    "no_row", f"{chunk.place(id)}#{name}", f"有事实，没有{part.zh}行。请从备份核对，按事实补上。",
                    f"There is a fact but no row of {part.en}. Compare with a backup and restore it from the facts.",
                )  # fmt: skip
            elif name not in wanted:
                report.say(
                    "no_facts", f"{chunk.place(id)}#{name}", f"有{part.zh}行，没有事实。请从备份核对。",
                    f"There is a row of {part.en} but no fact. Compare with a backup.",
                )  # fmt: skip
            else:
                what = (f"{part.zh} {name} ", f"{part.en} {name}")
                _compare(chunk, id, what, wanted[name], rows[name], report)


def check_kept(chunk: Chunk, table: str, named: Mapping[UUID, UUID], report: Report) -> None:
    """What facts name is kept: `named` by its id, with the stream that names it. What was erased still has its row."""
    for id in named.keys() - chunk.present(table, named):
        report.say(
            "private_missing", chunk.place(named[id]), f"事实提到的私密内容没有（{id}）。请从备份补上。",
            f"Private content that a fact names is missing ({id}). Restore it from a backup.",
        )  # fmt: skip


def texts(told: Iterable[Told]) -> Iterator[UUID]:
    """The ids of the words that facts name."""
    for one in told:
        if name := one.fact.data.get("text"):
            yield UUID(name)


def _compare(
    chunk: Chunk, id: UUID, what: tuple[str, str], values: Values, row: Mapping[str, Stored], report: Report
) -> None:
    columns = {name: (value, row[name]) for name, value in values.items()}
    check_row(chunk, id, what, columns, lambda found: False, report)
