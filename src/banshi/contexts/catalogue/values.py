"""What an item, a bundle and their dictionaries consist of: the schema of the YAML files, frozen.

Sources: GB/T 39554.2-2020 (elements of an item), GB/T 39046-2020 Annex A (enumerations), the State Council's
rules on online government services art. 6 (what a guide must state).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

# Which answers make it so: every question named must be answered by one of its choices. {} is always true.
Condition = dict[str, tuple[str, ...]]

ItemType = Literal["01", "05", "07", "08", "10", "20"]
ApplicantKind = Literal["person", "enterprise"]


class Frozen(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """定义的基础: base of all definitions: immutable, and a misspelt key in a file is an error."""


class Basis(Frozen, frozen=True):
    """设定依据: one article. `unverified` (未核): cited with its edition, its text is not at hand."""

    law: str
    edition: str
    article: str
    unverified: bool = False


class Code(Frozen, frozen=True):
    """编码: `scheme` is `basic` (基本编码, 12), `implementation` (实施编码, 31) or a local scheme's name."""

    scheme: str
    code: str


class Limit(Frozen, frozen=True):
    """时限: so many `days` of `unit`; hours of opening time only where they are promised.

    The `basis` says where a statutory limit comes from, if not from `bases[0]`.
    """

    days: int
    unit: Literal["workday", "day", "hour"] = "workday"
    basis: Basis | None = None


class Choice(Frozen, frozen=True):
    """选项 of a question."""

    key: str
    text: str
    help: str = ""


class Known(Frozen, frozen=True):
    """已知: a fact that answers a question, so that it is not asked; `gives` turns what is known into a choice's key.

    Facts: `certificate.business_licence` (then `held`), `earlier` (what the same question was answered with in an earlier
    matter), and what the platform's own register knows, as `person.region`.
    """

    fact: str
    gives: Mapping[str, str] = {}


class Question(Frozen, frozen=True):
    """问题 that a few clicks answer, from the dictionary `questions.yaml`; one code is asked once."""

    text: str
    choices: tuple[Choice, ...]
    help: str = ""
    known: tuple[Known, ...] = ()


class Situation(Frozen, frozen=True):
    """情形: a case in which an item asks for something else."""

    key: str
    title: str
    when: Condition


class Fill(Frozen, frozen=True):
    """自动填写: take the element from what is known when so answered.

    Sources: `person.name`, `enterprise.uscc` … of the platform's own register; and, with consent, `register.name` … of the
    enterprise register, `certificate.food_licence.number` (or what the certificate states) and `earlier`, the same element as
    it was stated in an earlier matter.
    """

    source: str
    when: Condition = {}


class Rule(Frozen, frozen=True):
    """核对规则 of an element: a condition (docs/rules.md) that must not be false, and what is said when it is."""

    rule: str
    zh: str
    en: str


class Column(Frozen, frozen=True):
    """列: one field of every row of a group."""

    key: str
    label: str
    kind: Literal[
        "text", "name", "resident_id", "uscc", "phone", "date", "number", "money", "choice", "address"
    ]
    help: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 100
    unit: str = ""
    whole: bool = False
    optional: bool = False
    past_only: bool = False


class Element(Frozen, frozen=True):
    """数据元 from the dictionary `elements.yaml`; one code is typed once.

    `shown`, `computed`, `suggested` and `checks` are rules (docs/rules.md) over other elements, `answer.QUESTION` and `as_of`.
    A `group` repeats its `columns`.
    """

    label: str
    section: str
    kind: Literal[
        "text",
        "long_text",
        "name",
        "resident_id",
        "uscc",
        "phone",
        "date",
        "number",
        "money",
        "choice",
        "address",
        "region",
        "group",
    ]
    help: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 100
    fill: tuple[Fill, ...] = ()
    earliest_years_ago: int | None = None  # a date not further back than this
    past_only: bool = False
    unit: str = ""
    whole: bool = False  # a number without decimals
    shown: str = ""  # 有条件才填: asked where this holds
    computed: str = ""  # 自动算出: always this, nobody types it
    suggested: str = ""  # 先替您填上: this, until somebody says otherwise
    checks: tuple[Rule, ...] = ()
    columns: tuple[Column, ...] = ()
    most_rows: int = 20


class MaterialType(Frozen, frozen=True):
    """材料类型 from the dictionary `materials.yaml` (一材一码): one code is handed over once.

    `certificate`: the certificate type that makes handing it over needless. `formats`: what an upload may be.
    """

    name: str
    issuer: str
    help: str = ""
    certificate: str = ""
    formats: tuple[Literal["pdf", "jpeg", "png"], ...] = ("pdf", "jpeg", "png")


class CertificateType(Frozen, frozen=True):
    """证照类型: `code` is the 21-character type code of GB/T 36904, `valid_months` 0 is without end."""

    name: str
    code: str
    valid_months: int = 0
    number_prefix: str = ""


class MaterialNeed(Frozen, frozen=True):
    """申请材料 of an item: which type, in which situations (none named: always)."""

    material: str
    situations: tuple[str, ...] = ()
    optional: bool = False
    deferrable: bool = False  # 容缺后补
    copies: int = 1
    note: str = ""


class FormElement(Frozen, frozen=True):
    """表单要素 of an item: which element, in which situations (none named: always)."""

    element: str
    situations: tuple[str, ...] = ()
    optional: bool = False


