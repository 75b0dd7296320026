"""接待: sit down at a window, read a card, see who it is, and find what they came for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.intake import queries as intake
from banshi.desks.counter.lines import Line, drafts, matters
from banshi.desks.counter.seat import (
    POSTS,
    Visitor,
    acting,
    greet,
    look,
    seat,
    see_off,
    visitor,
    windows,
)
from banshi.desks.counter.seat import sit as sit_down
from banshi.directory import operations
from banshi.directory.values import PartyKind, PartyRef
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.ids import BadId, ResidentId, parse_uscc, tidy
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem, said
from banshi.ui.parts import Problem

_HITS = 40


@access(STAFF, posts=POSTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """收件: the field that a card reader types into, and what this clerk has not finished."""
    return _home(request)


@access(STAFF, posts=POSTS)
@require_POST
def sit(request: HttpRequest) -> HttpResponse:
    """坐到窗口: which window receipts name and matters are taken at."""
    chosen = next((one for one in windows(acting(request)) if _name(one) == request.POST.get("window")), None)
    if chosen is None:
        return _home(request, [Problem(text=gettext("请选一个窗口。"), field="window")])
    sit_down(request, chosen)
    return HttpResponseRedirect(reverse("counter:home"), status=303)


@access(STAFF, posts=POSTS)
@require_POST
@sensitive_post_parameters("number")
def read(request: HttpRequest) -> HttpResponse:
    """刷身份证: somebody known is served at once; somebody new is recorded first."""
    actor, typed = acting(request), tidy(request.POST.get("number", ""))
    try:
        kind, number = _number(typed)
    except BadId as error:
        return _home(request, [Problem(text=said(error.zh, error.en), field="number")], typed)
    if kind is PartyKind.ENTERPRISE:
        text = gettext("请先刷来办事的人的身份证；企业在下一步填。")
        return _home(request, [Problem(text=text, field="number")], typed)
    found = operations.look_up(number=number, purpose="counter", actor=actor, at=clock.now())
    if found is None:
        return _unknown(request, kind, number)
    greet(request, Visitor(found[0]))
    return HttpResponseRedirect(reverse("counter:choose"), status=303)


@access(STAFF, posts=POSTS)
@require_POST
@sensitive_post_parameters("number", "name", "phone")
def record(request: HttpRequest) -> HttpResponse:
    """登记: who is here for the first time, by the card or licence they show."""
    content = {key: request.POST.get(key, "") for key in ("name", "phone", "address")}
    kind = PartyKind.ENTERPRISE if request.POST.get("kind") == PartyKind.ENTERPRISE else PartyKind.PERSON
    number = request.POST.get("number", "")
    try:
        ref = operations.create_party(
            kind=kind,
            number=number,
            content={key: value for key, value in content.items() if value.strip()},
            actor=acting(request),
            at=clock.now(),
        )
    except Refused as refused:
        return _unknown(request, kind, number, content, refused)
    return _received(request, ref)


@access(STAFF, posts=POSTS)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """选事项: any item or bundle on the left, the person and their matters on the right."""
    here = visitor(request)
    if here is None or seat(request) is None:
        return HttpResponseRedirect(reverse("counter:home"))
    return _choose(request, here)


@access(STAFF, posts=POSTS)
@require_POST
@sensitive_post_parameters("number")
def firm(request: HttpRequest) -> HttpResponse:
    """替企业办: the firm that this person comes for, by its 统一社会信用代码."""
    here = visitor(request)
    if here is None:
        return HttpResponseRedirect(reverse("counter:home"), status=303)
    try:
        number = parse_uscc(request.POST.get("number", ""))
    except BadId as error:
        return _choose(request, here, [Problem(text=said(error.zh, error.en), field="number")])
    found = operations.look_up(number=number, purpose="counter", actor=acting(request), at=clock.now())
    return _received(request, found[0]) if found else _unknown(request, PartyKind.ENTERPRISE, number)


@access(STAFF, posts=POSTS)
@require_POST
def next_one(request: HttpRequest) -> HttpResponse:
    """下一位: nothing of the last visitor stays on the screen."""
    see_off(request)
    return HttpResponseRedirect(reverse("counter:home"), status=303)


def _home(request: HttpRequest, problems: list[Problem] | None = None, typed: str = "") -> HttpResponse:
    actor = acting(request)
    here = seat(request)
    error = problems[0].text if problems else ""
    shown = {
        "here": here,
        "window": _window(actor, error),
        "number": Field(
            name="number",
            label=gettext("刷身份证，或者输入身份证号码，按回车"),
            kind="id_number",
            value=typed,
            error=error,
            wedge=True,
            autofocus=not problems,
        ),
        "problems": problems or [],
        "drafts": drafts(actor),
        "waiting": cases.list_tasks(actor, step="deliver", limit=0)[1],
    }
    return render(request, "counter/home.html", shown, status=422 if problems else 200)


def _window(actor: Actor, error: str) -> Field:
    options = tuple(
        Option(
            value=_name(one),
            label=gettext("%(hall)s %(window)s 号窗口") % {"hall": one.hall.name, "window": one.window},
        )
        for one in windows(actor)
    )
    return Field(
        name="window",
        label=gettext("您今天坐几号窗口"),
        kind="select",
        options=options,
        error=error,
        autofocus=True,
    )


def _choose(request: HttpRequest, here: Visitor, problems: list[Problem] | None = None) -> HttpResponse:
    actor, at = acting(request), clock.now()
    refs = [ref for ref in (here.person, here.firm) if ref]
    words = request.GET.get("q", "").strip()
    shown: dict[str, Any] = {
        "here": seat(request),
        "visitor": here,
        "known": look(actor, here.person, "serve", at),
        "firm": look(actor, here.firm, "serve", at) if here.firm else {},
        "number": Field(
            name="number",
            label=gettext("统一社会信用代码"),
            kind="id_number",
            value=request.POST.get("number", ""),
            error=problems[0].text if problems else "",
        ),
        "words": words,
        "hits": _hits(words, here),
        "guides": guidance.search(words) if words else [],
        "command_id": new_id(),
        "matters": _matters(actor, [ref.id for ref in refs]),
        "problems": problems or [],
    }
    return render(request, "counter/choose.html", shown, status=422 if problems else 200)


def _hits(words: str, here: Visitor) -> list[tuple[catalogue.Hit, str]]:
    """What the words find, each with for whom it would be taken in: "" when a firm is needed first."""
    current = catalogue.catalogue()
    found = []
    for hit in catalogue.search(words, _HITS):
        one = current.bundles[hit.code] if hit.kind == "bundle" else current.items[hit.code]
        subject = here.subject(one.definition.applicants)
        word = {PartyKind.PERSON: gettext("个人"), PartyKind.ENTERPRISE: gettext("企业")}
        found.append((hit, word[subject.kind] if subject else ""))
    return found


def _matters(actor: Actor, parties: list[UUID]) -> list[Line]:
    """What these have going on at this clerk's halls; what was taken elsewhere is not shown here."""
    mine = [one for one in intake.list_submitted(parties) if one.hall in actor.offices()]
    return matters(mine, actor)


