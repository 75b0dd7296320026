"""What a merged form and a merged list of materials consist of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.kernel.rules import Names


@dataclass(frozen=True, slots=True)
class Choice:
    """选项 of a field."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """核对规则 of a field: a condition in the rule language that must not be false, and what is said when it is."""

    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """填写项: one data element; `items` are the names of the matters that need it (typed once for all of them).

    `shown`, `computed`, `suggested`: rules: when it is asked at all, what it always is, what it is unless somebody says
    otherwise. `columns` are the fields of each row of a group.
    """

    code: str
    label: str
    kind: str
    section: str
    required: bool
    items: tuple[str, ...]
    help: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 100
    sources: tuple[str, ...] = ()
    past_only: bool = False
    earliest_years_ago: int | None = None
    unit: str = ""
    whole: bool = False
    shown: str = ""
    computed: str = ""
    suggested: str = ""
    checks: tuple[Check, ...] = ()
    columns: tuple[Field, ...] = ()
    most_rows: int = 20


@dataclass(frozen=True, slots=True)
class Section:
    """分组 of a form."""

    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class MaterialNeed:
    """材料需求: one material code; handed over once for all `items`.

    A held `certificate` can stand in for it; `made_by` names the other matter of the same application that issues it.
    """

    code: str
    name: str
    required: bool
    items: tuple[str, ...]
    issuer: str = ""
    help: str = ""
    certificate: str = ""
    formats: tuple[str, ...] = ("pdf", "jpeg", "png")
    notes: tuple[str, ...] = ()
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """一张表单 and 一套材料 for all that was chosen. `separate_*` is what it would have been item by item."""

    sections: tuple[Section, ...]
    materials: tuple[MaterialNeed, ...]
    separate_fields: int
    separate_materials: int
    data: Names = field(default_factory=dict, compare=False, repr=False)  # what its rules may ask for

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(found for section in self.sections for found in section.fields)

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """填写问题: which field, and what to do, in both languages."""

    field: str
    zh: str
    en: str


SUGGESTED, COMPUTED = "suggested", "computed"


@dataclass(frozen=True, slots=True)
class Filled:
    """自动填写的值 and where it came from: a source as `person.name`, or `SUGGESTED`, `COMPUTED` from other fields."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Settled:
    """定下的表单: the fields that are asked as things stand, what is filled in, and what the rules see (`row`).

    `hidden`: the codes of fields that are not asked now; what was typed into them is neither lost nor used.
    """

    form: Form
    filled: Mapping[str, Filled]
    hidden: frozenset[str]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """一个事项的需要: what one item asks for, before merging."""

    item: str
    fields: tuple[Field, ...]
    materials: tuple[MaterialNeed, ...]
