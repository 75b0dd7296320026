"""联合到场 and calls in vain, on a ticket's page; intake by the special line, in a round."""

from __future__ import annotations

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Occasion, Ticket
from banshi.contexts.tickets.values import TicketState
from banshi.contexts.tickets.values.codes import Channel
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.voices.people import act, pan
from tests.desks.voices.test_occasions import USCC, opened
from tests.personas import LICHENG, lin
from tests.security.town import Answer, Visitor, hidden, town

pytestmark = pytest.mark.django_db
OFFICE, OTHER = f"{LICHENG}-market", f"{LICHENG}-health"


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(pan())


def taken(clerk: Visitor, **more: str) -> str:
    """The address of a firm's problem, taken in by the special line."""
    page = clerk.get("/voices/new/").text
    usual = {
        "command_id": hidden(page, "command_id"),
        "phone": "13850002222",
        "name": "陈经理",
        "kind": "enterprise",
        "channel": "line",
        "nature": "service",
        "urgency": "normal",
        "region": LICHENG,
        "title": "门前一直占道施工",
        "category": "enterprise.factors.power",
        "firm_name": "鲤城食品有限公司",
        "firm": USCC,
        "project": "2603-350502-04-01-000001",
    }
    answer = clerk.post("/voices/new/", usual | more)
    assert answer.status == 303, answer.text
    return str(answer.response["Location"]).partition("?")[0]


def state() -> TicketState:
    row = Ticket.objects.get()
    return queries.get_ticket(row.region_code, row.id, SYSTEM)


def test_who_was_called_and_did_not_come_is_named_on_the_page(clerk: Visitor, clock: StoppedClock) -> None:
    ticket = taken(clerk)
    assert (state().channel, state().about.firm) == (Channel.LINE, USCC)
    act(clerk, ticket, "dispatch", reference=OFFICE, offices=[OTHER])
    officer = Visitor.signed_in(lin())
    act(officer, ticket, "sign")
    form = officer.get(f"{ticket}do/visit/").text
    assert "叫到没有来的，会写明" in form
    said = {
        "on": f"{clock.at:%Y-%m-%d}",
        "how": "morning",
        "where": "海滨街道",
        "offices": [OFFICE],
        "text": "三天内清走围挡。",
    }
    once = {one: hidden(form, one) for one in ("command_id", "seq")}
    for _ in range(2):  # a double click
        answer = officer.post(f"{ticket}do/visit/", once | said)
        assert answer.status == 303, answer.text
    page = clerk.get(ticket).text
    assert "叫到没有来" in page and "海滨街道：三天内清走围挡。" in page
    assert Fact.objects.filter(kind="tickets.ticket.visited").count() == 1


def test_calls_in_vain_keep_their_distance_on_the_page(clerk: Visitor, clock: StoppedClock) -> None:
    ticket = taken(clerk)
    act(clerk, ticket, "dispatch", reference=OFFICE)

    def missed() -> Answer:
        return act(Visitor.signed_in(lin()), ticket, "contact", verdict="unreached")

    assert missed().status == 303
    again = missed()
    assert again.status == 422 and "隔4小时再打" in again.text
    clock.forward(hours=4)
    assert missed().status == 303 and state().contact_misses == 2


def test_what_is_said_of_a_round_by_telephone_is_taken_in_for_it(clerk: Visitor, clock: StoppedClock) -> None:
    opened(clerk, clock)
    survey = str(Occasion.objects.get().id)
    assert survey in clerk.get(f"/voices/new/?occasion={survey}").text
    ticket = taken(clerk, kind="pain_point", occasion=survey)
    assert str(state().occasion) == survey
    assert "办证堵点大家说" in clerk.get(ticket).text
