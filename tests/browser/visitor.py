"""A person at a browser: looks at every page that it passes, with axe, and at its width."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.conftest import City

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visitor:
    """`look` must find nothing wrong: axe 0, no sideways scrolling, nothing failed to load."""

    def __init__(self, page: Page, city: City, scripts: bool) -> None:
        self.page, self.city, self.scripts = page, city, scripts
        self.seen: set[str] = set()
        self.failures: list[str] = []
        page.on("pageerror", lambda error: self.failures.append(f"script: {error}"))
        page.on(
            "console", lambda m: self.failures.append(f"console: {m.text}") if m.type == "error" else None
        )

    def go(self, path: str) -> None:
        self.page.goto(f"{self.city.address}{path}")
        self.look()

    def press(self, text: str, *, role: str = "button") -> None:
        """Press a button (or follow a link) that reads so, and look at what comes."""
        self.page.get_by_role(role, name=text).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        page = self.page
        assert not self.failures, (page.url, self.failures, page.locator("main").inner_text()[:1500])
        place = page.url.split("?")[0]
        if place in self.seen:
            return
        self.seen.add(place)
        assert "Traceback" not in page.content()
        if self.scripts:
            page.evaluate(AXE)
            found: dict[str, Any] = page.evaluate(
                "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
            )
            wrong = [(v["id"], [node["html"][:150] for node in v["nodes"]][:3]) for v in found["violations"]]
            assert wrong == [], (page.url, wrong)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (page.url, f"{wide}px too wide")

    def sign_in(self, realm: str, login: str) -> None:
        field = "phone" if realm == "citizen" else "username"
        if not self.page.locator(f"[name={field}]").count():
            self.go("/sign-in" if realm == "citizen" else "/staff/sign-in/")
        self.page.fill(f"[name={field}]", login)
        self.page.fill("[name=password]", self.city.password)
        self.press("登录")


@contextmanager
def visiting(browser: Browser, city: City, *, width: int, scripts: bool = True) -> Iterator[Visitor]:
    """A fresh browser window; 390 px is a phone, 1280 px a desk."""
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 900},
        locale="zh-CN",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(15_000)
    try:
        yield Visitor(context.new_page(), city, scripts)
    finally:
        context.close()
