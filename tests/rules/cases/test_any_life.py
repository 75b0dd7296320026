"""Whatever anybody does in whatever order, at whatever time: no illegal state, no lost clock, nothing unsaid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS, Command
from banshi.contexts.cases.rules.permits import choosable, offered, permit
from banshi.contexts.cases.rules.silence import due_by_silence
from banshi.contexts.cases.rules.state import evolve, tasks
from banshi.contexts.cases.rules.watch import migrate
from banshi.contexts.cases.values import Budget, CaseState, Input, SpecialProcedure, Status, WorkPlan
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import civil_day
from tests.examples import examples
from tests.rules.cases.life import (
    CHEN,
    CITY,
    CITY_MARKET,
    DU,
    FIRE,
    GAO,
    HALL,
    HE,
    HEALTH,
    INSTANT,
    LI,
    LICENCE,
    LIN,
    MARKET,
    QIAN,
    SONG,
    STRANGER,
    SUN,
    TEXT,
    WANG,
    WU,
    ZHAO,
    at,
    day,
    published,
    received,
)

EVERYBODY = (CHEN, SUN, LIN, GAO, WU, SONG, QIAN, WANG, LI, DU, HE, CITY, SYSTEM, ZHAO, STRANGER)
# Most steps are those of people who are at work on it, else hardly a case would come to its end.
AT_WORK = (CHEN, SUN, LIN, GAO, WU, QIAN, WANG, LI, CITY)
ROSTER = tuple(f"staff:{n}" for n in range(100, 140))
START = at("2025-12-08", 9)

RICH = replace(
    LICENCE,
    works=(
        WorkPlan("visit", "现场核查", "site_visit", MARKET, Budget(3), checklist=("洗手池",)),
        WorkPlan("fire", "消防意见", "consult", FIRE, Budget(3), silence="agree"),
        WorkPlan("health", "卫生意见", "consult", HEALTH, Budget(5, "day")),
        WorkPlan("experts", "专家评审", "expert_review", MARKET, Budget(10), after=("visit",), experts=2),
        WorkPlan("session", "联合办公", "joint_session", MARKET, Budget(2), after=("fire", "experts"), people=2),
    ),
    hearing="offered",
    interested=True,
    safety=True,
    discretion="restricted",
)  # fmt: skip
PLANS = (
    LICENCE,
    RICH,
    replace(RICH, hearing="required", interested=False, discretion="encouraged", statutory=Budget(60, "day")),
    replace(LICENCE, joint=True, statutory=Budget(45), promised=Budget(30), discretion="prohibited"),
    replace(LICENCE, renews="1.2.156", expires_on=day("2026-01-20"), statutory=None),
    replace(LICENCE, works=(), promised=Budget(2, "hour"), type="07"),
    replace(RICH, type="05"),
    INSTANT,
)

# What only time can cure, and what the decision is told to do first.
NOT_NOW = {
    "deemed_accepted", "extension_late", "hearing_request_late", "hearing_not_yet",
    "interested_running", "hearing_offer_running",
    "interested_first", "hearing_required", "hearing_pending", "hearing_offer_first",
}  # fmt: skip

LUCK = st.integers(0, 2**32)


def pick[T](choices: Sequence[T], luck: int) -> T:
    """One of them, each as likely as the next: small numbers are what is drawn most."""
    return choices[int.from_bytes(sha256(luck.to_bytes(8)).digest()[:4]) % len(choices)]


class AnyLife(RuleBasedStateMachine):
    """任意一生: `case` as it stands; `kept` the same folded from what the store keeps."""

    case: CaseState
    kept: CaseState

    @initialize(luck=LUCK)
    def receive(self, luck: int) -> None:
        plan, hall, ahead = pick(PLANS, luck), pick(["", HALL], luck + 1), pick([0, 1, 4, 12, 30], luck + 2)
        self.case = self.kept = self.start = received(plan, START.date().isoformat(), hall)
        self.facts: list[Fact] = []
        self.at = START
        self.calendar = published(2025)  # the notice for 2026 is not out yet
        for step in range(ahead):
            self.what_waits_is_done(step)

    def follow(self, facts: list[Fact]) -> None:
        for fact in facts:
            kept = Fact(fact.kind, json.loads(msgspec.json.encode(fact.data)))
            self.facts.append(kept)
            self.case, self.kept = evolve(self.case, fact), evolve(self.kept, kept)

    def attempt(self, name: str, actor: Actor, given: Input) -> Refused | None:
        try:
            permit(COMMANDS[name], self.case, actor, given)
            facts = COMMANDS[name].step(self.case, given, self.at, actor.code, self.calendar)
        except Refused as refused:
            assert refused.rule
            assert refused.zh
            assert refused.en
            return refused
        assert facts
        self.follow(facts)
        return None

    @rule(minutes=st.sampled_from([1, 30, 90, 240]))
    def a_while_later(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(days=st.one_of(st.integers(1, 4), st.integers(5, 60)))
    def days_later(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(
        name=st.sampled_from(sorted(COMMANDS)),
        actor=st.sampled_from(EVERYBODY),
        given=st.builds(
            Input,
            work=st.sampled_from(["", "visit", "fire", "experts", "session", "sum", "work:fire", "case"]),
            verdict=st.sampled_from(["agree", "disagree", "pass", "refuse", ""]),
            text=st.sampled_from([TEXT, None]),
            kind=st.sampled_from(["hearing", "site_visit", "testing", "fraud", "expired", ""]),
            days=st.integers(-1, 20),
            how=st.sampled_from(["online", "window", ""]),
            dispatch=st.booleans(),
            reference=st.sampled_from([CITY_MARKET, MARKET, "staff:101", ""]),
            on=st.one_of(st.none(), st.dates(START.date(), day("2026-06-30"))),
            people=st.sampled_from([(), (SUN.code,), (SUN.code, "staff:90"), ROSTER]),
            checks=st.sampled_from([(), ("洗手池",), ("别的",)]),
            false=st.booleans(),
        ),
    )
    def somebody_tries_something(self, name: str, actor: Actor, given: Input) -> None:
        self.attempt(name, actor, given)

    @rule(luck=LUCK, yes=st.booleans())
    def somebody_does_what_is_offered(self, luck: int, yes: bool) -> None:
        choices = {
            (command.name, actor.id): (command, actor)
            for actor in AT_WORK
            for command in offered(self.case, actor)
            if command.name != "withdraw"  # it ends everything; the applicant tries it above
        }
        if choices:
            name = pick(sorted({name for name, _ in choices}), luck)
            self.take(*pick([choices[key] for key in sorted(choices) if key[0] == name], luck), yes)

    @rule(luck=LUCK)
    def what_waits_is_done(self, luck: int) -> None:
        """By people who are offered the command for it, once those were heard who must be."""
        if self.case.status is Status.PASSED and self.case.plan.certificate and not self.case.certificate:
            assert not self.attempt("certify", SYSTEM, Input(reference="1.2.156"))
        waiting = tasks(self.case)
        if not waiting:
            return
        key = pick(waiting, luck).key
        heard = () if self.case.interested_heard else ("inform_interested", "hear_interested")
        names = {
            "decide": (*heard, "offer_hearing", "schedule_hearing", "decide"),
            "hearing": ("schedule_hearing",),
            "end_special": ("hold_hearing", "end_special"),
        }.get(key, ("draw_experts", "opine", "record") if key.startswith("work:") else (key,))
        for name in names:
            for actor in AT_WORK:
                command = next((one for one in offered(self.case, actor) if one.name == name), None)
                if command and not self.take(command, actor, True):
                    return

    def take(self, command: Command, actor: Actor, yes: bool) -> Refused | None:
        """A command that was offered, stated in full, is refused for nothing but the time or a step that lacks."""
        state = self.case
        refused = self.attempt(
            command.name, actor, stated(command, state, actor, yes, self.at, self.calendar)
        )
        if refused:
            assert refused.rule in NOT_NOW, (command.name, refused.rule, refused.en)
        return refused

    @rule()
    def the_scheduler_runs(self) -> None:
        done = 0
        while name := due_by_silence(self.case, self.at, self.calendar):
            assert not self.attempt(name, SYSTEM, Input())
            done += 1
            assert done < 20
        following = clocks.next_check_at(self.case, self.calendar)
        assert following is None or following > self.at

    @precondition(lambda self: self.calendar.years == published(2025).years)
    @rule()
    def the_notice_for_2026_comes_out(self) -> None:
        self.calendar = published(2026)
        if self.case.status.open:
            assert not self.attempt("reclock", SYSTEM, Input())
            assert self.case.calendar == self.calendar.version

    @precondition(lambda self: self.case.status.open and self.case.plan.version == 1)
    @rule(plan=st.sampled_from(PLANS[:-1]))
    def it_moves_to_another_version(self, plan: Any) -> None:
        self.follow(
            migrate(self.case, replace(plan, item=self.case.plan.item, version=2), self.at, self.calendar)
        )

    @invariant()
    def what_is_kept_gives_the_state(self) -> None:
        assert self.kept == self.case
        assert self.case.seq == 1 + len(self.facts)
        assert msgspec.json.decode(msgspec.json.encode(self.case), type=CaseState) == self.case

    def teardown(self) -> None:
        if not hasattr(self, "start"):
            return
        state = self.start
        for fact in self.facts:
            state = evolve(state, fact)
        assert state == self.case

    @invariant()
    def what_is_closed_stays_closed(self) -> None:
        closed = [fact for fact in self.facts if fact.kind in events.CLOSING]
        assert len(closed) <= 1
        assert (self.case.closed_on is not None) == bool(closed) == (not self.case.status.open)

    @invariant()
    def what_is_open_waits_for_somebody(self) -> None:
        keys = {task.key for task in tasks(self.case)}
        if self.case.status is Status.CORRECTING:
            assert not keys  # it is the applicant's turn
        elif self.case.status.open:
            assert keys
            assert "deliver" not in keys
        else:
            assert keys <= {"deliver"}

    @invariant()
    def the_clocks_are_what_they_are_reckoned_to_be(self) -> None:
        case = self.case
        if case.status not in (Status.ACCEPTED, Status.IN_REVIEW):
            assert case.due_on is None
            return
        assert case.due_on
        assert case.accepted_on
        found = clocks.running(case, self.calendar)
        assert (case.statutory_due_on, case.promised_due_on) == (found.statutory, found.promised)
        assert (case.promised_due_at, case.provisional) == (found.promised_at, found.provisional)
        assert (case.statutory_due_on is None) == (case.plan.statutory is None)
        assert min(case.due_on, *found.works.values(), case.due_on) >= case.received_on
        assert case.due_on >= case.accepted_on
        due = {work.key: work.due_on for work in case.works if work.status == "open"}
        assert due == found.works

    @invariant()
    def the_works_follow_their_order(self) -> None:
        status = {work.key: work.status for work in self.case.works}
        assert list(status) == [plan.key for plan in self.case.plan.works] or not status
        for plan in self.case.plan.works:
            if status.get(plan.key, "waiting") != "waiting" and self.case.plan.version == 1:
                assert all(status[key] == "done" for key in plan.after)

    @invariant()
    def at_most_the_last_pause_is_running(self) -> None:
        running = [pause for pause in self.case.pauses if pause.until_on is None]
        if self.case.status is Status.SUSPENDED:
            assert running == [self.case.pauses[-1]]
        elif self.case.status.open:
            assert not running
        assert all(isinstance(pause.kind, SpecialProcedure) for pause in self.case.pauses)
        if any(pause.kind is SpecialProcedure.HEARING for pause in self.case.pauses):
            assert self.case.hearing
            assert self.case.hearing.held_on  # it came with its notice


def stated(command: Command, state: CaseState, actor: Actor, yes: bool, at: datetime, calendar: Any) -> Input:
    """What a person who knows the case would state."""
    given: dict[str, Any] = {"text": TEXT, "days": 5, "how": "window", "kind": "testing", "dispatch": yes}
    today = civil_day(at)
    match command.name:
        case (
            "opine"
            | "schedule"
            | "record"
            | "draw_experts"
            | "recuse"
            | "hand_over"
            | "take_back"
            | "reassign"
        ):
            given["work"] = choosable(command, state, actor)[-1 if yes else 0]
        case "return_work":
            given["work"] = next(work.key for work in state.works if work.status == "done")
        case "reject":
            given["reference"] = "城管局"
        case "transfer":
            given["reference"] = MARKET if state.office != MARKET else CITY_MARKET
        case "revoke" | "cancel":
            given["kind"] = "other"
    work = state.work(given.get("work", ""))
    match command.name:
        case "opine":
            given |= {"verdict": "agree" if yes else "disagree", "people": ("staff:90", "staff:91")}
        case "schedule":
            given["on"] = calendar.add(today, 2)
        case "record":
            given["people"] = ("staff:90", *(work.experts if work else ()))
        case "draw_experts":
            given["people"] = ROSTER
        case "recuse":
            given |= {"people": ROSTER, "reference": work.experts[0] if work else ""}
        case "hand_over" | "reassign":
            holder = work.holder if work else state.holder
            given["people"] = ("staff:81" if holder == "staff:80" else "staff:80",)
        case "schedule_hearing":
            soonest = calendar.add(today, 7)
            hold_by = state.hearing.hold_by if state.hearing else None
            given |= {"on": max(soonest, hold_by or soonest), "people": ("staff:70",), "confirmed": True}
        case "review" | "decide":
            given["verdict"] = "pass" if yes else "refuse"
    return Input(**given)


AnyLife.TestCase.settings = settings(max_examples=examples(80), stateful_step_count=30, deadline=None)
TestAnyLife = AnyLife.TestCase
