"""开卷式审批和秒批: what rules alone can judge is decided at once; everything else, and all that is stopped, by a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from banshi.contexts.cases import events, queries
from banshi.contexts.cases import operations as cases
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.certificates import operations as certificates
from banshi.contexts.certificates.values import CertificateKind
from banshi.contexts.instant import operations as instant
from banshi.contexts.instant import queries as decided
from banshi.contexts.intake import events as intake_events
from banshi.contexts.intake import operations as intake
from banshi.directory import queries as directory
from banshi.flows import apply, open_book
from banshi.infra import outbox
from banshi.infra.models import Fact
from banshi.infra.store import new_id, write
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Fact as KernelFact
from banshi.kernel.facts import NotFound, Recorded, Refused, Stream
from banshi.kernel.workdays import civil_day
from tests.flows.city import begin

pytestmark = pytest.mark.django_db
ENVIRONMENT = "environmental-registration"


class Town:
    """The demo city, its firm 林志强 acts for, and what he hands in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.walk = begin("enterprise-change", monkeypatch)
        self.region, self.party, self.citizen = self.walk.region, self.walk.party, self.walk.citizen
        ref = directory.find_party_by_id(self.party)
        assert ref is not None
        self.known = directory.known_values(ref.region_code, ref.id)

    @property
    def today(self) -> date:
        return civil_day(self.walk.now)

    def hand_in(self, item: str, *, party: UUID | None = None, **values: str) -> CaseState:
        id = intake.start(
            region=self.region, party=party or self.party, target=f"item:{item}", title=item, channel="online",
            actor=self.citizen, at=self.walk.now,
        )  # fmt: skip
        intake.save(region=self.region, id=id, values=values, actor=self.citizen, at=self.walk.now)
        sent = apply.submit(
            region=self.region, id=id, actor=self.citizen, at=self.walk.now, command_id=new_id()
        )
        self.walk.outbox()
        return self.case(sent.cases[0])

    def case(self, id: UUID) -> CaseState:
        return queries.get_case(self.region, id, SYSTEM)

    def environment(self, **changes: str) -> CaseState:
        """项目环评登记表, as a firm states it that meets every clause."""
        return self.hand_in(ENVIRONMENT, **(self.project() | changes))

    def project(self) -> dict[str, str]:
        return {
            "project_name": "演示仓库", "project_address": "演示路 9 号", "project_cost": "300000",
            "project_category": "四十二 仓储", "project_effects": "没有排放。", "project_eia_kind": "form",
            "project_from_on": (self.today + timedelta(days=30)).isoformat(),
        }  # fmt: skip

    def certificate(self, key: str, party: UUID, issuer: str) -> str:
        """One that an office of the city issued before."""
        office = directory.find_office(issuer, self.region)
        assert office is not None
        codes = {"residence_permit": "007", "land_handover": "018", "tax_receipt": "019"}
        kind = CertificateKind(key, key, f"11990000MB0000000J{codes[key]}", 0, "")
        return certificates.issue(
            region=self.region, case=new_id(), type=kind, issuer_uscc=office.uscc, issuer_office=office.code,
            party=party, holder={"name": "演示", "number": ""}, fields=[], issued_on=self.today, actor=SYSTEM,
            at=self.walk.now,
        )  # fmt: skip

    def carry(self, state: CaseState) -> CaseState:
        """The office does whatever waits for it, until it is decided and handed out."""
        while tasks := queries.tasks_of(state):
            for task in tasks:
                self.walk.act_on(state, task)
            self.walk.outbox()
            state = self.case(state.id)
        return state

    def approver(self, state: CaseState) -> Actor:
        found: Actor = self.walk.person(state.office, "approver")
        return found


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return Town(monkeypatch)


def submitted(application: UUID) -> Recorded:
    """The fact that the flow hears of, read from the record."""
    row = Fact.objects.get(stream_id=application, kind=intake_events.SUBMITTED)
    data = msgspec.json.decode(row.data)
    return Recorded(
        Stream(row.region_code, application), row.seq, KernelFact(row.kind, data), row.at, row.actor
    )


def facts_of(state: CaseState) -> list[tuple[str, str]]:
    rows = Fact.objects.filter(region_code=state.region, stream_id=state.id).order_by("seq")
    return [(row.kind, row.actor) for row in rows]


