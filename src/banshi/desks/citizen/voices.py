"""我要诉求: what somebody has to say, with or without signing in; by its number everybody sees how far it is and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState
from banshi.contexts.intake import queries as applications
from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.values import About, Contact, OccasionState, TicketState, Words
from banshi.contexts.tickets.values.codes import Channel, Kind, Nature, Status
from banshi.contexts.tickets.values.terms import Category
from banshi.desks.citizen import place, surveys, words
from banshi.desks.citizen.apply import _uuid
from banshi.desks.citizen.people import account, acting, subjects
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.operations import tidy_phone
from banshi.directory.values import PartyKind
from banshi.flows.tickets import about_case
from banshi.infra import audit, clock, throttle
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.ids import tidy
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.masking import masked_phone
from banshi.ui.parts import Problem, Row

NAMED, CONFIDENTIAL, NAMELESS = "named", "confidential", "anonymous"
_FIRMS = "enterprise."


class Door(NamedTuple):
    """说什么: one choice of the first question, and what kind of ticket it makes."""

    kind: Kind
    nature: Nature
    label: str | Promise
    hint: str | Promise


DOORS: Mapping[str, Door] = MappingProxyType(
    {
        "remark": Door(Kind.REMARK, Nature.COMPLAINT, gettext_lazy("吐槽找茬"), gettext_lazy("办事中遇到的麻烦、看不懂的地方、不好的态度")),
        "undone": Door(Kind.UNDONE, Nature.SERVICE, gettext_lazy("办不成事"), gettext_lazy("材料齐了办不成，或者来回跑没有结果")),
        "enterprise": Door(Kind.ENTERPRISE, Nature.SERVICE, gettext_lazy("企业诉求"), gettext_lazy("企业和个体户经营中的困难")),
        "suggestion": Door(Kind.SUGGESTION, Nature.SUGGESTION, gettext_lazy("意见建议"), gettext_lazy("哪里可以做得更好")),
        "complaint": Door(Kind.HOTLINE, Nature.COMPLAINT, gettext_lazy("投诉举报"), gettext_lazy("身边的问题，要有人来管")),
        "consult": Door(Kind.HOTLINE, Nature.CONSULT, gettext_lazy("咨询求助"), gettext_lazy("想问清楚一件事，或者需要帮忙")),
        "pain_point": Door(Kind.PAIN_POINT, Nature.SUGGESTION, gettext_lazy("堵点痛点"), gettext_lazy("不只是一个人的事，制度和流程卡在哪里")),
    }
)  # fmt: skip


@access(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def voice(request: HttpRequest) -> HttpResponse:
    """我要诉求: first what kind, then one short form; its number and what happens next are the answer."""
    chosen = request.POST.get("kind") or request.GET.get("kind", "")
    door = DOORS.get(chosen)
    problems: list[Problem] = []
    if door is None:
        asked = "kind" in request.GET or request.method == "POST"
        problems = [Problem(text=gettext("请选一项。"), field="kind")] if asked else []
        content = {"fields": [_kind_field(problems)], "problems": problems, "about": _about_asked(request)}
        return render(request, "citizen/voice.html", content, status=422 if problems else 200)
    if request.method == "POST":
        try:
            return _raised(request, *_raise(request, door))
        except throttle.TooMany:
            text = gettext("从这里提交得太多了，请过一会儿再试；急事请打12345。")
            problems = [Problem(text=text, field="title")]
        except Refused as refused:
            problems = [words.problem(refused)]
    content = {
        "door": door,
        "chosen": chosen,
        "survey": surveys.shown(request),
        "fields": _fields(request, door, {one.field: one.text for one in problems}),
        "problems": problems,
        "command_id": request.POST.get("command_id") or new_id(),
    }
    return render(request, "citizen/voice.html", content, status=422 if problems else 200)


@access(PUBLIC)
@require_safe
def voice_progress(request: HttpRequest, number: str) -> HttpResponse:
    """凭编号查诉求: how far it is, and until when; nothing of what was said or by whom."""
    state = queries.find_by_number(tidy(number))
    if state is None:
        raise NotFound("这个编号的诉求", "voice with this number")
    rows = [
        Row(label=gettext("诉求编号"), value=state.number),
        Row(label=gettext("现在"), value=gettext(state.status.label)),
        Row(label=gettext("收到的日期"), value=dates.fullday(state.raised_on)),
        Row(label=gettext("办结的日期"), value=dates.fullday(state.closed_on) if state.closed_on else ""),
    ]
    content = {
        "state": state,
        "rows": [row for row in rows if row.value],
        "next": following(state),
        "done": "done" in request.GET,
    }
    return render(request, "citizen/voice_progress.html", content)


def following(state: TicketState) -> list[str]:
    """What happens next and by when, in the order in which it will."""
    due = {task.key: task.due_on for task in queries.tasks_of(state, calendar())}
    by = {key: dates.day(on) for key, on in due.items() if on}
    terms, number = state.terms, dates.workdays
    match state.status:
        case Status.RAISED:
            found = [
                gettext("%(day)s前（%(count)s内）转给负责的部门")
                % {"day": by.get("dispatch", ""), "count": number(terms.dispatch_days)}
            ]
            found.append(
                gettext("转过去以后，部门在%(count)s内办理并答复") % {"count": number(terms.handle_days)}
            )
            if not state.anonymous and terms.call_share:
                found.append(
                    gettext("办完以后，热线中心在%(count)s内问您满不满意")
                    % {"count": number(terms.call_days)}
                )
            return found
        case Status.DISPATCHED | Status.HANDLING:
            return (
                [gettext("部门%(day)s前办理并答复") % {"day": dates.day(state.due_on)}]
                if state.due_on
                else [gettext("部门正在办")]
            )
        case Status.RETURNED:
            return [
                gettext("收到的部门认为不归它管，热线中心%(day)s前决定由谁办") % {"day": by.get("settle", "")}
            ]
        case Status.REPLIED:
            return [gettext("部门已经答复，热线中心%(day)s前核对办到了没有") % {"day": by.get("check", "")}]
        case Status.CALLING:
            return [gettext("热线中心%(day)s前问您满不满意") % {"day": by.get("call", "")}]
        case Status.TRACKING:
            return [gettext("部门%(day)s前把答应的事办到") % {"day": dates.day(state.plan_on)}]
        case Status.ESCALATED:
            return [gettext("部门解决不了，已经提到上面研究，结果会告诉您")]
        case Status.TERMINATING:
            return [gettext("部门提出不再办理，热线中心%(day)s前审核") % {"day": by.get("termination", "")}]
        case Status.MERGED:
            return [gettext("别人也说了同一件事，一起办")]
    return []  # fmt: skip


def _raised(request: HttpRequest, region: str, id: UUID, number: str, own: bool) -> HttpResponse:
    """Where the answer is: on one's own page, or by the number."""
    if own:
        address = reverse("citizen:my_voice", kwargs={"region": region, "id": id})
    else:
        address = reverse("citizen:voice_progress", kwargs={"number": number})
    return place.remember(request, see(f"{address}?done=raised"), place.chosen(request))


