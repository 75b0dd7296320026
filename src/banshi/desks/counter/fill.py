"""收件: questions, form and materials of one application on one page; every sending keeps what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.guidance.values import Question
from banshi.contexts.intake import operations as intake
from banshi.desks.counter.fields import OUTSIDE, field, label, origin, read, shown
from banshi.desks.counter.papers import hand_over, rack
from banshi.desks.counter.seat import POSTS, acting, look, seat, visitor
from banshi.desks.counter.words import face
from banshi.directory import queries as directory
from banshi.flows import apply, bring
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem, said
from banshi.ui.parts import Problem, Row

type Titled = tuple[str, list[Field]]

_INLINE = 4
_HEAD, _ROW, _BESIDE = (
    60,
    64,
    3,
)  # pixels of a section's heading and of a row of fields; fields beside each other


@access(STAFF, posts=POSTS)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """开始一件: a draft for whoever stands here, at this window; pressed twice, it is one draft."""
    here, window = visitor(request), seat(request)
    if here is None or window is None:
        return HttpResponseRedirect(reverse("counter:home"), status=303)
    if request.POST.get("person") != str(here.person.id):
        raise Refused(
            "another_visitor",
            "这一页打开以后换了办事人，没有开始收件。请回到首页重新刷身份证。",
            "Somebody else is being served since this page was opened; nothing was begun. Read the card again.",
        )
    kind, _, code = request.POST.get("target", "").partition(":")
    what = apply.target(kind, code)
    subject = here.subject(what.applicants)
    if subject is None:
        raise Refused(
            "firm_needed",
            f"“{what.plain_name}”是企业办的事，请先填企业的统一社会信用代码。",
            f"'{what.name}' is for firms: give the firm's credit code first.",
        )
    id = intake.start(
        region=window.hall.region_code,
        party=subject.id,
        target=what.key,
        title=what.plain_name,
        channel="window",
        actor=acting(request),
        at=clock.now(),
        hall=window.hall.code,
        window=window.window,
        command_id=carried(request.POST),
    )
    return HttpResponseRedirect(reverse("counter:draft", args=(window.hall.region_code, id)), status=303)


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def draft(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """填写: GET shows the one page, POST keeps all that is on it; `act=check` goes on when nothing is missing."""
    now = _mine(region, id, acting(request), clock.now())
    if now.application.submitted_at:
        return HttpResponseRedirect(reverse("counter:receipt", args=(region, id)))
    return _keep(request, now) if request.method == "POST" else _page(request, now)


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """核对: read out to the applicant, then submitted once."""
    actor, at = acting(request), clock.now()
    now = _mine(region, id, actor, at)
    back = HttpResponseRedirect(reverse("counter:receipt", args=(region, id)), status=303)
    if now.application.submitted_at:
        return back
    if request.method != "POST":
        return _check_page(request, now)
    try:
        apply.submit(region=region, id=id, actor=actor, at=at, command_id=carried(request.POST))
    except apply.Incomplete as incomplete:
        return _page(request, now, {one.field: said(one.zh, one.en) for one in incomplete.problems})
    except NotFound:
        raise
    except Refused as refused:
        return _check_page(request, now, refused)
    return back


@access(STAFF, posts=POSTS)
@require_POST
def discard(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """不办了: the draft and all that was typed are gone."""
    intake.discard(region=region, id=id, actor=acting(request), at=clock.now())
    return HttpResponseRedirect(reverse("counter:home"), status=303)


def _mine(region: str, id: UUID, actor: Actor, at: datetime) -> apply.Standing:
    """A draft is its own clerk's alone; what was submitted is the hall's. Raises `NotFound`."""
    now = apply.standing(region, id, actor, at)
    if now.application.submitted_at is None and now.application.owner != actor.code:
        raise NotFound("申请", "application")
    return now


def _keep(request: HttpRequest, now: apply.Standing) -> HttpResponse:
    application, actor, at = now.application, acting(request), clock.now()
    region, id, act = application.region, application.id, request.POST.get("act", "")
    answered = {
        question.code: request.POST[f"q_{question.code}"]
        for question in now.target.questions
        if f"q_{question.code}" in request.POST
    }
    # What is known and left as it is stays known: nobody answered it.
    for one in now.progress.known:
        if answered.get(one.question.code) == one.choice.key:
            del answered[one.question.code]
    if answered:
        kept = {code: said for code, said in now.progress.answers.items() if code in now.application.answers}
        intake.answer(region=region, id=id, answers={**kept, **answered}, actor=actor, at=at)
    typed = read(now.form.fields, request.POST, now.filled, now.typed)
    if typed:
        intake.save(region=region, id=id, values=typed, actor=actor, at=at)
    if act == "quiet":
        return _page(request, apply.standing(region, id, actor, at))
    wrong = hand_over(request, now.form.materials, now.evidence, region=region, id=id, actor=actor, at=at)
    if act.startswith("remove:"):
        gone = next((one.id for one in now.evidence if str(one.id) == act.removeprefix("remove:")), None)
        if gone:
            intake.detach(region=region, id=id, evidence=gone, actor=actor, at=at)
    wrong |= _bring(request, now, act)
    shown = {one.code for one in now.form.fields}
    now = apply.standing(region, id, actor, at)
    if "add" in request.POST or "drop" in request.POST:
        return _page(request, now, wrong)
    if act == "check" and any(_unseen(one, now, shown) for one in now.form.fields):
        return HttpResponseRedirect(reverse("counter:draft", args=(region, id)), status=303)
    if act == "check":
        wrong |= {one.field: said(one.zh, one.en) for one in apply.problems(now, at)}
    if wrong:
        return _page(request, now, wrong)
    name = "counter:check" if act == "check" else "counter:draft"
    return HttpResponseRedirect(reverse(name, args=(region, id)), status=303)


def _unseen(one: Asked, now: apply.Standing, shown: set[str]) -> bool:
    """Whether what was typed brought up this field: it has to be seen before anything is handed in."""
    return one.code not in shown and not one.computed and one.required and not now.values.get(one.code)


def _bring(request: HttpRequest, now: apply.Standing, act: str) -> dict[str, str]:
    """带出, as whoever stands here says; what went wrong with it."""
    application = now.application
    place: dict[str, Any] = {
        "region": application.region, "id": application.id, "actor": acting(request), "at": clock.now(),
    }  # fmt: skip
    if act == "bring" and not bring.agree(wanted=now.wanted, **place):
        return {"": gettext("登记库暂时连不上，可以过一会儿再试，也可以自己填。")}
    if act == "decline":
        bring.decline(**place)
    return {}


def _page(request: HttpRequest, now: apply.Standing, wrong: Mapping[str, str] | None = None) -> HttpResponse:
    errors = wrong or {}
    values = now.values | _of_visitor(request, now)
    # Where the keyboard waits: Enter, also a card reader's, keeps everything and goes on to what is still empty.
    empty = (one for one in now.form.fields if one.required and not one.computed and not values.get(one.code))
    waits = None if errors else next(empty, None)
    sections = [
        (
            section.title,
            [
                field(
                    one,
                    values.get(one.code, ""),
                    errors,
                    autofocus=one is waits,
                    source=_source(now, one),
                    more=request.POST.get("add") == one.code,
                )
                for one in section.fields
            ],
        )
        for section in now.form.sections
    ]
    ready = now.progress.next is None
    shown_here = {
        "here": seat(request),
        "now": now,
        "subject": _subject(request, now),
        "questions": _questions(now),
        "columns": _columns(sections, len(now.form.materials)) if ready else [],
        "known": sum(one.code in now.filled for one in now.form.fields),
        "sheets": rack(now.form.materials, now.evidence, now.held, errors) if ready else [],
        "ready": ready and bool(now.chosen),
        "wanted": list(dict.fromkeys(origin(source) for source in sorted(now.wanted))) if ready else [],
        "needs": [(label(one), one.items) for one in now.form.fields]
        if ready and len(now.chosen) > 1
        else [],
        "saved": now.form.separate_fields - len(now.form.fields),
        "problems": [Problem(text=text, field=code.replace(".", "-")) for code, text in errors.items()],
    }
    return render(request, "counter/draft.html", shown_here, status=422 if errors else 200)


def _source(now: apply.Standing, one: Asked) -> str:
    """Where a value came from that nobody typed here; what the platform itself knows is counted above."""
    found = now.filled.get(one.code)
    if found is None or one.code in now.typed or one.computed:
        return ""
    return origin(found.source) if found.source.partition(".")[0] in OUTSIDE else ""


def _columns(sections: list[Titled], materials: int) -> tuple[list[Titled], list[Titled]]:
    """Two columns of about the same height, read one after the other; the materials stand below the second."""
    heights = [_HEAD + _ROW * -(-len(fields) // _BESIDE) for _, fields in sections]
    half, height, count = (sum(heights) + _HEAD + _ROW * materials) / 2, 0, 0
    while count < len(heights) and (count == 0 or height + heights[count] / 2 <= half):
        height += heights[count]
        count += 1
    return sections[:count], sections[count:]


def _questions(now: apply.Standing) -> list[Field]:
    """Those known and those answered, to be changed at a press, and the next one, where the keyboard waits."""
    asked = [_question(one.question, one.choice.key, source=origin(one.fact)) for one in now.progress.known]
    asked += [_question(question, choice.key) for question, choice in now.progress.answered]
    return [*asked, _question(now.progress.next, "", autofocus=True)] if now.progress.next else asked


def _question(question: Question, value: str, *, source: str = "", autofocus: bool = False) -> Field:
    options = tuple(Option(value=one.key, label=one.text, hint=one.help) for one in question.choices)
    return Field(
        name=f"q_{question.code}",
        label=question.text,
        kind="radios",
        value=value,
        hint=question.help,
        options=options,
        source=source,
        inline=len(options) <= _INLINE and not any(one.hint for one in options),
        autofocus=autofocus,
    )


def _of_visitor(request: HttpRequest, now: apply.Standing) -> dict[str, str]:
    """For a firm, whoever stands here is the one who handles it: their name and number need no typing."""
    here = visitor(request)
    if here is None or here.firm is None or here.firm.id != now.application.party:
        return {}
    known = directory.known_values(here.person.region_code, here.person.id)
    return {
        one.code: known[source]
        for one in now.form.fields
        if one.code not in now.values
        for source in one.sources[:1]
        if source in known
    }


def _subject(request: HttpRequest, now: apply.Standing) -> dict[str, str]:
    """Whom it is for: shown masked on top of the page, and on record."""
    ref = directory.find_party_by_id(now.application.party)
    return face(look(acting(request), ref, str(now.application.id), clock.now())) if ref else {}


def _check_page(request: HttpRequest, now: apply.Standing, refused: Refused | None = None) -> HttpResponse:
    values = now.values
    sections = [
        (
            section.title,
            [Row(label=one.label, value=shown(one, values.get(one.code, ""))) for one in section.fields],
        )
        for section in now.form.sections
    ]
    found = {
        "here": seat(request),
        "now": now,
        "subject": _subject(request, now),
        "sections": sections,
        "sheets": rack(now.form.materials, now.evidence, now.held, {}),
        "command_id": new_id(),
        "problems": [problem(refused)] if refused else [],
    }
    return render(request, "counter/check.html", found, status=422 if refused else 200)
