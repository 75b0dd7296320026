"""填表: rows come and go, fields appear when they are needed, what can be fetched is fetched with consent; without scripts."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from banshi.adapters import enterprise_register
from banshi.adapters.enterprise_register import Entry
from banshi.adapters.enterprise_register.demo import DemoRegister
from banshi.contexts.cases import queries as cases
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import BROUGHT
from banshi.flows import apply
from tests.conftest import StoppedClock
from tests.personas import AT, LICHENG, li, resident_id
from tests.security.town import VALUES, Visitor, applied, begin, hidden, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(li())


def started(citizen: Visitor, item: str) -> str:
    address = f"/apply/item/{item}"
    given = {"county": LICHENG, "command_id": hidden(citizen.get(address).text, "command_id")}
    return "/".join(citizen.sent(citizen.post(address, given), "/a/").location.split("/")[:4])


def now_of(draft: str) -> apply.Standing:
    return apply.standing(LICHENG, UUID(draft.split("/")[3]), li().actor, AT)


# ---- conditions ----

SHOP = {
    "shop_name": "演示面线糊店", "shop_address": "海滨街道2号", "operator_name": "李秀英",
    "operator_id": resident_id(1), "operator_phone": "13850001111", "operator_address": "海滨街道1号",
    "business_scope": "餐饮服务",
}  # fmt: skip


def test_a_field_that_an_answer_brings_up_is_asked_on_the_same_page_before_going_on(citizen: Visitor) -> None:
    draft = started(citizen, "individual-business-registration")
    page = f"{draft}/form/shop"
    assert "一起经营的家庭成员" not in citizen.get(page).text
    family = SHOP | {"family_run": "family", "change": "family_run"}
    back = citizen.sent(citizen.post(page, family))
    assert back.location == f"{page}#id_family_partners"
    asked = citizen.get(page).text
    assert 'name="family_partners-0-name"' in asked
    missing = citizen.post(page, family)
    assert missing.status == 422
    assert "至少一行" in missing.text
    partner = {"family_partners-0-name": "陈志强", "family_partners-0-number": resident_id(2)}
    assert citizen.sent(citizen.post(page, family | partner)).location == f"{draft}/form/staff"


def test_what_was_typed_is_still_there_when_it_is_shown_again_and_is_not_sent_while_hidden(
    citizen: Visitor,
) -> None:
    draft = started(citizen, "individual-business-registration")
    page = f"{draft}/form/shop"
    partner = {"family_partners-0-name": "陈志强", "family_partners-0-number": resident_id(2)}
    citizen.sent(citizen.post(page, SHOP | {"family_run": "family", "change": "family_run"}))
    citizen.sent(citizen.post(page, SHOP | partner | {"family_run": "family"}))
    citizen.sent(citizen.post(page, SHOP | partner | {"family_run": "person"}))
    assert "family_partners" not in now_of(draft).values
    assert "陈志强" not in citizen.get(f"{draft}/check").text
    citizen.sent(citizen.post(page, SHOP | {"family_run": "family"}))
    assert 'value="陈志强"' in citizen.get(page).text
    assert "陈志强" in citizen.get(f"{draft}/check").text


def test_a_mistake_in_a_field_that_the_same_answers_hide_stands_in_nobodys_way(citizen: Visitor) -> None:
    draft = started(citizen, "individual-business-registration")
    page = f"{draft}/form/shop"
    citizen.sent(citizen.post(page, SHOP | {"family_run": "family", "change": "family_run"}))
    wrong = {"family_partners-0-name": "陈", "family_run": "person"}
    assert citizen.sent(citizen.post(page, SHOP | wrong)).location == f"{draft}/form/staff"


# ---- rows ----


def test_rows_are_added_and_taken_out_by_buttons_and_nothing_typed_is_lost(citizen: Visitor) -> None:
    draft = started(citizen, "food-health-certificate")
    page = f"{draft}/form/staff"
    first = {"staff_names-0-name": "吴小梅", "staff_names-0-number": "1", "staff_names-0-phone": ""}
    added = citizen.post(page, first | {"add": "staff_names"})
    assert added.status == 200
    assert 'name="staff_names-1-name"' in added.text
    assert 'name="staff_names-0-number" value="1"' in added.text
    second = {
        "staff_names-1-name": "陈志强",
        "staff_names-1-number": resident_id(2),
        "staff_names-1-phone": "13850002222",
    }
    dropped = citizen.post(page, first | second | {"drop": "staff_names-0"})
    assert 'name="staff_names-0-name" value="陈志强"' in dropped.text
    assert "staff_names-1-name" not in dropped.text
    wrong = citizen.post(page, first)
    assert wrong.status == 422
    assert 'href="#id_staff_names-0-number"' in wrong.text
    assert 'href="#id_staff_names-0-phone"' in wrong.text


def test_a_department_reads_the_rows_in_words(citizen: Visitor) -> None:
    draft = started(citizen, "food-health-certificate")
    row = {"name": "陈志强", "number": resident_id(2), "phone": "13850002222"}
    citizen.sent(citizen.post(f"{draft}/form/shop", SHOP))
    citizen.sent(
        citizen.post(f"{draft}/form/staff", {f"staff_names-0-{key}": value for key, value in row.items()})
    )
    page = citizen.get(f"{draft}/check").text
    assert "第1行" not in page
    citizen.sent(citizen.post(f"{draft}/check", {"command_id": hidden(page, "command_id")}), "/done")
    (state,) = cases.list_of_application(*_place(draft))
    assert cases.subject(state)["values"]["staff_names"] == (
        f"姓名：陈志强，身份号码：{resident_id(2)}，手机号：13850002222"
    )


def _place(draft: str) -> tuple[str, Any]:
    now = now_of(draft)
    return now.application.region, now.application.id


# ---- computed, suggested, checked ----


def test_what_is_computed_is_shown_and_cannot_be_typed(citizen: Visitor) -> None:
    draft = started(citizen, "subsistence-allowance")
    citizen.sent(citizen.post(f"{draft}/questions/applies_by", {"applies_by": "family"}))
    page = f"{draft}/form/family"
    assert 'name="family_income_each"' not in citizen.get(page).text
    typed = {"family_members": "3", "family_income": "2400", "family_property": "无", "hardship": "生病"}
    citizen.sent(citizen.post(page, typed | {"family_income_each": "1"}))
    assert now_of(draft).values["family_income_each"] == "800.00"
    assert re.search(r"<output[^>]*>800.00 元</output>", citizen.get(page).text)
    wrong = citizen.post(page, typed | {"family_members": "2.5"})
    assert "共同生活的人数应当是整数" in wrong.text


def test_what_contradicts_itself_is_told_where_it_was_typed(citizen: Visitor) -> None:
    draft = started(citizen, "maternity-medical-expense")
    for code, answer in (("applicant_is", "mother"), ("mother_insured", "other")):
        citizen.sent(citizen.post(f"{draft}/questions/{code}", {code: answer}))
    days = {"admitted_on_year": "2026", "admitted_on_month": "2", "admitted_on_day": "9"}
    days |= {"discharged_on_year": "2026", "discharged_on_month": "2", "discharged_on_day": "8"}
    wrong = citizen.post(f"{draft}/form/maternity", days | {"medical_cost": "6820.50"})
    assert wrong.status == 422
    assert "出院日期早于入院日期" in wrong.text


def test_saving_as_one_goes_keeps_what_is_half_done_without_complaining(citizen: Visitor) -> None:
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    kept = citizen.post(page, {"shop_name": "半个", "operator_id": "12", "operator_phone": "", "quiet": "1"})
    assert kept.status == 200
    assert "error-summary" not in kept.text
    typed = applications.typed(now_of(f"{matter.draft}").application)
    assert typed == {"shop_name": "半个", "operator_id": "12"}
    assert 'value="半个"' in citizen.get(page).text


# ---- what can be fetched ----


class Register:
    """登记机关的库: knows what was declared for 李秀英, and counts who asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def enterprise(self, uscc: str) -> Entry | None:
        return None

    def declared(self, resident_id: str) -> Entry | None:
        self.asked.append(resident_id)
        return Entry(name="演示面线糊店", address="演示路99号", square_metres="40")


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    found = Register()
    monkeypatch.setattr(enterprise_register, "register", lambda: found)
    return found


