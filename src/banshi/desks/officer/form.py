"""命令的表单: what a declared command asks, as fields, and what somebody stated, as its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import Command
from banshi.contexts.cases.values import CaseState, Input
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem

YES = "on"


@dataclass(frozen=True, slots=True)
class Form:
    """一个命令的表单. The keyboard waits in its first field; `bare` has none, so it waits on the button."""

    name: str
    title: str
    fields: tuple[Field, ...]

    @property
    def bare(self) -> bool:
        return all(one.kind == "hidden" for one in self.fields)


def form(
    command: Command,
    state: CaseState,
    actor: Actor,
    typed: Mapping[str, str] | None = None,
    refused: Problem | None = None,
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong."""
    fields: list[Field] = []
    for ask in command.asks:
        options = tuple(Option(value=choice.key, label=choice.label) for choice in ask.choices)
        value = typed.get(ask.name, "") if typed is not None else ""
        kind = {
            "choice": "radios",
            "number": "number",
            "yes": "checkboxes",
            "work": "radios",
            "office": "radios",
        }.get(ask.kind, "text")
        if ask.kind == "work":
            options = _works(state, actor)
            value = value or (options[0].value if len(options) == 1 else "")
            kind = "hidden" if len(options) == 1 else kind
        elif ask.kind == "office":
            options = tuple(Option(value=o.code, label=o.name) for o in queries.transfer_offices(state))
        elif ask.kind == "yes":
            options = (Option(value=YES, label=ask.label),)
            value = YES if typed is None else value
        elif ask.name == "text":
            kind = "textarea"
        fields.append(
            Field(
                name=ask.name,
                label=ask.label if ask.kind != "yes" else gettext("同时"),
                kind=kind,
                value=value,
                hint=ask.help,
                optional=not ask.required and ask.kind != "yes",
                options=options,
                inline=kind == "radios" and len(options) <= _INLINE,
                error=refused.text if refused and refused.field == ask.name else "",
                autofocus=typed is None and all(one.kind == "hidden" for one in fields),
            )
        )
    return Form(command.name, command.title, tuple(fields))


_INLINE = 4


def given(command: Command, data: Mapping[str, str]) -> tuple[Input, str]:
    """The command's input, and its words apart (they are kept privately). Raises `Refused` for what is no number."""
    found: dict[str, str | int | bool] = {}
    for ask in command.asks:
        value = data.get(ask.name, "").strip()
        if ask.kind == "yes":
            found[ask.name] = value == YES
        elif ask.kind == "number":
            found[ask.name] = _number(ask.name, ask.label, value)
        elif ask.name != "text":
            found[ask.name] = value
    return Input(**found), data.get("text", "")  # type: ignore[arg-type]


def _number(name: str, label: str, value: str) -> int:
    if not value:
        return 0
    if not (value.isdecimal() and len(value) < 5):
        raise Refused("number", f"{label}请填整数。", f"{label}: a whole number.", field=name)
    return int(value)


def _works(state: CaseState, actor: Actor) -> tuple[Option, ...]:
    """The open works of this person's offices."""
    titles = {plan.key: plan.title for plan in state.plan.works}
    return tuple(Option(value=key, label=titles[key]) for key in queries.works_of(state, actor))
