"""导办: a few questions, one table, one picture; open to everybody, kept in the address."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests import personas
from tests.security.town import Visitor, town

pytestmark = pytest.mark.django_db
GUIDE = "/guides/construction-project"
FACTORY = {
    "place": "350502",
    "investment": "firm",
    "kind": "factory",
    "land": "granted",
    "area": "8000",
    "zone": "outside",
    "ecology": "form",
    "energy": "1200",
    "roads": "none",
}


@pytest.fixture
def visitor() -> Visitor:
    town()
    return Visitor()


def heading(page: str) -> str:
    return re.sub(r"<[^>]+>", "", re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[0]).strip()


def links(page: str) -> list[dict[str, str]]:
    """The answers in the links of a page that lead back into the guide."""
    found = [unescape(one) for one in re.findall(rf'href="({GUIDE}\?[^"]*)"', page)]
    return [dict(parse_qsl(urlsplit(one).query)) for one in found]


def test_the_guide_is_found_from_every_page(visitor: Visitor) -> None:
    assert "/guides/" in visitor.get("/").text
    assert GUIDE in visitor.get("/guides/").text


def test_one_question_a_page_carries_the_answers_on(visitor: Visitor) -> None:
    page = visitor.get(GUIDE).text
    assert "项目建在哪个县" in heading(page)
    page = visitor.get(GUIDE, place="350502", investment="firm").text
    assert "要建的是什么" in heading(page)
    assert '<input type="hidden" name="investment" value="firm">' in page
    assert {"place": "350502", "investment": "firm", "change": "investment"} in links(page)


def test_a_wrong_number_is_asked_again_with_what_was_typed(visitor: Visitor) -> None:
    page = visitor.get(GUIDE, **FACTORY | {"area": "很大"}).text
    assert "总建筑面积多大" in heading(page)
    assert "很大" in page
    assert "整数" in page


def test_the_answers_come_to_one_table_and_one_picture(visitor: Visitor) -> None:
    page = visitor.get(GUIDE, **FACTORY).text
    assert heading(page) == "要办 9 件"
    assert "12个工作日" in re.sub(r"\s", "", page)
    for name in ("项目备案", "环评报告表", "节能审查", "水土保持方案", "施工许可证"):
        assert name in page
    for name in ("施工图一次审", "防空地下室", "占道挖路"):
        assert name not in page.partition("您的回答")[0]
    assert page.count("<svg") >= 1
    assert "一次性告知" in page
    assert "因为：" in page
    assert "/items/joint-acceptance" in page


def test_what_one_step_gives_is_not_asked_for_by_the_next(visitor: Visitor) -> None:
    page = visitor.get(GUIDE, **FACTORY).text
    papers = page[page.index("要准备的材料") : page.index("办的过程中会发给您")]
    assert "建设工程规划许可证" not in papers
    assert "施工合同" in papers


def test_a_changed_answer_takes_with_it_what_hung_on_it(visitor: Visitor) -> None:
    page = visitor.get(GUIDE, **FACTORY).text
    change = next(one for one in links(page) if one.get("change") == "zone")
    asked = visitor.get(GUIDE, **change).text
    assert "区域评估" in asked
    assert 'value="outside" checked' in asked
    after = visitor.get(GUIDE, **FACTORY | {"zone": "inside"}).text
    assert "节能审查" not in after
    assert "energy" not in {code for one in links(after) for code in one}


def test_what_is_known_is_not_asked_and_the_page_says_so(visitor: Visitor) -> None:
    visitor.client.cookies["banshi_county"] = "350502"
    page = visitor.get(GUIDE).text
    assert "项目由谁出钱" in heading(page)
    assert "已经知道，不再问" in page
    assert "鲤城区" in page
    assert "来自您选的办事地点" in page
    # Known things never get into an address; somebody who changes them puts them there.
    assert {"change": "place"} in links(page)
    known = {code: value for code, value in FACTORY.items() if code != "place"}
    assert heading(visitor.get(GUIDE, **known).text) == "要办 9 件"


def test_a_person_signed_in_sees_nothing_of_theirs_in_an_address(visitor: Visitor) -> None:
    li = Visitor.signed_in(personas.li())
    page = li.get(GUIDE, investment="gov").text
    for one in links(page):
        assert set(one) <= {*FACTORY, "basement", "change"}


def test_the_offices_are_those_of_the_place(visitor: Visitor) -> None:
    assert "鲤城" in visitor.get(GUIDE, **FACTORY).text


def test_how_the_guide_asks_is_drawn_for_everybody(visitor: Visitor) -> None:
    page = visitor.get(f"{GUIDE}/drawn").text
    assert "<svg" in page
    assert "条路径" in page
    assert "这份导办要改" not in page


def test_a_guide_that_is_not_there(visitor: Visitor) -> None:
    assert visitor.get("/guides/nothing").status == 404
