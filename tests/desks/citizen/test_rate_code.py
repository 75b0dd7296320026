"""评价 by a code: whoever holds it rates that one service, once; a forged, expired or used one is told so."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import Channel, Grade
from banshi.flows import rate
from banshi.infra import clock as house_clock
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import LICHENG, huang, li, lin
from tests.security.town import Matter, Visitor, applied, do, health, hidden, town, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(clock: StoppedClock) -> Matter:
    """李秀英's food licence, granted."""
    town()
    found = applied(Visitor.signed_in(li()))
    officer = Visitor.signed_in(lin())
    do(officer, found, "accept", dispatch="on")
    works(found, officer, Visitor.signed_in(health()))
    do(officer, found, "review", verdict="pass")
    do(Visitor.signed_in(huang()), found, "decide", verdict="pass")
    return found


@pytest.fixture
def phone() -> Visitor:
    """Somebody's telephone, on which nobody is signed in."""
    return Visitor()


def code_of(matter: Matter, channel: Channel = Channel.QR_CODE) -> str:
    assert matter.case
    return rate.code_of(cases.get_case(LICHENG, matter.case, SYSTEM), house_clock.now(), channel)


def given(page: str, **more: object) -> dict[str, object]:
    return {name: hidden(page, name) for name in ("command_id", "grade")} | more


def test_a_scanned_code_is_rated_without_signing_in_and_once(matter: Matter, phone: Visitor) -> None:
    address = f"/r/{code_of(matter)}"
    first = phone.get(address)
    assert first.status == 200 and "食品经营许可" in first.text
    assert "checked" not in first.text, "no grade is chosen beforehand"
    assert not re.search(r"李秀英|13850001111|350599\d{8}", first.text)
    assert phone.get(f"{address}?grade=").status == 422
    page = phone.get(f"{address}?grade=dissatisfied").text
    assert phone.post(address, given(page)).status == 422, "a bad grade says why"
    assert phone.post(address, given(page, indicators=["510"])).status == 422
    done = phone.post(address, given(page, indicators=["207"]))
    assert done.status == 200 and "1个工作日内打电话给您" in done.text, "what comes next is told"
    found = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert found and (found.grade, found.channel, found.named) == (Grade.DISSATISFIED, Channel.QR_CODE, True)
    again = phone.get(address)
    assert again.status == 409 and "已经评价过" in again.text
    assert phone.post(address, given(page, indicators=["207"])).status == 409
    assert queries.totals(found.office).all == 1


def test_who_does_not_want_to_be_called_says_so(matter: Matter, phone: Visitor) -> None:
    address = f"/r/{code_of(matter, Channel.SMS)}"
    page = phone.get(f"{address}?grade=very_dissatisfied").text
    phone.post(address, given(page, text="等太久", quiet="on"))
    found = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert found and (found.channel, found.named) == (Channel.SMS, False)


def test_a_kiosk_takes_the_scanned_code(matter: Matter, phone: Visitor) -> None:
    assert phone.get("/r").status == 200
    assert phone.get("/r?code=x").status == 422
    answer = phone.sent(phone.get(f"/r?code=http://localhost/r/{code_of(matter)}"), "/r/")
    page = phone.get(f"{answer.location}&grade=satisfied").text
    assert phone.post(answer.location, given(page)).status == 200
    found = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert found and found.channel is Channel.TERMINAL


def test_a_forged_and_an_expired_code_are_refused(
    matter: Matter, phone: Visitor, clock: StoppedClock
) -> None:
    code = code_of(matter)
    forged = phone.get(f"/r/{code[:-1]}{'A' if code[-1] != 'A' else 'B'}")
    assert forged.status == 404 and "评价码不对" in forged.text
    clock.forward(days=31)
    expired = phone.get(f"/r/{code}")
    assert expired.status == 410 and "已经过期" in expired.text
    assert phone.post(f"/r/{code}", {"grade": "satisfied"}).status == 410
    assert queries.find_review(LICHENG, matter.case) is None  # type: ignore[arg-type]


def test_a_case_that_runs_is_not_rated_by_code(clock: StoppedClock, phone: Visitor) -> None:
    town()
    found = applied(Visitor.signed_in(li()))
    answer = phone.get(f"/r/{code_of(found)}")
    assert answer.status == 409 and "还没有办结" in answer.text


def test_staff_who_scan_it_are_refused(matter: Matter) -> None:
    officer = Visitor.signed_in(lin())
    address = f"/r/{code_of(matter)}"
    page = officer.get(f"{address}?grade=very_satisfied").text
    answer = officer.post(address, given(page))
    assert answer.status == 422 and "工作人员不能代为评价" in answer.text
    assert queries.find_review(LICHENG, matter.case) is None  # type: ignore[arg-type]
