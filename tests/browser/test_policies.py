"""A policy that found somebody, and its confirmation: on a phone with scripts, at a desk without; then the office."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import City
from tests.browser.visitor import visiting


@pytest.mark.parametrize(
    ("width", "scripts", "title", "after"),
    [
        (390, True, "3岁以下婴幼儿照护专项附加扣除", "已经兑现"),
        (1280, False, "育儿补贴（国家基础标准）", "等部门核对"),
    ],
    ids=["a phone", "a desk without scripts"],
)
def test_an_offer_is_found_and_claimed(
    chromium: Browser, city: City, width: int, scripts: bool, title: str, after: str
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        page = visitor.page
        visitor.go("/policies")
        visitor.go("/policies/n-childcare")
        visitor.sign_in("citizen", "10000000001")
        visitor.go("/me/policies")
        visitor.press(title, role="link")
        if page.get_by_label("收款账号").count():
            page.get_by_label("收款账号").fill("6222000000000000")
        visitor.press("确认享受")
        assert after in page.locator("main").inner_text()


def test_what_is_missing_is_added_and_compared_at_once(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=390) as visitor:
        visitor.go("/me/policies")
        visitor.sign_in("citizen", "10000000001")
        visitor.go("/me/policies")
        visitor.press("失业保险金", role="link")
        visitor.page.get_by_text("是", exact=True).first.click()
        visitor.press("补充并重新比对")
        told = visitor.page.locator("main").inner_text()
        assert "已经记下" in told
        assert "您符合条件" in told


def test_the_office_sees_the_figures_and_the_claims(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=1280) as visitor:
        visitor.sign_in("staff", "health-officer")
        for path in ("", "offers/", "service/", "of/n-childcare/"):
            visitor.go(f"/officer/policies/{path}")
        assert "国家" in visitor.page.content()
