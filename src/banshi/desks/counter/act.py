"""窗口办理: what the declared commands let a window do with a case: accept, ask for corrections, hand over the result."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.queries import Command
from banshi.contexts.cases.values import CaseState, Input
from banshi.desks.counter.seat import POSTS, acting
from banshi.directory.calendar import calendar
from banshi.flows import one_thing
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried, form
from banshi.ui.language import problem
from banshi.ui.parts import Problem

# At a window some things are as they are: what is handed over here is handed over at the window.
HERE = {"accept": Input(dispatch=True), "deliver": Input(how="window")}


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, region: str, id: UUID, name: str) -> HttpResponse:
    """办一步: GET shows what has to be stated, POST carries it out; a refusal is shown with the input kept."""
    state = queries.get_case(region, id, acting(request))
    command = next((one for one in queries.commands(state, acting(request)) if one.name == name), None)
    if request.method != "POST":
        return _form(request, state, command) if command else _back(request, state)
    try:
        _act(request, state, name)
    except NotFound:
        raise
    except Refused as refused:
        declared = queries.declared_commands().get(name)
        if declared is None:
            raise
        return _form(request, state, declared, refused)
    return _back(request, state, name)


def _act(request: HttpRequest, state: CaseState, name: str) -> None:
    days = request.POST.get("days", "").strip()
    if not days.isdecimal() and days:
        raise Refused("number", "补正期限请填整数。", "The number of days is a whole number.", field="days")
    seq = request.POST.get("seq", "")
    operations.act(
        name,
        region=state.region,
        id=state.id,
        actor=acting(request),
        at=clock.now(),
        calendar=calendar(),
        given=HERE.get(name, Input(days=int(days or 0))),
        text=request.POST.get("text", ""),
        command_id=carried(request.POST),
        expected_seq=int(seq) if seq.isdecimal() else -1,
    )


def _form(
    request: HttpRequest, state: CaseState, command: Command, refused: Refused | None = None
) -> HttpResponse:
    wrong = Problem(text=gettext("请看上面的说明"), field=refused.field) if refused else None
    asked = form(command, request.POST if refused else None, wrong, kinds={}, options=lambda ask: ())
    shown = {
        "state": state,
        "form": asked,
        "fields": () if command.name in HERE else asked.fields,
        "command_id": new_id(),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "problems": [problem(refused)] if refused else [],
    }
    return render(request, "counter/act.html", shown, status=422 if refused else 200)


def _back(request: HttpRequest, state: CaseState, done: str = "") -> HttpResponse:
    """To the application, beside the list that it was opened from."""
    query = request.GET.copy()
    query.pop("done", None)
    if done:
        query["done"] = done
    address = reverse("counter:application", args=(state.region, state.application), query=query)
    return HttpResponseRedirect(address, status=303)


@access(STAFF, posts=POSTS)
@require_POST
def hand_over(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一次交付: every result of an application that is ready; waiting for the rest only where the clerk does not say otherwise."""
    try:
        one_thing.hand_over(
            region=region,
            id=id,
            actor=acting(request),
            at=clock.now(),
            how="window",
            command_id=carried(request.POST),
            partly=request.POST.get("partly") == "yes",
        )
    except NotFound:
        raise
    except Refused as refused:
        shown = {
            "region": region,
            "id": id,
            "problem": problem(refused),
            "partly": refused.rule == "not_all_ready",
            "command_id": new_id(),
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
        }
        return render(request, "counter/hand_over.html", shown, status=422)
    query = request.GET.copy()
    query["done"] = "deliver"
    return HttpResponseRedirect(reverse("counter:application", args=(region, id), query=query), status=303)
