"""我的事: drafts and applications of one person, what waits for them first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import Application
from banshi.desks.citizen.words import plain_name
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.flows.correct import is_correction
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

_GRAVE = ("red", "yellow", "green", "")


class Turn(IntEnum):
    """轮到谁: what waits for the person comes first."""

    CORRECT = 0
    DRAFT = 1
    OFFICES = 2
    OVER = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """我的一件事: how it stands in one line, and the next step where there is one."""

    turn: Turn
    title: str
    holder: str
    line: str
    at: datetime
    url: str
    light: str = ""
    word: str = ""
    by: date | None = None
    action: str = ""
    action_url: str = ""
    discard_url: str = ""


def matters(actor: Actor, at: datetime) -> list[Matter]:
    """All of them, by whose turn it is, then the latest first."""
    drafts = [one for one in applications.list_drafts(actor) if not is_correction(one)]
    parties = [UUID(party) for party in actor.parties]
    submitted = [one for one in applications.list_submitted(parties) if not is_correction(one)]
    states = cases.list_of_applications([(one.region, one.id) for one in submitted])
    holders = _holders([*drafts, *submitted])
    found = [_draft(one, holders) for one in drafts]
    found += [_submitted(one, states[one.id], holders, civil_day(at)) for one in submitted if states[one.id]]
    return sorted(found, key=lambda one: (one.turn, one.by or date.max, -one.at.timestamp()))


def _draft(one: Application, holders: dict[UUID, str]) -> Matter:
    place = {"region": one.region, "id": one.id}
    resume = reverse("citizen:resume", kwargs=place)
    return Matter(
        Turn.DRAFT,
        one.title,
        holders.get(one.party, ""),
        gettext("填了一部分，还没有提交"),
        one.updated_at,
        resume,
        action=gettext("接着填"),
        action_url=resume,
        discard_url=reverse("citizen:discard", kwargs=place),
    )


def _submitted(one: Application, states: list[CaseState], holders: dict[UUID, str], today: date) -> Matter:
    url = reverse("citizen:matter", kwargs={"region": one.region, "id": one.id})
    holder, at = holders.get(one.party, ""), one.submitted_at or one.updated_at
    waiting = [state for state in states if state.status is Status.CORRECTING]
    if waiting:
        first = min(waiting, key=lambda state: state.correction_due_on or date.max)
        action_url = reverse("citizen:correct", kwargs={"region": first.region, "id": first.id})
        return Matter(
            Turn.CORRECT,
            one.title,
            holder,
            gettext("“%(item)s”要补材料") % {"item": plain_name(first)},
            at,
            url,
            light="yellow",
            word=gettext("等您补材料"),
            by=first.correction_due_on,
            action=gettext("去补材料"),
            action_url=action_url,
        )
    over = [state for state in states if not state.status.open]
    if len(over) == len(states):
        return Matter(Turn.OVER, one.title, holder, _ended(states), at, url)
    light = min((cases.light_of(state, today, calendar()) for state in states), key=_GRAVE.index)
    line = gettext("%(all)s 件里办结 %(over)s 件") % {"all": len(states), "over": len(over)}
    if len(states) == 1:
        line = gettext("部门正在办")
    return Matter(Turn.OFFICES, one.title, holder, line, at, url, light=light)


def _ended(states: list[CaseState]) -> str:
    passed = sum(1 for state in states if state.status is Status.PASSED)
    if passed == len(states):
        return gettext("全部办好了") if len(states) > 1 else gettext("办好了")
    return (
        gettext("已办结，其中办好 %(count)s 件") % {"count": passed}
        if len(states) > 1
        else states[0].status.label
    )


def _holders(found: list[Application]) -> dict[UUID, str]:
    """Names of those that the matters are for."""
    refs = [directory.find_party_by_id(party) for party in {one.party for one in found}]
    return directory.party_names([(ref.region_code, ref.id) for ref in refs if ref])
