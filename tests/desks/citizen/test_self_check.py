"""自己对照审批条件: before applying, without scripts, by anybody; then on to the application with what was filled in."""

from __future__ import annotations

from uuid import UUID

import pytest

from banshi.contexts.intake.models import Application
from banshi.desks.citizen.self_check import COOKIE
from banshi.flows import apply
from tests.conftest import StoppedClock
from tests.personas import AT, LICHENG, li
from tests.security.town import Visitor, hidden, town

pytestmark = pytest.mark.django_db
INJURY = "/items/injury-recognition/check"
SHOP = "/items/individual-business-registration/check"
ENDORSE = "/items/residence-permit-endorsement/check"
DAY = ("year", "month", "day")


def day(name: str, *parts: str) -> dict[str, str]:
    return {f"{name}_{part}": value for part, value in zip(DAY, parts, strict=True)}


@pytest.fixture(autouse=True)
def _town(clock: StoppedClock) -> None:
    town()


def test_the_guide_publishes_the_clauses_with_article_and_proof() -> None:
    page = Visitor().get("/items/injury-recognition").text
    for words in ("按什么条件批", "单位 30 日内申请", "《工伤保险条例》", "第十七条", "用什么证明", INJURY):
        assert words in page, words


def test_an_item_without_clauses_has_no_such_page() -> None:
    assert Visitor().get("/items/passport/check").status == 404


def test_only_what_the_clauses_look_at_is_asked() -> None:
    page = Visitor().get(INJURY).text
    assert "受伤或者诊断为职业病的日期" in page
    assert "injury_applicant" in page
    for other in ("worker_name", "worker_id", "injury_story", "employer_name"):
        assert other not in page, other


def test_what_fails_is_said_with_the_value_and_the_article() -> None:
    visitor = Visitor()
    given = {"act": "look", "injury_applicant": "employer", **day("injured_on", "2026", "1", "5")}
    page = visitor.post(INJURY, given).text
    assert "有 1 条不符合" in page
    assert "2026年1月5日" in page
    assert "《工伤保险条例》" in page
    worker = visitor.post(INJURY, given | {"injury_applicant": "worker"}).text
    assert "条不符合" not in worker.replace("没有不符合的", "")
    assert "由工作人员看" in worker


def test_what_was_not_said_cannot_be_told_and_nothing_has_to_be_filled_in() -> None:
    answer = Visitor().post(INJURY, {"act": "look"})
    assert answer.status == 200
    assert "还不能断定" in answer.text
    assert "缺少：" in answer.text


def test_a_day_that_is_none_is_said() -> None:
    answer = Visitor().post(INJURY, {"act": "look", **day("injured_on", "2026", "2", "31")})
    assert answer.status == 422
    assert "没有这一天" in answer.text


def test_nothing_of_it_stands_in_an_address_or_in_a_cache_or_is_kept() -> None:
    answer = Visitor().post(INJURY, {"act": "look", **day("injured_on", "2026", "1", "5")})
    assert "no-store" in answer.response.headers["Cache-Control"]
    assert not Application.objects.exists()


def test_who_is_signed_in_need_not_say_what_is_known() -> None:
    page = Visitor.signed_in(li()).post(SHOP, {"act": "look"}).text
    assert "1993年6月15日" in page
    assert "符合" in page
    assert "出生日期（实名信息）" not in Visitor().post(SHOP, {"act": "look"}).text.split("缺少")[0]


def test_what_was_filled_in_goes_along_to_the_application() -> None:
    citizen = Visitor.signed_in(li())
    given = {"act": "apply", "stay_continues": "here", **day("endorsed_until_on", "2026", "3", "20")}
    to = citizen.sent(citizen.post(ENDORSE, given), "/apply/item/residence-permit-endorsement").location
    sealed = citizen.client.cookies[COOKIE]
    assert "2026" not in sealed.value
    assert "here" not in sealed.value
    assert sealed["httponly"]
    page = citizen.get(to).text
    assert "对照时填的内容会带过去" in page
    began = citizen.sent(
        citizen.post(to, {"county": LICHENG, "command_id": hidden(page, "command_id")}), "/a/"
    )
    draft = UUID(began.location.split("/")[3])
    now = apply.standing(LICHENG, draft, li().actor, AT)
    assert now.typed == {"stay_continues": "here", "endorsed_until_on": "2026-03-20"}
    assert citizen.client.cookies[COOKIE].value == ""
    check = citizen.get(f"/a/{LICHENG}/{draft}/check").text
    assert "对照审批条件" in check
    assert "还在居住地连续居住" in check


def test_who_is_not_signed_in_keeps_it_over_the_sign_in() -> None:
    visitor = Visitor()
    given = {"act": "apply", "stay_continues": "left"}
    to = visitor.sent(visitor.post(ENDORSE, given)).location
    visitor.sent(visitor.get(to), "/sign-in")
    visitor.sign_in("citizen", li().login)
    page = visitor.get(to).text
    assert "对照时填的内容会带过去" in page


def test_a_cookie_that_is_not_ours_is_as_if_it_were_not_there() -> None:
    citizen = Visitor.signed_in(li())
    for forged in ("x", "AAAA", "e30=", "/" * 200):
        citizen.client.cookies[COOKIE] = forged
        page = citizen.get("/apply/item/residence-permit-endorsement")
        assert page.status == 200
        assert "会带过去" not in page.text


def test_it_is_for_that_item_alone() -> None:
    citizen = Visitor.signed_in(li())
    citizen.sent(citizen.post(ENDORSE, {"act": "apply", "stay_continues": "here"}))
    assert "会带过去" not in citizen.get("/apply/item/passport").text


def test_the_whole_reads_in_english_where_the_words_are_ours(clock: StoppedClock) -> None:
    visitor = Visitor()
    visitor.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = visitor.post(INJURY, {"act": "look", **day("injured_on", "2026", "1", "5")}).text
    assert "Check the criteria yourself" in page
