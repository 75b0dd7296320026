"""Rows of the command path: many at once leave what each by itself would, found by key and not by reading the table."""

from __future__ import annotations

import sqlite3

import pytest

from banshi.infra.rows import Call, Overtaken, Rows, write_sqlite

pytestmark = pytest.mark.once

CALL = Call("none", 4)
NEW = Rows.of(
    CALL, 0, "thing", "region, id, seq, note", " ON CONFLICT (region, id) DO UPDATE SET note = EXCLUDED.note"
)
CHANGED = Rows.change(CALL, 1, "thing", "seq, note", "region, id", guard="seq")
MOVED = Rows.change(CALL, 2, "thing", "note", "region, id")
GONE = Rows.gone(CALL, 3, "thing", "region, id")
WAYS = {"new": NEW, "changed": CHANGED, "moved": MOVED, "gone": GONE}


@pytest.fixture
def database() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute(
        "CREATE TABLE thing (region TEXT, id TEXT, seq INTEGER, note TEXT, PRIMARY KEY (region, id))"
    )
    made.execute("CREATE INDEX other ON thing (note, region)")
    made.executemany("INSERT INTO thing VALUES ('r', ?, ?, 'old')", [(f"i{n}", n % 2) for n in range(40)])
    made.commit()
    return made


def lines(way: str, count: int) -> list[tuple[object, ...]]:
    """Some meet a row, some none; with the guard, only rows whose seq is still 0."""
    ids = [f"i{n * 2 + 1 if n % 3 else n * 2}" for n in range(count)]
    return {
        "new": [("r", id, 7, f"new {id}") for id in ids],
        "changed": [(9, f"changed {n}", "r", f"i{n}", n % 2) for n in range(count)],
        "moved": [(f"moved {id}", "r", id) for id in ids],
        "gone": [("r", id) for id in ids],
    }[way]


def content(database: sqlite3.Connection) -> list[tuple[object, ...]]:
    return database.execute("SELECT * FROM thing ORDER BY region, id").fetchall()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 16, 31])
@pytest.mark.parametrize("way", WAYS)
def test_many_at_once_leave_what_each_by_itself_would(
    way: str, count: int, database: sqlite3.Connection
) -> None:
    before = content(database)
    for line in lines(way, count):
        database.execute(WAYS[way].one, line)
    wanted = content(database)
    assert (wanted != before) is (count > 0)
    database.rollback()
    write_sqlite(database.cursor(), {WAYS[way]: lines(way, count)})
    assert content(database) == wanted


@pytest.mark.parametrize("count", [1, 2, 31])
def test_a_row_that_somebody_else_changed_is_told(count: int, database: sqlite3.Connection) -> None:
    given = lines("changed", count)
    with pytest.raises(Overtaken):
        write_sqlite(database.cursor(), {CHANGED: [*given[:-1], (*given[-1][:-1], 99)]})


@pytest.mark.parametrize("way", ["changed", "moved", "gone"])
def test_rows_are_found_by_their_key(way: str, database: sqlite3.Connection) -> None:
    seen: list[str] = []
    database.set_trace_callback(seen.append)
    write_sqlite(database.cursor(), {WAYS[way]: lines(way, 31)})
    database.set_trace_callback(None)
    for statement in seen:
        if not statement.startswith("BEGIN"):
            plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert not [step for step in plan if step in ("SCAN thing", "SCAN o")], plan
