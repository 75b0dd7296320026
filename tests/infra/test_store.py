"""The write door: all or nothing, once, by one writer; and nobody else writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import Input
from banshi.infra import counters, store
from banshi.infra.models import CounterDelta, Fact, Outbox, Receipt, Session, Throttle
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Fact as NewFact
from banshi.kernel.facts import Refused, Stream
from tests.contexts.cases.opened import REGION, opened
from tests.personas import li, lin, party_of, sign_in
from tests.rules.cases.life import CALENDAR, at

NOW = at("2026-03-02")


def note(tx: store.Tx, id: UUID, after: int = 0) -> str:
    tx.append(Stream(REGION, id), after, [NewFact("cases.case.received", {"n": 1})])
    tx.count(REGION, "test", "key", 1)
    return str(id)


@pytest.mark.django_db
def test_a_refusal_inside_undoes_facts_outbox_counters_and_orm_rows() -> None:
    def work(tx: store.Tx) -> None:
        note(tx, store.new_id())
        Throttle.objects.create(key="x", failures=1, blocked_until=NOW)
        raise Refused("no", "不行", "no")

    with pytest.raises(Refused):
        store.write(work, at=NOW, actor="test", region=REGION, command_id=store.new_id())
    for model in (Fact, Outbox, CounterDelta, Throttle, Receipt):
        assert model._default_manager.count() == 0


@pytest.mark.django_db
def test_a_write_inside_a_write_joins_it() -> None:
    def outer(tx: store.Tx) -> None:
        store.write(lambda inner: note(inner, store.new_id()), at=NOW, actor="test")
        raise Refused("no", "不行", "no")

    with pytest.raises(Refused):
        store.write(outer, at=NOW, actor="test")
    assert Fact.objects.count() == 0


@pytest.mark.django_db
def test_a_stream_has_each_place_once() -> None:
    id = store.new_id()
    store.write(lambda tx: note(tx, id), at=NOW, actor="test")
    with pytest.raises(store.Clash):
        store.write(lambda tx: note(tx, id), at=NOW, actor="test")


@pytest.mark.django_db
def test_statements_of_a_work_see_what_it_put_before() -> None:
    id = store.new_id()

    def work(tx: store.Tx) -> None:
        note(tx, id)
        assert Fact.objects.filter(stream_id=id).count() == 1
        note(tx, id, after=1)
        assert len(tx.all("SELECT seq FROM infra_fact WHERE stream_id = %s", (id,))) == 2

    store.write(work, at=NOW, actor="test")


def test_a_work_runs_in_the_context_of_who_asked_for_it(real_database: None) -> None:
    """Whoever leads the group runs the works of others; each sees its own request's context."""
    asked: ContextVar[int] = ContextVar("asked")
    gate = threading.Barrier(8)

    def ask(n: int) -> tuple[int, int]:
        asked.set(n)
        gate.wait(5)
        return n, store.write(lambda tx: asked.get(), at=NOW, actor="test")

    with ThreadPoolExecutor(8) as pool:
        assert all(n == seen for n, seen in pool.map(ask, range(8)))


def test_of_two_officers_at_once_one_is_told_that_it_is_done(real_database: None) -> None:
    """Not that somebody was faster: the rules say what is the case now."""
    with store.inline():
        officer, party = lin(), party_of(li()).id
    both = threading.Barrier(2)

    def accept(id: UUID) -> str:
        both.wait(5)
        try:
            operations.act("accept", region=REGION, id=id, actor=officer.actor, at=NOW, calendar=CALENDAR)
        except Refused as refused:
            return refused.rule
        return "done"

    for _ in range(5):
        id = opened(party)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(accept, [id, id])) == ["done", "wrong_state"]
        assert len(queries.facts(REGION, id)) == 3


