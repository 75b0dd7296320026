"""导办 in real Chromium: on a phone and at a desk, with scripts and without: asked, changed, kept, drawn."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import City
from tests.browser.visitor import Visitor, visiting

ANSWERS = {
    "place": "350502",
    "investment": "firm",
    "kind": "public",
    "land": "granted",
    "area": "20000",
    "basement": "built",
    "zone": "outside",
    "ecology": "form",
    "energy": "1200",
    "roads": "needed",
}


def answer(visitor: Visitor, code: str) -> None:
    field = visitor.page.locator(f"main [name={code}]:not([type=hidden])").first
    kind = field.evaluate("one => one.tagName + one.type") if visitor.scripts else _kind(visitor, code)
    if kind.startswith("SELECT") or kind == "select":
        field.select_option(ANSWERS[code])
    elif "radio" in kind:
        visitor.page.locator(f"main input[name={code}][value={ANSWERS[code]}]").check(force=True)
    else:
        field.fill(ANSWERS[code])
    visitor.press("继续")


def _kind(visitor: Visitor, code: str) -> str:
    if visitor.page.locator(f"main select[name={code}]").count():
        return "select"
    return (
        visitor.page.locator(f"main input[name={code}]:not([type=hidden])").first.get_attribute("type") or ""
    )


def kept(visitor: Visitor, name: str) -> None:
    """A picture for whoever wants to see the pages: BANSHI_SHOTS names the folder."""
    if folder := os.environ.get("BANSHI_SHOTS"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, True), (1280, False)], ids=["phone", "desk", "without scripts"]
)
def test_from_the_first_question_to_the_list(
    chromium: Browser, city: City, width: int, scripts: bool
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        page = visitor.page
        name = f"guide-{width}-{'js' if scripts else 'plain'}"
        visitor.go("/guides/")
        visitor.press("我要建厂房", role="link")
        kept(visitor, f"{name}-first")
        visitor.press("继续")  # nothing chosen yet
        assert page.locator(".error-summary").count() or "请" in page.locator("main").inner_text()
        for code in ANSWERS:
            if code == "area":
                kept(visitor, f"{name}-number")
            answer(visitor, code)
        shown = page.locator("main").inner_text()
        assert "要办 14 件" in shown
        assert page.locator("main svg[role=img]").count() == 1
        visitor.seen.discard(page.url.split("?")[0])
        visitor.look()
        kept(visitor, f"{name}-list")
        address = page.url
        page.locator("a[href*='change=basement']").first.click()
        page.locator("input[name=basement][value=not_built]").check(force=True)
        visitor.press("继续")
        assert "交易地建设费" in page.locator("main").inner_text()
        page.go_back()
        page.goto(address)
        assert "防空地下室" in page.locator("main").inner_text()
        visitor.press("这份导办是怎样问的", role="link")
        kept(visitor, f"{name}-drawn")
        visitor.press("试一试", role="link")
