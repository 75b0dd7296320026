"""申请内容: what the applicant stated and handed over, in the catalogue's words; masked for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.utils.translation import gettext

from banshi.contexts.cases.values import CaseState
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Dictionaries, Element
from banshi.directory import queries as directory
from banshi.kernel.facts import NotFound
from banshi.kernel.ids import valid_uscc
from banshi.ui import dates
from banshi.ui.masking import masked_id, masked_name, masked_phone, scrubbed
from banshi.ui.parts import Row


class Reader(Enum):
    """谁在看: who asked to see everything (on record), who handles the case, or who only supervises."""

    FULL = "full"
    HANDLING = "handling"
    SUPERVISING = "supervising"


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """一份材料: `file` is the digest of its content; empty when it came without a file."""

    name: str
    how: str
    missing: bool = False
    file: str = ""
    code: str = ""


def applicant(subject: Mapping[str, Any], channel: str, reader: Reader) -> tuple[Row, ...]:
    """申请人: name and number."""
    if not subject:
        return (Row(label=gettext("申请人"), value=gettext("（已依申请删除）")),)
    name, number = subject["applicant"], subject["applicant_number"]
    private = reader is not Reader.FULL and not valid_uscc(number)
    return (
        Row(label=gettext("申请人"), value=masked_name(name) if private else name),
        Row(label=gettext("证件号码"), value=masked_id(number) if private else number),
        Row(label=gettext("从哪里来"), value=channel),
    )


def sections(
    subject: Mapping[str, Any], dictionaries: Dictionaries, reader: Reader
) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """填写的内容 by section, in the form's order."""
    values: Mapping[str, str] = subject.get("values", {})
    elements = {code: dictionaries.elements.get(code) for code in values}
    regions = directory.region_names(
        values[code]
        for code, one in elements.items()
        if one and one.kind == "region" and values[code].isdecimal()
    )
    rows: dict[str, list[Row]] = {}
    for code, value in values.items():
        one = elements[code]
        text = _text(one, value, regions)
        shown = text if reader is Reader.FULL else masked(one, text, reader)
        rows.setdefault(one.section if one else "", []).append(
            Row(label=one.label if one else code, value=shown)
        )
    titles = [*((section.key, section.title) for section in dictionaries.sections), ("", gettext("其他"))]
    return tuple((title, tuple(rows[key])) for key, title in titles if key in rows)


def materials(
    state: CaseState, subject: Mapping[str, Any], answers: Mapping[str, str], dictionaries: Dictionaries
) -> tuple[MaterialLine, ...]:
    """申请材料: what was handed over, then what this item asks for and was not."""
    lines = handed(subject)
    have = {one.code for one in lines}
    try:
        item = catalogue.get_version(state.plan.item, state.plan.version)
    except NotFound:
        return tuple(lines)
    for need in catalogue.needed_materials(item, catalogue.situations_of(item, answers)):
        if need.material not in have:
            name = dictionaries.materials[need.material].name
            lines.append(MaterialLine(name, _why_missing(need.optional, need.deferrable), missing=True))
    return tuple(lines)


def handed(subject: Mapping[str, Any]) -> list[MaterialLine]:
    """What was handed over."""
    return [_handed(one) for one in subject.get("materials", ())]


def _handed(one: Mapping[str, Any]) -> MaterialLine:
    how = {
        "uploaded": gettext("已上传"),
        "paper": gettext("窗口已核验原件"),
        "certificate": gettext("电子证照"),
    }
    return MaterialLine(
        one["name"], how.get(one["source"], one["source"]), file=one["file"], code=one["code"]
    )


def _why_missing(optional: bool, deferrable: bool) -> str:
    if optional:
        return gettext("没有交，可以不交")
    return gettext("没有交，容缺后补") if deferrable else gettext("没有交，由同时办理的事项产生")


def _text(one: Element | None, value: str, regions: Mapping[str, str]) -> str:
    match one.kind if one else "":
        case "choice":
            return (
                next((choice.text for choice in one.choices if choice.key == value), value) if one else value
            )
        case "date":
            return _day(value)
        case "money":
            return gettext("%(amount)s 元") % {"amount": value}
        case "region":
            return regions.get(value, value)
    return value


def masked(one: Element | None, text: str, reader: Reader) -> str:
    """A value as words, with what this reader need not see left out."""
    match one.kind if one else "":
        case "resident_id":
            return masked_id(text)
        case "phone":
            return masked_phone(text)
        case "name":
            return masked_name(text)
        case "address" if reader is Reader.SUPERVISING:
            return "***" if text else ""
    return scrubbed(text)


def _day(value: str) -> str:
    try:
        return dates.fullday(date.fromisoformat(value))
    except ValueError:
        return value
