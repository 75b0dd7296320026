"""填表: one section a page; what is known is shown with its source, what is not is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
from banshi.flows import bring
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
        if now.whole.section(key) is None:
            raise Http404
        return see(steps.resume(now))  # nothing in it is asked as things stand
    if request.method != "POST":
        return _page(request, now, part)
    if choice := request.POST.get("consent"):
        return _consent(request, now, part, choice)
    asked = steps.asked(now, part, _changing(request))
    typed = answers.read(asked, request.POST)
    if "later" in request.POST:
        keep(request, now, _begun(now, typed), clock.now())
        return see(reverse("citizen:matters"))
    if {"quiet", "add", "drop"} & set(request.POST):
        return _kept(request, now, part, typed)
    return _go_on(request, now, part, asked, typed)


def _go_on(
    request: HttpRequest, now: flow.Standing, part: Section, asked: list[Field], typed: dict[str, str]
) -> HttpResponse:
    """Keep the section and go on: to what the answers brought up in it, else to the next page."""
    at = clock.now()
    ahead = now.with_typed(typed, civil_day(at))
    still = [one for one in asked if one.code not in ahead.settled.hidden]
    values, errors = answers.check(still, typed, civil_day(at))
    ahead = now.with_typed({**typed, **values}, civil_day(at))
    errors |= answers.contradictions(ahead, [one for one in still if one.code not in errors])
    if errors:
        return _page(request, ahead, ahead.form.section(part.key) or part, errors)
    keep(request, now, {**typed, **values}, at)
    shown = ahead.form.section(part.key)
    codes = {one.code for one in asked}
    more = [one for one in steps.asked(ahead, shown) if one.code not in codes] if shown else []
    if more:
        back = steps.back(request)
        return see(f"{url(now, 'section', key=part.key)}{f'?back={back}' if back else ''}#id_{more[0].code}")
    return see(steps.following(ahead, url(now, "section", key=part.key), steps.back(request)))


def _kept(request: HttpRequest, now: flow.Standing, part: Section, typed: dict[str, str]) -> HttpResponse:
    """Keep what is there, finished or not, and show the page as it stands then. What is still empty was not answered yet."""
    at = clock.now()
    begun = {code: value for code, value in typed.items() if value or code in now.typed or code in now.filled}
    keep(request, now, begun, at)
    after = now.with_typed(begun, civil_day(at))
    return _page(request, after, after.form.section(part.key) or part)


def _begun(now: flow.Standing, typed: dict[str, str]) -> dict[str, str]:
    """What was typed so far. What is still empty was not answered yet: it may yet be filled in."""
    return {code: value for code, value in typed.items() if value or code in now.typed or code in now.filled}


def _consent(request: HttpRequest, now: flow.Standing, part: Section, choice: str) -> HttpResponse:
    """同意带出, or not; then this section again, or the next page where nothing is left to type in it."""
    application, at = now.application, clock.now()
    place: dict[str, Any] = {
        "region": application.region,
        "id": application.id,
        "actor": acting(request),
        "at": at,
    }
    here = url(now, "section", key=part.key)
    if choice == "no":
        bring.decline(**place)
        return see(here)
    reached = bring.agree(wanted=now.wanted, **place)
    after = flow.standing(application.region, application.id, acting(request), at)
    if not reached:
        return _page(request, after, part, unreached=True)
    return see(steps.onwards(now, after, here))


def _changing(request: HttpRequest) -> str:
    return request.POST.get("change") or request.GET.get("change", "")


def _page(
    request: HttpRequest,
    now: flow.Standing,
    part: Section,
    errors: dict[str, str] | None = None,
    *,
    unreached: bool = False,
) -> HttpResponse:
    errors, changing = errors or {}, _changing(request)
    here, back = url(now, "section", key=part.key), steps.back(request)
    asked = steps.asked(now, part, changing)
    own = people.own_data(acting(request), now.application.party)
    content = {
        "now": now,
        "part": part,
        "known": known(now, part, asked, back, own=own),
        "fields": [
            answers.field(one, now.values.get(one.code, ""), errors, more=request.POST.get("add") == one.code)
            for one in part.fields
            if one.computed or one in asked
        ],
        "groups": any(one.kind == "group" for one in asked),
        "wanted": _wanted(now, part, own),
        "unreached": unreached,
        "needs": [(answers.label(one), one.items) for one in part.fields] if len(now.chosen) > 1 else [],
        "problems": answers.problems(errors),
        "change": changing,
        "back": back,
        "before": steps.preceding(now, here, back),
        "count": steps.count(now, here),
    }
    return render(request, "citizen/section.html", content, status=422 if errors else 200)


def _wanted(now: flow.Standing, part: Section, own: bool) -> list[str]:
    """The sources outside, in words, that could fill in something of this section; none when it was asked already."""
    found = [source for one in part.fields for source in one.sources if source in now.wanted]
    return list(dict.fromkeys(people.source(source, own=own) for source in found))


def known(now: flow.Standing, part: Section, asked: list[Field], back: str, *, own: bool) -> list[Row]:
    """What need not be typed, where it came from, and the way to change it."""
    address = url(now, "section", key=part.key)
    return [
        Row(
            label=answers.label(one),
            value=answers.shown(one, now.filled[one.code].value),
            source=source_of(now, one, own=own),
            change_url=f"{address}?change={one.code}{f'&back={back}' if back else ''}#id_{one.code}",
        )
        for one in part.fields
        if one not in asked and not one.computed
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
