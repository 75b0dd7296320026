"""Finding a thing to get done, and the guide to it."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.catalogue import queries as catalogue
from banshi.desks.citizen import browse
from tests.security.town import Visitor, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    town()
    return Visitor()


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)]


def test_home_asks_one_question_and_offers_plain_words(visitor: Visitor) -> None:
    page = visitor.get("/").text
    assert headings(page) == ["您想办什么事？"]
    offered = browse.wanted()
    assert len(offered) == browse.MOST_WANTED
    for thing in offered:
        assert thing.plain_name in page


def test_of_one_bundle_two_items_at_most_are_offered_on_the_home_page(visitor: Visitor) -> None:
    codes = {thing.code for thing in browse.wanted()}
    for edition in catalogue.catalogue().bundles.values():
        assert len(codes & {part.item for part in edition.definition.items}) <= browse.OF_ONE_BUNDLE


def test_a_bundle_comes_before_its_items(visitor: Visitor) -> None:
    page = visitor.get("/search", q="上户口").text
    assert page.index("/bundles/newborn") < page.index("/items/birth-registration")


def test_words_that_fit_nothing_are_told_what_to_do(visitor: Visitor) -> None:
    page = visitor.get("/search", q="<修理时光机>").text
    assert "没有找到" in page
    assert "12345" in page
    assert "<修理时光机>" not in page


def test_every_thing_is_listed_and_has_its_guide(visitor: Visitor) -> None:
    listed = "".join(visitor.get("/items/", **{"for": kind}).text for kind in ("person", "enterprise"))
    current = catalogue.catalogue()
    for code, item in current.items.items():
        assert f"/items/{code}" in listed
        page = visitor.get(f"/items/{code}").text
        assert headings(page) == [item.definition.plain_name]
        assert item.definition.name in page
    for code, bundle in current.bundles.items():
        assert f"/bundles/{code}" in listed
        assert headings(visitor.get(f"/bundles/{code}").text) == [bundle.definition.plain_name]
    assert visitor.get("/items/no-such-thing").status == 404


def test_a_guide_says_how_long_and_cites_the_law_in_its_own_words(visitor: Visitor) -> None:
    page = visitor.get("/items/fire-safety-check").text
    assert "承诺3个工作日" in page
    assert "法律规定不超过10个工作日" in page
    assert "公众聚集场所投入使用、营业前消防安全检查实行告知承诺管理" in page


def test_the_county_is_remembered_and_its_office_shown(visitor: Visitor) -> None:
    page = visitor.get("/items/food-licence", county="350502").text
    assert "泉州市鲤城区市场监督管理局" in page
    assert visitor.client.cookies["banshi_county"].value == "350502"
    assert "泉州市鲤城区市场监督管理局" in visitor.get("/items/food-licence").text
    assert visitor.get("/items/food-licence", county="110101").status == 200
    assert visitor.client.cookies["banshi_county"].value == "350502"


def test_a_search_finds_guides_too(visitor: Visitor) -> None:
    page = visitor.get("/search", q="我要盖楼").text
    assert "/guides/construction-project" in page and "没有找到" not in page
    assert "/guides/construction-project" not in visitor.get("/search", q="身份证").text
