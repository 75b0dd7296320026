"""The editor of rules, and answers that are known already: on a phone and at a desk, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import City
from tests.browser.test_guided import kept
from tests.browser.visitor import Visitor, visiting

TABLE = "unique,kind 类型,age:int 年龄,-> outcome\n,person,>= 60,可以办老年证\n,person,< 60,还不能办\n,firm,,企业不办\n"


def look_again(visitor: Visitor, name: str) -> None:
    """At the same address as before, and another page."""
    visitor.seen.discard(visitor.page.url.split("?")[0])
    visitor.look()
    kept(visitor, name)


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, True), (1280, False)], ids=["phone", "desk", "without scripts"]
)
def test_a_rule_and_a_table_are_mended_and_tried(
    chromium: Browser, city: City, width: int, scripts: bool
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "leader")
        visitor.go("/staff/rules/")
        page.fill("[name=text]", "person.insured_month >= 12")
        page.get_by_role("button", name="查一查，试一试").click()
        page.locator(".error-summary").wait_for()
        visitor.failures.clear()  # the 422 that goes with what is wrong
        assert "person.insured_months" in page.locator(".error-summary").inner_text()
        look_again(visitor, f"rules-{width}-wrong")
        page.fill("[name=text]", "person.insured_months >= 12 && person.involuntary")
        visitor.press("查一查，试一试")
        page.fill("[name='v_person.insured_months']", "6")
        visitor.press("查一查，试一试")
        assert "不成立" in page.locator("main").inner_text()
        look_again(visitor, f"rules-{width}-tried")
        visitor.go("/staff/rules/?from=table")
        page.fill("[name=text]", TABLE)
        visitor.press("查一查，试一试")
        page.select_option("[name=v_kind]", "person")
        page.fill("[name=v_age]", "61")
        visitor.press("查一查，试一试")
        assert "可以办老年证" in page.locator("[aria-live=polite]").inner_text()
        assert page.locator("main svg[role=img]").count() == 1
        look_again(visitor, f"rules-{width}-table")


def test_what_was_answered_before_is_shown_and_changed(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=390) as visitor:
        page = visitor.page
        visitor.sign_in("citizen", "10000000001")
        visitor.go("/apply/bundle/newborn")
        page.select_option("[name=county]", "350502")
        visitor.press("重新填一份" if "接着填" in page.locator("main").inner_text() else "开始")
        told = page.locator("main").inner_text()
        assert "已经知道，不再问" in told and "您以前办过的事" in told
        kept(visitor, "known-390")
        page.set_viewport_size({"width": 1280, "height": 900})
        look_again(visitor, "known-1280")
        page.locator("a[href*='/questions/parents_married']").first.click()
        page.locator("input[value=unmarried]").check(force=True)
        visitor.press("继续")
        assert "领过" not in page.locator("main").inner_text()
