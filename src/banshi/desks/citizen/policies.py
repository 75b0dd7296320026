"""政策找我: what was found for me and mine, why, and what to do with it; the library, its papers and briefings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Element, Level, Offer, Policy, Standing, Status
from banshi.desks.citizen import people, words
from banshi.desks.citizen.matters import pdf
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.flows import policy_offers as flow
from banshi.infra import clock, files
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.rules.explain import Reason
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, PUBLIC, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem, Row


@dataclass(frozen=True, slots=True)
class Line:
    """一条政策 in one's list: whose it is, and in one line how it stands."""

    offer: Offer
    policy: Policy
    holder: str
    line: str


@access(CITIZEN)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的政策: three lists, and what came of the claims."""
    actor = acting(request)
    offers = queries.list_offers([UUID(one) for one in actor.parties])
    policies = {one.policy.code: one.policy for one in queries.list_policies({one.policy for one in offers})}
    refs = [ref for party in actor.parties if (ref := directory.find_party_by_id(UUID(party)))]
    names = directory.party_names([(ref.region_code, ref.id) for ref in refs])
    lines = [
        Line(one, policies[one.policy], names.get(one.party, ""), _line(one, policies[one.policy]))
        for one in offers
        if one.policy in policies
    ]
    done = [one for one in lines if one.offer.status is not Status.OPEN]
    groups = [
        (gettext("可以享受的"), _of(lines, Standing.ENTITLED)),
        (gettext("差一项的"), _of(lines, Standing.NEARLY)),
        (gettext("还不能判断的"), _of(lines, Standing.CANNOT_TELL)),
        (gettext("和别的政策不能重复享受的"), _of(lines, Standing.EXCLUDED)),
        (gettext("已经办的"), done),
    ]
    operations.mark_read(
        offers=[one.offer for one in lines if one.offer.status is Status.OPEN], actor=actor, at=clock.now()
    )
    shown = {
        "groups": [group for group in groups if group[1]],
        "verified": people.account(actor).verified,
        "several": len(names) > 1,
    }
    return render(request, "citizen/policies_mine.html", shown)


def _of(lines: list[Line], standing: Standing) -> list[Line]:
    found = [one for one in lines if one.offer.status is Status.OPEN and one.offer.standing is standing]
    return sorted(found, key=lambda one: (-(one.offer.amount_fen or 0), len(one.offer.missing)))


def _line(offer: Offer, policy: Policy) -> str:
    told = {
        Status.CLAIMED: gettext("已经确认，等部门核对"),
        Status.GRANTED: gettext("已经兑现"),
        Status.REFUSED: gettext("没有兑现"),
    }
    if offer.status in told:
        return f"{told[offer.status]}（{offer.period}）" if offer.period else told[offer.status]
    match offer.standing:
        case Standing.NEARLY:
            failing = next((one.text for one in policy.conditions if one.key == offer.failing), "")
            return gettext("差：%(condition)s") % {"condition": failing}
        case Standing.CANNOT_TELL:
            labels = [policy.elements[key].zh for key in offer.missing if key in policy.elements]
            return gettext("缺：%(data)s") % {"data": "、".join(labels)}
    return policy.benefit.text


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一条政策: why one is entitled, nearly, or cannot be told; confirm, supply what is missing, or appeal."""
    actor = acting(request)
    found = queries.get_offer(region, id, actor)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            act = request.POST.get("act", "")
            done = _ACTS[act](request, found, actor)
        except KeyError as error:
            raise BadRequest("act") from error
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            problems = [words.problem(refused)]
        else:
            return see(reverse("citizen:policy_offer", kwargs={"region": region, "id": id}) + f"?done={done}")
    shown = _page(request, found, problems)
    return render(request, "citizen/policy_offer.html", shown, status=422 if problems else 200)


def _claim(request: HttpRequest, found: Offer, actor: Actor) -> str:
    supplied = {key[6:]: str(value) for key, value in request.POST.items() if key.startswith("asked_")}
    flow.claim(offer=found, supplied=supplied, actor=actor, at=clock.now(), command_id=carried(request.POST))
    return "claim"


def _tell(request: HttpRequest, found: Offer, actor: Actor) -> str:
    elements = queries.get_policy(found.policy).policy.elements
    values = {}
    for key, element in elements.items():
        typed = request.POST.get(key, "")
        if element.stated and typed:
            try:
                values[key] = queries.parse(element, typed)
            except (ValueError, OverflowError) as error:
                raise Refused(
                    "wrong_datum",
                    f"“{element.zh}”填得不对，请看填写说明。",
                    f"“{element.en}” is not as it should be; see the hint.",
                    field=key,
                ) from error
    if not values:
        raise Refused("nothing_told", "请至少填一项。", "Fill in at least one.")
    flow.tell(offer=found, values=values, actor=actor, at=clock.now())
    return "tell"


def _appeal(request: HttpRequest, found: Offer, actor: Actor) -> str:
    text = request.POST.get("text", "")
    operations.appeal(
        region=found.region,
        id=found.id,
        text=text,
        actor=actor,
        at=clock.now(),
        command_id=carried(request.POST),
    )
    return "appeal"


_ACTS = {"claim": _claim, "tell": _tell, "appeal": _appeal}


