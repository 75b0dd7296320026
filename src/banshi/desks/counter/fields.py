"""填写项: the merged form's fields as the window types them, dense and by keyboard, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.forms.values import Filled
from banshi.directory import queries as directory
from banshi.ui import dates
from banshi.ui.fields import Field, Option
from banshi.ui.masking import masked_id, masked_phone

_KINDS = {
    "long_text": "textarea",
    "resident_id": "id_number",
    "uscc": "id_number",
    "phone": "phone",
    "date": "calendar",
    "number": "number",
    "money": "number",
}
_MOST_RADIOS = 4


def field(one: Asked, value: str, error: str = "", *, autofocus: bool = False) -> Field:
    """How it is asked. Money is typed in 元, a region by its name."""
    kind = _KINDS.get(one.kind, "text")
    if one.kind == "choice":
        kind = "radios" if len(one.choices) <= _MOST_RADIOS else "select"
    return Field(
        name=one.code,
        label=gettext("%(label)s（元）") % {"label": one.label} if one.kind == "money" else one.label,
        kind=kind,
        value=_face(one, value),
        hint=one.help,
        error=error,
        optional=not one.required,
        options=tuple(Option(value=choice.key, label=choice.text) for choice in one.choices),
        inline=kind == "radios",
        rows=2,
        autocomplete="off" if kind != "radios" else "",
        autofocus=autofocus,
    )


def read(asked: Iterable[Asked], data: QueryDict, filled: Mapping[str, Filled]) -> dict[str, str]:
    """What was typed into these fields, as far as the page showed them. What was filled in and left alone is not typed."""
    found = {}
    for one in asked:
        if one.code not in data:
            continue
        value = data.get(one.code, "")
        known = filled.get(one.code)
        if known and value == _face(one, known.value):
            value = known.value
        found[one.code] = value
    return found


def shown(one: Asked, value: str) -> str:
    """The value as it is read out or printed, personal numbers masked."""
    if not value:
        return gettext("（没有填）")
    match one.kind:
        case "choice":
            return next((choice.text for choice in one.choices if choice.key == value), value)
        case "resident_id":
            return masked_id(value)
        case "phone":
            return masked_phone(value)
        case "date":
            return _day(value)
        case "money":
            return gettext("%(amount)s 元") % {"amount": value}
    return _face(one, value)


def _face(one: Asked, value: str) -> str:
    """福建省泉州市鲤城区 for the code of a region; anything else as it is."""
    if one.kind != "region" or not value.isdecimal():
        return value
    return "".join(region.name for region in directory.list_path(value)) or value


def _day(value: str) -> str:
    try:
        return dates.fullday(date.fromisoformat(value))
    except ValueError:
        return value
