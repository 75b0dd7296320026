"""Reviews as a unit sees them, the appeal with its second pair of eyes, and the figures with what lies behind them."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.evaluation import queries
from tests.conftest import StoppedClock
from tests.desks.voices.people import chief, granted, pan, rated_badly
from tests.personas import LICHENG, huang, lin, zhao
from tests.security.town import Matter, Visitor, hidden, supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(clock: StoppedClock) -> Matter:
    found = granted()
    rated_badly(found)
    return found


def review(visitor: Visitor) -> str:
    found = re.search(r'href="(/voices/review/[^"?]+)', visitor.get("/voices/reviews/").text)
    assert found
    return found[1]


def test_a_unit_reads_its_own_reviews_without_their_givers(matter: Matter) -> None:
    unit = Visitor.signed_in(lin())
    page = unit.get("/voices/reviews/").text + unit.get(review(unit)).text
    assert "不满意" in page and "让我跑了三趟" in page and "138****1111" in page
    for hidden_one in ("李秀英", "13850001111", str(matter.case), str(matter.id)):
        assert hidden_one not in page
    foreign = Visitor.signed_in(zhao())
    assert "没有评价" in foreign.get(f"/voices/reviews/?office={LICHENG}-market").text
    assert foreign.get(review(unit)).status == 404


def test_every_page_says_who_is_signed_in_and_lets_them_out(matter: Matter) -> None:
    unit = Visitor.signed_in(lin())
    for address in ("/voices/reviews/", review(unit)):
        page = unit.get(address).text
        assert "林建明" in page and 'action="/staff/sign-out/"' in page, address


def test_an_appeal_goes_to_somebody_else_and_leaves_the_figures(matter: Matter) -> None:
    unit, watch = Visitor.signed_in(lin()), Visitor.signed_in(supervisor())
    address = review(unit)
    page = unit.get(address).text
    stated = {"command_id": hidden(page, "command_id"), "ground": "mistaken"}
    assert unit.post(f"{address}appeal/", stated | {"text": ""}).status == 422
    unit.sent(unit.post(f"{address}appeal/", stated | {"text": "评的是另一家店。"}))
    assert "等别的部门的人复核" in unit.get(address).text
    assert unit.post(f"{address}decide/", stated).status == 404, "who is rated does not decide"
    assert address in watch.get("/voices/reviews/").text
    page = watch.get(address).text
    given = {"command_id": hidden(page, "command_id"), "text": "核对过录像。"}
    assert watch.post(f"{address}decide/", given).status == 422
    watch.sent(watch.post(f"{address}decide/", given | {"upheld": "yes"}))
    assert queries.totals(f"{LICHENG}-market").all == 0
    assert "不计入考核" in Visitor.signed_in(huang()).get(address).text


def test_the_chief_of_the_centre_decides_as_well(matter: Matter) -> None:
    unit, head = Visitor.signed_in(lin()), Visitor.signed_in(chief())
    address = review(unit)
    stated = {
        "command_id": hidden(unit.get(address).text, "command_id"),
        "ground": "malicious",
        "text": "反复差评。",
    }
    unit.sent(unit.post(f"{address}appeal/", stated))
    given = {"command_id": hidden(head.get(address).text, "command_id"), "upheld": "no", "text": "情况属实。"}
    head.sent(head.post(f"{address}decide/", given))
    assert queries.totals(f"{LICHENG}-market").bad == 1


def test_figures_lead_to_what_lies_behind_them(matter: Matter) -> None:
    watch = Visitor.signed_in(supervisor())
    page = watch.get("/voices/figures/").text
    assert "低于目标" in page and "0.00" in page
    assert f"/voices/reviews/?bad=1&amp;month=2026-03&amp;office={LICHENG}-market" in page
    behind = watch.get(f"/voices/reviews/?bad=1&month=2026-03&office={LICHENG}-market").text
    assert "食品经营许可" in behind
    for by in ("window", "item", "x"):
        assert watch.get(f"/voices/figures/?by={by}").status == 200
    assert "食品经营许可" in watch.get("/voices/figures/?by=item").text, "items have names"
    assert "没有数" in watch.get("/voices/figures/?month=2026-01").text


def test_a_unit_sees_its_own_line_alone(matter: Matter) -> None:
    unit, foreign = Visitor.signed_in(lin()), Visitor.signed_in(zhao())
    assert "鲤城区市场监督管理局" in unit.get("/voices/figures/").text
    assert "鲤城区市场监督管理局" not in foreign.get("/voices/figures/").text
    assert Visitor.signed_in(pan()).get("/voices/figures/?by=office").status == 200
