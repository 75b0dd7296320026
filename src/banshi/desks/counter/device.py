"""评价器: the tablet before a window. A clerk opens the page on it once a day and says when a visit is over; who stands there rates it.

The device shows grades and nothing of anybody. Nobody is signed in on it, no grade is chosen beforehand or by time, and what was
rated is not shown at the desk.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation.values import Grade, indicators
from banshi.desks.counter.seat import POSTS, acting, seat
from banshi.flows import rate as flow
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import PUBLIC, STAFF, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem
from banshi.ui.parts import Problem


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """打开评价器: on the device itself; its address holds for this window and this day."""
    here = seat(request)
    if request.method == "POST" and here:
        code = evaluation.device_of(f"{here.hall.code}/{here.window}", civil_day(clock.now()))
        return HttpResponseRedirect(reverse("counter:device_shown", args=(code,)), status=303)
    return render(request, "counter/device_open.html", {"here": here})


@access(STAFF, posts=POSTS)
@require_POST
def offer(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """请评价: this visit is over; the device of the window shows it from now on."""
    actor = acting(request)
    state = cases.get_case(region, id, actor)
    here = seat(request)
    window = f"{here.hall.code}/{here.window}" if here else ""
    evaluation.offer_visit(region=region, case=id, window=window, actor=actor, at=clock.now())
    query = request.GET.copy()
    query["done"] = "offer"
    address = reverse("counter:application", args=(state.region, state.application), query=query)
    return HttpResponseRedirect(address, status=303)


@access(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """评价器上的页: waits; shows the grades of the service just done; asks why when it was bad; and waits again."""
    found = flow.shown(code, clock.now())  # a forged code is refused as a page
    if found and request.GET.get("seen") == str(found[0].id):
        return HttpResponse(status=204)  # asked by the page itself: nothing new
    chosen = request.POST.get("grade", "")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            if _complete(request):
                _rate(request, code, chosen)
                return render(request, "counter/device_done.html", {"code": code})
        except Refused as refused:
            problems = [problem(refused)]
    grade = Grade(chosen) if chosen in Grade else None
    content = {
        "code": code,
        "visit": found[0] if found else None,
        "item": found[1].plan.name if found else "",
        "grades": list(Grade),
        "grade": grade if grade and grade.bad else None,
        "fields": _why(request, grade) if grade and grade.bad else [],
        "problems": problems,
        "command_id": new_id(),
    }
    return render(request, "counter/device.html", content, status=422 if problems else 200)


def _complete(request: HttpRequest) -> bool:
    """A good grade is one touch; a bad one is asked about first."""
    chosen = request.POST.get("grade", "")
    return chosen not in Grade or not Grade(chosen).bad or "why" in request.POST


def _rate(request: HttpRequest, code: str, grade: str) -> None:
    flow.rate_at_device(
        device=code,
        service=carried(request.POST, "service"),
        said=flow.Said(
            grade=grade,
            indicators=request.POST.getlist("indicators"),
            text=request.POST.get("text", ""),
            named=not request.POST.get("quiet"),
        ),
        actor=ANONYMOUS,  # whoever stands there, whatever this browser was used for before
        at=clock.now(),
        command_id=carried(request.POST),
    )


def _why(request: HttpRequest, grade: Grade) -> list[Field]:
    return [
        Field(
            name="indicators",
            label=gettext("哪里不好？"),
            kind="checkboxes",
            options=tuple(Option(value=one.code, label=one.text) for one in indicators()[grade]),
            value=request.POST.getlist("indicators"),
        ),
        Field(
            name="quiet",
            label=gettext("联系"),
            kind="checkboxes",
            optional=True,
            options=(Option(value="on", label=gettext("不要打电话问我")),),
        ),
    ]
