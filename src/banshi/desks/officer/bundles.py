"""牵头的一件事: what this office leads, and how far every department has come with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState
from banshi.desks.officer.seat import POSTS, acting
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.flows import one_thing
from banshi.infra import clock
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import STAFF, access
from banshi.ui.lists import SIZE
from banshi.ui.parts import Paged


@dataclass(frozen=True, slots=True)
class Line:
    """一件事一行: how many of its cases are over, and what the whole waits for."""

    region: str
    id: UUID
    title: str
    light: str
    left: str
    due: str
    done: int
    count: int
    slowest: str
    office: str


@dataclass(frozen=True, slots=True)
class Part:
    """一个部门的一个办件 of the matter."""

    state: CaseState
    office: str
    status: str
    light: str
    left: str


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """牵头的一件事, the most urgent first."""
    page = request.GET.get("page", "")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1
    found, count = one_thing.list_led(acting(request), offset=(number - 1) * SIZE, limit=SIZE)
    offices = directory.office_names({one.slowest.office for one in found if one.slowest})
    at = clock.now()
    shown = {"lines": [_line(one, offices, at) for one in found], "paged": Paged(number, SIZE, count)}
    return render(request, "officer/bundles.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def bundle(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一件事: every case of it with its own clock, beside the clock of the whole."""
    found, at = one_thing.matter(region, id, acting(request)), clock.now()
    offices = directory.office_names({case.office for case in found.cases})
    today = civil_day(at)
    parts = [
        Part(
            case,
            offices.get(case.office, ""),
            gettext(case.status.label),
            queries.light_of(case, today, calendar()),
            dates.left(case.due_on, today, calendar()),
        )
        for case in found.cases
    ]
    seen = {case.id for case in found.cases if queries.may_see(case, acting(request))}
    shown = {"line": _line(found, offices, at), "parts": parts, "seen": seen}
    return render(request, "officer/bundle.html", shown)


def _line(found: one_thing.Matter, offices: dict[str, str], at: datetime) -> Line:
    asked, slowest = found.application, found.slowest
    return Line(
        region=asked.region,
        id=asked.id,
        title=asked.title,
        light=found.light(at),
        left=dates.left(asked.due_on, civil_day(at), calendar()) if found.open else gettext("等交付"),
        due=dates.moment(asked.due_at) if asked.due_at else dates.day(asked.due_on),
        done=len(found.cases) - len(found.open),
        count=len(found.cases),
        slowest=slowest.plan.name if slowest else "",
        office=offices.get(slowest.office, "") if slowest else "",
    )
