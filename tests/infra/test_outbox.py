"""The outbox: each fact reaches each handler once, in order; a failure is retried, seen, and holds back its stream only."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from banshi.infra import counters, outbox, store
from banshi.infra.models import Outbox
from banshi.kernel.facts import Fact, Recorded, Stream
from tests.contexts.cases.opened import REGION
from tests.rules.cases.life import ROOT, at

NOW = at("2026-03-02")
KIND = "test.thing.happened"


class Ear:
    """A handler that writes down what it hears, in the transaction of its mark, and fails on what it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun: list[tuple[UUID, int]] = []
        self.deaf: set[UUID] = set()
        self.stumbles: set[UUID] = set()  # in the transaction, after having written

    def __call__(self, recorded: Recorded, when: datetime) -> Callable[[store.Tx], Any]:
        id, seq = recorded.stream.id, recorded.seq
        self.begun.append((id, seq))
        if id in self.deaf:
            raise ValueError("李三的号码是13800000000")

        def work(tx: store.Tx) -> None:
            tx.count(REGION, "heard", f"{self.name}:{id}:{seq}", 1)
            if id in self.stumbles:
                raise RuntimeError("stumbled")

        return work

    def heard(self) -> dict[tuple[UUID, int], int]:
        found = {}
        for key, times in counters.totals("heard").items():
            name, id, seq = key.split(":")
            if name == self.name:
                found[UUID(id), int(seq)] = times
        return found


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> tuple[Ear, Ear]:
    left, right = Ear("left"), Ear("right")
    monkeypatch.setattr(outbox, "_handlers", {"left": left, "right": right})
    monkeypatch.setattr(store, "_wiring", store.Wiring(afterwards={KIND: ("left", "right")}))
    return left, right


def happened(times: int = 1, id: UUID | None = None, after: int = 0, when: datetime = NOW) -> UUID:
    stream = id or store.new_id()
    facts = [Fact(KIND, {"n": n}) for n in range(times)]
    store.write(lambda tx: tx.append(Stream(REGION, stream), after, facts), at=when, actor="system")
    return stream


def delivered(when: datetime = NOW, **more: int) -> int:
    total = 0
    while done := outbox.deliver(when, **more):
        total += done
    return total


@pytest.mark.django_db
def test_each_handler_hears_each_fact_once_and_in_order(ears: tuple[Ear, Ear]) -> None:
    one, two = happened(3), happened(2)
    assert delivered() == 10
    assert delivered(NOW + timedelta(days=1)) == 0
    for ear in ears:
        assert ear.heard() == {(one, 1): 1, (one, 2): 1, (one, 3): 1, (two, 1): 1, (two, 2): 1}
        assert [seq for id, seq in ear.begun if id == one] == [1, 2, 3]
    assert outbox.waiting() == {"pending": 0, "dead": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_small_batches_keep_the_order(limit: int, ears: tuple[Ear, Ear]) -> None:
    ids = [happened(3) for _ in range(3)]
    assert delivered(limit=limit) == 18
    for id in ids:
        assert [seq for heard, seq in ears[0].begun if heard == id] == [1, 2, 3]


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["deaf", "stumbles"])
def test_a_failure_holds_back_its_stream_for_its_handler_alone(how: str, ears: tuple[Ear, Ear]) -> None:
    left, right = ears
    bad, good = happened(2), happened(2)
    getattr(left, how).add(bad)
    assert delivered() == 6
    assert set(left.heard()) == {(good, 1), (good, 2)}  # what stumbled left nothing behind
    assert set(right.heard()) == {(bad, 1), (bad, 2), (good, 1), (good, 2)}
    failed = Outbox.objects.get(stream_id=bad, handler="left", seq=1)
    assert (failed.attempts, failed.state) == (1, Outbox.PENDING)
    assert failed.error in ("ValueError", "RuntimeError")  # the class alone: words may name people
    # A minute later it is tried again; once it works, what waited behind follows at once.
    assert delivered(NOW + timedelta(seconds=59)) == 0
    getattr(left, how).clear()
    assert delivered(NOW + timedelta(seconds=60)) == 2
    assert [seq for id, seq in left.begun if id == bad][-2:] == [1, 2]


