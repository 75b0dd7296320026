"""自己对照, 秒批, and stopping it: on a phone with scripts and at a desk without; then the office that answers for it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import City
from tests.browser.test_main_job import choose, fill, tick
from tests.browser.visitor import Visitor, visiting

ITEM = "environmental-registration"
PROJECT: dict[str, object] = {
    "project_name": "演示仓库", "project_address": "演示路 9 号", "project_cost": "300000",
    "project_category": "仓储", "project_effects": "没有排放。",
    "project_eia_kind": "form", "project_from_on": (datetime.now(UTC).date() + timedelta(days=90)).isoformat(),
}  # fmt: skip


@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (1280, False)], ids=["a phone", "without scripts"]
)
def test_checked_by_oneself_then_granted_at_once_then_looked_at(
    chromium: Browser, city: City, width: int, scripts: bool
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        checked(visitor)
        number = applied(visitor)
        granted(visitor)
    with visiting(chromium, city, width=width, scripts=scripts) as office:
        looked_at(office, number)


def checked(visitor: Visitor) -> None:
    """Nobody is signed in: what fails is said, what is put right holds, and goes along."""
    page = visitor.page
    visitor.go(f"/items/{ITEM}")
    visitor.press("自己先对照一下", role="link")
    tick(page, "input[name=project_eia_kind][value=table]")
    visitor.press("对照")
    visitor.seen.clear()
    visitor.look()
    told = page.locator("main").inner_text()
    assert "有 1 条不符合" in told
    assert "编报告表" in told
    fill(page, {"project_from_on": PROJECT["project_from_on"]})
    tick(page, "input[name=project_eia_kind][value=form]")
    visitor.press("重新对照")
    told = page.locator("main").inner_text()
    assert "没有不符合的" in told
    assert "缺少" in told  # who the firm is
    visitor.press("带着这些去申请")


def applied(visitor: Visitor) -> str:
    """The answers are there; the last page shows the clauses once more."""
    page = visitor.page
    visitor.sign_in("citizen", "10000000006")
    assert "对照时填的内容会带过去" in page.locator("main").inner_text()
    choose(page, "county", "350582")
    if page.locator("input[name=party]").count():
        tick(page, "input[name=party] >> nth=0")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    for _ in range(20):
        visitor.look()
        path = page.url.split("?")[0]
        if path.endswith("/check"):
            break
        if page.get_by_role("button", name="不用，自己填").count():
            visitor.press("不用，自己填")
            continue
        fill(page, PROJECT)
        if page.locator("input[name=project_eia_kind]").count():
            assert page.locator("input[name=project_eia_kind][value=form]").is_checked()
        visitor.press("继续")
    told = page.locator("main").inner_text()
    assert "对照审批条件" in told
    assert told.count("符合") >= 3
    assert "不符合" not in told
    visitor.press("提交申请")
    found = re.search(r"\b350582\d{17}\b", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def granted(visitor: Visitor) -> None:
    """The decision is there while one still looks at the page."""
    page = visitor.page
    matter = re.sub(r"/a/(.+)/done.*", r"/m/\1", page.url.removeprefix(visitor.city.address))
    for _ in range(60):
        visitor.page.goto(f"{visitor.city.address}{matter}")
        if "办好了" in page.locator("main").inner_text():
            break
        time.sleep(0.5)
    assert "办好了" in page.locator("main").inner_text()
    visitor.look()


def looked_at(office: Visitor, number: str) -> None:
    """What was decided is on the list, with its clauses on the case; it is stopped for the item, and allowed again."""
    page = office.page
    office.sign_in("staff", "jinjiang-approver")
    office.go("/officer/instant/")
    assert number in page.locator("main").inner_text()
    page.get_by_role("link", name=number).first.click()
    page.wait_for_load_state()
    office.look()
    told = page.locator("main").inner_text()
    assert "秒批" in told
    assert told.count("系统核对：符合") == 3
    for turn, after in (("停用", "已经停用"), ("恢复", "已经恢复")):
        office.go("/officer/instant/")
        row = item_row(page)
        row.locator("summary").click()
        row.get_by_label("理由").fill("先由人看。")
        row.get_by_role("button", name=f"{turn}秒批").click()
        page.wait_for_load_state()
        expect(page.locator("[role=status]")).to_contain_text(after)
        office.seen.clear()
        office.look()


def item_row(page: Page) -> Locator:
    """The line of the item with its switch."""
    switch = page.get_by_role("button", name=re.compile("秒批"), include_hidden=True)
    return page.locator("li", has_text="建设项目环境影响登记表备案").filter(has=switch).first


def test_the_supervision_sees_the_same_list(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=1280) as visitor:
        visitor.sign_in("staff", "supervisor")
        visitor.go("/supervise/")
        visitor.press("秒批", role="link")
        assert "秒批事项" in visitor.page.locator("main").inner_text()
