"""评价: what was said of an office, window or item, never by whom; appeals against a bad one, and who decides on them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.values import Ground, Review, indicators
from banshi.desks.voices import handed_over
from banshi.desks.voices.seat import DECIDING, POSTS, UNIT, acting, names, regions, today
from banshi.directory.values import covers
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem
from banshi.ui.lists import SIZE, page_number
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Paged, Problem, Row

_BY = {"office": "offices", "item": "items", "window": "windows"}


@access(STAFF, posts=POSTS)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """评价列表 of one's own office, or of the places that one watches: of a month, the newest first."""
    actor, page = acting(request), page_number(request.GET.get("page", ""))
    first, last = month(request)
    name = next((one for one in _BY if request.GET.get(one)), "")
    code, within, bad = request.GET.get(name, "") if name else "", regions(actor), "bad" in request.GET
    own = sorted(actor.offices(*UNIT))
    if not within:  # a unit sees its own
        name, code = "office", code if name == "office" and code in own else next(iter(own), "")
    found, total = queries.list_reviews(
        since_on=first, until_on=last, by=_BY[name] if name else None,  # type: ignore[arg-type]
        code=code, within=within, bad=bad, offset=(page - 1) * SIZE, limit=SIZE,
    )  # fmt: skip
    called = names({one.office for one in found} | set(own))
    words = queries.words_of(found)
    audit.note(act="view_reviews", target=code or "*", outcome="masked", actor=actor.code, at=clock.now())
    shown = {
        "rows": [
            (
                one,
                called.get(one.office, one.office),
                item_name(one.item),
                civil_day(one.at),
                scrubbed(words.get(one.id, "")),
            )
            for one in found
        ],
        "appeals": _waiting(actor),
        "to_mend": handed_over.to_mend(actor),
        "paged": Paged(page, SIZE, total),
        "first": first,
        "bad": bad,
        "own": [(one, called.get(one, one)) for one in own] if not within and len(own) > 1 else [],
        "here": "reviews",
    }
    return render(request, "voices/reviews.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def review(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一条评价."""
    return _page(request, _get(region, id, acting(request)))


@access(STAFF, posts=UNIT)
@require_POST
def appeal(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """申诉 by the rated office."""
    actor = acting(request)
    found = _get(region, id, actor)
    try:
        operations.appeal(
            region=region,
            review=id,
            ground=request.POST.get("ground", ""),
            text=request.POST.get("text", ""),
            actor=actor,
            at=clock.now(),
            command_id=carried(request.POST),
        )
    except Refused as refused:
        return _page(request, found, [problem(refused)])
    return HttpResponseRedirect(reverse("voices:review", args=(region, id)), status=303)


@access(STAFF, posts=DECIDING)
@require_POST
def decide(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """复核 by somebody else."""
    actor = acting(request)
    found = _get(region, id, actor)
    try:
        if request.POST.get("upheld") not in ("yes", "no"):
            raise Refused("upheld", "请选是否同意申诉。", "Choose whether the appeal is right.", "", "upheld")
        operations.decide_appeal(
            region=region,
            review=id,
            upheld=request.POST["upheld"] == "yes",
            text=request.POST.get("text", ""),
            actor=actor,
            at=clock.now(),
            command_id=carried(request.POST),
        )
    except Refused as refused:
        return _page(request, found, [problem(refused)])
    return HttpResponseRedirect(reverse("voices:review", args=(region, id)), status=303)


def month(request: HttpRequest) -> tuple[date, date]:
    """The month asked for, at the latest the present one; its first and last day."""
    now = today().replace(day=1)
    try:
        first = min(date.fromisoformat(f"{request.GET.get('month', '')}-01"), now)
    except ValueError:
        first = now
    first = max(first, date(2001, 1, 1))
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def item_name(code: str) -> str:
    found = catalogue.catalogue().items.get(code)
    return found.definition.name if found else code


def _get(region: str, id: UUID, actor: Actor) -> Review:
    """For the rated office and for whoever watches the place. Raises `NotFound`."""
    found = queries.get_review(region, id)
    watches = any(covers(post.region, region) for post in actor.held if post.kind not in UNIT)
    if not watches and found.office not in actor.offices(*UNIT):
        raise NotFound("评价", "review")
    return found


def _page(request: HttpRequest, found: Review, problems: list[Problem] | None = None) -> HttpResponse:
    actor = acting(request)
    audit.note(act="view_review", target=str(found.id), outcome="masked", actor=actor.code, at=clock.now())
    known = queries.get_appeal(found.region, found.id)
    called = names([found.office], [known[0].by, known[0].decided_by] if known else [])
    chosen = [one.text for one in indicators()[found.grade] if one.code in found.indicators]
    rows = [
        (gettext("等级"), gettext(found.grade.label)),
        (gettext("办理部门"), called.get(found.office, found.office)),
        (gettext("事项"), item_name(found.item)),
        (gettext("窗口"), found.window),
        (gettext("渠道"), gettext(found.channel.label)),
        (gettext("原因"), "；".join(chosen)),
        (gettext("写的话"), scrubbed(queries.words(found))),
    ]
    appealed = known[0] if known else None
    second = bool(appealed and appealed.decided_at is None and actor.posts & DECIDING)
    second = (
        second and appealed is not None and actor.code != appealed.by and found.office not in actor.offices()
    )
    if actor.posts & DECIDING and (handed := queries.find_handover(found.region, found.id)):
        rows.append((gettext("上报省平台"), handed_over.told(handed)))
    typed = request.POST
    shown = {
        "review": found,
        "on": civil_day(found.at),
        "rows": [Row(label=label, value=value) for label, value in rows if value],
        "appeal": appealed,
        "appeal_words": scrubbed(known[1]) if known else "",
        "appeal_fields": _appeal_fields(typed, problems or [])
        if found.grade.bad and not known and found.office in actor.offices(*UNIT)
        else [],
        "decide_fields": _decide_fields(typed, problems or []) if second else [],
        "problems": problems or [],
        "command_id": new_id(),
        "here": "reviews",
    }
    return render(request, "voices/review.html", shown, status=422 if problems else 200)


def _appeal_fields(typed: object, problems: list[Problem]) -> list[Field]:
    grounds = tuple(Option(value=one.value, label=gettext(one.label)) for one in Ground)
    return _two(typed, problems, "ground", gettext("申诉理由"), grounds, gettext("事实和依据"))


def _decide_fields(typed: object, problems: list[Problem]) -> list[Field]:
    options = (
        Option(value="yes", label=gettext("同意申诉，这条评价不计入考核")),
        Option(value="no", label=gettext("不同意，照常计入")),
    )
    return _two(typed, problems, "upheld", gettext("复核意见"), options, gettext("理由"))


def _two(
    typed: object, problems: list[Problem], name: str, label: str, options: tuple[Option, ...], words: str
) -> list[Field]:
    """A choice and the words that go with it."""
    errors = {one.field: one.text for one in problems}
    get = getattr(typed, "get")  # noqa: B009 (a form as it was sent)
    return [
        Field(
            name=name,
            label=label,
            kind="radios",
            options=options,
            value=get(name, ""),
            error=errors.get(name, ""),
        ),
        Field(name="text", label=words, kind="textarea", value=get("text", ""), error=errors.get("text", "")),
    ]


def _waiting(actor: Actor) -> list[tuple[str, str, date]]:
    """Appeals that wait for somebody who may decide: address, office, day."""
    if not actor.posts & DECIDING:
        return []
    found = queries.list_appeals(post.region for post in actor.held if post.kind in DECIDING)
    called = names(one.office for one in found)
    return [
        (
            reverse("voices:review", args=(one.region, one.review)),
            called.get(one.office, one.office),
            civil_day(one.at),
        )
        for one in found
    ]