@pytest.mark.django_db
def test_retries_back_off_and_end_as_a_dead_letter(ears: tuple[Ear, Ear]) -> None:
    left, _ = ears
    bad = happened()
    left.deaf.add(bad)
    when, tried = NOW, []
    for _ in range(400):
        before = len(left.begun)
        delivered(when)
        if len(left.begun) > before:
            tried.append(round((when - NOW).total_seconds() / 60))
        when += timedelta(minutes=1)
    assert tried == [0, 1, 3, 7, 15, 31, 63, 127]
    letters, count = outbox.list_dead()
    assert count == len(letters) == 1
    assert (letters[0].kind, letters[0].handler, letters[0].attempts) == (KIND, "left", outbox.ATTEMPTS)
    assert letters[0].at == NOW and letters[0].died_at == NOW + timedelta(minutes=127)
    assert outbox.count_dead() == {"left": 1}


def died(ear: Ear, id: UUID) -> datetime:
    """Until it is dead; when that was."""
    ear.deaf.add(id)
    when = NOW
    for _ in range(outbox.ATTEMPTS):
        delivered(when)
        when += timedelta(hours=3)
    return when


@pytest.mark.django_db
def test_while_a_letter_is_dead_later_facts_of_its_stream_wait(ears: tuple[Ear, Ear]) -> None:
    left, right = ears
    bad = happened()
    when = died(left, bad)
    happened(2, bad, after=1, when=when)
    assert delivered(when + timedelta(minutes=5)) == 2
    assert (bad, 3) in right.heard() and not left.heard()
    assert outbox.list_dead()[0][0].waiting == 2
    # Replayed before it is mended, it fails again and still holds them back.
    assert outbox.replay(when, "staff:1", handler="right") == 0
    assert outbox.replay(when, "staff:1", handler="left") == 1
    assert outbox.list_dead() == ([], 0)
    assert delivered(when) == 0
    left.deaf.clear()
    assert delivered(when + timedelta(hours=1)) == 3
    assert [seq for id, seq in left.begun if id == bad][-3:] == [1, 2, 3]
    assert outbox.waiting() == {"pending": 0, "dead": 0}


@pytest.mark.django_db
def test_one_letter_is_replayed_by_its_id_and_only_within_the_regions_named(ears: tuple[Ear, Ear]) -> None:
    left, _ = ears
    left.deaf.add(happened())
    when = died(left, happened())
    letters, _ = outbox.list_dead()
    assert outbox.list_dead(["3506"]) == ([], 0)
    assert outbox.replay(when, "staff:1", within=["3506"]) == 0
    assert outbox.replay(when, "staff:1", within=["3505"], id=letters[0].id) == 1
    assert [letter.id for letter in outbox.list_dead()[0]] == [letters[1].id]


@pytest.mark.django_db
def test_what_waits_behind_a_failure_is_not_looked_at_over_and_over(ears: tuple[Ear, Ear]) -> None:
    left, _ = ears
    bad = happened(30)
    when = died(left, bad)
    assert delivered(when) == 0
    assert not Outbox.objects.filter(state=Outbox.PENDING, due_at__lte=when).exists()
    assert left.begun == [(bad, 1)] * outbox.ATTEMPTS


