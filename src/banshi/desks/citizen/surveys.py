"""堵点痛点征集: what a round asks, the points that were said and what became of each, and: the same with me."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.queries import Point
from banshi.contexts.tickets.values import OccasionState
from banshi.contexts.tickets.values.codes import Gathering, Reply, Status
from banshi.desks.citizen import place, words
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import audit, clock, throttle
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Problem

COOKIE = "banshi_voter"  # a key made by chance, so that one browser says of a point once: the same with me


@dataclass(frozen=True, slots=True)
class Survey:
    """征集 as everybody may read it."""

    id: UUID
    region: str
    title: str
    text: str
    questions: tuple[str, ...]
    until: str
    open: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """公布的堵点: in the centre's words, how many it stands in the way of, and what became of it."""

    region: str
    id: UUID
    text: str
    people: int
    became: str
    done: bool
    open: bool


@access(PUBLIC)
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """大家遇到的堵点: rounds that are open, and every published point of the city."""
    centre = directory.city_code()
    rounds = queries.list_occasions([centre], kind=Gathering.SURVEY)
    content = {
        "surveys": [one for one in _surveys(rounds) if one.open],
        "points": _points(centre),
        "done": "done" in request.GET,
    }
    return render(request, "citizen/surveys.html", content)


@access(PUBLIC)
@require_safe
def survey(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一次征集: what is asked, and the points of it that are published."""
    state = queries.get_occasion(region, id)
    if state.kind is not Gathering.SURVEY:
        raise NotFound("征集", "survey")
    (found,) = _surveys([state])
    content = {
        "survey": found,
        "points": _points(state.centre, occasion=state.id),
        "done": "done" in request.GET,
    }
    return render(request, "citizen/survey.html", content)


@access(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """我也遇到: how bad it is, once for each person or browser; `survey` leads back to the round."""
    point = _published(region, id)
    back = _back(request)
    problems: list[Problem] = []
    voter = request.COOKIES.get(COOKIE, "") or secrets.token_urlsafe(16)
    if request.method == "POST":
        actor, at = acting(request), clock.now()
        try:
            throttle.attempt((throttle.ADDRESS, f"second/{audit.address.get()}"), at=at)
            operations.second_point(
                region=region,
                id=id,
                weight=int(request.POST["weight"]) if request.POST.get("weight") in ("1", "2", "3") else 0,
                voter=actor.code if actor.kind == "citizen" else voter[:40],
                actor=actor,
                at=at,
                calendar=calendar(),
            )
        except throttle.TooMany:
            problems = [Problem(text=gettext("从这里提交得太多了，请过一会儿再试。"), field="weight")]
        except NotFound:
            raise
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            response = see(f"{back}?done=1")
            if actor.kind != "citizen":
                response.set_cookie(COOKIE, voter, max_age=place.YEAR_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax")  # fmt: skip
            return response
    content = {
        "point": point,
        "fields": [weight_field(request.POST.get("weight", ""), problems[0].text if problems else "")],
        "problems": problems,
        "survey": request.POST.get("survey") or request.GET.get("survey", ""),
        "before": back,
    }
    return render(request, "citizen/second.html", content, status=422 if problems else 200)


def chosen(request: HttpRequest) -> OccasionState | None:
    """The round in which somebody says something, of the city where they do. None for what is no round of it."""
    typed = request.POST.get("survey") or request.GET.get("survey", "")
    if not typed:
        return None
    rounds = queries.list_occasions([directory.city_code()], kind=Gathering.SURVEY, on=civil_day(clock.now()))
    return next((one for one in rounds if str(one.id) == typed), None)


def shown(request: HttpRequest) -> Survey | None:
    """The same, to be read."""
    state = chosen(request)
    return _surveys([state])[0] if state else None


def weight_field(value: str, error: str, *, optional: bool = False) -> Field:
    """有多严重."""
    return Field(
        name="weight",
        label=gettext("有多严重？"),
        kind="radios",
        value=value,
        error=error,
        optional=optional,
        options=(
            Option(value="1", label=gettext("麻烦"), hint=gettext("能办成，多跑、多等")),
            Option(value="2", label=gettext("很麻烦"), hint=gettext("误事，或者多花钱")),
            Option(value="3", label=gettext("办不成"), hint=gettext("卡在那里，没有办法")),
        ),
    )


def _surveys(several: list[OccasionState]) -> list[Survey]:
    said, today = queries.said_of(several), civil_day(clock.now())
    return [
        Survey(
            one.id,
            one.region,
            said[one.id].title,
            said[one.id].text,
            tuple((said[one.id].questions or {}).values()),
            dates.fullday(one.closes_on),
            one.taking(today),
        )
        for one in several
        if one.id in said
    ]


def _points(centre: str, *, occasion: UUID | None = None, id: UUID | None = None) -> list[Shown]:
    found = queries.list_points(centre, occasion=occasion, id=id, published=True)
    states = [one.state for one in found]
    offices = directory.office_names({one.lead for one in states if one.lead})
    texts: dict[UUID, str] = {}
    for region in {one.region for one in states}:
        ids = [id for one in states if one.region == region for id in (one.published, one.cleared) if id]
        texts |= queries.texts(region, ids)
    return [_shown(one, offices, texts) for one in found]


def _shown(point: Point, offices: dict[str, str], texts: dict[UUID, str]) -> Shown:
    state = point.state
    office = offices.get(state.lead, "")
    due = dates.day(state.clear_on) if state.clear_on else ""
    if state.cleared:
        became = gettext("已销号：%(text)s") % {"text": scrubbed(texts.get(state.cleared, ""))}
    elif state.status is Status.CLOSED and state.reply is Reply.SOLVED:
        became = gettext("已经解决，等核对销号")
    elif state.status is Status.CLOSED:
        became = gettext("已经答复，还没有解决")
    elif office and due:
        became = gettext("%(office)s办，%(day)s前解决") % {"office": office, "day": due}
    elif office:
        became = gettext("%(office)s正在办") % {"office": office}
    else:
        became = gettext("还没有交给部门")
    return Shown(
        region=state.region,
        id=state.id,
        text=scrubbed(texts.get(state.published, "")) if state.published else "",
        people=point.people,
        became=became,
        done=bool(state.cleared_on),
        open=state.status.open,
    )


def _published(region: str, id: UUID) -> Shown:
    """Raises `NotFound` for a point that is not on the public list."""
    found = [one for one in _points(directory.city_code(), id=id) if one.region == region]
    if not found:
        raise NotFound("堵点", "point")
    return found[0]


def _back(request: HttpRequest) -> str:
    typed = request.POST.get("survey") or request.GET.get("survey", "")
    rounds = queries.list_occasions([directory.city_code()], kind=Gathering.SURVEY) if typed else []
    found = next((one for one in rounds if str(one.id) == typed), None)
    if found is None:
        return reverse("citizen:surveys")
    return reverse("citizen:survey", kwargs={"region": found.region, "id": found.id})
