"""填表: one section a page; what is known is shown with its source, what is not is asked."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banshi.contexts.forms.values import Field, Section
from banshi.contexts.intake import operations as intake
from banshi.desks.citizen import answers, people, steps
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import drafting, see, url
from banshi.flows import apply as flow
from banshi.infra import clock
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, access
from banshi.ui.parts import Row


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
@drafting
def section(request: HttpRequest, now: flow.Standing, key: str) -> HttpResponse:
    """一组填写项."""
    part = now.form.section(key)
    if part is None:
        raise Http404
    changing = request.POST.get("change") or request.GET.get("change", "")
    asked = steps.asked(now, part, changing)
    typed = {one.code: now.values.get(one.code, "") for one in asked}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = answers.read(asked, request.POST)
        if "later" in request.POST:
            keep(request, now, typed, clock.now())
            return see(reverse("citizen:matters"))
        values, errors = answers.check(asked, typed, civil_day(clock.now()))
        if not errors:
            keep(request, now, values, clock.now())
            return see(steps.following(now, url(now, "section", key=key), steps.back(request)))
    return _page(request, now, part, asked, typed, errors, changing)


def _page(
    request: HttpRequest,
    now: flow.Standing,
    part: Section,
    asked: list[Field],
    typed: dict[str, str],
    errors: dict[str, str],
    changing: str,
) -> HttpResponse:
    here, back = url(now, "section", key=part.key), steps.back(request)
    content = {
        "now": now,
        "part": part,
        "known": known(now, part, asked, back, own=people.own_data(acting(request), now.application.party)),
        "fields": [answers.field(one, typed.get(one.code, ""), errors.get(one.code, "")) for one in asked],
        "problems": answers.problems(errors),
        "change": changing,
        "back": back,
        "before": steps.preceding(now, here, back),
        "count": steps.count(now, here),
    }
    return render(request, "citizen/section.html", content, status=422 if errors else 200)


def known(now: flow.Standing, part: Section, asked: list[Field], back: str, *, own: bool) -> list[Row]:
    """What need not be typed, where it came from, and the way to change it."""
    address = url(now, "section", key=part.key)
    return [
        Row(
            label=one.label,
            value=answers.shown(one, now.filled[one.code].value),
            source=source_of(now, one, own=own),
            change_url=f"{address}?change={one.code}{f'&back={back}' if back else ''}#id_{one.code}",
        )
        for one in part.fields
        if one not in asked
    ]


def source_of(now: flow.Standing, one: Field, *, own: bool) -> str:
    """Where the value came from; empty when it was typed."""
    if one.code in now.typed or one.code not in now.filled:
        return ""
    return people.source(now.filled[one.code].source, own=own)


def keep(request: HttpRequest, now: flow.Standing, values: dict[str, str], at: datetime) -> None:
    intake.save(
        region=now.application.region,
        id=now.application.id,
        values=values,
        actor=acting(request),
        at=at,
    )
