"""What a review consists of: the grade, its indicators, and the numbers that others give to grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple
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


class Via(StrEnum):
    """评价由来: how a review came in, which says who may have given it and by which channels."""

    SELF = "self"  # signed in as the applicant or an agent
    LINK = "link"  # a signed link or code, without signing in
    DEVICE = "device"  # 评价器 at a window
    CALL = "call"  # told to the call-back centre


CHANNELS: Mapping[Via, frozenset[Channel]] = {
    Via.SELF: frozenset({Channel.PORTAL, Channel.MOBILE, Channel.TERMINAL}),
    Via.LINK: frozenset({Channel.QR_CODE, Channel.SMS, Channel.TERMINAL}),
    Via.DEVICE: frozenset({Channel.HALL_TABLET}),
    Via.CALL: frozenset({Channel.PHONE}),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """被评价的事: one service within a case, whose it was, and whether it is finished.

    Service 1 is the case itself; from 2 on they are visits to a window (`window`: `hall/number`), in their order.
    """

    case: UUID
    item: str
    office: str
    party: UUID
    finished: bool
    assess_number: int = 1
    window: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """评价内容 as stated. The words lie in the private table, under `text` with a keyed `digest`; None for no words."""

    grade: str
    indicators: tuple[str, ...]
    channel: str
    text: UUID | None = None
    digest: str = ""
    named: bool = True  # 实名: may be asked back about it


@dataclass(frozen=True, slots=True)
class Review:
    """评价, without who gave it: those who are rated learn what was said, not by whom.

    `excluded`: found mistaken or malicious on appeal; kept on file, out of the figures.
    """

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
    window: str = ""
    named: bool = True
    excluded: bool = False


class HandoverState(StrEnum):
    """上报状态: `held` is what did not pass our own check and was not written to the file."""

    HELD = "held"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Handover:
    """上报 of a review, the last time: `faults` are fields of the national form that did not pass; `answer` is what the
    platform said. `times`: how often it was written."""

    region: str
    review: UUID
    office: str
    case_number: str
    assess_number: int
    state: HandoverState
    faults: tuple[str, ...] = ()
    answer: str = ""
    times: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """评价合计 of an office, window, item or all of a place: how many of each grade."""

    office: str
    grades: Mapping[Grade, int]

    @property
    def all(self) -> int:
        return sum(self.grades.values())

    @property
    def bad(self) -> int:
        """差评数."""
        return sum(count for grade, count in self.grades.items() if grade.bad)

    @property
    def content(self) -> int:
        """满意以上和基本满意: all that is no bad review."""
        return self.all - self.bad


class Link(NamedTuple):
    """评价凭码: for one service of one case and nothing else, until a day."""

    region: str
    case: UUID
    assess_number: int
    channel: Channel
    until_on: date


@dataclass(frozen=True, slots=True)
class Visit:
    """窗口服务: one visit to a window, offered to be rated at the window's device until `until_at`."""

    region: str
    id: UUID
    case: UUID
    assess_number: int
    window: str
    at: datetime
    until_at: datetime


class Ground(StrEnum):
    """申诉理由."""

    MISTAKEN = "mistaken"
    MALICIOUS = "malicious"

    @property
    def label(self) -> str:
        return {"mistaken": "误评", "malicious": "恶意差评"}[self.value]


@dataclass(frozen=True, slots=True)
class Appeal:
    """差评申诉 by the rated office; `by` and `decided_by` are staff codes, `upheld` is None until it is decided."""

    region: str
    id: UUID
    review: UUID
    office: str
    ground: Ground
    text: UUID
    by: str
    at: datetime
    upheld: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None


class About(StrEnum):
    """回访事由: what somebody is called about."""

    BAD_REVIEW = "bad_review"
    TICKET = "ticket"
    CASE = "case"

    @property
    def label(self) -> str:
        return {"bad_review": "差评核实", "ticket": "工单回访", "case": "办结回访"}[self.value]


class Outcome(StrEnum):
    """回访结果."""

    CONTENT = "content"
    NOT_CONTENT = "not_content"
    REFUSED = "refused"
    UNREACHED = "unreached"

    @property
    def label(self) -> str:
        return dict(zip(Outcome, "满意 不满意 拒访 没有打通".split(), strict=True))[self]


class CallStatus(StrEnum):
    """回访状态."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Call:
    """回访: one person to be called about one finished thing; whom, only who has claimed it may see.

    `subject` is the id of the case, review or ticket. `office` is what is asked about: nobody of it calls.
    """

    region: str
    id: UUID
    about: About
    subject: UUID
    office: str
    item: str
    window: str
    title: str
    at: datetime
    due_on: date
    next_at: datetime
    status: CallStatus = CallStatus.WAITING
    claimed_by: str = ""
    claimed_at: datetime | None = None
    attempts: int = 0
    outcome: Outcome | None = None
    text: UUID | None = None
    done_at: datetime | None = None
    case: UUID | None = None
    barred: str = ""  # who handled it and so does not call
    seq: int = 0


class Script(msgspec.Struct, frozen=True):
    """回访话术: what a caller says and asks, line by line."""

    lines: tuple[str, ...]


class Sampling(msgspec.Struct, frozen=True):
    """抽访方式: everybody, a share in per cent, or only cases of some item types (GB/T 39046 A.1)."""

    mode: Literal["all", "share", "kinds"] = "all"
    share: int = 100
    kinds: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True):
    """评价规则包 of a place: `data/evaluation`. Days are working days, hours and rates as named."""

    pack: str
    sampling: Sampling
    scripts: Mapping[str, Script]
    contact_days: int  # of a named bad review
    call_days: int  # of any other call
    attempts: int
    retry_hours: int
    lease_minutes: int
    link_days: int  # natural days
    device_minutes: int
    service_target: int  # per cent
    complaint_target: int
    invite: bool = False  # a text message when a case ends
