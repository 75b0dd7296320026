"""导办: a few questions, open to everybody, and the list of all that has to be done.

The answers stand in the address, so that a page can be kept as a bookmark, sent on, and left with the browser's back; a guide
therefore asks for nothing personal. What is known of whoever is signed in answers questions too, and never gets there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Fee
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Choice, Flow, Known, Outcome, Progress, Question, Stage
from banshi.desks.citizen import people, place, words
from banshi.desks.citizen.people import acting
from banshi.directory import queries as directory
from banshi.directory.values import PartyKind, RegionInfo
from banshi.infra import clock
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem, Row

_KINDS = {"several": "checkboxes", "int": "number", "number": "number", "date": "calendar", "text": "text"}
_CHANGE = "change"
_MOST_RADIOS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """一张表的一行: what has to be done, by whom, with what, in which time, why."""

    name: str
    plain_name: str
    theme: str
    office: str
    window: str
    limit: str
    materials: tuple[str, ...]
    fee: str
    result: str
    note: str
    basis: str
    why: str
    url: str


@access(PUBLIC)
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """全部导办."""
    return render(request, "citizen/guides.html", {"flows": guidance.flows().values()})


@access(PUBLIC)
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """一页一问, or, when nothing is left to be asked, 一张表、一张图."""
    flow = guidance.get_flow(code)
    answers = _answers(request, flow)
    now = guidance.walk(flow, answers, known_facts(request), civil_day(clock.now()))
    wanted = request.GET.get(_CHANGE, "")
    asked = [question for question, _ in now.answered] + [one.question for one in now.known]
    here = next((question for question in asked if question.code == wanted), None) or now.next
    return _ask(request, flow, now, here, answers) if here else _result(request, flow, now)


@access(PUBLIC)
@require_safe
def drawn(request: HttpRequest, code: str) -> HttpResponse:
    """怎样问: the guide as a picture, and what its check found."""
    flow, picture, checked = guidance.get_drawn(code, civil_day(clock.now()), _place)
    content = {"flow": flow, "picture": _svg(picture), "checked": checked}
    return render(request, "citizen/guide_drawn.html", content)


def known_facts(request: HttpRequest) -> dict[str, str]:
    """What is known of whoever asks: the county they chose, their own data, those of the one firm they act for, certificates."""
    county = place.chosen(request)
    found = {"place.county": county.code} if county else {}
    actor = acting(request)
    if actor.kind != "citizen":
        return found
    on = civil_day(clock.now())
    subjects = people.subjects(actor, on)
    firms = [one for one in subjects if one.party.kind == PartyKind.ENTERPRISE]
    for one in (*subjects[:1], *(firms if len(firms) == 1 else ())):
        found |= directory.known_values(one.party.region_code, one.party.id)
        found |= {f"certificate.{kind}": "held" for kind in certificates.held_by(one.party.id, on)}
        if one in firms:
            found["enterprise.region"] = one.party.region_code
    return found


def _answers(request: HttpRequest, flow: Flow) -> dict[str, str]:
    """What the address says; several choices come as several values."""
    return {
        question.code: " ".join(request.GET.getlist(question.code))[:200]
        for question in flow.questions
        if question.code in request.GET
    }


def _url(flow: Flow, answers: Mapping[str, str], **more: str) -> str:
    query = urlencode({**answers, **more})
    return reverse("citizen:guide", args=(flow.code,)) + (f"?{query}" if query else "")


def _typed(now: Progress) -> dict[str, str]:
    return {question.code: choice.key for question, choice in now.answered}


def _ask(
    request: HttpRequest, flow: Flow, now: Progress, here: Question, answers: Mapping[str, str]
) -> HttpResponse:
    typed = _typed(now)
    error = _error(here, answers) if here == now.next else ""
    codes = list(typed)
    before = (
        codes[codes.index(here.code) - 1 :][:1] if here.code in codes[1:] else codes[-1:] * (here == now.next)
    )
    value = answers.get(here.code, "") or next(
        (one.choice.key for one in now.known if one.question == here), ""
    )
    content = {
        "flow": flow,
        "field": _field(here, value, error),
        "problems": [Problem(text=error, field=here.code)] if error else [],
        "hidden": [(code, value) for code, value in typed.items() if code != here.code],
        "before": _url(flow, typed, **{_CHANGE: before[0]}) if before else "",
        "number": codes.index(here.code) + 1 if here.code in codes else len(codes) + 1,
        "most": len(flow.questions) - len(now.known),
        "known": _known_rows(flow, now),
    }
    return render(request, "citizen/guide_question.html", content)


def _error(question: Question, answers: Mapping[str, str]) -> str:
    """What is wrong with what was typed; nothing before anything was."""
    if question.code not in answers:
        return ""
    try:
        guidance.read(question, answers[question.code])
    except Refused as refused:
        return words.told(refused)
    return ""


def _field(question: Question, value: str, error: str) -> Field:
    options = tuple(
        Option(value=choice.key, label=choice.text, hint=choice.help)
        for choice in guidance.choices_of(question)
    )
    if question.kind == "place":
        options = tuple(Option(value=county.code, label=county.name) for county in place.counties())
    kind = _KINDS.get(question.kind, "radios")
    if question.kind == "place" or (kind == "radios" and len(options) > _MOST_RADIOS):
        kind = "select"
    unit = gettext("单位：%(unit)s。") % {"unit": question.unit} if question.unit else ""
    return Field(
        name=question.code,
        label=question.text,
        kind=kind,
        heading=True,
        hint=unit + question.help,
        options=options,
        value=value.split() if kind == "checkboxes" else value,
        error=error,
    )


def _shown(question: Question, choice: Choice) -> str:
    """The answer as it is read: a region by its name, a list of choices that were not labelled as it is."""
    if question.kind != "place":
        return choice.text
    return _place(choice.key)


def _place(code: str) -> str:
    return "".join(region.name for region in directory.list_path(code)) or code


def _known_rows(flow: Flow, now: Progress) -> list[Row]:
    return [
        Row(
            label=one.question.label or one.question.text,
            value=_shown(one.question, one.choice),
            source=_source(one),
            change_url=_url(flow, _typed(now), **{_CHANGE: one.question.code}),
        )
        for one in now.known
    ]


def _source(one: Known) -> str:
    if one.fact == "place.county":
        return gettext("您选的办事地点")
    return people.source(one.fact, own=True)


def _result(request: HttpRequest, flow: Flow, now: Progress) -> HttpResponse:
    outcomes = flow.outcomes(now.hits)
    county = _county(request, now)
    names = {
        **catalogue.catalogue().dictionaries.departments,
        **{one.code: one.plain_name or one.name for one in outcomes},
    }
    steps = {one.code: _step(one, now, county) for one in outcomes}
    stages = [
        (stage, [steps[one.code] for one in outcomes if one.stage == stage.key]) for stage in flow.stages
    ]
    if loose := [steps[one.code] for one in outcomes if not one.stage]:
        stages.append((Stage("", gettext("要办的事")), loose))
    whole = guidance.total(flow, now.data)
    made = {one.result for one in outcomes if one.result}
    content = {
        "flow": flow,
        "count": len(outcomes),
        "total": whole,
        "total_days": dates.workdays(whole.days) if whole else "",
        "notices": guidance.notices(flow, now.data),
        "stages": [(stage, listed) for stage, listed in stages if listed],
        "materials": [
            one
            for one in dict.fromkeys(paper for step in steps.values() for paper in step.materials)
            if one not in made
        ],
        "made": sorted(made),
        "answers": [
            Row(
                label=question.label or question.text,
                value=_shown(question, choice),
                change_url=_url(flow, _typed(now), **{_CHANGE: question.code}),
            )
            for question, choice in now.answered
        ],
        "known": _known_rows(flow, now),
        "plan": _svg(guidance.plan(flow, outcomes, names)) if flow.stages and outcomes else "",
        "address": request.build_absolute_uri(_url(flow, _typed(now))),
        "again": _url(flow, {}),
    }
    return render(request, "citizen/guide_result.html", content)


def _county(request: HttpRequest, now: Progress) -> RegionInfo | None:
    """Where it is to be done: as answered, else as chosen before."""
    given = [choice.key for question, choice in now.answered if question.kind == "place"]
    given += [one.choice.key for one in now.known if one.question.kind == "place"]
    return next((one for one in place.counties() if one.code in given), None) or place.chosen(request)


def _step(one: Outcome, now: Progress, county: RegionInfo | None) -> Step:
    """An outcome in full; what it does not say itself, its item of the catalogue does."""
    edition = catalogue.catalogue().items.get(one.item) if one.item else None
    item = edition.definition if edition else None
    dictionaries = catalogue.catalogue().dictionaries
    department = one.department or (item.department if item else "")
    office = (
        directory.find_office(department, county.code)
        if county and department in dictionaries.departments
        else None
    )
    limit = words.limit(item.promised) if item else ""
    if one.days >= 0:
        limit = dates.workdays(one.days) if one.days else gettext("当场办结")
    materials = one.materials
    if item and not materials:
        materials = tuple(
            dictionaries.materials[need.material].name for need in item.materials if not need.optional
        )
    return Step(
        one.name,
        one.plain_name or (item.plain_name if item else one.name),
        one.theme,
        office.name if office else dictionaries.departments.get(department, department),
        office.address if office else "",
        limit,
        materials,
        one.fee or (_fees(item.fees) if item else ""),
        one.result or (item.outcome.name if item else ""),
        one.note,
        "，".join(one.basis) or ("，".join(words.basis(basis) for basis in item.bases) if item else ""),
        "；".join(guidance.reasons(one, now.data)),
        reverse("citizen:item", args=(item.code,)) if item else "",
    )


def _fees(fees: tuple[Fee, ...]) -> str:
    return "，".join(f"{fee.name} {fee.amount_fen / 100:g} 元" for fee in fees)


def _svg(text: str) -> SafeString:
    """Drawn by us, every text in it escaped."""
    return mark_safe(text)  # noqa: S308