def test_nothing_is_fetched_before_it_was_agreed_to(citizen: Visitor, register: Register) -> None:
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    assert "企业登记库" in citizen.get(page).text
    assert 'name="shop_name"' in citizen.get(page).text
    assert register.asked == []
    citizen.sent(citizen.post(page, {"consent": "yes"}))
    citizen.get(page)
    assert register.asked == [resident_id(1)], "once, not at every page"
    after = citizen.get(page).text
    assert 'name="shop_name"' not in after
    assert "演示面线糊店" in after
    assert "来自企业登记库" in after
    assert 'value="同意带出"' not in after


def test_what_was_fetched_can_be_corrected(citizen: Visitor, register: Register) -> None:
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    citizen.sent(citizen.post(page, {"consent": "yes"}))
    citizen.sent(citizen.post(f"{page}?change=shop_address", VALUES | {"change": "shop_address"}))
    assert now_of(matter.draft).values["shop_address"] == VALUES["shop_address"]
    assert now_of(matter.draft).values["shop_name"] == "演示面线糊店"


def test_whoever_declines_is_not_asked_again_and_nothing_is_fetched(
    citizen: Visitor, register: Register
) -> None:
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    citizen.sent(citizen.post(page, {"consent": "no"}))
    assert "同意带出" not in citizen.get(page).text
    assert register.asked == []


