"""命令的表单: what somebody chooses from where a declared command asks for it, and what stands there already."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.tickets import queries
from banshi.contexts.tickets.queries import Ask, Command
from banshi.contexts.tickets.values import TicketState
from banshi.desks.voices.rewards import said_amount
from banshi.directory import queries as directory
from banshi.ui import commands
from banshi.ui.commands import Form
from banshi.ui.fields import Option
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Problem

_KINDS = {
    "office": "select", "offices": "checkboxes", "category": "select", "ground": "radios", "cause": "select",
    "item": "select", "ticket": "radios", "person": "select", "which": "radios", "level": "radios",
    "way": "radios",
}  # fmt: skip


def form(
    command: Command,
    state: TicketState,
    today: date,
    typed: QueryDict | None = None,
    refused: Problem | None = None,
) -> Form:
    """The form with what was typed so far (None: shown for the first time); `refused` is what was wrong."""
    return commands.form(
        command,
        typed,
        refused,
        kinds=_KINDS,
        options=lambda ask: _options(ask, command, state, today),
        before=lambda ask: _before(ask, command, state),
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
        case "level":
            rule = queries.rewards_for(state.region)
            levels = rule.levels if rule else ()
            return tuple(
                Option(value=one.key, label=f"{gettext(one.name)}（{said_amount(one.fen, one.points)}）")
                for one in levels
            )
        case "way":
            rule = queries.rewards_for(state.region)
            return tuple(
                Option(value=key, label=gettext(name)) for key, name in (rule.ways if rule else {}).items()
            )
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
    if command.name == "visit":  # those that have it come first
        found.sort(key=lambda one: one.code not in (state.lead, *state.assisting))
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
        Option(value=str(n), label=gettext(one.breach.label))
        for n, one in enumerate(state.breaches)
        if one.disposed_on is None
    )
