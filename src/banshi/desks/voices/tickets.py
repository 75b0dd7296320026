"""工单: the work list, all tickets, one ticket, and every declared command on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.queries import Command
from banshi.contexts.tickets.values import Input, TicketState
from banshi.desks.voices import suggested
from banshi.desks.voices.form import form
from banshi.desks.voices.pane import pane
from banshi.desks.voices.seat import POSTS, acting, today
from banshi.desks.voices.ticket import matter
from banshi.directory.calendar import calendar
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.commands import Form, back_to, given, stamp, word
from banshi.ui.language import problem
from banshi.ui.parts import Problem

_CHOOSING = frozenset({"dispatch", "classify"})


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """待办: what waits for this person's posts, the most urgent first."""
    return render(
        request, "voices/home.html", {"pane": pane(request, acting(request), today(), calendar(), "tasks")}
    )


@access(STAFF, posts=POSTS)
@require_safe
def tickets(request: HttpRequest) -> HttpResponse:
    """全部工单 that this person may see."""
    shown = pane(request, acting(request), today(), calendar(), "tickets")
    return render(request, "voices/home.html", {"pane": shown})


@access(STAFF, posts=POSTS)
@require_safe
def ticket(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一件工单, numbers masked."""
    state = queries.get_ticket(region, id, acting(request))
    return page(request, state, done=request.GET.get("done", ""))


@access(STAFF, posts=POSTS)
@require_POST
def full(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """查看完整: with names and numbers; of a confidential one the unit sees none all the same."""
    return page(request, queries.get_ticket(region, id, acting(request)), full=True)


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, region: str, id: UUID, name: str) -> HttpResponse:
    """办一步: GET shows what the command asks, POST carries it out; a refusal is shown with the input kept."""
    actor = acting(request)
    state = queries.get_ticket(region, id, actor)
    command = next((one for one in queries.commands(state, actor) if one.name == name), None)
    if request.method != "POST":
        if command is None:
            return HttpResponseRedirect(back_to(request, "voices:ticket", state.region, state.id))
        return page(request, state, form=_form(command, state), command_id=new_id())
    try:
        _act(request, state, name)
    except NotFound:
        raise
    except Refused as refused:
        wrong = problem(refused)
        now = queries.get_ticket(region, id, actor)
        shown: dict[str, Any] = {"problems": [wrong]}
        if command is not None:
            shown |= {"form": _form(command, now, request.POST, wrong), "command_id": new_id()}
        else:
            shown |= {"lost": request.POST.get("text", "")}
        return page(request, now, status=422, **shown)
    try:
        queries.get_ticket(region, id, actor)
    except NotFound:  # returned, or sent elsewhere: it is theirs no more
        return HttpResponseRedirect(reverse("voices:home"), status=303)
    return HttpResponseRedirect(
        back_to(request, "voices:ticket", state.region, state.id, done=name), status=303
    )


def _form(
    command: Command, state: TicketState, typed: QueryDict | None = None, refused: Problem | None = None
) -> Form:
    """With what the machine suggests, where a category or a unit is chosen."""
    found = form(command, state, today(), typed, refused)
    if command.name not in _CHOOSING:
        return found
    fields = suggested.beside(found.fields, queries.words(state), state.region, "reference")
    return replace(found, fields=tuple(fields))


def _act(request: HttpRequest, state: TicketState, name: str) -> None:
    declared = queries.declared_commands().get(name)
    stated, words = given(declared, Input(), request.POST, most=80) if declared else (None, "")
    command_id, seq = stamp(request.POST)
    operations.act(
        name,
        region=state.region,
        id=state.id,
        actor=acting(request),
        at=clock.now(),
        calendar=calendar(),
        given=stated,
        text=words,
        command_id=command_id,
        expected_seq=seq,
    )


def page(
    request: HttpRequest,
    state: TicketState,
    *,
    full: bool = False,
    done: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a ticket beside its list; that it was looked at is in the audit trail."""
    actor, at = acting(request), clock.now()
    outcome = "full" if full else "masked"
    audit.note(act="view_ticket", target=state.number, outcome=outcome, actor=actor.code, at=at)
    commands = queries.declared_commands()
    shown = {
        "matter": matter(state, actor, today(), calendar(), full=full),
        "pane": pane(request, actor, today(), calendar(), opened=state.id),
        "done": word(commands[done].title) if done in commands else "",
    }
    return render(request, "voices/ticket.html", shown | more, status=status)
