"""命令的表单: what a declared command asks, as fields, and what somebody stated, as its input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.tickets import queries
from banshi.contexts.tickets.queries import Ask, Command
from banshi.contexts.tickets.values import Input, TicketState
from banshi.directory import queries as directory
from banshi.kernel.facts import Refused
from banshi.ui.fields import Field, Option
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Problem

_YES = "on"
_KINDS = {
    "choice": "radios", "number": "number", "date": "calendar", "no": "checkboxes", "office": "select",
    "offices": "checkboxes", "category": "select", "ground": "radios", "cause": "select", "item": "select",
    "ticket": "radios", "person": "select", "which": "radios",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """一个命令的表单. The keyboard waits in its first field; without one, on the button."""

    name: str
    title: str
    fields: tuple[Field, ...]

    @property
    def bare(self) -> bool:
        return not self.fields


def form(
    command: Command,
    state: TicketState,
    today: date,
    typed: QueryDict | None = None,
    refused: Problem | None = None,
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong."""
    fields: list[Field] = []
    for ask in command.asks:
        options = _options(ask, command, state, today)
        kind = _KINDS.get(ask.kind, "textarea" if ask.name == "text" else "text")
        if kind in ("radios", "checkboxes", "select") and not options:
            continue
        fields.append(
            replace(
                _field(ask, kind, options, command, state, typed),
                error=refused.text if refused and refused.field == ask.name else "",
                autofocus=typed is None and not fields,
            )
        )
    return Form(command.name, command.title, tuple(fields))


def _field(
    ask: Ask,
    kind: str,
    options: tuple[Option, ...],
    command: Command,
    state: TicketState,
    typed: QueryDict | None,
) -> Field:
    value: Any = typed.get(ask.name, "") if typed is not None else _before(ask, command, state)
    if kind == "checkboxes":
        value = typed.getlist(ask.name) if typed is not None else []
    return Field(
        name=ask.name,
        label=gettext("同时") if ask.kind == "no" else gettext(ask.label),
        kind=kind,
        value=value,
        hint=gettext(ask.help) if ask.help else "",
        optional=not ask.required and ask.kind != "no",
        options=options,
        inline=kind in ("radios", "checkboxes") and len(options) <= 4,
    )


def _before(ask: Ask, command: Command, state: TicketState) -> str:
    """What stands there already, or is the likeliest: the unit that is complained of is most often the one that handles it."""
    if command.name == "dispatch" and ask.name == "reference":
        return state.about.office
    if command.name == "classify":
        return {"category": state.category, "urgency": state.urgency.value, "nature": state.nature.value}.get(
            ask.name, ""
        )
    if ask.kind == "item":
        return state.about.item
    if command.name == "assist" and ask.name == "reference":
        return next((code for code in state.assisting if code not in state.assisted), "")
    return ask.choices[0].key if command.name == "dispatch" and ask.choices else ""


def _options(ask: Ask, command: Command, state: TicketState, today: date) -> tuple[Option, ...]:
    match ask.kind:
        case "choice":
            return tuple(Option(value=one.key, label=gettext(one.label)) for one in ask.choices)
        case "no":
            return (Option(value=_YES, label=gettext(ask.label)),)
        case "office" | "offices":
            return _offices(command, state)
        case "category":
            leaves = (one for one in queries.categories().values() if one.leaf)
            return tuple(Option(value=one.key, label="›".join(one.path)) for one in leaves)
        case "ground":
            ending = command.name == "propose_termination"
            grounds = (
                one
                for one in queries.grounds_for(state.region)
                if (one.terminates if ending else not one.begun)
            )
            return tuple(
                Option(value=one.key, label=one.name, hint="；".join(one.routes.values())) for one in grounds
            )
        case "cause":
            return tuple(Option(value=one.key, label=one.name) for one in queries.causes().values())
        case "item":
            items = catalogue.catalogue().items
            return tuple(Option(value=code, label=one.definition.name) for code, one in sorted(items.items()))
        case "ticket":
            rows = queries.list_alike(state)
            titles = queries.titles((row.region, row.id) for row in rows)
            return tuple(
                Option(value=str(row.id), label=f"{row.number} {scrubbed(titles.get(row.id, ''))}")
                for row in rows
            )
        case "person":
            people = directory.list_colleagues(state.lead, ("officer", "approver", "leader"), today)
            return tuple(Option(value=one.code, label=one.name) for one in people)
        case "which":
            return _which(command, state)
    return ()


def _offices(command: Command, state: TicketState) -> tuple[Option, ...]:
    """Of the county and of the city that the centre serves; for an opinion those that assist."""
    found = directory.list_offices(state.region)
    if state.centre != state.region:
        found += directory.list_offices(state.centre)
    if command.name == "assist":
        found = [one for one in found if one.code in state.assisting]
    return tuple(Option(value=one.code, label=one.name) for one in found)


def _which(command: Command, state: TicketState) -> tuple[Option, ...]:
    if command.name == "settle_defect":
        causes = queries.causes()
        return tuple(
            Option(
                value=str(n),
                label=f"{causes[one.cause].name if one.cause in causes else one.cause}（{one.item}）",
            )
            for n, one in enumerate(state.defects)
            if not one.settled
        )
    return tuple(
        Option(value=str(n), label=one.breach.label)
        for n, one in enumerate(state.breaches)
        if one.disposed_on is None
    )


def given(command: Command, data: QueryDict) -> tuple[Input, str]:
    """The command's input, and its words apart (they are kept privately). Raises `Refused` for what is no number or day."""
    found: dict[str, Any] = {}
    for ask in command.asks:
        value = data.get(ask.name, "").strip()
        if ask.kind == "no":
            found[ask.name] = _YES in data.getlist(ask.name)
        elif ask.kind == "offices":
            found[ask.name] = tuple(one for one in data.getlist(ask.name) if one)
        elif ask.kind in ("number", "which"):
            found[ask.name] = _number(ask.name, ask.label, value)
        elif ask.kind == "date":
            found[ask.name] = _day(ask.name, ask.label, value)
        elif ask.name != "text":
            found[ask.name] = value[:80]
    if "unit" in found and not found["unit"]:
        found["unit"] = "workday"
    return Input(**found), data.get("text", "")


def _number(name: str, label: str, value: str) -> int:
    if not value:
        return 0
    if not (value.isdecimal() and len(value) < 5):
        raise Refused("number", f"{label}请填整数。", f"{label}: a whole number.", field=name)
    return int(value)


def _day(name: str, label: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise Refused(
            "day", f"{label}请写成2026-03-02的样子。", f"{label}: like 2026-03-02.", field=name
        ) from error