def _raise(request: HttpRequest, door: Door) -> tuple[str, UUID, str, bool]:
    """County, id and number, and whether it is its person's own. Raises `Refused`."""
    data, actor, at = request.POST, acting(request), clock.now()
    county = place.chosen(request)
    if county is None or data.get("county") != county.code:
        raise Refused("county", "请选是哪里的事。", "Choose where it is.", "", "county")
    how = data.get("who", "")
    if how not in (NAMED, CONFIDENTIAL, NAMELESS):
        raise Refused("who", "请选留不留姓名。", "Choose whether to give your name.", "", "who")
    own = actor.kind == "citizen" and how != NAMELESS
    about = msgspec.structs.replace(
        _about(request, actor),
        firm=data.get("firm", "").strip()[:40],
        project=data.get("project", "").strip()[:60],
    )
    survey = surveys.chosen(request)
    if how == NAMELESS:  # by the case one would know who it is
        about = msgspec.structs.replace(about, case=None, case_number="", firm="", project="")
    throttle.attempt((throttle.ADDRESS, f"voice/{audit.address.get()}"), at=at)
    id, number = operations.raise_ticket(
        region=county.code,
        kind=door.kind,
        channel=Channel.WEB,
        words=Words(data.get("title", ""), data.get("text", ""), data.get("location", "").strip()[:200]),
        contact=None if how == NAMELESS else _contact(request, actor),
        about=about,
        nature=door.nature,
        category=data.get("category", ""),
        party=_party(request, actor) if own else None,
        confidential=how == CONFIDENTIAL,
        occasion=survey.id if survey else None,
        weight=int(data["weight"]) if data.get("weight") in ("1", "2", "3") else 0,
        actor=actor if own else ANONYMOUS,
        at=at,
        calendar=calendar(),
        command_id=_uuid(data.get("command_id", "")),
    )
    return county.code, id, number, own


