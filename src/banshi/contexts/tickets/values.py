"""What a ticket consists of: what was said, by which rules of the place it runs, how far it has come, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct


class Kind(StrEnum):
    """工单类型: at which door it was said; limits and call-backs follow from it (`data/tickets`)."""

    HOTLINE = "hotline"
    REMARK = "remark"
    UNDONE = "undone"
    ENTERPRISE = "enterprise"
    SUGGESTION = "suggestion"
    PAIN_POINT = "pain_point"
    BAD_REVIEW = "bad_review"
    SURVEY = "survey"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS = dict(
    zip(
        Kind,
        "12345热线 吐槽找茬 办不成事 企业诉求 意见建议 堵点痛点 差评整改 调查反映".split(),
        strict=True,
    )
)


class Channel(StrEnum):
    """来源渠道."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    UPPER = "upper"
    WINDOW = "window"
    REVIEW = "review"
    CALL_BACK = "call_back"
    OPEN311 = "open311"
    LINE = "line"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Channel,
                "电话 网页 手机 上级交办 窗口 评价 回访 Open311 企业专线 政企座谈会".split(),
                strict=True,
            )
        )[self]


class Nature(StrEnum):
    """诉求性质: the four of 潍坊's hotline law art. 2."""

    CONSULT = "consult"
    SERVICE = "service"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"

    @property
    def label(self) -> str:
        return dict(zip(Nature, "咨询求助 办事服务 意见建议 投诉举报".split(), strict=True))[self]


class Urgency(StrEnum):
    """紧急程度."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def label(self) -> str:
        return dict(zip(Urgency, "一般 加急 特急".split(), strict=True))[self]


class Status(StrEnum):
    """工单状态: few; what else happened is in the state's dates."""

    RAISED = "raised"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLING = "handling"
    REPLIED = "replied"
    CALLING = "calling"
    TRACKING = "tracking"
    ESCALATED = "escalated"
    TERMINATING = "terminating"
    MERGED = "merged"
    CLOSED = "closed"
    DECLINED = "declined"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATUSES[self]

    @property
    def open(self) -> bool:
        """Not yet 办结."""
        return self in OPEN


_STATUSES = {
    Status.RAISED: "已登记，待派单",
    Status.DISPATCHED: "已派单，待签收",
    Status.RETURNED: "申请退回，待中心核定",
    Status.HANDLING: "办理中",
    Status.REPLIED: "已答复，待审核",
    Status.CALLING: "待回访",
    Status.TRACKING: "按方案落实中",
    Status.ESCALATED: "已提级研究",
    Status.TERMINATING: "提请终止，待审核",
    Status.MERGED: "已并单",
    Status.CLOSED: "已办结",
    Status.DECLINED: "不予受理",
    Status.TERMINATED: "终止办理",
    Status.WITHDRAWN: "已撤回",
}
FINISHED = frozenset({Status.CLOSED, Status.DECLINED, Status.TERMINATED, Status.WITHDRAWN})
OPEN = frozenset(Status) - FINISHED


class Outcome(StrEnum):
    """办结结果 of a closed ticket."""

    ANSWERED = "answered"
    CONTENT = "content"
    UNREACHED = "unreached"
    NO_OPINION = "no_opinion"
    NOT_CALLED = "not_called"
    CONCLUDED = "concluded"
    WITH_PARENT = "with_parent"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Outcome,
                "当场答复 回访满意 回访联系不上 不愿评价 不需回访 研究后办结 随主单办结".split(),
                strict=True,
            )
        )[self]


