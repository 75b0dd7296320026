"""效能统计: each figure by its definition, from the facts of cases that were really handled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import Budget, Input, Plan
from banshi.directory.calendar import calendar
from banshi.infra.store import new_id
from banshi.insight.statistics import Statistics, percent, statistics
from banshi.kernel.actors import SYSTEM, Actor, Post

pytestmark = pytest.mark.django_db

REGION, OFFICE = "350502", "350502-market"
LIN = Actor("staff", "1", (Post("officer", OFFICE, REGION),))
HUANG = Actor("staff", "2", (Post("approver", OFFICE, REGION),))
MONDAY = date(2026, 3, 2)


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 2, tzinfo=UTC)


def received(day: int, *, instant: bool, channel: str = "online", office: str = OFFICE) -> UUID:
    plan = Plan(
        item="shop-sign" if instant else "food-licence", version=1, name="招牌" if instant else "食品经营许可",
        type="01", instant=instant, statutory=Budget(20), promised=Budget(1 if instant else 5),
    )  # fmt: skip
    case = operations.open_case(
        region=REGION, application=new_id(), party=new_id(), plan=plan, office=office, hall="", channel=channel,
        subject=operations.Subject("李演示", "person", "", {}, ()), actor=SYSTEM, at=at(day), calendar=calendar(),
    )  # fmt: skip
    return UUID(case)


def act(
    name: str, case: UUID, day: int, who: Actor = LIN, given: Input | None = None, text: str = ""
) -> None:
    operations.act(
        name, region=REGION, id=case, actor=who, at=at(day), calendar=calendar(), given=given, text=text
    )


def granted(case: UUID, accepted: int, decided: int) -> None:
    act("accept", case, accepted)
    act("review", case, decided, given=Input(verdict="pass"))
    act("decide", case, decided, HUANG, Input(verdict="pass"))


def figures(as_of: int = 31) -> Statistics:
    found = statistics(
        [REGION], since_on=MONDAY, until_on=date(2026, 3, 31), as_of_on=date(2026, 3, as_of),
        group=lambda office: office,
    )  # fmt: skip
    return found.get(OFFICE, Statistics())


def test_done_at_once_is_an_instant_item_decided_on_the_day_of_receipt() -> None:
    same_day, next_day = received(2, instant=True), received(2, instant=True)
    for case, day in ((same_day, 2), (next_day, 3)):
        act("accept", case, 2)
        act("decide", case, day, given=Input(verdict="pass"))
    granted(received(2, instant=False), 2, 2)  # quick, but not an instant item
    found = figures()
    assert (found.received, found.finished, found.at_once) == (3, 3, 1)
    assert found.at_once_rate == Decimal("33.33")


def test_in_one_go_is_without_a_correction() -> None:
    granted(received(2, instant=False), 2, 4)
    corrected = received(2, instant=False)
    act("request_correction", corrected, 2, text="营业场所证明缺页")
    state = queries.get_case(REGION, corrected, SYSTEM)
    li = Actor("citizen", "li", (), frozenset({str(state.party)}))
    act("supply_correction", corrected, 3, li)
    granted(corrected, 3, 5)
    assert figures().one_go_rate == Decimal("50.00")


def test_on_time_is_by_the_due_day_last_told() -> None:
    granted(received(2, instant=False), 2, 9)  # the fifth working day
    granted(received(2, instant=False), 2, 10)
    assert figures().on_time_rate == Decimal("50.00")


def test_what_ends_after_the_day_of_the_report_is_not_finished_in_it() -> None:
    granted(received(2, instant=False), 2, 9)
    assert (figures(as_of=6).finished, figures(as_of=9).finished) == (0, 1)


def test_days_channels_and_promises() -> None:
    received(2, instant=False)
    received(2, instant=False, channel="window")
    received(4, instant=False)
    found = figures()
    assert (found.received, found.opening_days, found.per_day) == (3, 2, 1)
    assert found.online_rate == Decimal("66.67")
    assert found.time_cut == Decimal("75.00")  # 5 days promised of 20


def test_offices_are_counted_by_the_group_that_is_asked_for() -> None:
    received(2, instant=False)
    received(2, instant=False, office="350500-market")
    found = statistics(
        [REGION], since_on=MONDAY, until_on=MONDAY, as_of_on=MONDAY, group=lambda office: office[:6]
    )
    assert {place: sums.received for place, sums in found.items()} == {"350502": 1, "350500": 1}


def test_nothing_counted_is_no_rate() -> None:
    assert figures().at_once_rate is None
    assert percent(1_011_984, 1_261_846) == Decimal("80.20")


def test_visits_are_the_days_on_which_the_applicant_came_to_a_window() -> None:
    """跑动次数, row 40."""
    online, here, twice = (
        received(2, instant=True, channel=channel) for channel in ("online", "window", "window")
    )
    for case in (online, here, twice):
        act("accept", case, 2)
        act("decide", case, 2, given=Input(verdict="refuse"), text="演示：理由。")
    act("deliver", online, 3, SYSTEM, Input(how="online"))
    act("deliver", here, 2, SYSTEM, Input(how="window"))
    act("deliver", twice, 4, SYSTEM, Input(how="window"))
    found = figures()
    assert (found.no_visit, found.one_visit, found.finished) == (1, 1, 3)
    assert (found.no_visit_rate, found.one_visit_rate) == (Decimal("33.33"), Decimal("66.67"))
