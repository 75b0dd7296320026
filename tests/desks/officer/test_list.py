"""The work list: what waits for one's own office, the most urgent first, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from banshi.contexts.cases import queries
from banshi.infra.models import Audit
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.contexts.cases.opened import MONDAY, opened
from tests.personas import huang, li, lin, party_of, wang, zhao
from tests.security.town import Visitor, applied, do, supervisor, town

pytestmark = pytest.mark.django_db
LIST = "/officer/"


@pytest.fixture
def officer(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(lin())


def rows(page: str) -> list[str]:
    """The list's rows as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_the_most_urgent_comes_first_with_its_light_and_days_left(clock: StoppedClock) -> None:
    town()
    first = applied(Visitor.signed_in(li()))
    clock.forward(days=2)
    second = applied(Visitor.signed_in(li()))
    clock.forward(days=5)  # Monday 9 March: the first has to be accepted today
    page = Visitor.signed_in(lin()).get(LIST).text
    assert [row.split()[0] for row in rows(page)] == ["今天到期", "还剩2"]
    assert page.index(str(first.case)) < page.index(str(second.case))
    clock.forward(days=1)
    assert rows(Visitor.signed_in(lin()).get(LIST).text)[0].startswith("超期1 ")


def test_a_list_is_exact_and_comes_in_pages_of_fifty(officer: Visitor) -> None:
    party = party_of(li()).id
    for n in range(53):
        opened(party, when=MONDAY + timedelta(minutes=n))
    page = officer.get(LIST).text
    assert len(rows(page)) == 50
    assert "共 53 件，第 1–50 件" in page
    rest = officer.get(LIST, page="2").text
    assert len(rows(rest)) == 3
    assert "第 51–53 件" in rest
    assert officer.get(LIST, page="9").status == 200


def test_one_finds_by_number_by_item_and_by_step(officer: Visitor) -> None:
    matter = applied(Visitor.signed_in(li()))
    number = queries.get_case(matter.region, matter.case, SYSTEM).number  # type: ignore[arg-type]
    for found in ({"q": number[-6:]}, {"q": "食品经营"}, {"step": "accept"}, {"step": "accept", "q": number}):
        assert len(rows(officer.get(LIST, **found).text)) == 1, found
    for missed in ({"q": "0" * 23}, {"q": "护照"}, {"step": "decide"}):
        page = officer.get(LIST, **missed).text
        assert rows(page) == [], missed
        assert "没有找到" in page


def test_a_foreign_office_finds_nothing_in_lists_searches_and_counts(officer: Visitor) -> None:
    applied(Visitor.signed_in(li()))
    foreign = Visitor.signed_in(zhao())
    for address in (LIST, "/officer/cases/"):
        assert rows(foreign.get(address).text) == []
        assert rows(foreign.get(address, q="食品").text) == []
    assert len(rows(officer.get("/officer/cases/").text)) == 1


def test_each_post_sees_its_own_steps(officer: Visitor) -> None:
    citizen, approver = Visitor.signed_in(li()), Visitor.signed_in(huang())
    matter = applied(citizen)
    assert rows(approver.get(LIST).text) == []
    assert len(rows(approver.get("/officer/cases/").text)) == 1
    do(officer, matter, "accept", dispatch="on")
    assert [row.split()[-1] for row in rows(officer.get(LIST).text)] == ["审查材料"]


def test_all_cases_can_be_narrowed_to_a_state(officer: Visitor) -> None:
    citizen = Visitor.signed_in(li())
    accepted, _ = applied(citizen), applied(citizen)
    do(officer, accepted, "accept", dispatch="on")
    assert len(rows(officer.get("/officer/cases/").text)) == 2
    narrowed = officer.get("/officer/cases/", status="in_review").text
    assert len(rows(narrowed)) == 1
    assert str(accepted.case) in narrowed


def test_a_matter_keeps_the_list_it_was_opened_from(officer: Visitor) -> None:
    matter = applied(Visitor.signed_in(li()))
    page = officer.get(LIST, step="accept").text
    link = re.search(r'class="row-link"[^>]*href="([^"]+)"', page)
    assert link
    address = link[1].replace("&amp;", "&")
    assert "step=accept" in address
    opened_page = officer.get(address).text
    assert 'aria-current="true"' in opened_page
    assert '<option value="accept" selected>' in opened_page
    assert str(matter.case) in address


def test_a_supervisor_has_no_work_list_but_sees_the_region(officer: Visitor) -> None:
    applied(Visitor.signed_in(li()))
    above, beside = Visitor.signed_in(supervisor()), Visitor.signed_in(supervisor("350582"))
    assert above.get(LIST).location == "/officer/cases/"
    assert len(rows(above.get("/officer/cases/").text)) == 1
    assert rows(beside.get("/officer/cases/").text) == []


def test_lists_hold_nothing_personal_and_are_not_on_record(officer: Visitor) -> None:
    applied(Visitor.signed_in(li()))
    before = Audit.objects.count()
    page = officer.get(LIST).text
    assert "李秀英" not in page
    assert Audit.objects.count() == before


@pytest.mark.parametrize("address", [LIST, "/officer/cases/"])
def test_who_has_no_business_here(clock: StoppedClock, address: str) -> None:
    town()
    anonymous = Visitor().get(address)
    assert anonymous.status == 302
    assert anonymous.location.startswith("/staff/sign-in/")
    for who in (li(), wang()):
        assert Visitor.signed_in(who).get(address).status in (403, 404)
