"""填写项: fields of a form as they are asked, read back, checked and shown again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.forms.values import Problem as Wrong
from banshi.desks.citizen.words import chinese
from banshi.directory import queries as directory
from banshi.ui import dates
from banshi.ui.fields import Field, Option
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
}
_PARTS = ("year", "month", "day")
_MOST_RADIOS = 6


def field(one: Asked, value: str = "", error: str = "") -> Field:
    """How it is asked. Money is typed in 元."""
    kind = _KINDS.get(one.kind, "text")
    if one.kind == "choice":
        kind = "radios" if len(one.choices) <= _MOST_RADIOS else "select"
    label = gettext("%(label)s（元）") % {"label": one.label} if one.kind == "money" else one.label
    return Field(
        name=one.code,
        label=label,
        kind=kind,
        value=_parts(value) if kind == "date" else value,
        hint=_hint(one),
        error=error,
        optional=not one.required,
        options=tuple(Option(value=choice.key, label=choice.text) for choice in one.choices),
        autocomplete=_autocomplete(one),
    )


def read(asked: Iterable[Asked], data: QueryDict) -> dict[str, str]:
    """What was typed into these fields, and no others; the three boxes of a date as 2026-03-09."""
    found = {}
    for one in asked:
        if one.kind == "date":
            boxes = [
                unicodedata.normalize("NFKC", data.get(f"{one.code}_{part}", "")).strip() for part in _PARTS
            ]
            found[one.code] = "-".join(box.zfill(2) for box in boxes) if any(boxes) else ""
        else:
            found[one.code] = data.get(one.code, "")
    return found


def check(asked: list[Asked], typed: Mapping[str, str], today: date) -> tuple[dict[str, str], dict[str, str]]:
    """The values to keep, and what is wrong by field."""
    values, wrong = forms.check(asked, typed, today)
    kinds = {one.code: one for one in asked}
    return values, {one.field: said(one, kinds.get(one.field), typed.get(one.field, "")) for one in wrong}


def problems(errors: Mapping[str, str]) -> list[Problem]:
    """For the summary on top of the page."""
    return [Problem(text=text, field=code) for code, text in errors.items()]


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
    return value


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
