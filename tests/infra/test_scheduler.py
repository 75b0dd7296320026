"""The scheduler: duties come round, one that fails stops no other, and counters are folded by as many as like to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connections

from banshi.infra import counters, scheduler, store
from banshi.infra.models import CounterDelta
from banshi.infra.scheduler import Duty, Scheduler
from tests.contexts.cases.opened import REGION
from tests.rules.cases.life import at

NOW = at("2026-03-02")


@contextmanager
def running(*duties: Duty) -> Iterator[None]:
    started = Scheduler(duties)
    started.start()
    try:
        yield
    finally:
        started.stop()


@pytest.mark.django_db
def test_counters_are_folded_a_share_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "FOLDED", 3)
    for n in range(8):
        store.write(lambda tx, n=n: tx.count(REGION, "seen", "ab"[n % 2], 1), at=NOW, actor="test")  # type: ignore[misc]
    assert [scheduler._fold(NOW) for _ in range(4)] == [True, True, False, False]
    assert not CounterDelta.objects.exists()
    assert counters.totals("seen") == {"a": 4, "b": 4}


def test_a_duty_with_more_to_do_is_called_again_at_once(real_database: None) -> None:
    left, done = [5], threading.Event()

    def work(when: datetime) -> bool:
        left[0] -= 1
        if not left[0]:
            done.set()
        return left[0] > 0

    with running(Duty("long", 3600, work)):
        assert done.wait(20)
    assert left == [0]


def test_a_duty_that_fails_stops_no_other(real_database: None) -> None:
    done = threading.Event()

    def fail(when: datetime) -> None:
        raise ValueError("no")

    with running(Duty("bad", 1, fail), Duty("good", 1, lambda when: done.set())):
        assert done.wait(20)


def test_two_who_fold_at_once_count_nothing_twice(
    real_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "FOLDED", 5)

    def fold(_: int) -> None:
        while scheduler._fold(NOW):
            pass
        connections.close_all()

    for n in range(60):
        store.write(lambda tx, n=n: tx.count(REGION, "seen", str(n % 3), 1), at=NOW, actor="test")  # type: ignore[misc]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fold, range(4)))
    assert counters.totals("seen") == {"0": 20, "1": 20, "2": 20}
