"""The one door for writes.

`write(work)` runs `work(tx)` as one transaction: it reads, decides and writes facts, rows, outbox and counters; a
refusal anywhere undoes all of it. Rows of the command path are gathered (`Tx.put`) and written together at the end, or
before the next statement that could see them: on PostgreSQL by one call, on SQLite by one statement a table.
PostgreSQL: in the caller's thread. SQLite: by the one writing connection, several works to a commit (`infra.writer`),
answered only after the COMMIT; all other SQLite connections are read-only. No PDF, network or password hash belongs
inside a work, and a work may be run a second time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.signals import connection_created
from uuid_utils.compat import uuid7

from banshi.infra import logs
from banshi.infra.calls import call, call_alone
from banshi.infra.calls import encode as encode
from banshi.infra.rows import Call, Overtaken, Rows, Waiting, write_sqlite
from banshi.infra.writer import Alone, Begin, Job, Writer
from banshi.kernel.facts import Fact, Recorded, Refused, Stream

type Work[T] = Callable[["Tx"], T]
type Together = Callable[["Tx", Recorded], None]


class Clash(Refused):
    """并发冲突: somebody else changed the same thing between reading and writing."""

    def __init__(self) -> None:
        super().__init__(
            "clash",
            "这件事刚刚被别人处理过，请刷新后再看。",
            "Somebody else has just changed this; reload and look again.",
        )


@dataclass(frozen=True, slots=True)
class Wiring:
    """谁听谁: who hears of which kind of fact: in the same transaction, or afterwards by name from the outbox."""

    together: dict[str, tuple[Together, ...]] = field(default_factory=dict)
    afterwards: dict[str, tuple[str, ...]] = field(default_factory=dict)


_wiring = Wiring()
_local = threading.local()
_inline = False
_wakers: list[Callable[[], None]] = []


def wire(wiring: Wiring) -> None:
    """Install the table of `site.wiring`, once at start."""
    global _wiring
    _wiring = wiring


def on_outbox(wake: Callable[[], None]) -> None:
    """Call `wake` whenever a commit left something in the outbox."""
    _wakers.append(wake)


def new_id() -> UUID:
    """A UUIDv7: ordered by time, made in the application (RFC 9562)."""
    return uuid7()


_INFRA = Call("infra_write", 4)
_RECEIPTS = Rows.of(_INFRA, 0, "infra_receipt", "region_code, command_id, at, result")
_FACTS = Rows.of(_INFRA, 1, "infra_fact", "region_code, stream_id, seq, kind, at, actor, command_id, data")
_OUTBOX = Rows.of(
    _INFRA,
    2,
    "infra_outbox",
    "region_code, id, stream_id, seq, handler, due_at, state, attempts, error",
)
_DELTAS = Rows.of(_INFRA, 3, "infra_counterdelta", "region_code, id, name, key, delta")


class Tx:
    """一次写入: what a work may do inside its transaction."""

    def __init__(
        self,
        driver: Any,
        sqlite: bool,
        at: datetime,
        actor: str,
        command_id: UUID | None,
        begin: Begin | None = None,
        alone: Alone | None = None,
        sure: bool = False,
    ) -> None:
        self.driver, self.sqlite, self.at, self.actor, self.command_id = driver, sqlite, at, actor, command_id
        self._cursor = driver.cursor()
        self._begin, self._alone, self._sure = begin, alone, sure
        self.guessed = False
        self.waiting: Waiting = {}
        self.facts: list[Recorded] = []
        self.outbox = False
        self.told: list[Callable[[], None]] = []

    @property
    def alone(self) -> bool:
        """No transaction has begun: what is read now may have changed when it is written."""
        return self._alone is not None

    def guess(self) -> bool:
        """Whether the work may take what it remembers for what stands. Refused then, or overtaken, it is run again and
        may not."""
        self.guessed = self.alone and not self._sure
        return self.guessed

    def after(self, tell: Callable[[], None]) -> None:
        """Call it once all of this is committed, in the thread that asked for it."""
        self.told.append(tell)

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute one statement (placeholders `%s`); the number of rows it touched."""
        self.settle()
        return self._execute(sql, params)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each row."""
        self.settle()
        self._cursor.executemany(question_marks(sql) if self.sqlite else sql, list(rows))

    def one(self, sql: str, params: Sequence[Any] = ()) -> Any | None:
        """The first row, or None. On SQLite UUIDs and instants come back as text."""
        self.run(sql, params)
        return self._cursor.fetchone()

    def all(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """All rows."""
        self.run(sql, params)
        return list(self._cursor.fetchall())

    def look(self, sql: str, params: Sequence[Any] = ()) -> Any | None:
        """The first row, or None, without beginning a transaction: for what the later write itself makes sure of."""
        if self.waiting:
            self.settle()
        self._execute(sql, params)
        return self._cursor.fetchone()

    def put(self, rows: Rows, row: Sequence[Any]) -> None:
        """Write one row, together with all others that are put: at the end, or before the next statement."""
        waiting = self.waiting.get(rows)
        if waiting is None:
            self.waiting[rows] = [row]
        else:
            waiting.append(row)

    def settle(self) -> None:
        """Begin, and write what waits: before a statement that is not of the command path."""
        if self._begin is not None:
            begin, self._begin, self._alone = self._begin, None, None
            begin()
        if self.waiting:
            self.flush()

    def flush(self) -> None:
        """Write what was put. Raises `Clash` when another transaction has taken a place in a stream."""
        waiting, self.waiting = self.waiting, {}
        try:
            if self._alone is not None:
                self._alone(self._cursor, self.facts[0].stream.id.int if self.facts else 0, waiting)
            elif self.sqlite:
                write_sqlite(self._cursor, waiting)
            else:
                call(self._cursor, waiting)
        except Exception as error:
            if _lost_race(error):
                raise Clash from error
            raise

    def _execute(self, sql: str, params: Sequence[Any]) -> int:
        self._cursor.execute(question_marks(sql) if self.sqlite else sql, params)
        return int(self._cursor.rowcount)

    def append(self, stream: Stream, after: int, facts: Sequence[Fact]) -> list[Recorded]:
        """Append facts behind sequence number `after` (0: the stream is new) and tell who hears them.

        `Clash` follows, at the latest when the work ends, where another transaction has taken that place.
        """
        at, actor, region, id = self.at, self.actor, stream.region, stream.id
        recorded = [Recorded(stream, after + n, fact, at, actor) for n, fact in enumerate(facts, 1)]
        for r in recorded:
            kind = r.fact.kind
            self.put(_FACTS, (region, id, r.seq, kind, at, actor, self.command_id, encode(r.fact.data)))
            for handler in _wiring.afterwards.get(kind, ()):
                self.put(_OUTBOX, (region, new_id(), id, r.seq, handler, at, 0, 0, ""))
                self.outbox = True
        self.facts.extend(recorded)
        for r in recorded:
            for hear in _wiring.together.get(r.kind, ()):
                self.settle()
                hear(self, r)
        return recorded

    def count(self, region: str, name: str, key: str, delta: int) -> None:
        """Add to a counter: an insert-only delta (storage rule 10)."""
        self.put(_DELTAS, (region, new_id(), name, key, delta))


def write[T](
    work: Work[T],
    *,
    at: datetime,
    actor: str,
    region: str = "",
    command_id: UUID | None = None,
    direct: bool = False,
) -> T:
    """Run `work` as one transaction and return what it returns, once it is durable.

    With a `command_id`, a repeat returns the first answer (decoded from JSON) and does nothing; `region` is then the
    county that the command belongs to. Inside another work, joins its transaction. `direct`: the work writes by `Tx`
    alone, never by the ORM, and what it looks at is guarded by the stream it appends to: PostgreSQL then needs no
    transaction around it.
    Raises whatever `work` raises, with nothing written.
    """
    if command_id is not None:
        logs.command_id.set(str(command_id))  # until the request or duty ends
    current: Tx | None = getattr(_local, "tx", None)
    if current is not None:
        return work(current) if command_id is None else _once(current, work, region, command_id)
    job = _Command(work, at, actor, region, command_id, direct)
    try:
        result: T = _run(job)
    except Exception as error:
        # A repeat does its work again up to where its receipt is found to be there: that one holds the answer.
        if command_id is not None and (first := _answer(region, command_id)) is not None:
            answer: T = msgspec.json.decode(first)
            return answer
        if not isinstance(error, Clash):
            raise
        # What was read has changed since, or a number made by chance was taken: the rules shall say it, or it succeeds.
        job.sure = True
        result = _run(job)
    if job.outbox:
        for wake in _wakers:
            wake()
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:  # else somebody around it may still undo it
        for tell in job.told:
            tell()
    return result


def _run(job: _Command) -> Any:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite" and not _inline:
        return _writer.submit(Job(job.run, direct=job.direct))
    if job.direct and connection.vendor != "sqlite" and not connection.in_atomic_block:
        with suppress(Clash):
            return _decide_here(connection, job)
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # Inline mode may be switched on after a connection was opened read-only.
        connection.connection.execute("PRAGMA query_only=OFF")
    with transaction.atomic():
        return job.run(connection.connection, None, sqlite=connection.vendor == "sqlite")


def _decide_here(connection: Any, job: _Command) -> Any:
    """PostgreSQL: a direct work is one look and one call, with no transaction around them; the place in the stream tells
    whether somebody else was faster. Raises `Clash`: then again, locking."""
    connection.ensure_connection()
    with ExitStack() as stack:

        def begin() -> None:
            stack.enter_context(transaction.atomic())

        return job.run(
            connection.connection,
            begin,
            lambda cursor, stream, waiting: call_alone(cursor, waiting),
            sqlite=False,
        )


def _once[T](tx: Tx, work: Work[T], region: str, command_id: UUID) -> T:
    """Inside another work, where a clash would undo that one too."""
    row = tx.one(
        "SELECT result FROM infra_receipt WHERE region_code = %s AND command_id = %s", (region, command_id)
    )
    if row is not None:
        repeated: T = msgspec.json.decode(row[0])
        return repeated
    result = work(tx)
    tx.put(_RECEIPTS, (region, command_id, tx.at, encode(result)))
    return result


def _answer(region: str, command_id: UUID) -> str | None:
    from banshi.infra.models import Receipt

    found = Receipt.objects.filter(region_code=region, command_id=command_id)
    return found.values_list("result", flat=True).first()


class _Command:
    """写入请求: a work with what its transaction is told."""

    __slots__ = ("actor", "at", "command_id", "direct", "outbox", "region", "sure", "told", "work")

    def __init__(
        self,
        work: Work[Any],
        at: datetime,
        actor: str,
        region: str,
        command_id: UUID | None,
        direct: bool,
    ) -> None:
        self.work, self.at, self.actor, self.region, self.command_id = work, at, actor, region, command_id
        self.direct = direct
        self.sure = self.outbox = False
        self.told: Sequence[Callable[[], None]] = ()

    def run(
        self, driver: Any, begin: Begin | None, alone: Alone | None = None, *, sqlite: bool = True
    ) -> Any:
        tx = Tx(driver, sqlite, self.at, self.actor, self.command_id, begin, alone, self.sure)
        _local.tx = tx
        try:
            result = self.work(tx)
            if self.command_id is not None:
                tx.put(_RECEIPTS, (self.region, self.command_id, self.at, encode(result)))
            if tx.alone:
                tx.flush()
            else:
                tx.settle()
        except Refused as refused:
            if tx.guessed:
                raise Clash from refused
            raise
        finally:
            _local.tx = None
        self.outbox, self.told = tx.outbox, tx.told
        return result


def _writing(writes: bool) -> None:
    _local.writer = writes


_writer = Writer(_writing)


def stop_writer() -> None:
    """Close the writing connection (servers on shutdown, tests)."""
    _writer.stop()


@contextmanager
def inline() -> Iterator[None]:
    """Write in the caller's thread: for migrations, commands that own the database alone, and tests."""
    global _inline
    before, _inline = _inline, True
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite" and connection.connection is not None:
        connection.connection.execute("PRAGMA query_only=OFF")
    try:
        yield
    finally:
        _inline = before
        if connection.vendor == "sqlite" and connection.connection is not None and not before:
            connection.connection.execute("PRAGMA query_only=ON")


