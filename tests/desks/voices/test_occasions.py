"""征集和座谈: from the person's screen to the figures: said, counted, merged, given out with a day, struck off, published."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Occasion, Ticket
from banshi.contexts.tickets.values import TicketState
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.voices.people import act, chief, he, pan
from tests.personas import CITY, LICHENG, li, lin
from tests.security.town import Answer, Visitor, deliver, hidden, town

pytestmark = pytest.mark.django_db
OFFICE = f"{LICHENG}-market"
PUBLIC = "办食品证要跑两个窗口盖章。"
USCC = "91350502MA2XYY123F"


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(pan())


def opened(clerk: Visitor, clock: StoppedClock, kind: str = "survey", **more: object) -> str:
    """The address of a new round or meeting."""
    day = f"{clock.at:%Y-%m-%d}"
    until = f"{clock.at.year + 1}-01-10" if kind == "survey" else ""
    usual = {
        "command_id": hidden(clerk.get("/voices/occasions/").text, "command_id"),
        "kind": kind,
        "region": CITY,
        "title": "办证堵点大家说",
        "text": "哪里卡住了，请告诉我们。",
        "questions": "卡在哪个窗口？\n跑了几趟？",
        "categories": "government",
        "opens_on": day,
        "closes_on": until,
    }
    answer = clerk.post("/voices/occasions/", usual | more)
    assert answer.status == 303, answer.text
    return str(answer.response["Location"])


def say(visitor: Visitor, survey: str, title: str, weight: str = "2") -> Answer:
    page = visitor.get(f"/voice?kind=pain_point&survey={survey}")
    assert "卡在哪个窗口" in page.text
    return visitor.post(
        "/voice",
        {
            "command_id": hidden(page.text, "command_id"),
            "kind": "pain_point",
            "survey": survey,
            "title": title,
            "county": LICHENG,
            "who": "named",
            "phone": "13850003333",
            "weight": weight,
            "category": "government",
        },
    )


def tickets() -> list[TicketState]:
    return [
        queries.get_ticket(row.region_code, row.id, SYSTEM)
        for row in Ticket.objects.order_by("raised_at", "id")
    ]


def test_a_point_from_the_person_s_screen_to_the_figures(clerk: Visitor, clock: StoppedClock) -> None:
    page = opened(clerk, clock)
    survey = str(Occasion.objects.get().id)
    guest = Visitor()
    for n, title in enumerate(("办食品证要跑两个窗口盖章", "办食品证要跑两个窗口来盖章")):
        clock.forward(minutes=n)
        assert say(guest, survey, title).status == 303
    first, second = tickets()
    assert str(first.occasion) == survey and first.weight == 2

    shown = clerk.get(page).text
    assert "可能是同一件" in shown, "near-same ones are suggested"
    (merge,) = re.findall(r'href="(/voices/ticket/[^"]+/do/merge/)"', shown)
    assert str(second.id) in merge
    act(clerk, merge.removesuffix("do/merge/"), "merge", reference=str(first.id))

    ticket = f"/voices/ticket/{LICHENG}/{first.id}/"
    act(clerk, ticket, "publish", text=PUBLIC)
    public = f"/voice/surveys/{CITY}/{survey}"
    assert PUBLIC in guest.get(public).text and "2人遇到" in guest.get(public).text
    vote = f"/voice/points/{LICHENG}/{first.id}?survey={survey}"
    for _ in range(2):  # twice pressed, once counted
        assert guest.post(vote, {"weight": "3", "survey": survey}).status == 303
    assert tickets()[0].votes == 1
    assert Visitor().post(vote, {"weight": "1", "survey": survey}).status == 303
    assert Visitor().post(vote, {"weight": "9", "survey": survey}).status == 422
    assert "4人遇到" in guest.get(public).text
    assert "有人同样遇到" not in clerk.get(ticket).text, "votes do not flood the trail"

    act(clerk, ticket, "assign", reference=OFFICE, on=f"{clock.at.year + 1}-02-01")
    assert "前解决" in guest.get(public).text
    officer = Visitor.signed_in(lin())
    act(officer, ticket, "sign")
    act(officer, ticket, "reply", verdict="solved", text="两个窗口并成一个。")
    act(Visitor.signed_in(he()), ticket, "check", verdict="pass")
    act(Visitor.signed_in(chief()), ticket, "call_back", verdict="content")
    assert "等核对销号" in guest.get(public).text
    act(Visitor.signed_in(chief()), ticket, "clear", text="两个窗口并成一个，一次盖章。")
    assert "已销号：两个窗口并成一个" in guest.get(public).text
    (row,) = queries.clearing(queries.list_points(CITY), clock.at.date()).items()
    assert row[0] == OFFICE
    assert (row[1].given, row[1].solved, row[1].in_time, row[1].cleared, row[1].late) == (1, 1, 1, 1, 0)
    figures = clerk.get("/voices/points/").text
    assert "各单位销号" in figures and "已销号" in figures


def test_problems_of_a_meeting_are_taken_in_together_or_not_at_all(
    clerk: Visitor, clock: StoppedClock
) -> None:
    page = opened(clerk, clock, "meeting", title="政企座谈会")
    take = f"{page}take/"

    def post(**more: str) -> Answer:
        usual = {
            "command_id": hidden(clerk.get(take).text, "command_id"),
            "region": LICHENG,
            "title_1": "用电等了三个月",
            "category_1": "enterprise.factors.power",
            "firm_1": "鲤城食品有限公司",
            "code_1": USCC,
            "name_1": "陈经理",
            "phone_1": "13850004444",
            "title_2": "奖补没有到账",
            "category_2": "enterprise.finance.subsidy",
        }
        return clerk.post(take, usual | more)

    wrong = post(code_2=f"{USCC[:-1]}{'0' if USCC[-1] != '0' else '1'}")
    assert wrong.status == 422 and "第2件" in wrong.text
    unreached = post(firm_2="晋江鞋业有限公司")
    assert unreached.status == 422 and "请留电话" in unreached.text
    assert not Ticket.objects.exists(), "none of them"
    once = {"command_id": "0199aaaa-0000-7000-8000-00000000f001"}
    assert post(**once).status == 303 and post(**once).status == 303
    first, second = tickets()
    assert (first.about.firm, first.terms.handle_days, second.terms.handle_days) == (USCC, 10, 5)
    shown = clerk.get(page).text
    assert "说了 2 件，办结 0 件" in shown and "奖补没有到账" in shown
    ticket = f"/voices/ticket/{LICHENG}/{first.id}/"
    own = clerk.get(ticket).text
    assert "主管部门和供应单位一起到现场" in own and USCC in own and "鲤城食品有限公司" in own
    act(clerk, ticket, "answer", text="已接通。")
    assert "说了 2 件，办结 1 件" in clerk.get(page).text
    assert "鲤城食品" not in "".join(Fact.objects.values_list("data", flat=True))


def test_a_round_that_is_over_takes_nothing_more(clerk: Visitor, clock: StoppedClock) -> None:
    page = opened(clerk, clock)
    survey = str(Occasion.objects.get().id)
    id = {"command_id": hidden(clerk.get(page).text, "command_id")}
    for _ in range(2):
        assert clerk.post(f"{page}close/", id).status == 303
    public = Visitor().get(f"/voice/surveys/{CITY}/{survey}").text
    assert "已经结束" in public and "我来说一个" not in public
    assert Fact.objects.filter(kind="tickets.occasion.closed").count() == 1


def test_who_does_not_watch_the_centre_sees_none_of_it(clerk: Visitor, clock: StoppedClock) -> None:
    page = opened(clerk, clock)
    for who in (lin(), li()):
        visitor = Visitor.signed_in(who)
        assert {visitor.get(address).status for address in (page, "/voices/points/", "/voices/rewards/")} <= {
            403,
            404,
        }
    refused = Visitor.signed_in(he()).post("/voices/occasions/", {"kind": "survey", "region": CITY})
    assert refused.status == 422
    deliver()
