"""What a case consists of: the plan it was opened with, its state, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct


class Status(StrEnum):
    """办件状态: few statuses; what else happened is in the state's dates."""

    RECEIVED = "received"
    CORRECTING = "correcting"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    SUSPENDED = "suspended"
    PASSED = "passed"
    REFUSED = "refused"
    NOT_REQUIRED = "not_required"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def open(self) -> bool:
        """Not yet 办结."""
        return self in OPEN


_LABELS = {
    Status.RECEIVED: "已接件，等待受理",
    Status.CORRECTING: "等待补正",
    Status.ACCEPTED: "已受理",
    Status.IN_REVIEW: "办理中",
    Status.SUSPENDED: "特别程序中，时限暂停",
    Status.PASSED: "已办结，准予",
    Status.REFUSED: "已办结，不予许可",
    Status.NOT_REQUIRED: "不受理（不需要许可）",
    Status.REJECTED: "不予受理",
    Status.WITHDRAWN: "已撤回",
    Status.REVOKED: "已撤销",
    Status.CANCELLED: "已注销",
}
OPEN = frozenset({Status.RECEIVED, Status.CORRECTING, Status.ACCEPTED, Status.IN_REVIEW, Status.SUSPENDED})


class SpecialProcedure(StrEnum):
    """特别程序: the eight of the licensing law art. 45, and only they, stop the clock. A site visit is not one."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"

    @property
    def label(self) -> str:
        return dict(
            zip(SpecialProcedure, "听证 招标 拍卖 检验 检测 检疫 鉴定 专家评审".split(), strict=True)
        )[self]


class Budget(Struct, frozen=True):
    """时限: days in working days or natural days, or hours of the office's opening time (promises only)."""

    days: int
    unit: Literal["workday", "day", "hour"] = "workday"


class WorkPlan(Struct, frozen=True, omit_defaults=True):
    """环节定义 of this case: which office does what, within how long, after which others."""

    key: str
    title: str
    kind: str  # review, consult, site_visit, expert_review, joint_session, lower_review
    office: str
    limit: Budget
    after: tuple[str, ...] = ()
    silence: Literal["wait", "agree"] = "wait"  # what it means that a consulted office says nothing in time
    people: int = 0  # how many officers must do it together
    experts: int = 0  # how many experts are drawn
    checklist: tuple[str, ...] = ()


# 办公时间, where the office states none of its own.
OPENING = (("09:00", "12:00"), ("13:00", "17:00"))


class Limits(Struct, frozen=True, omit_defaults=True):
    """期限规则 of the place, frozen with the plan. Working days, but where it says otherwise."""

    pack: str = "national"
    acceptance_days: int = 5
    extension_days: int = 10
    joint_extension_days: int = 15
    delivery_days: int = 10
    interested_days: int = 5
    hearing_request_days: int = 5
    hearing_hold_days: int = 20
    hearing_notice_days: int = 7
    renewal_days: int = 30  # natural days
    escalate_days: int = 3  # red for so long: told to the next level
    answer_urge_days: int = 2
    concealed_years: int = 1
    fraud_years: int = 3
    encouraged_cap: int = 10  # per cent of the encouraged cases that may be taken to a leader


class Clause(Struct, frozen=True):
    """审批条件 as it was published when the case was received."""

    key: str
    text: str
    article: str


class Plan(Struct, frozen=True, omit_defaults=True):
    """办理方案: what the item version says of this case, frozen when it was received (the case stays on it)."""

    item: str
    version: int
    name: str
    type: str  # GB/T 39046 A.1: 01 行政许可 …
    instant: bool
    statutory: Budget | None
    promised: Budget
    works: tuple[WorkPlan, ...] = ()
    certificate: str = ""
    correction_days: int = 10  # working days the applicant has to correct
    limits: Limits = Limits()
    joint: bool = False  # 统一、联合、集中办理: 45 and 15 days instead of 20 and 10
    discretion: Literal["", "encouraged", "restricted", "prohibited"] = ""
    safety: bool = False  # 直接关系公共安全、人身健康、生命财产安全 (licensing law art. 78)
    hearing: Literal["", "required", "offered"] = ""  # arts. 46, 47
    interested: bool = False  # 直接关系他人重大利益 (art. 36)
    renews: str = ""  # the certificate that it renews
    expires_on: date | None = None  # … and until when that one is valid
    opening: tuple[tuple[str, str], ...] = OPENING
    at_once: bool = False  # 秒批: rules alone judge it; where they all hold, the platform grants it
    criteria: tuple[Clause, ...] = ()  # 审批条件: what a decision looks at


