"""After the submission: progress, what was asked to be corrected, withdrawal, rating, papers."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.models import CasePrivate
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.evaluation.models import Review
from banshi.contexts.intake.models import Application
from banshi.directory.calendar import calendar
from banshi.infra import private
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import LICHENG, huang, li, lin
from tests.security.town import PDF, VALUES, Matter, Visitor, applied, deliver, file, health, hidden, town

pytestmark = pytest.mark.django_db
SECRET = "内部意见不给申请人看"


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(li())


@pytest.fixture
def matter(citizen: Visitor) -> Matter:
    return applied(citizen)


def state_of(matter: Matter) -> CaseState:
    return queries.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]


def act(
    matter: Matter, name: str, clock: StoppedClock, *, by: object = None, text: str = "", **given: object
) -> None:
    """What an office does, in its own time."""
    clock.forward(minutes=5)
    cases.act(
        name,
        region=matter.region,
        id=matter.case,  # type: ignore[arg-type]
        actor=(by or lin()).actor,  # type: ignore[attr-defined]
        at=clock.at,
        calendar=calendar(),
        given=Input(**given),  # type: ignore[arg-type]
        text=text,
    )


def decided(matter: Matter, clock: StoppedClock, verdict: str, reason: str = "") -> None:
    act(matter, "accept", clock)
    while open_works := [work for work in state_of(matter).works if work.status == "open"]:
        for work in open_works:
            office = next(plan.office for plan in state_of(matter).plan.works if plan.key == work.key)
            by = health() if office.endswith("health") else lin()
            with_me = (huang().actor.code,) if work.key == "site_check" else ()
            act(matter, "opine", clock, by=by, work=work.key, verdict="agree", people=with_me, text=SECRET)
    act(matter, "review", clock, verdict="pass", text=SECRET)
    act(matter, "decide", clock, by=huang(), verdict=verdict, text=reason)
    deliver()


def test_until_when_a_hearing_may_be_asked_for_is_told_until_it_was(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    act(matter, "accept", clock)
    page = f"/m/{LICHENG}/{matter.id}"
    assert "要求听证" not in citizen.get(page).text
    act(matter, "offer_hearing", clock)
    assert "您可以要求听证，最晚 3月9日 周一向办理部门提出" in citizen.get(page).text
    act(matter, "request_hearing", clock)
    assert "要求听证" not in citizen.get(page).text


def test_progress_tells_the_state_and_the_day_that_counts(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    before = citizen.get(f"/m/{LICHENG}/{matter.id}").text
    assert "已收到，等部门核对" in before
    assert "3月9日 周一" in before
    act(matter, "accept", clock)
    after = citizen.get(f"/m/{LICHENG}/{matter.id}").text
    assert "正在办" in after
    assert "正常" in after
    assert "部门正在办" in citizen.get("/me/matters").text


def test_reasons_are_told_and_what_offices_tell_each_other_is_not(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    decided(matter, clock, "refuse", "与许可条件不符：没有洗消间。")
    page = citizen.get(f"/m/{LICHENG}/{matter.id}").text
    assert "没有批准" in page
    assert "与许可条件不符：没有洗消间。" in page
    assert SECRET not in page
    assert "林建明" not in page, "the office answers, not its people"


def test_papers_come_as_files_that_no_page_shows_and_no_cache_keeps(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    decided(matter, clock, "pass")
    page = citizen.get(f"/m/{LICHENG}/{matter.id}").text
    found = re.findall(r'href="([^"]+\.pdf)"', page)
    assert len(found) == 4, "receipt, acceptance, decision, certificate"
    for address in found:
        answer = citizen.get(address).response
        assert answer.content.startswith(b"%PDF")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "食品经营许可证" in citizen.get("/me/certificates").text


def test_a_correction_replaces_what_was_handed_over_and_keeps_what_was_there(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    act(matter, "request_correction", clock, text="平面图没有标出洗消间；店名写错。")
    assert "去补材料" in citizen.get("/").text
    page = citizen.get(f"{matter.own}/correct").text
    assert "平面图没有标出洗消间；店名写错。" in page
    before = queries.subject(state_of(matter))
    nothing = citizen.post(f"{matter.own}/correct", {"command_id": hidden(page, "command_id")})
    assert (nothing.status, "还没有补任何材料" in nothing.text) == (422, True)
    material = f"{matter.own}/correct/materials/M-KITCHEN-LAYOUT"
    citizen.sent(citizen.post(material, {"file": file("新图.pdf", PDF + b"%%EOF")}), material)
    wrong = citizen.post(f"{matter.own}/correct/values", VALUES | {"operator_phone": "1"})
    assert wrong.status == 422
    citizen.sent(citizen.post(f"{matter.own}/correct/values", VALUES | {"shop_name": "演示面馆"}))
    page = citizen.get(f"{matter.own}/correct").text
    given = {"command_id": hidden(page, "command_id")}
    citizen.sent(citizen.post(f"{matter.own}/correct", given), "corrected")
    citizen.sent(citizen.post(f"{matter.own}/correct", given), f"/m/{LICHENG}/{matter.id}")
    state, after = state_of(matter), queries.subject(state_of(matter))
    assert state.status is Status.RECEIVED
    assert after["values"] == before["values"] | VALUES | {"shop_name": "演示面馆"}
    names = {one["code"]: one["filename"] for one in after["materials"]}
    assert names == {"M-BUSINESS-LICENCE": "扫描件.pdf", "M-KITCHEN-LAYOUT": "新图.pdf"}
    fact = queries.facts(state.region, state.id)[-1]
    assert private.get(CasePrivate, state.region, UUID(fact.data["former"]))["former"] == before
    assert cases.folded(queries.facts(state.region, state.id)) == state
    assert Application.objects.filter(target=f"correction:{matter.case}").count() == 1
    assert "补的材料收到了" in citizen.get(f"/m/{LICHENG}/{matter.id}").text
    assert citizen.get("/me/matters").text.count(f"/m/{LICHENG}/") == 1, (
        "a correction is no matter of its own"
    )


def test_where_nothing_is_to_be_corrected_the_way_leads_back(citizen: Visitor, matter: Matter) -> None:
    assert citizen.get(f"{matter.own}/correct").location.startswith(f"/m/{LICHENG}/{matter.id}")
    answer = citizen.post(f"{matter.own}/correct/materials/other", {"file": file("a.pdf", PDF)})
    assert answer.status == 422


def test_withdrawing_is_asked_again_and_happens_once(citizen: Visitor, matter: Matter) -> None:
    page = citizen.get(f"{matter.own}/withdraw").text
    given = {"command_id": hidden(page, "command_id"), "text": "先不开店了"}
    for _ in range(2):
        citizen.sent(citizen.post(f"{matter.own}/withdraw", given), "withdrawn")
    assert state_of(matter).status is Status.WITHDRAWN
    assert citizen.get(f"{matter.own}/withdraw").status == 303


def test_a_finished_matter_is_rated_once_and_a_bad_grade_says_why(
    citizen: Visitor, matter: Matter, clock: StoppedClock
) -> None:
    assert citizen.get(f"{matter.own}/rate").status == 303, "not finished yet"
    decided(matter, clock, "pass")
    assert citizen.get(f"{matter.own}/rate?grade=").status == 422
    page = citizen.get(f"{matter.own}/rate?grade=dissatisfied").text
    given = {"command_id": hidden(page, "command_id"), "grade": "dissatisfied"}
    bare = citizen.post(f"{matter.own}/rate", given)
    assert bare.status == 422
    assert "请至少选一个原因" in bare.text
    foreign = citizen.post(f"{matter.own}/rate", given | {"indicators": ["510"]})
    assert foreign.status == 422
    for _ in range(2):
        citizen.sent(
            citizen.post(f"{matter.own}/rate", given | {"text": "等太久"}), f"/m/{LICHENG}/{matter.id}"
        )
    assert Review.objects.count() == 1
    assert "您的评价：不满意" in citizen.get(f"/m/{LICHENG}/{matter.id}").text
