"""The call-back centre's pages: the number only for who has claimed the call, and an answer that is written down once."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.models import CallRow
from banshi.contexts.evaluation.values import Channel
from banshi.contexts.tickets.models import Ticket
from banshi.directory.values import PostKind
from banshi.infra.models import Audit
from tests.conftest import StoppedClock
from tests.desks.voices.people import granted, xu
from tests.personas import CITY, LICHENG, lin, staff
from tests.security.town import Matter, Visitor, deliver, hidden

pytestmark = pytest.mark.django_db
PHONE = "10000000001"


@pytest.fixture
def matter(clock: StoppedClock) -> Matter:
    return granted()


@pytest.fixture
def caller(matter: Matter) -> Visitor:
    return Visitor.signed_in(xu())


def address(caller: Visitor) -> str:
    found = re.search(r'href="(/voices/call/[^"?]+)', caller.get("/voices/calls/").text)
    assert found
    return found[1]


def test_the_number_appears_with_the_claim_and_each_look_is_noted(caller: Visitor) -> None:
    call = address(caller)
    assert PHONE not in caller.get("/voices/calls/").text + caller.get(call).text
    caller.sent(caller.post(call))
    assert not Audit.objects.filter(act="view_contact").exists()
    assert PHONE in caller.get(call).text
    assert Audit.objects.filter(act="view_contact").count() == 1
    other = Visitor.signed_in(staff("yu", "余回访", CITY, PostKind.CALLER))
    assert PHONE not in other.get(call).text
    assert "别人正在打" in other.post(call).text
    caller.sent(caller.post(f"{call}release/"))
    assert PHONE not in caller.get(call).text


def test_script_grade_and_suggestion_in_one_form(caller: Visitor, matter: Matter) -> None:
    call = caller.sent(caller.post("/voices/calls/next/"), "/voices/call/").location
    page = caller.get(call).text
    assert "满意吗" in page and "食品经营许可" in page
    answer = {"command_id": hidden(page, "command_id"), "outcome": "content", "grade": "satisfied"}
    answer |= {"text": "周末也开就好了。", "suggests": "on"}
    caller.sent(caller.post(f"{call}record/", answer), "done=1")
    deliver()
    found = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert found and found.channel is Channel.PHONE
    assert Ticket.objects.get().kind == "suggestion"
    caller.sent(caller.post(f"{call}record/", answer), "done=1")  # sent twice
    deliver()
    assert Ticket.objects.count() == 1


def test_a_wrong_answer_is_told_and_nothing_is_kept(caller: Visitor, matter: Matter) -> None:
    call = caller.sent(caller.post("/voices/calls/next/")).location
    page = caller.get(call).text
    base = {"command_id": hidden(page, "command_id")}
    for stated in (
        {"outcome": ""},
        {"outcome": "not_content", "text": ""},
        {"outcome": "content", "grade": "dissatisfied"},
        {"outcome": "content", "grade": "great"},
        {"outcome": "content", "grade": "satisfied", "suggests": "on"},
    ):
        answer = caller.post(f"{call}record/", base | stated)
        assert answer.status == 422, stated
        assert PHONE in answer.text, "the call goes on"
    assert queries.find_review(LICHENG, matter.case) is None  # type: ignore[arg-type]
    assert CallRow.objects.get().outcome == ""


def test_a_grade_without_an_answer_is_not_kept(caller: Visitor, matter: Matter) -> None:
    call = caller.sent(caller.post("/voices/calls/next/")).location
    page = caller.get(call).text
    stated = {"command_id": hidden(page, "command_id"), "outcome": "unreached", "grade": "very_satisfied"}
    caller.sent(caller.post(f"{call}record/", stated))
    assert queries.find_review(LICHENG, matter.case) is None  # type: ignore[arg-type]
    assert caller.get("/voices/calls/?show=later").text.count("row-link") == 1
    assert "none=1" in caller.post("/voices/calls/next/").location


def test_the_rated_office_does_not_call(caller: Visitor) -> None:
    assert Visitor.signed_in(lin()).get("/voices/calls/").status == 404
    assert caller.get("/voices/calls/?show=zz").status == 404
