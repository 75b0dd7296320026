"""The person's space: what was found, confirming it, supplying what is missing, appealing; and the library for everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Offer
from banshi.desks.console.policies import FOLDER
from banshi.flows import policy_offers as flow
from banshi.infra import clock as house_clock
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import CITY, LICHENG, li, lin, party_of
from tests.security.town import Visitor, chen, hidden, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    li()
    chen()
    library, _ = queries.read_files(FOLDER)
    assert library is not None
    operations.record_known(
        region=LICHENG,
        party=party_of(li()).id,
        source="health",
        values={
            "person.youngest_born": date(2025, 8, 20),
            "person.insured_months": 20,
            "person.involuntary": True,
        },
        elements=library.elements,
        actor=SYSTEM,
        at=house_clock.now(),
    )
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    while flow.step(house_clock.now()):
        pass
    return Visitor.signed_in(li())


def offer(code: str, party: UUID | None = None) -> Offer:
    return next(one for one in queries.list_offers([party or party_of(li()).id]) if one.policy == code)


def address(one: Offer) -> str:
    return f"/me/policies/{one.region}/{one.id}"


def test_the_three_lists_are_shown_and_seeing_them_is_counted(citizen: Visitor) -> None:
    assert "条可以享受" in citizen.get("/me/matters").text
    page = citizen.get("/me/policies").text
    for words in (
        "可以享受的",
        "还不能判断的",
        "3岁以下婴幼儿照护专项附加扣除",
        "缺：登记失业时间、有求职要求",
    ):
        assert words in page
    assert "条可以享受" not in citizen.get("/me/matters").text
    assert queries.figures(["n-tax-infant"])["n-tax-infant"].read == 1


def test_one_confirmation_is_enough(citizen: Visitor) -> None:
    one = offer("n-tax-infant")
    page = citizen.get(address(one)).text
    assert "2025" in page and "出生医学证明" in page and "国发〔2023〕13号" in page
    sent = citizen.post(address(one), {"act": "claim", "command_id": hidden(page, "command_id")})
    assert sent.status == 303
    assert "已经兑现" in citizen.get(address(one)).text


def test_the_generated_application_asks_only_for_what_is_not_known(citizen: Visitor) -> None:
    one = offer("n-childcare")
    page = citizen.get(address(one)).text
    assert "自动生成的申请表" in page and "收款账号" in page
    form = {"act": "claim", "command_id": hidden(page, "command_id")}
    empty = citizen.post(address(one), form)
    assert empty.status == 422 and "请填写收款账号" in empty.text
    assert citizen.post(address(one), form | {"asked_account": "6222"}).status == 303
    assert "等部门核对" in citizen.get(address(one)).text


def test_what_is_missing_is_said_with_who_has_it_and_may_be_added(citizen: Visitor) -> None:
    one = offer("n-unemployment")
    page = citizen.get(address(one)).text
    assert "登记失业时间：人力资源社会保障部门" in page
    wrong = citizen.post(address(one), {"act": "tell"})
    assert wrong.status == 422 and "请至少填一项" in wrong.text
    assert citizen.post(address(one), {"act": "tell", "person.seeks_work": "yes"}).status == 303
    assert offer("n-unemployment").missing == ("person.jobless_months",)


def test_an_appeal_is_taken_once(citizen: Visitor) -> None:
    one = offer("n-unemployment")
    page = citizen.get(address(one)).text
    form = {"act": "appeal", "command_id": hidden(page, "command_id"), "text": "我早就登记失业了"}
    assert citizen.post(address(one), form).status == 303
    page = citizen.get(address(one)).text
    assert "申诉正在核对" in page and "提交申诉" not in page


def test_somebody_elses_offer_is_not_there(citizen: Visitor) -> None:
    one = offer("n-tax-infant")
    other = Visitor.signed_in(chen())
    assert other.get(address(one)).status == 404
    assert other.post(address(one), {"act": "claim"}).status == 404
    assert one.policy not in other.get("/me/policies").text


def test_everybody_reads_the_library_and_signs_up_for_a_briefing(citizen: Visitor) -> None:
    when = datetime(2026, 3, 20, 7, tzinfo=UTC)
    id = operations.announce(
        region=LICHENG,
        office=f"{LICHENG}-market",
        title="惠企政策面对面",
        codes=[],
        starts_at=when,
        place="一楼大厅",
        link="https://live.example/1",
        actor=lin().actor,
        at=house_clock.now(),
    )
    page = Visitor().get("/policies").text
    for words in ("育儿补贴（国家基础标准）", "惠企政策面对面", "https://live.example/1"):
        assert words in page
    assert "老年综合津贴" not in page  # of another province
    assert "第四十五条" in Visitor().get("/policies/n-unemployment").text
    assert Visitor().get("/policies/nothing").status == 404
    assert "有效期：2025年1月1日起" in Visitor().get("/policies/n-childcare").text
    assert citizen.post(f"/policies/briefings/{LICHENG}/{id}", {}).status == 303
    assert "已经报名" in citizen.get("/policies").text