class Reply(StrEnum):
    """答复类型: solved, explained why not, or a plan with its day (潍坊 art. 20)."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PLAN = "plan"

    @property
    def label(self) -> str:
        return dict(zip(Reply, "已经解决 解释说明 提出解决方案".split(), strict=True))[self]


class Called(StrEnum):
    """回访结果."""

    CONTENT = "content"
    NOT_CONTENT = "not_content"
    UNREACHED = "unreached"
    NO_OPINION = "no_opinion"

    @property
    def label(self) -> str:
        return dict(zip(Called, "满意 不满意 联系不上 不愿评价".split(), strict=True))[self]


class Trigger(StrEnum):
    """督办情形: the five of 潍坊 art. 26; the clock finds the first three, people the others."""

    NOT_TAKEN = "not_taken"
    OVERDUE = "overdue"
    UNSOLVED = "unsolved"
    HARM = "harm"
    OTHER = "other"

    @property
    def label(self) -> str:
        return dict(
            zip(Trigger, "拒不接收 逾期未办理 应当解决未解决 办理不力造成负面影响 其他".split(), strict=True)
        )[self]


class Mode(StrEnum):
    """督办方式: by the centre every day; listed or by interview, by other departments (潍坊 art. 26)."""

    DAILY = "daily"
    LISTED = "listed"
    INTERVIEW = "interview"

    @property
    def label(self) -> str:
        return dict(zip(Mode, "日常督办 挂牌督办 约谈督办".split(), strict=True))[self]


class Level(StrEnum):
    """提级: to the government's office, then to its executive meeting (潍坊 art. 23)."""

    GOVERNMENT_OFFICE = "government_office"
    EXECUTIVE_MEETING = "executive_meeting"

    @property
    def label(self) -> str:
        return "市人民政府办公室" if self is Level.GOVERNMENT_OFFICE else "市人民政府常务会议"


class Breach(StrEnum):
    """追责情形 (潍坊 art. 33)."""

    UNRECTIFIED = "unrectified"
    FALSIFIED = "falsified"
    MANNER = "manner"
    LEAK = "leak"
    OTHER = "other"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Breach,
                "督办后仍未整改 弄虚作假 工作方式不规范造成负面影响 泄露信息 其他违反规定".split(),
                strict=True,
            )
        )[self]


class Gathering(StrEnum):
    """场次类型: a round in which people are asked what is in their way, or a meeting with firms."""

    SURVEY = "survey"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return "堵点痛点征集" if self is Gathering.SURVEY else "政企座谈会"


class Terms(Struct, frozen=True, omit_defaults=True):
    """办理规则 of the place for one kind of ticket, frozen when it was raised. Working days but where it says otherwise."""

    pack: str = "national"
    handle_days: int = 5
    difficult_days: int = 5  # where the centre found it difficult
    from_raise: bool = False  # the time runs from the day it was said, not from the day the unit was given it
    contact_days: int = 0  # 0: no contact of its own is asked for
    dispatch_days: int = 1
    sign_days: int = 1
    return_hours: int = 0  # natural hours after dispatch; 0: the place names none
    extension_days: int = 0  # 0: no extension
    settle_days: int = 1  # for the centre to decide on a return or a termination
    check_days: int = 1
    call_days: int = 2
    call_share: int = 100  # per cent
    attempts: int = 3  # calls that nobody answered, before it is replied to unheard or closed so
    retry_hours: int = 0  # natural hours between such calls from the ticket's own page; 0: none
    redo_days: int = 5
    rounds: int = 2  # how often it is opened again before it goes up
    listed_days: int = 3  # overdue for so long: supervised by other departments
    rewarded: bool = False  # what is adopted may be rewarded, by the place's `rewards`
    city_leads: bool = False  # of a county and a city department the city's leads
    triggers: tuple[Trigger, ...] = tuple(Trigger)  # for which the place supervises


