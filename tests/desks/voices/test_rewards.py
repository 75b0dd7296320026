"""奖励: an adopted remark, from the proposal to the person's own claim and the ledger."""

from __future__ import annotations

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import RewardGiven, Ticket
from banshi.contexts.tickets.values import TicketState
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.voices.people import act, chief, he, pan
from tests.personas import LICHENG, li, lin
from tests.security.town import Visitor, hidden, town

pytestmark = pytest.mark.django_db
OFFICE = f"{LICHENG}-market"


@pytest.fixture
def adopted(clock: StoppedClock) -> str:
    """The address of a remark of Li's that was put right and closed."""
    town()
    citizen = Visitor.signed_in(li())
    page = citizen.get("/voice?kind=remark").text
    said = {"command_id": hidden(page, "command_id"), "kind": "remark", "title": "墙上的指南还是旧的"}
    assert citizen.post("/voice", said | {"county": LICHENG, "who": "named"}).status == 303
    ticket = f"/voices/ticket/{LICHENG}/{Ticket.objects.get().id}/"
    clerk, officer, head = (Visitor.signed_in(who()) for who in (pan, lin, chief))
    act(clerk, ticket, "dispatch", reference=OFFICE)
    act(officer, ticket, "sign")
    act(officer, ticket, "reply", verdict="solved", text="已经换了新的。")
    act(Visitor.signed_in(he()), ticket, "check", verdict="pass")
    act(head, ticket, "call_back", verdict="content")
    return ticket


def state() -> TicketState:
    row = Ticket.objects.get()
    return queries.get_ticket(row.region_code, row.id, SYSTEM)


def test_a_reward_from_the_proposal_to_the_ledger(adopted: str, clock: StoppedClock) -> None:
    clerk, head, citizen = (Visitor.signed_in(who()) for who in (pan, chief, li))
    mine = f"/me/voices/{LICHENG}/{state().id}"
    assert "采纳（20积分）" in clerk.get(f"{adopted}do/propose_reward/").text
    act(clerk, adopted, "propose_reward", kind="improved", text="一句话，改了全市的指南。")
    assert "奖励" not in citizen.get(mine).text, "what is not decided is not told"
    assert clerk.get(f"{adopted}do/decide_reward/").status == 302, "who proposed it is offered no decision"
    act(head, adopted, "decide_reward", verdict="pass")
    told = citizen.get(mine).text
    assert "50积分" in told and "领取" in told and "采纳" in citizen.get("/me/voices").text
    claim = f"{mine}/claim_reward"
    form = {"command_id": hidden(citizen.get(claim).text, "command_id"), "how": "account", "text": "金丝雀"}
    for _ in range(2):  # twice pressed, once claimed
        assert citizen.post(claim, form).status == 303
    reward = state().reward
    assert reward and (reward.how, reward.points, reward.claimed_on) == ("account", 50, clock.at.date())
    assert [
        one["kind"] for one in Fact.objects.filter(kind__contains="reward_").order_by("seq").values("kind")
    ] == [f"tickets.ticket.reward_{what}" for what in ("proposed", "granted", "claimed")]
    assert "金丝雀" not in "".join(Fact.objects.values_list("data", flat=True))
    ledger = head.get("/voices/rewards/").text
    assert "已登记领取" in ledger and "50积分" in ledger and "不付钱" in ledger
    row = RewardGiven.objects.get()
    assert (row.office_code, row.points, row.claimed_on) == (OFFICE, 50, clock.at.date())


def test_what_was_refused_is_not_told_and_may_be_proposed_again(adopted: str) -> None:
    clerk, head, citizen = (Visitor.signed_in(who()) for who in (pan, chief, li))
    act(clerk, adopted, "propose_reward", kind="adopted", text="有用。")
    assert "决定奖励" in head.get("/voices/?step=reward").text
    act(head, adopted, "decide_reward", verdict="refuse", text="早就在改了。")
    told = citizen.get(f"/me/voices/{LICHENG}/{state().id}").text
    assert "奖励" not in told and "早就在改了" not in told
    act(clerk, adopted, "propose_reward", kind="adopted", text="查过了，不是。")
    assert RewardGiven.objects.get().refused_on is None
