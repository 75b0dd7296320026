"""什么样子: what goes in and what comes out. Only members that are named here ever leave, or are ever read.

Days are ISO dates in China; instants end in Z. Texts are Chinese; codes are those of the catalogue.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from banshi.contexts.cases.values import SpecialProcedure as SpecialProcedure
from banshi.contexts.cases.values import Status
from banshi.contexts.catalogue.values import Bundle, Item
from banshi.contexts.certificates.values import Standing
from banshi.contexts.evaluation.values import Grade

type Kind = Literal["item", "bundle"]
type Light = Literal["", "green", "yellow", "red"]
Code = Annotated[str, Meta(max_length=60)]
Region = Annotated[str, Meta(pattern="^[0-9]{6}$", description="县级行政区划代码，6位 / county, six digits")]
Words = Annotated[str, Meta(max_length=4000)]
Search = Annotated[str, Meta(max_length=60)]
Offset = Annotated[int, Meta(ge=0, le=1_000_000)]
Limit = Annotated[int, Meta(ge=1, le=200)]
Answers = Annotated[
    dict[Code, Code], Meta(max_length=100, description="问题代码 → 选项 / question code → choice")
]
Values = Annotated[
    dict[Code, Words], Meta(max_length=300, description="数据元代码 → 值 / element code → value")
]


def shape[T: Struct](kind: type[T], what: object, /, **more: Any) -> T:
    """The members that `kind` names, read from `what` by their names; `more` gives the others."""
    names = [name for name in kind.__struct_fields__ if name not in more]
    found = {name: getattr(what, name) for name in names if hasattr(what, name)}
    return msgspec.convert({**found, **more}, kind, from_attributes=True)


class Flaw(Struct):
    """需要改的地方: one of several things that stand in the way."""

    field: str
    title: str
    title_en: str


class Problem(Struct, omit_defaults=True):
    """不予: why not, in words to read out (RFC 9457). `rule` never changes; `article` is its source in the law."""

    type: str
    title: str
    title_en: str
    status: int
    rule: str
    article: str = ""
    field: str = ""
    problems: list[Flaw] = []


# ---- 登录 ----


class SignIn(Struct):
    """登录: a citizen's account is the mobile number, a member of staff's the user name."""

    realm: Literal["citizen", "staff"]
    account: Annotated[str, Meta(max_length=150)]
    password: Annotated[str, Meta(max_length=1000)]


class Token(Struct):
    """令牌: send it as `Authorization: Bearer TOKEN`. It ends after `idle_seconds` of silence, or after `age_seconds`."""

    token: str
    idle_seconds: int
    age_seconds: int
    must_change_password: bool


class PostAnswer(Struct):
    """岗位."""

    kind: str
    office: str
    region: str


class PartyAnswer(Struct):
    """可以代表的人或企业: oneself first; `role` is empty for oneself."""

    id: UUID
    region: str
    kind: Literal["person", "enterprise"]
    name: str
    role: str


class Me(Struct):
    """我: who is signed in, with the posts held today or the parties acted for."""

    realm: Literal["citizen", "staff"]
    name: str
    posts: list[PostAnswer] = []
    parties: list[PartyAnswer] = []


# ---- 目录与导办 ----


class CatalogueQuery(Struct):
    """目录检索: words as people say them; all of it without any."""

    search: Search = ""
    offset: Offset = 0
    limit: Limit = 50


class Listed(Struct):
    """目录一行."""

    code: str
    plain_name: str
    name: str
    summary: str


class Listing(Struct):
    """目录一页, with the exact count of all that fit."""

    total: int
    rows: list[Listed]


class ItemAnswer(Struct):
    """事项 in force; `names` says what the codes in it are called."""

    code: str
    version: int
    published_at: datetime
    definition: Item
    names: dict[str, str]


class BundleAnswer(Struct):
    """一件事 in force; `names` says what the codes in it are called."""

    code: str
    version: int
    published_at: datetime
    definition: Bundle
    names: dict[str, str]


class GuideAsk(Struct):
    """导办: what is wanted, and the answers given so far."""

    kind: Kind
    code: Code
    answers: Answers = {}


class ChoiceAnswer(Struct):
    """选项."""

    key: str
    text: str
    help: str = ""


class QuestionAnswer(Struct):
    """问题."""

    code: str
    text: str
    help: str
    choices: list[ChoiceAnswer]


class ChosenItem(Struct):
    """要办的事项, by the answers so far."""

    code: str
    version: int
    name: str
    plain_name: str
    department: str


class ColumnAnswer(Struct):
    """列: one field of every row of a group."""

    code: str
    label: str
    kind: str
    required: bool
    help: str
    choices: list[ChoiceAnswer]
    max_length: int
    unit: str = ""
    whole: bool = False


class FieldAnswer(Struct):
    """填写项: asked once for all `items`. `source` says where a value came from that nobody typed.

    A `group` is stated as a JSON list of rows, each an object from column to text. What is `computed` is not stated.
    """

    code: str
    label: str
    kind: str
    required: bool
    items: list[str]
    help: str
    choices: list[ChoiceAnswer]
    max_length: int
    unit: str = ""
    whole: bool = False
    computed: str = ""
    columns: list[ColumnAnswer] = []
    most_rows: int = 0
    value: str = ""
    source: str = ""


class SectionAnswer(Struct):
    """分组 of the form."""

    key: str
    title: str
    fields: list[FieldAnswer]


class FileAnswer(Struct):
    """已交的材料; `source` is uploaded, paper or certificate."""

    id: UUID
    source: str
    media_type: str
    size: int
    name: str


class MaterialAnswer(Struct):
    """材料: handed over once for all `items`. `held` is a certificate on the platform that stands in for it."""

    code: str
    name: str
    required: bool
    items: list[str]
    issuer: str
    help: str
    formats: list[str]
    notes: list[str]
    made_by: str
    held: str = ""
    files: list[FileAnswer] = []


class Counts(Struct):
    """合并前后: how much there is to fill in and hand over, and how much it would be item by item."""

    fields: int
    separate_fields: int
    materials: int
    separate_materials: int


class Guide(Struct):
    """导办结果: the next question, or null when all are answered; and what it comes to by the answers so far."""

    kind: Kind
    code: str
    plain_name: str
    answers: dict[str, str]
    next: QuestionAnswer | None
    items: list[ChosenItem]
    sections: list[SectionAnswer]
    materials: list[MaterialAnswer]
    counts: Counts


# ---- 申请 ----


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


# ---- 办件 ----


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


class ProgressStep(Struct):
    """环节进展, for anybody who has the number."""

    title: str
    office_name: str
    status: Literal["waiting", "open", "done"]


class ProgressAnswer(Struct):
    """办理进度 by its number: nothing of whose it is."""

    number: str
    item_name: str
    office_name: str
    status: Status
    status_label: str
    received_on: date
    accepted_on: date | None
    due_on: date | None
    provisional: bool
    closed_on: date | None
    steps: list[ProgressStep]


class CertificateAnswer(Struct):
    """证照查验: a person's name is masked, and no number of a person is here."""

    identifier: str
    number: str
    name: str
    office_name: str
    holder: str
    issued_on: date
    valid_from_on: date
    valid_until_on: date | None
    revoked_on: date | None
    status: Standing
    status_label: str
