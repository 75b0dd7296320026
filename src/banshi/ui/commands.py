"""命令的表单: what a declared command asks, as fields, and what somebody stated, as its input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from banshi.kernel import commands
from banshi.kernel.commands import Ask
from banshi.kernel.facts import Refused
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

type Command = commands.Command[Any, Any, Any]

YES = "on"
_KINDS = {
    "choice": "radios", "number": "number", "date": "calendar", "yes": "checkboxes", "no": "checkboxes", "photos": "file",
}  # fmt: skip
_LISTS = ("radios", "checkboxes", "select")
_INLINE = 4
# What leaves no choice is not asked; who gets it is always shown.
_ALONE = frozenset({"work", "done_work"})
_NEVER_OPTIONAL = frozenset({"yes", "no", "checklist", "work"})


def word(text: str) -> str:
    """What a declaration says, in the language of the page: one text may be a command's title here, and elsewhere what happened."""
    return pgettext("command", text) if text else ""


@dataclass(frozen=True, slots=True)
class Form:
    """一个命令的表单. The keyboard waits in its first field; `bare` has none, so it waits on the button."""

    name: str
    title: str
    fields: tuple[Field, ...]

    @property
    def sends_files(self) -> bool:
        return any(one.kind == "file" for one in self.fields)

    @property
    def bare(self) -> bool:
        return all(one.kind == "hidden" for one in self.fields)


def form(
    command: Command,
    typed: QueryDict | None,
    refused: Problem | None,
    *,
    kinds: dict[str, str],
    options: Callable[[Ask], tuple[Option, ...]],
    before: Callable[[Ask], str] = lambda ask: "",
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong. `kinds` are the desk's
    own kinds of `Ask`, each with the kind of field that lists its `options`; `before` is what stands in a field already."""
    fields: list[Field] = []
    for ask in command.asks:
        kind = (_KINDS | kinds).get(ask.kind, "textarea" if ask.name == "text" else "text")
        listed = (_own_options(ask) or options(ask)) if kind in _LISTS else ()
        if kind in _LISTS and not listed:
            continue
        error = refused.text if refused and refused.field == ask.name else ""
        first = typed is None and all(one.kind == "hidden" for one in fields)
        one = _field(ask, kind, listed, typed, before)
        fields.append(replace(one, error=error, autofocus=first))
    return Form(command.name, word(command.title), tuple(fields))


def _own_options(ask: Ask) -> tuple[Option, ...]:
    if ask.kind in ("yes", "no"):
        return (Option(value=YES, label=word(ask.label)),)
    return tuple(Option(value=one.key, label=word(one.label)) for one in ask.choices)


def _field(
    ask: Ask, kind: str, options: tuple[Option, ...], typed: QueryDict | None, before: Callable[[Ask], str]
) -> Field:
    value: Any = typed.get(ask.name, "") if typed is not None else before(ask)
    if kind == "checkboxes":
        value = typed.getlist(ask.name) if typed is not None else [YES] if ask.kind == "yes" else []
    if ask.kind in _ALONE and len(options) == 1:
        kind, value = "hidden", options[0].value
    return Field(
        name=ask.name,
        label=gettext("同时") if ask.kind in ("yes", "no") else word(ask.label),
        kind=kind,
        value=value,
        hint=word(ask.help),
        optional=not ask.required and ask.kind not in _NEVER_OPTIONAL,
        options=options,
        multiple=kind == "file",
        accept=".jpg,.jpeg,.png" if kind == "file" else "",
        inline=kind in ("radios", "checkboxes") and len(options) <= _INLINE and ask.kind != "checklist",
    )


def given[Input: DataclassInstance](
    command: Command, unstated: Input, data: QueryDict, most: int | None = None
) -> tuple[Input, str]:
    """The command's input, and its words apart (they are kept privately). `unstated` is the input of which nothing was stated:
    what stands in it says how a value is read. Of a line, `most` characters are kept. Raises `Refused` for what is no
    number or day."""
    found: dict[str, Any] = {}
    for ask in command.asks:
        if ask.name == "text" or ask.kind == "photos":
            continue  # photos come as files, not as values
        values, value = data.getlist(ask.name), data.get(ask.name, "").strip()
        match getattr(unstated, ask.name):
            case bool():
                found[ask.name] = YES in values
            case tuple():
                found[ask.name] = tuple(one for one in values if one)
            case int():
                found[ask.name] = _number(ask, value)
            case None:
                found[ask.name] = _day(ask, value)
            case _ if value:
                found[ask.name] = value[:most]
    return replace(unstated, **found), data.get("text", "")


def _number(ask: Ask, value: str) -> int:
    if not value:
        return 0
    if not (value.isdecimal() and len(value) < 5):
        label = word(ask.label)
        raise Refused("number", f"{label}请填整数。", f"{label}: a whole number.", field=ask.name)
    return int(value)


def _day(ask: Ask, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        label = word(ask.label)
        raise Refused(
            "day", f"{label}请写成2026-03-02的样子。", f"{label}: like 2026-03-02.", field=ask.name
        ) from error


def carried(data: QueryDict, name: str = "command_id") -> UUID:
    """An id that the page carried. Raises `BadRequest`."""
    try:
        return UUID(data.get(name, ""))
    except ValueError as error:
        raise BadRequest(name) from error


def stamp(data: QueryDict) -> tuple[UUID, int]:
    """Id of the command and number of the state that its form was made of. Raises `BadRequest`."""
    try:
        return carried(data), int(data.get("seq", ""))
    except ValueError as error:
        raise BadRequest("seq") from error


def back_to(request: HttpRequest, page: str, *args: object, done: str = "") -> str:
    """Address of a matter's page, beside the list that it was opened from; `done`: the command that was carried out."""
    query = request.GET.copy()
    query.pop("done", None)
    if done:
        query["done"] = done
    return reverse(page, args=args, query=query)
