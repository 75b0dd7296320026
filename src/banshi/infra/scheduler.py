"""调度: one thread that delivers the outbox and runs the periodic duties of `site.wiring`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections

from banshi.infra import clock, counters, outbox, store

log = logging.getLogger("banshi.scheduler")


@dataclass(frozen=True, slots=True)
class Duty:
    """定时任务: `run(at)` every `every` seconds; it may run twice, or in two processes, and must do no harm then.

    Where it returns something true there is more to do: it is called again at once, between two deliveries. So a
    server that was down for a week catches up in small steps, and stops when it is told to.
    """

    name: str
    every: int
    run: Callable[[datetime], object]


class Scheduler:
    """调度器: one per server process; wakes when something enters the outbox, else every second."""

    def __init__(self, duties: tuple[Duty, ...]) -> None:
        self._duties = (*duties, Duty("fold counters", 60, _fold), Duty("prune", 3600, _prune))
        self._awake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="banshi-scheduler", daemon=True)

    def start(self) -> None:
        store.on_outbox(self._awake.set)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._awake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        due: dict[str, datetime] = {}
        while not self._stopping.is_set():
            at, again = clock.now(), False
            for duty in self._duties:
                if due.get(duty.name, at) <= at and not self._stopping.is_set():
                    more = _safely(duty.name, lambda duty=duty, at=at: duty.run(at))  # type: ignore[misc]
                    due[duty.name] = at if more else at + timedelta(seconds=duty.every)
                    again = again or bool(more)
            # A few at a time, so that duties stay punctual and a stop need not wait.
            delivered = _safely("outbox", lambda at=at: outbox.deliver(at, limit=50))  # type: ignore[misc]
            if not delivered and not again:
                self._awake.wait(timeout=1)
            self._awake.clear()
        connections.close_all()


def _safely(name: str, run: Callable[[], object]) -> object:
    """What `run` returns; None when it failed, which is logged."""
    try:
        return copy_context().run(run)  # what it leaves in the log's ids ends with it
    except Exception:
        log.exception("duty failed", extra={"duty": name})
        connections.close_all()
        return None


def _fold(at: datetime) -> bool:
    return store.write(counters.fold, at=at, actor="system") == counters.FOLDED


def _prune(at: datetime) -> None:
    outbox.prune(at - timedelta(days=30), at)

    def work(tx: store.Tx) -> None:
        tx.run("DELETE FROM infra_session WHERE expires_at < %s", (at,))
        tx.run("DELETE FROM infra_throttle WHERE blocked_until < %s", (at - timedelta(days=1),))

    store.write(work, at=at, actor="system")
