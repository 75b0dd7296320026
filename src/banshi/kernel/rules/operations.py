"""运算: what each operation does to plain values. They raise `Fault` where the language has an error.

Only operations that need more than one expression of Python are here; the rest are written out by `closure.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from banshi.kernel.rules.civil import (
    civil_days,
    duration_of,
    duration_text,
    months,
    parts,
    timestamp_of,
    timestamp_text,
    years,
    zoned,
)
from banshi.kernel.rules.pattern import matches
from banshi.kernel.rules.values import (
    FIRST,
    INT_MAX,
    INT_MIN,
    LAST,
    LONGEST,
    SECOND,
    Duration,
    Fault,
    Timestamp,
)

LONGEST_TEXT = 65_536
LONGEST_LIST = 10_000

_INT = re.compile(r"[+-]?[0-9]{1,20}")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_BOOLS = dict.fromkeys(("1", "t", "true", "TRUE", "True"), True) | dict.fromkeys(
    ("0", "f", "false", "FALSE", "False"), False
)


def whole(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise Fault("overflow")


def div_int(a: int, b: int) -> int:
    """Towards zero, as in Go, Java, C and SQL."""
    if b == 0:
        raise Fault("divide_by_zero")
    quotient = abs(a) // abs(b)
    return whole(quotient if (a < 0) == (b < 0) else -quotient)


def mod_int(a: int, b: int) -> int:
    """With the sign of `a`; an overflow where the division is one."""
    if b == 0:
        raise Fault("divide_by_zero")
    if a == INT_MIN and b == -1:
        raise Fault("overflow")
    rest = abs(a) % abs(b)
    return rest if a >= 0 else -rest


def div_double(a: float, b: float) -> float:
    """As IEEE 754 has it: nothing is an error."""
    if b:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def add_string(a: str, b: str) -> str:
    if len(a) + len(b) > LONGEST_TEXT:
        raise Fault("too_long_value")
    return a + b


def add_list(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    if len(a) + len(b) > LONGEST_LIST:
        raise Fault("too_long_value")
    return [*a, *b]


def sum_int(items: Sequence[int]) -> int:
    return whole(sum(items))


def sum_double(items: Sequence[float]) -> float:
    """From left to right, so that every backend gives the same last digit."""
    total = 0.0
    for item in items:
        total += item
    return total


def add_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise Fault("range") from None


def sub_days(day: date, days: int) -> date:
    return add_days(day, -days)


def add_timestamp(at: Timestamp, length: Duration) -> Timestamp:
    return _timestamp(at.nanos + length.nanos)


def sub_timestamp_duration(at: Timestamp, length: Duration) -> Timestamp:
    return _timestamp(at.nanos - length.nanos)


def sub_timestamp(later: Timestamp, earlier: Timestamp) -> Duration:
    nanos = later.nanos - earlier.nanos
    # The standard's durations between timestamps are 64-bit nanoseconds.
    if not INT_MIN <= nanos <= INT_MAX:
        raise Fault("range")
    return Duration(nanos)


def add_duration(a: Duration, b: Duration) -> Duration:
    return _duration(a.nanos + b.nanos)


def sub_duration(a: Duration, b: Duration) -> Duration:
    return _duration(a.nanos - b.nanos)


def _timestamp(nanos: int) -> Timestamp:
    if not FIRST <= nanos <= LAST:
        raise Fault("range")
    return Timestamp(nanos)


def _duration(nanos: int) -> Duration:
    if not -LONGEST <= nanos <= LONGEST:
        raise Fault("range")
    return Duration(nanos)


def index_list(items: Sequence[Any], index: int) -> Any:
    if 0 <= index < len(items):
        return items[index]
    raise Fault("bad_index")


def index_map(mapping: Mapping[Any, Any], key: Any) -> Any:
    try:
        return mapping[key]
    except KeyError:
        raise Fault("no_such_key") from None


def int_double(value: float) -> int:
    """Cut off towards zero. The largest double below 2⁶³ is far below it; 2⁶³ itself does not fit."""
    if not -(2.0**63) < value < 2.0**63:
        raise Fault("range")
    return int(value)


def int_string(text: str) -> int:
    if not _INT.fullmatch(text):
        raise Fault("not_a_number")
    value = int(text)
    if not INT_MIN <= value <= INT_MAX:
        raise Fault("range")
    return value


def double_string(text: str) -> float:
    if text.lower().lstrip("+-") in ("inf", "infinity", "nan") and len(text.lstrip("+-")) + 1 >= len(text):
        return float(text)
    if len(text) > 400 or not _DOUBLE.fullmatch(text):
        raise Fault("not_a_number")
    return float(text)


def bool_string(text: str) -> bool:
    try:
        return _BOOLS[text]
    except KeyError:
        raise Fault("not_a_bool") from None


def string_double(value: float) -> str:
    """The shortest digits that give the same number again, with an exponent from a million on, as Go and C have it."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value != value:
        return "NaN"
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    exponent = Decimal(repr(value)).adjusted() if value else 0
    text = "".join(map(str, digits))
    minus = "-" if sign else ""
    if -5 < exponent < 6:
        return minus + f"{Decimal(repr(abs(value))).normalize():f}"
    return f"{minus}{text[0]}{'.' if text[1:] else ''}{text[1:]}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def timestamp_int(seconds: int) -> Timestamp:
    return _timestamp(seconds * SECOND)


