"""SQLite 的写入: one connection writes, several works to a commit (group commit)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from banshi.infra.groups import Group, Turn
from banshi.infra.rows import Rows, Waiting, write_sqlite

type Begin = Callable[[], None]
type Alone = Callable[[Any, int, Waiting], None]
type Run = Callable[[sqlite3.Connection, Begin | None, Alone | None], Any]

# Pages in the log before they are moved into the database: fewer moves, and pages that change often are moved once.
_CHECKPOINT = 8000


class NeedsTransaction(BaseException):
    """需要事务: a direct work wants more than to look and to put, and is run again by itself."""


class Job(Turn):
    """一次写入任务: `run(driver, begin, alone)` is called in the submitter's context, perhaps by another thread.

    It calls `begin`, where one is given, before the first thing that would have to be undone. With `alone` it only looks,
    and hands what it wants written to `alone(cursor, stream, waiting)`; `direct` tells that it may be run so.
    """

    __slots__ = ("context", "direct", "run")

    def __init__(self, run: Run, *, direct: bool) -> None:
        super().__init__()
        self.run, self.direct = run, direct
        self.context: Context = copy_context()


class Writer:
    """写入者: the one connection that writes."""

    def __init__(self, writes: Callable[[bool], None]) -> None:
        """`writes(True)` tells that this thread is about to use the writing connection, `writes(False)` that it is done."""
        self._writes = writes
        self._jobs: Group[Job] = Group(self._work)
        self._connection: Any = None

    def submit(self, job: Job) -> Any:
        """What the job's `run` returned, once it is durable. Raises what it raised, with nothing written."""
        return self._jobs.submit(job)

    def stop(self) -> None:
        """Close the connection once nobody writes; the next job opens it again."""
        with self._jobs.alone():
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _work(self, group: list[Job]) -> None:
        own = connections[DEFAULT_DB_ALIAS]
        self._writes(True)
        try:
            self._commit(self._connected(), group)
        except BaseException:
            if self._connection is not None:
                self._connection.close()
            raise
        finally:
            self._writes(False)
            connections[DEFAULT_DB_ALIAS] = own

    def _connected(self) -> Any:
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            self._connection.inc_thread_sharing()
        connection = self._connection
        connections[DEFAULT_DB_ALIAS] = connection  # for ORM statements inside a work
        opened = connection.connection is not None
        if not opened:
            connection.connect()
            connection.connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}")
        return connection

    def _commit(self, connection: Any, group: list[Job]) -> None:
        driver: sqlite3.Connection = connection.connection
        driver.execute("BEGIN IMMEDIATE")
        # Django must know that a transaction is open, so that ORM calls inside a work never commit.
        connection.in_atomic_block = True
        try:
            left, others = _decide(driver, group)
            for job in left:
                others = _run(connection, driver, job, protect=others) or others
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise
        finally:
            _forget(connection)
            connection.in_atomic_block = False


def _decide(driver: sqlite3.Connection, group: list[Job]) -> tuple[list[Job], bool]:
    """Let all direct works look and decide, then write what they want in one go; which jobs are left to be run each by
    itself, and whether anything was written. One work a stream: the next must see what the first wrote."""
    decided, left, together, streams = list[Job](), list[Job](), dict[Rows, list[Sequence[Any]]](), set[int]()

    def gather(cursor: Any, stream: int, waiting: Waiting) -> None:
        if stream in streams:
            raise NeedsTransaction
        streams.add(stream)
        for rows, lines in waiting.items():
            together.setdefault(rows, []).extend(lines)

    for job in group:
        if not job.direct:
            left.append(job)
            continue
        try:
            job.result = job.context.run(job.run, driver, _refer, gather)
            decided.append(job)
        except NeedsTransaction:
            left.append(job)
        except Exception as error:
            job.problem = error
    try:
        write_sqlite(driver.cursor(), together)
    except Exception:  # of whose, will show when each is run by itself
        driver.execute("ROLLBACK")
        driver.execute("BEGIN IMMEDIATE")
        return decided + left, False
    return left, bool(decided)


def _refer() -> None:
    raise NeedsTransaction


def _run(connection: Any, driver: sqlite3.Connection, job: Job, *, protect: bool) -> bool:
    """One job inside the group's transaction; whether it succeeded. A savepoint only for what may have to be undone."""
    opened = False

    def begin() -> None:
        nonlocal opened
        driver.execute("SAVEPOINT work")
        opened = True

    try:
        job.result = job.context.run(job.run, driver, begin if protect else None, None)
    except Exception as error:
        job.problem = error
        if opened:
            driver.execute("ROLLBACK TO work")
            driver.execute("RELEASE work")
        elif not protect:
            driver.execute("ROLLBACK")
            driver.execute("BEGIN IMMEDIATE")
        _forget(connection)
        return False
    if opened:
        driver.execute("RELEASE work")
    return True


def _forget(connection: Any) -> None:
    """What Django's own transaction handling may have noted."""
    connection.needs_rollback = False
    connection.savepoint_ids = []
    connection.run_on_commit = []
