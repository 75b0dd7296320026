"""已收的件: what this hall took today, what waits for corrections, and what can be handed over; with the receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Command, Paper
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.values import CertificateState
from banshi.contexts.intake import queries as intake
from banshi.contexts.intake.values import Application
from banshi.desks.counter.lines import Line, matters
from banshi.desks.counter.seat import POSTS, acting, look, seat, visitor
from banshi.desks.counter.words import face
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.flows import correct, one_thing, rate
from banshi.flows.deliver import progress_url
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import STAFF, access
from banshi.ui.commands import word
from banshi.ui.lists import SIZE, head
from banshi.ui.parts import Paged

_TODAY_AT_MOST = 500
# what the list shows, its name, its key
SHOWN = (
    ("today", gettext_lazy("今天收的"), "q"),
    ("correcting", gettext_lazy("等补正"), "w"),
    ("deliver", gettext_lazy("可以领取"), "e"),
)


@dataclass(frozen=True, slots=True)
class Pane:
    """左边的列表: which of them, its lines, and what a link to a matter carries along."""

    show: str
    search: str
    query: str
    lines: list[Line]
    paged: Paged


@dataclass(frozen=True, slots=True)
class CaseCard:
    """一个办件 of an application: how it stands, what the window may do (with the key, on the first that offers it)."""

    state: CaseState
    office: str
    status: str
    light: str
    due: str
    commands: list[tuple[Command, str]]
    papers: list[Paper]
    certificate: CertificateState | None
    command_id: UUID
    rate_url: str  # what the QR code of a finished case leads to; empty before


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """今天收的、等补正的、可以领取的."""
    return render(request, "counter/taken.html", {"pane": _pane(request, acting(request)), "shown": SHOWN})


@access(STAFF, posts=POSTS)
@require_safe
def application(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一份申请: its cases, and what can be done with them at the window."""
    actor = acting(request)
    found = _submitted(region, id, actor)
    commands = cases.declared_commands()
    whole = one_thing.matter(region, id, actor)
    shown = {
        "pane": _pane(request, actor, id),
        "shown": SHOWN,
        "application": found,
        "cards": _cards(found, actor),
        "ready": len(whole.waiting),
        "whole": _promise(found),
        "command_id": new_id(),
        "subject": _subject(found, actor),
        "done": word(commands[request.GET["done"]].title) if request.GET.get("done") in commands else "",
    }
    return render(request, "counter/application.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def of_case(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """To the application that a case belongs to."""
    state = cases.get_case(region, id, acting(request))
    address = reverse("counter:application", args=(region, state.application), query=request.GET or None)
    return HttpResponseRedirect(address)


@access(STAFF, posts=POSTS)
@require_safe
def receipt(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """接件凭证: what was taken in, under which numbers, and what happens next; made to be printed."""
    actor = acting(request)
    found = _submitted(region, id, actor)
    states = cases.list_of_application(region, id)
    handed = [one for state in states for one in cases.subject(state).get("materials", ())]
    offices = directory.office_names(state.office for state in states)
    shown = {
        "application": found,
        "hall": directory.get_hall(found.hall) if found.hall else None,
        "clerk": directory.actor_names([found.owner]).get(found.owner, ""),
        "subject": _subject(found, actor),
        "states": [(state, offices.get(state.office, "")) for state in states],
        "materials": list(dict.fromkeys(one["name"] for one in handed)),
        "by": max((cases.acceptance_due_on(state, calendar()) for state in states), default=None),
        "url": progress_url(states[0].number) if states else "",
        "here": seat(request),
        "visitor": visitor(request),
    }
    return render(request, "counter/receipt.html", shown)


def _promise(found: Application) -> str:
    if found.due_on is None or found.done_on:
        return ""
    by = dates.moment(found.due_at) if found.due_at else dates.day(found.due_on)
    return gettext("整件事承诺 %(by)s 前全部办完") % {"by": by}


def _submitted(region: str, id: UUID, actor: Actor) -> Application:
    """What this clerk's hall took in. Raises `NotFound`."""
    found = intake.get_application(region, id, actor)
    if found.submitted_at is None or found.hall not in actor.offices() or correct.is_correction(found):
        raise NotFound("申请", "application")
    return found


def _subject(found: Application, actor: Actor) -> dict[str, str]:
    ref = directory.find_party_by_id(found.party)
    return face(look(actor, ref, str(found.id), clock.now())) if ref else {}


def _cards(found: Application, actor: Actor) -> list[CaseCard]:
    today = civil_day(clock.now())
    states = cases.list_of_application(found.region, found.id)
    offices = directory.office_names(state.office for state in states)
    papers = cases.papers(found.region, [state.id for state in states])
    cards, keyed = [], set()
    for state in states:
        commands = [(one, "" if one.key in keyed else one.key) for one in cases.commands(state, actor)]
        keyed |= {one.key for one, _ in commands}
        card = CaseCard(
            state=state,
            office=offices.get(state.office, ""),
            status=gettext(state.status.label),
            light=cases.light_of(state, today, calendar()),
            due=dates.left(state.due_on, today, calendar()),
            commands=commands,
            papers=papers[state.id],
            certificate=certificates.get_by_identifier(state.certificate) if state.certificate else None,
            command_id=new_id(),
            rate_url=_rate_url(state),
        )
        cards.append(card)
    return cards


def _rate_url(state: CaseState) -> str:
    if state.closed_on is None or state.status is Status.WITHDRAWN:
        return ""
    return rate.address_of(rate.code_of(state, clock.now()))


def _pane(request: HttpRequest, actor: Actor, opened: UUID | None = None) -> Pane:
    asked = {name: request.GET[name] for name in ("show", "q", "page") if request.GET.get(name)}
    search, show = asked.get("q", "").strip(), asked.get("show", "today")
    show = "" if search else show if show in [name for name, _, _ in SHOWN] else "today"
    page = asked.get("page", "")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1
    query = "?" + urlencode(asked) if asked else ""
    if show == "today":
        lines = matters(_today(actor), actor, query, opened)
        part = lines[(number - 1) * SIZE : number * SIZE]
        return Pane(show, search, query, part, Paged(number, SIZE, len(lines)))
    found, total = _found(actor, search, show, (number - 1) * SIZE)
    lines = [replace(one, url=one.url + query) for one in found]
    return Pane(show, search, query, lines, Paged(number, SIZE, total))


def _today(actor: Actor) -> list[Application]:
    today = civil_day(clock.now())
    taken = intake.list_of_hall(actor.offices(), _TODAY_AT_MOST)
    return [
        one
        for one in taken
        if one.submitted_at and civil_day(one.submitted_at) == today and not correct.is_correction(one)
    ]


def _found(actor: Actor, search: str, show: str, offset: int) -> tuple[list[Line], int]:
    if show == "deliver":
        tasks, total = cases.list_tasks(actor, step="deliver", offset=offset, limit=SIZE)
        return [
            _line(one.region, one.case, one.number, one.item_name, gettext("可以领取"), "green", None)
            for one in tasks
        ], total
    status = Status.CORRECTING.value if show == "correcting" else ""
    rows, total = cases.list_cases(actor, search=search, status=status, offset=offset, limit=SIZE)
    return [
        _line(
            one.region,
            one.id,
            one.number,
            one.item_name,
            head(one.status.label),
            "",
            one.received_on,
        )
        for one in rows
    ], total


def _line(region: str, case: UUID, number: str, title: str, state: str, colour: str, on: date | None) -> Line:
    return Line(
        id=f"row-{case}",
        url=reverse("counter:case", args=(region, case)),
        when=dates.day(on) if on else "",
        title=title,
        tail=number[-6:],
        state=state,
        colour=colour,
    )
