"""我的诉求: the list, and one ticket's page for its person: how far it is, what came of it, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.queries import TicketRow
from banshi.contexts.tickets.values import Input, Reward, TicketState
from banshi.contexts.tickets.values.codes import Called
from banshi.desks.citizen import words
from banshi.desks.citizen.apply import _uuid
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.desks.citizen.voices import following
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import CITIZEN, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Entry, Problem, Row

ACTS = ("call_back", "claim_reward", "urge", "note", "withdraw")


@access(CITIZEN)
@require_safe
def voices(request: HttpRequest) -> HttpResponse:
    """我的诉求, the newest first."""
    rows = queries.list_of_party(acting(request))
    titles, today = queries.titles((row.region, row.id) for row in rows), civil_day(clock.now())
    groups = [
        (gettext("正在办的"), [one for one in rows if one.status.open]),
        (gettext("办结的"), [one for one in rows if not one.status.open]),
    ]
    rewarded = _rewarded(rows)
    shown = [
        (title, [(one, titles.get(one.id) or one.number, rewarded.get(one.id) or gettext(one.status.label), one.light(today)) for one in found])
        for title, found in groups
        if found
    ]  # fmt: skip
    return render(request, "citizen/my_voices.html", {"groups": shown})


def _rewarded(rows: Sequence[TicketRow]) -> dict[UUID, str]:
    """Of those that are closed, what waits to be claimed."""
    closed = queries.states((one.region, one.id) for one in rows if not one.status.open)
    return {
        id: gettext("采纳了，奖励%(amount)s，请领取") % {"amount": _amount(state.reward)}
        for id, state in closed.items()
        if state.reward and state.reward.granted_on and not state.reward.claimed_on
    }


@access(CITIZEN)
@require_safe
def my_voice(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """我的一件诉求."""
    return _page(request, queries.get_ticket(region, id, acting(request)))


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, region: str, id: UUID, name: str) -> HttpResponse:
    """办一步: satisfied or not, urging, adding, withdrawing; what cannot be done now leads back to the page."""
    if name not in ACTS:
        raise Http404
    actor = acting(request)
    state = queries.get_ticket(region, id, actor)
    if request.method != "POST":
        if name not in _offered(request, state):
            return see(_address(state))
        content = _shown(state, request, name, []) | {"state": state, "name": name, "before": _address(state)}
        return render(request, "citizen/voice_act.html", content)
    try:
        _act(request, state, name)
    except NotFound:
        raise
    except Refused as refused:
        problems = [words.problem(refused)]
        state = queries.get_ticket(region, id, actor)
        if name not in _offered(request, state):
            return _page(request, state, problems)
        content = _shown(state, request, name, problems) | {"state": state, "name": name}
        return render(request, "citizen/voice_act.html", content | {"before": _address(state)}, status=422)
    return see(f"{_address(state)}?done={name}")


def _act(request: HttpRequest, state: TicketState, name: str) -> None:
    data = request.POST
    try:
        seen = int(data["seq"]) if name == "call_back" else None
    except (KeyError, ValueError) as error:
        raise BadRequest("seq") from error
    verdict = data.get("verdict", "") if name == "call_back" else ""
    if name == "call_back" and verdict not in (Called.CONTENT, Called.NOT_CONTENT):
        raise Refused("verdict", "请选满意或者不满意。", "Choose content or not content.", "", "verdict")
    operations.act(
        name,
        region=state.region,
        id=state.id,
        actor=acting(request),
        at=clock.now(),
        calendar=calendar(),
        given=Input(verdict=verdict, how=data.get("how", "")[:40] if name == "claim_reward" else ""),
        text=data.get("text", ""),
        command_id=_uuid(data.get("command_id", "")),
        expected_seq=seen,
    )


def _offered(request: HttpRequest, state: TicketState) -> list[str]:
    """What the person may do now, in the order in which it is shown."""
    found = {one.name for one in queries.commands(state, acting(request))}
    return [name for name in ACTS if name in found]


def _page(request: HttpRequest, state: TicketState, problems: list[Problem] | None = None) -> HttpResponse:
    entries = queries.trail(state.region, state.id, own=True)
    texts = queries.texts(state.region, [one.text for one in entries if one.text])
    offices = directory.office_names(code for code in (state.lead, state.about.office) if code)
    lead, category = offices.get(state.lead, ""), queries.categories().get(state.category)
    rows = [
        (gettext("诉求编号"), state.number),
        (gettext("类型"), gettext(state.kind.label)),
        (gettext("属于哪一类"), gettext(category.path[0]) if category else ""),
        (gettext("负责的部门"), lead),
        (gettext("有关的办件"), state.about.case_number),
        (gettext("收到的日期"), dates.fullday(state.raised_on)),
        (gettext("办结的日期"), dates.fullday(state.closed_on) if state.closed_on else ""),
        (gettext("结果"), gettext(state.outcome.label) if state.outcome else ""),
        (gettext("奖励"), _reward(state)),
        (gettext("保密"), gettext("办理的部门不知道是谁说的") if state.confidential else ""),
    ]
    offered = _offered(request, state)
    content = {
        "state": state,
        "status": gettext(state.status.label),
        "words": queries.words(state),
        "rows": [Row(label=label, value=value) for label, value in rows if value],
        "next": following(state),
        "trail": [
            Entry(
                at=one.at,
                what=gettext(one.title),
                who=_who(one.actor),
                note=texts.get(one.text, "") if one.text else "",
            )
            for one in reversed(entries)
        ],
        "offered": [name for name in offered if name not in ("call_back", "claim_reward")],
        "reward": _amount(state.reward) if state.reward and "claim_reward" in offered else "",
        "done": request.GET.get("done", ""),
        "problems": problems or [],
    }
    if "call_back" in offered:
        content |= _shown(state, request, "call_back", [])
    return render(request, "citizen/my_voice.html", content, status=422 if problems else 200)


def _reward(state: TicketState) -> str:
    """What was granted, and how it is received; nothing of what is not decided."""
    one = state.reward
    if one is None or not one.granted_on:
        return ""
    if not one.claimed_on:
        return gettext("%(amount)s，请领取") % {"amount": _amount(one)}
    rule = queries.rewards_for(state.region)
    how = gettext(rule.ways.get(one.how, one.how)) if rule else one.how
    return gettext("%(amount)s，%(how)s") % {"amount": _amount(one), "how": how}


def _amount(one: Reward) -> str:
    if one.points:
        return gettext("%(count)s积分") % {"count": one.points}
    return gettext("%(yuan)s元") % {"yuan": f"{one.fen // 100}.{one.fen % 100:02}"}


def _who(actor: str) -> str:
    return gettext("您") if actor.startswith("citizen") else gettext("系统") if actor == "system" else ""


def _shown(state: TicketState, request: HttpRequest, name: str, problems: list[Problem]) -> dict[str, object]:
    """The fields of one step, with what was typed."""
    errors, data = {one.field: one.text for one in problems}, request.POST
    labels = {
        "call_back": gettext("哪里不满意（不满意的要写）"),
        "urge": gettext("想说什么"),
        "note": gettext("补充什么"),
        "claim_reward": gettext("寄到哪里、什么时候来"),
    }
    fields = []
    if name == "call_back":
        fields.append(
            Field(
                name="verdict",
                label=gettext("办到了吗，满意吗？"),
                kind="radios",
                value=data.get("verdict", ""),
                error=errors.get("verdict", ""),
                options=(
                    Option(value=Called.CONTENT.value, label=gettext("满意"), hint=gettext("这件事就办结了")),
                    Option(value=Called.NOT_CONTENT.value, label=gettext("不满意"), hint=_again(state)),
                ),
            )
        )
    if name == "claim_reward":
        rule = queries.rewards_for(state.region)
        ways = tuple(
            Option(value=key, label=gettext(way)) for key, way in (rule.ways if rule else {}).items()
        )
        fields.append(
            Field(
                name="how", label=gettext("怎么领"), kind="radios", value=data.get("how", ""),
                error=errors.get("how", ""), options=ways,
            )
        )  # fmt: skip
    if name in labels:
        fields.append(
            Field(
                name="text", label=labels[name], kind="textarea", optional=name != "note",
                value=data.get("text", ""), error=errors.get("text", ""),
            )
        )  # fmt: skip
    return {
        "fields": fields,
        "problems": problems,
        "command_id": data.get("command_id") or new_id(),
    }


def _again(state: TicketState) -> str:
    if state.round < state.terms.rounds:
        return gettext("部门在%(count)s内重新办") % {"count": dates.workdays(state.terms.redo_days)}
    return gettext("提到上面研究")


def _address(state: TicketState) -> str:
    return reverse("citizen:my_voice", kwargs={"region": state.region, "id": state.id})
