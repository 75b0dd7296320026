"""The floor of `bench life`: the rows that one life was seen to write, with fresh keys, by bare sqlite3 or psycopg.

Same statements, pragmas and disk, a transaction a command that reads the case and writes; and no thought about it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

type Written = list[tuple[Any, list[Sequence[Any]]]]  # by way of writing, the rows of one command

_BARE = """
CREATE FUNCTION bench_bare(region text, which uuid, c1 json, c2 json, c3 json, c4 json, c5 json, c6 json,
  c7 json, i1 json, i2 json, i3 json, i4 json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM state FROM cases_case WHERE region_code = region AND id = which FOR UPDATE;
  PERFORM cases_write(c1, c2, c3, c4, c5, c6, c7);
  PERFORM infra_write(i1, i2, i3, i4);
END $$
"""


def bare_sqlite(database: str, life: list[Written], case: UUID, number: str) -> Callable[[datetime], None]:
    connection = sqlite3.connect(
        database, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000",
                   "temp_store=MEMORY", "wal_autocheckpoint=8000"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    keys = sorted(
        {v for command in life for _, rows in command for row in rows for v in row if type(v) is UUID}
    )
    places = {key: n for n, key in enumerate(keys)}

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return str(value.astimezone(UTC).replace(tzinfo=None))
        return value.isoformat() if isinstance(value, date) else value

    ready = [
        [(way.one, [[plain(v) for v in row] for row in rows], [_fresh(row, places, number) for row in rows])
         for way, rows in command]
        for command in life
    ]  # fmt: skip

    def live(at: datetime) -> None:
        ids = [uuid7().hex for _ in keys]
        anew = ids[0][-18:]
        for command in ready:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "SELECT state FROM cases_case WHERE region_code = ? AND id = ?", ("350502", ids[places[case]])
            ).fetchone()
            for statement, rows, fresh in command:
                for row, (uuids, numbers) in zip(rows, fresh, strict=True):
                    for n, key in uuids:
                        row[n] = ids[key]
                    for n, rest in numbers:
                        row[n] = anew + rest
                    connection.execute(statement, row)
            connection.execute("COMMIT")

    return live


def _fresh(row: Sequence[Any], places: dict[UUID, int], number: str) -> tuple[list[Any], list[Any]]:
    """Where keys stand in a row, and where the case's number does, with what follows it."""
    uuids = [(n, places[value]) for n, value in enumerate(row) if type(value) is UUID]
    texts = [(n, value) for n, value in enumerate(row) if isinstance(value, str) and value.startswith(number)]
    return uuids, [(n, value.removeprefix(number)) for n, value in texts]


def make_bare(url: str) -> None:
    """The one function that the floor calls, once a database."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_BARE)


def bare_pg(
    url: str, life: list[list[str | None]], keys: list[str], number: str
) -> Callable[[datetime], None]:
    """`life`: for each command the arguments of both functions as one life gave them, `keys[0]` the case's."""
    from threading import local

    import psycopg

    mine = local()

    def live(at: datetime) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        ids = [(key, str(uuid7())) for key in keys]
        anew = ids[0][1].replace("-", "")[-18:]
        for command in life:
            given = []
            for text in command:
                if text is not None:
                    for key, fresh in ids:
                        text = text.replace(key, fresh)
                    text = text.replace(number, anew)
                given.append(text)
            mine.connection.execute(_CALL, ("350502", ids[0][1], *given))

    return live


_CALL = f"SELECT bench_bare({', '.join(['%s'] * 13)})"
