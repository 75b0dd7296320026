"""怎么说: a rule's no, a source, and how an application stands, in the words of the window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState, Status
from banshi.kernel.actors import Actor
from banshi.ui.masking import masked_id


def face(known: Mapping[str, str]) -> dict[str, str]:
    """Whom it is about: the window calls people by their names; a person's number is masked, a firm's is public."""
    number = known.get("uscc") or masked_id(known.get("resident_id", ""))
    return {"name": known.get("name", ""), "number": number}


def can(name: str, states: Iterable[CaseState], actor: Actor) -> bool:
    """Whether this person may carry out the command on one of these cases now."""
    return any(name == command.name for state in states for command in cases.commands(state, actor))


def stands(states: list[CaseState], actor: Actor) -> tuple[str, str]:
    """How an application stands, in a word with its colour: what the window has to do comes first."""
    if can("deliver", states, actor):
        return gettext("可以领取"), "green"
    if any(state.status is Status.CORRECTING for state in states):
        return gettext("等补正"), "amber"
    if all(not state.status.open for state in states):
        return gettext("已办结"), ""
    return gettext("办理中"), "blue"
