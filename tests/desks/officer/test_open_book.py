"""开卷式审批 at the officer's desk: the clauses with their evidence, a decision that names them; 秒批 looked through and stopped."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from banshi.contexts.cases import events, queries
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.instant import queries as decided
from banshi.directory import operations as directory
from banshi.directory.values import MandateRole, PartyKind, PostKind
from banshi.infra import clock as clocks
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.ids import uscc_check_char
from tests.conftest import StoppedClock
from tests.personas import AT, LICHENG, Persona, huang, li, lin, party_of, resident_id, staff
from tests.security.town import Matter, Visitor, deliver, do, file, hidden, supervisor, town

pytestmark = pytest.mark.django_db
ENVIRONMENT = "environmental-registration"
SHOP = {
    "shop_name": "演示面线糊店", "shop_address": "海滨街道2号", "operator_name": "李秀英",
    "operator_id": resident_id(1), "operator_phone": "13850001111", "operator_address": "海滨街道1号", "business_scope": "餐饮服务",
    "staff_count": "2", "family_run": "person",
}  # fmt: skip
PROJECT = {
    "project_name": "演示仓库", "project_address": "演示路 9 号", "project_cost": "300000",
    "project_category": "仓储", "project_effects": "没有排放。", "project_eia_kind": "form",
    "project_from_on_year": "2026", "project_from_on_month": "6", "project_from_on_day": "1",
    "agent_name": "李秀英", "agent_phone": "13850001111", "legal_person": "李秀英",
}  # fmt: skip


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(li())


def ecology() -> None:
    """生态环境局 of 鲤城区, and a firm that 李秀英 acts for."""
    directory.create_office(
        code=f"{LICHENG}-ecology",
        name="鲤城生态环境局",
        department="ecology",
        region_code=LICHENG,
        actor=SYSTEM,
        at=AT,
    )
    body = f"91{LICHENG}YYYY00001"
    firm = directory.create_party(
        kind=PartyKind.ENTERPRISE, number=body + uscc_check_char(body),
        content={"name": "演示仓储公司", "address": "演示路", "legal_person": "李秀英"}, region_code=LICHENG,
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    directory.grant_mandate(
        agent=party_of(li()).id,
        principal=firm,
        role=MandateRole.AGENT,
        from_on=date(2026, 1, 1),
        actor=SYSTEM,
        at=AT,
    )


def green() -> Persona:
    """Approver of the ecology office."""
    return staff("qing", "青审批", LICHENG, PostKind.APPROVER, f"{LICHENG}-ecology")


def handed_in(citizen: Visitor, item: str, values: dict[str, str], papers: tuple[str, ...] = ()) -> Matter:
    address = f"/apply/item/{item}"
    given = {"county": LICHENG, "command_id": hidden(citizen.get(address).text, "command_id")}
    place = citizen.sent(citizen.post(address, given), "/a/").location
    draft = "/".join(place.split("/")[:4])
    while "/form/" in place:
        place = citizen.sent(citizen.post(place, values)).location
    for code in papers:
        citizen.sent(
            citizen.post(
                f"{draft}/materials/{code}",
                {"file": file("扫描件.pdf", b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n")},
            )
        )
    page = citizen.get(f"{draft}/check")
    citizen.sent(citizen.post(f"{draft}/check", {"command_id": hidden(page.text, "command_id")}), "/done")
    region, id = draft.split("/")[2:4]
    deliver()
    row = Fact.objects.filter(kind=events.RECEIVED, data__contains=id).get()
    return Matter(region, id, row.stream_id)  # type: ignore[arg-type]


def state_of(matter: Matter) -> CaseState:
    return queries.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]


@pytest.fixture
def shop(citizen: Visitor) -> Matter:
    return handed_in(citizen, "individual-business-registration", SHOP, ("M-ID-PERSON", "M-PREMISES"))


def test_the_case_shows_every_clause_its_value_and_where_that_came_from(shop: Matter) -> None:
    page = Visitor.signed_in(lin()).get(f"{shop.desk}/").text
    assert "审批条件" in page
    for words in (
        "系统核对：符合",
        "（实名信息）",
        "1993年6月15日",
        "由人判断",
        "经营场所使用证明",
        "已上传",
        "《民法典》第十八条",
    ):
        assert words in page, words


def test_a_refusal_names_the_clause_that_is_not_met_and_the_letter_says_so(
    citizen: Visitor, shop: Matter
) -> None:
    officer = Visitor.signed_in(lin())
    do(officer, shop, "accept", dispatch="on")
    address = f"{shop.desk}/do/decide/"
    page = officer.get(address).text
    assert "不符合的审批条件" in page
    given: dict[str, Any] = {name: hidden(page, name) for name in ("command_id", "seq")}
    given |= {"verdict": "refuse", "text": "租赁合同上的地址是别处。"}
    refused = officer.post(address, given)
    assert refused.status == 422
    assert "请勾选不符合的是哪一条" in refused.text
    officer.sent(officer.post(address, given | {"unmet": ["premises"], "looked": ["of_age"]}))
    assert state_of(shop).status is Status.REFUSED
    trail = officer.get(f"{shop.desk}/").text
    assert "不符合：有经营场所，使用证明与填写的地址一致。" in trail
    assert "看过、符合：经营者年满十八周岁" in trail
    fact = queries.facts(shop.region, shop.case)[-1]  # type: ignore[arg-type]
    assert fact.data["unmet"] == ["premises"]
    deliver()


def test_what_is_ticked_as_not_met_cannot_be_granted(citizen: Visitor, shop: Matter) -> None:
    officer = Visitor.signed_in(lin())
    do(officer, shop, "accept", dispatch="on")
    address = f"{shop.desk}/do/decide/"
    page = officer.get(address).text
    given: dict[str, Any] = {name: hidden(page, name) for name in ("command_id", "seq")}
    answer = officer.post(address, given | {"verdict": "pass", "unmet": ["premises"]})
    assert answer.status == 422
    assert "不能同时准予" in answer.text
    assert state_of(shop).status is Status.IN_REVIEW
    do(officer, shop, "decide", verdict="pass", looked="premises")
    assert state_of(shop).status is Status.PASSED


@pytest.fixture
def granted(citizen: Visitor) -> Matter:
    ecology()
    matter = handed_in(citizen, ENVIRONMENT, PROJECT)
    assert state_of(matter).status is Status.PASSED
    return matter


def test_who_answers_for_it_sees_what_was_decided_at_once_and_stops_it(
    citizen: Visitor, granted: Matter
) -> None:
    approver = Visitor.signed_in(green())
    page = approver.get("/officer/instant/").text
    assert state_of(granted).number in page
    assert "抽查名单（1）" in re.sub(r"\s", "", page)
    turn = {"act": "stop", "region": LICHENG, "item": ENVIRONMENT, "command_id": hidden(page, "command_id")}
    silent = approver.post("/officer/instant/", turn | {"text": ""})
    assert silent.status == 422
    assert "请写明理由" in silent.text
    approver.sent(approver.post("/officer/instant/", turn | {"text": "类别常填错，先由人看。"}), "done=stop")
    assert "类别常填错" in approver.get("/officer/instant/").text
    assert state_of(handed_in(citizen, ENVIRONMENT, PROJECT)).status is Status.RECEIVED
    page = approver.get("/officer/instant/").text
    again = turn | {"act": "allow", "command_id": hidden(page, "command_id"), "text": "说明改好了。"}
    approver.sent(approver.post("/officer/instant/", again), "done=allow")
    assert state_of(handed_in(citizen, ENVIRONMENT, PROJECT)).status is Status.PASSED


def test_a_check_is_written_down_once_and_a_wrong_decision_is_revoked(granted: Matter) -> None:
    approver = Visitor.signed_in(green())
    page = approver.get("/officer/instant/").text
    one, _ = decided.list_decisions(green().actor)
    given = {
        "act": "check",
        "region": LICHENG,
        "id": str(one[0].id),
        "command_id": hidden(page, "command_id"),
    }
    assert approver.post("/officer/instant/", given | {"finding": "wrong", "text": ""}).status == 422
    found = given | {"finding": "wrong", "text": "名录里要编报告表。"}
    approver.sent(approver.post("/officer/instant/", found), "done=check")
    after = approver.get("/officer/instant/").text
    assert "有问题" in after
    assert "名录里要编报告表" in after
    do(approver, granted, "revoke", kind="fraud", text="填报不实。")
    assert state_of(granted).status is Status.REVOKED


def test_the_case_says_that_it_was_decided_at_once_and_on_what(granted: Matter) -> None:
    page = Visitor.signed_in(green()).get(f"{granted.desk}/").text
    assert "系统逐条核对后当场办结（秒批）" in page
    assert "按公布的审批条件，系统于" in page


def test_a_supervisor_of_the_city_stops_it_too(granted: Matter) -> None:
    above = Visitor.signed_in(supervisor())
    page = above.get("/officer/instant/").text
    assert state_of(granted).number in page
    turn = {"act": "stop", "region": LICHENG, "item": ENVIRONMENT, "text": "监察发现。"}
    above.sent(
        above.post("/officer/instant/", turn | {"command_id": hidden(page, "command_id")}), "done=stop"
    )
    assert decided.is_stopped(LICHENG, ENVIRONMENT)


def test_who_answers_for_another_office_neither_sees_nor_stops_it(granted: Matter) -> None:
    stranger = Visitor.signed_in(huang())
    page = stranger.get("/officer/instant/").text
    assert state_of(granted).number not in page
    turn = {
        "act": "stop",
        "region": LICHENG,
        "item": ENVIRONMENT,
        "text": "不行",
        "command_id": hidden_or_new(page),
    }
    assert stranger.post("/officer/instant/", turn).status == 404
    one, _ = decided.list_decisions(green().actor)
    check = {"act": "check", "region": LICHENG, "id": str(one[0].id), "finding": "right"}
    assert stranger.post("/officer/instant/", check | {"command_id": hidden_or_new(page)}).status == 404
    assert Visitor.signed_in(lin()).get("/officer/instant/").status in (403, 404)
    assert not decided.is_stopped(LICHENG, ENVIRONMENT)


@pytest.mark.parametrize(
    "wrong", [{}, {"act": "burn"}, {"act": "stop"}, {"act": "check", "id": "x", "region": LICHENG}]
)
def test_what_is_no_form_of_ours_is_refused(granted: Matter, wrong: dict[str, str]) -> None:
    assert Visitor.signed_in(green()).post("/officer/instant/", wrong).status == 400


def hidden_or_new(page: str) -> str:
    found = re.search(r'name="command_id" value="([^"]*)"', page)
    return found[1] if found else "0190b7a0-0000-7000-8000-000000000001"


def test_the_clock_is_the_towns(granted: Matter) -> None:
    """Accepted and decided within the same day as the promise has it."""
    state = state_of(granted)
    assert state.accepted_on == state.closed_on == clocks.now().date()