class Ground(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """不予受理情形 of a place, with its article; where there are `routes`, one of them has to be shown."""

    key: str
    name: str
    source: str
    routes: dict[str, str] = {}
    terminates: bool = True  # is also a reason to stop what was begun
    begun: bool = False  # is a reason for that only


class Cause(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """办不成事的原因: and in what it lies; `part` of the item's definition, where that is what is wrong."""

    key: str
    name: str
    lies_in: Literal["item", "person", "system", "law", "applicant", "between"]
    part: str = ""


class RewardLevel(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """奖励等级 of a place: `fen` is money, `points` are points; one of them is 0."""

    key: str
    name: str
    fen: int = 0
    points: int = 0


class Rewarding(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """奖励规则 of a place: how highly, who decides, how it is received, and the most for one person a year (0: no such limit).

    Which kinds of voices are rewarded, `Terms.rewarded` says.
    """

    source: str
    levels: tuple[RewardLevel, ...]
    decided_by: Literal["centre_chief", "dispatcher", "reply_checker"] = "centre_chief"
    ways: dict[str, str] = {}
    yearly_fen: int = 0
    yearly_points: int = 0


class Standard(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """处置标准 of a class of firms' problems (`category` and all below it): what is done, in words; the days are `Terms`."""

    category: str
    standard: str
    source: str


class Category(Struct, frozen=True):
    """诉求分类: its key, its names from the top, the line of work that usually leads, whether it is taken in publicly."""

    key: str
    name: str
    path: tuple[str, ...]
    unit: str
    public: bool
    leaf: bool


class Words(Struct, frozen=True, omit_defaults=True):
    """诉求内容, personal: `title` and `text` as said, `location` in words."""

    title: str
    text: str = ""
    location: str = ""


class Contact(Struct, frozen=True, omit_defaults=True):
    """联系方式, personal: who said it, and how they are reached; for a firm its name, and `name` speaks for it."""

    name: str = ""
    phone: str = ""
    email: str = ""
    firm: str = ""


class About(Struct, frozen=True, omit_defaults=True):
    """诉求对象: what it is about, as keys. `case_number` is what people call the case by; `hall` and `window`: where."""

    case: UUID | None = None
    case_number: str = ""
    item: str = ""
    office: str = ""
    hall: str = ""
    window: str = ""
    review: UUID | None = None
    staff: str = ""  # code of who is complained of: may not handle it
    firm: str = ""  # 统一社会信用代码 of the firm that says it
    project: str = ""  # 项目代码 of its project


class Extension(Struct, frozen=True, omit_defaults=True):
    """延期: asked for by the unit, decided by who heads it."""

    days: int
    by: str
    on: date
    granted_on: date | None = None


class Told(Struct, frozen=True):
    """已提醒: which clock, how loudly, when."""

    key: str
    level: Literal["yellow", "red", "listed"]
    on: date


class Supervision(Struct, frozen=True, omit_defaults=True):
    """督办: why, how, when, about which office, and whether it answered."""

    trigger: Trigger
    mode: Mode
    on: date
    office: str
    text: UUID | None = None
    answered_on: date | None = None


class Accountability(Struct, frozen=True, omit_defaults=True):
    """追责: a breach, the responsible office and post, and what was done about it."""

    breach: Breach
    on: date
    office: str
    post: str = ""
    staff: str = ""
    text: UUID | None = None
    disposal: UUID | None = None
    disposed_on: date | None = None


class Visit(Struct, frozen=True, omit_defaults=True):
    """联合到场: a visit of several units together, what was agreed, and who was called and did not come."""

    on: date
    half: Literal["morning", "afternoon"]
    came: tuple[str, ...]
    by: str
    absent: tuple[str, ...] = ()
    text: UUID | None = None


class Reward(Struct, frozen=True, omit_defaults=True):
    """奖励: for something that was said and adopted; `by` proposed it, a post of `decider` decides, the person claims."""

    level: str
    by: str
    on: date
    decider: str
    fen: int = 0
    points: int = 0
    text: UUID | None = None
    granted_on: date | None = None
    granted_by: str = ""
    refused_on: date | None = None
    claimed_on: date | None = None
    how: str = ""

    @property
    def amount(self) -> str:
        """`50积分`, `200.00元`."""
        return amount(self.fen, self.points)


def amount(fen: int, points: int) -> str:
    """What a reward is, in words."""
    return f"{points}积分" if points else f"{fen // 100}.{fen % 100:02}元"


class OccasionState(Struct, frozen=True, omit_defaults=True):
    """场次: a survey round or a meeting from which tickets come. Title, words and questions lie in the private table."""

    id: UUID
    region: str
    kind: Gathering
    centre: str
    opens_on: date
    closes_on: date
    categories: tuple[str, ...] = ()
    seq: int = 0
    closed_on: date | None = None

    def taking(self, on: date) -> bool:
        """Whether on this day something may be said in it."""
        return self.closed_on is None and self.opens_on <= on <= self.closes_on


class Defect(Struct, frozen=True, omit_defaults=True):
    """事项缺陷: a cause that lies in an item's definition, and how it was settled."""

    cause: str
    item: str
    on: date
    settled: Literal["", "fixed", "no_defect"] = ""
    settled_on: date | None = None


class TicketState(Struct, frozen=True, omit_defaults=True):
    """工单: one thing that was said, from the saying to the person's own word that it is put right."""

    id: UUID
    region: str
    number: str
    kind: Kind
    channel: Channel
    nature: Nature
    centre: str  # code of the city or county whose centre sees to it
    terms: Terms
    raised_on: date
    raised_at: datetime
    category: str = ""
    urgency: Urgency = Urgency.NORMAL
    about: About = About()
    origin: str = ""
    place: str = ""  # town's or village's code, where the matter is
    party: UUID | None = None
    contact: UUID | None = None
    contact_index: str = ""
    words_index: str = ""
    confidential: bool = False  # the unit does not learn who said it
    no_reply: bool = False  # wants no answer
    seq: int = 0
    status: Status = Status.RAISED
    since_on: date | None = None  # of this status
    lead: str = ""
    assisting: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()  # those of them that have given their opinion
    decided: bool = False  # the centre has decided whose duty it is
    difficult: bool = False
    dispatched_on: date | None = None
    dispatched_at: datetime | None = None
    statutory_days: int = 0
    statutory_unit: Literal["workday", "day"] = "workday"
    returns: int = 0
    taken_by: str = ""
    signed_on: date | None = None
    contacted_on: date | None = None
    contact_misses: int = 0  # calls before the reply that nobody answered
    extension: Extension | None = None
    due_on: date | None = None  # the unit's
    provisional: bool = False
    redo_on: date | None = None  # sent back or opened again on that day
    replied_on: date | None = None
    replied_by: str = ""
    reply: Reply | None = None
    plan_on: date | None = None
    repairers: tuple[str, ...] = ()  # everybody who had a hand in it: none of them calls back
    round: int = 0
    attempts: int = 0
    level: Level | None = None
    proposed_by: str = ""  # of the termination
    ground: str = ""  # of a non-acceptance or termination
    parent: UUID | None = None
    children: tuple[UUID, ...] = ()
    cause: str = ""
    defects: tuple[Defect, ...] = ()
    urges: int = 0
    told: tuple[Told, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    breaches: tuple[Accountability, ...] = ()
    outcome: Outcome | None = None
    closed_on: date | None = None
    calendar: str = ""  # version of the calendar that the due day was reckoned by
    missed_at: datetime | None = None  # the last call from the ticket's page that nobody answered
    occasion: UUID | None = None  # the survey or meeting in which it was said
    weight: int = 0  # how bad it is, as who said it put it: 1 to 3
    votes: int = 0  # others who said: the same with me
    votes_weight: int = 0
    clear_on: date | None = None  # by when a point is to be cleared, as the centre has set it
    published_on: date | None = None
    published: UUID | None = None  # the words of the public list
    cleared_on: date | None = None
    cleared: UUID | None = None  # what was done, for the public list
    visits: tuple[Visit, ...] = ()
    reward: Reward | None = None

    @property
    def anonymous(self) -> bool:
        """No way to reach who said it."""
        return self.contact is None


class Task(Struct, frozen=True):
    """待办: what waits now, for which kind of post at which office (or of which centre), until when."""

    key: str  # dispatch, settle, sign, contact, handle, assist:OFFICE, extension, check, call, termination, escalation
    title: str
    office: str
    post: str
    due_on: date | None
    days: int = 1  # that it has in all: its last fifth is yellow
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """办理输入: what somebody states with a command. Free text is kept privately; here is where it lies."""

    verdict: str = ""
    kind: str = ""
    how: str = ""
    reference: str = ""  # an office, an item, a person's code, or a ticket's id
    offices: tuple[str, ...] = ()
    days: int = 0
    unit: str = "workday"
    on: date | None = None
    text: UUID | None = None
    digest: str = ""
    category: str = ""
    urgency: str = ""
    nature: str = ""
    post: str = ""
    person: str = ""  # code of who is responsible
    part: str = ""  # of an item's definition
    n: int = 0  # which defect or breach, from 0
    difficult: bool = False
    decided: bool = False
    confirmed: bool = False
    called: tuple[str, ...] = ()  # offices called to a visit
    where: str = ""  # of a visit; goes with the text
    fen: int = 0
    points: int = 0
    terms: dict[str, object] | None = None  # of the new class, where it has its own
    spaced: bool = False  # the queue of calls has seen to it that they do not follow too soon
