"""列表的行: applications and cases as the window lists them. No names: whoever needs one opens the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.cases import queries as cases
from banshi.contexts.intake import queries as intake
from banshi.contexts.intake.values import Application
from banshi.desks.counter.words import stands
from banshi.flows import correct
from banshi.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """一行: an application with how it stands, or one case of it."""

    id: str
    url: str
    when: str
    title: str
    tail: str
    state: str
    colour: str
    open: bool = False
    at: datetime | None = None


def drafts(actor: Actor) -> list[Line]:
    """没收完的: what this clerk began and has not sent."""
    return [
        Line(
            id=f"row-{one.id}",
            url=_draft_url(one),
            when="",
            title=one.title,
            tail="",
            state=gettext("补正") if correct.is_correction(one) else gettext("收件"),
            colour="",
            at=one.updated_at,
        )
        for one in intake.list_drafts(actor)
    ]


def matters(
    applications: list[Application], actor: Actor, query: str = "", opened: UUID | None = None
) -> list[Line]:
    """Applications with how they stand, by one query more. A correction belongs to the application it corrects."""
    shown = [one for one in applications if not correct.is_correction(one)]
    states = cases.list_of_applications([(one.region, one.id) for one in shown])
    lines = []
    for one in shown:
        word, colour = stands(states[one.id], actor)
        numbers = [state.number[-6:] for state in states[one.id]]
        lines.append(
            Line(
                id=f"row-{one.id}",
                url=reverse("counter:application", args=(one.region, one.id)) + query,
                when="",
                title=one.title,
                tail=numbers[0] if len(numbers) == 1 else "",
                state=word,
                colour=colour,
                open=one.id == opened,
                at=one.submitted_at,
            )
        )
    return lines


def _draft_url(one: Application) -> str:
    if correct.is_correction(one):
        return reverse("counter:correct", args=(one.region, one.code))
    return reverse("counter:draft", args=(one.region, one.id))