@pytest.mark.django_db
def test_counters_are_exact_before_and_after_folding() -> None:
    for _ in range(5):
        store.write(lambda tx: tx.count(REGION, "seen", "a", 2), at=NOW, actor="test")
    store.write(lambda tx: tx.count("350582", "seen", "a", -1), at=NOW, actor="test")
    assert counters.totals("seen") == {"a": 9}
    assert counters.totals("seen", ["a"], [REGION]) == {"a": 10}
    assert store.write(counters.fold, at=NOW, actor="test") == 6
    store.write(lambda tx: tx.count(REGION, "seen", "a", 1), at=NOW, actor="test")
    assert counters.totals("seen") == {"a": 10}
    assert CounterDelta.objects.count() == 1


if settings.BANSHI.engine == "sqlite":  # PostgreSQL takes writes of several connections

    def test_nobody_but_the_door_writes(real_database: None) -> None:
        with pytest.raises(DatabaseError, match="readonly"):
            Throttle.objects.create(key="x", failures=1, blocked_until=NOW)

        def work(tx: store.Tx) -> None:
            Throttle.objects.create(key="y", failures=1, blocked_until=NOW)

        store.write(work, at=NOW, actor="test")
        assert Throttle.objects.get().key == "y"


def test_the_writer_is_durable(real_database: None) -> None:
    def read_back(tx: store.Tx) -> list[Any]:
        asked: tuple[str, ...] = ("PRAGMA synchronous", "PRAGMA journal_mode")
        if not tx.sqlite:
            asked = ("SHOW fsync", "SHOW synchronous_commit", "SHOW full_page_writes")
        return [tx.all(one)[0][0] for one in asked]

    assert store.write(read_back, at=NOW, actor="test") in ([2, "wal"], ["on", "on", "on"])


def test_one_bad_work_in_a_group_does_not_hurt_the_others(real_database: None) -> None:
    gate = threading.Event()

    def slow(tx: store.Tx) -> str:
        gate.wait(5)
        return note(tx, store.new_id())

    def bad(tx: store.Tx) -> str:
        note(tx, store.new_id())
        raise Refused("no", "不行", "no")

    with ThreadPoolExecutor(8) as pool:
        works = [slow] + [bad if n % 2 else (lambda tx: note(tx, store.new_id())) for n in range(7)]
        futures = [pool.submit(store.write, work, at=NOW, actor="test") for work in works]
        gate.set()
        refused = [future for future in futures if isinstance(future.exception(), Refused)]
    assert len(refused) == 3
    assert Fact.objects.count() == 5


def test_direct_works_that_share_a_commit_are_each_told_their_own(real_database: None) -> None:
    """Some are refused by their rules, some find their place taken; what the others wrote stands, all of it."""
    taken = store.new_id()
    store.write(lambda tx: note(tx, taken), at=NOW, actor="test")
    gate, started = threading.Event(), threading.Barrier(9)

    def first(tx: store.Tx) -> str:
        gate.wait(20)
        return note(tx, store.new_id())

    def refused(tx: store.Tx) -> str:
        note(tx, store.new_id())
        raise Refused("no", "不行", "no")

    def late(tx: store.Tx) -> str:
        return note(tx, taken)  # its first place is there already

    def submit(work: store.Work[str]) -> str:
        started.wait(20)
        return store.write(work, at=NOW, actor="test", direct=True)

    works = [first, refused, late] + [lambda tx: note(tx, store.new_id())] * 5
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(submit, work) for work in works]
        started.wait(20)
        gate.set()
        problems = [future.exception() for future in futures]
    assert isinstance(problems[1], Refused)
    assert isinstance(problems[2], store.Clash)
    assert [problem for n, problem in enumerate(problems) if n not in (1, 2)] == [None] * 6
    assert Fact.objects.count() == CounterDelta.objects.count() == 7


