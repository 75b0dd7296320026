"""Reviews by code, at a window's device and on the telephone: for one service, once, and never by those who are rated."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.models import Review
from banshi.contexts.evaluation.values import Channel, Grade, Link, Via
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS, Actor, Post
from banshi.kernel.facts import NotFound, Refused

REGION, OFFICE = "350502", "350502-market"
AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
LI = UUID("01936b4e-0000-7000-8000-000000000001")
CASE = UUID("01936b4e-0000-7000-8000-000000000002")
WINDOW = "350502-hall/3"
LINK = Link(REGION, CASE, 1, Channel.QR_CODE, date(2026, 12, 26))

wang = Actor("staff", "3", held=(Post("window_clerk", "350502-hall", REGION),))
lin = Actor("staff", "4", held=(Post("officer", OFFICE, REGION),))
xu = Actor("staff", "7", held=(Post("caller", "", "350500"),))


def review(**changes: Any) -> None:
    usual: dict[str, Any] = {
        "region": REGION,
        "case": CASE,
        "item": "food-licence",
        "office": OFFICE,
        "party": LI,
        "finished": True,
        "grade": "satisfied",
        "indicators": (),
        "text": "",
        "channel": "qr_code",
        "via": Via.LINK,
        "actor": ANONYMOUS,
        "at": AT,
    }
    operations.review(**(usual | changes))


# ---- codes ----


def test_a_code_says_which_service_and_until_when() -> None:
    code = operations.link_of(LINK)
    assert len(code) < 70 and operations.open_link(code, date(2026, 12, 26)) == LINK


def test_an_expired_code_is_refused() -> None:
    with pytest.raises(operations.BadLink) as refused:
        operations.open_link(operations.link_of(LINK), date(2026, 12, 27))
    assert refused.value.rule == "link_expired"


def test_a_forged_code_is_refused_whichever_byte_was_changed() -> None:
    code = operations.link_of(LINK)
    raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(operations.BadLink) as refused:
            operations.open_link(base64.urlsafe_b64encode(forged).decode().rstrip("="), date(2026, 12, 1))
        assert refused.value.rule == "link_forged"


@pytest.mark.parametrize("typed", ["", "x", "评价", "A" * 500, "../../etc", "%00", "====", "a b"])
def test_what_is_no_code_at_all_is_refused(typed: str) -> None:
    for open in (operations.open_link, operations.open_device):
        with pytest.raises(operations.BadLink):
            open(typed, date(2026, 12, 1))


def test_a_code_serves_one_purpose() -> None:
    """What makes a device of a window rates nothing by itself, and the other way round; nor is a code written in two ways."""
    device = operations.device_of(WINDOW, date(2026, 12, 26))
    assert operations.open_device(device, date(2026, 12, 26)) == WINDOW
    for wrong in (device, operations.link_of(LINK) + "=", f" {operations.link_of(LINK)}"):
        with pytest.raises(operations.BadLink):
            operations.open_link(wrong, date(2026, 12, 1))
    with pytest.raises(operations.BadLink):
        operations.open_device(operations.link_of(LINK), date(2026, 12, 1))
    with pytest.raises(operations.BadLink):
        operations.open_device(device, date(2026, 12, 27))


# ---- who ----


@pytest.mark.django_db
@pytest.mark.parametrize("via", [Via.LINK, Via.DEVICE])
def test_where_staff_are_signed_in_nobody_reviews(via: Via) -> None:
    channel = "qr_code" if via is Via.LINK else "hall_tablet"
    for who in (wang, lin):
        with pytest.raises(Refused) as refused:
            review(actor=who, via=via, channel=channel)
        assert refused.value.rule == "applicant_only"
    review(via=via, channel=channel)


@pytest.mark.django_db
def test_the_rated_office_writes_down_no_review_of_its_own() -> None:
    with pytest.raises(Refused) as refused:
        review(actor=lin, via=Via.CALL, channel="phone")
    assert refused.value.rule == "own_matter"
    review(actor=xu, via=Via.CALL, channel="phone")
    found = queries.find_review(REGION, CASE)
    assert found is not None and found.channel is Channel.PHONE


@pytest.mark.django_db
@pytest.mark.parametrize("via", list(Via))
def test_a_way_in_has_its_own_channels(via: Via) -> None:
    li = Actor("citizen", "li", parties=frozenset({str(LI)}))
    actor = {Via.SELF: li, Via.CALL: xu}.get(via, ANONYMOUS)
    allowed = set()
    for channel in Channel:
        try:
            review(case=new_id(), actor=actor, via=via, channel=channel.value)
            allowed.add(channel)
        except Refused as refused:
            assert refused.rule == "channel"
    assert (
        allowed
        == {
            Via.SELF: {Channel.PORTAL, Channel.MOBILE, Channel.TERMINAL},
            Via.LINK: {Channel.QR_CODE, Channel.SMS, Channel.TERMINAL},
            Via.DEVICE: {Channel.HALL_TABLET},
            Via.CALL: {Channel.PHONE},
        }[via]
    )


def test_of_many_at_once_one_review_of_a_service_is_kept(real_database: None) -> None:
    def one(grade: Grade) -> str:
        try:
            review(grade=grade.value, text="写几句")
        except Refused as refused:
            return refused.rule
        finally:
            connections.close_all()
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, list(Grade) * 3))
    assert sorted(found) == ["kept", *["reviewed_already"] * 14]
    assert Review.objects.count() == 1
    assert queries.totals(OFFICE).all == 1


# ---- the device of a window ----


@pytest.mark.django_db
def test_the_device_shows_the_service_just_done_and_then_nothing() -> None:
    operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=wang, at=AT)
    shown = queries.current_visit(WINDOW, AT + timedelta(minutes=4))
    assert shown is not None and (shown.case, shown.assess_number) == (CASE, 2)
    assert queries.current_visit("350502-hall/4", AT) is None
    assert queries.current_visit(WINDOW, AT + timedelta(minutes=5)) is None
    assert not Review.objects.exists()  # time fills in no grade


@pytest.mark.django_db
def test_a_rated_visit_leaves_the_device_and_the_next_comes() -> None:
    operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=wang, at=AT)
    operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=wang, at=AT)  # pressed twice
    review(via=Via.DEVICE, channel="hall_tablet", assess_number=2, finished=False)
    assert queries.current_visit(WINDOW, AT) is None
    later = AT + timedelta(minutes=1)
    operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=wang, at=later)
    shown = queries.current_visit(WINDOW, later)
    assert shown is not None and shown.assess_number == 3
    found = queries.find_review(REGION, CASE, 2)
    assert found is not None and found.window == WINDOW
    totals, services = queries.monthly("windows", AT.date(), AT.date())[WINDOW]
    assert (totals.all, services) == (1, 2)


@pytest.mark.django_db
def test_only_a_clerk_of_the_hall_offers_a_visit() -> None:
    with pytest.raises(Refused, match="窗口人员"):
        operations.offer_visit(region=REGION, case=CASE, window=WINDOW, actor=lin, at=AT)
    with pytest.raises(Refused, match="先选好窗口"):
        operations.offer_visit(region=REGION, case=CASE, window="350502-hall/", actor=wang, at=AT)


@pytest.mark.django_db
def test_a_visit_that_never_was_is_not_reviewed() -> None:
    with pytest.raises(NotFound):
        review(via=Via.DEVICE, channel="hall_tablet", assess_number=2)


@pytest.mark.django_db
def test_the_case_itself_is_not_rated_by_code_before_it_ends() -> None:
    with pytest.raises(Refused) as refused:
        review(finished=False)
    assert refused.value.rule == "not_finished"
