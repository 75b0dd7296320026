"""同一张表在窗口: the same conditions, rows, computed values and consent, on one page."""

from __future__ import annotations

from uuid import UUID

import pytest

from banshi.adapters import enterprise_register
from banshi.adapters.enterprise_register import Entry
from banshi.contexts.intake import queries as applications
from banshi.flows import apply
from tests.conftest import StoppedClock
from tests.personas import AT, LICHENG, li, resident_id, wang
from tests.security.town import Answer, Visitor, hidden, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    """王秀兰 at window 1, with 李秀英 before her."""
    town()
    li()
    visitor = Visitor.signed_in(wang())
    visitor.post("/counter/window/", {"window": f"{LICHENG}-hall/1"})
    visitor.sent(visitor.post("/counter/read/", {"number": resident_id(1)}), "choose")
    return visitor


def begin(clerk: Visitor, item: str) -> str:
    page = clerk.get("/counter/choose/").text
    carried = {name: hidden(page, name) for name in ("command_id", "person")}
    return clerk.sent(clerk.post("/counter/begin/", carried | {"target": f"item:{item}"}), "/draft/").location


def now_of(address: str) -> apply.Standing:
    return apply.standing(LICHENG, UUID(address.split("/")[4]), wang().actor, AT)


def save(clerk: Visitor, address: str, act: str = "save", **typed: str) -> Answer:
    return clerk.post(address, {"act": act, **typed})


def test_an_answer_brings_up_a_field_and_takes_it_away_without_losing_it(clerk: Visitor) -> None:
    address = begin(clerk, "individual-business-registration")
    assert "family_partners" not in clerk.get(address).text
    clerk.sent(save(clerk, address, family_run="family"))
    assert 'name="family_partners-0-name"' in clerk.get(address).text
    partner = {"family_partners-0-name": "陈志强", "family_partners-0-number": resident_id(2)}
    clerk.sent(save(clerk, address, family_run="person", **partner))
    assert "family_partners" not in now_of(address).values
    clerk.sent(save(clerk, address, family_run="family"))
    assert 'value="陈志强"' in clerk.get(address).text


def test_what_an_answer_brings_up_is_seen_before_anything_is_handed_in(clerk: Visitor) -> None:
    address = begin(clerk, "individual-business-registration")
    back = clerk.sent(save(clerk, address, "check", family_run="family"))
    assert back.location == address
    told = save(clerk, address, "check", family_run="family")
    assert told.status == 422
    assert 'href="#id_family_partners"' in told.text


def test_rows_come_and_go_by_buttons(clerk: Visitor) -> None:
    address = begin(clerk, "food-health-certificate")
    row = {"staff_names-0-name": "吴小梅", "staff_names-0-number": "1", "staff_names-0-phone": ""}
    more = clerk.post(address, row | {"add": "staff_names"})
    assert 'name="staff_names-1-name"' in more.text
    assert 'value="吴小梅"' in more.text
    second = {"staff_names-1-name": "陈志强", "staff_names-1-number": "", "staff_names-1-phone": ""}
    less = clerk.post(address, row | second | {"drop": "staff_names-0"})
    assert 'name="staff_names-0-name" value="陈志强"' in less.text
    wrong = save(clerk, address, "check", **row)
    assert 'href="#id_staff_names-0-number"' in wrong.text


def test_what_is_suggested_follows_while_nobody_says_otherwise(clerk: Visitor) -> None:
    address = begin(clerk, "food-licence")
    clerk.sent(save(clerk, address, operator_name="李秀英", food_manager=""))
    page = clerk.get(address).text
    assert 'name="food_manager" value="李秀英"' in page
    assert "来自前面填的内容" in page
    clerk.sent(save(clerk, address, operator_name="李秀瑛", food_manager="李秀英"))
    assert now_of(address).values["food_manager"] == "李秀瑛", "it was left as it was suggested"
    clerk.sent(save(clerk, address, operator_name="李秀瑛", food_manager="吴小梅"))
    assert now_of(address).values["food_manager"] == "吴小梅"


def test_what_is_computed_is_shown_and_not_typed(clerk: Visitor) -> None:
    address = begin(clerk, "subsistence-allowance")
    clerk.sent(save(clerk, address, q_applies_by="family"))
    clerk.sent(save(clerk, address, family_members="3", family_income="2400", family_income_each="7"))
    assert "800.00 元</output>" in clerk.get(address).text


def test_saved_as_one_goes_without_a_word_about_what_is_missing(clerk: Visitor) -> None:
    address = begin(clerk, "food-licence")
    answer = save(clerk, address, "quiet", shop_name="半个", operator_id="12", shop_address="")
    assert answer.status == 200
    assert applications.typed(now_of(address).application) == {"shop_name": "半个", "operator_id": "12"}


class Register:
    def enterprise(self, uscc: str) -> Entry | None:
        return None

    def declared(self, resident_id: str) -> Entry | None:
        return Entry(name="演示面线糊店", address="演示路99号", square_metres="40")


def test_the_register_is_asked_when_whoever_stands_here_agrees(
    clerk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprise_register, "register", Register)
    address = begin(clerk, "food-licence")
    assert "演示面线糊店" not in clerk.get(address).text
    clerk.sent(save(clerk, address, "bring", staff_count="3"))
    page = clerk.get(address).text
    assert 'value="演示面线糊店"' in page
    assert "来自企业登记库" in page
    assert now_of(address).values["staff_count"] == "3", "what was typed beside it is kept"


def test_whoever_does_not_agree_is_not_asked_again(clerk: Visitor) -> None:
    address = begin(clerk, "food-licence")
    clerk.sent(save(clerk, address, "decline"))
    assert "同意，带出" not in clerk.get(address).text
