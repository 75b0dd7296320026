"""What a policy says, what a match finds, and what the questions answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from banshi.directory.values import covers


class Level(StrEnum):
    """政策层级."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def zh(self) -> str:
        return dict(zip(Level, ("国家", "省级", "市级", "县级"), strict=True))[self]


class Mode(StrEnum):
    """兑现方式: granted without doing anything, after one confirmation, or by an application that is generated."""

    DIRECT = "direct"
    CONFIRM = "confirm"
    APPLY = "apply"

    @property
    def zh(self) -> str:
        return dict(zip(Mode, ("直接兑现", "一键确认", "自动生成的申请表"), strict=True))[self]


class Standing(StrEnum):
    """匹配结果: the three lists; `EXCLUDED` would be entitled, were it not for another; `NO` is in none."""

    ENTITLED = "entitled"
    NEARLY = "nearly"
    CANNOT_TELL = "cannot_tell"
    EXCLUDED = "excluded"
    NO = "no"


class Status(StrEnum):
    """兑现状态."""

    OPEN = "open"
    CLAIMED = "claimed"
    GRANTED = "granted"
    REFUSED = "refused"


class Element(msgspec.Struct, frozen=True):
    """数据项: a datum that conditions ask for; `holder` is who has it; `stated`: the person may supply it."""

    type: str
    zh: str
    holder: str
    en: str = ""
    unit: str = ""
    stated: bool = False
    choices: Mapping[str, str] = {}


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """条件: one requirement as a rule, with its article and what proves it."""

    key: str
    text: str
    rule: str
    article: str
    evidence: str


class Benefit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """待遇: in words; `amount` a rule that gives 分; `per` once, month or year; `kind` cash, deduction or service."""

    text: str
    kind: str
    per: str
    amount: str = ""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """补充信息: what the generated application still asks for."""

    key: str
    label: str


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """政策: one benefit of one instrument. `number` is the document's; `unverified` names what was not confirmed (未核).

    `from_on`..`until_on` is its period; `repeat` (month or year): it may be claimed again in every new one; `budget` a rule
    that gives 分; `excludes` what may not be had beside it; `elements` are put in when it is published: the data that its rules ask for.
    """

    code: str
    title: str
    level: Level
    region: str
    department: str
    issuer: str
    instrument: str
    number: str
    published_on: date
    from_on: date
    subject: str
    mode: Mode
    benefit: Benefit
    conditions: tuple[Condition, ...]
    until_on: date | None = None
    unverified: tuple[str, ...] = ()
    repeat: str = ""
    excludes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    item: str = ""
    budget: str = ""
    elements: Mapping[str, Element] = {}

    @property
    def source(self) -> str:
        """The instrument as one cites it."""
        number = self.number or "文号未核"
        return f"{self.issuer}《{self.instrument}》（{number}）"

    def applies(self, region: str, kind: str) -> bool:
        """Whether it is for persons or enterprises (`kind`) of a county."""
        return self.subject == kind and covers(self.region, region)

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def period(self, on: date) -> str:
        """本期: `2026` or `2026-03`; empty for what is claimed once."""
        return on.isoformat()[: {"year": 4, "month": 7}.get(self.repeat, 0)]


@dataclass(frozen=True, slots=True)
class Library:
    """政策库 as read from files: policies by code, and the data that they ask for."""

    policies: Mapping[str, Policy]
    elements: Mapping[str, Element]


@dataclass(frozen=True, slots=True)
class Finding:
    """匹配: how one subject stands with one policy. `failing`: the one condition that fails; `missing`: keys of data that
    are not known; `instead`: the policy that excludes it; `amount` in 分, None where the policy names none."""

    policy: str
    standing: Standing
    failing: str = ""
    missing: tuple[str, ...] = ()
    amount: int | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """匹配对象: a person or firm with what is known of them; `stated`: keys that they said themselves."""

    region: str
    party: UUID
    kind: str
    row: Mapping[str, object]
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PolicyState:
    """政策现状: the policy as published, and its money (分)."""

    policy: Policy
    region: str
    version: int
    open: bool
    budget_fen: int | None
    committed_fen: int
    looked_on: date | None = None  # when everybody was last matched with it

    @property
    def left_fen(self) -> int | None:
        return None if self.budget_fen is None else self.budget_fen - self.committed_fen

    @property
    def exhausted(self) -> bool:
        return self.left_fen is not None and self.left_fen <= 0


@dataclass(frozen=True, slots=True)
class Offer:
    """匹配到的政策: one policy for one subject, and how far it has come; `period`: of one that repeats, `2026` or `2026-03`."""

    region: str
    id: UUID
    party: UUID
    policy: str
    version: int
    standing: Standing
    failing: str
    missing: tuple[str, ...]
    instead: str
    amount_fen: int | None
    status: Status
    to_check: bool
    seq: int
    matched_at: datetime
    read_at: datetime | None
    claimed_at: datetime | None
    decided_at: datetime | None
    period: str = ""


@dataclass(frozen=True, slots=True)
class RunState:
    """匹配批次: one run over a population, with its progress."""

    region: str
    id: UUID
    scope: str
    codes: tuple[str, ...]
    total: int
    done: int
    cursor_region: str
    cursor_party: UUID | None
    started_at: datetime
    ended_at: datetime | None
    found: Mapping[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        return 100 if self.ended_at else min(99, self.done * 100 // max(1, self.total))


@dataclass(frozen=True, slots=True)
class Figures:
    """政策成效: exact counts of one policy within a scope; `granted_fen` in 分."""

    entitled: int = 0
    nearly: int = 0
    cannot_tell: int = 0
    read: int = 0
    claimed: int = 0
    granted: int = 0
    refused: int = 0
    granted_fen: int = 0


@dataclass(frozen=True, slots=True)
class AppealState:
    """申诉: against a list or a refusal; `outcome` is empty until it is answered."""

    region: str
    id: UUID
    offer: UUID
    policy: str
    outcome: str
    at: datetime
    answered_at: datetime | None
    text: UUID
    answer: UUID | None


@dataclass(frozen=True, slots=True)
class BriefingState:
    """政策宣讲: where and when, the link to watch it by, and who came."""

    region: str
    id: UUID
    title: str
    codes: tuple[str, ...]
    starts_at: datetime
    place: str
    link: str
    office: str
    views: int | None
    ended_at: datetime | None
    signed_up: int = 0
    came: int = 0


@dataclass(frozen=True, slots=True)
class PaperState:
    """政策材料: a document of the library."""

    region: str
    id: UUID
    title: str
    department: str
    policy: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyWindow:
    """政策服务窗口: which window of a hall advises on policies, of which departments, when."""

    region: str
    hall: str
    window: str
    departments: tuple[str, ...]
    hours: str
