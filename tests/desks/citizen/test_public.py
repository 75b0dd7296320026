"""What anybody may ask: the progress by number, and whether a certificate is genuine."""

from __future__ import annotations

import pytest

from banshi.contexts.certificates import operations as certificates
from banshi.contexts.certificates.models import Certificate
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.citizen.test_matter import decided, state_of
from tests.personas import LICHENG, li, resident_id
from tests.security.town import VALUES, Matter, Visitor, applied, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(clock: StoppedClock) -> Matter:
    town()
    return applied(Visitor.signed_in(li()))


def test_progress_by_number_tells_nothing_of_whose_it_is(matter: Matter) -> None:
    page = Visitor().get(f"/p/{state_of(matter).number}").text
    assert "食品经营许可" in page
    assert "已收到，等部门核对" in page
    assert "泉州市鲤城区市场监督管理局" in page
    for personal in ("李秀英", resident_id(1), VALUES["shop_name"], VALUES["operator_phone"], str(matter.id)):
        assert personal not in page


def test_a_mistyped_number_is_told_apart_from_an_unknown_one(matter: Matter) -> None:
    number = state_of(matter).number
    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")
    answer = Visitor().get("/p", number=mistyped)
    assert (answer.status, mistyped in answer.text) == (422, True)
    assert Visitor().get("/p", number=f" {number[:10]} {number[10:]} ").location == f"/p/{number}"
    assert Visitor().get(f"/p/{mistyped}").status == 404


def test_a_certificate_is_valid_then_revoked(matter: Matter, clock: StoppedClock) -> None:
    decided(matter, clock, "pass")
    identifier = state_of(matter).certificate
    page = Visitor().get(f"/v/{identifier}").text
    assert "有效（2026年3月2日查验）" in page
    assert resident_id(1) not in page
    certificates.revoke(region=LICHENG, identifier=identifier, reason="查实造假", actor=SYSTEM, at=clock.at)
    revoked = Visitor().get("/v", identifier=identifier.lower()).text
    assert "已撤销：2026年3月2日" in revoked
    assert "有效（" not in revoked


def test_a_certificate_past_its_last_day_has_expired(matter: Matter, clock: StoppedClock) -> None:
    decided(matter, clock, "pass")
    clock.forward(days=6 * 366)
    page = Visitor().get(f"/v/{state_of(matter).certificate}").text
    assert "已过期：有效期到" in page


def test_unknown_and_mistyped_identifiers_are_told_apart(matter: Matter, clock: StoppedClock) -> None:
    decided(matter, clock, "pass")
    identifier = state_of(matter).certificate
    mistyped = identifier[:-1] + ("0" if identifier[-1] != "0" else "1")
    wrong = Visitor().get(f"/v/{mistyped}")
    assert (wrong.status, "号码写错了" in wrong.text) == (404, True)
    Certificate.objects.all()
    unknown = Visitor().get("/v/JY99999999999999")
    assert (unknown.status, "没有这份证照" in unknown.text) == (404, True)
