"""登录、目录、导办与公开查询: what anybody may read, and what says who is signed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from banshi.contexts.cases.values import Status
from banshi.contexts.catalogue.values import Bundle, Item
from banshi.contexts.certificates.values import Standing
from banshi.desks.openapi.shapes import Answers, Code, Kind, Limit, Offset, Search


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
