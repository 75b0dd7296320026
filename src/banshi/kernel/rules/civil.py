"""日期与时刻: reading, writing and reckoning of civil dates, timestamps and durations, without a clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from banshi.kernel.rules.values import FIRST, LAST, LONGEST, SECOND, Duration, Fault, Timestamp

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:[zZ]|([+-])([0-9]{2}):([0-9]{2}))",
)
_OFFSET = re.compile(r"([+-]?)([0-9]{2}):([0-9]{2})")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_LENGTH = re.compile(r"[+-]?(?:[0-9]{0,30}(?:\.[0-9]{0,30})?(?:h|ms|m|us|µs|μs|ns|s))+")
_LENGTH_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(h|ms|m|us|µs|μs|ns|s)")
_UNITS = {"h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND, "ms": 10**6, "us": 10**3, "ns": 1}
_UNITS |= {"µs": 10**3, "μs": 10**3}


def civil_days(text: str) -> date:
    """2026-03-01 and nothing else."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise Fault("not_a_date")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Fault("not_a_date") from None


def years(start: date, end: date) -> int:
    """Whole years, rounded down: born on 29 February, one is a year older on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def months(start: date, end: date) -> int:
    """Whole months, rounded down."""
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


def timestamp_of(text: str) -> Timestamp:
    """RFC 3339, to the nanosecond."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise Fault("not_a_timestamp")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Fault("not_a_timestamp") from None
    hour, minute, second = int(match[4]), int(match[5]), int(match[6])
    east_hours, east_minutes = int(match[9] or 0), int(match[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or east_hours > 23 or east_minutes > 59:
        raise Fault("not_a_timestamp")
    east = (-60 if match[8] == "-" else 60) * (60 * east_hours + east_minutes)
    seconds = (day.toordinal() - 719_163) * 86_400 + hour * 3600 + minute * 60 + second - east
    nanos = seconds * SECOND + int((match[7] or "0").ljust(9, "0"))
    if not FIRST <= nanos <= LAST:
        raise Fault("range")
    return Timestamp(nanos)


def timestamp_text(at: Timestamp) -> str:
    fraction = f".{at.nanos % SECOND:09}".rstrip("0").rstrip(".")
    return f"{at.moment().replace(microsecond=0).isoformat()}{fraction}Z"


def duration_of(text: str) -> Duration:
    """1h30m, 90s, -1.5h, 3ns …"""
    if len(text) > 100 or not _LENGTH.fullmatch(text):
        if text in ("0", "+0", "-0"):
            return Duration(0)
        raise Fault("not_a_duration")
    total = 0
    for match in _LENGTH_PART.finditer(text):
        digits, fraction, unit = match[1], match[2] or "", _UNITS[match[3]]
        if not digits and not fraction:
            raise Fault("not_a_duration")
        total += int(digits or 0) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
    if total > LONGEST:
        raise Fault("range")
    return Duration(-total if text.startswith("-") else total)


def duration_text(length: Duration) -> str:
    """In seconds, with as many decimals as it has."""
    nanos = abs(length.nanos)
    fraction = f".{nanos % SECOND:09}".rstrip("0").rstrip(".")
    return f"{'-' if length.nanos < 0 else ''}{nanos // SECOND}{fraction}s"


def zoned(at: Timestamp, zone: str) -> datetime:
    """The wall clock there, without a zone. `zone` is a name such as Asia/Shanghai, or +08:00."""
    moment = at.moment()
    try:
        if match := _OFFSET.fullmatch(zone):
            minutes = 60 * int(match[2]) + int(match[3])
            return moment + timedelta(minutes=-minutes if match[1] == "-" else minutes)
        if not _ZONE.fullmatch(zone):
            raise Fault("not_a_zone")
        shift = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).utcoffset()
        return moment + (shift or timedelta())
    except OverflowError:
        raise Fault("range") from None
    except (OSError, ValueError, KeyError):
        raise Fault("not_a_zone") from None


# name -> what it reads off the wall clock, counted as the standard counts
parts: dict[str, Callable[[datetime, Timestamp], int]] = {
    "year": lambda wall, at: wall.year,
    "month": lambda wall, at: wall.month - 1,
    "day_of_month": lambda wall, at: wall.day - 1,
    "date": lambda wall, at: wall.day,
    "day_of_week": lambda wall, at: wall.isoweekday() % 7,
    "day_of_year": lambda wall, at: wall.timetuple().tm_yday - 1,
    "hours": lambda wall, at: wall.hour,
    "minutes": lambda wall, at: wall.minute,
    "seconds": lambda wall, at: wall.second,
    "millis": lambda wall, at: at.nanos % SECOND // 1_000_000,
}