def test_a_register_that_cannot_be_reached_is_said_so_and_may_be_asked_again(
    citizen: Visitor, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(resident_id: str) -> Entry | None:
        raise OSError("no route")

    monkeypatch.setattr(register, "declared", broken)
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    answer = citizen.post(page, {"consent": "yes"})
    assert "登记库暂时连不上" in answer.text
    assert "同意带出" in citizen.get(page).text
    monkeypatch.undo()


def test_what_was_stated_in_an_earlier_matter_is_brought_along(citizen: Visitor) -> None:
    applied(citizen)
    matter = begin(citizen)
    page = f"{matter.draft}/form/shop"
    assert "您以前办过的事" in citizen.get(page).text
    citizen.sent(citizen.post(page, {"consent": "yes"}))
    assert now_of(matter.draft).filled["shop_square_metres"].source == "earlier.shop_square_metres"
    assert "来自您以前办过的事" in citizen.get(f"{matter.draft}/check").text


def test_a_program_cannot_say_what_was_fetched(citizen: Visitor) -> None:
    matter = begin(citizen)
    path = f"applications/{matter.region}/{matter.id}"
    citizen.api("PATCH", path, {"values": {BROUGHT: '{"register.name": "别人"}', "shop_name": "我的"}})
    now = now_of(matter.draft)
    assert now.values["shop_name"] == "我的"
    assert BROUGHT not in applications.typed(now.application)


def test_of_several_matters_the_page_says_which_asks_for_what(citizen: Visitor) -> None:
    address = "/apply/bundle/newborn"
    given = {"county": LICHENG, "command_id": hidden(citizen.get(address).text, "command_id")}
    draft = "/".join(citizen.sent(citizen.post(address, given), "/a/").location.split("/")[:4])
    answers = {"applicant_is": "mother", "parents_married": "married", "mother_insured": "other",
               "hospital_bill": "settled", "birth_registered": "done"}  # fmt: skip
    for code, answer in answers.items():
        citizen.post(f"{draft}/questions/{code}", {code: answer})
    page = citizen.get(f"{draft}/form/household").text
    assert "每一项是哪件事要的" in page
    assert re.search(r"<dt>户口随谁</dt><dd>给孩子上户口</dd>", page)


def test_the_demo_file_of_the_register_says_that_it_is_one() -> None:
    found = DemoRegister().enterprise("91350599YYYY99016P")
    assert found is not None
    assert "演示" in found.name
    assert DemoRegister().declared(resident_id(1)) is None
