"""填写项: fields of a form as they are asked, read back, checked and shown again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.forms.values import Problem as Wrong
from banshi.desks.citizen.words import chinese
from banshi.directory import queries as directory
from banshi.flows import apply as flow
from banshi.kernel.elements import rows_of, text_of_rows
from banshi.ui import dates
from banshi.ui.fields import Field, Option, changed_rows, read_rows
from banshi.ui.masking import masked_id, masked_phone
from banshi.ui.parts import Problem

_KINDS = {
    "long_text": "textarea",
    "resident_id": "id_number",
    "uscc": "id_number",
    "phone": "phone",
    "date": "date",
    "number": "number",
    "money": "number",
    "group": "rows",
}
_PARTS = ("year", "month", "day")
_MOST_RADIOS = 6


def field(
    one: Asked, value: str = "", errors: Mapping[str, str] | str = "", *, more: bool = False, source: str = ""
) -> Field:
    """How it is asked. Money is typed in 元. `errors`: of the field, or of a group by `code.row.column` too; `more`: with a row more."""
    said = {one.code: errors} if isinstance(errors, str) else errors
    kind = "output" if one.computed else _KINDS.get(one.kind, "text")
    if one.kind == "choice" and kind != "output":
        kind = "radios" if len(one.choices) <= _MOST_RADIOS else "select"
    found = Field(
        name=one.code,
        label=label(one),
        kind=kind,
        value=shown(one, value) if kind == "output" and value else _parts(value) if kind == "date" else value,
        hint=_hint(one),
        error=said.get(one.code, ""),
        optional=not one.required and kind != "output",
        source=source,
        options=tuple(Option(value=choice.key, label=choice.text) for choice in one.choices),
        autocomplete=_autocomplete(one),
    )
    return replace(found, **_rows(one, value, said, more)) if kind == "rows" else found


def label(one: Asked) -> str:
    """With the unit that it is typed in."""
    if unit := gettext("元") if one.kind == "money" else one.unit:
        return gettext("%(label)s（%(unit)s）") % {"label": one.label, "unit": unit}
    return one.label


def _rows(one: Asked, value: str, said: Mapping[str, str], more: bool) -> dict[str, Any]:
    """The rows of a group as fields; one to begin with."""
    rows = rows_of(value) or [{}]
    if more and len(rows) < one.most_rows:
        rows = [*rows, {}]
    members = tuple(
        tuple(
            _cell(
                replace(column, code=f"{one.code}-{number}-{column.code}"),
                row.get(column.code, ""),
                said.get(f"{one.code}.{number}.{column.code}", ""),
            )
            for column in one.columns
        )
        for number, row in enumerate(rows)
    )
    return {"members": members, "full": len(rows) >= one.most_rows, "value": ""}


def _cell(column: Asked, value: str, error: str) -> Field:
    """One field of a row; a day is picked or typed in one box."""
    found = field(column, value, error)
    return replace(found, kind="calendar", value=value, hint="") if column.kind == "date" else found


def read(asked: Iterable[Asked], data: QueryDict) -> dict[str, str]:
    """What was typed into these fields, and no others; the three boxes of a date as 2026-03-09, a group as it is kept."""
    found = {}
    for one in asked:
        if one.computed:
            continue
        if one.kind == "date":
            boxes = [
                unicodedata.normalize("NFKC", data.get(f"{one.code}_{part}", "")).strip() for part in _PARTS
            ]
            found[one.code] = "-".join(box.zfill(2) for box in boxes) if any(boxes) else ""
        elif one.kind == "group":
            rows = read_rows(data, one.code, [column.code for column in one.columns]) or []
            found[one.code] = text_of_rows(changed_rows(data, one.code, rows))
        else:
            found[one.code] = data.get(one.code, "")
    return found


def check(asked: list[Asked], typed: Mapping[str, str], today: date) -> tuple[dict[str, str], dict[str, str]]:
    """The values to keep, and what is wrong by field."""
    values, wrong = forms.check(asked, typed, today)
    kinds = {one.code: one for one in asked}
    return values, {one.field: said(one, kinds.get(one.field), typed.get(one.field, "")) for one in wrong}


def contradictions(now: flow.Standing, asked: Iterable[Asked]) -> dict[str, str]:
    """What the fields' own conditions find wrong, by field."""
    found = forms.check_rules(now.settled, [one.code for one in asked])
    return {one.field: one.zh if chinese() else one.en for one in found}


def problems(errors: Mapping[str, str]) -> list[Problem]:
    """For the summary on top of the page."""
    return [Problem(text=text, field=code.replace(".", "-")) for code, text in errors.items()]


def said(wrong: Wrong, one: Asked | None, typed: str) -> str:
    """The problem in the language of the page."""
    if one is not None and one.kind == "date" and typed and not _is_day(typed):
        return gettext("%(label)s不对：没有这一天，请核对年、月、日。") % {"label": one.label}
    if one is not None and one.kind == "choice" and not typed:
        return gettext("请选择%(label)s。") % {"label": one.label}
    return wrong.zh if chinese() else wrong.en


def shown(one: Asked, value: str, *, full: bool = False) -> str:
    """The value as it is read; numbers of persons masked, unless it is to be compared with what was typed."""
    if not value:
        return gettext("（没有填）")
    match one.kind:
        case "choice":
            return next((choice.text for choice in one.choices if choice.key == value), value)
        case "resident_id":
            return value if full else masked_id(value)
        case "phone":
            return value if full else masked_phone(value)
        case "date":
            return dates.fullday(date.fromisoformat(value)) if _is_day(value) else value
        case "money":
            return gettext("%(amount)s 元") % {"amount": value}
        case "region":
            return region_name(value)
        case "number" if one.unit:
            return f"{value} {one.unit}"
        case "group":
            return "\n".join(_line(one, row, full=full) for row in rows_of(value))
    return value


def _line(one: Asked, row: Mapping[str, str], *, full: bool) -> str:
    return "，".join(
        f"{column.label}：{shown(column, row[column.code], full=full)}"
        for column in one.columns
        if row.get(column.code)
    )


def region_name(value: str) -> str:
    """福建省泉州市鲤城区 for a code; what somebody wrote themself stays."""
    if not value.isdecimal():
        return value
    return "".join(region.name for region in directory.list_path(value)) or value


def _hint(one: Asked) -> str:
    if one.kind == "date" and not one.help:
        return gettext("例如 2026 年 3 月 9 日")
    return one.help


def _autocomplete(one: Asked) -> str:
    """Only for what is the person's own: a browser must not fill in the other parent's name."""
    own = {"person.name": "name", "person.phone": "tel", "person.address": "street-address"}
    found = next((own[source] for source in one.sources if source in own), "")
    return found or ("off" if one.kind in ("name", "phone") else "")


def _parts(value: str) -> dict[str, str]:
    return dict(zip(_PARTS, (part.lstrip("0") for part in value.split("-")), strict=False)) if value else {}


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
