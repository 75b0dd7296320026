"""差评 in real Chromium: rated on a phone without signing in; dispatched, heard out, put right, checked and asked again at the
desks by keyboard; the window's device; the figures. Every page that is passed is looked at with axe.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ROOT, City, _ready
from tests.browser.visitor import Visitor, visiting

CODE = """
from pathlib import Path
from banshi.desks.console import installation
installation.start(Path({config!r}))
from banshi.contexts.cases.models import Case
from banshi.contexts.cases import queries
from banshi.flows import rate
from banshi.infra import clock
from banshi.kernel.actors import SYSTEM
row = Case.objects.filter(status="passed", region_code="350502").order_by("id")[0]
state = queries.get_case(row.region_code, row.id, SYSTEM)
print(rate.code_of(state, clock.now()), state.office)
"""


@dataclass(frozen=True)
class Town:
    """演示城市 with a finished case: its rating code, and the office that is rated."""

    city: City
    code: str
    office: str


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    folder = Path(tempfile.mkdtemp(prefix="banshi-voices-"))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    for name in ("BANSHI_CONFIG", "DJANGO_SETTINGS_MODULE", "DISPLAY"):
        environment.pop(name, None)
    demo = [sys.executable, "-m", "banshi", "demo", "--folder", str(folder / "city")]
    subprocess.run(
        [*demo, "--no-serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    ask = [sys.executable, "-c", CODE.format(config=str(folder / "city" / "banshi.toml"))]
    told = subprocess.run(ask, env=environment, capture_output=True, text=True, check=True)
    code, office = told.stdout.split()
    server = subprocess.Popen(
        [*demo, "--port", "18280"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Town(_ready(server), code, office)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def until(visitor: Visitor, path: str, what: str) -> None:
    """Reload until the scheduler has brought it."""
    for _ in range(40):
        visitor.page.goto(f"{visitor.city.address}{path}")
        if visitor.page.locator(what).count():
            visitor.look()
            return
        time.sleep(0.5)
    raise AssertionError(f"{path}: no {what}")


def opened(visitor: Visitor, path: str) -> None:
    """The first of a list, by keyboard."""
    until(visitor, path, "a.row-link")
    visitor.page.keyboard.press("j")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/ticket/**")
    visitor.page.wait_for_load_state("networkidle")
    visitor.look()


def choose(visitor: Visitor, box: str) -> None:
    """A radio or a checkbox, by its label, as people press it."""
    id = visitor.page.locator(box).first.get_attribute("id")
    visitor.page.locator(f"label[for='{id}']").click()


def step(visitor: Visitor, key: str, name: str, **typed: str) -> None:
    """A command by its key, its form, and ctrl+enter."""
    page = visitor.page
    page.keyboard.press(key)
    page.wait_for_url(f"**/do/{name}/**")
    page.wait_for_load_state("networkidle")
    visitor.look()
    for field, value in typed.items():
        box = page.locator(f"[name={field}]")
        if box.first.get_attribute("type") == "radio":
            choose(visitor, f"[name={field}][value={value}]")
        elif box.first.evaluate("one => one.tagName") == "SELECT":
            page.select_option(f"[name={field}]", value)
        else:
            page.fill(f"[name={field}]", value)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=**")
    visitor.look()


def call(visitor: Visitor, about: str, outcome: str, text: str) -> None:
    """One of the queue, claimed by its key; others are due before it."""
    page, row = visitor.page, f"tr:has-text('{about}') a.row-link"
    until(visitor, "/voices/calls/", row)
    page.locator(row).first.click()
    page.wait_for_url("**/voices/call/**")
    visitor.look()
    page.keyboard.press("s")
    page.wait_for_selector("[name=outcome]")
    visitor.seen.clear()  # the same address, with the number and a form now
    visitor.look()
    choose(visitor, f"[name=outcome][value={outcome}]")
    page.fill("[name=text]", text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=1**")
    visitor.look()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_codes_that_do_not_count(chromium: Browser, town: Town, scripts: bool) -> None:
    with visiting(chromium, town.city, width=390, scripts=scripts) as visitor:
        visitor.go("/r")
        visitor.page.goto(f"{town.city.address}/r/{town.code[:-2]}xx")
        assert "评价码不对" in visitor.page.content()
        visitor.failures.clear()  # the console says that there was no such page
        visitor.go(f"/r/{town.code}")
        assert not visitor.page.locator("input[checked]").count(), "no grade is filled in"


def test_the_whole_loop(chromium: Browser, town: Town) -> None:
    with visiting(chromium, town.city, width=390) as phone:
        phone.go(f"/r/{town.code}")
        choose(phone, "[name=grade][value=dissatisfied]")
        phone.press("继续")
        choose(phone, "[name=indicators][value='207']")
        phone.press("提交评价")
        assert "评价收到了" in phone.page.content()
    with visiting(chromium, town.city, width=1280) as desk:
        desk.sign_in("staff", "dispatcher")
        opened(desk, "/voices/?kind=bad_review")
        step(desk, "p", "dispatch", reference=town.office)
    with visiting(chromium, town.city, width=1280) as centre:
        centre.sign_in("staff", "caller")
        call(centre, "差评核实", "not_content", "窗口没有给样本。")
    with visiting(chromium, town.city, width=1280) as unit:
        unit.sign_in("staff", "lin")
        opened(unit, "/voices/?kind=bad_review")
        assert "当事人的信息不告诉承办单位" in unit.page.content()
        step(unit, "s", "sign")
        step(unit, "r", "reply", verdict="solved", text="公示了样本，窗口重新培训。")
    with visiting(chromium, town.city, width=1280) as check:
        check.sign_in("staff", "checker")
        opened(check, "/voices/?kind=bad_review")
        step(check, "v", "check", verdict="pass")
    with visiting(chromium, town.city, width=1280) as centre:
        centre.sign_in("staff", "caller")
        call(centre, "工单回访", "content", "")
    with visiting(chromium, town.city, width=1280) as centre:
        centre.sign_in("staff", "chief")
        opened(centre, "/voices/tickets/?kind=bad_review")
        assert "已办结" in centre.page.content()
        for key, name in (("5", "reviews"), ("6", "figures")):
            centre.page.keyboard.press(key)
            centre.page.wait_for_url(f"**/voices/{name}/**")
            centre.look()
        centre.go("/voices/figures/?by=item")
    with visiting(chromium, town.city, width=390) as pocket:
        pocket.sign_in("staff", "chief")
        for name in ("reviews", "figures"):
            pocket.go(f"/voices/{name}/")


def test_intake_at_a_desk_and_on_a_phone(chromium: Browser, town: Town) -> None:
    for width in (1280, 390):
        with visiting(chromium, town.city, width=width) as visitor:
            page = visitor.page
            visitor.sign_in("staff", "operator")
            visitor.go("/voices/new/")
            page.fill("[name=phone]", "13850002222")
            page.select_option("[name=region]", "350502")
            page.fill("[name=title]", "路灯不亮")
            visitor.press("查以前说过什么")
            assert page.input_value("[name=title]") == "路灯不亮"
            page.locator("button[data-key='ctrl+enter']").click()
            page.wait_for_url("**/voices/ticket/**")
            visitor.look()
            visitor.go("/voices/")


def test_the_device_of_a_window(chromium: Browser, town: Town) -> None:
    with visiting(chromium, town.city, width=1280) as visitor:
        page = visitor.page
        visitor.sign_in("staff", "wang")
        visitor.go("/counter/")
        page.select_option("[name=window]", index=1)
        visitor.press("坐下开始")
        visitor.go("/counter/device/")
        visitor.press("在这台平板上打开")
        assert "办完以后，在这里评价" in page.content()
