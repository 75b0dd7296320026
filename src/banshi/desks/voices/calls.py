"""回访中心: the queue; one call with its script, its number for who has claimed it, and what came of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.values import About, Call, CallStatus, Grade, Outcome, indicators
from banshi.contexts.tickets import queries as tickets
from banshi.desks.voices.seat import CALLING, acting, names, today
from banshi.directory.calendar import calendar
from banshi.flows import call_backs, rate
from banshi.infra import clock
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import light
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.dates import brief, left
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem
from banshi.ui.lists import SIZE, page_number
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Paged, Problem, Row

SHOWN = ("open", "mine", "later", "done")
_REACHED = {"name": gettext_lazy("姓名"), "phone": gettext_lazy("电话")}


@access(STAFF, posts=CALLING)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """待回访: what is due first stands first."""
    return render(request, "voices/calls.html", _queue(request, acting(request)))


@access(STAFF, posts=CALLING)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """领下一件."""
    found = operations.claim_next_call(actor=acting(request), at=clock.now())
    if found is None:
        return HttpResponseRedirect(reverse("voices:calls", query={"none": "1"}), status=303)
    return HttpResponseRedirect(reverse("voices:call", args=found), status=303)


@access(STAFF, posts=CALLING)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一件回访: claimed by POST; only then there is a number, and each look at it is on record."""
    actor = acting(request)
    found = queries.get_call(region, id, actor)
    if request.method == "POST":
        operations.claim_call(region=region, id=id, actor=actor, at=clock.now())
        return HttpResponseRedirect(reverse("voices:call", args=(region, id)), status=303)
    return _page(request, found, actor)


