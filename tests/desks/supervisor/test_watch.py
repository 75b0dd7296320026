"""What is red, why, who holds it and since when; and urging whoever holds it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from banshi.contexts.cases import queries
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.contexts.cases.opened import MONDAY, REGION
from tests.desks.supervisor.matters import act, running, urged, worked
from tests.personas import JINJIANG, lin, wang, zhao
from tests.rules.cases.life import at
from tests.security.town import Visitor, hidden, supervisor, town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]
HOME = "/supervise/"


@pytest.fixture
def place(clock: StoppedClock) -> None:
    town()


def above() -> Visitor:
    """陈监察, who has just signed in."""
    return Visitor.signed_in(supervisor())


def rows(page: str) -> list[str]:
    """The list's rows as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page.split('id="matter"')[0], re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def counts(page: str) -> list[int]:
    """红、黄、绿 above the list."""
    part = re.search(r'<p class="counts".*?</p>', page, re.S)
    assert part
    return [int(one) for one in re.findall(r"<b>(\d+)</b>", part[0])]


def case_page(id: UUID) -> str:
    return f"{HOME}case/{REGION}/{id}/"


def test_red_stands_before_yellow_and_says_how_many_of_each(clock: StoppedClock) -> None:
    early = running(MONDAY)  # its works end on 5 March, the promise on the 11th
    running(at("2026-03-09"))
    clock.at = at("2026-03-11")
    page = above().get(HOME).text
    assert rows(page)[0].startswith("超期4 食品经营许可")
    assert str(early) in page
    # Both works of the first are red; those of the second, due on the 12th, are on their last days.
    assert counts(page) == [2, 2, 0]
    assert len(rows(above().get(HOME, light="red").text)) == 2
    assert len(rows(above().get(HOME, light="yellow").text)) == 2


def test_it_is_said_whose_clock_is_red_and_in_whose_hands_since_when(clock: StoppedClock) -> None:
    id = running(MONDAY)
    act("hand_over", id, lin().actor, MONDAY, work="papers", people=(lin().account,))
    clock.at = at("2026-03-12")
    page = re.sub(r"\s+", " ", above().get(case_page(id)).text)
    for label in ("审查材料", "卫生意见", "承诺时限", "法定时限"):
        assert label in page
    assert "林建明，从3月2日 周一起" in page
    assert "看申请内容、材料和文书" in page


def test_filters_leave_one_office_one_clock_or_what_was_searched(clock: StoppedClock) -> None:
    running(MONDAY)
    clock.at = at("2026-03-12")
    works, promise = above().get(HOME, clock="work").text, above().get(HOME, clock="promised").text
    assert len(rows(works)) == 2  # papers and people, by their own clocks
    assert rows(promise) == []
    assert len(rows(above().get(HOME, office=f"{REGION}-market").text)) == 1
    assert rows(above().get(HOME, q="护照").text) == []
    assert "没有找到" in above().get(HOME, q="护照").text


def test_the_case_clock_is_the_promise_until_the_law_s_is_over_too(clock: StoppedClock) -> None:
    id = running(MONDAY)
    worked(id, at("2026-03-03"), at("2026-03-03"), at("2026-03-04"))
    clock.at = at("2026-03-13")
    assert len(rows(above().get(HOME, clock="promised").text)) == 1
    assert rows(above().get(HOME, clock="statutory").text) == []
    clock.at = at("2026-04-13")
    assert rows(above().get(HOME, clock="promised").text) == []
    assert len(rows(above().get(HOME, clock="statutory").text)) == 1


def test_an_urge_reaches_who_holds_it_and_its_answer_is_shown(clock: StoppedClock) -> None:
    id = running(MONDAY)
    clock.at = at("2026-03-12")
    visitor = above()
    page = visitor.get(case_page(id)).text
    sent = {"command_id": hidden(page, "command_id"), "work": "work:papers", "text": "今天去看材料。"}
    done = visitor.sent(visitor.post(f"{case_page(id)}urge/", sent), "done=urge")
    assert "督办已发出" in visitor.get(done.location).text
    visitor.post(f"{case_page(id)}urge/", sent)  # sent twice, told once
    state = queries.get_case(REGION, id, SYSTEM)
    assert [(one.key, one.level, one.office) for one in state.urges] == [
        ("work:papers", "supervisor", f"{REGION}-market")
    ]
    act("answer_urge", id, lin().actor, at("2026-03-13"), text="明天上午去，下午办完。")
    clock.at = at("2026-03-13")
    told = above().get(case_page(id)).text
    assert "监察督办" in told
    assert "今天去看材料。" in told
    assert "明天上午去，下午办完。" in told


def test_an_urge_without_words_is_refused_where_they_belong(clock: StoppedClock) -> None:
    id = running(MONDAY)
    clock.at = at("2026-03-12")
    visitor = above()
    page = visitor.get(case_page(id)).text
    data = {"command_id": hidden(page, "command_id"), "work": "case", "text": "  "}
    refused = visitor.post(f"{case_page(id)}urge/", data)
    assert refused.status == 422
    assert 'href="#id_text"' in refused.text


def test_the_ladder_shows_what_was_told_and_what_comes(clock: StoppedClock) -> None:
    id = running(MONDAY)
    urged(id, at("2026-03-12"))
    clock.at = at("2026-03-12")
    page = above().get(case_page(id)).text
    assert "红灯：督办承办人" in page
    assert "告知上一级" in page
    assert page.count("已发出") >= 1


def test_another_region_s_cases_are_not_there(clock: StoppedClock) -> None:
    id = running(MONDAY)
    clock.at = at("2026-03-12")
    beside = Visitor.signed_in(supervisor(JINJIANG))
    assert counts(beside.get(HOME).text) == [0, 0, 0]
    assert beside.get(case_page(id)).status == 404
    assert beside.post(f"{case_page(id)}urge/", {"command_id": str(uuid4()), "text": "快办。"}).status == 404


@pytest.mark.parametrize("who", [lin, wang, zhao], ids=["officer", "clerk", "foreign officer"])
def test_who_has_no_business_here(who: object) -> None:
    visitor = Visitor.signed_in(who())  # type: ignore[operator]
    for path in ("", "digest/", "overdue/", "findings/", "shares/"):
        assert visitor.get(HOME + path).status == 404


def test_the_list_holds_nothing_personal(clock: StoppedClock) -> None:
    id = running(MONDAY)
    clock.at = at("2026-03-12") + timedelta(minutes=1)
    for path in (HOME, case_page(id)):
        page = above().get(path).text
        assert "李秀英" not in page
        assert "350599" not in page
