"""The 差评 loop at the desks of those who work it: dispatcher, unit, checker, caller — and who may not look."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.evaluation.models import CallRow
from banshi.contexts.tickets.models import Ticket
from banshi.contexts.tickets.values.codes import Status
from banshi.infra.models import Audit
from tests.conftest import StoppedClock
from tests.desks.voices.people import act, first_ticket, granted, he, pan, rated_badly, xu
from tests.personas import LICHENG, lin, wang, zhao
from tests.security.town import Visitor, deliver, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(clock: StoppedClock) -> Visitor:
    rated_badly(granted())
    return Visitor.signed_in(pan())


def claimed(caller: Visitor, about: str) -> str:
    """The address of the call about this, claimed."""
    page = caller.get("/voices/calls/").text
    row = next(one for one in page.split("<tr>") if about in one and "/voices/call/" in one)
    address = re.search(r'href="([^"?]+)', row)
    assert address
    caller.sent(caller.post(address[1]))
    return address[1]


def called(caller: Visitor, about: str, outcome: str, text: str = "", **more: object) -> str:
    """Claim, and write down the answer; the page that the caller had before them."""
    location = claimed(caller, about)
    shown = caller.get(location).text
    stated = {"command_id": hidden(shown, "command_id"), "outcome": outcome, "text": text} | more
    caller.sent(caller.post(f"{location}record/", stated), "done=1")
    deliver()
    return shown


def test_three_desks_bring_it_to_an_end(dispatcher: Visitor) -> None:
    unit, checker, caller = (Visitor.signed_in(who()) for who in (lin, he, xu))
    address = first_ticket(dispatcher)
    page = dispatcher.get(f"{address}do/dispatch/").text
    assert re.search(rf'value="{LICHENG}-market" selected', page), "the rated office stands there already"
    dispatcher.sent(act(dispatcher, address, "dispatch", reference=f"{LICHENG}-market"))
    assert first_ticket(unit) == address
    unit.sent(act(unit, address, "sign"))
    early = (
        act(unit, address, "reply", verdict="solved", text="公示了样本。")
        if "do/reply/" in unit.get(address).text
        else None
    )
    assert early is None, "not before somebody has spoken with the person"
    called(caller, "差评核实", "not_content", "窗口没有给样本。")
    unit.sent(act(unit, address, "reply", verdict="solved", text="公示了样本。"))
    checker.sent(act(checker, address, "check", verdict="pass"))
    page = called(caller, "工单回访", "content")
    assert "公示了样本。" in page, "what the unit answered is told to the person"
    assert Ticket.objects.get().status == Status.CLOSED
    assert not CallRow.objects.filter(done_at=None, about="ticket").exists()


def test_the_unit_sees_what_was_said_and_nothing_of_whom(dispatcher: Visitor) -> None:
    address = first_ticket(dispatcher)
    dispatcher.sent(act(dispatcher, address, "dispatch", reference=f"{LICHENG}-market"))
    unit = Visitor.signed_in(lin())
    for page in (unit.get(address), unit.post(f"{address}full/")):
        assert "让我跑了三趟" in page.text
        assert "李秀英" not in page.text and "10000000001" not in page.text
        assert "当事人的信息不告诉承办单位" in page.text
    assert "138****1111" in unit.get(address).text, "numbers in the words are masked"
    assert Audit.objects.filter(act="view_ticket", outcome="full").count() == 1


def test_a_refusal_keeps_what_was_typed(dispatcher: Visitor) -> None:
    address = first_ticket(dispatcher)
    dispatcher.sent(act(dispatcher, address, "dispatch", reference=f"{LICHENG}-market"))
    unit = Visitor.signed_in(lin())
    answer = act(unit, address, "return", reference="", text="")
    assert answer.status == 422 and "规则" in answer.text
    assert Ticket.objects.get().status == Status.DISPATCHED


def test_the_wrong_people_find_nothing(dispatcher: Visitor) -> None:
    address = first_ticket(dispatcher)
    foreign, clerk = Visitor.signed_in(zhao()), Visitor.signed_in(wang())
    assert foreign.get(address).status == 404
    assert foreign.get("/voices/").status == 200 and address not in foreign.get("/voices/").text
    assert clerk.get("/voices/").status == 404
    assert foreign.post("/voices/calls/next/").status == 404
    assert dispatcher.get("/voices/calls/").status == 404, "who dispatches does not call"


def test_the_lists_narrow_and_find(dispatcher: Visitor) -> None:
    number = Ticket.objects.get().number
    for query in (f"?q={number[-6:]}", "?kind=bad_review", "?step=dispatch"):
        assert number in dispatcher.get(f"/voices/{query}").text, query
    assert "没有找到" in dispatcher.get("/voices/?kind=hotline").text
    assert number in dispatcher.get("/voices/tickets/?status=raised").text
    assert number not in dispatcher.get("/voices/tickets/?status=closed").text
    assert number not in dispatcher.get("/voices/tickets/?since=2026-04-01").text
    for odd in ("?page=x", "?page=99", "?kind=%00", "?step=zz&status=zz", "?since=2026-99-99"):
        assert dispatcher.get(f"/voices/tickets/{odd}").status in (200, 400), odd
