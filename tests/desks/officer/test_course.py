"""The further steps at the desk: visits by two with a checklist, experts, hand-overs, extension, hearing, urges."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, WorkPlan
from banshi.directory.values import PostKind
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from tests.conftest import StoppedClock
from tests.contexts.cases.opened import MONDAY, opened
from tests.personas import LICHENG, Persona, huang, li, lin, party_of, staff, zhao
from tests.rules.cases.life import CALENDAR, LICENCE, MARKET, at
from tests.security.test_r15_uploads import png
from tests.security.town import PDF, Matter, Visitor, do, file, hidden, supervisor, town

pytestmark = pytest.mark.django_db
VISIT = replace(
    LICENCE,
    works=(
        WorkPlan(
            "visit", "现场核查", "site_visit", MARKET, Budget(3), checklist=("与图纸一致", "有防鼠设施")
        ),
    ),
)
EXPERTS = replace(
    LICENCE, works=(WorkPlan("panel", "专家评审", "expert_review", MARKET, Budget(5), experts=2),)
)


def sun() -> Persona:
    return staff("sun", "孙同行", LICHENG, PostKind.OFFICER, MARKET)


def gao() -> Persona:
    return staff("gao", "高局长", LICHENG, PostKind.LEADER, MARKET)


def running(plan: Plan) -> Matter:
    """Accepted and dispatched on Monday morning."""
    town()
    sun()
    id = opened(party_of(li()).id, plan, when=MONDAY)
    operations.act("accept", region=LICHENG, id=id, actor=lin().actor, at=MONDAY, calendar=CALENDAR)
    return Matter(LICHENG, UUID(int=0), id)


def state_of(matter: Matter) -> CaseState:
    return queries.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]


def seen(who: Persona, matter: Matter) -> str:
    return re.sub(r"\s+", " ", Visitor.signed_in(who).get(f"{matter.desk}/").text)


def test_a_visit_is_recorded_with_who_went_and_the_checklist(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    do(officer, matter, "schedule", work="visit", on="2026-03-04")
    assert "约定：3月4日 周三" in seen(lin(), matter)
    page = officer.get(f"{matter.desk}/do/record/").text
    assert "孙同行" in page  # a colleague to go along with, by name
    assert "有防鼠设施" in page
    typed = {"work": "visit", "people": [sun().account], "checks": ["与图纸一致"], "text": "防鼠板未装。"}
    do(officer, matter, "record", **typed)  # type: ignore[arg-type]
    page = seen(lin(), matter)
    assert "核查清单：不符合有防鼠设施" in page
    assert re.search("参加：(林建明、孙同行|孙同行、林建明)", page)


def test_photos_of_a_visit_lie_with_it_and_go_to_who_handles_it(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    typed = {"work": "visit", "people": [sun().account], "text": "见照片。"}
    no_photo = {**typed, "files": [file("门店.png", PDF, "image/png")]}
    address = f"{matter.desk}/do/record/"
    page = officer.get(address).text
    carried = {name: hidden(page, name) for name in ("command_id", "seq")}
    assert officer.post(address, carried | no_photo).status == 422
    assert state_of(matter).works[0].record is None
    do(officer, matter, "record", **typed, files=[file("门店.png", png(), "image/png")])  # type: ignore[arg-type]
    (digest,) = state_of(matter).works[0].files
    assert "照片 1" in seen(lin(), matter)
    photo = officer.get(f"{matter.desk}/material/{digest}/")
    assert (photo.status, photo.response.headers["Content-Type"]) == (200, "image/png")
    assert Visitor.signed_in(zhao()).get(f"{matter.desk}/material/{digest}/").status == 404


def test_a_photo_that_was_never_handed_over_is_none(clock: StoppedClock) -> None:
    matter = running(VISIT)
    with pytest.raises(Refused) as told:
        operations.act(
            "record",
            region=LICHENG,
            id=matter.case,  # type: ignore[arg-type]
            actor=lin().actor,
            at=MONDAY,
            calendar=CALENDAR,
            given=Input(work="visit", people=(sun().account,), files=("0" * 64,)),
            text="见照片。",
        )
    assert told.value.rule == "no_photo"


def test_a_visit_alone_is_refused_and_what_was_ticked_stays(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    address = f"{matter.desk}/do/record/"
    page = officer.get(address).text
    carried = {name: hidden(page, name) for name in ("command_id", "seq")}
    refused = officer.post(
        address, carried | {"work": "visit", "checks": ["与图纸一致", "有防鼠设施"], "text": "合格。"}
    )
    assert refused.status == 422
    assert "行政许可法第三十四条" in refused.text
    assert 'href="#id_people"' in refused.text
    assert len(re.findall(r'name="checks"[^>]* checked', refused.text)) == 2
    assert "合格。" in refused.text


def test_a_day_that_is_none_is_told_at_its_field(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    address = f"{matter.desk}/do/schedule/"
    page = officer.get(address).text
    carried = {name: hidden(page, name) for name in ("command_id", "seq")}
    refused = officer.post(address, carried | {"work": "visit", "on": "明天"})
    assert refused.status == 422
    assert 'href="#id_on"' in refused.text


def test_experts_are_drawn_and_one_who_withdraws_is_replaced(clock: StoppedClock) -> None:
    matter, officer = running(EXPERTS), Visitor.signed_in(lin())
    names = ["甲专家", "乙专家", "丙专家", "丁专家"]
    for n, name in enumerate(names):
        staff(f"expert{n}", name, LICHENG, PostKind.EXPERT)
    do(officer, matter, "draw_experts", work="panel")
    drawn = state_of(matter).works[0].experts
    assert len(drawn) == 2
    page = officer.get(f"{matter.desk}/do/recuse/").text
    assert sum(name in page for name in names) == 2  # only the drawn can withdraw
    do(officer, matter, "recuse", work="panel", reference=drawn[0], text="与申请人有利害关系。")
    work = state_of(matter).works[0]
    assert work.recused == (drawn[0],)
    assert len(work.experts) == 2
    assert "回避：" in seen(lin(), matter)


def test_what_one_holds_is_handed_to_a_colleague_and_taken_back(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    do(officer, matter, "hand_over", work="visit", people=sun().account)
    assert "承办人：孙同行" in seen(lin(), matter)
    assert "现场核查交给孙同行" in seen(lin(), matter)
    do(officer, matter, "take_back", work="visit")
    assert state_of(matter).works[0].holder == lin().account


def test_an_extension_by_the_approver_stands_on_the_page(clock: StoppedClock) -> None:
    matter = running(VISIT)
    assert "/do/extend/" not in seen(lin(), matter)
    do(Visitor.signed_in(huang()), matter, "extend", days="10", text="需要检测。")
    assert "10个工作日，黄文杰于3月2日 周一批准" in seen(lin(), matter)


def test_what_is_handled_jointly_is_extended_by_the_head_of_the_government(clock: StoppedClock) -> None:
    matter = running(replace(VISIT, joint=True, statutory=Budget(45)))
    assert "/do/extend/" not in seen(huang(), matter)
    governor = Visitor.signed_in(staff("fang", "方区长", LICHENG, PostKind.GOVERNOR))
    assert str(matter.case) in governor.get("/officer/cases/").text
    do(governor, matter, "extend", days="15", text="各部门还要核对。")
    assert "15个工作日，方区长于3月2日 周一批准" in seen(lin(), matter)


def test_the_right_to_a_hearing_is_told_and_the_hearing_notified(clock: StoppedClock) -> None:
    matter, officer = running(VISIT), Visitor.signed_in(lin())
    do(officer, matter, "offer_hearing")
    assert "已告知权利，可以在3月9日 周一前申请" in seen(lin(), matter)
    do(officer, matter, "request_hearing")
    do(
        officer,
        matter,
        "schedule_hearing",
        on="2026-03-16",
        people=huang().account,
        text="下午三点，二楼会议室。",
    )
    assert "定在3月16日 周一，黄文杰主持" in seen(lin(), matter)


def test_an_urge_is_shown_and_answered(clock: StoppedClock) -> None:
    matter = running(VISIT)
    operations.act(
        "urge", region=LICHENG, id=matter.case, actor=supervisor().actor, at=MONDAY, calendar=CALENDAR,  # type: ignore[arg-type]
        text="请今天办。",
    )  # fmt: skip
    page = seen(lin(), matter)
    assert "监察督办：整件事" in page
    assert "请今天办。" in page
    assert "还没有答复" in page
    do(Visitor.signed_in(lin()), matter, "answer_urge", text="明天办完。")
    assert "明天办完。" in seen(lin(), matter)


def test_the_head_of_the_office_decides_what_was_taken_to_them(clock: StoppedClock) -> None:
    matter = running(replace(LICENCE, works=()))
    do(Visitor.signed_in(lin()), matter, "review", verdict="pass")
    do(Visitor.signed_in(huang()), matter, "escalate", text="情况特殊，请局长定。")
    assert "/do/decide/" not in seen(huang(), matter)
    head = Visitor.signed_in(gao())
    assert str(matter.case) in head.get("/officer/").text
    do(head, matter, "decide", verdict="pass")
    assert not state_of(matter).status.open


# ---- 分工 ----


def test_several_things_get_another_holder_at_once_and_each_refusal_is_named(clock: StoppedClock) -> None:
    first, second = running(VISIT), running(VISIT)
    operations.act(
        "hand_over", region=LICHENG, id=second.case, actor=lin().actor, at=MONDAY, calendar=CALENDAR,  # type: ignore[arg-type]
        given=Input(work="visit", people=(sun().account,)),
    )  # fmt: skip
    head = Visitor.signed_in(huang())
    page = head.get("/officer/staffing/").text
    ticked = re.findall(r'name="what" value="([^"]+)"', page)
    assert len(ticked) == 2
    sent = {"command_id": hidden(page, "command_id"), "what": ticked, "to": sun().account}
    done = head.post("/officer/staffing/", sent).text
    assert "改派了1件。" in done
    assert state_of(second).number in done  # it was his already, and that is said
    assert [state_of(one).works[0].holder for one in (first, second)] == [sun().account] * 2
    left = head.get("/officer/staffing/", holder="nobody").text
    assert "没有找到" in left


def test_nothing_ticked_or_nobody_chosen_is_told(clock: StoppedClock) -> None:
    running(VISIT)
    head = Visitor.signed_in(huang())
    page = head.get("/officer/staffing/").text
    ticked = re.findall(r'name="what" value="([^"]+)"', page)
    for sent, told in (({"to": sun().account}, "请先勾选"), ({"what": ticked}, "请选择新的承办人")):
        answer = head.post("/officer/staffing/", sent | {"command_id": hidden(page, "command_id")})
        assert answer.status == 422
        assert told in answer.text


def test_only_heads_staff_their_office(clock: StoppedClock) -> None:
    running(VISIT)
    assert Visitor.signed_in(lin()).get("/officer/staffing/").status == 404
    foreign = staff("wan", "万审批", "350582", PostKind.APPROVER, "350582-market")
    assert 'name="what"' not in Visitor.signed_in(foreign).get("/officer/staffing/").text


def test_a_list_of_another_day_is_sorted_by_urgency(clock: StoppedClock) -> None:
    early = running(VISIT)
    id = opened(party_of(li()).id, VISIT, when=at("2026-03-04"))
    operations.act("accept", region=LICHENG, id=id, actor=lin().actor, at=at("2026-03-04"), calendar=CALENDAR)
    page = Visitor.signed_in(huang()).get("/officer/staffing/").text
    assert page.index(str(early.case)) < page.index(str(id))
