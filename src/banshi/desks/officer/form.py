"""命令的表单: what a declared command asks, as fields, and what somebody stated, as its input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import Ask, Command
from banshi.contexts.cases.values import CaseState, Input
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem

YES = "on"
COLLEAGUES = ("officer", "approver", "leader")
_KINDS = {
    "choice": "radios",
    "number": "number",
    "date": "calendar",
    "yes": "checkboxes",
    "no": "checkboxes",
    "work": "radios",
    "done_work": "radios",
    "office": "radios",
    "expert": "radios",
    "person": "radios",
    "people": "checkboxes",
    "checklist": "checkboxes",
    "photos": "file",
}
_INLINE = 4


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
    state: CaseState,
    actor: Actor,
    today: date,
    typed: QueryDict | None = None,
    refused: Problem | None = None,
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong."""
    fields: list[Field] = []
    for ask in command.asks:
        one = _field(ask, _options(ask, command, state, actor, today), typed)
        if one is not None:
            fields.append(
                replace(
                    one,
                    error=refused.text if refused and refused.field == ask.name else "",
                    autofocus=typed is None and all(before.kind == "hidden" for before in fields),
                )
            )
    return Form(command.name, command.title, tuple(fields))


def _field(ask: Ask, options: tuple[Option, ...], typed: QueryDict | None) -> Field | None:
    """None where there is nothing to choose from."""
    kind = _KINDS.get(ask.kind, "textarea" if ask.name == "text" else "text")
    value: Any = typed.get(ask.name, "") if typed is not None else ""
    if kind == "checkboxes":
        value = typed.getlist(ask.name) if typed is not None else [YES] if ask.kind == "yes" else []
    if kind in ("radios", "checkboxes") and not options:
        return None
    # What leaves no choice is not asked; who gets it is always shown.
    if ask.kind in ("work", "done_work") and len(options) == 1:
        kind, value = "hidden", options[0].value
    return Field(
        name=ask.name,
        label=gettext("同时") if ask.kind in ("yes", "no") else ask.label,
        kind=kind,
        value=value,
        hint=ask.help,
        optional=not ask.required and ask.kind not in ("yes", "no", "checklist", "work"),
        options=options,
        multiple=kind == "file",
        accept=".jpg,.jpeg,.png" if kind == "file" else "",
        inline=kind in ("radios", "checkboxes") and len(options) <= _INLINE and ask.kind != "checklist",
    )


def _options(ask: Ask, command: Command, state: CaseState, actor: Actor, today: date) -> tuple[Option, ...]:
    match ask.kind:
        case "choice":
            return tuple(Option(value=choice.key, label=choice.label) for choice in ask.choices)
        case "yes" | "no":
            return (Option(value=YES, label=ask.label),)
        case "office":
            return tuple(Option(value=o.code, label=o.name) for o in queries.transfer_offices(state))
        case "work":
            titles = {"": gettext("整件事")} | {plan.key: plan.title for plan in state.plan.works}
            keys = queries.works_of(command, state, actor)
            return tuple(Option(value=key, label=titles[key]) for key in keys)
        case "done_work":
            done = {work.key for work in state.works if work.status == "done"}
            return tuple(
                Option(value=plan.key, label=plan.title) for plan in state.plan.works if plan.key in done
            )
        case "expert":
            drawn = _drawn(command, state, actor)
            return tuple(Option(value=code, label=name) for code, name in drawn.items())
        case "person" | "people":
            return _people(ask, command, state, actor, today)
        case "checklist" if ask.name in ("looked", "unmet"):
            return tuple(
                Option(value=one.key, label=one.text, hint=one.article) for one in state.plan.criteria
            )
        case "checklist":
            own = set(queries.works_of(command, state, actor))
            lines = [line for plan in state.plan.works if plan.key in own for line in plan.checklist]
            return tuple(Option(value=line, label=line) for line in dict.fromkeys(lines))
    return ()


def _people(ask: Ask, command: Command, state: CaseState, actor: Actor, today: date) -> tuple[Option, ...]:
    """Staff by name: for one who takes it over, of the offices that it lies with; for company, of all that handle the
    case, and the experts that were drawn. Oneself goes along anyway."""
    works = {plan.key: plan.office for plan in state.plan.works} | {"": state.office}
    handling = dict.fromkeys([state.office, *works.values()])
    offices = handling
    if command.name in ("hand_over", "reassign"):
        offices = dict.fromkeys(works[key] for key in queries.works_of(command, state, actor))
    elif ask.kind == "person":
        offices = dict.fromkeys([state.office])
    called = directory.office_names(offices) if len(offices) > 1 else {}
    found: dict[str, Option] = {}
    if ask.kind == "people":
        drawn = _drawn(command, state, actor)
        found = {code: Option(value=code, label=name, hint=gettext("专家")) for code, name in drawn.items()}
    for office in offices:
        for one in directory.list_colleagues(office, COLLEAGUES, today):
            if ask.kind == "people" and one.code == actor.code:
                continue
            found.setdefault(one.code, Option(value=one.code, label=one.name, hint=called.get(office, "")))
    return tuple(found.values())


def _drawn(command: Command, state: CaseState, actor: Actor) -> dict[str, str]:
    """Experts drawn for the works that this person may name: code → name."""
    own = set(queries.works_of(command, state, actor))
    codes = [code for work in state.works if work.key in own for code in work.experts]
    names = directory.actor_names(codes) if codes else {}
    return {code: names[code] for code in codes}


def given(command: Command, data: QueryDict) -> tuple[Input, str]:
    """The command's input, and its words apart (they are kept privately). Raises `Refused` for what is no number or day."""
    found: dict[str, Any] = {}
    for ask in command.asks:
        value = data.get(ask.name, "").strip()
        if ask.kind == "photos":
            continue  # they come as files, not as values
        if ask.kind in ("yes", "no"):
            found[ask.name] = YES in data.getlist(ask.name)
        elif ask.kind in ("person", "people", "checklist"):
            found[ask.name] = tuple(one for one in data.getlist(ask.name) if one)
        elif ask.kind == "number":
            found[ask.name] = _number(ask.name, ask.label, value)
        elif ask.kind == "date":
            found[ask.name] = _day(ask.name, ask.label, value)
        elif ask.name != "text":
            found[ask.name] = value
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