def _page(request: HttpRequest, found: Offer, problems: list[Problem]) -> dict[str, object]:
    at, zh = clock.now(), words.chinese()
    seen = flow.look(found, at, zh=zh)
    policy, errors = seen.state.policy, {one.field: one.text for one in problems}
    given = request.POST if request.method == "POST" else {}
    appeals = queries.appeals_of(found)
    texts = queries.texts(found.region, [one.answer for one in appeals if one.answer])
    open_ = found.status is Status.OPEN
    missing = [policy.elements[key] for key in seen.finding.missing if key in policy.elements]
    asks = [
        Field(
            name=f"asked_{one.key}",
            label=one.label,
            value=given.get(f"asked_{one.key}", ""),
            error=errors.get(one.key, ""),
        )
        for one in policy.asks
    ]
    tell = [
        _field(key, policy.elements[key], given.get(key, ""), errors.get(key, ""), zh)
        for key in seen.finding.missing
        if key in policy.elements and policy.elements[key].stated
    ]
    fen = seen.finding.amount if open_ else found.amount_fen
    shown = [Problem(text=one.text, field=_id(one.field, policy)) for one in problems]
    return {
        "offer": found,
        "policy": policy,
        "look": seen,
        "standing": seen.finding.standing.value if open_ else "",
        "conditions": list(zip(policy.conditions, map(_shown, seen.reasons), strict=True)),
        "form": _form(seen.reasons),
        "missing": [(one.zh if zh else one.en, one.holder) for one in missing if not one.stated],
        "asks": asks,
        "tell": tell,
        "money": seen.state.exhausted,
        "paused": not seen.state.open,
        "problems": shown,
        "command_id": new_id(),
        "appeals": [(one, texts.get(one.answer, "") if one.answer else "") for one in appeals],
        "may_appeal": found.status in (Status.OPEN, Status.REFUSED) and all(one.outcome for one in appeals),
        "refusal": queries.refusal(found),
        "done": request.GET.get("done", ""),
        "amount": f"{fen / 100:,.2f}" if fen else "",
    }


def _shown(reason: Reason) -> tuple[str, str]:
    """Colour and word of one condition."""
    return {
        "true": ("green", gettext("符合")),
        "false": ("red", gettext("不符合")),
    }.get(reason.outcome, ("yellow", gettext("还不知道")))


def _form(reasons: tuple[Reason, ...]) -> list[Row]:
    """The application as generated: each datum used once, with its value."""
    used = {one.key: one for reason in reasons for atom in reason.atoms() for one in atom.used}
    return [
        Row(label=one.label, value=one.value)
        for one in used.values()
        if one.key != "as_of" and not one.missing
    ]


def _id(field: str, policy: Policy) -> str:
    return f"asked_{field}" if field in {one.key for one in policy.asks} else field


def _field(key: str, element: Element, value: str, error: str, zh: bool) -> Field:
    label = element.zh if zh else element.en
    if element.type == "bool":
        options = (Option(value="yes", label=gettext("是")), Option(value="no", label=gettext("不是")))
        return Field(
            name=key, label=label, kind="radios", options=options, value=value, error=error, inline=True
        )
    if element.type == "date":
        return Field(name=key, label=label, kind="calendar", value=value, error=error)
    money = element.unit == "分"
    unit = gettext("元") if money else element.unit
    hint = gettext("单位：%(unit)s") % {"unit": unit} if unit else ""
    kind = "number" if element.type == "int" else "text"
    return Field(name=key, label=label, kind=kind, hint=hint, value=value, error=error)


@access(PUBLIC)
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """政策库 of this place: by level, with windows, papers and briefings."""
    place, on = directory.city_code(), civil_day(clock.now())
    states = [
        one
        for one in queries.list_policies()
        if one.policy.region.startswith(place[:4]) or one.policy.region in ("000000", place[:2] + "0000")
    ]
    levels = [level for level in Level if any(one.policy.level is level for one in states)]
    windows = queries.list_windows(place)
    halls = directory.office_names([one.hall for one in windows])
    actor = acting(request)
    shown = {
        "levels": [
            (one, [(s, s.policy.in_force(on)) for s in states if s.policy.level is one]) for one in levels
        ],
        "windows": [(one, halls.get(one.hall, one.hall)) for one in windows],
        "papers": queries.list_papers(place),
        "briefings": queries.list_briefings(place),
        "mine": actor.kind == "citizen",
        "signed": queries.signed_up([UUID(one) for one in actor.parties]) if actor.parties else frozenset(),
        "done": request.GET.get("done", ""),
    }
    return render(request, "citizen/policies.html", shown)


@access(PUBLIC)
@require_safe
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """一条政策的原文依据: conditions with their articles and evidence, benefit, period."""
    state = queries.get_policy(code)
    shown = {
        "state": state,
        "policy": state.policy,
        "force": state.policy.in_force(civil_day(clock.now())),
        "papers": queries.list_papers(directory.city_code(), policy=code),
    }
    return render(request, "citizen/policy.html", shown)


@access(PUBLIC)
@require_safe
def paper(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """下载政策材料."""
    found = queries.get_paper(region, id)
    return pdf(files.read(found.digest), f"{found.title}.pdf")


@access(CITIZEN)
@require_POST
def sign_up(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """报名听宣讲."""
    actor = acting(request)
    party = people.account(actor).party.id
    operations.sign_up(region=region, briefing=id, party=party, actor=actor, at=clock.now())
    return see(reverse("citizen:policies") + "?done=signed")
