"""我要诉求 in real Chromium: nameless on a phone without scripts, by an account at a desk; every page is looked at with axe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import City
from tests.browser.visitor import Visitor, visiting


def said(visitor: Visitor, kind: str, who: str) -> None:
    """Through the two pages, as people press them."""
    page = visitor.page
    visitor.go("/")
    visitor.press("我要诉求", role="link")
    page.locator(f"label[for='{page.locator(f'[name=kind][value={kind}]').get_attribute('id')}']").click()
    kept(visitor, "kind")
    visitor.press("继续")
    visitor.seen.clear()  # the same address, with the form now
    visitor.look()
    page.fill("[name=title]", "公示的材料里没有写租赁合同")
    page.select_option("[name=county]", index=1)
    page.locator(f"label[for='{page.locator(f'[name=who][value={who}]').get_attribute('id')}']").click()
    kept(visitor, "form")
    visitor.press("提交")
    kept(visitor, "done")


def kept(visitor: Visitor, name: str) -> None:
    """A picture for whoever wants to look, in the folder that BANSHI_PICTURES names."""
    if folder := os.environ.get("BANSHI_PICTURES"):
        wide = visitor.page.viewport_size
        visitor.page.screenshot(
            path=Path(folder) / f"say-{wide and wide['width']}-{name}.png", full_page=True
        )


@pytest.mark.parametrize(("width", "scripts"), [(390, False), (390, True)], ids=["without scripts", "with"])
def test_nameless_on_a_phone(chromium: Browser, city: City, width: int, scripts: bool) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        said(visitor, "undone", "anonymous")
        shown = visitor.page.locator("main").inner_text()
        assert "诉求收到了" in shown and "工作日" in shown
        number = visitor.page.url.split("/voice/")[1].split("?")[0]
        visitor.go("/p")
        visitor.page.fill("[name=number]", number)
        visitor.press("查进度")
        assert "已登记" in visitor.page.locator("main").inner_text()


def test_followed_at_a_desk(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=1280) as visitor:
        visitor.sign_in("citizen", "10000000001")
        said(visitor, "suggestion", "named")
        assert "/me/voices/" in visitor.page.url
        visitor.press("补充情况", role="link")
        visitor.page.fill("[name=text]", "窗口也没有样本。")
        visitor.press("提交")
        assert "窗口也没有样本" in visitor.page.locator("main").inner_text()
        visitor.go("/me/voices")
