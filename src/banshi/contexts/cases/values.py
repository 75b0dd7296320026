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
    """时限: days in working days or natural days."""

    days: int
    unit: Literal["workday", "day"] = "workday"


class WorkPlan(Struct, frozen=True):
    """环节定义 of this case: which office does what, within how long, after which others."""

    key: str
    title: str
    kind: str
    office: str
    limit: Budget
    after: tuple[str, ...] = ()


class Plan(Struct, frozen=True):
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


class WorkState(Struct, frozen=True):
    """环节进展: waiting for others, open, or done with a verdict."""

    key: str
    status: Literal["waiting", "open", "done"] = "waiting"
    due_on: date | None = None
    holder: str = ""
    verdict: Literal["", "agree", "disagree"] = ""
    opinion: UUID | None = None
    done_at: datetime | None = None


class Pause(Struct, frozen=True):
    """时限暂停: days in the half-open interval (since, until] do not count."""

    kind: SpecialProcedure
    since_on: date
    until_on: date | None = None


class CaseState(Struct, frozen=True):
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

    @property
    def due_on(self) -> date | None:
        """The earlier of both running clocks; None while stopped, before acceptance and after the end."""
        if self.status not in (Status.ACCEPTED, Status.IN_REVIEW):
            return None
        dates = [day for day in (self.promised_due_on, self.statutory_due_on) if day]
        return min(dates) if dates else None

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