class WorkState(Struct, frozen=True, omit_defaults=True):
    """环节进展: waiting for others, open, or done with a verdict."""

    key: str
    status: Literal["waiting", "open", "done"] = "waiting"
    due_on: date | None = None
    holder: str = ""
    verdict: Literal["", "agree", "disagree"] = ""
    opinion: UUID | None = None
    done_at: datetime | None = None
    opened_on: date | None = None
    planned_on: date | None = None
    people: tuple[str, ...] = ()
    experts: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    record: UUID | None = None
    rounds: int = 0  # how often it was sent back
    files: tuple[str, ...] = ()  # digests of photos
    silent: bool = False  # the verdict was read from silence
    by: str = ""  # who gave the opinion
    handed_by: str = ""


class Pause(Struct, frozen=True, omit_defaults=True):
    """时限暂停: days in the half-open interval (since, until] do not count."""

    kind: SpecialProcedure
    since_on: date
    until_on: date | None = None
    ends_on: date | None = None  # as the written notice says


class Extension(Struct, frozen=True):
    """延期: once, with its approver; the reason is kept with the fact."""

    on: date
    days: int
    by: str


class Hearing(Struct, frozen=True, omit_defaults=True):
    """听证 (licensing law arts. 46–48)."""

    offered_on: date | None = None
    request_by: date | None = None
    request_days: int = 0  # as told; 0: told before days were kept
    requested_on: date | None = None
    hold_by: date | None = None
    hold_days: int = 0
    held_on: date | None = None  # planned, then real
    presider: str = ""
    minutes: UUID | None = None


class Urge(Struct, frozen=True, omit_defaults=True):
    """督办: who was urged, about which clock, how loudly, and whether they answered."""

    key: str  # `case`, or the key of a task
    level: Literal["yellow", "red", "escalated", "supervisor"]
    on: date
    office: str
    holder: str
    answered_on: date | None = None


class CaseState(Struct, frozen=True, omit_defaults=True):
    """办件: one item for one subject."""

    id: UUID
    region: str
    number: str
    application: UUID
    party: UUID
    plan: Plan
    office: str
    channel: str
    received_on: date
    hall: str = ""
    first_office: str = ""  # 首接部门: once transferred, still sees the case through
    seq: int = 0
    status: Status = Status.RECEIVED
    clock_from_on: date | None = None  # receipt, or the day the correction was supplied
    correction_requested_on: date | None = None
    correction_due_on: date | None = None
    correction_supplied_on: date | None = None
    correction: UUID | None = None
    accepted_on: date | None = None
    deemed_accepted: bool = False
    statutory_due_on: date | None = None
    promised_due_on: date | None = None
    provisional: bool = False
    pauses: tuple[Pause, ...] = ()
    works: tuple[WorkState, ...] = ()
    reviewed_by: str = ""
    review_verdict: Literal["", "pass", "refuse"] = ""
    review: UUID | None = None
    closed_on: date | None = None
    reason: UUID | None = None
    certificate: str = ""
    delivered_on: date | None = None
    holder: str = ""  # 承办人 of what waits at the case's own office
    handed_by: str = ""
    accepted_at: datetime | None = None  # hours run from an instant
    promised_due_at: datetime | None = None
    delivery_due_on: date | None = None
    extension: Extension | None = None
    hearing: Hearing | None = None
    interested_until_on: date | None = None
    interested_heard: bool = False
    escalated: bool = False
    refusal_proposed: UUID | None = None
    urges: tuple[Urge, ...] = ()
    deemed_renewed: bool = False
    calendar: str = ""  # version of the calendar that the due days were reckoned by
    correction_days: int = 0  # as told; 0: told before days were kept

    @property
    def due_on(self) -> date | None:
        """The earlier of both running clocks; None while stopped, before acceptance and after the end."""
        if self.status not in (Status.ACCEPTED, Status.IN_REVIEW):
            return None
        dates = [day for day in (self.promised_due_on, self.statutory_due_on) if day]
        return min(dates) if dates else None

    @property
    def due_at(self) -> datetime | None:
        """The instant at which a promise in hours ends, while its clock runs."""
        return self.promised_due_at if self.due_on and self.due_on == self.promised_due_on else None

    def work(self, key: str) -> WorkState | None:
        return next((work for work in self.works if work.key == key), None)


class Task(Struct, frozen=True):
    """待办: what waits now, for which kind of post at which office, until when."""

    key: str  # accept, assign, review, decide, end_special, deliver, or work:KEY
    title: str
    office: str
    post: str
    due_on: date | None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """办理输入: what a person states with a command. Free text is kept in the private table; here is where it lies."""

    work: str = ""
    verdict: str = ""
    text: UUID | None = None
    digest: str = ""
    kind: str = ""
    days: int = 0
    how: str = ""
    dispatch: bool = True
    reference: str = ""
    on: date | None = None
    people: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()  # the lines of the checklist that were found in order
    files: tuple[str, ...] = ()  # digests of photos
    false: bool = False  # the applicant concealed or stated what is untrue
    confirmed: bool = False  # was warned, and means it
    looked: tuple[str, ...] = ()  # 审批条件 that were looked at and are met, by key
    unmet: tuple[str, ...] = ()  # … and that are not
