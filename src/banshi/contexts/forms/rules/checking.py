"""填写检查: what was typed, put right where only the input method was wrong, and what is wrong with it otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from banshi.contexts.forms.values import Field, Problem
from banshi.kernel.elements import GROUP, day_of, rows_of, text_of_rows
from banshi.kernel.ids import BadId, ResidentId, valid_resident_id, valid_uscc

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
    """The values as they are kept (only of these fields; anything else that was sent is dropped), and what is wrong.

    What is wrong in a group names its row and column: `shareholders.0.amount`. A computed field is nobody's to fill in.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for one in fields:
        if one.kind == GROUP:
            values[one.code], found = _group(one, typed.get(one.code, ""), today)
            problems += found
            continue
        value = tidied(one, typed.get(one.code, ""))
        values[one.code] = value
        problem = _problem(one, value, today) if not one.computed else None
        if problem:
            problems.append(Problem(one.code, *problem))
    return values, problems


def tidied(one: Field, text: str) -> str:
    """A value as it is kept."""
    value = normalised(text)
    if one.kind in ("resident_id", "uscc"):
        return value.replace(" ", "").upper()
    if one.kind == "phone":
        return value.replace(" ", "").replace("-", "")
    if one.kind in ("number", "money"):
        return value.replace(",", "")
    if one.kind == "date" and (day := day_of(value)):
        return day.isoformat()
    return value


def _group(one: Field, text: str, today: date) -> tuple[str, list[Problem]]:
    rows = rows_of(text)
    if text and not rows and not text.startswith("["):
        return text, [
            Problem(one.code, f"{one.label}请一行一行重新填。", f"{one.label}: fill it in row by row.")
        ]
    kept: list[Mapping[str, str]] = []
    problems: list[Problem] = []
    for row in rows:
        if not any(normalised(value) for value in row.values()):
            continue
        columns = [
            replace(column, label=f"{one.label}第{len(kept) + 1}行的{column.label}") for column in one.columns
        ]
        values, wrong = check(columns, row, today)
        problems += [Problem(f"{one.code}.{len(kept)}.{it.field}", it.zh, it.en) for it in wrong]
        kept.append(values)
    if not kept and one.required:
        problems.append(
            Problem(one.code, f"请填写{one.label}，至少一行。", f"Fill in at least one row: {one.label}.")
        )
    if len(kept) > one.most_rows:
        problems.append(
            Problem(
                one.code, f"{one.label}最多{one.most_rows}行。", f"{one.label}: at most {one.most_rows} rows."
            )
        )
    return text_of_rows(kept), problems


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
            return _number(one, value)
        case "choice":
            if value not in {choice.key for choice in one.choices}:
                return f"请为{one.label}选择一项。", f"Choose one for: {one.label}."
        case "name":
            if len(value) < 2:
                return f"{one.label}请填全名。", f"{one.label}: give the full name."
    return None


def _number(one: Field, value: str) -> tuple[str, str] | None:
    try:
        number = float(value)
    except ValueError:
        return f"{one.label}应当是数字。", f"{one.label} must be a number."
    if not 0 <= number < 1e12:
        return f"{one.label}超出了范围。", f"{one.label} is out of range."
    if one.whole and number != int(number):
        return f"{one.label}应当是整数。", f"{one.label} must be a whole number."
    if one.kind == "money" and round(number * 100) != number * 100 and len(value.partition(".")[2]) > 2:
        return f"{one.label}最多写到分。", f"{one.label}: two decimals at most."
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
    day = day_of(value)
    if day is None:
        return f"{one.label}请按“2026-11-21”这样填写。", f"{one.label}: write the date like 2026-11-21."
    if one.past_only and day > today:
        return f"{one.label}不能晚于今天。", f"{one.label} cannot be later than today."
    if one.earliest_years_ago is not None and day.year < today.year - one.earliest_years_ago:
        return f"{one.label}太早了，请核对年份。", f"{one.label} is too long ago; check the year."
    return None
