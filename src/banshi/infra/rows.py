"""热表写法: how rows of the command path are declared, once for both engines; `store.Tx.put` writes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """数据库函数: a function of PostgreSQL that takes, for each of its places, rows as JSON, or NULL."""

    name: str
    places: int


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """热表写法: how rows of the command path are written. `statement` is what SQLite runs for each, with `?` in the
    order of `columns`; PostgreSQL takes them as argument `place` of `call`."""

    call: Call
    place: int
    columns: tuple[str, ...]
    statement: str

    @classmethod
    def of(cls, call: Call, place: int, table: str, columns: str, more: str = "") -> Rows:
        """A plain INSERT; `columns` as in SQL, `more` what follows it."""
        names = tuple(columns.split(", "))
        marks = ", ".join("?" * len(names))
        return cls(call, place, names, f"INSERT INTO {table} ({columns}) VALUES ({marks}){more}")  # noqa: S608

    @classmethod
    def change(cls, call: Call, place: int, table: str, columns: str, key: str, guard: str = "") -> Rows:
        """An UPDATE of `columns` by `key`; a row gives the columns, then the key, then what `guard` still has to be
        (told to PostgreSQL as `was`)."""
        names, keys = columns.split(", "), key.split(", ")
        news = ", ".join(f"{name} = ?" for name in names)
        where = " AND ".join(f"{name} = ?" for name in keys)
        if guard:
            keys.append("was")
            where += f" AND {guard} = ?"
        return cls(call, place, (*names, *keys), f"UPDATE {table} SET {news} WHERE {where}")  # noqa: S608

    @classmethod
    def gone(cls, call: Call, place: int, table: str, key: str) -> Rows:
        """A DELETE by `key`."""
        keys = tuple(key.split(", "))
        where = " AND ".join(f"{name} = ?" for name in keys)
        return cls(call, place, keys, f"DELETE FROM {table} WHERE {where}")  # noqa: S608
