"""行政许可法第八十二条: days that a written notice told are working days; another calendar moves them, and never to earlier."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks, notices
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import CaseState, Hearing, Status
from banshi.kernel.actors import SYSTEM
from banshi.kernel.workdays import Calendar, Notice, end_of
from tests.rules.cases.life import (
    CALENDAR,
    LI,
    NOTICES,
    PLAIN,
    TEXT,
    accepted,
    at,
    day,
    do,
    facts,
    received,
)


def by_notice(off: str = "", working: str = "") -> Calendar:
    """The calendar with a notice that takes a Monday off, or works a Saturday, in January 2027."""
    days = [
        {"date": date_, "isOffDay": is_off}
        for date_, is_off in (("2027-01-01", True), (off, True), (working, False))
        if date_
    ]
    return Calendar.of([*NOTICES, Notice.parse({"year": 2027, "papers": [], "days": days})])


LATER, EARLIER = by_notice(off="2027-01-04"), by_notice(working="2027-01-02")


def correcting(days: int = 5) -> CaseState:
    """Told on Tuesday 29 December: five working days, until Wednesday 6 January."""
    case = do(received(on="2026-12-28"), "request_correction", at("2026-12-29"), text=TEXT, days=days)
    assert days != 5 or case.correction_due_on == day("2027-01-06")
    return case


def offered() -> CaseState:
    """Told on the same day that a hearing may be asked for, within the law's five days."""
    return do(accepted(PLAIN, "2026-12-28"), "offer_hearing", at("2026-12-29"), text=TEXT)


def reclocked(case: CaseState, calendar: Calendar) -> CaseState:
    return do(case, "reclock", at("2026-12-30"), by=SYSTEM, calendar=calendar)


def hearing(case: CaseState) -> Hearing:
    assert case.hearing
    return case.hearing


def test_the_days_to_correct_move_with_the_calendar_and_so_does_what_silence_means() -> None:
    moved = reclocked(correcting(), LATER)
    assert moved.correction_due_on == day("2027-01-07")
    assert moved.status is Status.CORRECTING
    assert clocks.next_check_at(moved, LATER) == end_of(day("2027-01-07"))
    assert moved.calendar == LATER.version


def test_the_days_to_ask_for_a_hearing_move_too() -> None:
    moved = reclocked(offered(), LATER)
    assert hearing(moved).request_by == day("2027-01-07")
    asked = do(moved, "request_hearing", at("2027-01-07"), by=LI, calendar=LATER)
    assert hearing(asked).requested_on == day("2027-01-07")


def test_until_when_the_office_must_hold_it_moves_both_ways() -> None:
    asked = do(offered(), "request_hearing", at("2026-12-30"), by=LI)
    assert hearing(asked).hold_by == day("2027-01-28")
    for calendar, hold_by in ((LATER, "2027-01-29"), (EARLIER, "2027-01-27")):
        moved = reclocked(asked, calendar)
        assert hearing(moved).hold_by == day(hold_by)
        assert hearing(moved).request_by == hearing(asked).request_by  # it was asked for: over
        assert next(task for task in tasks(moved) if task.key == "hearing").due_on == day(hold_by)


@pytest.mark.parametrize("case", [correcting(), offered()], ids=["correction", "hearing"])
def test_a_person_who_was_told_a_day_keeps_it_when_the_calendar_would_make_it_earlier(
    case: CaseState,
) -> None:
    assert notices.moved(case, EARLIER) == {}
    told = (case.correction_due_on, case.hearing)
    moved = reclocked(case, EARLIER)
    assert (moved.correction_due_on, moved.hearing) == told


def test_what_was_done_in_time_or_is_over_does_not_move() -> None:
    supplied = do(correcting(), "supply_correction", at("2026-12-30"), by=LI)
    held = replace(offered(), hearing=replace(hearing(offered()), minutes=TEXT))
    withdrawn = do(offered(), "withdraw", at("2026-12-30"), by=LI)
    for case in (supplied, held, withdrawn):
        assert notices.moved(case, LATER) == {}


def test_of_notices_told_before_days_were_kept_nothing_is_known() -> None:
    case = replace(correcting(), correction_days=0)
    assert notices.moved(case, LATER) == {}
    (fact,) = facts(case, "reclock", at("2026-12-30"), by=SYSTEM, calendar=LATER)
    assert "notices" not in fact.data
    assert fact.kind == events.CLOCKS_RECOMPUTED


@given(
    told_on=st.dates(date(2026, 12, 1), date(2026, 12, 31)),
    days=st.integers(1, 60),
    calendar=st.sampled_from([LATER, EARLIER, CALENDAR]),
)
def test_reckoned_once_it_stays_and_never_comes_earlier(told_on: date, days: int, calendar: Calendar) -> None:
    told = told_on.isoformat()
    case = do(received(on=told), "request_correction", at(told, 12), text=TEXT, days=days)
    moved = reclocked(case, calendar)
    assert case.correction_due_on
    assert moved.correction_due_on == max(case.correction_due_on, calendar.add(told_on, days))
    assert notices.moved(moved, calendar) == {}
