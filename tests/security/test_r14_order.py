"""Requirement 14: steps in their order, each once, whole or not at all, whatever is tried by whomever in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.models import Case, Document, Task
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.certificates.models import Certificate
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.models import Application
from banshi.directory.calendar import calendar
from banshi.flows import apply, deadlines
from banshi.infra import outbox, pdf
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from tests import personas
from tests.personas import LICHENG
from tests.security import town
from tests.security.lives import BESIDE, LETTERS, LIFE
from tests.security.town import ITEM, MATERIALS, PDF, VALUES

TEXT = "理由写在这里。"
# What each command needs in order to go well.
STATED = {
    "request_correction": ({}, TEXT),
    "not_required": ({}, TEXT),
    "reject": ({"reference": "另一机关"}, TEXT),
    "transfer": ({"reference": f"{personas.CITY}-market"}, TEXT),
    "opine": ({"verdict": "agree"}, ""),
    "start_special": ({"kind": "testing", "days": 3}, TEXT),
    "review": ({"verdict": "pass"}, ""),
    "decide": ({"verdict": "pass"}, TEXT),
    "deliver": ({"how": "window"}, ""),
    "revoke": ({}, TEXT),
}
STRAIGHT = (
    *(("accept", "lin"), ("opine", "lin"), ("opine", "lin"), ("opine", "wei"), ("opine", "lin")),
    *(("review", "lin"), ("decide", "huang")),
)
ENDING = {"withdraw", "reject", "not_required", "revoke"}


class Matter(RuleBasedStateMachine):
    """One application and its case, with everybody at it at once: through the operations, on the database."""

    actors: dict[str, Actor]

    def __init__(self) -> None:
        super().__init__()
        self.undone: AbstractContextManager[Any] = transaction.atomic()
        self.undone.__enter__()
        self.day = personas.ON
        self.party = personas.party_of(personas.li()).id
        self.id = self.begin()
        self.submissions: dict[UUID, apply.Submitted] = {}
        self.done: list[tuple[UUID, Callable[[], object], object]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def begin(self) -> UUID:
        return intake.start(
            region=LICHENG,
            party=self.party,
            target=f"item:{ITEM}",
            title="食品经营许可",
            channel="online",
            actor=self.actors["li"],
            at=self.at,
        )

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, time(2), UTC)

    @property
    def states(self) -> list[CaseState]:
        return queries.list_of_application(LICHENG, self.id)

    def attempt(self, work: Callable[[], object]) -> object | None:
        """What it says, or None where a rule says no: then nothing at all has been written."""
        before = everything()
        try:
            return work()
        except Refused:
            assert everything() == before
            return None

    @initialize(ahead=st.integers(-2, len(STRAIGHT)))
    def starts(self, ahead: int) -> None:
        """With nothing, with what is ready to be sent, or so many steps along the straight way."""
        if ahead > -2:
            self.fill("li")
            self.hand_over("li")
        if ahead >= 0:
            self.submit("li", anew=True)
        for name, who in STRAIGHT[: max(ahead, 0)]:
            self.carry_out(self.states[0], name, self.actors[who], refuse=False)
        self.deliver_the_outbox()

    # ---- before it is submitted ----

    @precondition(lambda self: not self.submissions)
    @rule(who=st.sampled_from(["li", "li", "chen", "wang"]))
    def fill(self, who: str) -> None:
        actor = self.actors[who]
        self.attempt(lambda: intake.save(region=LICHENG, id=self.id, values=VALUES, actor=actor, at=self.at))

    @precondition(lambda self: not self.submissions)
    @rule(who=st.sampled_from(["li", "li", "chen"]))
    def hand_over(self, who: str) -> None:
        for code in MATERIALS:
            self.attempt(
                lambda code=code: intake.attach(
                    region=LICHENG,
                    id=self.id,
                    material=code,
                    name="a.pdf",
                    content=PDF,
                    formats=("pdf",),
                    actor=self.actors[who],
                    at=self.at,
                )
            )

    @rule(who=st.sampled_from(["li", "li", "chen", "lin"]), anew=st.booleans())
    def submit(self, who: str, anew: bool) -> None:
        command = new_id() if anew or not self.submissions else next(iter(self.submissions))
        done = self.attempt(
            lambda: apply.submit(
                region=LICHENG, id=self.id, actor=self.actors[who], at=self.at, command_id=command
            )
        )
        if isinstance(done, apply.Submitted):
            assert who == "li"
            assert self.submissions in ({}, {command: done})
            self.submissions[command] = done

    # ---- afterwards ----

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.day = calendar().add(self.day, days)
        deadlines.check(self.at)

    @rule()
    def deliver_the_outbox(self) -> None:
        while outbox.deliver(self.at):
            pass
        assert not Outbox.objects.filter(attempts__gt=0).exists()

    @precondition(lambda self: self.submissions)
    @rule(
        pick=st.integers(0, 20), steps=st.integers(1, 5), refuse=st.sampled_from([False, False, False, True])
    )
    def go_on(self, pick: int, steps: int, refuse: bool) -> None:
        """Some of the commands that are offered to somebody, with what they need."""
        for step in range(steps):
            (state,) = self.states
            offered = [
                (one.name, actor)
                for actor in self.actors.values()
                for one in queries.commands(state, actor)
                if (refuse or one.name not in ENDING) and (pick > 15 or one.name != "transfer")
            ]
            if offered:
                self.carry_out(state, *offered[(pick + step) % len(offered)], refuse)

    def carry_out(self, state: CaseState, name: str, actor: Actor, refuse: bool) -> None:
        given, text = STATED.get(name, ({}, ""))
        if name == "accept":
            given = {"dispatch": not refuse}
        if refuse and "verdict" in given:
            given, text = {**given, "verdict": "disagree" if name == "opine" else "refuse"}, TEXT
        if name == "opine":
            given = {**given, "work": queries.works_of(queries.declared_commands()[name], state, actor)[0]}
        self.command(name, actor, Input(**given), text)

    @precondition(lambda self: self.submissions)
    @rule(
        who=st.sampled_from(["li", "chen", "wang", "lin", "huang", "wei", "zhao", "system"]),
        name=st.sampled_from(sorted(queries.declared_commands())),
        work=st.sampled_from(["paper_review", "site_check", "staff_check", "conclusion", ""]),
        verdict=st.sampled_from(["agree", "pass", "refuse", ""]),
    )
    def try_anything(self, who: str, name: str, work: str, verdict: str) -> None:
        given, text = STATED.get(name, ({}, ""))
        self.command(name, self.actors[who], Input(**{**given, "work": work, "verdict": verdict}), text)

    def command(self, name: str, actor: Actor, given: Input, text: str) -> None:
        (state,) = self.states
        command, at = new_id(), self.at

        def act() -> object:
            return operations.act(
                name,
                region=LICHENG,
                id=state.id,
                actor=actor,
                at=at,
                calendar=calendar(),
                given=given,
                text=text,
                command_id=command,
            ).kinds

        answer = self.attempt(act)
        if answer is not None:
            self.done.append((command, act, answer))

    @precondition(lambda self: self.done)
    @rule(pick=st.integers(0, 20))
    def press_again(self, pick: int) -> None:
        """The same command once more: the first answer, and nothing happens."""
        _, act, answer = self.done[pick % len(self.done)]
        before = everything()
        assert act() == answer
        assert everything() == before

    # ---- always ----

    @invariant()
    def cases_come_from_one_submission_and_no_other(self) -> None:
        assert len(self.states) == len(self.submissions) <= 1
        assert Case.objects.filter(application_id=self.id).count() == len(self.submissions)
        assert Fact.objects.filter(stream_id=self.id).count() == len(self.submissions)

    @invariant()
    def the_row_is_what_the_facts_come_to(self) -> None:
        for state in self.states:
            assert operations.folded(queries.facts(LICHENG, state.id)) == state
            rows = Task.objects.filter(case_id=state.id)
            assert sorted(rows.values_list("key", "office_code", "post")) == sorted(
                (task.key, task.office, task.post) for task in queries.tasks_of(state)
            )
            seqs = Fact.objects.filter(stream_id=state.id).order_by("seq").values_list("seq", flat=True)
            assert list(seqs) == list(range(1, state.seq + 1))

    @invariant()
    def the_steps_stand_in_their_order(self) -> None:
        for state in self.states:
            facts = queries.facts(LICHENG, state.id)
            life = "".join(LETTERS[fact.kind] for fact in facts if fact.kind not in BESIDE)
            assert LIFE.fullmatch(life), life
            done = [fact.data["work"] for fact in facts if fact.kind == events.OPINION_GIVEN]
            assert len(done) == len(set(done))
            plans = {work.key: work for work in state.plan.works}
            for place, work in enumerate(done):
                assert set(plans[work].after) <= set(done[:place]), done
            if "G" in life or "F" in life:
                assert set(done) == set(plans)

    @invariant()
    def an_open_case_always_waits_for_somebody(self) -> None:
        for state in self.states:
            waits = queries.tasks_of(state) or state.status is Status.CORRECTING
            assert waits or not state.status.open, state.status

    @invariant()
    def papers_and_certificates_are_issued_once(self) -> None:
        kinds = Counter(Document.objects.values_list("case_id", "kind", "number"))
        assert set(kinds.values()) <= {1}
        assert Certificate.objects.count() <= 1


def everything() -> dict[str, int]:
    """How much has been written."""
    tables = (Fact, Outbox, Case, Task, Document, Application, Certificate)
    written = {table._meta.db_table: table._default_manager.count() for table in tables}
    return written | {"seqs": sum(Case.objects.values_list("seq", flat=True))}


@pytest.mark.django_db
def test_whatever_is_tried_in_whatever_order(own_folder: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town.town()
    # Printing is not what this is about, and slow.
    monkeypatch.setattr(pdf, "render", lambda template, data, **_: b"%PDF " + str(data["number"]).encode())
    Matter.actors = town.everybody()
    bounded = settings(
        max_examples=40,
        stateful_step_count=40,
        deadline=None,
        database=None,
        # Making a failure smaller would take minutes; its steps are printed as they were.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Matter, settings=bounded)


def test_the_grammar_of_a_life_refuses_what_it_should() -> None:
    good = (
        "R",
        "RX",
        "RN",
        "RCX",
        "RCSA",
        "RAWOOOOVGZD",
        "RTATWOPEOOOVGK",
        "RAWOOOOVFD",
        "RAPX",
        "RAWOOOOVX",
    )
    bad = (
        "A",
        "RR",
        "RG",
        "RAG",
        "RAWG",
        "RAWOOOOG",
        "RCC",
        "RNA",
        "RXA",
        "RAWOOOOVGG",
        "RAWOOOOVFG",
        "RAWOOOOVGDZ",
    )
    assert [life for life in good if not LIFE.fullmatch(life)] == []
    assert [life for life in bad if LIFE.fullmatch(life)] == []