def guard_connections() -> None:
    """Every SQLite connection but the writer's refuses to write (`PRAGMA query_only`); and an ORM statement inside a
    work sees what was put before it, and is undone with it."""
    connection_created.connect(_guard, dispatch_uid="banshi-guard")
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        _as_django_writes()


def _guard(sender: object, connection: Any, **kwargs: object) -> None:
    if _settled not in connection.execute_wrappers:
        connection.execute_wrappers.append(_settled)
    if connection.vendor == "sqlite" and not _inline and not getattr(_local, "writer", False):
        connection.connection.execute("PRAGMA query_only=ON")


def _settled(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    tx: Tx | None = getattr(_local, "tx", None)
    if tx is not None:
        tx.settle()
    return execute(sql, params, many, context)


def inside_a_write() -> bool:
    """Whether this thread is in the middle of a work."""
    return getattr(_local, "tx", None) is not None


@lru_cache(maxsize=1024)
def question_marks(sql: str) -> str:
    """The same statement with SQLite's placeholders."""
    return sql.replace("%s", "?")


def _as_django_writes() -> None:
    """SQLite: UUIDs as 32 hex digits, instants as naive UTC text, days as ISO text, converted by the driver itself."""
    import_module("django.db.backends.sqlite3.base")  # registers an adapter of its own, which is replaced
    sqlite3.register_adapter(UUID, attrgetter("hex"))
    sqlite3.register_adapter(datetime, _utc_text)


@lru_cache(maxsize=256)  # one instant stands in many columns
def _utc_text(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at)


def _lost_race(error: BaseException) -> bool:
    """Whether something that must be unique was there already: a place in a stream, a receipt, a number; or a guard failed."""
    if isinstance(error, Overtaken):
        return True
    if isinstance(error, sqlite3.IntegrityError):
        return str(error).startswith("UNIQUE constraint failed")
    return getattr(error, "sqlstate", None) in (
        "23505",
        "40001",
        "40P01",
    )  # there already, changed meanwhile, locked out