def int_timestamp(at: Timestamp) -> int:
    return at.nanos // SECOND


def yuan(amount: int | float | str) -> int:
    """元 in 分. Raises `Fault` for what is no whole number of 分."""
    try:
        cents = Decimal(str(amount)) * 100
    except InvalidOperation:
        raise Fault("not_a_number") from None
    if not cents.is_finite() or abs(cents) > INT_MAX or cents != int(cents):
        raise Fault("range")
    return int(cents)


def _hours(length: Duration) -> int:
    return _towards_zero(length.nanos, 3600 * SECOND)


def _towards_zero(a: int, b: int) -> int:
    return a // b if a >= 0 else -(-a // b)


def _milliseconds(length: Duration) -> int:
    return _towards_zero(length.nanos, SECOND // 1000) - 1000 * _towards_zero(length.nanos, SECOND)


def _part(name: str) -> Callable[..., int]:
    read = parts[name]

    def part(at: Timestamp, zone: str = "UTC") -> int:
        return read(zoned(at, zone), at)

    return part


OPERATIONS: dict[str, Callable[..., Any]] = {
    "div_int": div_int,
    "mod_int": mod_int,
    "div_double": div_double,
    "add_string": add_string,
    "add_list": add_list,
    "add_date_days": add_days,
    "sub_date_days": sub_days,
    "sub_date": lambda later, earlier: (later - earlier).days,
    "add_timestamp_duration": add_timestamp,
    "add_duration_timestamp": lambda length, at: add_timestamp(at, length),
    "add_duration": add_duration,
    "sub_timestamp_duration": sub_timestamp_duration,
    "sub_timestamp": sub_timestamp,
    "sub_duration": sub_duration,
    "index_list": index_list,
    "index_map": index_map,
    "matches": matches,
    "sum_int": sum_int,
    "sum_double": sum_double,
    "int_double": int_double,
    "int_string": int_string,
    "int_timestamp": int_timestamp,
    "double_int": float,
    "double_string": double_string,
    "bool_string": bool_string,
    "string_bool": lambda value: "true" if value else "false",
    "string_int": str,
    "string_double": string_double,
    "string_date": date.isoformat,
    "string_timestamp": timestamp_text,
    "string_duration": duration_text,
    "date_string": civil_days,
    "date_timestamp": lambda at, zone: zoned(at, zone).date(),
    "timestamp_string": timestamp_of,
    "timestamp_int": timestamp_int,
    "duration_string": duration_of,
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "years": years,
    "months": months,
    "duration_hours": _hours,
    "duration_minutes": lambda length: _towards_zero(length.nanos, 60 * SECOND),
    "duration_seconds": lambda length: _towards_zero(length.nanos, SECOND),
    "duration_millis": _milliseconds,
}
OPERATIONS.update({f"timestamp_{name}": _part(name) for name in parts})
