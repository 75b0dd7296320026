"""Whatever anybody does in whatever order, at whatever time: no illegal state, no lost clock, nothing unsaid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from banshi.contexts.tickets import events, files
from banshi.contexts.tickets.rules import clocks, oversight
from banshi.contexts.tickets.rules.commands import COMMANDS, Command
from banshi.contexts.tickets.rules.permits import offered, permit
from banshi.contexts.tickets.rules.state import CHANGES, evolve, tasks
from banshi.contexts.tickets.values import About, Input, TicketState
from banshi.contexts.tickets.values.codes import FINISHED, Kind, Status
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import civil_day
from tests.examples import examples
from tests.rules.tickets.life import (
    CALENDAR,
    CALLER,
    CHECKER,
    CHIEF,
    DISPATCHER,
    EVERYBODY,
    KUIWEN,
    MARKET,
    MARKETMAN,
    OPERATOR,
    ROADHEAD,
    ROADMAN,
    ROADS,
    SUPERVISOR,
    SYSTEM,
    TEXT,
    at,
    first,
    published,
)

START = at("2025-12-08", 9)
# Most steps are those of people who are at work on it, else hardly a ticket would come to its end.
AT_WORK = (DISPATCHER, ROADMAN, ROADHEAD, MARKETMAN, CHECKER, CALLER, CHIEF, SUPERVISOR, OPERATOR)
PLACES = (KUIWEN, "410502", "370102")
LUCK = st.integers(0, 2**32)
AFTER_THE_END = {"clear", "reward"}  # what a closed ticket may still wait for
RIGHT = {
    "dispatch": {"reference": ROADS, "offices": (MARKET,)},
    "decline": {"kind": "petition"},
    "contact": {"verdict": "reached"},
    "assist": {"reference": MARKET},
    "reply": {"verdict": "solved", "confirmed": True},
    "request_extension": {"days": 2},
    "decide_extension": {"verdict": "pass"},
    "propose_termination": {"kind": "petition"},
    "decide_termination": {"verdict": "pass"},
    "check": {"verdict": "pass"},
    "call_back": {"verdict": "not_content"},
    "supervise": {"kind": "other", "how": "daily"},
    "find_cause": {"kind": "circular", "how": "item", "reference": "food-licence", "part": "conditions"},
    "settle_defect": {"verdict": "fixed"},
    "find_breach": {"kind": "falsified", "reference": ROADS},
    "merge": {"reference": "0199dddd-0000-7000-8000-000000000043"},
    "classify": {"category": "market.food.spoiled"},
    "assign": {"reference": ROADS, "offices": (MARKET,), "on": date(2026, 12, 31)},
    "visit": {"on": START.date(), "how": "morning", "offices": (ROADS,), "called": (MARKET,)},
    "propose_reward": {"kind": "adopted", "how": "centre_chief", "points": 20},
    "decide_reward": {"verdict": "pass"},
    "claim_reward": {"how": "account"},
}


def pick[T](choices: Sequence[T], luck: int) -> T:
    """One of them, each as likely as the next: small numbers are what is drawn most."""
    return choices[int.from_bytes(sha256(luck.to_bytes(8)).digest()[:4]) % len(choices)]


class AnyLife(RuleBasedStateMachine):
    """任意一生: `ticket` as it stands; `kept` the same folded from what the store keeps."""

    ticket: TicketState
    kept: TicketState

    @initialize(luck=LUCK, steps=st.integers(0, 12))
    def said(self, luck: int, steps: int) -> None:
        terms = files.terms_for(pick(PLACES, luck), pick(list(Kind), luck + 1))
        fact = first(
            pick(list(Kind), luck + 1),
            when=START,
            terms=msgspec.to_builtins(terms),
            confidential=pick([True, False, False], luck + 2),
            no_reply=pick([True, False, False, False], luck + 3),
            about=About(item=pick(["", "food-licence"], luck + 4), office=MARKET),
            contact=None if luck % 7 == 0 else first().data["contact"],
        )
        self.at = START
        self.calendar = published(2025)  # the notice for 2026 is not out yet
        self.facts: list[Fact] = []
        self.ticket = evolve(None, fact)
        self.kept = evolve(None, stored(fact))
        for step in range(steps):
            self.what_waits_is_done(luck + step)

    def follow(self, facts: list[Fact]) -> None:
        for fact in facts:
            self.facts.append(fact)
            self.ticket, self.kept = evolve(self.ticket, fact), evolve(self.kept, stored(fact))

    def attempt(self, name: str, actor: Actor, given: Input) -> Refused | None:
        try:
            permit(COMMANDS[name], self.ticket, actor, given)
            facts = COMMANDS[name].step(self.ticket, given, self.at, actor.code, self.calendar)
        except Refused as refused:
            assert refused.rule and refused.zh and refused.en
            return refused
        assert facts
        self.follow(facts)
        return None

    @rule(minutes=st.sampled_from([1, 30, 90, 240]))
    def a_while_later(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(days=st.one_of(st.integers(1, 4), st.integers(5, 40)))
    def days_later(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule()
    def the_notice_comes_out(self) -> None:
        self.calendar = CALENDAR
        if self.ticket.status.open and self.ticket.status is not Status.MERGED:
            assert self.attempt("reclock", SYSTEM, Input()) is None

    @rule(
        name=st.sampled_from(sorted(set(COMMANDS) - {"merge"})),
        actor=st.sampled_from(EVERYBODY),
        given=st.builds(
            Input,
            verdict=st.sampled_from(
                ["pass", "back", "refuse", "solved", "plan", "content", "not_content", "reached", ""]
            ),
            kind=st.sampled_from(["petition", "overdue", "unrectified", "nothing", ""]),
            how=st.sampled_from(["daily", "item", ""]),
            reference=st.sampled_from([ROADS, MARKET, ""]),
            offices=st.sampled_from([(), (MARKET,), (ROADS, MARKET, MARKET)]),
            days=st.integers(-1, 30),
            unit=st.sampled_from(["workday", "day", "hour"]),
            on=st.one_of(st.none(), st.dates(START.date(), at("2026-06-30").date())),
            text=st.sampled_from([TEXT, None]),
            n=st.integers(-1, 2),
            decided=st.booleans(),
            difficult=st.booleans(),
        ),
    )
    def somebody_tries_something(self, name: str, actor: Actor, given: Input) -> None:
        self.attempt(name, actor, given)

    @rule(luck=LUCK)
    def somebody_does_what_is_offered(self, luck: int) -> None:
        choices = [
            (command, actor)
            for actor in AT_WORK
            for command in offered(self.ticket, actor)
            if command.name not in ("merge", "withdraw")
        ]
        if choices:
            self.take(*pick(choices, luck))

    def take(self, command: Command, actor: Actor) -> None:
        """What is offered is possible, with the right words."""
        given = dict(RIGHT.get(command.name, {}))
        for n in range(3):
            if command.name == "reply" and self.ticket.assisting:
                given["confirmed"] = True
            refused = self.attempt(command.name, actor, Input(text=TEXT, digest="d", n=n, **given))
            if refused is None or refused.rule not in ("defect", "no_breach"):
                break
        only_time = {
            "return_late",
            "extension_late",
            "unchanged",
            "trigger",
            "to_the_accused",
            "confidential",
            "too_soon",
            "own_proposal",
            "several_units",
        }
        assert refused is None or refused.rule in only_time | {"defect", "no_breach", "not_your_office"}, (
            refused
        )

    @rule(luck=LUCK)
    def what_waits_is_done(self, luck: int) -> None:
        """By somebody who is offered the command for it."""
        names = {
            "dispatch": "dispatch",
            "settle": "refuse_return",
            "plan": "reply",
            "handle": "reply",
            "extension": "decide_extension",
            "call": "call_back",
            "termination": "decide_termination",
            "escalation": "conclude",
            "supervision": "answer_supervision",
            "reward": "decide_reward",
        }
        waiting = tasks(self.ticket, self.calendar)
        if not waiting:
            return
        key = pick(waiting, luck).key.partition(":")[0]
        name = names.get(key, key)
        if (name, self.ticket.kind) == ("dispatch", Kind.PAIN_POINT):
            name = "assign"
        for actor in AT_WORK:
            command = next((one for one in offered(self.ticket, actor) if one.name == name), None)
            if command:
                self.take(command, actor)
                return

    @rule()
    def the_scheduler_looks(self) -> None:
        following = clocks.next_check_at(self.ticket, self.calendar)
        if following is not None and following <= self.at:
            assert self.attempt("remind", SYSTEM, Input()) is None
            again = clocks.next_check_at(self.ticket, self.calendar)
            assert again is None or again > self.at

    # ---- what always holds ----

    @invariant()
    def what_is_kept_folds_to_the_state(self) -> None:
        assert self.kept == self.ticket
        raw = msgspec.json.encode(self.ticket)
        assert msgspec.json.decode(raw, type=TicketState) == self.ticket
        assert msgspec.json.encode(msgspec.json.decode(raw, type=TicketState)) == raw

    @invariant()
    def what_is_open_waits_for_somebody_and_what_is_finished_for_nobody(self) -> None:
        waiting = tasks(self.ticket, self.calendar)
        if self.ticket.status in FINISHED | {Status.MERGED}:
            assert {task.key for task in waiting} <= AFTER_THE_END
            assert clocks.next_check_at(self.ticket, self.calendar) is None
        else:
            assert waiting and all(task.office for task in waiting)
        assert len({task.key for task in waiting}) == len(waiting)

    @invariant()
    def what_waits_can_be_done_by_somebody(self) -> None:
        if self.ticket.status.open and self.ticket.status is not Status.MERGED:
            doing = {command.name for actor in AT_WORK for command in offered(self.ticket, actor)}
            assert doing & {
                *("dispatch", "refuse_return", "sign", "reply", "contact", "check", "call_back"),
                *("decide_termination", "conclude", "assign"),
            }

    @invariant()
    def finished_means_a_day_and_an_outcome(self) -> None:
        assert (self.ticket.closed_on is not None) == (self.ticket.status in FINISHED)
        assert (self.ticket.outcome is not None) == (self.ticket.status is Status.CLOSED)

    @invariant()
    def who_repaired_never_checked_nor_called(self) -> None:
        repairers: set[str] = set()
        for fact in self.facts:
            if fact.kind in (events.SIGNED, events.REPLIED, events.ASSISTED):
                repairers.add(fact.data["by"])
            if fact.kind in (events.REPLY_PASSED, events.SENT_BACK, events.CALLED_BACK):
                assert fact.data["by"] not in repairers

    @invariant()
    def a_decided_duty_stays_decided(self) -> None:
        returned = [n for n, fact in enumerate(self.facts) if fact.kind == events.RETURNED]
        assert len(returned) <= 1
        assert self.ticket.returns == len(returned)

    @invariant()
    def the_day_of_a_unit_that_has_it_is_the_reckoned_one(self) -> None:
        if (
            self.ticket.status in (Status.DISPATCHED, Status.HANDLING)
            and self.calendar.version == self.ticket.calendar
        ):
            found = clocks.handling(self.ticket, self.calendar)
            assert found is not None and found.due_on == self.ticket.due_on

    @invariant()
    def no_more_rounds_than_the_place_has(self) -> None:
        assert self.ticket.round <= self.ticket.terms.rounds

    @precondition(lambda self: self.ticket.supervisions)
    @invariant()
    def it_is_supervised_for_the_place_s_reasons(self) -> None:
        for one in self.ticket.supervisions:
            assert one.trigger in self.ticket.terms.triggers and one.office
        for trigger in oversight.triggers(self.ticket, self.at, self.calendar):
            assert trigger in self.ticket.terms.triggers


def stored(fact: Fact) -> Fact:
    """As the store keeps it and gives it back."""
    return Fact(fact.kind, json.loads(msgspec.json.encode(fact.data)))


TestAnyLife: Any = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=examples(25), stateful_step_count=30, deadline=None)


def test_every_kind_of_fact_changes_the_state_and_has_a_title() -> None:
    kinds = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
    of_tickets = kinds - events.OF_OCCASIONS.keys()
    assert set(events.TITLES) == of_tickets
    assert set(CHANGES) == of_tickets - {events.RAISED}
    assert kinds >= events.TOLD | events.INTERNAL and not events.TOLD & events.INTERNAL


@drawn(
    start=st.integers(0, 600 * 24),
    days=st.integers(1, 60),
    unit=st.sampled_from(["workday", "day"]),
    difficult=st.booleans(),
)
def test_the_unit_s_last_day_is_worked_and_never_before_the_place_s(
    start: int, days: int, unit: str, difficult: bool
) -> None:
    instant = at("2025-01-01", 0) + timedelta(hours=start)
    state = evolve(None, first(when=instant))
    on = civil_day(instant)
    given = replace(
        state, dispatched_on=on, statutory_days=days, statutory_unit=unit, difficult=difficult, lead=ROADS
    )
    found = clocks.handling(given, CALENDAR)
    assert found is not None and CALENDAR.is_workday(found.due_on)
    assert CALENDAR.between(on, found.due_on) >= state.terms.handle_days
