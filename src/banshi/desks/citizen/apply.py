"""申请的开头: where and for whom, a few questions, and the list made for this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.catalogue.values import Limit
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.desks.citizen import people, place, self_check, steps, words
from banshi.desks.citizen.people import Subject, acting
from banshi.desks.citizen.steps import drafting, see, url
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import RegionInfo
from banshi.flows import apply as flow
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.workdays import Unit, civil_day, deadline
from banshi.ui.access import CITIZEN, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem, Row

_UNITS = {"workday": Unit.WORKDAYS, "day": Unit.NATURAL_DAYS}


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """开始申请: where, and for whom; a draft of the same matter is offered first."""
    actor, what = acting(request), flow.target(kind, code)
    at = clock.now()
    everybody = people.subjects(actor, civil_day(at))
    subjects = people.fitting(everybody, what.applicants)
    problems: list[Problem] = []
    if request.method == "POST" and subjects:
        county, subject = place.chosen(request), _subject(request, subjects)
        if county and subject:
            id = _begin(request, what, county, subject, at)
            self_check.hand_on(request, what, county.code, id, at)
            response = see(steps.resume(flow.standing(county.code, id, actor, at)))
            return self_check.forget(place.remember(request, response, county))
        problems = _start_problems(county, subject)
    content = {
        "what": what,
        "verified": bool(everybody),
        "subjects": subjects,
        "drafts": [one for one in applications.list_drafts(actor) if one.target == what.key],
        "fields": _start_fields(request, subjects, problems),
        "carried": self_check.carried(request, what) is not None,
        "problems": problems,
        "command_id": request.POST.get("command_id") or new_id(),
    }
    return render(request, "citizen/start.html", content, status=422 if problems else 200)


def _begin(
    request: HttpRequest, what: flow.Target, county: RegionInfo, subject: Subject, at: datetime
) -> UUID:
    """Repeating the form leads to the same draft."""
    return intake.start(
        region=county.code,
        party=subject.party.id,
        target=what.key,
        title=what.plain_name,
        channel="online",
        actor=acting(request),
        at=at,
        command_id=_uuid(request.POST.get("command_id", "")),
    )


def _subject(request: HttpRequest, subjects: list[Subject]) -> Subject | None:
    """The only one there is, or the one chosen."""
    if len(subjects) == 1:
        return subjects[0]
    return next((one for one in subjects if str(one.party.id) == request.POST.get("party")), None)


def _start_fields(request: HttpRequest, subjects: list[Subject], problems: list[Problem]) -> list[Field]:
    errors = {one.field: one.text for one in problems}
    hint = gettext("开店、办企业的选店铺所在的县（市、区）；个人的事选户口或者居住的地方。")
    home = subjects[0].party.region_code if subjects else ""
    error = errors.get("county", "")
    fields = [place.county_field(request, label=gettext("在哪里办"), home=home, hint=hint, error=error)]
    if len(subjects) > 1:
        party = Field(
            name="party",
            label=gettext("给谁办"),
            kind="radios",
            options=tuple(_party_option(one) for one in subjects),
            value=request.POST.get("party", ""),
            error=errors.get("party", ""),
        )
        fields.append(party)
    return fields


def _party_option(one: Subject) -> Option:
    label = one.name if one.role else gettext("我自己（%(name)s）") % {"name": one.name}
    return Option(value=str(one.party.id), label=label, hint=one.role)


def _start_problems(county: RegionInfo | None, subject: Subject | None) -> list[Problem]:
    found = [] if county else [Problem(text=gettext("请选择在哪里办。"), field="county")]
    return found if subject else [*found, Problem(text=gettext("请选择给谁办。"), field="party")]


@access(CITIZEN)
@require_safe
@drafting
def resume(request: HttpRequest, now: flow.Standing) -> HttpResponse:
    """接着办: the next question, or the first page after them."""
    return redirect(steps.resume(now))


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
@drafting
def question(request: HttpRequest, now: flow.Standing, code: str) -> HttpResponse:
    """一页一问."""
    asked = [one for one, _ in now.progress.answered] + ([now.progress.next] if now.progress.next else [])
    known = [one.question for one in now.progress.known]
    here = next((one for one in (*asked, *known) if one.code == code), None)
    if here is None:
        return redirect(steps.resume(now))
    error = ""
    if request.method == "POST":
        if request.POST.get(code) in {choice.key for choice in here.choices}:
            return _answered(request, now, code)
        error = gettext("请选一项。")
    field = Field(
        name=code,
        label=here.text,
        kind="radios",
        heading=True,
        hint=here.help,
        options=tuple(Option(value=one.key, label=one.text, hint=one.help) for one in here.choices),
        value=now.progress.answers.get(code, ""),
        error=error,
    )
    number, back = asked.index(here) if here in asked else 0, steps.back(request)
    before = url(now, back) if back else url(now, "question", code=asked[number - 1].code) if number else ""
    content = {
        "now": now,
        "field": field,
        "problems": [Problem(text=error, field=code)] if error else [],
        "back": back,
        "before": before,
        "most": 0 if number or here in known else guidance.longest(now.target.questions) - len(known),
        "known": [] if here in known else known_rows(request, now, back),
    }
    return render(request, "citizen/question.html", content, status=422 if error else 200)


def _answered(request: HttpRequest, now: flow.Standing, code: str) -> HttpResponse:
    """Keep the answer, and go on to the next question or back to where the change came from."""
    application = now.application
    answers = {**application.answers, code: request.POST[code]}
    intake.answer(
        region=application.region,
        id=application.id,
        answers=answers,
        actor=acting(request),
        at=clock.now(),
    )
    ahead = flow.standing(application.region, application.id, acting(request), clock.now()).progress.next
    back = steps.back(request)
    if ahead is not None:
        return see(url(now, "question", code=ahead.code) + (f"?back={back}" if back else ""))
    return see(url(now, back or "resume"))


@dataclass(frozen=True, slots=True)
class Line:
    """清单一行: one of the matters, who does it, and how long that takes."""

    plain_name: str
    name: str
    code: str
    office: str
    promised: str
    outcome: str


@access(CITIZEN)
@require_safe
@drafting
def overview(request: HttpRequest, now: flow.Standing) -> HttpResponse:
    """为您列的清单: which matters, which offices, how long, what to hand over once, what need not be filled in."""
    if now.progress.next is not None:
        return redirect(steps.resume(now))
    here = url(now, "list")
    content = {
        "now": now,
        "answers": [
            Row(
                label=one.text,
                value=choice.text,
                change_url=url(now, "question", code=one.code) + "?back=list",
            )
            for one, choice in now.progress.answered
        ]
        + known_rows(request, now, "list"),
        "lines": lines(now),
        "latest": latest(now, civil_day(clock.now())),
        "saved": saved(now),
        "papers": [need for need in now.form.materials if need.required and need.code not in now.held],
        "held": [need for need in now.form.materials if need.code in now.held],
        "made": [need for need in now.form.materials if need.made_by],
        "county": directory.get_region(now.application.region),
        "following": steps.following(now, here) if now.target.kind == "bundle" else steps.resume(now),
        "count": steps.count(now, here),
    }
    return render(request, "citizen/list.html", content)


def known_rows(request: HttpRequest, now: flow.Standing, back: str) -> list[Row]:
    """已知的回答: what was not asked, where it is known from, and where it is changed."""
    own = people.own_data(acting(request), now.application.party)
    return [
        Row(
            label=one.question.text,
            value=one.choice.text,
            source=people.source(one.fact, own=own),
            change_url=url(now, "question", code=one.question.code) + (f"?back={back}" if back else ""),
        )
        for one in now.progress.known
    ]


def lines(now: flow.Standing) -> list[Line]:
    """What was chosen, one line each."""
    found = []
    for pick in now.chosen:
        office = directory.find_office(pick.item.department, now.application.region)
        found.append(
            Line(
                pick.item.plain_name,
                pick.item.name,
                pick.item.code,
                office.name if office else gettext("这个地区还没有登记负责部门"),
                words.limit(pick.item.promised),
                pick.item.outcome.name,
            )
        )
    return found


def latest(now: flow.Standing, from_on: date) -> tuple[date, int] | None:
    """The last day on which the last of them is promised to be done if accepted today, and the working days until then."""
    days = [_last_day(from_on, pick.item.promised) for pick in now.chosen]
    return (max(days), calendar().between(from_on, max(days))) if days else None


def _last_day(from_on: date, promised: Limit) -> date:
    """Opening hours end on the next working day at the latest."""
    days, unit = (1, Unit.WORKDAYS) if promised.unit == "hour" else (promised.days, _UNITS[promised.unit])
    return deadline(from_on, days, unit, calendar()).due_on


def saved(now: flow.Standing) -> dict[str, int]:
    """原来要填 N 项、交 M 份，现在填 n 项、交 m 份."""
    return {
        "fields_before": now.form.separate_fields,
        "materials_before": now.form.separate_materials,
        "fields": sum(
            max(1, len(one.columns))
            for one in now.form.fields
            if one.code not in now.filled and not one.computed
        ),
        "filled": sum(1 for one in now.form.fields if one.code in now.filled),
        "materials": sum(1 for need in now.form.materials if need.required and need.code not in now.held),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
