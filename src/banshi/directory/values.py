"""Values of the directory: kinds, codes, and what its questions answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from banshi.kernel.actors import Actor

NATIONAL = "000000"


class Level(IntEnum):
    """区划级别: how long a region's code is says which."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5


LEVEL_OF_LENGTH = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWN, 12: Level.VILLAGE}


class PostKind(StrEnum):
    """岗位类型: what somebody may do at an office or a hall."""

    WINDOW_CLERK = "window_clerk"
    OFFICER = "officer"
    APPROVER = "approver"
    LEADER = "leader"
    EXPERT = "expert"
    GOVERNOR = "governor"
    SUPERVISOR = "supervisor"
    HOTLINE_OPERATOR = "hotline_operator"
    DISPATCHER = "dispatcher"
    REPLY_CHECKER = "reply_checker"
    CALLER = "caller"
    CENTRE_CHIEF = "centre_chief"
    STAFF_ADMIN = "staff_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"

    @property
    def zh(self) -> str:
        return POST_NAMES[self][0]

    @property
    def en(self) -> str:
        return POST_NAMES[self][1]


POST_NAMES = {
    PostKind.WINDOW_CLERK: ("综合窗口", "window clerk"),
    PostKind.OFFICER: ("经办人", "officer"),
    PostKind.APPROVER: ("审批负责人", "approver"),
    PostKind.LEADER: ("部门负责人", "head of office"),
    PostKind.EXPERT: ("评审专家", "expert"),
    PostKind.GOVERNOR: ("政府负责人", "head of government"),
    PostKind.SUPERVISOR: ("监察", "supervisor"),
    PostKind.HOTLINE_OPERATOR: ("话务员", "hotline operator"),
    PostKind.DISPATCHER: ("派单员", "dispatcher"),
    PostKind.REPLY_CHECKER: ("答复审核员", "checker of replies"),
    PostKind.CALLER: ("回访员", "caller"),
    PostKind.CENTRE_CHIEF: ("热线中心负责人", "head of the hotline centre"),
    PostKind.STAFF_ADMIN: ("人员管理员", "staff administrator"),
    PostKind.SECURITY_ADMIN: ("安全管理员", "security administrator"),
    PostKind.AUDITOR: ("审计员", "auditor"),
}

# 三员分立 (GB/T 22239-2019, level 3): whoever holds one of these holds none of the others at the same time.
APART = frozenset({PostKind.STAFF_ADMIN, PostKind.SECURITY_ADMIN, PostKind.AUDITOR})
# Those who see to what people say: the posts of a hotline centre.
CENTRE = frozenset(
    {
        *(PostKind.HOTLINE_OPERATOR, PostKind.DISPATCHER, PostKind.REPLY_CHECKER),
        *(PostKind.CALLER, PostKind.CENTRE_CHIEF),
    }
)
# These are held for a whole region; the others at one office or hall.
REGIONAL = APART | CENTRE | {PostKind.SUPERVISOR, PostKind.GOVERNOR, PostKind.EXPERT}


@dataclass(frozen=True, slots=True)
class Colleague:
    """工作人员 as one names them in a form: the code that facts carry, and the name."""

    code: str
    name: str


class WindowKind(StrEnum):
    """窗口类型: advice in front, taking in, handing out; deciding is done behind."""

    CONSULT = "consult"
    INTAKE = "intake"
    ISSUE = "issue"

    @property
    def zh(self) -> str:
        return {"consult": "咨询引导", "intake": "综合收件", "issue": "统一出件"}[self.value]


class PartyKind(StrEnum):
    """主体类型."""

    PERSON = "person"
    ENTERPRISE = "enterprise"


class MandateRole(StrEnum):
    """代办身份: why somebody may act for another."""

    LEGAL_PERSON = "legal_person"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """行政区划: one region; `parent` is empty for a province."""

    code: str
    name: str
    level: Level
    parent: str


@dataclass(frozen=True, slots=True)
class OfficeInfo:
    """部门: one department's office of one region."""

    code: str
    name: str
    department: str
    region_code: str
    uscc: str
    phone: str
    address: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class WindowInfo:
    """窗口: one counter of a hall."""

    hall: str
    number: str
    kind: WindowKind
    note: str


@dataclass(frozen=True, slots=True)
class HallInfo:
    """政务服务大厅: where people come."""

    code: str
    name: str
    region_code: str
    address: str
    hours: str
    windows: tuple[WindowInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class PostInfo:
    """任职: a post held from one day to another (inclusive; open when None)."""

    id: int
    kind: PostKind
    office: str
    region_code: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class StaffInfo:
    """工作人员: who works here; `posts` are those that have not ended."""

    id: int
    username: str
    name: str
    region_code: str
    is_active: bool
    must_change_password: bool
    posts: tuple[PostInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyRef:
    """主体: where a person or firm is found."""

    region_code: str
    id: UUID
    kind: PartyKind


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """群众账号: whose it is, and whether the person was verified (实名)."""

    id: UUID
    party: PartyRef
    is_active: bool
    verified: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MandateInfo:
    """代办关系: an agent may act for a principal from one day to another (inclusive; open when None)."""

    id: UUID
    agent: UUID
    principal: PartyRef
    role: MandateRole
    from_on: date
    until_on: date | None


def covers(wide: str, narrow: str) -> bool:
    """Whether the region `wide` is or contains `narrow`; a city may be written `3505` or `350500`.

    >>> covers("350500", "350502"), covers("350502", "350500"), covers("000000", "350502")
    (True, False, True)
    """
    return narrow.startswith(prefix(wide))


def administered(actor: Actor) -> frozenset[str]:
    """The regions that the actor is staff administrator of."""
    return frozenset(post.region for post in actor.held if post.kind == PostKind.STAFF_ADMIN)


def prefix(code: str) -> str:
    """What the codes within a region begin with: `350500` → `3505`, `350000` → `35`, `000000` → nothing."""
    if len(code) == 6:
        while code.endswith("00"):
            code = code[:-2]
    return code


def six(code: str) -> str:
    """The county's six digits of a town's or village's code; a city or province padded: `3505` → `350500`."""
    return code[:6].ljust(6, "0")
