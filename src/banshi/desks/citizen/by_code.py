"""凭码评价: the page behind a QR code or a text message, for one service and once; nobody signs in, nothing personal is shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.evaluation.operations import BadLink
from banshi.contexts.evaluation.values import Grade
from banshi.desks.citizen import words
from banshi.desks.citizen.acts import grade_field, why_fields
from banshi.desks.citizen.apply import _uuid
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.flows import rate as flow
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.facts import Refused
from banshi.ui.access import PUBLIC, access
from banshi.ui.parts import Problem


@access(PUBLIC)
@require_safe
def typed(request: HttpRequest) -> HttpResponse:
    """输入评价码, as a kiosk's scanner does."""
    code = request.GET.get("code", "").strip().rpartition("/")[2]
    if not code:
        return render(request, "citizen/rate_code.html", {"problems": []})
    try:
        flow.asked(code, clock.now())
    except Refused as refused:
        problems = [Problem(text=words.told(refused), field="code")]
        return render(request, "citizen/rate_code.html", {"problems": problems}, status=422)
    return see(reverse("citizen:rate_by_code", kwargs={"code": code}) + "?at=terminal")


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """凭码评价: first the grade, then what goes with it."""
    try:
        _, state = flow.asked(code, clock.now())
    except BadLink as refused:
        return _over(request, refused, 404 if refused.rule == "link_forged" else 410)
    except Refused as refused:
        return _over(request, refused, 409)
    chosen = request.POST.get("grade") or request.GET.get("grade", "")
    grade = Grade(chosen) if chosen in Grade else None
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _rate(request, code, chosen)
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            return render(
                request,
                "citizen/rated.html",
                {"done": True, "bad": Grade(chosen).bad, "quiet": "quiet" in request.POST},
            )
    elif "grade" in request.GET and grade is None:
        problems = [Problem(text=gettext("请选一项。"), field="grade")]
    content = {
        "state": state,
        "grade": grade,
        "terminal": request.GET.get("at") == "terminal",
        "fields": why_fields(request, grade, problems) if grade else [grade_field(problems)],
        "problems": problems,
        "before": reverse("citizen:rate_by_code", kwargs={"code": code})
        if grade
        else reverse("citizen:home"),
        "command_id": request.POST.get("command_id") or new_id(),
    }
    return render(request, "citizen/rate.html", content, status=422 if problems else 200)


def _rate(request: HttpRequest, code: str, grade: str) -> None:
    said = flow.Said(
        grade=grade,
        indicators=request.POST.getlist("indicators"),
        text=request.POST.get("text", ""),
        named=not request.POST.get("quiet"),
    )
    flow.rate_by_code(
        code=code,
        said=said,
        actor=acting(request),
        at=clock.now(),
        terminal=request.GET.get("at") == "terminal",
        command_id=_uuid(request.POST.get("command_id", "")),
    )


def _over(request: HttpRequest, refused: Refused, status: int) -> HttpResponse:
    """Why this code cannot be used (any more)."""
    return render(request, "citizen/rated.html", {"told": words.told(refused)}, status=status)
