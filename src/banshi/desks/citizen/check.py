"""核对并提交, and what happens next."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.forms.values import Problem as Wrong
from banshi.contexts.forms.values import Section
from banshi.contexts.intake import queries as applications
from banshi.desks.citizen import answers, fill, materials, people, self_check, steps, words
from banshi.desks.citizen.apply import _uuid, known_rows, lines
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import drafting, see, url
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import PartyKind
from banshi.flows import apply as flow
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Row


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
@drafting
def check(request: HttpRequest, now: flow.Standing) -> HttpResponse:
    """核对: everything on one page, each with its way to change it; then submit once."""
    if now.progress.next is not None:
        return redirect(steps.resume(now))
    wrong: list[Wrong] = []
    if request.method == "POST":
        try:
            flow.submit(
                region=now.application.region,
                id=now.application.id,
                actor=acting(request),
                at=clock.now(),
                command_id=_uuid(request.POST.get("command_id", "")) or new_id(),
                branches=[id for text in request.POST.getlist("branch") if (id := _uuid(text))],
            )
        except flow.Incomplete as incomplete:
            wrong = incomplete.problems
        else:
            return see(url(now, "done"))
    own = people.own_data(acting(request), now.application.party)
    content = {
        "now": now,
        "lines": lines(now),
        "answers": [
            Row(
                label=one.text,
                value=choice.text,
                change_url=url(now, "question", code=one.code) + "?back=check",
            )
            for one, choice in now.progress.answered
        ]
        + known_rows(request, now, "check"),
        "sections": [(part.title, _rows(now, part, own)) for part in now.form.sections],
        "materials": [
            Row(
                label=need.name,
                value=materials.how_supplied(now, need)
                or (gettext("还没有交") if need.required else gettext("（不交）")),
                change_url="" if need.made_by else url(now, "material", code=need.code) + "?back=check",
            )
            for need in now.form.materials
        ],
        "looks": self_check.looks(now),
        "branches": _branches(request, now),
        "wrong": [_link(now, one) for one in wrong],
        "before": steps.preceding(now, url(now, "check")),
        "count": steps.count(now, url(now, "check")),
        "command_id": new_id(),
    }
    return render(request, "citizen/check.html", content, status=422 if wrong else 200)


def _branches(request: HttpRequest, now: flow.Standing) -> Field | None:
    """连锁和分支机构: other firms of this agent that the same can be handed in for at once."""
    ref = directory.find_party_by_id(now.application.party)
    if ref is None or ref.kind != PartyKind.ENTERPRISE:
        return None
    found = people.fitting(people.subjects(acting(request), civil_day(clock.now())), (PartyKind.ENTERPRISE,))
    options = tuple(
        Option(value=str(one.party.id), label=one.name)
        for one in found
        if one.party.id != now.application.party
    )
    if not options:
        return None
    return Field(
        name="branch",
        label=gettext("同时为这些企业办同样的事"),
        kind="checkboxes",
        value=request.POST.getlist("branch"),
        hint=gettext("每家各成一份申请，由各自所在地的部门办；企业名称、代码和地址用各家自己的登记信息。"),
        optional=True,
        options=options,
    )


def _rows(now: flow.Standing, part: Section, own: bool) -> list[Row]:
    address = url(now, "section", key=part.key)
    return [
        Row(
            label=one.label,
            value=answers.shown(one, now.values.get(one.code, ""), full=one.code in now.typed),
            source=fill.source_of(now, one, own=own),
            change_url="" if one.computed else f"{address}?back=check&change={one.code}#id_{one.code}",
        )
        for one in part.fields
    ]


def _link(now: flow.Standing, one: Wrong) -> tuple[str, str]:
    """A problem, and the page where it is mended."""
    fields = {field.code: field for field in now.form.fields}
    code = one.field.partition(".")[0]  # of a group, the group
    if code in fields:
        field = fields[code]
        text = answers.said(one, field, now.values.get(code, ""))
        target = one.field.replace(".", "-")
        return text, f"{url(now, 'section', key=field.section)}?back=check&change={code}#id_{target}"
    text = answers.said(one, None, "")
    if any(need.code == one.field for need in now.form.materials):
        return text, url(now, "material", code=one.field) + "?back=check"
    return text, ""


@access(CITIZEN)
@require_safe
def done(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """已提交: the numbers, what happens next and by when, whom to ask, the receipt."""
    application = applications.get_application(region, id, acting(request))
    if application.submitted_at is None:
        return redirect("citizen:resume", region=region, id=id)
    found = cases.list_of_application(region, id)
    papers = cases.papers(region, [state.id for state in found])
    offices = directory.office_names(state.office for state in found)
    answer_on = max((cases.acceptance_due_on(state, calendar()) for state in found), default=None)
    since = civil_day(application.submitted_at)
    receipts = {
        id: next((one for one in found if one.kind == "receipt" and one.file), None)
        for id, found in papers.items()
    }
    content = {
        "application": application,
        "whole": words.whole(application.due_on, application.due_at),
        "together": len(applications.list_of_batch(application.batch)) if application.batch else 0,
        "cases": [
            (state, offices.get(state.office, ""), words.limit(state.plan.promised), receipts[state.id])
            for state in found
        ],
        "making": None in receipts.values(),
        "by": answer_on,
        "days": calendar().between(since, answer_on) if answer_on else None,
        "ask": _ask(sorted({state.office for state in found})),
        "qr": settings.BANSHI.address + reverse("citizen:matter", kwargs={"region": region, "id": id}),
    }
    return render(request, "citizen/done.html", content)


def _ask(codes: list[str]) -> list[str]:
    """Whom to ask: name and telephone of the offices."""
    offices = [directory.get_office(code) for code in codes]
    return [f"{office.name} {office.phone}".strip() for office in offices]
