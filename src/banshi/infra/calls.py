"""PostgreSQL 的函数调用: rows that were put are handed to the functions of the command path, by one call."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from banshi.infra.rows import Call, Waiting


def encode(value: Any) -> str:
    """JSON as facts and receipts keep it."""
    return _encode(value).decode()


_encode = msgspec.json.Encoder().encode


def arguments(waiting: Waiting) -> dict[Call, list[bytes | None]]:
    """What the functions are given for these rows; the calls always in one order, so that none block each other for ever."""
    calls: dict[Call, list[bytes | None]] = {}
    for rows in sorted(waiting, key=attrgetter("call.name")):
        given = calls.setdefault(rows.call, [None] * rows.call.places)
        given[rows.place] = _encode([dict(zip(rows.columns, line, strict=True)) for line in waiting[rows]])
    return calls


def call(cursor: Any, waiting: Waiting) -> None:
    """Everything by one call, as part of the transaction."""
    calls = arguments(waiting)
    given = [text and text.decode() for texts in calls.values() for text in texts]
    cursor.execute(_select(tuple(calls), "%s"), given)


def call_alone(cursor: Any, waiting: Waiting) -> None:
    """The same with no transaction around it. The driver's own way of asking looks several times whether the answer is
    there, and gives the interpreter away each time; libpq waits for it once (15 % more commands a second)."""
    from psycopg.errors import error_from_result
    from psycopg.pq import DiagnosticField, ExecStatus

    calls = arguments(waiting)
    link, name = cursor.connection.pgconn, "+".join(one.name for one in calls).encode()
    given = [text for texts in calls.values() for text in texts]
    found = link.exec_prepared(name, given)
    if found.error_field(DiagnosticField.SQLSTATE) == _NOT_PREPARED:
        found = link.prepare(name, _select(tuple(calls), "$").encode())
        if found.status == ExecStatus.COMMAND_OK:
            found = link.exec_prepared(name, given)
    if found.status != ExecStatus.TUPLES_OK:
        raise error_from_result(found)


_NOT_PREPARED = b"26000"  # invalid_sql_statement_name: not said yet here, or the driver has had all forgotten


@lru_cache(maxsize=256)
def _select(calls: tuple[Call, ...], mark: str) -> str:
    """A SELECT of the functions, with `%s` or `$1`, `$2` … for what they are given."""
    numbers = iter(range(1, 1 + sum(one.places for one in calls)))
    marks = (mark if mark == "%s" else f"{mark}{n}" for n in numbers)
    return "SELECT " + ", ".join(
        f"{one.name}({', '.join(next(marks) for _ in range(one.places))})" for one in calls
    )
