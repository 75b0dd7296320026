"""PostgreSQL 的函数调用: rows that were put are handed to the functions of the command path, by one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import count
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
    cursor.execute(_select(tuple(calls)), given)


def call_alone(cursor: Any, waiting: Waiting) -> None:
    """The same with no transaction around it. The driver's own way of asking looks several times whether the answer is
    there, and gives the interpreter away each time; libpq waits for it once (15 % more commands a second)."""
    calls = arguments(waiting)
    statement = _numbered(_select(tuple(calls)))
    _at_once(cursor.connection.pgconn, statement, [text for texts in calls.values() for text in texts])


def ask(connection: Any, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows that a question (placeholders `%s`) has for answer, asked in the same way."""
    from psycopg.adapt import PyFormat, Transformer

    values = Transformer(connection)
    given = values.dump_sequence(params, [PyFormat.TEXT] * len(params))
    values.set_pgresult(found := _at_once(connection.pgconn, _numbered(sql), given))
    return list(values.load_rows(0, found.ntuples, tuple))


def _at_once(link: Any, statement: tuple[bytes, bytes], given: Sequence[Any]) -> Any:
    """The result of a prepared statement (its name and words). Raises psycopg's errors."""
    from psycopg.errors import error_from_result
    from psycopg.pq import DiagnosticField, ExecStatus

    name, words = statement
    found = link.exec_prepared(name, given)
    if found.error_field(DiagnosticField.SQLSTATE) == _NOT_PREPARED:
        found = link.prepare(name, words)
        if found.status == ExecStatus.COMMAND_OK:
            found = link.exec_prepared(name, given)
    if found.status != ExecStatus.TUPLES_OK:
        raise error_from_result(found)
    return found


_NOT_PREPARED = b"26000"  # invalid_sql_statement_name: not said yet here, or the driver has had all forgotten


@lru_cache(maxsize=256)
def _select(calls: tuple[Call, ...]) -> str:
    return "SELECT " + ", ".join(f"{one.name}({', '.join(['%s'] * one.places)})" for one in calls)


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> tuple[bytes, bytes]:
    """A name for the statement, and its words with PostgreSQL's own placeholders."""
    numbers = count(1)
    words = re.sub("%[s%]", lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql).encode()
    return b"banshi_" + sha256(words).hexdigest()[:32].encode(), words