def test_what_meets_every_clause_is_accepted_and_granted_the_moment_it_is_submitted(town: Town) -> None:
    state = town.environment()
    assert state.status is Status.PASSED
    assert state.accepted_on == state.closed_on == town.today
    done = [kind for kind, actor in facts_of(state) if actor == "system"]
    assert done == [events.ACCEPTED, events.WORKS_ASSIGNED, events.PASSED, events.DELIVERED]
    assert cases.folded(queries.facts(state.region, state.id)) == state


def test_the_reason_on_file_tells_every_clause_its_values_and_its_article(town: Town) -> None:
    state = town.environment()
    assert state.reason is not None
    told = queries.texts(state.region, [state.reason])[state.reason]
    assert "填登记表" in told
    assert "《环境影响评价法》第十六条第二款第（三）项" in told
    assert told.count("符合") == 3
    fact = Fact.objects.get(stream_id=state.id, kind=events.PASSED)
    assert len(msgspec.json.decode(fact.data)["digest"]) > 20
    assert "登记表" not in fact.data


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [({"project_eia_kind": "table"}, "fails"), ({"project_from_on": "2020-01-01"}, "fails")],
    ids=["another kind of assessment", "already in use"],
)
def test_what_fails_a_clause_waits_for_a_person(town: Town, changed: dict[str, str], verdict: str) -> None:
    state = town.environment(**changed)
    assert state.status is Status.RECEIVED
    assert [kind for kind, _ in facts_of(state)] == [events.RECEIVED]
    found = open_book.look_at_case(state, town.today)
    assert found is not None
    assert [one.verdict for one in found.judged].count(verdict) == 1


def test_what_cannot_be_told_waits_for_a_person(town: Town) -> None:
    """A certificate that is not found may be a paper one: not false, unknown."""
    person = directory.get_account(UUID(town.citizen.id)).party.id
    stays = {"stay_continues": "here", "endorsed_until_on": town.today.isoformat()}
    state = town.hand_in("residence-permit-endorsement", party=person, **stays)
    assert state.status is Status.RECEIVED
    found = open_book.look_at_case(state, town.today)
    assert found is not None
    assert [(one.criterion.key, one.missing) for one in found.of("unknown")] == [
        ("permit", ("held.residence_permit",))
    ]
    town.certificate("residence_permit", person, "public_security")
    assert town.hand_in("residence-permit-endorsement", party=person, **stays).status is Status.PASSED


def test_a_certificate_is_in_hand_on_the_day_of_the_event(town: Town) -> None:
    """交地即拿证: the day on which the hand-over is certified is the day of the title."""
    parcel = {"parcel_number": "350502-演示-1", "parcel_place": "演示路 10 号"}
    town.certificate("tax_receipt", town.party, "tax")
    before = town.hand_in("land-use-right-registration", **parcel)
    assert before.status is Status.RECEIVED
    town.walk.next_day()
    event = town.today
    town.certificate("land_handover", town.party, "natural_resources")
    after = town.hand_in("land-use-right-registration", **parcel)
    assert (after.status, after.closed_on, after.delivered_on) == (Status.PASSED, event, event)
    assert after.certificate


def test_from_the_hand_over_to_the_title_every_proof_is_issued_by_an_item(town: Town) -> None:
    """交地即拿证, from end to end: 契税申报, 交地确认, 首次登记; nothing comes from outside and no paper is asked for."""
    parcel = {"parcel_number": "350502-演示-2", "parcel_place": "演示路 11 号"}
    contract = {"land_contract_number": "350502-2026-出让-演示"}
    signed_on = (town.today - timedelta(days=20)).isoformat()
    paid = town.hand_in("deed-tax", **parcel, **contract, land_contract_on=signed_on, land_price="12000000")
    assert town.carry(paid).certificate
    asked = town.hand_in("land-handover", **parcel, **contract, parcel_square_metres="20000")
    assert town.hand_in("land-use-right-registration", **parcel).status is Status.RECEIVED
    handed = town.carry(asked)
    assert handed.certificate
    title = town.hand_in("land-use-right-registration", **parcel)
    assert (title.status, title.closed_on, title.delivered_on) == (Status.PASSED, town.today, town.today)
    assert title.closed_on == handed.closed_on
    assert title.certificate


