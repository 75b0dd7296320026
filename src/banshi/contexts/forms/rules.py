"""表单规则: merge, fill in, check. Nothing is asked twice; what is known is filled in and shown as such."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from banshi.contexts.forms.values import Field, Filled, Form, MaterialNeed, Need, Problem, Section
from banshi.kernel.ids import BadId, ResidentId, valid_resident_id, valid_uscc


def merge(needs: Sequence[Need], sections: Sequence[tuple[str, str]]) -> Form:
    """One form and one list of materials for several items: equal codes become one, required if any item requires it.

    `sections` gives keys and titles in their order.
    """
    fields: dict[str, Field] = {}
    materials: dict[str, MaterialNeed] = {}
    for need in needs:
        for one in need.fields:
            known = fields.get(one.code)
            if known is None:
                fields[one.code] = replace(one, items=(need.item,))
            else:
                fields[one.code] = replace(
                    known, required=known.required or one.required, items=(*known.items, need.item)
                )
        for material in need.materials:
            before = materials.get(material.code)
            if before is None:
                materials[material.code] = replace(material, items=(need.item,))
            else:
                notes = tuple(dict.fromkeys((*before.notes, *material.notes)))
                materials[material.code] = replace(
                    before,
                    required=before.required or material.required,
                    items=(*before.items, need.item),
                    notes=notes,
                )
    grouped = tuple(
        Section(key, title, tuple(one for one in fields.values() if one.section == key))
        for key, title in sections
    )
    return Form(
        sections=tuple(section for section in grouped if section.fields),
        materials=tuple(materials.values()),
        separate_fields=sum(len(need.fields) for need in needs),
        separate_materials=sum(len(need.materials) for need in needs),
    )


def prefill(form: Form, known: Mapping[str, str]) -> dict[str, Filled]:
    """What the platform knows already, by field code. `known` maps sources (`person.name`) to values."""
    filled: dict[str, Filled] = {}
    for one in form.fields:
        for source in one.sources:
            if value := known.get(source):
                # Money is kept in 分 and written in 元.
                shown = f"{int(value) / 100:.2f}" if source.endswith("_fen") else value
                filled[one.code] = Filled(shown, source)
                break
    return filled


# 全角 digits, letters and blanks are slips of the input method; Chinese punctuation is meant.
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_HALF_WIDTH[0x3000] = 0x20


def normalised(text: str) -> str:
    """全角 letters, digits and blanks to 半角, outer and doubled blanks away; all else is kept as it was typed."""
    lines = unicodedata.normalize("NFC", text).translate(_HALF_WIDTH).replace("\r\n", "\n").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def check(
    fields: Sequence[Field], typed: Mapping[str, str], today: date
) -> tuple[dict[str, str], list[Problem]]:
    """The values as they are kept (only of these fields; anything else that was sent is dropped), and what is wrong."""
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for one in fields:
        value = normalised(typed.get(one.code, ""))
        if one.kind in ("resident_id", "uscc"):
            value = value.replace(" ", "").upper()
        elif one.kind == "phone":
            value = value.replace(" ", "").replace("-", "")
        values[one.code] = value
        problem = _problem(one, value, today)
        if problem:
            problems.append(Problem(one.code, *problem))
    return values, problems


def _problem(one: Field, value: str, today: date) -> tuple[str, str] | None:
    if not value:
        return (f"请填写{one.label}。", f"Fill in: {one.label}.") if one.required else None
    if len(value) > one.max_length:
        return (
            f"{one.label}不能超过{one.max_length}个字。",
            f"{one.label}: at most {one.max_length} characters.",
        )
    match one.kind:
        case "resident_id":
            return _resident_id(one, value)
        case "uscc":
            if not valid_uscc(value):
                return (
                    f"{one.label}不对：应为18位统一社会信用代码，请对照营业执照核对。",
                    f"{one.label}: not a valid 18-character unified social credit code.",
                )
        case "phone":
            if not (
                value.isascii()
                and value.isdigit()
                and ((len(value) == 11 and value[0] == "1") or value[0] == "0")
            ):
                return (
                    f"{one.label}不对：请填11位手机号，或带区号的座机号。",
                    f"{one.label}: not a phone number.",
                )
        case "date":
            return _date(one, value, today)
        case "number" | "money":
            try:
                number = float(value)
            except ValueError:
                return f"{one.label}应当是数字。", f"{one.label} must be a number."
            if not 0 <= number < 1e12:
                return f"{one.label}超出了范围。", f"{one.label} is out of range."
        case "choice":
            if value not in {choice.key for choice in one.choices}:
                return f"请为{one.label}选择一项。", f"Choose one for: {one.label}."
        case "name":
            if len(value) < 2:
                return f"{one.label}请填全名。", f"{one.label}: give the full name."
    return None


def _resident_id(one: Field, value: str) -> tuple[str, str] | None:
    if valid_resident_id(value):
        return None
    try:
        ResidentId.parse(value)
    except BadId as error:
        return f"{one.label}不对：{error.zh}", f"{one.label}: {error.en}"
    return None


def _date(one: Field, value: str, today: date) -> tuple[str, str] | None:
    try:
        day = date.fromisoformat(value.replace("/", "-").replace(".", "-"))
    except ValueError:
        return f"{one.label}请按“2026-11-21”这样填写。", f"{one.label}: write the date like 2026-11-21."
    if one.past_only and day > today:
        return f"{one.label}不能晚于今天。", f"{one.label} cannot be later than today."
    if one.earliest_years_ago is not None and day.year < today.year - one.earliest_years_ago:
        return f"{one.label}太早了，请核对年份。", f"{one.label} is too long ago; check the year."
    return None


def check_materials(form: Form, supplied: set[str]) -> list[Problem]:
    """Which required materials are still missing."""
    return [
        Problem(need.code, f"还没有提交“{need.name}”。", f"Missing material: {need.name}.")
        for need in form.materials
        if need.required and need.code not in supplied
    ]
