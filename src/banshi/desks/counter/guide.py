"""窗口导办: a guide for whoever stands here, question by question, and each matter it comes to taken in at a press.

The answers stand in the address, as at the citizens' guides; what is known of the visitor answers questions too, and does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Choice, Flow, Outcome, Progress, Question
from banshi.desks.counter.fields import origin
from banshi.desks.counter.seat import POSTS, Visitor, acting, look, seat, visitor
from banshi.directory import queries as directory
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.language import said
from banshi.ui.parts import Problem, Row

_KINDS = {"several": "checkboxes", "int": "number", "number": "number", "date": "calendar", "text": "text"}
_CHANGE = "change"
_MOST_RADIOS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """要办的一件: who does it in how long, and what it is taken in as here; empty where it cannot be."""

    name: str
    plain_name: str
    office: str
    limit: str
    materials: tuple[str, ...]
    target: str


@access(STAFF, posts=POSTS)
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """导办 on one page: what is known, what was answered, the next question; at the end what has to be done."""
    here, window = visitor(request), seat(request)
    if here is None or window is None:
        return HttpResponseRedirect(reverse("counter:home"), status=303)
    flow, at = guidance.get_flow(code), clock.now()
    answers = {
        question.code: " ".join(request.GET.getlist(question.code))[:200]
        for question in flow.questions
        if question.code in request.GET
    }
    now = guidance.walk(
        flow, answers, _facts(acting(request), here, window.hall.region_code, at), civil_day(at)
    )
    wanted = request.GET.get(_CHANGE, "")
    changing = next((one.question for one in now.known if one.question.code == wanted), None)
    error = _error(now.next, answers) if now.next and not changing else ""
    asked = [_field(question, choice.key) for question, choice in now.answered]
    if ahead := changing or now.next:
        asked.append(_field(ahead, answers.get(ahead.code, ""), error, autofocus=True))
    shown = {
        "here": window,
        "visitor": here,
        "flow": flow,
        "questions": asked,
        "known": [
            Row(
                label=one.question.label or one.question.text,
                value=_shown(one.question, one.choice),
                source=origin(one.fact),
                change_url=_url(flow, now, one.question.code),
            )
            for one in now.known
            if one.question != changing
        ],
        "found": [] if ahead else [_found(one, here) for one in flow.outcomes(now.hits)],
        "done": ahead is None,
        "notices": [] if ahead else guidance.notices(flow, now.data),
        "problems": [Problem(text=error, field=ahead.code)] if error and ahead else [],
        "command_id": new_id(),
    }
    return render(request, "counter/guide.html", shown)


def _facts(actor: Actor, here: Visitor, county: str, at: datetime) -> dict[str, str]:
    """What is known of the visitor and of the firm they stand here for; the look is on record."""
    found = {"place.county": county}
    for ref in (here.person, here.firm):
        if ref is not None:
            found |= {f"{ref.kind}.{name}": value for name, value in look(actor, ref, "guide", at).items()}
            found |= {f"certificate.{kind}": "held" for kind in certificates.held_by(ref.id, civil_day(at))}
    return found | ({"enterprise.region": here.firm.region_code} if here.firm else {})


def _url(flow: Flow, now: Progress, change: str) -> str:
    typed = {question.code: choice.key for question, choice in now.answered}
    return f"{reverse('counter:guide', args=(flow.code,))}?{urlencode({**typed, _CHANGE: change})}"


def _error(question: Question, answers: Mapping[str, str]) -> str:
    if question.code not in answers:
        return ""
    try:
        guidance.read(question, answers[question.code])
    except Refused as refused:
        return said(refused.zh, refused.en)
    return ""


def _field(question: Question, value: str, error: str = "", *, autofocus: bool = False) -> Field:
    options = tuple(
        Option(value=choice.key, label=choice.text, hint=choice.help)
        for choice in guidance.choices_of(question)
    )
    if question.kind == "place":
        city = directory.list_children(directory.city_code())
        options = tuple(Option(value=county.code, label=county.name) for county in city)
    kind = _KINDS.get(question.kind, "radios")
    if kind == "radios" and len(options) > _MOST_RADIOS:
        kind = "select"
    unit = gettext("单位：%(unit)s。") % {"unit": question.unit} if question.unit else ""
    return Field(
        name=question.code,
        label=question.text,
        kind=kind,
        hint=unit + question.help,
        options=options,
        value=value.split() if kind == "checkboxes" else value,
        error=error,
        autofocus=autofocus,
    )


def _shown(question: Question, choice: Choice) -> str:
    if question.kind != "place":
        return choice.text
    return "".join(region.name for region in directory.list_path(choice.key)) or choice.text


def _found(one: Outcome, here: Visitor) -> Found:
    """An outcome; what it does not say itself, its item of the catalogue does."""
    current = catalogue.catalogue()
    edition = current.items.get(one.item) if one.item else None
    item = edition.definition if edition else None
    department = one.department or (item.department if item else "")
    materials = one.materials
    if item and not materials:
        materials = tuple(
            current.dictionaries.materials[need.material].name for need in item.materials if not need.optional
        )
    taken = item is not None and here.subject(item.applicants) is not None
    return Found(
        one.name,
        one.plain_name or (item.plain_name if item else one.name),
        current.dictionaries.departments.get(department, department),
        dates.workdays(one.days) if one.days > 0 else gettext("当场办结") if one.days == 0 else "",
        materials,
        f"item:{one.item}" if taken else "",
    )
