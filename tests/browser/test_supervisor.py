"""The supervisor's and the officer's desk in real Chromium, by keyboard alone, with ten thousand open cases."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, City, _ready
from tests.browser.visitor import visiting

OPEN = 10_000
REPORTS = ("digest", "overdue", "findings", "shares")


@pytest.fixture(scope="module")
def crowded() -> Iterator[City]:
    """A demo city with ten thousand open cases more."""
    folder = Path(tempfile.mkdtemp(prefix="banshi-crowd-"))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    for name in ("BANSHI_CONFIG", "DJANGO_SETTINGS_MODULE", "DISPLAY"):
        environment.pop(name, None)
    demo = [sys.executable, "-m", "banshi", "demo", "--folder", str(folder / "city")]
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run([*demo, "--no-serve"], **quiet)  # type: ignore[call-overload]
    fill = [sys.executable, "-m", "tests.browser.crowd", str(folder / "city"), str(OPEN)]
    subprocess.run(fill, **quiet)  # type: ignore[call-overload]
    server = subprocess.Popen(
        [*demo, "--port", "18260"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _ready(server)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def counts(page: Page) -> list[int]:
    return [int(one) for one in page.locator(".counts b").all_inner_texts()]


def press(page: Page, key: str, until: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(until)
    page.wait_for_load_state("networkidle")


def test_the_supervisor_urges_by_keyboard_alone(chromium: Browser, crowded: City) -> None:
    with visiting(chromium, crowded, width=1280) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "supervisor")
        visitor.go("/supervise/")
        red, yellow, green = counts(page)
        # Two works for each accepted case, and what is not accepted yet.
        assert red + yellow + green >= OPEN
        assert red and yellow
        assert page.locator(".pane-list tbody tr").count() == 50
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
        press(page, "Enter", "**/supervise/case/**")
        visitor.look()
        assert page.get_by_text("为什么亮灯").is_visible()
        press(page, "u", "**done=urge**")
        visitor.look()
        told = page.locator("main").inner_text()
        assert "督办已发出" in told
        assert "监察督办" in told
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        for key, name in zip("toeh", REPORTS, strict=True):
            press(page, key, f"**/supervise/{name}/**")
            visitor.look()


def test_a_deep_page_and_every_filter(chromium: Browser, crowded: City) -> None:
    with visiting(chromium, crowded, width=1280) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "supervisor")
        visitor.go("/supervise/?light=red")
        red = counts(page)[0]
        last = -(-red // 50)
        visitor.go(f"/supervise/?light=red&page={last}")
        assert page.locator(".pane-list tbody tr").count() == red - (last - 1) * 50
        page.select_option("select[name=clock]", "work")
        page.wait_for_url("**clock=work**")
        page.wait_for_load_state("networkidle")
        assert counts(page)[0] <= red
        page.select_option("select[name=office]", "350502-health")
        page.wait_for_url("**office=350502-health**")
        page.wait_for_load_state("networkidle")
        assert set(page.locator(".pane-list .col-hands").all_inner_texts()[1:]) <= {"卫生健康局"}
        visitor.look()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_on_a_phone(chromium: Browser, crowded: City, scripts: bool) -> None:
    with visiting(chromium, crowded, width=390, scripts=scripts) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "supervisor")
        visitor.go("/supervise/")
        page.locator(".row-link").first.click()
        page.wait_for_url("**/supervise/case/**")
        visitor.look()
        page.fill("textarea[name=text]", "今天答复。")
        page.locator("#matter button[data-key=u]").click()
        page.wait_for_url("**done=urge**")
        visitor.look()
        assert "今天答复。" in page.locator("main").inner_text()
        for name in REPORTS:
            visitor.go(f"/supervise/{name}/")


def test_the_officer_works_through_ten_thousand_by_keyboard_alone(chromium: Browser, crowded: City) -> None:
    with visiting(chromium, crowded, width=1280) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "market-officer")
        visitor.go("/officer/")
        shown = re.search(r"共 (\d+) 件", page.locator(".pane-list").inner_text())
        assert shown
        assert int(shown[1]) >= OPEN
        page.keyboard.press("j")
        press(page, "Enter", "**/officer/case/**")
        visitor.look()
        press(page, "o", "**/do/opine/**")
        visitor.look()
        page.keyboard.press("Space")  # the first field has the keyboard
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**done=opine**")
        visitor.look()
        assert "已办好" in page.locator("main").inner_text()
        page.keyboard.press(".")
        rare = page.locator("details.more a[data-key]").first
        assert rare.is_visible()
        press(page, str(rare.get_attribute("data-key")), "**/do/**")
        visitor.look()


def test_the_head_of_an_office_reassigns_by_keyboard_alone(chromium: Browser, crowded: City) -> None:
    with visiting(chromium, crowded, width=1280) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "market-approver")
        visitor.go("/officer/staffing/")
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        assert page.locator("input[name=what]:checked").count() == 2
        page.keyboard.press("t")
        for key in ("ArrowDown", "Tab", "Enter"):  # the first of the office, and the button beside it
            page.keyboard.press(key)
        page.get_by_text("改派了2件").wait_for()
        visitor.look()
        page.locator("tbody tr").first.wait_for()
        assert "还没有" not in page.locator("tbody tr").first.inner_text()
