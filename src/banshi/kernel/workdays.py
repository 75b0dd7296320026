"""工作日: which days are worked, and when a period ends.

Periods follow 民法典 arts. 200–204. They run by the Gregorian calendar (200). The first day does not
count (201). Months end on the day of the same number, or on the last of a shorter month (202). A last day
that is a statutory day off moves to the day after the days off (203). Another law may say otherwise (204):
one that does is 行政许可法 art. 82, whose periods are counted in working days.

The days off and the working weekends of a year are set by the State Council's yearly notice. A notice for one
year also changes the last days of the year before, so notices are only ever used together. A year without a
notice is reckoned as Monday to Friday less the statutory days off, and is *provisional*.
"""

from __future__ import annotations

import hashlib
from array import array
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from itertools import accumulate, compress
from typing import Any, Self

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
_ZERO = FIRST.toordinal()
_SPAN = LAST.toordinal() - _ZERO + 1

# One offset since 1992; a fixed one needs no time zone database on the server.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

# From this day of December on, the next year's notice has a say: none since 2007 reached further back.
_SHARED_FROM = (12, 29)

# 正月初一, 端午, 中秋 as (month, day). Four calendar libraries and computed new moons agree on each.
_FEASTS = {
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}


class Unit(StrEnum):
    """期限单位: what a period is counted in. A year is twelve months."""

    WORKDAYS = "workdays"
    NATURAL_DAYS = "natural_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Notice:
    """放假通知: the State Council's for one year: days off, working weekends, addresses of its papers."""

    year: int
    off: frozenset[date]
    working: frozenset[date]
    papers: tuple[str, ...] = ()

    @classmethod
    def parse(cls, obj: Mapping[str, Any]) -> Self:
        """From `{"year": 2026, "papers": [url], "days": [{"date": "2026-01-01", "isOffDay": true}, …]}`.

        Raises ValueError naming what is wrong: a field, a day of another year, a day both off and worked.
        """
        try:
            year, papers = obj["year"], tuple(obj["papers"])
            days = [(date.fromisoformat(row["date"]), row["isOffDay"]) for row in obj["days"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"放假通知无法读取 / Cannot read the holiday notice: {error!r}") from None
        if type(year) is not int or any(type(is_off) is not bool for _, is_off in days):
            raise ValueError(
                "放假通知的 year 应为整数，isOffDay 应为 true 或 false / "
                "In a holiday notice year is a whole number and isOffDay is true or false"
            )
        for day, _ in days:
            if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
                raise ValueError(f"{day} 不属于 {year} 年的通知 / {day} is no day of the notice for {year}")
        off = frozenset(day for day, is_off in days if is_off)
        working = frozenset(day for day, is_off in days if not is_off)
        _refuse_both(off, working)
        return cls(year, off, working, papers)


@dataclass(frozen=True, slots=True)
class Calendar:
    """工作日历: every day from 2000 to 2100, worked or off. Immutable; equal when the versions are equal.

    `version`: 12 hex digits over all days and the years published, so one version gives one set of answers.
    `years`: those with a notice. Every method raises ValueError outside 2000–2100.
    """

    version: str
    years: frozenset[int] = field(compare=False, repr=False)
    _worked: bytes = field(compare=False, repr=False)  # by day since FIRST: 1 worked, 0 off
    _passed: array[int] = field(compare=False, repr=False)  # by day: working days up to and with it
    _workdays: array[int] = field(compare=False, repr=False)  # by rank: the day since FIRST

    @classmethod
    def of(cls, notices: Iterable[Notice]) -> Self:
        """The union of the notices. One that names no day is not out yet and is left aside.

        Raises ValueError when one notice gives a day off that another has worked.
        """
        published = [notice for notice in notices if notice.off or notice.working]
        years = frozenset(notice.year for notice in published)
        off = frozenset[date]().union(*(notice.off for notice in published))
        working = frozenset[date]().union(*(notice.working for notice in published))
        _refuse_both(off, working)
        worked = bytearray(b"\1\1\1\1\1\0\0" * (_SPAN // 7 + 2))
        worked = worked[FIRST.weekday() : FIRST.weekday() + _SPAN]
        unpublished = [year for year in range(FIRST.year, LAST.year + 1) if year not in years]
        for day in off.union(*map(_statutory_days, unpublished)):
            worked[_index(day)] = 0
        for day in working:
            worked[_index(day)] = 1
        return cls(
            version=hashlib.sha256(worked + repr(sorted(years)).encode()).hexdigest()[:12],
            years=years,
            _worked=bytes(worked),
            _passed=array("I", accumulate(worked)),
            _workdays=array("I", compress(range(_SPAN), worked)),
        )

    def provisional(self, day: date) -> bool:
        """Whether the day's year has no notice yet."""
        _index(day)
        return day.year not in self.years

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked."""
        return self._worked[_index(day)] == 1

    def next_workday(self, day: date) -> date:
        """The day itself when worked, else the first working day after it."""
        index = _index(day)
        return day if self._worked[index] else self._ranked(self._passed[index], day)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after the day, which itself does not count; the day itself for n = 0."""
        _refuse_negative(n)
        index = _index(day)
        return self._ranked(self._passed[index] + n - 1, day) if n else day

    def subtract(self, day: date, n: int) -> date:
        """The n-th working day before the day, which itself does not count; the day itself for n = 0."""
        _refuse_negative(n)
        index = _index(day)
        return self._ranked(self._passed[index] - self._worked[index] - n, day) if n else day

    def between(self, a: date, b: date) -> int:
        """Working days after `a`, up to and with `b`; with b before a, minus the same from b to a."""
        return self._passed[_index(b)] - self._passed[_index(a)]

    def _ranked(self, rank: int, start: date) -> date:
        if not 0 <= rank < len(self._workdays):
            raise ValueError(_beyond(start))
        return date.fromordinal(_ZERO + self._workdays[rank])


@dataclass(frozen=True, slots=True)
class Deadline:
    """期限届满日: the last day of a period; provisional while a notice still to come may move it."""

    due_on: date
    provisional: bool


def deadline(start_on: date, n: int, unit: Unit, calendar: Calendar) -> Deadline:
    """When a period of n units that began on a day ends (民法典 arts. 201–203; 行政许可法 art. 82).

    The first day does not count. A period of months ends on the day of the same number, or on the last of a
    shorter month. Whatever the unit, a last day that is not worked moves to the next working day: weekends
    are days off too (行政复议法 art. 88 sets 工作日 against 法定休假日), unless a notice has them worked.
    Provisional also when due on 29–31 December while the next year's notice is not out.
    Raises ValueError for a negative n and outside 2000–2100.
    """
    _refuse_negative(n)
    _index(start_on)
    match unit:
        case Unit.WORKDAYS:
            last = calendar.add(start_on, n)
        case Unit.NATURAL_DAYS:
            last = _add_days(start_on, n)
        case Unit.MONTHS:
            last = _add_months(start_on, n)
    due_on = calendar.next_workday(last)
    asked_from = min(start_on + timedelta(days=1), due_on) if unit is Unit.WORKDAYS else last
    asked_until = due_on.year + ((due_on.month, due_on.day) >= _SHARED_FROM)
    return Deadline(due_on, not calendar.years.issuperset(range(asked_from.year, asked_until + 1)))


def end_of(due_on: date) -> datetime:
    """The instant (UTC) at which a civil day ends in China: its 24:00, the next 00:00 (民法典 art. 203).

    Half-open: what arrives at that very instant is late. Where office hours bind, closing time ends the day
    instead (art. 203, second paragraph): that is for the office's own hours to say.
    """
    return datetime.combine(due_on + timedelta(days=1), time(), CHINA).astimezone(UTC)


def light(due_on: date | None, warn_on: date | None, today: date) -> str:
    """亮灯: red past the due day, yellow from the warning day on, green before; empty when no clock runs."""
    if due_on is None:
        return ""
    if today > due_on:
        return "red"
    return "yellow" if warn_on and today >= warn_on else "green"


def civil_day(instant: datetime) -> date:
    """The day that an instant falls on in China. Raises ValueError for an instant without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("时刻缺少时区 / The instant has no time zone")
    return instant.astimezone(CHINA).date()


def _statutory_days(year: int) -> list[date]:
    """全体公民放假的节日: 全国年节及纪念日放假办法 art. 2, as in force that year, as far as it can be known.

    Lunar feasts are known for 2027–2035 only. Days given back for a feast on a weekend (art. 6) and shifted
    weekends are the notice's to say.
    """
    may = 3 if year < 2008 else 1 if year < 2025 else 2
    days = [(1, 1), *((5, day) for day in range(1, may + 1)), (10, 1), (10, 2), (10, 3)]
    if year >= 2008:
        # 清明: the solar year's drift against the leap years; right up to 2099, a day early in 2100.
        days.append((4, int((year - 2000) * 0.2422 + 4.81) - (year - 2000) // 4))
    solar = [date(year, *day) for day in days]
    if year in _FEASTS:
        new_year, dragon_boat, mid_autumn = (date(year, *day) for day in _FEASTS[year])
        solar += [new_year + timedelta(days=shift) for shift in (-1, 0, 1, 2)] + [dragon_boat, mid_autumn]
    return solar


def _add_days(start_on: date, n: int) -> date:
    if start_on.toordinal() + n > LAST.toordinal():
        raise ValueError(_beyond(start_on))
    return start_on + timedelta(days=n)


def _add_months(start_on: date, n: int) -> date:
    year, month = divmod(start_on.year * 12 + start_on.month - 1 + n, 12)
    if year > LAST.year:
        raise ValueError(_beyond(start_on))
    return date(year, month + 1, min(start_on.day, monthrange(year, month + 1)[1]))


def _index(day: date) -> int:
    """Days since FIRST. An instant is refused: its day depends on the time zone, see `civil_day`."""
    if isinstance(day, datetime):
        raise TypeError("需要日期，不是时刻 / A civil day is needed, not an instant")
    index = day.toordinal() - _ZERO
    if not 0 <= index < _SPAN:
        raise ValueError(f"{day} 不在工作日历内（{FIRST} 至 {LAST}） / {day} is outside {FIRST} to {LAST}")
    return index


def _beyond(start: date) -> str:
    return (
        f"从 {start} 起算，超出工作日历（{FIRST} 至 {LAST}） / "
        f"Counted from {start}, this leaves the working-day calendar ({FIRST} to {LAST})"
    )


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError(f"期限不能为负：{n} / A period cannot be negative: {n}")


def _refuse_both(off: frozenset[date], working: frozenset[date]) -> None:
    if both := off & working:
        raise ValueError(f"{min(both)} 既放假又上班 / {min(both)} is both off and worked")
