"""The office's side: the library with its figures and money, matches, claims to check, appeals, briefings."""

from __future__ import annotations

from datetime import date

import pytest

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Offer, Status
from banshi.desks.console.policies import FOLDER
from banshi.flows import policy_offers as flow
from banshi.infra import clock as house_clock
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import CITY, LICHENG, li, lin, party_of, zhao
from tests.security.town import PDF, Visitor, file, foreign_health, governor, head, health, hidden, town

pytestmark = pytest.mark.django_db
HOME = "/officer/policies/"


@pytest.fixture
def offer(clock: StoppedClock) -> Offer:
    """李秀英 applied for the childcare subsidy."""
    town()
    party = party_of(li()).id
    library, _ = queries.read_files(FOLDER)
    assert library is not None
    operations.record_known(
        region=LICHENG,
        party=party,
        source="health",
        values={"person.youngest_born": date(2025, 8, 20)},
        elements=library.elements,
        actor=SYSTEM,
        at=house_clock.now(),
    )
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    while flow.step(house_clock.now()):
        pass
    found = next(one for one in queries.list_offers([party]) if one.policy == "n-childcare")
    flow.claim(offer=found, supplied={"account": "62220000"}, actor=li().actor, at=house_clock.now())
    return found


def place(offer: Offer) -> str:
    return f"{HOME}offers/{offer.region}/{offer.id}/"


def now(offer: Offer) -> Offer:
    return next(one for one in queries.list_offers([offer.party]) if one.id == offer.id)


def test_the_office_checks_a_claim_with_its_evidence_and_grants_it(offer: Offer) -> None:
    officer = Visitor.signed_in(health())
    assert "育儿补贴" in officer.get(HOME + "offers/").text
    page = officer.get(place(offer)).text
    assert "62220000" in page and "2025-08-20" in page and "卫生健康部门" in page
    assert "李秀英" not in page
    form = {"act": "grant", "command_id": hidden(page, "command_id")}
    assert officer.post(place(offer), form).status == 303
    assert now(offer).status is Status.GRANTED


def test_a_refusal_needs_its_reason(offer: Offer) -> None:
    officer = Visitor.signed_in(health())
    form = {"act": "refuse", "command_id": hidden(officer.get(place(offer)).text, "command_id")}
    assert "请写明不予兑现的理由" in officer.post(place(offer), form).text
    assert officer.post(place(offer), form | {"reason": "已在外地享受"}).status == 303
    assert "已在外地享受" in Visitor.signed_in(li()).get(f"/me/policies/{offer.region}/{offer.id}").text


def test_another_office_or_county_does_not_see_it(offer: Offer) -> None:
    for who in (lin, zhao, foreign_health):
        visitor = Visitor.signed_in(who())
        assert "育儿补贴" not in visitor.get(HOME + "offers/").text
        assert visitor.get(place(offer)).status == 404


def test_an_appeal_is_answered(offer: Offer) -> None:
    officer = Visitor.signed_in(health())
    form = {
        "act": "refuse",
        "reason": "不符",
        "command_id": hidden(officer.get(place(offer)).text, "command_id"),
    }
    officer.post(place(offer), form)
    operations.appeal(region=LICHENG, id=offer.id, text="请再看", actor=li().actor, at=house_clock.now())
    page = officer.get(place(offer)).text
    assert "请再看" in page
    form = {"act": "uphold", "reason": "核实无误", "command_id": hidden(page, "command_id")}
    assert officer.post(place(offer), form).status == 303
    assert now(offer).status is Status.CLAIMED


def test_a_head_starts_a_match_and_sees_how_far_it_is_an_officer_does_not(offer: Offer) -> None:
    page = Visitor.signed_in(lin()).get(HOME).text
    assert "全量匹配" not in page
    leader = Visitor.signed_in(head())
    page = leader.get(HOME).text
    assert leader.post(HOME, {"command_id": hidden(page, "command_id")}).status == 303
    assert "（0%）" in leader.get(HOME).text
    while flow.step(house_clock.now()):
        pass
    assert "（0%）" not in leader.get(HOME).text
    form = {"command_id": hidden(page, "command_id")}
    assert Visitor.signed_in(lin()).post(HOME, form).status == 422


def test_the_money_is_set_where_the_policy_is_run(offer: Offer) -> None:
    city = f"{HOME}of/c-quanzhou-hightech/"
    visitor = Visitor.signed_in(governor())  # of a county: the city's policy is not theirs
    assert visitor.post(city, {"act": "budget", "budget": "10"}).status == 422
    assert "泉政办〔2021〕52号" in visitor.get(city).text
    assert queries.get_policy("c-quanzhou-hightech").budget_fen == 500_000_000
    assert visitor.post(city, {"act": "budget", "budget": "1.234"}).status == 422
    assert visitor.post(city, {"act": "nothing"}).status == 400


def test_briefings_windows_and_papers_are_published(offer: Offer) -> None:
    officer, service = Visitor.signed_in(lin()), HOME + "service/"
    page = officer.get(service).text
    form = {"act": "announce", "title": "政策面对面", "starts_at": "2026-03-20 15:00", "place": "一楼"}
    form["command_id"] = hidden(page, "command_id")
    assert officer.post(service, form | {"starts_at": "明天"}).status == 422
    assert officer.post(service, form).status == 303
    (briefing,) = queries.list_briefings(CITY)
    assert briefing.starts_at.isoformat() == "2026-03-20T07:00:00+00:00"
    operations.sign_up(
        region=LICHENG, briefing=briefing.id, party=offer.party, actor=li().actor, at=house_clock.now()
    )
    room = f"{HOME}briefings/{LICHENG}/{briefing.id}/"
    assert "李秀英" not in officer.get(room).text
    assert officer.post(room, {"act": "attend", "came": [str(offer.party)]}).status == 303
    assert officer.post(room, {"act": "end", "views": "多"}).status == 422
    assert officer.post(room, {"act": "end", "views": "46"}).status == 303
    assert queries.get_briefing(LICHENG, briefing.id, lin().actor).came == 1
    assert Visitor.signed_in(zhao()).get(room).status == 404
    window = {"act": "window", "hall": f"{LICHENG}-hall", "number": "3", "hours": "每天"}
    assert officer.post(service, window).status == 303
    paper = {"act": "paper", "title": "汇编", "policy": "", "file": file("汇编.pdf", PDF)}
    assert officer.post(service, paper).status == 303
    (kept,) = queries.list_papers(CITY)
    assert Visitor().get(f"/policies/papers/{kept.region}/{kept.id}").status == 200