class Work(Frozen, frozen=True):
    """环节: what an office does between acceptance and decision; `after` names the works it waits for."""

    key: str
    title: str
    kind: Literal["review", "consult", "site_visit", "expert_review", "joint_session", "lower_review"]
    department: str
    limit: Limit
    after: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    silence: Literal["wait", "agree"] = (
        "wait"  # 逾期未提意见: what it means that a consulted office says nothing
    )
    people: int = 0  # 同去的人: how many officers do it together
    experts: int = 0  # 专家: how many are drawn
    checklist: tuple[str, ...] = ()  # 核查清单: what is looked at on the spot, a line each


class Outcome(Frozen, frozen=True):
    """办理结果: a certificate of a type, a document, or nothing but the decision."""

    kind: Literal["certificate", "document", "none"]
    name: str = ""
    certificate: str = ""
    shows: tuple[str, ...] = ()  # elements of the form that the certificate states


class Criterion(Frozen, frozen=True):
    """审批条件: one clause that the decision is made by (开卷式审批), with its article and what proves it.

    `rule` (docs/rules.md) is over the elements and questions of the item, what the platform knows of the applicant
    (`rules/criteria.py`) and `as_of`; without one a person judges. `materials`: in which of the item's it is seen.
    """

    key: str
    text: str
    basis: Basis
    proof: str
    rule: str = ""
    materials: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()


class Faq(Frozen, frozen=True):
    """常见问题."""

    question: str
    answer: str


class Fee(Frozen, frozen=True):
    """收费: by the licensing law art. 58 only where a law or regulation says so. Amount in 分."""

    name: str
    amount_fen: int
    basis: Basis


class Item(Frozen, frozen=True):
    """政务服务事项: one thing an office does for a person or a firm, as written in one YAML file."""

    code: str
    name: str
    plain_name: str
    summary: str
    codes: tuple[Code, ...]
    type: ItemType
    applicants: tuple[ApplicantKind, ...]
    department: str
    instant: bool  # 即办件 (true) or 承诺件
    bases: tuple[Basis, ...]
    statutory: Limit | None
    promised: Limit
    conditions: tuple[str, ...]
    outcome: Outcome
    elements: tuple[FormElement, ...] = ()
    materials: tuple[MaterialNeed, ...] = ()
    questions: tuple[str, ...] = ()
    situations: tuple[Situation, ...] = ()
    works: tuple[Work, ...] = ()
    visits: int = 0
    visit_reason: str = ""  # 必须现场办理原因, when visits is not 0
    fees: tuple[Fee, ...] = ()
    faqs: tuple[Faq, ...] = ()
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    discretion: Literal["", "encouraged", "restricted", "prohibited"] = ""  # 分类定权: who may decide
    joint: bool = False  # 统一、联合、集中办理 (licensing law art. 42, second paragraph)
    safety: bool = False  # 直接关系公共安全、人身健康、生命财产安全 (art. 78)
    hearing: Literal["", "required", "offered"] = ""  # arts. 46, 47
    interested: bool = False  # 直接关系他人重大利益 (art. 36)
    renewable: bool = False  # 延续: renews the certificate that its own outcome is (art. 50)
    criteria: tuple[Criterion, ...] = ()  # 审批条件, as published for 开卷式审批
    event: str = (
        ""  # 交地即拿证: the certificate whose issue is the event; this item is decided on the same day
    )


class BundleItem(Frozen, frozen=True):
    """一件事 contains this item when so answered. The same item named twice: when either holds."""

    item: str
    when: Condition = {}


class Bundle(Frozen, frozen=True):
    """一件事: items that belong to one event in a life or a business, asked for at once."""

    code: str
    name: str
    plain_name: str
    summary: str
    lead: str
    applicants: tuple[ApplicantKind, ...]
    bases: tuple[Basis, ...]
    questions: tuple[str, ...]
    items: tuple[BundleItem, ...]
    promised: Limit | None = None  # 整件事的承诺时限; else that of its longest item
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Section(Frozen, frozen=True):
    """表单分组, in the order of `elements.yaml`."""

    key: str
    title: str


class Dictionaries(Frozen, frozen=True):
    """字典: what items and bundles refer to by code."""

    sections: tuple[Section, ...]
    elements: dict[str, Element]
    materials: dict[str, MaterialType]
    questions: dict[str, Question]
    certificates: dict[str, CertificateType]
    departments: dict[str, str]  # key: Chinese name of the line of work, 市场监督管理
    topics: dict[str, tuple[ApplicantKind, ...]]  # 主题分类: the kinds of applicant that look under it


class Ceiling(Frozen, frozen=True):
    """承诺上限 of a place: no more than `days` of `unit`, or than `share` per cent of the statutory limit.

    It holds for the `items` named, and for every item of the `types`. `source`: article or document it comes from.
    """

    pack: str
    title: str
    source: str
    days: int = 0
    unit: Literal["workday", "day", "hour"] = "workday"
    share: int = 0
    items: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


class Catalogue(Frozen, frozen=True):
    """事项目录: all items and bundles by their code, with the dictionaries they refer to."""

    dictionaries: Dictionaries
    items: dict[str, Item]
    bundles: dict[str, Bundle]
