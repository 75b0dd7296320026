"""查看: the work list, all cases, and the page of one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState
from banshi.desks.officer.matter import matter
from banshi.desks.officer.pane import pane
from banshi.desks.officer.seat import HANDLING, POSTS, acting
from banshi.directory.calendar import calendar
from banshi.infra import audit, clock
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.commands import word


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """待办: what waits for this person's posts; who only supervises has none and sees all cases instead."""
    actor = acting(request)
    if not actor.offices(*HANDLING):
        return HttpResponseRedirect(reverse("officer:cases"))
    return render(request, "officer/home.html", {"pane": pane(request, actor, _today(), calendar(), "tasks")})


@access(STAFF, posts=POSTS)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """全部办件: every case that this person may see."""
    shown = pane(request, acting(request), _today(), calendar(), "cases")
    return render(request, "officer/home.html", {"pane": shown})


@access(STAFF, posts=POSTS)
@require_safe
def case(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """办件: one case, personal numbers masked."""
    state = queries.get_case(region, id, acting(request))
    return page(request, state, done=request.GET.get("done", ""))


@access(STAFF, posts=HANDLING)
@require_POST
def full(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """查看完整: the same page with names and numbers, for whoever handles the case."""
    state = queries.get_case(region, id, acting(request, HANDLING))
    return page(request, state, full=True)


def page(
    request: HttpRequest,
    state: CaseState,
    *,
    full: bool = False,
    done: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a case beside its list; that it was looked at is in the audit trail."""
    actor, at = acting(request), clock.now()
    audit.note(
        act="view_case", target=state.number, outcome="full" if full else "masked", actor=actor.code, at=at
    )
    commands = queries.declared_commands()
    shown = {
        "matter": matter(state, actor, civil_day(at), calendar(), full=full),
        "pane": pane(request, actor, civil_day(at), calendar(), opened=state.id),
        "done": word(commands[done].title) if done in commands else "",
    }
    return render(request, "officer/case.html", shown | more, status=status)


def _today() -> Any:
    return civil_day(clock.now())
