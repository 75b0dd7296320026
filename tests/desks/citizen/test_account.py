"""Registering, signing in, one's own data."""

from __future__ import annotations

import pytest

from banshi.directory import queries
from banshi.directory.models import Account
from tests.personas import PASSWORD, li, party_of, resident_id
from tests.security.town import Visitor, town

pytestmark = pytest.mark.django_db
NEWCOMER = {
    "name": "王小花",
    "resident_id": resident_id(7),
    "phone": "13850007777",
    "password": "four-quiet-herons",
    "agree": "yes",
}


@pytest.fixture
def visitor() -> Visitor:
    town()
    return Visitor()


def test_nobody_registers_without_agreeing_to_what_the_data_are_for(visitor: Visitor) -> None:
    answer = visitor.post("/register", NEWCOMER | {"agree": ""})
    assert answer.status == 422
    assert "请先看信息怎么用" in answer.text
    assert NEWCOMER["name"] in answer.text, "input is kept"
    assert NEWCOMER["password"] not in answer.text
    assert not Account.objects.exists()


def test_who_registered_but_was_never_verified_acts_for_nobody(visitor: Visitor) -> None:
    visitor.sent(visitor.post("/register", NEWCOMER), "/me")
    page = visitor.get("/me").text
    assert "核验身份" in page
    assert NEWCOMER["name"] not in page
    address = "/apply/item/food-licence"
    assert "核验身份" in visitor.get(address).text
    visitor.post(address, {"county": "350502"})
    assert "填了一部分" not in visitor.get("/me/matters").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("resident_id", "350599199306150028", "校验"),
        ("phone", "12345", "11位"),
        ("password", "12345678", "太常见"),
        ("name", "", "姓名"),
    ],
)
def test_a_mistake_is_told_at_its_field(visitor: Visitor, field: str, value: str, said: str) -> None:
    answer = visitor.post("/register", NEWCOMER | {field: value})
    assert answer.status == 422
    assert said in answer.text
    assert f'href="#id_{field}"' in answer.text


def test_a_wrong_password_and_an_unknown_phone_get_the_same_answer(visitor: Visitor) -> None:
    known = visitor.post("/sign-in", {"phone": li().login, "password": "not-hers"})
    unknown = visitor.post("/sign-in", {"phone": "13850009999", "password": "not-hers"})
    assert known.status == unknown.status == 422
    assert "手机号或密码不对" in known.text
    assert "手机号或密码不对" in unknown.text


def test_signing_in_leads_to_the_page_wanted_but_never_to_another_site(visitor: Visitor) -> None:
    login = {"phone": li().login, "password": PASSWORD}
    for wanted, reached in (
        ("/me/matters", "/me/matters"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ):
        assert Visitor().post("/sign-in", login | {"next": wanted}).location == reached


def test_signing_out_is_a_deed_not_a_link(visitor: Visitor) -> None:
    visitor.sign_in("citizen", li().login)
    assert visitor.get("/sign-out").status == 405
    assert visitor.get("/me").status == 200
    visitor.post("/sign-out")
    assert visitor.get("/me").status == 302


def test_ones_own_numbers_are_masked_and_the_phone_can_be_changed(visitor: Visitor) -> None:
    visitor.sign_in("citizen", li().login)
    page = visitor.get("/me").text
    assert "李秀英" in page
    assert resident_id(1) not in page
    assert li().login not in page
    wrong = visitor.post("/me/contact", {"phone": "1", "address": "海滨街道2号"})
    assert wrong.status == 422
    assert "海滨街道2号" in wrong.text
    visitor.sent(visitor.post("/me/contact", {"phone": "１３８５０００８８８８", "address": "海滨街道2号"}))
    party = party_of(li())
    assert queries.known_values(party.region_code, party.id)["person.phone"] == "13850008888"


def test_a_new_password_ends_the_other_sessions(visitor: Visitor) -> None:
    visitor.sign_in("citizen", li().login)
    elsewhere = Visitor()
    elsewhere.sign_in("citizen", li().login)
    wrong = visitor.post("/me/password", {"old": "x", "password": "four-quiet-herons"})
    assert (wrong.status, "原密码不对" in wrong.text) == (422, True)
    visitor.sent(visitor.post("/me/password", {"old": PASSWORD, "password": "four-quiet-herons"}))
    assert visitor.get("/me").status == 200
    assert elsewhere.get("/me").status == 302


def test_the_sign_in_page_carries_on_where_one_was_going(visitor: Visitor) -> None:
    page = visitor.get(visitor.get("/apply/item/food-licence").location).text
    assert 'name="next" value="/apply/item/food-licence"' in page
