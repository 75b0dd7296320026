"""SQLite 的写入: one connection writes, several works to a commit (group commit).

Whoever comes while nobody writes leads: it runs its own work and all that wait, commits once, and tells each its answer.
Whoever comes meanwhile waits for the next group. So a lone client never changes threads, and many share one sync.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

type Begin = Callable[[], None]

GROUP = 64  # works to a commit, at most
# Pages in the log before they are moved into the database: fewer moves, and pages that change often are moved once.
_CHECKPOINT = 8000


class Job:
    """一次写入任务: `run(driver, begin)` is called in the submitter's context, perhaps by another thread. It calls
    `begin`, where one is given, before the first thing that would have to be undone."""

    __slots__ = ("context", "done", "problem", "result", "run", "waiting")

    def __init__(self, run: Callable[[sqlite3.Connection, Begin | None], Any]) -> None:
        self.run = run
        self.context: Context = copy_context()
        self.waiting = threading.Lock()
        self.waiting.acquire()
        self.done = False
        self.result: Any = None
        self.problem: BaseException | None = None

    def wake(self) -> None:
        with suppress(RuntimeError):  # it is awake
            self.waiting.release()


class Writer:
    """写入者: the one connection that writes, and who leads."""

    def __init__(self, writes: Callable[[bool], None]) -> None:
        """`writes(True)` tells that this thread is about to use the writing connection, `writes(False)` that it is done."""
        self._writes = writes
        self._jobs: deque[Job] = deque()
        self._leading = threading.Lock()
        self._connection: Any = None
        self._last = 0  # how many shared the last commit

    def submit(self, job: Job) -> Any:
        """What the job's `run` returned, once it is durable. Raises what it raised, with nothing written."""
        self._jobs.append(job)
        while not job.done:
            if self._leading.acquire(blocking=False):
                try:
                    self._lead()
                finally:
                    self._leading.release()
                    with suppress(IndexError):
                        self._jobs[0].wake()
            else:
                job.waiting.acquire()
        if job.problem is not None:
            raise job.problem
        return job.result

    def stop(self) -> None:
        """Close the connection once nobody writes; the next job opens it again."""
        with self._leading:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _lead(self) -> None:
        self._gather()
        group: list[Job] = []
        with suppress(IndexError):
            while len(group) < GROUP:
                group.append(self._jobs.popleft())
        if not group:
            return
        own = connections[DEFAULT_DB_ALIAS]
        self._writes(True)
        try:
            self._commit(self._connected(), group)
        except BaseException as error:
            for job in group:
                job.problem = error
            if self._connection is not None:
                self._connection.close()
        finally:
            self._writes(False)
            connections[DEFAULT_DB_ALIAS] = own
            self._last = len(group)
            for job in group:
                job.done = True
                job.wake()

    def _gather(self) -> None:
        """Those who shared the last commit come again at once: let them in before syncing."""
        waiting = 0
        while waiting < len(self._jobs) < self._last:
            waiting = len(self._jobs)
            time.sleep(0)

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
            others = False  # whether there is something of others that a refusal must leave as it is
            for job in group:
                others = _run(connection, driver, job, protect=others) or others
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise
        finally:
            _forget(connection)
            connection.in_atomic_block = False


def _run(connection: Any, driver: sqlite3.Connection, job: Job, *, protect: bool) -> bool:
    """One job inside the group's transaction; whether it succeeded. A savepoint only for what may have to be undone."""
    opened = False

    def begin() -> None:
        nonlocal opened
        driver.execute("SAVEPOINT work")
        opened = True

    try:
        job.result = job.context.run(job.run, driver, begin if protect else None)
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
