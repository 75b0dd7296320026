"""值: what a rule works on and what comes out of it.

bool, int, float, str, None, `datetime.date`, `Timestamp`, `Duration`, list, dict; besides these `UNKNOWN` (a datum is
missing) and `Error` (64-bit overflow, division by zero, no such key …), which `&&` and `||` absorb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
SECOND = 1_000_000_000
# The standard's bounds: years 1 to 9999, and 10,000 years either way.
FIRST, LAST = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1
LONGEST = 315_576_000_000 * SECOND
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - arithmetic in UTC alone, up to the bounds of years 1 and 9999


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """时刻: nanoseconds since 1970-01-01 UTC."""

    nanos: int

    def moment(self) -> datetime:
        """In UTC, to the microsecond, without a zone."""
        return _EPOCH + timedelta(microseconds=self.nanos // 1000)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """时长: nanoseconds, also negative."""

    nanos: int


class NoValue:
    """无值: what stands where a value could not be had. Its truth is not asked for."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise TypeError("neither true nor false")


class Unknown(NoValue):
    """未知: a datum is missing. There is one, `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Unknown] = Unknown()


class Error(NoValue):
    """出错: `kind` names what went wrong (see `messages.py`) between `start` and `end` of the source."""

    __slots__ = ("end", "kind", "start")

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind, self.start, self.end = kind, start, end

    def __repr__(self) -> str:
        return f"Error({self.kind!r}, {self.start}, {self.end})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Error) and (self.kind, self.start, self.end) == (
            other.kind,
            other.start,
            other.end,
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.start, self.end))


type Value = (
    bool
    | int
    | float
    | str
    | date
    | Timestamp
    | Duration
    | Sequence[Value]
    | Mapping[bool | int | str, Value]
    | None
)
type Result = Value | NoValue


class Fault(Exception):
    """运行出错: raised inside an operation; becomes an `Error` with the place of the call."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
