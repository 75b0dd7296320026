"""Silence and reminders: what the scheduler owes each case, once, however late and by however many it is looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.models import Case
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.silence import due_by_silence
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, Status
from banshi.flows import deadlines
from banshi.infra import store
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.workdays import end_of
from tests.contexts.cases.opened import REGION, opened
from tests.personas import world
from tests.rules.cases.life import CALENDAR, CHEN, LICENCE, PARTY, PLAIN, at, received

SILENT = replace(
    LICENCE, works=(LICENCE.works[0], replace(LICENCE.works[1], silence="agree"), LICENCE.works[2])
)
RENEWAL = replace(PLAIN, renews="1.2.156.3005.2", expires_on=at("2026-04-03").date())


@pytest.fixture(autouse=True)
def calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "calendar", lambda: CALENDAR)


def act(name: str, id: UUID, actor: Actor, day: str, text: str = "", **given: object) -> None:
    operations.act(
        name, region=REGION, id=id, actor=actor, at=at(day), calendar=CALENDAR, given=Input(**given), text=text  # type: ignore[arg-type]
    )  # fmt: skip


def accepted(plan: Plan = LICENCE) -> UUID:
    id = opened(PARTY, plan)
    act("accept", id, CHEN, "2026-03-02")
    return id


def state_of(id: UUID) -> CaseState:
    return queries.get_case(REGION, id, SYSTEM)


def checked(when: datetime) -> int:
    """Until nothing is left, as the scheduler does."""
    total = 0
    for _ in range(20):
        if not (moved := deadlines.check(when)):
            return total
        total += moved
    raise AssertionError("it never ends")


def urged(id: UUID) -> list[tuple[str, str]]:
    return [(urge.key, urge.level) for urge in state_of(id).urges]


@pytest.mark.django_db
def test_five_days_of_silence_are_acceptance_and_ten_without_correction_a_withdrawal() -> None:
    silent, correcting = opened(PARTY), opened(PARTY)
    act("request_correction", correcting, CHEN, "2026-03-02", "请补交房屋租赁合同。")
    assert checked(at("2026-03-09", 23)) == 0
    assert checked(at("2026-03-10", 0)) == 1
    assert state_of(silent).deemed_accepted
    due_on = state_of(correcting).correction_due_on
    assert due_on is not None and checked(end_of(due_on)) >= 1
    assert state_of(correcting).status is Status.WITHDRAWN


@pytest.mark.django_db
def test_each_light_is_urged_once_when_it_comes() -> None:
    id = accepted(PLAIN)  # promised: 7 working days, to 11 March
    assert state_of(id).promised_due_on == at("2026-03-11").date()
    for day in range(2, 31):
        checked(at(f"2026-03-{day:02}", 9))
        checked(at(f"2026-03-{day:02}", 9))
    days = [urge.on.day for urge in state_of(id).urges]
    assert urged(id) == [("case", "yellow"), ("case", "red"), ("case", "escalated")]
    assert days == [10, 12, 17]


@pytest.mark.django_db
def test_who_was_down_for_weeks_urges_by_the_loudest_light_only() -> None:
    red, escalated = accepted(PLAIN), accepted(LICENCE)
    checked(at("2026-03-12", 9))
    assert urged(red) == [("case", "red")]
    assert set(urged(escalated)) == {("case", "red"), ("work:visit", "escalated"), ("work:fire", "escalated")}
    received = opened(PARTY)  # nobody accepted it either, and then the server was down
    assert checked(at("2026-04-20", 9)) == 3
    assert state_of(received).deemed_accepted
    assert ("case", "escalated") in urged(received)
    assert ("case", "yellow") not in urged(received)
    assert checked(at("2026-04-20", 9)) == 0


@pytest.mark.django_db
def test_a_silent_consulted_office_agrees_and_the_rest_goes_on_waiting() -> None:
    id = accepted(SILENT)
    checked(at("2026-03-05", 23))
    assert state_of(id).work("fire").status == "open"  # type: ignore[union-attr]
    checked(at("2026-03-06", 0))
    fire, visit = state_of(id).work("fire"), state_of(id).work("visit")
    assert fire and (fire.verdict, fire.silent) == ("agree", True)
    assert visit and visit.status == "open"
    assert ("work:fire", "red") not in urged(id) and ("work:visit", "red") in urged(id)


@pytest.mark.django_db
def test_a_renewal_that_nobody_decided_in_time_is_granted() -> None:
    id = accepted(RENEWAL)
    checked(at("2026-04-03", 23))
    assert state_of(id).status is Status.IN_REVIEW
    checked(at("2026-04-04", 0))
    assert state_of(id).status is Status.PASSED and state_of(id).deemed_renewed


@pytest.mark.django_db
def test_a_case_that_refuses_what_it_owes_is_put_off_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = opened(PARTY), opened(PARTY)
    tried: list[UUID] = []
    really = operations.act

    def act(name: str, *, id: UUID, **more: object) -> list[str]:
        if id == stuck:
            tried.append(id)
            raise ValueError("李三")
        return really(name, id=id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(operations, "act", act)
    now = at("2026-03-10", 0)
    assert checked(now) == 2
    assert state_of(other).deemed_accepted and not state_of(stuck).deemed_accepted
    before = len(tried)
    assert [checked(now.replace(hour=hour)) for hour in range(17, 24)] == [0] * 7
    assert len(tried) == before
    assert Case.objects.get(id=stuck).next_check_at == at("2026-03-11", 0)
    assert "refuses" in caplog.text
    monkeypatch.setattr(operations, "act", really)
    assert checked(at("2026-03-11", 0)) == 1
    assert state_of(stuck).deemed_accepted


@pytest.mark.django_db
def test_a_row_that_another_calendar_reckoned_is_looked_at_again_on_its_day() -> None:
    id = opened(PARTY)
    Case.objects.filter(id=id).update(next_check_at=at("2026-03-05"))
    assert checked(at("2026-03-05")) == 1
    assert not state_of(id).deemed_accepted
    assert Case.objects.get(id=id).next_check_at == at("2026-03-10", 0)


@pytest.mark.django_db
def test_more_than_a_batch_is_done_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "BATCH", 3)
    ids = [opened(PARTY) for _ in range(7)]
    assert [deadlines.check(at("2026-03-10", 0)) for _ in range(4)] == [3, 3, 1, 0]
    assert all(state_of(id).deemed_accepted for id in ids)


def test_two_schedulers_do_what_is_owed_once(real_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "BATCH", 4)
    with store.inline():
        world()
    ids = [opened(PARTY) for _ in range(14)]
    now = at("2026-03-10", 0)

    def schedule(_: int) -> None:
        for _ in range(200):
            if not deadlines.check(now) and not queries.list_due_checks(now):
                break
        connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(schedule, range(3)))
    assert all(state_of(id).deemed_accepted for id in ids)
    assert Fact.objects.filter(kind=events.ACCEPTED).count() == 14


# --- the two rules that the scheduler stands on, whatever the case

PLANS = st.builds(
    lambda base, days, natural, expires: replace(
        base,
        promised=Budget(days, "day" if natural else "workday"),
        statutory=Budget(20),
        renews="x" if expires else "",
        expires_on=at("2026-03-30").date() if expires else None,
    ),
    st.sampled_from([LICENCE, SILENT, PLAIN]),
    st.integers(1, 15),
    st.booleans(),
    st.booleans(),
)
HOURS = st.lists(st.integers(1, 24 * 12), min_size=1, max_size=25)


@settings(max_examples=150, deadline=None)
@given(
    plan=PLANS,
    waits=HOURS,
    start=st.sampled_from(["accept", "request_correction", ""]),
    pause=st.integers(0, 9),
)
def test_what_is_owed_is_never_refused_and_comes_to_an_end(
    plan: Plan, waits: list[int], start: str, pause: int
) -> None:
    """`next_check_at` lies behind exactly when something is owed; the command is possible; and doing it helps."""
    state, now = received(plan), at("2026-03-02")
    if start:
        state = stepped(state, start, now, Input(text=PARTY))
    for n, hours in enumerate(waits):
        now = now.fromtimestamp(now.timestamp() + hours * 3600, now.tzinfo)
        if n == pause and state.status in (Status.ACCEPTED, Status.IN_REVIEW):
            state = stepped(state, "start_special", now, Input(kind="testing", days=5, text=PARTY))
        for _ in range(9):
            following = clocks.next_check_at(state, CALENDAR)
            name = due_by_silence(state, now, CALENDAR)
            assert (name is None) == (following is None or following > now)
            if name is None:
                break
            assert state.status in COMMANDS[name].states
            before = state
            state = stepped(state, name, now, Input())
            assert state.seq > before.seq
        else:
            raise AssertionError("it never ends")


def stepped(state: CaseState, name: str, now: datetime, given: Input) -> CaseState:
    for fact in COMMANDS[name].step(state, given, now, "system", CALENDAR):
        state = evolve(state, fact)
    return state
