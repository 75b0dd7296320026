"""The one door for writes.

`write(work)` runs `work(tx)` as one transaction: it reads, decides and writes facts, rows, outbox and counters; a
refusal anywhere undoes all of it. PostgreSQL: in the caller's thread. SQLite: in the one writer thread, several works
to a commit (group commit), each in a savepoint of its own and answered only after the COMMIT; all other SQLite
connections are read-only. No PDF, network or password hash belongs inside a work.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from uuid_utils.compat import uuid7

from banshi.infra import logs
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


class Tx:
    """一次写入: what a work may do inside its transaction."""

    def __init__(self, driver: Any, sqlite: bool, at: datetime, actor: str, command_id: UUID | None) -> None:
        self.driver, self.sqlite, self.at, self.actor, self.command_id = driver, sqlite, at, actor, command_id
        self._cursor = driver.cursor()
        self.facts: list[Recorded] = []
        self.outbox = False

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute one statement (placeholders `%s`); the number of rows it touched."""
        if self.sqlite:
            self._cursor.execute(_question_marks(sql), [_for_sqlite(value) for value in params])
        else:
            self._cursor.execute(sql, params)
        return int(self._cursor.rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each row."""
        if self.sqlite:
            self._cursor.executemany(
                _question_marks(sql), [[_for_sqlite(value) for value in row] for row in rows]
            )
        else:
            self._cursor.executemany(sql, list(rows))

    def one(self, sql: str, params: Sequence[Any] = ()) -> Any | None:
        """The first row, or None. On SQLite UUIDs and instants come back as text."""
        self.run(sql, params)
        return self._cursor.fetchone()

    def all(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """All rows."""
        self.run(sql, params)
        return list(self._cursor.fetchall())

    def append(self, stream: Stream, after: int, facts: Sequence[Fact]) -> list[Recorded]:
        """Append facts behind sequence number `after` (0: the stream is new) and tell who hears them.

        Raises `Clash` when another transaction has taken that place in the stream.
        """
        recorded = [Recorded(stream, after + n, fact, self.at, self.actor) for n, fact in enumerate(facts, 1)]
        rows = [
            (stream.region, stream.id, r.seq, r.kind, self.at, self.actor, self.command_id, encode(r.data))
            for r in recorded
        ]
        try:
            if len(rows) == 1:
                self.run(_INSERT_FACT, rows[0])
            else:
                self.many(_INSERT_FACT, rows)
        except Exception as error:
            if _unique_violation(error):
                raise Clash from error
            raise
        self.facts.extend(recorded)
        waiting = [
            (stream.region, new_id(), stream.id, r.seq, handler, self.at)
            for r in recorded
            for handler in _wiring.afterwards.get(r.kind, ())
        ]
        if waiting:
            self.many(_INSERT_OUTBOX, waiting)
            self.outbox = True
        for r in recorded:
            for hear in _wiring.together.get(r.kind, ()):
                hear(self, r)
        return recorded

    def count(self, region: str, name: str, key: str, delta: int) -> None:
        """Add to a counter: an insert-only delta (storage rule 10)."""
        self.run(
            "INSERT INTO infra_counterdelta (region_code, id, name, key, delta) VALUES (%s, %s, %s, %s, %s)",
            (region, new_id(), name, key, delta),
        )


_INSERT_FACT = (
    "INSERT INTO infra_fact (region_code, stream_id, seq, kind, at, actor, command_id, data)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
_INSERT_OUTBOX = (
    "INSERT INTO infra_outbox (region_code, id, stream_id, seq, handler, due_at, state, attempts, error)"
    " VALUES (%s, %s, %s, %s, %s, %s, 0, 0, '')"
)


def write[T](
    work: Work[T], *, at: datetime, actor: str, region: str = "", command_id: UUID | None = None
) -> T:
    """Run `work` as one transaction and return what it returns, once it is durable.

    With a `command_id`, a repeat returns the first answer (decoded from JSON) and does nothing; `region` is then the
    county that the command belongs to. Inside another work, joins its transaction.
    Raises whatever `work` raises, with nothing written.
    """
    job = _Job(work if command_id is None else _once(work, region, command_id), at, actor, command_id)
    if command_id is not None:
        logs.command_id.set(str(command_id))  # until the request or duty ends
    current: Tx | None = getattr(_local, "tx", None)
    if current is not None:
        result: T = job.work(current)
        return result
    run = _write_here if _inline or connections[DEFAULT_DB_ALIAS].vendor != "sqlite" else _writer.submit
    try:
        answer: T = run(job)
    except Refused as refused:
        if command_id is None or not (isinstance(refused, Clash) or _answered(region, command_id)):
            raise
        # The same command has won the race against itself (a double click): its receipt holds the answer.
        answer = run(_Job(job.work, at, actor, command_id))
    return answer


def _answered(region: str, command_id: UUID) -> bool:
    from banshi.infra.models import Receipt

    return Receipt.objects.filter(region_code=region, command_id=command_id).exists()


def encode(value: Any) -> str:
    """JSON as facts and receipts keep it."""
    return msgspec.json.encode(value).decode()


def _once[T](work: Work[T], region: str, command_id: UUID) -> Work[T]:
    def checked(tx: Tx) -> T:
        row = tx.one(
            "SELECT result FROM infra_receipt WHERE region_code = %s AND command_id = %s",
            (region, command_id),
        )
        if row is not None:
            repeated: T = msgspec.json.decode(row[0])
            return repeated
        result = work(tx)
        try:
            tx.run(
                "INSERT INTO infra_receipt (region_code, command_id, at, result) VALUES (%s, %s, %s, %s)",
                (region, command_id, tx.at, encode(result)),
            )
        except Exception as error:
            if _unique_violation(error):
                raise Clash from error
            raise
        return result

    return checked


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    at: datetime
    actor: str
    command_id: UUID | None
    future: Future[Any] = field(default_factory=Future)


def _write_here(job: _Job) -> Any:
    """In the caller's thread, by Django's own transaction handling."""
    from django.db import transaction

    connection = connections[DEFAULT_DB_ALIAS]
    with _writable(connection), transaction.atomic():
        connection.ensure_connection()
        tx = Tx(connection.connection, connection.vendor == "sqlite", job.at, job.actor, job.command_id)
        with _entered(tx):
            result = job.work(tx)
    if tx.outbox:
        _wake()
    return result


@contextmanager
def _entered(tx: Tx) -> Iterator[None]:
    _local.tx = tx
    try:
        yield
    finally:
        _local.tx = None


def _wake() -> None:
    for wake in _wakers:
        wake()


class _Writer:
    """The one writer thread of SQLite. Works that wait while a commit syncs share the next commit."""

    GROUP = 64

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, job: _Job) -> Any:
        if not self._running():
            with self._starting:
                if not self._running():
                    self._thread = threading.Thread(target=self._serve, name="banshi-writer", daemon=True)
                    self._thread.start()
        self._jobs.put(job)
        return job.future.result()

    def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._jobs.put(None)
            thread.join(timeout=30)
        self._thread = None

    def _running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _serve(self) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        _local.writer = True
        while (job := self._jobs.get()) is not None:
            group = [job]
            stop = False
            while len(group) < self.GROUP and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    stop = True
                    break
                group.append(following)
            self._commit(connection, group)
            if stop:
                break
        connection.close()

    def _commit(self, connection: Any, group: list[_Job]) -> None:
        """One transaction for the group; each work in its savepoint; answers only after COMMIT."""
        answers: list[tuple[_Job, Any, BaseException | None]] = []
        woken = False
        try:
            connection.ensure_connection()
            driver: sqlite3.Connection = connection.connection
            driver.execute("BEGIN IMMEDIATE")
            # Django must know that a transaction is open, so that ORM calls inside a work never commit.
            connection.in_atomic_block = True
            try:
                for job in group:
                    answers.append(self._run(connection, driver, job))
                    woken = woken or answers[-1][1][1]
                driver.execute("COMMIT")
            except BaseException:
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                raise
            finally:
                connection.in_atomic_block = False
                connection.needs_rollback = False
                connection.savepoint_ids = []
                connection.run_on_commit = []
        except BaseException as error:
            connection.close()
            for job in group:
                job.future.set_exception(error)
            return
        for job, (result, _), problem in answers:
            if problem is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(problem)
        if woken:
            _wake()

    def _run(
        self, connection: Any, driver: sqlite3.Connection, job: _Job
    ) -> tuple[_Job, Any, BaseException | None]:
        tx = Tx(driver, True, job.at, job.actor, job.command_id)
        driver.execute("SAVEPOINT work")
        try:
            with _entered(tx):
                result = job.work(tx)
        except Exception as error:
            driver.execute("ROLLBACK TO work")
            driver.execute("RELEASE work")
            connection.needs_rollback = False
            connection.savepoint_ids = []
            return job, (None, False), error
        driver.execute("RELEASE work")
        return job, (result, tx.outbox), None


_writer = _Writer()


def stop_writer() -> None:
    """Let the writer thread finish and end (servers on shutdown, tests)."""
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


@contextmanager
def _writable(connection: Any) -> Iterator[None]:
    """Inline mode may be switched on after a connection was opened read-only."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.execute("PRAGMA query_only=OFF")
    yield


def guard_connections() -> None:
    """Every SQLite connection but the writer's refuses to write (`PRAGMA query_only`)."""
    connection_created.connect(_make_read_only, dispatch_uid="banshi-read-only")


def _make_read_only(sender: object, connection: Any, **kwargs: object) -> None:
    if connection.vendor == "sqlite" and not _inline and not getattr(_local, "writer", False):
        connection.connection.execute("PRAGMA query_only=ON")


@lru_cache(maxsize=1024)
def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def _for_sqlite(value: Any) -> Any:
    """As Django writes it: UUIDs as 32 hex digits, instants as naive UTC text, days as ISO text."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, date):
        return value.isoformat()
    return value


def _unique_violation(error: BaseException) -> bool:
    return (isinstance(error, sqlite3.IntegrityError) and "UNIQUE" in str(error)) or (
        getattr(error, "sqlstate", None) == "23505"
    )
