"""登记: with what this number has said before at hand. The number is typed into a form and never stands in an address."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banshi.contexts.cases import queries as cases
from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.values import About, Contact, Words
from banshi.contexts.tickets.values.codes import Channel, Kind, Nature, Urgency
from banshi.desks.voices import suggested
from banshi.desks.voices.seat import TAKING, acting, regions, today
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.ids import tidy
from banshi.ui import dates
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.language import problem
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Problem

_BY_STAFF = (Channel.PHONE, Channel.WINDOW, Channel.LINE, Channel.UPPER, Channel.WEB, Channel.APP)
_MADE_ELSEWHERE = (Kind.BAD_REVIEW,)


@access(STAFF, posts=TAKING)
@require_http_methods(["GET", "HEAD", "POST"])
def raise_ticket(request: HttpRequest) -> HttpResponse:
    """登记一件: `look` shows the number's history and keeps what was typed; otherwise the ticket is made."""
    actor = acting(request)
    problems: list[Problem] = []
    if request.method == "POST" and "look" not in request.POST:
        try:
            region, id = _raise(request, actor)
        except Refused as refused:
            problems = [problem(refused)]
        else:
            address = reverse("voices:ticket", args=(region, id), query={"done": "raised"})
            return HttpResponseRedirect(address, status=303)
    history, total = _history(request, actor)
    groups = _fields(request.POST, actor, problems, request.GET.get("occasion", ""))
    if request.method == "POST":
        said = Words(request.POST.get("title", ""), request.POST.get("text", ""))
        groups = [suggested.beside(one, said, request.POST.get("region", ""), "office") for one in groups]
    shown = {
        "groups": groups,
        "history": history,
        "total": total,
        "looked": "look" in request.POST,
        "problems": problems,
        "command_id": request.POST.get("command_id") or new_id(),
    }
    return render(request, "voices/intake.html", shown, status=422 if problems else 200)


def _raise(request: HttpRequest, actor: Actor) -> tuple[str, UUID]:
    data = request.POST
    region = data.get("region", "")
    if region not in _places(actor):
        raise Refused("region", "请选是哪个县区的事。", "Choose the county that it is about.", "", "region")
    command_id = carried(data)
    phone, name = data.get("phone", "").strip()[:30], data.get("name", "").strip()[:60]
    id, _ = operations.raise_ticket(
        region=region,
        kind=data.get("kind", ""),
        channel=data.get("channel", ""),
        words=Words(data.get("title", ""), data.get("text", ""), data.get("location", "")[:200]),
        contact=Contact(name, phone, firm=data.get("firm_name", "").strip()[:120])
        if phone or data.get("firm_name")
        else None,
        about=msgspec.structs.replace(
            _about(data, region),
            firm=data.get("firm", "").strip()[:40],
            project=data.get("project", "").strip()[:60],
        ),
        occasion=_occasion(data),
        nature=data.get("nature", ""),
        category=data.get("category", ""),
        urgency=data.get("urgency", ""),
        confidential="confidential" in data,
        no_reply="no_reply" in data,
        actor=actor,
        at=clock.now(),
        calendar=calendar(),
        command_id=command_id,
    )
    return region, id


def _occasion(data: QueryDict) -> UUID | None:
    """In which round or meeting it was said. Raises `Refused` for what is none."""
    try:
        typed = data.get("occasion", "")
        return UUID(typed) if typed else None
    except ValueError as error:
        raise Refused(
            "occasion", "请从列出的场次中选。", "Choose one of those listed.", field="occasion"
        ) from error


def _about(data: QueryDict, region: str) -> About:
    """What it is about: an office, and a case by its number. Raises `Refused` for a number that is none."""
    typed = tidy(data.get("case_number", ""))
    if not typed:
        return About(office=data.get("office", "")[:40])
    state = cases.find_by_number(typed)
    if state is None:
        raise Refused(
            "case_number",
            "没有这个编号的办件，请核对。",
            "There is no case of this number.",
            "",
            "case_number",
        )
    office = data.get("office", "")[:40] or state.office
    return About(case=state.id, case_number=state.number, item=state.plan.item, office=office)