@access(STAFF, posts=CALLING)
@require_POST
def release(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """放回去."""
    operations.release_call(region=region, id=id, actor=acting(request), at=clock.now())
    return HttpResponseRedirect(reverse("voices:calls"), status=303)


@access(STAFF, posts=CALLING)
@require_POST
def record(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """登记结果, with the grade that the person gave, if they did; then the next one."""
    actor = acting(request)
    found = queries.get_call(region, id, actor)
    try:
        _record(request, found, actor)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, found, actor, [problem(refused)])
    return HttpResponseRedirect(reverse("voices:calls", query={"done": "1"}), status=303)


def _record(request: HttpRequest, found: Call, actor: Actor) -> None:
    """The review and the answer, together or not at all."""
    data, at = request.POST, clock.now()
    command_id = carried(data)
    outcome, grade = data.get("outcome", ""), data.get("grade", "")
    answered = outcome in (Outcome.CONTENT, Outcome.NOT_CONTENT)

    def work(_: Tx) -> None:
        if grade and answered and found.about is About.CASE:
            said = rate.Said(grade, data.getlist("indicators"), data.get("text", ""))
            rate.rate_in_call(call=found, said=said, actor=actor, at=at)
        call_backs.record(
            call=found,
            outcome=outcome,
            text=data.get("text", ""),
            suggests="suggests" in data,
            actor=actor,
            at=at,
        )

    write(work, at=at, actor=actor.code, region=found.region, command_id=command_id)


def _page(
    request: HttpRequest, found: Call, actor: Actor, problems: list[Problem] | None = None
) -> HttpResponse:
    at = clock.now()
    contact = queries.contact_of(found, actor, at)
    script = queries.settings_for(found.region).scripts[found.about.value]
    offices, title = names([found.office]), _titles([found])[found.id]
    rows = [
        (gettext("事由"), gettext(found.about.label)),
        (gettext("事项"), title),
        (gettext("办理部门"), offices.get(found.office, found.office)),
        (gettext("窗口"), found.window),
        (gettext("打过几次"), str(found.attempts) if found.attempts else ""),
        (gettext("结果"), gettext(found.outcome.label) if found.outcome else ""),
    ]
    shown = _queue(request, actor, found) | {
        "call": found,
        "contact": [
            Row(label=str(label), value=contact[key]) for key, label in _REACHED.items() if contact.get(key)
        ],
        "rows": [Row(label=label, value=value) for label, value in rows if value],
        "title": title,
        "lines": [line.format(title=title) for line in script.lines],
        "reply": _reply(found) if contact else "",
        "fields": _fields(request, found, problems or []) if contact else [],
        "word": left(found.due_on, today(), calendar()),
        "problems": problems or [],
        "command_id": new_id(),
    }
    return render(request, "voices/call.html", shown, status=422 if problems else 200)


def _reply(found: Call) -> str:
    """What the unit has answered, to be told to the person."""
    if found.about is not About.TICKET:
        return ""
    entries = [
        one
        for one in tickets.trail(found.region, found.subject)
        if one.kind.endswith(".replied") and one.text
    ]
    if not entries or entries[-1].text is None:
        return ""
    return tickets.texts(found.region, [entries[-1].text]).get(entries[-1].text, "")


def _fields(request: HttpRequest, found: Call, problems: list[Problem]) -> list[Field]:
    data, errors = request.POST, {one.field: one.text for one in problems}
    fields = [
        Field(
            name="outcome",
            label=gettext("结果"),
            kind="radios",
            inline=True,
            value=data.get("outcome", ""),
            error=errors.get("outcome", ""),
            options=tuple(Option(value=one.value, label=gettext(one.label)) for one in Outcome),
        )
    ]
    if found.about is About.CASE and queries.find_review(found.region, found.subject) is None:
        fields += [
            Field(
                name="grade",
                label=gettext("对方给的评价（没有说就不选）"),
                kind="radios",
                inline=True,
                optional=True,
                value=data.get("grade", ""),
                error=errors.get("grade", ""),
                options=tuple(Option(value=one.value, label=gettext(one.label)) for one in Grade),
            ),
            Field(
                name="indicators",
                label=gettext("不满意在哪里"),
                kind="checkboxes",
                optional=True,
                value=data.getlist("indicators"),
                error=errors.get("indicators", ""),
                options=tuple(
                    Option(value=one.code, label=f"{gettext(grade.label)}：{one.text}")
                    for grade in Grade
                    if grade.bad
                    for one in indicators()[grade]
                ),
            ),
        ]
    words = Field(
        name="text",
        label=gettext("对方说了什么"),
        kind="textarea",
        optional=True,
        value=data.get("text", ""),
        error=errors.get("text", ""),
    )
    suggestion = Option(value="on", label=gettext("这是意见建议，转给单位，5个工作日答复"))
    return [
        *fields,
        words,
        Field(
            name="suggests",
            label=gettext("同时"),
            kind="checkboxes",
            optional=True,
            value=["on"] if "suggests" in data else [],
            error=errors.get("suggests", ""),
            options=(suggestion,),
        ),
    ]


def _queue(request: HttpRequest, actor: Actor, opened: Call | None = None) -> dict[str, object]:
    show = request.GET.get("show", "open")
    if show not in SHOWN:
        raise Http404
    page, at = page_number(request.GET.get("page", "")), clock.now()
    rows, total = queries.list_calls(actor, at, show=show, offset=(page - 1) * SIZE, limit=SIZE)
    titles = _titles(rows)
    return {
        "show": show,
        "counts": queries.count_calls(actor, at),
        "queue": [
            (
                one,
                titles[one.id],
                brief(one.due_on, today(), calendar()),
                _light(one),
                bool(opened and one.id == opened.id),
            )
            for one in rows
        ],
        "paged": Paged(page, SIZE, total),
        "none": "none" in request.GET,
        "done": "done" in request.GET,
        "here": "calls",
    }


def _titles(calls: list[Call]) -> dict[UUID, str]:
    """What each call is about, in words: of a ticket, what was said, with numbers masked."""
    said = tickets.titles((one.region, one.subject) for one in calls if one.about is About.TICKET)
    return {one.id: scrubbed(said.get(one.subject, "")) or one.title for one in calls}


def _light(call: Call) -> str:
    return "" if call.status is CallStatus.DONE else light(call.due_on, call.due_on, today())
