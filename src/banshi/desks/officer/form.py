"""命令的表单: what an officer chooses from where a declared command asks for it."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import Ask, Command
from banshi.contexts.cases.values import CaseState
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.ui import commands
from banshi.ui.commands import Form
from banshi.ui.fields import Option
from banshi.ui.parts import Problem

COLLEAGUES = ("officer", "approver", "leader")
_KINDS = {
    "work": "radios", "done_work": "radios", "office": "radios", "expert": "radios", "person": "radios",
    "people": "checkboxes", "checklist": "checkboxes",
}  # fmt: skip


def form(
    command: Command,
    state: CaseState,
    actor: Actor,
    today: date,
    typed: QueryDict | None = None,
    refused: Problem | None = None,
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong."""
    return commands.form(
        command, typed, refused, kinds=_KINDS, options=lambda ask: _options(ask, command, state, actor, today)
    )


def _options(ask: Ask, command: Command, state: CaseState, actor: Actor, today: date) -> tuple[Option, ...]:
    match ask.kind:
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
