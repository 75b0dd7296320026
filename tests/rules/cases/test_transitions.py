"""办件状态转换: standards' transition table, and who may take which step."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.commands import COMMANDS, may, may_see, offered, permit
from banshi.contexts.cases.rules.state import evolve, tasks
from banshi.contexts.cases.values import OPEN, CaseState, Input, Status
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Fact, NotFound, Refused
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    FIRE,
    HALL,
    LI,
    LIN,
    MARKET,
    STRANGER,
    TEXT,
    WANG,
    WU,
    ZHAO,
    accepted,
    at,
    do,
    received,
)

# state → the commands that it allows, as the table says
TABLE = {
    Status.RECEIVED: {
        "accept", "request_correction", "not_required", "reject", "transfer", "withdraw", "deem_accepted",
    },
    Status.CORRECTING: {"supply_correction", "withdraw", "deem_withdrawn"},
    Status.ACCEPTED: {"assign", "start_special", "transfer", "withdraw"},
    Status.IN_REVIEW: {"opine", "start_special", "transfer", "review", "decide", "withdraw"},
    Status.SUSPENDED: {"end_special", "withdraw"},
    Status.PASSED: {"certify", "deliver", "revoke"},
    Status.REFUSED: {"deliver"},
    Status.NOT_REQUIRED: set(),
    Status.REJECTED: set(),
    Status.WITHDRAWN: set(),
    Status.REVOKED: set(),
}  # fmt: skip


@pytest.mark.parametrize("status", list(Status))
def test_the_table_of_transitions(status: Status) -> None:
    assert {name for name, command in COMMANDS.items() if status in command.states} == TABLE[status]


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (CHEN, {"accept", "request_correction", "not_required", "reject", "transfer"}),
        (WANG, {"accept", "request_correction"}),  # the window has no "refuse"
        (LI, {"withdraw"}),
        (LIN, set()),
        (WU, set()),
        (ZHAO, set()),
        (STRANGER, set()),
    ],
)
def test_who_is_offered_what_on_a_case_just_received(actor: Actor, allowed: set[str]) -> None:
    case = received(hall=HALL)
    assert {command.name for command in offered(case, actor)} == allowed


def test_a_foreign_case_is_as_if_it_were_not_there() -> None:
    for actor in (ZHAO, STRANGER):
        assert not may_see(received(), actor)
        with pytest.raises(NotFound):
            permit(COMMANDS["accept"], received(), actor, Input())


def test_another_offices_work_is_not_ones_own() -> None:
    with pytest.raises(Refused, match="岗位"):
        permit(COMMANDS["opine"], accepted(), WU, Input(work="visit"))
    permit(COMMANDS["opine"], accepted(), WU, Input(work="fire"))


def test_only_an_approver_decides_a_promised_item() -> None:
    assert not may(COMMANDS["decide"], accepted(), CHEN)
    assert may(COMMANDS["decide"], accepted(), LIN)


def test_a_transferred_case_is_led_by_the_new_office_and_followed_by_the_first() -> None:
    case = do(accepted(), "opine", at("2026-03-03"), work="visit", verdict="agree")
    moved = do(case, "transfer", at("2026-03-03"), reference="350500-market", text=TEXT)
    city = Actor("staff", "9", (Post("officer", "350500-market", "350500"),))
    assert (moved.office, moved.first_office) == ("350500-market", MARKET)
    assert moved.promised_due_on == case.promised_due_on
    assert [work.office for work in moved.plan.works] == [MARKET, FIRE, "350500-market"]
    assert may(COMMANDS["start_special"], moved, city)
    assert may_see(moved, CHEN)
    assert not may(COMMANDS["start_special"], moved, CHEN)
    back = do(moved, "transfer", at("2026-03-04"), reference=MARKET, text=TEXT)
    assert (back.office, back.first_office) == (MARKET, MARKET)


class Life(RuleBasedStateMachine):
    """Any sequence of commands by anybody: never an illegal state, a lost clock, or a fold that differs."""

    def __init__(self) -> None:
        super().__init__()
        self.case: CaseState = received()
        self.facts: list[Fact] = []
        self.start = self.case
        self.day = CALENDAR.add(self.case.received_on, 0)

    @rule(days=st.integers(0, 4))
    def wait(self, days: int) -> None:
        self.day = CALENDAR.add(self.day, days)

    @rule(
        name=st.sampled_from(sorted(COMMANDS)),
        actor=st.sampled_from([CHEN, LIN, WU, LI, SYSTEM, ZHAO]),
        given=st.builds(
            Input,
            work=st.sampled_from(["visit", "fire", "sum", ""]),
            verdict=st.sampled_from(["agree", "disagree", "pass", "refuse", ""]),
            text=st.sampled_from([TEXT, None]),
            kind=st.sampled_from(["hearing", "site_visit", "testing"]),
            days=st.integers(0, 8),
            how=st.sampled_from(["online", "window", ""]),
            dispatch=st.booleans(),
            reference=st.sampled_from(["350500-market", ""]),
        ),
    )
    def act(self, name: str, actor: Actor, given: Input) -> None:
        before = self.case
        try:
            permit(COMMANDS[name], before, actor, given)
            facts = COMMANDS[name].step(before, given, at(self.day.isoformat()), actor.code, CALENDAR)
        except Refused as refused:
            assert refused.rule
            return
        for fact in facts:
            self.facts.append(fact)
            self.case = evolve(self.case, fact)

    @invariant()
    def folding_gives_the_state(self) -> None:
        state = self.start
        for fact in self.facts:
            state = evolve(state, fact)
        assert state == self.case
        assert state.seq == 1 + len(self.facts)

    @invariant()
    def what_is_closed_stays_closed_and_what_is_open_has_somebody_to_act(self) -> None:
        closed = [fact for fact in self.facts if fact.kind in events.CLOSING]
        assert len(closed) <= 1
        assert (self.case.closed_on is not None) == bool(closed)
        if self.case.status in OPEN and self.case.status is not Status.CORRECTING:
            assert tasks(self.case)

    @invariant()
    def clocks_stand_whenever_they_must_run(self) -> None:
        case = self.case
        if case.status in (Status.ACCEPTED, Status.IN_REVIEW):
            assert case.due_on
            assert case.accepted_on
            assert case.statutory_due_on
            assert case.promised_due_on
            assert case.accepted_on < case.promised_due_on <= case.statutory_due_on


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