def _history(request: HttpRequest, actor: Actor) -> tuple[list[tuple[str, str, str, str]], int]:
    """来电人的历史: address, title, status and day of each; the look is on record, without the number."""
    phone = request.POST.get("phone", "").strip()
    if not phone:
        return [], 0
    audit.note(act="view_history", target="ticket", outcome="shown", actor=actor.code, at=clock.now())
    rows, total = queries.history(actor, phone=phone)
    titles = queries.titles((row.region, row.id) for row in rows)
    return [
        (
            reverse("voices:ticket", args=(row.region, row.id)),
            scrubbed(titles.get(row.id, "")) or row.number,
            gettext(row.status.label),
            dates.fullday(row.raised_at),
        )
        for row in rows
    ], total


def _places(actor: Actor) -> dict[str, str]:
    codes = [code for code in regions(actor) if not code.endswith("00")] or regions(actor)
    return directory.region_names(codes)


def _fields(data: QueryDict, actor: Actor, problems: list[Problem], asked: str = "") -> list[list[Field]]:
    """Who, of what kind, in which words, to whom it belongs, for which firm, how: each a group side by side."""
    errors = {one.field: one.text for one in problems}
    places = _places(actor)
    offices = [one for code in [*places, *regions(actor)] for one in directory.list_offices(code)]
    leaves = [one for one in queries.categories().values() if one.leaf]
    centres = {f"{code[:4]}00" for code in places}
    found = queries.list_occasions(centres, on=today())
    said = queries.said_of(found)
    rounds = {str(one.id): said[one.id].title for one in found if one.id in said}
    chosen = asked if asked in rounds else ""

    def field(name: str, label: str, kind: str = "text", before: str = "", **more: object) -> Field:
        value = data.get(name, before)
        return Field(name=name, label=label, kind=kind, value=value, error=errors.get(name, ""), **more)  # type: ignore[arg-type]

    def select(name: str, label: str, options: dict[str, str], before: str = "", **more: object) -> Field:
        shown = tuple(Option(value=key, label=text) for key, text in options.items())
        return field(name, label, "select", before, options=shown, **more)

    def tick(name: str, heading: str, label: str) -> Field:
        value = ["on"] if name in data else []
        return Field(
            name=name,
            label=heading,
            kind="checkboxes",
            value=value,
            options=(Option(value="on", label=label),),
            optional=True,
        )

    return [
        [
            field("phone", gettext("电话"), "phone", optional=True, hint=gettext("填了可以先查以前说过什么；不留电话就是匿名")),
            field("name", gettext("称呼"), optional=True),
        ],
        [
            select("kind", gettext("类型"), {one.value: gettext(one.label) for one in Kind if one not in _MADE_ELSEWHERE}, Kind.HOTLINE.value),
            select("channel", gettext("来源"), {one.value: gettext(one.label) for one in _BY_STAFF}, Channel.PHONE.value),
            select("nature", gettext("性质"), {one.value: gettext(one.label) for one in Nature}, Nature.COMPLAINT.value),
            select("urgency", gettext("紧急程度"), {one.value: gettext(one.label) for one in Urgency}, Urgency.NORMAL.value),
            select("region", gettext("哪个县区的事"), places, "".join(places) if len(places) == 1 else ""),
        ],
        [field("title", gettext("一句话说是什么事"))],
        [field("text", gettext("说了什么"), "textarea", optional=True)],
        [
            field("location", gettext("地点"), optional=True),
            select("category", gettext("分类"), {one.key: "›".join(one.path) for one in leaves}, optional=True),
            select("office", gettext("说的是哪个部门"), {one.code: one.name for one in offices}, optional=True),
            field("case_number", gettext("办件编号"), optional=True),
        ],
        [
            field("firm_name", gettext("企业名称"), optional=True, hint=gettext("企业说的，填这三项")),
            field("firm", gettext("统一社会信用代码"), "id_number", optional=True),
            field("project", gettext("项目代码"), "id_number", optional=True),
        ],
        *([[select("occasion", gettext("哪次征集或座谈会"), rounds, chosen, optional=True)]] if rounds else []),
        [tick("confidential", gettext("保密"), gettext("对承办单位保密；和当事人自己的办件有关的，就不能派给正在办这件的部门，先说清楚"))],
        [tick("no_reply", gettext("答复"), gettext("不要答复"))],
    ]  # fmt: skip
