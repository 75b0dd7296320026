"""热表写法: how rows of the command path are declared, once for both engines; `store.Tx.put` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

type Waiting = dict[Rows, list[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Call:
    """数据库函数: a function of PostgreSQL that takes, for each of its places, rows as JSON, or NULL."""

    name: str
    places: int


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """热表写法: how rows of the command path are written. SQLite runs `one` for a row, with `?` in the order of `columns`,
    or `many`, where such rows stand for `{}`; PostgreSQL takes them as argument `place` of `call`."""

    call: Call
    place: int
    columns: tuple[str, ...]
    one: str
    many: str
    guarded: bool = False

    @classmethod
    def of(cls, call: Call, place: int, table: str, columns: str, more: str = "") -> Rows:
        """A plain INSERT; `columns` as in SQL, `more` what follows it."""
        names = tuple(columns.split(", "))
        many = f"INSERT INTO {table} ({columns}) VALUES {{}}{more}"  # noqa: S608
        return cls(call, place, names, many.format(_marks(names)), many)

    @classmethod
    def change(cls, call: Call, place: int, table: str, columns: str, key: str, guard: str = "") -> Rows:
        """An UPDATE of `columns` by `key`; a row gives the columns, then the key, then what `guard` still has to be
        (told to PostgreSQL as `was`)."""
        names, keys, guards = columns.split(", "), key.split(", "), [guard] if guard else []
        found = [f"{table}.{name}" for name in (*keys, *guards)]
        given = [f"n.column{n}" for n in range(1, len(names) + len(found) + 1)]
        one = (
            f"UPDATE {table} SET {_each(names, '?' * len(names), ', ')}"  # noqa: S608
            f" WHERE {_each(found, '?' * len(found), ' AND ')}"
        )
        many = (
            f"UPDATE {table} SET {_each(names, given[: len(names)], ', ')}"  # noqa: S608
            f" FROM (VALUES {{}}) AS n WHERE {_each(found, given[len(names) :], ' AND ')}"
        )
        return cls(call, place, (*names, *keys, *(["was"] if guard else [])), one, many, bool(guard))

    @classmethod
    def gone(cls, call: Call, place: int, table: str, key: str) -> Rows:
        """A DELETE by `key`."""
        keys = tuple(key.split(", "))
        same = _each([f"o.{key}" for key in keys], [f"n.column{n}" for n in range(1, len(keys) + 1)], " AND ")
        one = f"DELETE FROM {table} WHERE {_each(keys, '?' * len(keys), ' AND ')}"  # noqa: S608
        # CROSS: each key is looked up; left to itself SQLite reads a young table from end to end.
        found = f"SELECT o.rowid FROM (VALUES {{}}) AS n CROSS JOIN {table} AS o ON {same}"  # noqa: S608
        return cls(call, place, keys, one, f"DELETE FROM {table} WHERE rowid IN ({found})")  # noqa: S608


class Overtaken(Exception):
    """被抢先: a guarded row is no longer what it was; PostgreSQL's functions say so by a serialization failure."""


def write_sqlite(cursor: Any, waiting: Waiting) -> None:
    """All rows, by few statements: after each the interpreter may have gone to another thread. Raises `Overtaken`."""
    for rows, lines in waiting.items():
        at, left = 0, len(lines)
        for share in _SHARES:
            while left >= share:
                if share == 1:
                    cursor.execute(rows.one, lines[at])
                else:
                    cursor.execute(
                        _statement(rows, share), tuple(chain.from_iterable(lines[at : at + share]))
                    )
                if rows.guarded and cursor.rowcount != share:
                    raise Overtaken
                at, left = at + share, left - share


# Few numbers of rows to a statement, so that each stays compiled.
_SHARES = (16, 8, 4, 2, 1)


@lru_cache(maxsize=256)
def _statement(rows: Rows, lines: int) -> str:
    return rows.many.format(", ".join([_marks(rows.columns)] * lines))


def _marks(columns: Sequence[str]) -> str:
    return f"({', '.join('?' * len(columns))})"


def _each(names: Sequence[str], values: Sequence[str], between: str) -> str:
    return between.join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
