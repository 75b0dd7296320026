"""征集和座谈: rounds and meetings, what was said in them and what became of it; points ranked, and who cleared them in time."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.operations import Said
from banshi.contexts.tickets.values import About, Contact, OccasionState, Words
from banshi.contexts.tickets.values.codes import Channel, Gathering, Kind, Nature
from banshi.desks.voices.seat import TAKING, WATCHING, acting, names, regions, today
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import CENTRE, PostKind
from banshi.infra import audit, clock
from banshi.infra.store import new_id, write
from banshi.insight import points
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Problem

SEEING = CENTRE | WATCHING
HOLDING = frozenset({PostKind.DISPATCHER, PostKind.CENTRE_CHIEF})
LINES = 5  # problems that one page of a meeting takes in at once
_FIRMS = "enterprise"
_TYPED = {"firm": "code", "phone": "phone", "project": "project", "category": "category", "text": "text"}


@access(STAFF, posts=SEEING)
@require_http_methods(["GET", "HEAD", "POST"])
def occasions(request: HttpRequest) -> HttpResponse:
    """征集和座谈会, the newest first; POST opens one."""
    actor, problems = acting(request), list[Problem]()
    if request.method == "POST":
        try:
            region, id = _open(request, actor)
        except Refused as refused:
            problems = [problem(refused)]
        else:
            return HttpResponseRedirect(reverse("voices:occasion", args=(region, id)), status=303)
    found = queries.list_occasions(queries.centres_of(actor))
    said = queries.said_of(found)
    shown = {
        "rows": [(one, said[one.id].title if one.id in said else "", one.taking(today())) for one in found],
        "fields": _fields(request.POST, actor, problems) if _places(actor) else [],
        "problems": problems,
        "command_id": request.POST.get("command_id") or new_id(),
        "here": "occasions",
    }
    return render(request, "voices/occasions.html", shown, status=422 if problems else 200)


@access(STAFF, posts=SEEING)
@require_safe
def occasion(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一场: of a round its points, of a meeting each problem with how far it is."""
    actor, state = acting(request), _seen(request, region, id)
    said = queries.said_of([state])[id]
    content: dict[str, Any] = {
        "occasion": state,
        "said": said,
        "questions": _questions(state, said),
        "open": state.taking(today()),
        "may_hold": queries.may_hold(actor, state.centre),
        "may_take": bool(actor.posts & TAKING) and state.taking(today()),
        "command_id": new_id(),
        "here": "occasions",
    }
    if state.kind is Gathering.SURVEY:
        content |= _ranked(state.centre, state.id)
    else:
        content |= _problems(state)
    audit.note(act="view_occasion", target=str(id), outcome="masked", actor=actor.code, at=clock.now())
    return render(request, "voices/occasion.html", content)


@access(STAFF, posts=SEEING)
@require_safe
def all_points(request: HttpRequest) -> HttpResponse:
    """全部堵点 of a centre, wherever they were said, and how the units clear them."""
    centres = queries.centres_of(acting(request))
    centre = request.GET.get("centre", "")
    centre = centre if centre in centres else next((one for one in centres if one.endswith("00")), "")
    shown = {"centres": directory.region_names(centres) if len(centres) > 1 else {}, "centre": centre}
    return render(request, "voices/points.html", shown | _ranked(centre, None) | {"here": "occasions"})


@access(STAFF, posts=TAKING)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """记入一批: several problems said at a meeting become tickets together, or none of them where one is wrong."""
    actor, state, problems = acting(request), _seen(request, region, id), list[Problem]()
    if state.kind is not Gathering.MEETING:
        raise NotFound("座谈会", "meeting")
    if request.method == "POST":
        try:
            _take(request, actor, state)
        except Refused as refused:
            problems = [problem(refused)]
        else:
            return HttpResponseRedirect(reverse("voices:occasion", args=(region, id)), status=303)
    data = request.POST
    errors = {one.field: one.text for one in problems}
    shown = {
        "occasion": state,
        "said": queries.said_of([state])[id],
        "county": _select(
            "region", gettext("哪个县区的事"), _counties(state), data.get("region", ""), errors
        ),
        "lines": [_line(n, data, errors) for n in range(1, LINES + 1)],
        "problems": problems,
        "command_id": data.get("command_id") or new_id(),
        "here": "occasions",
    }
    return render(request, "voices/take_in.html", shown, status=422 if problems else 200)