def _contact(request: HttpRequest, actor: Actor) -> Contact | None:
    """Known of the account, else as typed; None without a number to call. Raises `Refused` for what is no number."""
    firm = request.POST.get("firm_name", "").strip()[:120]
    if actor.kind == "citizen":
        known = _known(actor)
        return (
            Contact(known.get("person.name", ""), known["person.phone"], firm=firm)
            if known.get("person.phone")
            else None
        )
    typed = request.POST.get("phone", "").strip()
    name = request.POST.get("name", "").strip()[:60]
    return Contact(name, tidy_phone(typed) if typed else "", firm=firm) if typed or firm else None


def _known(actor: Actor) -> Mapping[str, str]:
    party = account(actor).party
    return directory.known_values(party.region_code, party.id)


def _party(request: HttpRequest, actor: Actor) -> UUID:
    """For whom it is said: oneself, or one of those one may act for."""
    wanted = request.POST.get("for", "")
    others = (one.party.id for one in subjects(actor, civil_day(clock.now())))
    return next((id for id in others if str(id) == wanted), account(actor).party.id)


def _about(request: HttpRequest, actor: Actor) -> About:
    """Which of one's own matters it is about, or the case whose number was typed. Raises `Refused`."""
    typed = tidy(request.POST.get("case_number", ""))
    if not typed:
        return About()
    try:
        if actor.kind != "citizen" or any(state.number == typed for state in _own_cases(actor)):
            return about_case(typed)
    except NotFound:
        pass
    raise Refused(
        "case_number", "没有这个编号的办件，请核对；也可以不填。", "There is no case of this number.", "", "case_number"
    )  # fmt: skip


def _own_cases(actor: Actor) -> list[CaseState]:
    """All cases of those that the person may act for, the newest first."""
    submitted = applications.list_submitted([UUID(party) for party in actor.parties])
    found = cases.list_of_applications([(one.region, one.id) for one in submitted])
    return sorted((state for states in found.values() for state in states), key=lambda one: one.number[-17:], reverse=True)  # fmt: skip


def _about_asked(request: HttpRequest) -> str:
    """The case's number that a matter's page has sent along."""
    return tidy(request.POST.get("case_number") or request.GET.get("about", ""))[:40]


def _kind_field(problems: list[Problem]) -> Field:
    return Field(
        name="kind",
        label=gettext("您想说什么？"),
        kind="radios",
        heading=True,
        options=tuple(
            Option(value=key, label=str(one.label), hint=str(one.hint)) for key, one in DOORS.items()
        ),
        error=problems[0].text if problems else "",
    )


def _fields(request: HttpRequest, door: Door, errors: Mapping[str, str]) -> list[Field]:
    data, actor = request.POST, acting(request)

    def field(name: str, label: str, kind: str = "text", value: str = "", **more: Any) -> Field:
        typed = data.get(name, value)
        return Field(name=name, label=label, kind=kind, value=typed, error=errors.get(name, ""), **more)

    survey = surveys.chosen(request)
    tops = _classes(request, door, survey)
    found = [
        field("title", gettext("一句话说是什么事"), hint=gettext("例如：公示的材料里没有写要租赁合同")),
        field(
            "text",
            gettext("详细说说"),
            "textarea",
            optional=True,
            hint=gettext("什么时候、在哪里、找过谁、希望怎么解决"),
        ),
        _county_field(request, errors.get("county", ""), survey),
        field("location", gettext("具体地点"), optional=True, hint=gettext("例如：大厅、窗口号、街道和门牌")),
        field(
            "category",
            gettext("属于哪一类"),
            "select",
            optional=True,
            options=tops,
            hint=gettext("不确定就不选"),
        ),
        *_about_fields(request, actor, errors),
    ]
    if door.kind is Kind.PAIN_POINT:
        found.insert(2, surveys.weight_field(data.get("weight", ""), errors.get("weight", ""), optional=True))
    if door.kind is Kind.ENTERPRISE:
        found += _firm_fields(field)
    own = subjects(actor, civil_day(clock.now())) if actor.kind == "citizen" else []
    if len(own) > 1:
        firm = next((one for one in own if one.party.kind == PartyKind.ENTERPRISE), own[0])
        likely = firm if door.kind is Kind.ENTERPRISE else own[0]
        options = tuple(Option(value=str(one.party.id), label=one.name) for one in own)
        found.append(field("for", gettext("替谁说"), "select", str(likely.party.id), options=options))
    found.append(_who_field(request, actor, errors))
    if actor.kind != "citizen":
        found += [
            field("name", gettext("怎么称呼您"), optional=True, autocomplete="name"),
            field(
                "phone",
                gettext("电话"),
                "phone",
                optional=True,
                hint=gettext("不留电话，就没有人能联系您，只能凭编号查办到哪一步"),
            ),
        ]
    return found  # fmt: skip


