"""Working days and periods: the notices, the edges that go wrong, and the Civil Code on the last day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.kernel.workdays import FIRST, LAST, Calendar, Deadline, Notice, Unit, civil_day, deadline, end_of

FOLDER = Path(__file__).parents[3] / "data" / "holidays"
RAW = {int(path.stem): json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
DAY = timedelta(days=1)

type Years = tuple[int, ...]


@cache
def published(*left_out: int) -> Calendar:
    return Calendar.of(Notice.parse(raw) for year, raw in RAW.items() if year not in left_out)


def days(first: date, last: date) -> list[date]:
    return [first + i * DAY for i in range((last - first).days + 1)]


TWENTY_YEARS = days(date(2007, 1, 1), date(2026, 12, 31))


def notice(year: int, *rows: tuple[str, object]) -> dict[str, Any]:
    return {"year": year, "papers": [], "days": [{"date": day, "isOffDay": off} for day, off in rows]}


# The published years


def test_the_files_cover_2007_to_2026() -> None:
    assert sorted(RAW) == list(range(2007, 2027))
    assert published().years == frozenset(RAW)


def test_every_published_day_equals_an_independent_calendar() -> None:
    assert len(TWENTY_YEARS) == 7305
    wrong = [d for d in TWENTY_YEARS if published().is_workday(d) != chinese_calendar.is_workday(d)]
    assert wrong == []


def test_every_published_day_equals_the_notices_themselves() -> None:
    said = {row["date"]: row["isOffDay"] for raw in RAW.values() for row in raw["days"]}
    wrong = [
        d for d in TWENTY_YEARS if published().is_workday(d) == said.get(d.isoformat(), d.weekday() >= 5)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("start_on", "expected"),
    [
        (date(2025, 1, 24), date(2025, 1, 26)),  # a Sunday worked before Spring Festival
        (date(2025, 10, 10), date(2025, 10, 11)),  # a Saturday worked after National Day
        (date(2025, 9, 30), date(2025, 10, 9)),
        (date(2023, 12, 31), date(2024, 1, 2)),
    ],
)
def test_one_working_day_later(start_on: date, expected: date) -> None:
    assert published().add(start_on, 1) == expected


@pytest.mark.parametrize(
    ("day", "worked", "told_by"),
    [
        (date(2007, 12, 29), True, 2008),  # Saturday
        (date(2007, 12, 31), False, 2008),  # Monday
        (date(2011, 12, 31), True, 2012),  # Saturday
        (date(2018, 12, 29), True, 2019),  # Saturday
        (date(2018, 12, 31), False, 2019),  # Monday
    ],
)
def test_a_notice_changes_the_end_of_the_year_before(day: date, worked: bool, told_by: int) -> None:
    assert published().is_workday(day) is worked
    assert published(told_by).is_workday(day) is not worked


def test_no_notice_reaches_further_back_than_29_december() -> None:
    early = [row["date"] for year, raw in RAW.items() for row in raw["days"] if row["date"] < f"{year}"]
    assert min(day[5:] for day in early) == "12-29"


# Years without a notice


def test_a_day_is_provisional_until_its_year_is_published() -> None:
    assert not published().provisional(date(2026, 12, 31))
    assert published().provisional(date(2027, 1, 1))
    assert published(2015).provisional(date(2015, 6, 1))


def test_an_empty_notice_is_not_a_published_one() -> None:
    """The source keeps an empty file for the coming year: it must not make that year look settled."""
    empty = Notice.parse(notice(2027))
    with_empty = Calendar.of([*(Notice.parse(raw) for raw in RAW.values()), empty])
    assert with_empty.provisional(date(2027, 3, 1))
    assert with_empty == published()


def test_2027_without_a_notice_rests_on_weekends_and_statutory_days() -> None:
    off = {d for d in days(date(2027, 1, 1), date(2027, 12, 31)) if not published().is_workday(d)}
    feasts = {d for d in off if d.weekday() < 5}
    assert feasts == {
        date(2027, 1, 1),
        date(2027, 2, 5),  # 除夕; the 6th and 7th are a weekend
        date(2027, 2, 8),  # 初三
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
        date(2027, 10, 1),
    }
    assert off >= {d for d in days(date(2027, 1, 1), date(2027, 12, 31)) if d.weekday() >= 5}


def test_labour_day_was_three_days_then_one_and_is_two_since_2025() -> None:
    bare = published(*RAW)
    assert not bare.is_workday(date(2007, 5, 3))
    assert bare.is_workday(date(2008, 5, 2))
    assert bare.is_workday(date(2024, 5, 2))
    assert not bare.is_workday(date(2025, 5, 2))


@pytest.mark.parametrize("year", range(2008, 2027))
def test_fixed_statutory_days_agree_with_the_notices(year: int) -> None:
    """What is assumed of an unpublished year was true of every published one, 清明 included."""
    bare = published(*RAW)
    assumed = {
        d for d in days(date(year, 1, 1), date(year, 12, 31)) if d.weekday() < 5 and not bare.is_workday(d)
    }
    assert assumed and not any(published().is_workday(d) for d in assumed)
    told = {row["date"] for row in RAW[year]["days"] if row["name"].startswith("清明") and row["isOffDay"]}
    april = {d.isoformat() for d in assumed if d.month == 4}
    assert april <= told


def test_loading_the_notice_settles_the_due_date() -> None:
    """Wang accepts on 4 December 2025: the notice swaps the last day, a Friday, for the Sunday after."""
    before = deadline(date(2025, 12, 4), 20, Unit.WORKDAYS, published(2026))
    after = deadline(date(2025, 12, 4), 20, Unit.WORKDAYS, published())
    assert before == Deadline(date(2026, 1, 2), provisional=True)
    assert after == Deadline(date(2026, 1, 4), provisional=False)


# Reading a notice


def test_a_notice_is_read_with_its_papers() -> None:
    read = Notice.parse(RAW[2019])
    assert read.year == 2019
    assert date(2018, 12, 31) in read.off and date(2018, 12, 29) in read.working
    assert len(read.papers) == 2


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"year": 2027, "papers": []}, "days"),
        (notice(2027, ("2027-02-30", True)), "day"),
        (notice(2027, ("2027-10-01", "false")), "isOffDay"),
        ({**notice(2027), "year": "2027"}, "year"),
        (notice(2027, ("2026-10-01", True)), "2026-10-01"),
        (notice(2027, ("2027-10-01", True), ("2027-10-01", False)), "2027-10-01"),
    ],
)
def test_a_faulty_notice_is_refused_and_the_fault_named(obj: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Notice.parse(obj)


def test_notices_that_contradict_each_other_are_refused() -> None:
    one = Notice.parse(notice(2026, ("2026-12-31", True)))
    other = Notice.parse(notice(2027, ("2026-12-31", False)))
    with pytest.raises(ValueError, match="2026-12-31"):
        Calendar.of([one, other])


def test_the_version_names_the_answers_not_the_order_of_loading() -> None:
    notices = [Notice.parse(raw) for raw in RAW.values()]
    assert Calendar.of(reversed(notices)) == published()
    assert published().version != published(2026).version
    assert len(published().version) == 12


def test_a_notice_that_confirms_what_was_assumed_is_still_a_new_version() -> None:
    """The days stay as they were; what was provisional no longer is."""
    year = days(date(2040, 1, 1), date(2040, 12, 31))
    assumed = [d.isoformat() for d in year if d.weekday() < 5 and not published().is_workday(d)]
    confirmed = Calendar.of(
        [
            *(Notice.parse(raw) for raw in RAW.values()),
            Notice.parse(notice(2040, *((d, True) for d in assumed))),
        ]
    )
    assert [confirmed.is_workday(d) for d in year] == [published().is_workday(d) for d in year]
    assert confirmed.version != published().version


# Counting, for any day

UNPUBLISHED = st.sampled_from([(), (2012, 2025, 2026), tuple(RAW)])  # years whose notice is missing
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))
COUNTS = st.integers(0, 200)


@given(UNPUBLISHED, DAYS, COUNTS)
def test_add_counts_the_working_days_one_by_one(missing: Years, day: date, n: int) -> None:
    calendar = published(*missing)
    walked, left = day, n
    while left:
        walked += DAY
        left -= calendar.is_workday(walked)
    assert calendar.add(day, n) == walked
    assert calendar.between(day, walked) == n


@given(UNPUBLISHED, DAYS, COUNTS)
def test_subtract_counts_back_one_by_one(missing: Years, day: date, n: int) -> None:
    calendar = published(*missing)
    walked, left = day, n
    while left:
        walked -= DAY
        left -= calendar.is_workday(walked)
    assert calendar.subtract(day, n) == walked


@given(UNPUBLISHED, DAYS, COUNTS)
def test_add_and_subtract_undo_each_other_on_working_days(missing: Years, day: date, n: int) -> None:
    calendar = published(*missing)
    worked = calendar.next_workday(day)
    assert calendar.subtract(calendar.add(worked, n), n) == worked
    assert calendar.add(calendar.subtract(worked, n), n) == worked


@given(UNPUBLISHED, DAYS, DAYS, DAYS)
def test_between_is_antisymmetric_and_adds_up(missing: Years, a: date, b: date, c: date) -> None:
    calendar = published(*missing)
    assert calendar.between(a, b) == -calendar.between(b, a)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(UNPUBLISHED, DAYS, DAYS, COUNTS, COUNTS)
def test_later_or_longer_never_ends_earlier(missing: Years, a: date, b: date, n: int, m: int) -> None:
    calendar = published(*missing)
    (a, b), (n, m) = sorted((a, b)), sorted((n, m))
    assert calendar.add(a, n) <= calendar.add(b, n)
    assert calendar.add(a, n) <= calendar.add(a, m)


@given(UNPUBLISHED, DAYS)
def test_next_workday_is_worked_and_stays(missing: Years, day: date) -> None:
    calendar = published(*missing)
    worked = calendar.next_workday(day)
    assert calendar.is_workday(worked) and calendar.next_workday(worked) == worked
    assert not any(calendar.is_workday(d) for d in days(day, worked - DAY))


def test_outside_the_table_is_refused_by_name() -> None:
    calendar = published()
    for ask in (
        lambda: calendar.is_workday(FIRST - DAY),
        lambda: calendar.provisional(LAST + DAY),
        lambda: calendar.add(LAST, 1),
        lambda: calendar.subtract(FIRST, 1),
        lambda: calendar.add(date(2026, 1, 1), 10**9),
        lambda: deadline(date(2026, 1, 1), 10**12, Unit.NATURAL_DAYS, calendar),
        lambda: deadline(date(2026, 1, 1), 10**12, Unit.MONTHS, calendar),
    ):
        with pytest.raises(ValueError, match="2100-12-31"):
            ask()
    with pytest.raises(ValueError, match="-1"):
        calendar.add(date(2026, 1, 5), -1)


def test_an_instant_is_no_civil_day() -> None:
    with pytest.raises(TypeError, match="civil day"):
        published().is_workday(datetime(2026, 1, 5, 20, tzinfo=UTC))


# 民法典 arts. 201–203


@pytest.mark.parametrize(
    ("start_on", "n", "unit", "due_on"),
    [
        # 201: the first day does not count
        (date(2026, 3, 2), 1, Unit.NATURAL_DAYS, date(2026, 3, 3)),
        (date(2026, 3, 2), 5, Unit.WORKDAYS, date(2026, 3, 9)),
        # 202: the day of the same number, or the last of a shorter month
        (date(2026, 3, 10), 1, Unit.MONTHS, date(2026, 4, 10)),
        (date(2026, 3, 31), 1, Unit.MONTHS, date(2026, 4, 30)),
        (date(2024, 1, 29), 1, Unit.MONTHS, date(2024, 2, 29)),
        (date(2025, 12, 31), 2, Unit.MONTHS, date(2026, 2, 28)),  # a Saturday, but worked
        (date(2024, 2, 29), 12, Unit.MONTHS, date(2025, 2, 28)),
        (date(2025, 11, 14), 1, Unit.MONTHS, date(2025, 12, 15)),  # the 14th is a Sunday
        # 203: a last day off moves to the day after the days off
        (date(2026, 2, 1), 15, Unit.NATURAL_DAYS, date(2026, 2, 24)),  # into Spring Festival
        (date(2025, 9, 26), 7, Unit.NATURAL_DAYS, date(2025, 10, 9)),
        (date(2026, 1, 3), 1, Unit.NATURAL_DAYS, date(2026, 1, 4)),  # a Sunday, but worked
        # days off inside the period count as natural days
        (date(2026, 2, 10), 30, Unit.NATURAL_DAYS, date(2026, 3, 12)),
        # done the same day, received on a day off
        (date(2026, 10, 1), 0, Unit.WORKDAYS, date(2026, 10, 8)),
    ],
)
def test_when_a_period_ends(start_on: date, n: int, unit: Unit, due_on: date) -> None:
    assert deadline(start_on, n, unit, published()) == Deadline(due_on, provisional=False)


@given(UNPUBLISHED, DAYS, st.integers(0, 12), st.sampled_from(Unit))
def test_a_period_never_ends_on_a_day_off(missing: Years, start_on: date, n: int, unit: Unit) -> None:
    calendar = published(*missing)
    due = deadline(start_on, n, unit, calendar)
    assert calendar.is_workday(due.due_on) and due.due_on >= start_on


@pytest.mark.parametrize(
    ("start_on", "n", "unit", "provisional"),
    [
        (date(2026, 12, 1), 19, Unit.WORKDAYS, False),  # 28 December
        (date(2026, 12, 1), 20, Unit.WORKDAYS, True),  # 29 December: the notice for 2027 may still take it
        (date(2026, 12, 7), 20, Unit.WORKDAYS, True),
        (date(2026, 12, 1), 30, Unit.NATURAL_DAYS, True),
        (date(2026, 6, 30), 5, Unit.MONTHS, False),
        (date(2026, 6, 30), 7, Unit.MONTHS, True),
        (date(2006, 12, 31), 3, Unit.WORKDAYS, False),  # counts 2007 alone
        (date(2006, 12, 28), 3, Unit.WORKDAYS, True),  # counts days of an unpublished year
        (date(2006, 6, 1), 12, Unit.MONTHS, False),  # only the last day matters
    ],
)
def test_a_due_date_is_provisional_while_a_notice_may_move_it(
    start_on: date, n: int, unit: Unit, provisional: bool
) -> None:
    assert deadline(start_on, n, unit, published()).provisional is provisional


def test_the_last_day_ends_at_24_00_in_china() -> None:
    assert end_of(date(2026, 3, 9)) == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    assert end_of(date(2026, 3, 9)).tzinfo is UTC


@given(DAYS)
def test_the_end_of_a_day_already_belongs_to_the_next(day: date) -> None:
    assert civil_day(end_of(day)) == day + DAY
    assert civil_day(end_of(day) - timedelta(microseconds=1)) == day


def test_a_late_evening_in_utc_is_the_next_day_in_china() -> None:
    assert civil_day(datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 9)
    assert civil_day(datetime(2026, 3, 9, 16, 0, tzinfo=UTC)) == date(2026, 3, 10)
    with pytest.raises(ValueError, match="time zone"):
        civil_day(datetime(2026, 3, 9, 16, 0))  # noqa: DTZ001
