"""窗口补正: what the office asked for is handed in here, as papers, scans or changed answers, and sent on at once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from banshi.contexts.intake import operations as intake
from banshi.desks.counter.fields import field, read
from banshi.desks.counter.papers import hand_over, rack
from banshi.desks.counter.seat import POSTS, acting, seat
from banshi.flows import correct as flow
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.language import problem, said
from banshi.ui.parts import Problem


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def correct(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """补正: GET shows the notice, what was stated and the materials; POST keeps, and with `act=supply` sends it on."""
    now = flow.standing(region, id, acting(request))
    return _keep(request, now) if request.method == "POST" else _page(request, now)


def _keep(request: HttpRequest, now: flow.Correction) -> HttpResponse:
    actor, at, act = acting(request), clock.now(), request.POST.get("act", "")
    region, case = now.case.region, now.case.id
    draft = flow.begin(region=region, case=case, actor=actor, at=at)
    typed = read(now.fields, request.POST, {}, {one.code: "" for one in now.fields})
    intake.save(region=region, id=draft, values=typed, actor=actor, at=at)
    wrong = hand_over(request, now.materials, now.evidence, region=region, id=draft, actor=actor, at=at)
    if act.startswith("remove:"):
        gone = next((one.id for one in now.evidence if str(one.id) == act.removeprefix("remove:")), None)
        if gone:
            intake.detach(region=region, id=draft, evidence=gone, actor=actor, at=at)
    if act == "supply" and not wrong:
        now = flow.standing(region, case, actor)
        wrong = {one.field: said(one.zh, one.en) for one in flow.check(now, now.changed, at)[1]}
    if wrong:
        return _page(request, flow.standing(region, case, actor), wrong)
    if act != "supply":
        return HttpResponseRedirect(reverse("counter:correct", args=(region, case)), status=303)
    return _supply(request, now)


def _supply(request: HttpRequest, now: flow.Correction) -> HttpResponse:
    region, case = now.case.region, now.case.id
    try:
        flow.supply(
            region=region,
            case=case,
            actor=acting(request),
            at=clock.now(),
            command_id=carried(request.POST),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, now, {}, refused)
    address = reverse(
        "counter:application", args=(region, now.case.application), query={"done": "supply_correction"}
    )
    return HttpResponseRedirect(address, status=303)


def _page(
    request: HttpRequest,
    now: flow.Correction,
    wrong: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    errors = wrong or {}
    actor = acting(request)
    audit.note(act="view_case", target=now.case.number, outcome="correct", actor=actor.code, at=clock.now())
    values = {**now.stated, **now.typed}
    problems = [Problem(text=text, field=code) for code, text in errors.items()]
    shown = {
        "here": seat(request),
        "now": now,
        "fields": [field(one, values.get(one.code, ""), errors.get(one.code, "")) for one in now.fields],
        "sheets": rack(now.materials, now.evidence, {}, errors),
        "before": list(dict.fromkeys(one["name"] for one in now.before)),
        "command_id": new_id(),
        "problems": problems + ([problem(refused)] if refused else []),
    }
    return render(request, "counter/correct.html", shown, status=422 if problems or refused else 200)