def _county_field(request: HttpRequest, error: str, survey: OccasionState | None) -> Field:
    """哪里的事: in a county's own round, that county."""
    found = place.county_field(request, label=gettext("哪里的事"), error=error)
    if survey is None or survey.region.endswith("00"):
        return found
    only = tuple(one for one in found.options if one.value == survey.region)
    return replace(found, options=only, value=survey.region)


def _classes(request: HttpRequest, door: Door, survey: OccasionState | None) -> tuple[Option, ...]:
    """分类: for firms the classes of their problems, each with what it is promised; in a round those that it asks about."""
    known = queries.categories().values()
    if door.kind is Kind.ENTERPRISE:
        county = place.chosen(request)
        region = county.code if county else directory.city_code()
        return tuple(
            Option(value=one.key, label=_promised(region, one))
            for one in known
            if one.key.startswith(_FIRMS) and len(one.path) == 2
        )
    wanted = survey.categories if survey else ()
    return tuple(
        Option(value=one.key, label=gettext(one.name))
        for one in known
        if len(one.path) == 1 and (not wanted or one.key in wanted)
    )


def _promised(region: str, category: Category) -> str:
    days = dates.workdays(queries.terms_for(region, Kind.ENTERPRISE, category.key).handle_days)
    return gettext("%(name)s（%(days)s内答复）") % {"name": gettext(category.name), "days": days}


def _firm_fields(field: Callable[..., Field]) -> list[Field]:
    return [
        field("firm_name", gettext("企业名称"), optional=True, autocomplete="organization"),
        field(
            "firm",
            gettext("统一社会信用代码"),
            "id_number",
            optional=True,
            hint=gettext("18位，在营业执照上"),
        ),
        field(
            "project",
            gettext("项目代码"),
            "id_number",
            optional=True,
            hint=gettext("和项目有关的，填项目代码"),
        ),
    ]


def _about_fields(request: HttpRequest, actor: Actor, errors: Mapping[str, str]) -> list[Field]:
    value, error = _about_asked(request), errors.get("case_number", "")
    if actor.kind != "citizen":
        label, hint = gettext("办件编号"), gettext("和正在办的一件事有关的，写上它的编号，在接件凭证和短信里")
        return [Field(name="case_number", label=label, kind="id_number", value=value, hint=hint, optional=True, error=error)]  # fmt: skip
    options = tuple(
        Option(value=one.number, label=f"{words.plain_name(one)}（{one.number}）")
        for one in _own_cases(actor)
    )
    label = gettext("和您的哪件事有关")
    return [Field(name="case_number", label=label, kind="select", value=value, options=options, optional=True, error=error)] if options else []  # fmt: skip


def _who_field(request: HttpRequest, actor: Actor, errors: Mapping[str, str]) -> Field:
    phone = masked_phone(_known(actor).get("person.phone", "")) if actor.kind == "citizen" else ""
    named = (
        gettext("部门用您登记的电话 %(phone)s 联系您") % {"phone": phone}
        if phone
        else gettext("部门会联系您")
    )
    return Field(
        name="who",
        label=gettext("留不留姓名"),
        kind="radios",
        value=request.POST.get("who", NAMED),
        error=errors.get("who", ""),
        options=(
            Option(value=NAMED, label=gettext("留姓名"), hint=named),
            Option(value=CONFIDENTIAL, label=gettext("对办理的部门保密"), hint=gettext("部门不知道是谁说的，由热线中心联系您。说的是您自己的办件的，就不能转给正在办它的部门，只能由它的上级或者监督部门来查，可能慢一些；要那个部门直接改的，请选留姓名")),
            Option(value=NAMELESS, label=gettext("匿名"), hint=gettext("没有人知道是谁说的，也没有人联系您；凭编号查办到哪一步")),
        ),
    )  # fmt: skip
