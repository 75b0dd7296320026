"""从提问到证照: the whole matter through the public operations, and what may go wrong on the way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import Input, Status
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.models import Certificate
from banshi.contexts.evaluation.models import Review
from banshi.contexts.intake import operations as intake
from banshi.directory.models import Office
from banshi.flows import apply, deadlines
from banshi.infra import outbox
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Fact as KernelFact
from banshi.kernel.facts import NotFound, Recorded, Refused, Stream
from banshi.kernel.workdays import civil_day
from banshi.site.wiring import AFTERWARDS, HANDLERS
from tests.flows.city import begin

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["newborn", "restaurant", "enterprise-change", "chain"])
def test_the_whole_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin(name, monkeypatch)
    walk.whole()
    assert walk.wrong == []
    told = walk.summary()
    assert told["fields_typed"] < told["fields_separate"] / 2
    assert told["materials_supplied"] <= told["materials_separate"] / 2
    assert Review.objects.count() == told["cases"]


def test_one_refused_does_not_block_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("newborn", monkeypatch)
    walk.apply()
    states = queries.list_of_application(walk.region, walk.application)
    victim = next(state for state in states if state.plan.item == "childcare-subsidy")
    officer = walk.person(victim.office, "officer")
    cases.act(
        "not_required",
        region=victim.region,
        id=victim.id,
        actor=officer,
        at=walk.now,
        calendar=walk.calendar,
        text="本地不发放。",
    )
    walk.departments()
    walk.outbox()
    after = {s.plan.item: s.status for s in queries.list_of_application(walk.region, walk.application)}
    assert after.pop("childcare-subsidy") is Status.NOT_REQUIRED
    assert set(after.values()) == {Status.PASSED}


def test_every_handler_run_twice_does_its_work_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("newborn", monkeypatch)
    walk.apply()
    walk.departments()
    walk.outbox()

    def counted() -> tuple[int, int, int]:
        return (
            Certificate.objects.count(),
            Fact.objects.count(),
            Outbox.objects.filter(state=Outbox.DONE).count(),
        )

    before = counted()
    assert before[0] == 4
    for row in Fact.objects.filter(kind__in=AFTERWARDS):
        for handler in AFTERWARDS[row.kind]:
            recorded = Recorded(
                Stream(row.region_code, row.stream_id),
                row.seq,
                KernelFact(row.kind, _data(row)),
                row.at,
                row.actor,
            )
            work = HANDLERS[handler](recorded, walk.now)
            assert work is None or handler in ("render documents", "deliver online", "revoke certificate")
            if handler == "render documents" and work:
                from banshi.infra import store

                store.write(work, at=walk.now, actor="system")
    assert counted() == before


def _data(row: Fact) -> Any:
    import msgspec

    return msgspec.json.decode(row.data)


def test_silence_is_found_once_however_often_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    for _ in range(8):
        walk.next_day()
    assert deadlines.check(walk.now) == len(walk.cases)
    assert deadlines.check(walk.now) == 0
    states = queries.list_of_application(walk.region, walk.application)
    assert all(state.deemed_accepted and state.accepted_on == state.received_on for state in states)


def test_a_submission_is_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("newborn", monkeypatch)
    Office.objects.filter(department="human_resources").update(is_active=False)
    with pytest.raises(Refused) as told:
        walk.apply()
    assert told.value.rule == "no_office"
    assert queries.list_of_application(walk.region, walk.application) == []
    now = apply.standing(walk.region, walk.application, walk.citizen, walk.now)
    assert now.application.submitted_at is None
    assert now.typed["child_name"] == "陈小满演示"


def test_what_is_missing_is_told_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("newborn", monkeypatch)
    monkeypatch.setattr(walk, "hand_over", lambda now: None)
    walk.scenario["values"] = {"father_id": "350599199111020014"}
    with pytest.raises(apply.Incomplete) as told:
        walk.apply()
    fields = {problem.field for problem in told.value.problems}
    assert {"child_name", "father_id"} <= fields
    assert any(field.startswith("M-") for field in fields)
    assert "350599199111020014" not in told.value.zh + told.value.en


def test_a_draft_is_its_owners_alone_and_closes_with_its_submission(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("newborn", monkeypatch)
    walk.apply()
    stranger = walk.person("350502-health", "officer")
    with pytest.raises(NotFound):
        apply.standing(walk.region, walk.application, stranger, walk.now)
    for actor, rule in ((stranger, "not_found"), (walk.citizen, "submitted_already")):
        with pytest.raises(Refused) as told:
            intake.save(
                region=walk.region, id=walk.application, values={"child_name": "改"}, actor=actor, at=walk.now
            )
        assert told.value.rule == rule
    with pytest.raises(Refused) as told:
        apply.submit(
            region=walk.region, id=walk.application, actor=walk.citizen, at=walk.now, command_id=new_id()
        )  # fmt: skip
    assert told.value.rule == "submitted_already"
    assert len(queries.list_of_application(walk.region, walk.application)) == len(walk.cases)


def test_a_certificate_that_is_held_need_not_be_handed_over_again(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    walk.departments()
    walk.outbox()
    held = certificates.held_by(walk.party, civil_day(walk.now))
    assert "business_licence" in held
    walk.scenario = walk.scenario | {"target": "item:shop-sign", "search": "招牌"}
    application = intake.start(
        region=walk.region, party=walk.party, target="item:shop-sign", title="招牌", channel="online",
        actor=walk.citizen, at=walk.now,
    )  # fmt: skip
    now = apply.standing(walk.region, application, walk.citizen, walk.now)
    needs = {need.certificate for need in now.form.materials}
    if "business_licence" in needs:
        assert set(now.held.values()) == {held["business_licence"]}
    else:
        assert now.held == {}


def test_revoking_a_decision_revokes_its_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    walk.departments()
    walk.outbox()
    states = queries.list_of_application(walk.region, walk.application)
    licence = next(state for state in states if state.plan.item == "food-licence")
    cases.act(
        "revoke",
        region=licence.region,
        id=licence.id,
        actor=walk.person(licence.office, "approver"),
        at=walk.now,
        calendar=walk.calendar,
        text="以虚假材料取得。",
    )
    walk.outbox()
    found = certificates.find_public(licence.certificate, civil_day(walk.now))
    assert found is not None
    assert found.status == "revoked"


def test_a_failing_handler_is_retried_and_in_the_end_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("enterprise-change", monkeypatch)

    def fail(recorded: Recorded, at: object) -> None:
        raise OSError("disk full")

    monkeypatch.setitem(outbox._handlers, "render documents", fail)
    walk.apply()
    row = Outbox.objects.filter(handler="render documents").first()
    assert row is not None
    assert (row.attempts, row.state, row.error) == (1, Outbox.PENDING, "OSError")
    assert outbox.deliver(walk.now) == 0  # not due yet
    for _ in range(outbox.ATTEMPTS):
        for _day in range(1):
            walk.next_day()
        outbox.deliver(walk.now)
    assert outbox.waiting()["dead"] == len(walk.cases)
    assert queries.get_case(walk.region, walk.cases[0], SYSTEM).status is Status.RECEIVED
    assert isinstance(walk.cases[0], UUID)
    assert Input().dispatch


def test_a_firms_case_names_the_firm_though_a_person_fills_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("enterprise-change", monkeypatch)
    walk.apply()
    for state in queries.list_of_application(walk.region, walk.application):
        subject = queries.subject(state)
        assert (subject["applicant"], subject["applicant_kind"]) == (
            "泉州市鲤城区演示餐饮有限公司",
            "enterprise",
        )
