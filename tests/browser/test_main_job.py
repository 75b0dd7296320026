"""The main job in real Chromium: a phone with scripts, a desk without; then the officer's keyboard, and the certificate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, City
from tests.browser.visitor import Visitor, visiting

NEWBORN = yaml.safe_load((ROOT / "data/demo/walks/newborn.yaml").read_text("utf-8"))
RESTAURANT = yaml.safe_load((ROOT / "data/demo/walks/restaurant.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("told", "width", "scripts"),
    [(NEWBORN, 390, True), (RESTAURANT, 1280, True), (NEWBORN, 1280, False)],
    ids=["newborn on a phone", "restaurant at a desk", "newborn without scripts"],
)
def test_from_the_search_to_the_submission(
    chromium: Browser, city: City, told: dict[str, object], width: int, scripts: bool, tmp_path: Path
) -> None:
    with visiting(chromium, city, width=width, scripts=scripts) as visitor:
        numbers = apply(visitor, told, tmp_path)
        assert len(numbers) >= 7
        visitor.go(f"/p/{numbers[0]}")
        assert "受理" in visitor.page.locator("main").inner_text()


def test_one_matter_from_the_submission_to_its_certificate(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    values = {**NEWBORN["values"], "mother_name": "李秀英演示"}
    told = {**NEWBORN, "search": "接种", "target": "item:vaccination-record", "values": values}
    told["phone"] = "10000000002"  # who has no certificate yet
    with visiting(chromium, city, width=390) as citizen, visiting(chromium, city, width=1280) as officer:
        (number,) = apply(citizen, told, tmp_path)
        officer.sign_in("staff", "health-officer")
        handle(officer, number)
        identifier = await_certificate(citizen, number)
        with visiting(chromium, city, width=390, scripts=False) as anybody:
            anybody.go(f"/v/{identifier}")
            assert "有效" in anybody.page.locator("main").inner_text()
            wrong = f"{identifier[:-1]}{'A' if identifier[-1] != 'A' else 'B'}"
            answer = anybody.page.goto(f"{city.address}/v/{wrong}")
            assert answer is not None
            assert answer.status == 404
            assert "校验" in anybody.page.locator("main").inner_text()
        rate(citizen)


def apply(visitor: Visitor, told: dict[str, object], folder: Path) -> list[str]:
    """From the home page to the confirmation; the case numbers."""
    page = visitor.page
    visitor.go("/")
    page.locator("input[name=q]").fill(str(told["search"]))
    visitor.press("搜索")
    page.locator(f"main a[href$='/{str(told['target']).split(':')[1]}']").first.click()
    visitor.look()
    page.locator("a[href*='/apply/']").first.click()
    visitor.sign_in("citizen", str(told["phone"]))
    choose(page, "county", str(told["region"]))
    if page.locator("input[name=party]").count():
        tick(page, "input[name=party] >> nth=0")  # for oneself, not for the firm
    visitor.press("开始")
    answers, values = told["answers"], told["values"]
    assert isinstance(answers, dict)
    assert isinstance(values, dict)
    for _ in range(60):
        path = page.url.split("?")[0].removeprefix(visitor.city.address)
        if "/questions/" in path:
            tick(page, f"input[value='{answers[path.rsplit('/', 1)[1]]}']")
            visitor.press("继续")
        elif "/form/" in path and page.get_by_role("button", name="同意带出").count():
            visitor.press("同意带出")
        elif "/form/" in path:
            fill(page, values)
            visitor.press("继续")
        elif re.search(r"/materials/.+", path):
            upload(visitor, folder)
        elif path.endswith("/done"):
            return sorted(set(re.findall(r"\b350502\d{17}\b", page.locator("main").inner_text())))
        elif path.endswith("/check"):
            visitor.press("提交申请")
        else:
            page.locator("main .actions a.button, main a.button.primary").first.click()
            page.wait_for_load_state()
            visitor.look()
    raise AssertionError(f"lost at {page.url}: {page.locator('main').inner_text()[:600]}")


def tick(page: Page, selector: str) -> None:
    """Press a radio button where people do: on its label, which lies over it."""
    page.locator(f"label[for='{page.locator(selector).first.get_attribute('id')}']").first.click()
    assert page.locator(selector).first.is_checked()


def choose(page: Page, name: str, value: str) -> None:
    if page.locator(f"select[name={name}]").count():
        page.select_option(f"select[name={name}]", value)
    elif page.locator(f"input[type=radio][name={name}]").count():
        tick(page, f"input[name={name}][value='{value}']")


def fill(page: Page, values: dict[str, object]) -> None:
    for code, value in values.items():
        if isinstance(value, list):
            fill_rows(page, code, value)
            continue
        inputs = page.locator(f"main [name='{code}']")
        if inputs.count() == 0:
            year = page.locator(f"main [name='{code}_year'], main [name='{code}-year']")
            if year.count():
                for part, number in zip(("year", "month", "day"), str(value).split("-"), strict=True):
                    page.fill(f"main [name='{code}_{part}'], main [name='{code}-{part}']", str(int(number)))
            continue
        kind = inputs.first.get_attribute("type")
        if kind == "radio":
            tick(page, f"main [name='{code}'][value='{value}']")
        elif inputs.first.evaluate("e => e.tagName") == "SELECT":
            page.select_option(f"main [name='{code}']", str(value))
        else:
            page.fill(f"main [name='{code}']", str(value))


def fill_rows(page: Page, code: str, rows: list[dict[str, str]]) -> None:
    """A repeated group, a row more for each but the first."""
    for number, row in enumerate(rows if page.locator(f"main [name^='{code}-']").count() else []):
        if number:
            page.get_by_role("button", name="再加一行").click()
        for column, text in row.items():
            page.fill(f"main [name='{code}-{number}-{column}']", text)


def upload(visitor: Visitor, folder: Path) -> None:
    """Hand the file over, or go on where none is needed."""
    page = visitor.page
    if page.get_by_role("link", name="不用传，继续").count():
        visitor.press("不用传，继续", role="link")
        return
    handed = page.get_by_role("heading", name="已经交的")
    if not handed.count():
        accepts = page.locator("input[type=file]").get_attribute("accept") or ""
        name = "paper.pdf" if "pdf" in accepts else "photo.png"
        page.set_input_files("input[type=file]", str(Path(__file__).parent / "files" / name))
        page.get_by_role("button", name="上传", exact=True).click()
        handed.wait_for()
        visitor.look()
    page.locator("main .actions a.button.primary").first.click()
    page.wait_for_load_state()
    visitor.look()


def handle(visitor: Visitor, number: str) -> None:
    """The officer finds the case, accepts and decides it by the keyboard alone."""
    page = visitor.page
    visitor.go("/officer/")
    page.locator("input[type=search], input[name=q]").first.fill(number)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.locator("a[href*='/officer/case/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/officer/case/**")
    for key in ("a", "d"):
        page.locator(f"#matter [data-key={key}]").first.wait_for()
        page.keyboard.press(key)
        page.wait_for_url("**/do/**")
        page.locator("#matter form button[type=submit]").first.wait_for()
        visitor.look()
        if key == "d":
            tick(page, "input[name=verdict][value=pass]")
        page.keyboard.press("Control+Enter")
        page.wait_for_load_state("networkidle")
        visitor.look()


def await_certificate(visitor: Visitor, number: str) -> str:
    """The certificate comes by itself, some moments after the decision."""
    for _ in range(40):
        visitor.page.goto(f"{visitor.city.address}/me/certificates")
        found = re.search(r"1\.2\.156\.3005\.2\.[0-9A-Z.]+", visitor.page.content())
        if found and "预防接种证" in visitor.page.content():
            visitor.look()
            links = visitor.page.locator("a[href*='.pdf']")
            assert links.count() >= 1
            return found[0]
        visitor.page.wait_for_timeout(500)
    raise AssertionError("no certificate came")


def rate(visitor: Visitor) -> None:
    """Five grades; a bad one wants a reason, and is asked for it."""
    page = visitor.page
    visitor.go("/me/matters")
    page.locator("main a[href*='/m/']").first.click()
    page.wait_for_load_state()
    visitor.look()
    page.locator("main a[href*='/rate']").first.click()
    page.wait_for_load_state()
    visitor.look()
    tick(page, "input[value=very_dissatisfied]")
    visitor.press("继续")
    page.get_by_role("button", name="提交评价").click()
    page.locator("[role=alert]").wait_for()
    visitor.failures.clear()  # the 422 that asks for a reason
    tick(page, "main input[type=checkbox] >> nth=0")
    visitor.press("提交评价")
    assert "/rate" not in page.url