def test_two_direct_works_of_one_stream_in_a_commit_follow_each_other(real_database: None) -> None:
    """The second sees what the first wrote: nothing is lost, and neither is told of a clash."""
    id, gate = store.new_id(), threading.Barrier(8)

    def step(tx: store.Tx) -> int:
        row = tx.look(
            "SELECT MAX(seq) FROM infra_fact WHERE region_code = %s AND stream_id = %s", (REGION, id)
        )
        after = (row[0] if row else None) or 0
        tx.append(Stream(REGION, id), after, [NewFact("cases.case.received", {"n": after})])
        return after

    def submit(_: int) -> list[int | None]:
        gate.wait(20)
        found: list[int | None] = []
        for _ in range(5):
            try:
                found.append(store.write(step, at=NOW, actor="test", direct=True))
            except store.Clash:  # somebody was faster twice; the caller is told
                found.append(None)
        return found

    with ThreadPoolExecutor(8) as pool:
        done = [after for found in pool.map(submit, range(8)) for after in found if after is not None]
    assert sorted(done) == list(range(len(done)))
    assert list(Fact.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, len(done) + 1))


def test_the_same_command_from_eight_threads_happens_once(real_database: None) -> None:
    once = store.new_id()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: store.write(
                    lambda tx: note(tx, store.new_id()), at=NOW, actor="test", region=REGION, command_id=once
                ),
                range(8),
            )
        )
    assert len(set(answers)) == 1
    assert Fact.objects.count() == 1


def test_a_double_click_that_the_rules_would_refuse_gets_the_first_answer(real_database: None) -> None:
    """The second of two equal commands waits for the first, then finds its work done already."""
    once, id = store.new_id(), store.new_id()
    both = threading.Barrier(2)

    def submit(_: int) -> str:
        def work(tx: store.Tx) -> str:
            if not tx.sqlite:
                both.wait(5)  # neither has seen the other's receipt
                tx.run("SELECT pg_advisory_xact_lock(7)")
            if tx.one("SELECT 1 FROM infra_fact WHERE region_code = %s AND stream_id = %s", (REGION, id)):
                raise Refused("submitted_already", "已经提交过", "submitted already")
            return note(tx, id)

        return store.write(work, at=NOW, actor="test", region=REGION, command_id=once)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(submit, range(2))) == [str(id)] * 2
    assert Fact.objects.count() == 1


def test_eight_writing_threads_beside_sign_ins_and_sessions(real_database: None) -> None:
    """None is told that the database is locked, and every acknowledged command is there."""
    with store.inline():
        officer, citizen = lin(), li()
    party = party_of(citizen).id

    def live(n: int) -> UUID:
        id = opened(party)
        for name in ("accept", "assign"):
            operations.act(
                name,
                region=REGION,
                id=id,
                actor=officer.actor,
                at=NOW,
                calendar=CALENDAR,
                given=Input(dispatch=False),
                command_id=store.new_id(),
            )
        return id

    def enter(n: int) -> int:
        return sign_in(Client(REMOTE_ADDR=f"127.0.1.{n}"), citizen if n % 2 else officer)

    with ThreadPoolExecutor(8) as clerks, ThreadPoolExecutor(2) as visitors:
        lives = [clerks.submit(live, n) for n in range(80)]
        entered = [visitors.submit(enter, n) for n in range(8)]
        ids = [future.result() for future in lives]
        assert {future.result() for future in entered} <= {302, 303}
    assert Session.objects.count() == 8
    for id in ids:
        assert len(queries.facts(REGION, id)) == 3
        assert operations.folded(queries.facts(REGION, id)) == queries.get_case(REGION, id, SYSTEM)


@pytest.mark.django_db
def test_uuids_instants_and_days_look_like_djangos_own() -> None:
    id, instant = store.new_id(), at("2026-03-02", 10)

    def work(tx: store.Tx) -> None:
        note(tx, id)
        tx.run(
            "INSERT INTO infra_throttle (key, failures, blocked_until) VALUES (%s, %s, %s)", ("x", 1, instant)
        )

    store.write(work, at=instant, actor="test")
    assert Fact.objects.get(stream_id=id, at=instant).at == instant
    assert Throttle.objects.get(blocked_until__lte=instant).blocked_until == instant
    assert Throttle.objects.filter(blocked_until__lt=instant).count() == 0