def _unknown(
    request: HttpRequest,
    kind: PartyKind,
    number: str,
    typed: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    wrong = refused.field if refused else ""
    labels = {
        "name": gettext("姓名") if kind is PartyKind.PERSON else gettext("企业名称"),
        "phone": gettext("手机号码") if kind is PartyKind.PERSON else gettext("联系电话"),
        "address": gettext("现住址") if kind is PartyKind.PERSON else gettext("住所"),
    }
    fields = [
        Field(
            name=key,
            label=label,
            kind="phone" if key == "phone" else "text",
            value=(typed or {}).get(key, ""),
            optional=key != "name",
            autocomplete="off",
            autofocus=key == "name" and not refused,
            error=said(refused.zh, refused.en) if refused and wrong == key else "",
        )
        for key, label in labels.items()
    ]
    shown = {
        "here": seat(request),
        "kind": kind.value,
        "number": number,
        "fields": fields,
        "problems": [problem(refused)] if refused else [],
    }
    return render(request, "counter/record.html", shown, status=422 if refused else 200)


def _received(request: HttpRequest, ref: PartyRef) -> HttpResponse:
    """A person is whoever stands here; a firm is whom the person stands here for."""
    here = visitor(request)
    if ref.kind is PartyKind.PERSON:
        greet(request, Visitor(ref))
    elif here is not None:
        greet(request, Visitor(here.person, ref))
    return HttpResponseRedirect(reverse("counter:choose"), status=303)


def _number(typed: str) -> tuple[PartyKind, str]:
    """Raises `BadId` with what is wrong with a resident number, unless it is a good 统一社会信用代码."""
    try:
        return PartyKind.PERSON, ResidentId.parse(typed).number
    except BadId as error:
        try:
            return PartyKind.ENTERPRISE, parse_uscc(typed)
        except BadId:
            raise error from None


def _name(one: Any) -> str:
    return f"{one.hall.code}/{one.window}"