@pytest.mark.django_db
def test_a_fact_that_commits_late_is_heard_all_the_same(ears: tuple[Ear, Ear]) -> None:
    """Its id is smaller than one that was done long ago; what counts is that it is not done."""
    early = store.new_id()
    happened()
    assert delivered() == 2
    row = (REGION, early, early, 1, "left", NOW)
    store.write(
        lambda tx: (
            tx.append(Stream(REGION, early), 0, [Fact("test.other.happened", {})]),
            tx.run(
                "INSERT INTO infra_outbox (region_code, id, stream_id, seq, handler, due_at, state, attempts, error)"
                " VALUES (%s, %s, %s, %s, %s, %s, 0, 0, '')",
                row,
            ),
        ),
        at=NOW,
        actor="system",
    )
    assert delivered() == 1


@pytest.mark.django_db
def test_what_a_killed_scheduler_had_taken_is_done_by_the_next(ears: tuple[Ear, Ear]) -> None:
    left, _ = ears
    id = happened(2)

    def killed(recorded: Recorded, when: datetime) -> None:
        raise KeyboardInterrupt

    outbox.handlers({"left": killed})
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(NOW)
    outbox.handlers({"left": left})
    assert left.heard() == {}
    assert delivered(NOW + timedelta(seconds=30)) == 0  # may still be at work
    assert delivered(NOW + outbox.LEASE) == 4
    assert left.heard() == {(id, 1): 1, (id, 2): 1}


@pytest.mark.django_db
def test_a_batch_costs_few_queries(ears: tuple[Ear, Ear], django_assert_max_num_queries: Any) -> None:
    for _ in range(50):
        happened()
    with django_assert_max_num_queries(12):
        assert outbox.deliver(NOW) == 100


@pytest.mark.django_db
def test_rows_that_are_done_are_forgotten_after_a_while_and_no_others(ears: tuple[Ear, Ear]) -> None:
    left, _ = ears
    bad = happened()
    left.deaf.add(bad)
    delivered()
    later = NOW.replace(year=2036)
    assert outbox.prune(NOW - timedelta(days=1), NOW) == 0
    assert outbox.prune(later, later) == 1
    assert list(Outbox.objects.values_list("handler", "state")) == [("left", Outbox.PENDING)]


def test_two_schedulers_at_once_do_each_row_once(real_database: None, ears: tuple[Ear, Ear]) -> None:
    ids = [happened(4) for _ in range(12)]
    stop = threading.Event()

    def schedule(_: int) -> None:
        while not stop.is_set():
            outbox.deliver(NOW, limit=7)
        connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        schedulers = [pool.submit(schedule, n) for n in range(3)]
        for _ in range(2000):
            if outbox.waiting()["pending"] == 0 or any(one.done() for one in schedulers):
                break
            stop.wait(0.01)
        stop.set()
        for one in schedulers:
            one.result()
    assert outbox.waiting() == {"pending": 0, "dead": 0}
    for ear in ears:
        assert ear.heard() == {(id, seq): 1 for id in ids for seq in (1, 2, 3, 4)}
        for id in ids:
            assert [seq for heard, seq in dict.fromkeys(ear.begun) if heard == id] == [1, 2, 3, 4]


ELSEWHERE = """
import sys
import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from banshi.infra import outbox, store
from tests.infra.test_outbox import NOW, Ear

outbox.handlers({"left": Ear("left"), "right": Ear("right")})
while outbox.waiting()["pending"]:
    outbox.deliver(NOW, limit=5)
store.stop_writer()
"""


def test_schedulers_of_two_processes_do_each_row_once(real_database: None, ears: tuple[Ear, Ear]) -> None:
    ids = [happened(3) for _ in range(10)]
    store.stop_writer()
    database = str(connections["default"].settings_dict["NAME"])
    path = {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    schedulers = [
        subprocess.Popen([sys.executable, "-c", ELSEWHERE, database], env=os.environ | path) for _ in range(2)
    ]
    try:
        assert [one.wait(90) for one in schedulers] == [0, 0]
    finally:
        for one in schedulers:
            one.kill()
            one.wait()
    assert outbox.waiting() == {"pending": 0, "dead": 0}
    for ear in ears:
        assert ear.heard() == {(id, seq): 1 for id in ids for seq in (1, 2, 3)}
