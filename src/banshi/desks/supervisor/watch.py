"""看和督办: what is red, the page of one case, and urging whoever holds it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import CaseState, Input
from banshi.desks.supervisor.matter import matter
from banshi.desks.supervisor.pane import pane
from banshi.desks.supervisor.reports import by_office
from banshi.desks.supervisor.seat import POSTS, acting
from banshi.directory.calendar import calendar
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.language import told
from banshi.ui.parts import Problem


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """红灯、黄灯: the list, and how it stands at each office."""
    today = _today()
    listed = pane(request, acting(request), today, calendar())
    shown = {"pane": listed, "offices": by_office(listed.by_office), "today": today}
    return render(request, "supervisor/home.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def case(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一件办件: why it is lit, who holds it, what was urged and answered."""
    state = queries.get_case(region, id, acting(request))
    return _page(request, state, done="done" in request.GET)


@access(STAFF, posts=POSTS)
@require_POST
def urge(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """督办: with a word of one's own, to whoever holds what the clock waits for."""
    actor = acting(request)
    command_id = carried(request.POST)
    typed = {"work": request.POST.get("work", "")[:80], "text": request.POST.get("text", "")}
    try:
        operations.act(
            "urge",
            region=region,
            id=id,
            actor=actor,
            at=clock.now(),
            calendar=calendar(),
            given=Input(work=typed["work"]),
            text=typed["text"],
            command_id=command_id,
        )
    except NotFound:
        raise
    except Refused as refused:
        problem = Problem(text=told(refused), field=refused.field)
        return _page(request, queries.get_case(region, id, actor), typed=typed, problem=problem)
    query = request.GET.copy()
    query["done"] = "urge"
    return HttpResponseRedirect(reverse("supervisor:case", args=(region, id), query=query), status=303)


def _page(
    request: HttpRequest,
    state: CaseState,
    *,
    done: bool = False,
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    """The page of a case beside its list; that it was looked at is in the audit trail."""
    actor, at = acting(request), clock.now()
    audit.note(act="view_case", target=state.number, outcome="masked", actor=actor.code, at=at)
    shown = {
        "matter": matter(state, actor, civil_day(at), calendar(), typed, problem),
        "pane": pane(request, actor, civil_day(at), calendar(), opened=state.id),
        "command_id": new_id(),
        "done": gettext("督办已发出") if done else "",
        "problems": [problem] if problem else [],
    }
    return render(request, "supervisor/case.html", shown, status=422 if problem else 200)


def _today() -> date:
    return civil_day(clock.now())
