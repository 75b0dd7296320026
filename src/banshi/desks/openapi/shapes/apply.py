"""申请: a draft with all that it lacks, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from banshi.contexts.cases.values import Status
from banshi.desks.openapi.shapes import Answers, Code, Flaw, Kind, Region, Values
from banshi.desks.openapi.shapes.browse import Guide


class Start(Struct):
    """开始申请: in which county, for whom (oneself when `party` is left out), with the answers given so far."""

    kind: Kind
    code: Code
    region: Region
    party: UUID | None = None
    answers: Answers = {}


class Started(Struct):
    """已开始的申请."""

    region: str
    id: UUID


class Changes(Struct):
    """填写: answers and values to set; what is not named stays as it is."""

    answers: Answers | UnsetType = UNSET
    values: Values | UnsetType = UNSET


class CaseBrief(Struct):
    """办件 in short."""

    region: str
    id: UUID
    number: str
    item: str
    item_name: str
    status: Status
    status_label: str
    received_on: date
    due_on: date | None
    closed_on: date | None


class ApplicationAnswer(Struct):
    """申请: a draft while `submitted_at` is null. `problems` is all that stands in the way of submitting it."""

    region: str
    id: UUID
    party: UUID
    title: str
    channel: str
    updated_at: datetime
    submitted_at: datetime | None
    guide: Guide
    problems: list[Flaw]
    cases: list[CaseBrief]


class Submitted(Struct):
    """提交结果: one case for each item."""

    region: str
    application: UUID
    cases: list[CaseBrief]


class Matter(Struct):
    """我办的一件事: an application, or a draft of one, with its cases."""

    region: str
    id: UUID
    title: str
    updated_at: datetime
    submitted_at: datetime | None
    cases: list[CaseBrief]


class Matters(Struct):
    """我办的事, the latest first."""

    drafts: list[Matter]
    submitted: list[Matter]
