"""Somebody comes to the window: a card is read, and nothing of it stands in an address."""

from __future__ import annotations

import pytest

from banshi.directory import queries
from banshi.infra.models import Audit
from tests.conftest import StoppedClock
from tests.personas import LICHENG, li, lin, party_of, resident_id, wang
from tests.security.town import Answer, Visitor, hidden, town

pytestmark = pytest.mark.django_db
NUMBER, NEW = resident_id(1), resident_id(9, "19511201")
FIRM = "91350599YYYY99016P"


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    """王秀兰, seated at window 1."""
    town()
    li()
    visitor = Visitor.signed_in(wang())
    visitor.sent(visitor.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}), "/counter/")
    return visitor


def read(clerk: Visitor, number: str) -> Answer:
    return clerk.post("/counter/read/", {"number": number})


def test_a_clerk_first_says_at_which_window_they_sit(clock: StoppedClock) -> None:
    town()
    visitor = Visitor.signed_in(wang())
    assert "您今天坐几号窗口" in visitor.get("/counter/").text
    assert visitor.get("/counter/choose/").location == "/counter/"
    foreign = visitor.post("/counter/window/", {"window": "350582-hall/1"})
    assert foreign.status == 422
    visitor.sent(visitor.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}))
    assert "刷身份证" in visitor.get("/counter/").text


def test_a_card_of_somebody_known_leads_straight_to_what_they_came_for(clerk: Visitor) -> None:
    answer = clerk.sent(read(clerk, NUMBER))
    assert answer.location == "/counter/choose/"
    page = clerk.get("/counter/choose/").text
    assert "李秀英" in page
    assert NUMBER not in page
    looked = Audit.objects.filter(act="view_person", actor=wang().account)
    assert looked.filter(target=f"person/{party_of(li()).id}", outcome="counter").exists()


def test_the_number_is_read_as_a_reader_or_a_hand_types_it(clerk: Visitor) -> None:
    full_width = NUMBER.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for typed in (f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ", full_width):
        assert read(clerk, typed).location == "/counter/choose/", typed


def test_a_number_misread_is_told_and_stays_in_its_field(clerk: Visitor) -> None:
    wrong = read(clerk, NUMBER[:-1])
    assert wrong.status == 422
    assert "应为18位" in wrong.text
    assert f'value="{NUMBER[:-1]}"' in wrong.text
    assert 'href="#id_number"' in wrong.text


def test_somebody_new_is_recorded_by_name_and_card(clerk: Visitor) -> None:
    page = read(clerk, NEW)
    assert page.status == 200
    assert "第一次来办事" in page.text
    number = hidden(page.text, "number")
    nameless = clerk.post("/counter/record/", {"number": number, "kind": "person", "phone": "13850002222"})
    assert nameless.status == 422
    assert "13850002222" in nameless.text
    data = {"number": number, "kind": "person", "name": "黄阿婆", "phone": "13850002222"}
    clerk.sent(clerk.post("/counter/record/", data), "/counter/choose/")
    assert "黄阿婆" in clerk.get("/counter/choose/").text
    found = queries.find_party(NEW)
    assert found is not None
    assert queries.known_values(found.region_code, found.id)["person.phone"] == "13850002222"


def test_a_firm_is_named_by_its_licence_after_the_person(clerk: Visitor) -> None:
    assert read(clerk, FIRM).status == 422
    clerk.sent(read(clerk, NUMBER))
    assert "改公司名字" in clerk.get("/counter/choose/", q="改公司名字").text
    assert "先填企业" in clerk.get("/counter/choose/", q="改公司名字").text
    unknown = clerk.post("/counter/firm/", {"number": FIRM})
    assert "第一次来办事的企业" in unknown.text
    data = {"number": FIRM, "kind": "enterprise", "name": "演示餐饮有限公司"}
    clerk.sent(clerk.post("/counter/record/", data), "/counter/choose/")
    page = clerk.get("/counter/choose/", q="改公司名字").text
    assert "演示餐饮有限公司" in page
    assert "李秀英" in page
    assert "先填企业" not in page


def test_no_number_ever_stands_in_an_address(clerk: Visitor) -> None:
    clerk.sent(read(clerk, NUMBER))
    read(clerk, NEW)
    clerk.post("/counter/firm/", {"number": FIRM})
    for answer in clerk.answers:
        for number in (NUMBER, NEW, FIRM):
            assert number not in answer.address
            assert number not in answer.location


def test_the_next_visitor_finds_nothing_of_the_last(clerk: Visitor) -> None:
    clerk.sent(read(clerk, NUMBER))
    clerk.sent(clerk.post("/counter/next/"), "/counter/")
    assert "李秀英" not in clerk.get("/counter/").text
    assert clerk.get("/counter/choose/").location == "/counter/"


@pytest.mark.parametrize("address", ["/counter/", "/counter/choose/", "/counter/taken/"])
def test_only_window_clerks_come_in(clock: StoppedClock, address: str) -> None:
    town()
    assert Visitor().get(address).location.startswith("/staff/sign-in/")
    for who in (li(), lin()):
        assert Visitor.signed_in(who).get(address).status in (403, 404)
