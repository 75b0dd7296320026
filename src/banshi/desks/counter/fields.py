"""填写项: the merged form's fields as the window types them, dense and by keyboard, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.forms.values import Filled
from banshi.directory import queries as directory
from banshi.kernel.elements import rows_of, text_of_rows
from banshi.ui import dates
from banshi.ui.fields import Field, Option, changed_rows, read_rows
from banshi.ui.masking import masked_id, masked_phone

_KINDS = {
    "long_text": "textarea",
    "resident_id": "id_number",
    "uscc": "id_number",
    "phone": "phone",
    "date": "calendar",
    "number": "number",
    "money": "number",
    "group": "rows",
}
_MOST_RADIOS = 4


def field(
    one: Asked,
    value: str,
    errors: Mapping[str, str] | str = "",
    *,
    autofocus: bool = False,
    source: str = "",
    more: bool = False,
) -> Field:
    """How it is asked. Money is typed in 元, a region by its name. `errors`: of a group by `code.row.column` too."""
    said = {one.code: errors} if isinstance(errors, str) else errors
    kind = "output" if one.computed else _KINDS.get(one.kind, "text")
    if one.kind == "choice" and kind != "output":
        kind = "radios" if len(one.choices) <= _MOST_RADIOS else "select"
    found = Field(
        name=one.code,
        label=label(one),
        kind=kind,
        value=shown(one, value) if kind == "output" and value else _face(one, value),
        hint=one.help,
        error=said.get(one.code, ""),
        optional=not one.required and kind != "output",
        source=source,
        options=tuple(Option(value=choice.key, label=choice.text) for choice in one.choices),
        inline=kind == "radios",
        rows=2,
        autocomplete="off" if kind != "radios" else "",
        autofocus=autofocus and kind != "rows",
    )
    if kind != "rows":
        return found
    rows = rows_of(value) or [{}]
    rows = [*rows, {}] if more and len(rows) < one.most_rows else rows
    members = tuple(
        tuple(
            field(
                replace(column, code=f"{one.code}-{number}-{column.code}"),
                row.get(column.code, ""),
                said.get(f"{one.code}.{number}.{column.code}", ""),
            )
            for column in one.columns
        )
        for number, row in enumerate(rows)
    )
    return replace(found, members=members, full=len(rows) >= one.most_rows, value="")


def label(one: Asked) -> str:
    """With the unit that it is typed in."""
    if unit := gettext("元") if one.kind == "money" else one.unit:
        return gettext("%(label)s（%(unit)s）") % {"label": one.label, "unit": unit}
    return one.label


def read(
    asked: Iterable[Asked], data: QueryDict, filled: Mapping[str, Filled], typed: Mapping[str, str]
) -> dict[str, str]:
    """What was typed into these fields, as far as the page showed them. What was filled in and left alone is not typed,
    nor is what nobody has answered yet."""
    found = {}
    for one in asked:
        if one.computed:
            continue
        if one.kind == "group":
            rows = read_rows(data, one.code, [column.code for column in one.columns])
            if rows is None:
                continue
            value = text_of_rows(changed_rows(data, one.code, rows))
        elif one.code in data:
            value = data.get(one.code, "")
        else:
            continue
        known = filled.get(one.code)
        if known and value in (_face(one, known.value), known.value):
            if one.code not in typed:
                continue
            value = known.value
        if value or one.code in typed or known:
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
        case "number" if one.unit:
            return f"{value} {one.unit}"
        case "group":
            return "\n".join(_line(one, row) for row in rows_of(value))
    return _face(one, value)


def _line(one: Asked, row: Mapping[str, str]) -> str:
    return "，".join(
        f"{column.label}：{shown(column, row[column.code])}" for column in one.columns if row.get(column.code)
    )


OUTSIDE = ("suggested", "register", "certificate", "earlier")  # sources that are told beside the field


def origin(source: str) -> str:
    """Where a value came from, in words."""
    kind, _, rest = source.partition(".")
    match kind:
        case "register":
            demo = settings.BANSHI.demo and not settings.BANSHI.register
            return gettext("演示登记库") if demo else gettext("企业登记库")
        case "certificate":
            known = catalogue.catalogue().dictionaries.certificates.get(rest.partition(".")[0])
            return gettext("电子证照“%(name)s”") % {"name": known.name if known else rest}
        case "earlier":
            return gettext("以前办过的事")
        case "place":
            return gettext("窗口所在地")
        case "person" | "enterprise":
            return gettext("登记过的资料")
    return gettext("前面填的内容")


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