@access(STAFF, posts=HOLDING)
@require_POST
def close(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """结束一场."""
    operations.close_occasion(
        region=region, id=id, actor=acting(request), at=clock.now(), command_id=_command(request.POST)
    )
    return HttpResponseRedirect(reverse("voices:occasion", args=(region, id)), status=303)


def _seen(request: HttpRequest, region: str, id: UUID) -> OccasionState:
    """Raises `NotFound` for whom it is as if it were not there."""
    state = queries.get_occasion(region, id)
    if not queries.watches(acting(request), state.centre):
        raise NotFound("场次", "occasion")
    return state


def _command(data: QueryDict) -> UUID:
    try:
        return UUID(data.get("command_id", ""))
    except ValueError as error:
        raise BadRequest("command_id") from error


def _open(request: HttpRequest, actor: Actor) -> tuple[str, UUID]:
    data, region = request.POST, request.POST.get("region", "")
    if region not in _places(actor):
        raise Refused("region", "请选是哪里的。", "Choose whose it is.", "", "region")
    classes = [key for key in data.getlist("categories") if key]
    meeting = data.get("kind") == Gathering.MEETING
    opens_on = _day("opens_on", data)
    id = operations.open_occasion(
        region=region,
        kind=data.get("kind", ""),
        said=Said(
            data.get("title", ""),
            data.get("text", ""),
            data.get("location", ""),
            _asked(data.get("questions", "")),
        ),
        opens_on=opens_on,
        closes_on=opens_on if meeting and not data.get("closes_on") else _day("closes_on", data),
        categories=classes,
        actor=actor,
        at=clock.now(),
        command_id=_command(data),
    )
    return region, id


def _asked(text: str) -> dict[str, str]:
    """Questions as they were typed, a line each, by the order that they stand in."""
    lines = [line.strip()[:200] for line in text.splitlines() if line.strip()]
    return {str(n): line for n, line in enumerate(lines[:10], 1)}


def _questions(state: OccasionState, said: Said) -> list[str]:
    known = queries.categories()
    areas = "、".join(gettext(known[key].name) for key in state.categories if key in known)
    return [
        *([gettext("范围：%(areas)s") % {"areas": areas}] if areas else []),
        *(said.questions or {}).values(),
    ]


def _day(name: str, data: QueryDict) -> date | None:
    try:
        typed = data.get(name, "")
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refused("day", "日期请写成2026-03-02的样子。", "A day like 2026-03-02.", field=name) from error


def _ranked(centre: str, occasion: UUID | None) -> dict[str, Any]:
    """Points with all that ranks them, near-same ones beside each other, and what each unit has cleared."""
    found = points.rank(centre, today(), occasion=occasion) if centre else []
    states = [one.point.state for one in found]
    titles = queries.titles((one.region, one.id) for one in states)
    cleared = queries.clearing((one.point for one in found), today())
    called = names({one.lead for one in states} | cleared.keys())
    lines = [
        {
            "ranked": one,
            "url": reverse("voices:ticket", args=(one.point.state.region, one.point.state.id)),
            "title": scrubbed(titles.get(one.point.state.id, "")) or one.point.state.number,
            "office": called.get(one.point.state.lead, ""),
        }
        for one in found
    ]
    return {
        "lines": lines,
        "pairs": _near_same(lines),
        "units": [(called.get(code, code), one) for code, one in cleared.items()],
    }


def _near_same(lines: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """可能是同一件: pairs of points not yet given out, with the address where the clerk may merge the later into the earlier."""
    open_ = [one for one in lines if one["ranked"].point.state.status in ("raised", "returned")]
    open_.sort(key=lambda one: one["ranked"].point.state.raised_at)
    found = []
    for n, earlier in enumerate(queries.near_same_titles([one["title"] for one in open_])):
        if earlier is not None:
            state = open_[n]["ranked"].point.state
            address = reverse("voices:do", args=(state.region, state.id, "merge"))
            found.append((open_[n], open_[earlier], address))
    return found


def _problems(state: OccasionState) -> dict[str, Any]:
    """Each problem of a meeting, and how many are done."""
    found = queries.list_of_occasion(state.id)
    titles = queries.titles((one.region, one.id) for one in found)
    called, known = names({one.lead for one in found}), queries.categories()
    return {
        "tickets": [
            (
                one,
                reverse("voices:ticket", args=(one.region, one.id)),
                scrubbed(titles.get(one.id, "")) or one.number,
                known[one.category].name if one.category in known else "",
                called.get(one.lead, ""),
                "red" if one.status.open and one.due_on and one.due_on < today() else "",
            )
            for one in found
        ],
        "done": sum(not one.status.open for one in found),
        "total": len(found),
    }


def _take(request: HttpRequest, actor: Actor, state: OccasionState) -> None:
    data, at, days = request.POST, clock.now(), calendar()
    region, command = data.get("region", ""), _command(data)
    if region not in _counties(state):
        raise Refused("region", "请选是哪个县区的事。", "Choose the county that it is about.", "", "region")
    wanted = [n for n in range(1, LINES + 1) if data.get(f"title_{n}", "").strip()]
    if not wanted:
        raise Refused("title_needed", "至少写一件。", "State one problem at least.", "", "title_1")

    def typed(name: str, n: int) -> str:
        return data.get(f"{name}_{n}", "").strip()

    def work(tx: Any) -> None:
        for n in wanted:
            contact = Contact(typed("name", n)[:60], typed("phone", n)[:30], firm=typed("firm", n)[:120])
            try:
                operations.raise_ticket(
                    region=region,
                    kind=Kind.ENTERPRISE,
                    channel=Channel.MEETING,
                    words=Words(typed("title", n), typed("text", n)),
                    contact=contact,
                    about=About(firm=typed("code", n), project=typed("project", n)),
                    nature=Nature.SERVICE,
                    category=typed("category", n),
                    occasion=state.id,
                    actor=actor,
                    at=at,
                    calendar=days,
                    command_id=uuid5(command, str(n)),
                )
            except Refused as refused:
                zh, en = f"第{n}件：{refused.zh}", f"No. {n}: {refused.en}"
                raise Refused(
                    refused.rule, zh, en, refused.article, f"{_TYPED.get(refused.field, 'title')}_{n}"
                ) from refused

    write(work, at=at, actor=actor.code)


# ---- fields ----


def _places(actor: Actor) -> dict[str, str]:
    """Where this person may open one: the cities and counties of the centres that they hold a sending post of."""
    found = [code for code in regions(actor) if queries.may_hold(actor, f"{code[:4]}00")]
    named = directory.region_names(found)
    return {code: named[code] for code in sorted(named)}


def _counties(state: OccasionState) -> dict[str, str]:
    below = [one.code for one in directory.list_children(state.region)] if state.region.endswith("00") else []
    named = directory.region_names(below or [state.region])
    return {code: named[code] for code in sorted(named)}


def _select(
    name: str,
    label: str,
    options: dict[str, str],
    value: str,
    errors: dict[str, str],
    *,
    optional: bool = False,
) -> Field:
    shown = tuple(Option(value=key, label=text) for key, text in options.items())
    return Field(
        name=name, label=label, kind="select", options=shown, value=value, error=errors.get(name, ""), optional=optional
    )  # fmt: skip


def _fields(data: QueryDict, actor: Actor, problems: list[Problem]) -> list[Field]:
    errors = {one.field: one.text for one in problems}
    places = _places(actor)
    tops = tuple(
        Option(value=one.key, label=gettext(one.name))
        for one in queries.categories().values()
        if len(one.path) == 1
    )

    def field(name: str, label: str, kind: str = "text", **more: Any) -> Field:
        return Field(
            name=name, label=label, kind=kind, value=data.get(name, ""), error=errors.get(name, ""), **more
        )

    kinds = tuple(Option(value=one.value, label=gettext(one.label)) for one in Gathering)
    return [
        field("kind", gettext("开什么"), "radios", options=kinds, inline=True),
        _select("region", gettext("哪里的"), places, data.get("region", next(iter(places), "")), errors),
        field("title", gettext("名称")),
        field("text", gettext("说明"), "textarea", optional=True, hint=gettext("征集的，所有人都看得到。")),
        field("opens_on", gettext("从哪天"), "calendar"),
        field("closes_on", gettext("到哪天"), "calendar", optional=True, hint=gettext("座谈会只开一天的，不用填。")),
        field("location", gettext("在哪里"), optional=True),
        Field(name="categories", label=gettext("问哪些方面"), kind="checkboxes", value=data.getlist("categories"), options=tops, optional=True, hint=gettext("不选就是什么都可以说。")),
        field("questions", gettext("想问的"), "textarea", optional=True, hint=gettext("一行一个问题，最多十个。")),
    ]  # fmt: skip


def _line(n: int, data: QueryDict, errors: dict[str, str]) -> list[Field]:
    classes = {
        one.key: "›".join(one.path[1:])
        for one in queries.categories().values()
        if one.key.startswith(f"{_FIRMS}.")
    }

    def field(name: str, label: str, kind: str = "text", **more: Any) -> Field:
        name = f"{name}_{n}"
        return Field(
            name=name, label=label, kind=kind, value=data.get(name, ""), error=errors.get(name, ""), **more
        )

    return [
        field("title", gettext("一句话说是什么事"), optional=n > 1),
        _select(f"category_{n}", gettext("分类"), classes, data.get(f"category_{n}", ""), errors, optional=True),
        field("firm", gettext("企业名称"), optional=True),
        field("code", gettext("统一社会信用代码"), "id_number", optional=True),
        field("name", gettext("联系人"), optional=True),
        field("phone", gettext("电话"), "phone", optional=True),
        field("project", gettext("项目代码"), "id_number", optional=True),
        field("text", gettext("说了什么"), "textarea", optional=True, rows=2),
    ]  # fmt: skip
