"""环节图: what waits for what is drawn from left to right; who sees no picture is told the same."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from banshi.contexts.catalogue.rules.drawing import drawing
from banshi.contexts.catalogue.values import Catalogue, Limit, Work
from tests.rules.catalogue.conftest import DATA
from tests.rules.catalogue.small import FILES, read

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    catalogue = read(Path(tmp_path_factory.mktemp("small")), FILES).catalogue
    assert catalogue
    return catalogue


def boxes(svg: str) -> dict[str, tuple[float, float, float]]:
    """Title to left edge, top and bottom."""
    root = ElementTree.fromstring(svg)
    found = {}
    for group in root.iter(f"{SVG}g"):
        rect, text = group.find(f"{SVG}rect"), group.find(f"{SVG}text")
        assert rect is not None and text is not None and text.text
        x, y, height = (float(rect.get(key, "")) for key in ("x", "y", "height"))
        found[text.text] = (x, y, y + height)
    return found


def test_one_after_the_other_and_side_by_side(small: Catalogue) -> None:
    found = boxes(drawing(small.items["canteen"], small.dictionaries))
    order = [found[title][0] for title in ("受理", "审材料", "看现场", "提出意见", "审查、决定")]
    assert order == sorted(set(order))
    assert found["看现场"][0] == found["征求意见"][0]
    assert found["看现场"][2] < found["征求意见"][1]


def test_an_item_without_works_goes_straight_to_the_decision(small: Catalogue) -> None:
    assert list(boxes(drawing(small.items["home-record"], small.dictionaries))) == ["受理", "决定"]


def test_who_sees_no_picture_is_told_the_same(small: Catalogue) -> None:
    root = ElementTree.fromstring(drawing(small.items["canteen"], small.dictionaries))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == "食堂许可：环节图"
    assert description is not None and description.text
    assert "审材料之后，民政“征求意见”（征求意见，4 个工作日）。" in description.text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_it_takes_the_colours_of_its_page_and_nothing_from_elsewhere(small: Catalogue) -> None:
    svg = drawing(small.items["canteen"], small.dictionaries)
    assert "style" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) == {"none", "currentColor"}


def test_words_of_a_definition_cannot_break_out(small: Catalogue) -> None:
    item = replace(small.items["canteen"], name="</title><script>", works=())
    ElementTree.fromstring(drawing(item, small.dictionaries))
    assert "<script>" not in drawing(item, small.dictionaries)


@st.composite
def works(draw: st.DrawFn) -> tuple[Work, ...]:
    """Any works that do not wait in a ring: each may wait for those before it."""
    count = draw(st.integers(1, 8))
    return tuple(
        Work(
            f"w{n}", f"环节{n}", "review", "market", Limit(1),
            after=tuple(f"w{m}" for m in range(n) if draw(st.booleans())),
        )
        for n in range(count)
    )  # fmt: skip


@given(works=works())
def test_whatever_waits_for_whatever_no_boxes_overlap_and_all_goes_rightwards(
    small: Catalogue, works: tuple[Work, ...]
) -> None:
    found = boxes(drawing(replace(small.items["canteen"], works=works), small.dictionaries))
    titles = {work.key: work.title for work in works}
    for work in works:
        assert all(found[titles[key]][0] < found[work.title][0] for key in work.after)
        assert found["受理"][0] < found[work.title][0] < found["审查、决定"][0]
    for one, (x, top, bottom) in found.items():
        for other, (x2, top2, bottom2) in found.items():
            assert one == other or x != x2 or bottom < top2 or bottom2 < top


def test_the_picture_in_the_documents_is_the_one_that_is_drawn(catalogue: Catalogue) -> None:
    drawn = drawing(catalogue.items["food-licence"], catalogue.dictionaries)
    assert (DATA.parent / "docs" / "images" / "works.svg").read_text("utf-8") == drawn
