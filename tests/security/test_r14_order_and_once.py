"""Requirement 14: steps in their order, each once, whole or not at all — whoever asks, however often, however many at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
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
from pytest_django.fixtures import Settings

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.models import Case, Document, Task
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.certificates.models import Certificate
from banshi.contexts.evaluation.models import Review
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.models import Application
from banshi.directory.calendar import calendar
from banshi.flows import apply, deadlines
from banshi.infra import files, outbox, pdf, store
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Refused
from tests import personas
from tests.conftest import StoppedClock
from tests.personas import LICHENG
from tests.security import town
from tests.security.town import ITEM, MATERIALS, PDF, VALUES, Visitor, hidden

TEXT = "理由写在这里。"
# One letter a fact, and what the law and the plan allow in a life.
LETTERS = {
    events.RECEIVED: "R",
    events.CORRECTION_REQUESTED: "C",
    events.CORRECTION_SUPPLIED: "S",
    events.ACCEPTED: "A",
    events.NOT_REQUIRED: "N",
    events.REJECTED: "J",
    events.TRANSFERRED: "T",
    events.WORKS_ASSIGNED: "W",
    events.OPINION_GIVEN: "O",
    events.SPECIAL_STARTED: "P",
    events.SPECIAL_ENDED: "E",
    events.REVIEWED: "V",
    events.PASSED: "G",
    events.REFUSED: "F",
    events.WITHDRAWN: "X",
    events.REVOKED: "K",
    events.CERTIFIED: "Z",
    events.DELIVERED: "D",
}
# What is told or offered beside the way, at any time.
BESIDE = frozenset({events.URGED, events.URGE_ANSWERED, events.HEARING_OFFERED, events.HEARING_REQUESTED})
BEFORE = r"RT*(?:CX|C(?:ST*)?)?"
HANDLING = r"A(?:T|PE)*(?:P|W(?:T|PE|O)*P?)?"
DECIDED = r"AT*(?:PE|T)*W(?:T|PE|O)*O(?:T|PE)*V(?:T|PE)*"
LIFE = re.compile(
    rf"{BEFORE}(?:[NJX]|{HANDLING}X?|{DECIDED}(?:P?X?|FD?|G(?:Z?K?|ZDK?|ZKD?)))?"  # in this order, and no other
)
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


def people() -> dict[str, Actor]:
    return {
        "li": personas.li().actor,
        "chen": town.chen().actor,
        "wang": personas.wang().actor,
        "lin": personas.lin().actor,
        "huang": personas.huang().actor,
        "wei": town.health().actor,
        "zhao": personas.zhao().actor,
        "city": personas.staff(
            "shi", "施市局", personas.CITY, personas.PostKind.OFFICER, f"{personas.CITY}-market"
        ).actor,
        "system": SYSTEM,
    }


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
def test_whatever_is_tried_in_whatever_order(
    settings_: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.town()
    # Printing is not what this is about, and slow.
    monkeypatch.setattr(pdf, "render", lambda template, data, **_: b"%PDF " + str(data["number"]).encode())
    Matter.actors = people()
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


@pytest.fixture
def settings_(settings: Settings, tmp_path: Path) -> Settings:
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path / "city")
    return settings


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


# ---- many at once, each with a connection and, as on a server, a thread of its own ----


@pytest.fixture
def here(real_database: None, settings_: Settings, clock: StoppedClock) -> Iterator[None]:
    with store.inline():
        town.town()
        people()
    yield


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    together = Barrier(count, timeout=60)

    def one(number: int) -> Any:
        try:
            together.wait()
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def copied(visitor: Visitor) -> Visitor:
    """The same person in another window of the browser."""
    other = Visitor(token=visitor.token)
    for name, morsel in visitor.client.cookies.items():
        other.client.cookies[name] = morsel.value
    return other


def test_one_application_submitted_by_many_at_once_is_one(here: None) -> None:
    li = Visitor.signed_in(personas.li())
    matter = town.begin(li)
    town.fill(li, matter, VALUES)
    town.hand_over(li, matter)
    keys = [hidden(li.get(f"{matter.draft}/check").text, "command_id") for _ in range(4)]
    windows = [copied(li) for _ in range(8)]

    def submit(number: int) -> int:
        # Two by two they carry the same key, as a double click does.
        return windows[number].post(f"{matter.draft}/check", {"command_id": keys[number // 2]}).status

    told = at_once(8, submit)
    assert told.count(303) >= 2 and set(told) <= {302, 303, 409, 422}, told
    assert Case.objects.filter(application_id=matter.id).count() == 1
    kinds = Counter(Fact.objects.values_list("kind", flat=True))
    assert (kinds["intake.application.submitted"], kinds[events.RECEIVED]) == (1, 1)
    assert Document.objects.count() == 1


def test_one_draft_however_often_its_button_was_pressed_at_once(here: None) -> None:
    li = Visitor.signed_in(personas.li())
    stated = {"county": LICHENG, "command_id": hidden(li.get(f"/apply/item/{ITEM}").text, "command_id")}
    windows = [copied(li) for _ in range(6)]
    told = at_once(6, lambda number: windows[number].post(f"/apply/item/{ITEM}", stated).location)
    assert len(set(told)) == 1 and told[0].startswith("/a/")
    assert Application.objects.count() == 1


def test_of_two_officers_who_decide_at_once_one_does(here: None) -> None:
    matter = town.applied(Visitor.signed_in(personas.li()))
    lin = Visitor.signed_in(personas.lin())
    pages = [lin.get(f"{matter.desk}/do/accept/").text for _ in range(6)]
    windows = [copied(lin) for _ in pages]

    def accept(number: int) -> int:
        carried = {name: hidden(pages[number], name) for name in ("command_id", "seq")}
        return windows[number].post(f"{matter.desk}/do/accept/", carried | {"dispatch": "on"}).status

    told = at_once(6, accept)
    assert sorted(told) == [303] + [422] * 5
    assert Fact.objects.filter(kind=events.ACCEPTED).count() == 1
    assert Document.objects.filter(kind="acceptance").count() == 1


def test_two_who_accept_and_withdraw_at_once_leave_one_life(here: None) -> None:
    for _ in range(3):
        li, lin = Visitor.signed_in(personas.li()), Visitor.signed_in(personas.lin())
        matter = town.applied(li)
        page = lin.get(f"{matter.desk}/do/reject/").text
        reject = {name: hidden(page, name) for name in ("command_id", "seq")} | {
            "text": "无权",
            "reference": "区局",
        }
        withdraw = {"command_id": hidden(li.get(f"{matter.own}/withdraw").text, "command_id")}

        def both(
            number: int, li: Visitor = li, lin: Visitor = lin, matter: Any = matter, reject: Any = reject,
            withdraw: Any = withdraw,
        ) -> int:  # fmt: skip
            if number:
                return li.post(f"{matter.own}/withdraw", withdraw).status
            return lin.post(f"{matter.desk}/do/reject/", reject).status

        assert sorted(at_once(2, both)) in ([303, 409], [303, 422])
        life = "".join(LETTERS[fact.kind] for fact in queries.facts(LICHENG, matter.case))  # type: ignore[arg-type]
        assert life in ("RX", "RJ")


def test_the_outbox_delivered_by_many_at_once_does_everything_once(here: None) -> None:
    li, lin, huang, wei = (
        Visitor.signed_in(who()) for who in (personas.li, personas.lin, personas.huang, town.health)
    )
    matter = town.applied(li)
    town.do(lin, matter, "accept", dispatch="on")
    town.works(matter, lin, wei)
    town.do(lin, matter, "review", verdict="pass")
    town.do(huang, matter, "decide", verdict="pass")

    def deliver(_: int) -> None:
        for _ in range(6):
            outbox.deliver(personas.AT.replace(year=2026, month=3, day=2, hour=2))

    at_once(4, deliver)
    town.deliver()
    kinds = Counter(Fact.objects.filter(stream_id=matter.case).values_list("kind", flat=True))
    assert (kinds[events.CERTIFIED], kinds[events.DELIVERED]) == (1, 1)
    assert Certificate.objects.count() == 1
    assert not Document.objects.filter(file="").exists()


def test_one_review_of_one_service_however_many_are_sent_at_once(here: None) -> None:
    li, lin = Visitor.signed_in(personas.li()), Visitor.signed_in(personas.lin())
    matter = town.applied(li)
    town.do(lin, matter, "not_required", text="不需要办。")
    windows = [copied(li) for _ in range(6)]
    told = at_once(
        6,
        lambda number: (
            windows[number].post(f"{matter.own}/rate", {"grade": "satisfied", "text": "好"}).status
        ),
    )
    assert 303 in told and set(told) <= {303, 409, 422}
    assert Review.objects.count() == 1


def test_the_same_file_stored_by_many_at_once_is_whole(here: None) -> None:
    for round in range(5):
        content = b"%PDF-" + bytes([round]) * 2_000_000
        digest = files.digest_of(content)
        at_once(8, lambda _, content=content, digest=digest: files.store(content, digest))
        assert files.read(digest) == content
