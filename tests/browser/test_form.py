"""One form in real Chromium: fetched with consent, a field that appears, rows that come and go, saved as one goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City
from tests.browser.test_main_job import choose, tick
from tests.browser.visitor import Visitor, visiting

FAMILY = "input[name=family_run][value=family]"
OPERATOR = {
    "operator_name": "林志远演示",
    "operator_id": "350599198503200035",
    "operator_address": "鲤城区开元街道演示巷3号",
}
NAMES = ("吴小梅演示", "陈建国演示")
NUMBERS = ("350599199604120063", "350599199111020013")


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, True), (390, False), (1280, False)], ids=str
)
def test_a_form_that_asks_for_more_when_it_has_to(
    chromium: Browser, city: City, width: int, scripts: bool
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        page = begin(visitor)
        form = page.url.split("?")[0]
        visitor.press("同意带出")
        visitor.seen.clear()
        visitor.look()
        assert "泉州市鲤城区演示面线糊店" in page.locator("main").inner_text()
        assert "来自演示登记库" in page.locator("main").inner_text()
        visitor.go(f"{form.removeprefix(city.address)}?change=family_run")
        for code, value in OPERATOR.items():
            page.fill(f"[name={code}]", value)
        tick(page, FAMILY)
        if not scripts:
            visitor.press("继续")
        partner = page.locator("[name=family_partners-0-name]")
        expect(partner).to_be_visible()
        if scripts:
            expect(page.locator("[data-saved]")).to_have_text("已经存好")
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                partner.fill(NAMES[0])
            page.reload()
            assert partner.input_value() == NAMES[0], "saved without a button"
        partner.fill(NAMES[0])
        page.fill("[name=family_partners-0-number]", NUMBERS[0])
        page.get_by_role("button", name="再加一行").click()
        page.fill("[name=family_partners-1-name]", NAMES[1])
        page.fill("[name=family_partners-1-number]", NUMBERS[1])
        visitor.seen.clear()
        visitor.look()
        visitor.press("继续")
        assert "/form/staff" in page.url
        page.goto(f"{form}?change=family_run")
        assert [page.input_value(f"[name=family_partners-{n}-name]") for n in (0, 1)] == list(NAMES)
        hide_and_show(visitor, page)


def hide_and_show(visitor: Visitor, page: Page) -> None:
    """What was typed into a field that goes comes back with it."""
    form = page.url
    tick(page, "input[name=family_run][value=person]")
    if visitor.scripts:
        expect(page.locator("[name=family_partners-0-name]")).to_have_count(0)
    else:
        visitor.press("继续")
        page.goto(form)
    tick(page, FAMILY)
    if not visitor.scripts:
        visitor.press("继续")
        page.goto(form)
    expect(page.locator("[name=family_partners-1-name]")).to_have_value(NAMES[1])


def begin(visitor: Visitor) -> Page:
    """At the section of the shop; a draft of an earlier turn is left alone."""
    page = visitor.page
    visitor.sign_in("citizen", "10000000003")
    visitor.go("/apply/item/individual-business-registration")
    choose(page, "county", "350502")
    if page.locator("input[name=party]").count():
        tick(page, "input[name=party] >> nth=0")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    visitor.look()
    return page
