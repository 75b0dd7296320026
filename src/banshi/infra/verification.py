"""核对: what a whole database is read by, chunk for chunk, to see whether facts and rows still say the same.

A chunk holds some hundred whole streams and is read in one snapshot, so that a server may go on writing meanwhile.
Rows come raw from the driver: no ORM object is made, and memory does not grow with the database.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections

from banshi.kernel.facts import Fact

FACTS = 4000  # in a chunk
type Stored = Any  # a value as the driver gives it: on SQLite UUIDs, instants and days are text


class Finding(NamedTuple):
    """核对所见: `rule` names what is wrong, `where` the stream or row; in words also what to do."""

    rule: str
    where: str
    zh: str
    en: str


class Told(NamedTuple):
    """流中一条: one fact of a stream, `at` as stored."""

    seq: int
    at: Stored
    fact: Fact
    actor: str


@dataclass(frozen=True, slots=True)
class Span:
    """一段: the streams of a county whose ids lie in (after, until]; None is without end."""

    region: str
    after: UUID | None = None
    until: UUID | None = None

    def holds(self, id: UUID) -> bool:
        return (self.after is None or id > self.after) and (self.until is None or id <= self.until)


@dataclass(slots=True)
class Report:
    """核对结果 of one or more chunks: findings, how many streams and facts were read, and what counters should say."""

    findings: list[Finding] = field(default_factory=list)
    streams: int = 0
    facts: int = 0
    cases: int = 0
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (region, name, key)

    def say(self, rule: str, where: object, zh: str, en: str) -> None:
        self.findings.append(Finding(rule, str(where), zh, en))


@dataclass(frozen=True, slots=True)
class Chunk:
    """一块: a span with all facts of its streams, and the means to read other rows of the same span and snapshot."""

    span: Span
    streams: dict[UUID, list[Told]]
    reader: Reader
    _begun: dict[str, list[UUID]] = field(default_factory=dict, init=False)

    def begun(self, kinds: Iterable[str]) -> Iterator[UUID]:
        """The streams whose first fact is of one of these kinds."""
        if not self._begun:
            for id, told in self.streams.items():
                self._begun.setdefault(told[0].fact.kind, []).append(id)
        for kind in kinds:
            yield from self._begun.get(kind, ())

    def county(self, table: str, columns: Sequence[str]) -> list[tuple[Stored, ...]]:
        """All rows of the county: for tables of few rows that have no id."""
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE region_code = %s"  # noqa: S608 (names of our own)
        return self.reader.all(sql, [self.span.region])

    def rows(
        self, table: str, columns: Sequence[str], key: str = "id", *, indexed: bool = False
    ) -> dict[UUID, list[tuple[Stored, ...]]]:
        """The rows of the span, by the key, which the tuples do not repeat. `indexed`: the table's own key is another,
        but an index begins with this one."""
        where, params = _within(key, self.span)
        if indexed and self.reader.sqlite:
            where = f"+{where}"  # else SQLite takes the table's key for the county, and reads all of it
        found: dict[UUID, list[tuple[Stored, ...]]] = defaultdict(list)
        sql = f"SELECT {', '.join((key, *columns))} FROM {table} WHERE {where}"  # noqa: S608 (names of our own)
        ids = _Ids()
        for id, *values in self.reader.all(sql, params):
            found[ids[id]].append(tuple(values))
        return found

    def present(self, table: str, ids: Iterable[UUID]) -> set[UUID]:
        """Those of the ids that the table has in this county."""
        wanted, found = list(ids), set()
        for n in range(0, len(wanted), 500):
            some = wanted[n : n + 500]
            marks = ", ".join(["%s"] * len(some))
            sql = f"SELECT id FROM {table} WHERE region_code = %s AND id IN ({marks})"  # noqa: S608
            found |= {_uuid(id) for (id,) in self.reader.all(sql, [self.span.region, *some])}
        return found

    def place(self, id: UUID) -> str:
        return f"{self.span.region}/{id}"


class Reader:
    """读库: a read-only connection of its own, on SQLite and PostgreSQL."""

    def __init__(self) -> None:
        database = connections[DEFAULT_DB_ALIAS]
        self.sqlite = database.vendor == "sqlite"
        if self.sqlite:
            place = Path(database.settings_dict["NAME"]).resolve().as_uri()
            self._driver: Any = sqlite3.connect(f"{place}?mode=ro", uri=True, isolation_level=None)
            self._driver.execute("PRAGMA mmap_size=1073741824")
        else:
            self._wrapper = connections.create_connection(DEFAULT_DB_ALIAS)
            self._wrapper.ensure_connection()
            self._driver = self._wrapper.connection

    def close(self) -> None:
        self._driver.close()

    def all(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Stored, ...]]:
        if self.sqlite:
            values = [self.stored(value) for value in params]
            return list(self._driver.execute(sql.replace("%s", "?"), values).fetchall())
        with self._driver.cursor() as cursor:
            return list(cursor.execute(sql, params).fetchall())

    def stored(self, value: Any) -> Stored:
        """A value as the driver would give it back."""
        if not self.sqlite or value is None:
            return value
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return str(value.astimezone(UTC).replace(tzinfo=None))
        if isinstance(value, date):
            return value.isoformat()
        return value

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it, every read sees the same instant of the database."""
        self._driver.execute("BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._driver.execute("ROLLBACK")

    def regions(self, tables: Iterable[str]) -> list[str]:
        """The counties that have rows in any of the tables."""
        found = set()
        for table in tables:
            last: str = ""
            while rows := self.all(f"SELECT min(region_code) FROM {table} WHERE region_code > %s", [last]):  # noqa: S608
                if rows[0][0] is None:
                    break
                last = rows[0][0]
                found.add(last)
        return sorted(found)

    def spans(self, region: str, tables: Iterable[str], size: int) -> list[Span]:
        """The county cut into spans of at most so many rows of each table; the first and the last are without end."""
        edges = sorted({edge for table in tables for edge in self._edges(region, table, size)})
        return [Span(region, *pair) for pair in zip([None, *edges], [*edges, None], strict=True)]

    def _edges(self, region: str, table: str, size: int) -> Iterator[UUID]:
        after: UUID | None = None
        while True:
            where, params = _within("id", Span(region, after))
            sql = f"SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1 OFFSET %s"  # noqa: S608
            rows = self.all(sql, [*params, size - 1])
            if not rows:
                return
            yield (after := _uuid(rows[0][0]))

    def chunks(self, span: Span) -> Iterator[Chunk]:
        """The span in chunks, each with whole streams and in one snapshot, which ends when the next one is asked for."""
        after: UUID | None = span.after
        while True:
            with self.snapshot():
                rows, more = self._facts(Span(span.region, after, span.until))
                streams: dict[UUID, list[Told]] = {}
                for id, told in rows:
                    streams.setdefault(id, []).append(told)
                until = next(reversed(streams)) if more else span.until
                yield Chunk(Span(span.region, after, until), streams, self)
            if not more:
                return
            after = until

    def _facts(self, span: Span) -> tuple[list[tuple[UUID, Told]], bool]:
        """Facts of whole streams, about `FACTS` of them, and whether others follow."""
        where, params = _within("stream_id", span)
        sql = f"SELECT stream_id, seq, at, kind, data, actor FROM infra_fact WHERE {where} ORDER BY stream_id, seq"  # noqa: S608
        rows = self.all(f"{sql} LIMIT %s", [*params, FACTS])
        more = len(rows) == FACTS
        if more:
            last = rows[-1][0]
            whole = [row for row in rows if row[0] != last]
            if not whole:  # one stream longer than a chunk
                where, params = _within("stream_id", Span(span.region, span.after, _uuid(last)))
                whole = self.all(sql.replace(_within("stream_id", span)[0], where), params)
            rows = whole
        decode, ids = _decode, _Ids()
        return [
            (ids[id], Told(seq, at, Fact(kind, decode(data)), actor))
            for id, seq, at, kind, data, actor in rows
        ], more


class _Ids(dict[Any, UUID]):
    """Each id is parsed once for all facts of its stream."""

    def __missing__(self, stored: Stored) -> UUID:
        found = self[stored] = _uuid(stored)
        return found


def _decode(data: str) -> dict[str, Any]:
    """What cannot be read is found by who folds it."""
    try:
        found: dict[str, Any] = _json(data)
    except msgspec.DecodeError:
        return {}
    return found


_json = msgspec.json.Decoder(dict[str, Any]).decode


def _uuid(stored: Stored) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


def _within(key: str, span: Span) -> tuple[str, list[Any]]:
    where, params = "region_code = %s", [span.region]
    for bound, sign in ((span.after, ">"), (span.until, "<=")):
        if bound is not None:
            where += f" AND {key} {sign} %s"
            params.append(bound)  # type: ignore[arg-type]
    return where, params


# --- what holds for every stream, whatever it is about

TABLES = ("infra_fact", "infra_outbox")


def check_row(
    chunk: Chunk,
    id: UUID,
    what: tuple[str, str],
    columns: Mapping[str, tuple[Any, Stored]],
    same_state: Callable[[str], bool],
    report: Report,
) -> None:
    """行与事实相符: each column's value as folded and as stored; `what` is called so in Chinese and in English.

    `same_state`: whether a state that is spelt otherwise, as an older version wrote it, says the same.
    """
    wrong = [
        name
        for name, (value, found) in columns.items()
        if chunk.reader.stored(value) != found and not (name == "state" and same_state(str(found)))
    ]
    if wrong:
        zh, en = what
        report.say(
            "row_differs", chunk.place(id),
            f"{zh}的行与事实不符：{'、'.join(wrong)}。以事实为准，请从备份核对是谁改的。",
            f"The row of {en} differs from its facts: {', '.join(wrong)}. The facts are right: find out who changed it.",
        )  # fmt: skip


def check_streams(chunk: Chunk, report: Report) -> None:
    """No stream has a gap, and nothing waits in the outbox for a fact that is not there."""
    report.streams += len(chunk.streams)
    for id, told in chunk.streams.items():
        report.facts += len(told)
        if told[-1].seq != len(told) or told[0].seq != 1:
            held = {one.seq for one in told}
            missing = next(n for n in range(1, told[-1].seq + 1) if n not in held)
            report.say(
                "gap",
                chunk.place(id),
                f"缺第{missing}条事实（共到第{told[-1].seq}条）。事实被删过，请从备份核对。",
                f"Fact {missing} of {told[-1].seq} is missing. Facts were deleted: compare with a backup.",
            )
    for id, rows in chunk.rows("infra_outbox", ("seq", "handler"), "stream_id", indexed=True).items():
        known = {one.seq for one in chunk.streams.get(id, ())}
        for seq, handler in rows:
            if seq not in known:
                report.say(
                    "outbox_orphan",
                    f"{chunk.place(id)}#{seq}",
                    f"发件箱里有“{handler}”的一行，却没有这条事实。请从备份核对。",
                    f"The outbox has a row for '{handler}', but there is no such fact. Compare with a backup.",
                )


# --- counters: names are LIKE patterns


def counters(reader: Reader, names: Iterable[str], but: str = "") -> Counter[tuple[str, str, str]]:
    """What the counters say now, by (region, name, key); folded or not makes no difference. `but`: leave out such keys."""
    wanted = list(names)
    where = f"({' OR '.join(['name LIKE %s'] * len(wanted))})"
    if but:
        where += " AND key NOT LIKE %s"
        wanted.append(but)
    sql = (
        f"SELECT region_code, name, key, value FROM infra_counter WHERE {where} UNION ALL"  # noqa: S608
        f" SELECT region_code, name, key, sum(delta) FROM infra_counterdelta WHERE {where} GROUP BY 1, 2, 3"
    )
    sums: Counter[tuple[str, str, str]] = Counter()
    with reader.snapshot():
        for region, name, key, value in reader.all(sql, [*wanted, *wanted]):
            sums[region, name, key] += int(value)
    return sums


def check_counters(
    before: Counter[tuple[str, str, str]], after: Counter[tuple[str, str, str]], report: Report
) -> None:
    """Counters equal counts. While a server writes, they may only have moved on since the reading began."""
    for key in sorted({*before, *after, *report.counted}):
        low, counted, high = before[key], report.counted[key], after[key]
        if not low <= counted <= high:
            said = f"{low}" if low == high else f"{low}–{high}"
            report.say(
                "counter_differs",
                "/".join(key),
                f"计数是{said}，事实数出来是{counted}。以事实为准，请按差数补记计数。",
                f"The counter says {said}, the facts come to {counted}. The facts are right: correct the counter.",
            )


@dataclass(frozen=True, slots=True)
class BothWays:
    """有增有减的计数: counters for which no bounds hold while a server writes.

    Their facts only grow in number: where as many as were read (counted under `facts`) are there at the end (`now`, by
    county), none came meanwhile, and the counters must equal. `but`: keys that no fact stands behind.
    """

    names: tuple[str, ...]
    facts: str
    now: str
    but: str = ""

    def has(self, name: str) -> bool:
        return any(name == one or (one[-1] == "%" and name.startswith(one[:-1])) for one in self.names)


def check_both_ways(reader: Reader, kinds: Sequence[BothWays], report: Report) -> set[str]:
    """Once all was read: takes what it came to out of `report.counted`; the counties that were left out."""
    left_out: set[str] = set()
    stood = Report()
    for kind in kinds:
        mine = {key: n for key, n in report.counted.items() if kind.has(key[1])}
        said = counters(reader, kind.names, kind.but)
        # Asked for last: what has not changed by now had not changed when the counters were read.
        facts = {region: int(n) for region, n in reader.all(kind.now)}
        read = {key[0]: n for key, n in report.counted.items() if key[1] == kind.facts}
        moved = {region for region in {*facts, *read} if facts.get(region, 0) != read.get(region, 0)}
        left_out |= moved
        stood.counted = Counter({key: mine.get(key, 0) for key in {*mine, *said} if key[0] not in moved})
        same = Counter({key: said[key] for key in stood.counted})
        check_counters(same, same, stood)
    for key in list(report.counted):
        if any(key[1] == kind.facts or kind.has(key[1]) for kind in kinds):
            del report.counted[key]
    report.findings += stood.findings
    return left_out
