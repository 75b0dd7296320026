"""What a review consists of: the grade, its indicators, and the numbers that others give to grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec


class Grade(StrEnum):
    """评价等级, the best first. It has no number of its own: two numberings are in use, and they are opposite."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def bad(self) -> bool:
        """差评."""
        return self in (Grade.DISSATISFIED, Grade.VERY_DISSATISFIED)


_LABELS = dict(zip(Grade, "非常满意 满意 基本满意 不满意 非常不满意".split(), strict=True))


def gb39046_code(grade: Grade) -> str:
    """满意度 in GB/T 39046-2020 table A.8: `1` is the best, `5` the worst."""
    return str(list(Grade).index(grade) + 1)


def national_code(grade: Grade) -> str:
    """满意度 in the national 好差评 interface: `5` is the best, `1` the worst."""
    return str(5 - list(Grade).index(grade))


class Channel(StrEnum):
    """评价渠道 (GB/T 39046-2020)."""

    PORTAL = "portal"
    MOBILE = "mobile"
    QR_CODE = "qr_code"
    HALL_TABLET = "hall_tablet"
    TERMINAL = "terminal"
    PHONE = "phone"
    SMS = "sms"

    @property
    def label(self) -> str:
        return dict(zip(Channel, "PC端 移动端 二维码 大厅平板 其他终端 电话 短信".split(), strict=True))[self]


class Indicator(msgspec.Struct, frozen=True):
    """规范选项: one of the eight statements that go with a grade; three of them are `core`."""

    code: str
    text: str
    core: bool


@cache
def indicators() -> Mapping[Grade, tuple[Indicator, ...]]:
    """The forty national indicators by grade (`indicators.json`)."""
    raw = msgspec.json.decode(Path(__file__).with_name("indicators.json").read_bytes())
    return msgspec.convert(raw["grades"], dict[Grade, tuple[Indicator, ...]])


@dataclass(frozen=True, slots=True)
class Matter:
    """被评价的事: one service within a case (`assess_number`, from 1), whose it was, and whether it is finished."""

    case: UUID
    item: str
    office: str
    party: UUID
    finished: bool
    assess_number: int = 1


@dataclass(frozen=True, slots=True)
class Opinion:
    """评价内容 as stated. The words lie in the private table, under `text` with a keyed `digest`; None for no words."""

    grade: str
    indicators: tuple[str, ...]
    channel: str
    text: UUID | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """评价, without who gave it: those who are rated learn what was said, not by whom."""

    region: str
    id: UUID
    case: UUID
    assess_number: int
    item: str
    office: str
    grade: Grade
    indicators: tuple[str, ...]
    channel: Channel
    at: datetime
    text: UUID | None


@dataclass(frozen=True, slots=True)
class Totals:
    """评价合计 of an office: how many of each grade."""

    office: str
    grades: Mapping[Grade, int]

    @property
    def all(self) -> int:
        return sum(self.grades.values())

    @property
    def bad(self) -> int:
        """差评数."""
        return sum(count for grade, count in self.grades.items() if grade.bad)
