"""办件: lists, one case with its trail, and what its commands bring about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from banshi.contexts.cases.values import Status
from banshi.contexts.evaluation.values import Grade
from banshi.desks.openapi.shapes import Code, Limit, Offset, Search

type Light = Literal["", "green", "yellow", "red"]


class CasesQuery(Struct):
    """办件检索: by the beginning of a number, or words of the item's name."""

    search: Search = ""
    status: Status | None = None
    offset: Offset = 0
    limit: Limit = 50


class TasksQuery(Struct):
    """待办检索."""

    search: Search = ""
    offset: Offset = 0
    limit: Limit = 50


class CaseLine(Struct):
    """办件一行."""

    region: str
    id: UUID
    number: str
    item_code: str
    item_name: str
    office: str
    status: Status
    received_on: date
    due_on: date | None
    closed_on: date | None
    light: Light


class CasesAnswer(Struct):
    """办件一页, with the exact count of all that fit."""

    total: int
    rows: list[CaseLine]


class TaskLine(Struct):
    """待办一行; `key` is what waits."""

    region: str
    case: UUID
    key: str
    title: str
    office: str
    due_on: date | None
    number: str
    item_name: str
    light: Light


class TasksAnswer(Struct):
    """待办一页, the most urgent first, with the exact count of all that fit."""

    total: int
    rows: list[TaskLine]


class WorkAnswer(Struct):
    """环节; `verdict` is for the staff."""

    key: str
    title: str
    office: str
    office_name: str
    status: Literal["waiting", "open", "done"]
    due_on: date | None
    verdict: str = ""


class Stated(Struct):
    """申报内容: one value, masked for whom it is not."""

    code: str
    label: str
    value: str


class Handed(Struct):
    """收到的材料; `n` is its place in `…/materials/{n}`, where there is a file."""

    n: int
    code: str
    name: str
    source: str
    media_type: str
    filename: str


class PaperAnswer(Struct):
    """文书; `ready` once its PDF can be fetched from `…/documents/{id}`."""

    id: UUID
    kind: str
    title: str
    number: str
    issued_on: date
    ready: bool


class TrailEntry(Struct):
    """办理记录."""

    at: datetime
    kind: str
    title: str
    by: str
    text: str = ""


class CommandAnswer(Struct):
    """现在可以做的: POST to `…/commands/{name}`."""

    name: str
    title: str


class CaseAnswer(Struct):
    """办件. Send `seq` back as `expected_seq` to be refused when somebody else was quicker."""

    region: str
    id: UUID
    number: str
    application: UUID
    item: str
    item_name: str
    version: int
    instant: bool
    office: str
    office_name: str
    channel: str
    seq: int
    status: Status
    status_label: str
    received_on: date
    correction_due_on: date | None
    accepted_on: date | None
    deemed_accepted: bool
    statutory_due_on: date | None
    promised_due_on: date | None
    provisional: bool
    due_on: date | None
    closed_on: date | None
    delivered_on: date | None
    certificate: str
    works: list[WorkAnswer]
    applicant: str
    applicant_number: str
    values: list[Stated]
    materials: list[Handed]
    documents: list[PaperAnswer]
    trail: list[TrailEntry]
    commands: list[CommandAnswer]


class Done(Struct):
    """办理结果: the facts that followed, and how the case stands now."""

    facts: list[str]
    seq: int
    status: Status
    status_label: str


class ReviewAsk(Struct):
    """评价: `indicators` are codes of the national list that belong to the grade."""

    grade: Grade
    indicators: Annotated[list[Code], Meta(max_length=8)] = []
    text: Annotated[str, Meta(max_length=500)] = ""