def test_whoever_answers_for_it_stops_it_and_allows_it_again(town: Town) -> None:
    first = town.environment()
    approver = town.approver(first)
    turn: dict[str, Any] = {
        "region": town.region, "item": ENVIRONMENT, "office": first.office, "actor": approver, "at": town.walk.now,
    }  # fmt: skip
    with pytest.raises(Refused, match="理由"):
        instant.stop(text=" ", **turn)
    instant.stop(text="填报的类别有错，先人工看。", **turn)
    assert town.environment().status is Status.RECEIVED
    assert decided.is_stopped(town.region, ENVIRONMENT)
    with pytest.raises(Refused, match="已经停用"):
        instant.stop(text="再停一次", **turn)
    instant.allow(text="填报说明已经改好。", **turn)
    assert town.environment().status is Status.PASSED
    kinds = [row.kind for row in Fact.objects.filter(kind__startswith="instant.item").order_by("at", "seq")]
    assert kinds == ["instant.item.stopped", "instant.item.allowed"]


def test_a_supervisor_of_the_county_may_stop_it_and_an_officer_may_not(town: Town) -> None:
    state = town.environment()
    turn: dict[str, Any] = {
        "region": town.region,
        "item": ENVIRONMENT,
        "office": state.office,
        "at": town.walk.now,
    }
    with pytest.raises(NotFound):
        instant.stop(text="不行", actor=town.walk.person(state.office, "officer"), **turn)
    elsewhere = Actor("staff", "1", (Post("supervisor", "x", "350600"),))
    with pytest.raises(NotFound):
        instant.stop(text="不行", actor=elsewhere, **turn)
    instant.stop(
        text="监察发现问题。", actor=Actor("staff", "2", (Post("supervisor", "x", "350500"),)), **turn
    )
    assert decided.is_stopped(town.region, ENVIRONMENT)


def test_a_false_statement_that_a_check_finds_leads_to_revocation(town: Town) -> None:
    state = town.environment()
    approver = town.approver(state)
    rows, total = decided.list_decisions(approver, to_check=True)
    assert (total, rows[0].case) == (1, state.id)
    look: dict[str, Any] = {"region": town.region, "id": rows[0].id, "actor": approver, "at": town.walk.now}
    with pytest.raises(Refused, match="哪里有问题"):
        instant.check(finding="wrong", text="", **look)
    instant.check(finding="wrong", text="名录里是报告表，填成了登记表。", **look)
    assert decided.list_decisions(approver, to_check=True) == ([], 0)
    with pytest.raises(Refused, match="已经抽查过"):
        instant.check(finding="right", text="", **look)
    cases.act(
        "revoke", region=state.region, id=state.id, actor=approver, at=town.walk.now, calendar=town.walk.calendar,
        given=Input(kind="fraud"), text="填报不实。",
    )  # fmt: skip
    assert town.case(state.id).status is Status.REVOKED


def test_heard_twice_it_is_decided_once(town: Town) -> None:
    state = town.environment()
    assert open_book.decide_at_once(submitted(state.application), town.walk.now) is None
    assert decided.list_decisions(town.approver(state))[1] == 1


def test_an_officer_who_was_quicker_is_left_alone(town: Town) -> None:
    """Between judging and writing somebody asked for a correction: the platform steps back."""
    id = intake.start(
        region=town.region, party=town.party, target=f"item:{ENVIRONMENT}", title="x", channel="online",
        actor=town.citizen, at=town.walk.now,
    )  # fmt: skip
    intake.save(region=town.region, id=id, values=town.project(), actor=town.citizen, at=town.walk.now)
    sent = apply.submit(region=town.region, id=id, actor=town.citizen, at=town.walk.now, command_id=new_id())
    state = town.case(sent.cases[0])
    then = open_book.decide_at_once(submitted(id), town.walk.now)
    assert then is not None
    officer = town.walk.person(state.office, "officer")
    cases.act(
        "request_correction", region=state.region, id=state.id, actor=officer, at=town.walk.now,
        calendar=town.walk.calendar, text="地址写到门牌号。",
    )  # fmt: skip
    write(then, at=town.walk.now, actor="system")
    assert town.case(state.id).status is Status.CORRECTING
    assert decided.find_decision(state.region, state.id) is None


def test_the_platform_itself_never_refuses(town: Town) -> None:
    state = town.environment(project_eia_kind="table")
    step: dict[str, Any] = {
        "region": state.region, "id": state.id, "actor": SYSTEM, "at": town.walk.now, "calendar": town.walk.calendar,
    }  # fmt: skip
    cases.act("accept", **step)
    with pytest.raises(Refused) as told:
        cases.act("decide", given=Input(verdict="refuse"), text="不符合", **step)
    assert told.value.rule == "person_refuses"


def test_the_outbox_holds_nothing_back(town: Town) -> None:
    town.environment()
    town.environment(project_eia_kind="table")
    assert outbox.waiting() == {"pending": 0, "dead": 0}
