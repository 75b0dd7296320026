"""Intake: with the history of the number at hand, and the number in no address."""

from __future__ import annotations

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Ticket
from banshi.directory.values import PostKind
from banshi.infra.models import Audit, Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.voices.people import pan
from tests.personas import CITY, LICHENG, lin, staff, world
from tests.security.scene import addresses
from tests.security.town import Answer, Visitor, hidden

pytestmark = pytest.mark.django_db
PHONE = "13850002222"


@pytest.fixture
def operator(clock: StoppedClock) -> Visitor:
    world()
    return Visitor.signed_in(staff("hua", "华话务", CITY, PostKind.HOTLINE_OPERATOR))


def sent(operator: Visitor, **more: str) -> Answer:
    page = operator.get("/voices/new/").text
    usual = {
        "command_id": hidden(page, "command_id"),
        "phone": PHONE,
        "name": "李女士",
        "kind": "hotline",
        "channel": "phone",
        "nature": "complaint",
        "urgency": "normal",
        "region": LICHENG,
        "title": "路灯不亮",
        "text": "海滨街道一连五盏。",
    }
    return operator.post("/voices/new/", usual | more)


def test_what_is_said_becomes_a_ticket(operator: Visitor) -> None:
    operator.sent(sent(operator), "/voices/ticket/")
    row = Ticket.objects.get()
    state = queries.get_ticket(row.region_code, row.id, SYSTEM)
    assert queries.words(state).title == "路灯不亮"
    found = queries.contact(state, SYSTEM)
    assert found and found.phone == PHONE
    assert PHONE not in "".join(Fact.objects.values_list("data", flat=True))
    assert "138****2222" in operator.get(f"/voices/ticket/{row.region_code}/{row.id}/").text


def test_the_history_comes_by_the_number_without_an_address(operator: Visitor) -> None:
    operator.sent(sent(operator))
    page = sent(operator, look="1", title="又不亮了")
    assert page.status == 200 and "路灯不亮" in page.text and "共 1 件" in page.text
    assert 'value="又不亮了"' in page.text, "what was typed is kept"
    assert Ticket.objects.count() == 1
    (noted,) = Audit.objects.filter(act="view_history")
    assert PHONE not in noted.target + noted.outcome
    assert not any("phone" in address.route for address in addresses() if address.route.startswith("voices/"))


def test_twice_sent_it_is_one(operator: Visitor) -> None:
    page = operator.get("/voices/new/").text
    once = hidden(page, "command_id")
    sent(operator, command_id=once)
    sent(operator, command_id=once)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"region": "110101"},
        {"kind": "zz"},
        {"category": "zz"},
        {"case_number": "350502000000"},
        {"nature": ""},
    ],
)
def test_what_is_wrong_is_told_and_typed_words_stay(operator: Visitor, wrong: dict[str, str]) -> None:
    answer = sent(operator, **wrong)
    assert answer.status == 422 and "海滨街道一连五盏。" in answer.text
    assert not Ticket.objects.exists()


def test_without_a_number_it_is_anonymous(operator: Visitor) -> None:
    operator.sent(sent(operator, phone="", name="某人"))
    row = Ticket.objects.get()
    assert queries.get_ticket(row.region_code, row.id, SYSTEM).anonymous


def test_units_take_nothing_in(operator: Visitor) -> None:
    assert Visitor.signed_in(lin()).get("/voices/new/").status == 404
    assert Visitor.signed_in(pan()).get("/voices/new/").status == 200
