"""评价器: shows the service just done to whoever stands there, tells the desk nothing, and fills in no grade."""

from __future__ import annotations

import pytest

from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.models import Review
from banshi.contexts.evaluation.values import Channel, Grade
from tests.conftest import StoppedClock
from tests.personas import LICHENG, li, lin, wang
from tests.security.scene import at_the_window
from tests.security.town import Matter, Visitor, foreign_clerk, hidden, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    town()
    li()
    return Visitor.signed_in(wang())


@pytest.fixture
def matter(clerk: Visitor) -> Matter:
    return at_the_window(clerk, Visitor.signed_in(lin()))


@pytest.fixture
def device(clerk: Visitor, matter: Matter) -> str:
    """The address that the tablet keeps open."""
    return clerk.sent(clerk.post("/counter/device/"), "/counter/device/").location


@pytest.fixture
def tablet() -> Visitor:
    return Visitor()


def offer(clerk: Visitor, matter: Matter) -> None:
    clerk.sent(clerk.post(f"/counter/case/{matter.region}/{matter.case}/offer/"), "done=offer")


def touched(page: str, grade: str, **more: object) -> dict[str, object]:
    return {name: hidden(page, name) for name in ("service", "command_id")} | {"grade": grade} | more


def test_it_waits_shows_and_waits_again(
    clerk: Visitor, matter: Matter, device: str, tablet: Visitor, clock: StoppedClock
) -> None:
    assert "办完以后，在这里评价" in tablet.get(device).text
    offer(clerk, matter)
    page = tablet.get(device).text
    assert [grade.label for grade in Grade if grade.label in page] == [grade.label for grade in Grade]
    assert "李秀英" not in page and "checked" not in page
    seen = hidden(page, "service")
    assert tablet.get(f"{device}?seen={seen}").status == 204
    clock.forward(minutes=5)
    assert "办完以后，在这里评价" in tablet.get(device).text
    assert not Review.objects.exists()


def test_a_good_grade_is_one_touch(clerk: Visitor, matter: Matter, device: str, tablet: Visitor) -> None:
    offer(clerk, matter)
    page = tablet.get(device).text
    assert "评价收到了" in tablet.post(device, touched(page, "satisfied")).text
    found = queries.find_review(LICHENG, matter.case, 2)  # type: ignore[arg-type]
    assert found and (found.grade, found.channel) == (Grade.SATISFIED, Channel.HALL_TABLET)
    assert found.window == f"{LICHENG}-hall/1"
    assert "办完以后，在这里评价" in tablet.get(device).text
    desk = clerk.get(f"/counter/taken/{LICHENG}/{matter.id}/").text
    assert not any(grade.label in desk for grade in Grade), "the window does not see what was said"


def test_a_bad_grade_is_asked_about(clerk: Visitor, matter: Matter, device: str, tablet: Visitor) -> None:
    offer(clerk, matter)
    page = tablet.get(device).text
    asked = tablet.post(device, touched(page, "dissatisfied"))
    assert asked.status == 200 and "哪里不好" in asked.text and not Review.objects.exists()
    assert tablet.post(device, touched(asked.text, "dissatisfied", why="1")).status == 422
    done = tablet.post(device, touched(asked.text, "dissatisfied", why="1", indicators=["213"]))
    assert "评价收到了" in done.text and Review.objects.get().indicators == "213"


def test_the_next_visitor_rates_no_service_of_the_one_before(
    clerk: Visitor, matter: Matter, device: str, tablet: Visitor, clock: StoppedClock
) -> None:
    offer(clerk, matter)
    before = tablet.get(device).text
    clock.forward(minutes=6)
    offer(clerk, matter)
    late = tablet.post(device, touched(before, "satisfied"))
    assert late.status == 422 and "时间过了" in late.text and not Review.objects.exists()


def test_even_where_the_clerk_is_signed_in_it_is_the_visitor_who_rates(
    clerk: Visitor, matter: Matter, device: str
) -> None:
    """A second screen of the clerk's own computer: who is signed in does not matter, and is not written down."""
    offer(clerk, matter)
    page = clerk.get(device).text
    clerk.post(device, touched(page, "satisfied"))
    assert Review.objects.count() == 1


def test_a_forged_device_and_a_foreign_hall_get_nothing(
    clerk: Visitor, matter: Matter, device: str, tablet: Visitor, clock: StoppedClock
) -> None:
    other = "x" if device[-6] != "x" else "y"
    assert tablet.get(f"{device[:-6]}{other}{device[-5:]}").status >= 400
    foreign = Visitor.signed_in(foreign_clerk())
    assert foreign.post(f"/counter/case/{matter.region}/{matter.case}/offer/").status in (403, 404, 422, 409)
    assert "办完以后，在这里评价" in tablet.get(device).text
    clock.forward(days=1)
    assert tablet.get(device).status >= 400, "opened anew every day"
