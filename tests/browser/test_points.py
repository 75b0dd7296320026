"""堵点征集、座谈会、奖励 in real Chromium: asked for at a desk, said on a phone, counted, given out, struck off, published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, Page

from banshi.kernel.workdays import civil_day
from tests.browser.conftest import City
from tests.browser.test_voices import choose
from tests.browser.visitor import Visitor, visiting

POINT = "办证要跑两个窗口盖章"


def filled(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        box = page.locator(f"[name={name}]")
        if box.first.evaluate("one => one.tagName") == "SELECT":
            page.select_option(f"[name={name}]", value)
        else:
            page.fill(f"[name={name}]", value)


def opened(desk: Visitor, kind: str, title: str) -> str:
    """The path of a new round or meeting."""
    desk.go("/voices/occasions/")
    choose(desk, f"[name=kind][value={kind}]")
    first = civil_day(datetime.now(UTC))
    last = first + timedelta(days=20)
    filled(desk.page, title=title, text="哪里卡住了，请告诉我们。", opens_on=f"{first}", closes_on=f"{last}")
    desk.page.fill("[name=questions]", "卡在哪个窗口？\n跑了几趟？")
    desk.press("开始")
    desk.page.wait_for_url("**/occasions/*/*/")
    return desk.page.url.removeprefix(desk.city.address)


def step(desk: Visitor, name: str, **typed: str) -> None:
    page = desk.page
    page.goto(f"{page.url.split('?')[0]}do/{name}/")
    desk.look()
    filled(page, **typed)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=**")
    desk.look()


def test_a_point_and_a_meeting(chromium: Browser, city: City) -> None:
    with visiting(chromium, city, width=1280) as desk:
        desk.sign_in("staff", "dispatcher")
        survey = opened(desk, "survey", "办证堵点大家说")
        id = survey.rstrip("/").rpartition("/")[2]
        region = survey.split("/")[3]
        with visiting(chromium, city, width=390) as phone:
            phone.go("/voice/surveys")
            phone.go(f"/voice/surveys/{region}/{id}")
            phone.press("我来说一个", role="link")
            page = phone.page
            filled(page, title=POINT, text="先三楼，再一楼。", county="350502", phone="13850002222")
            choose(phone, "[name=weight][value='2']")
            phone.press("提交")
            assert "诉求收到了" in page.content()
        desk.go(survey)
        desk.press(POINT, role="link")
        step(desk, "publish", text="办证要跑两个窗口盖章。")
        with visiting(chromium, city, width=390) as phone:
            phone.go(f"/voice/surveys/{region}/{id}")
            phone.press("我也遇到", role="link")
            choose(phone, "[name=weight][value='3']")
            phone.press("提交")
            assert "2人遇到" in phone.page.content()
        desk.go(survey)
        desk.go("/voices/points/")
        meeting = opened(desk, "meeting", "政企座谈会")
        desk.press("记入一批", role="link")
        filled(
            desk.page,
            region="350502",
            title_1="用电等了三个月",
            firm_1="鲤城食品有限公司",
            phone_1="13850004444",
        )
        desk.press("全部登记")
        assert "说了 1 件，办结 0 件" in desk.page.content()
        desk.go("/voices/rewards/")
    with visiting(chromium, city, width=390) as small:
        small.sign_in("staff", "dispatcher")
        for path in (survey, meeting, "/voices/occasions/", "/voices/points/", f"{meeting}take/"):
            small.go(path)
