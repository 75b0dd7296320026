"""我的办件: the list, one matter's progress, and everything issued in it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.cases import events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Paper
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.values import CertificateState, Standing
from banshi.contexts.evaluation import queries as evaluation
from banshi.contexts.evaluation.values import Review
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.policies import queries as policies
from banshi.desks.citizen import mine, people, words
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import OfficeInfo
from banshi.infra import clock, files
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, access
from banshi.ui.parts import Entry, Step


@access(CITIZEN)
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """我的办件: what waits for me, what the offices do, what is over."""
    found = mine.matters(acting(request), clock.now())
    groups = [
        (gettext("等您办的"), [one for one in found if one.turn in (mine.Turn.CORRECT, mine.Turn.DRAFT)]),
        (gettext("部门在办的"), [one for one in found if one.turn is mine.Turn.OFFICES]),
        (gettext("办结的"), [one for one in found if one.turn is mine.Turn.OVER]),
    ]
    content: dict[str, object] = {
        "groups": [group for group in groups if group[1]],
        "own": _own(acting(request)),
    }
    if waiting := policies.unread([UUID(one) for one in acting(request).parties]):
        content["policies"] = gettext("有 %(count)s 条可以享受") % {"count": waiting}
    return render(request, "citizen/matters.html", content)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """删除草稿, once it was asked for again."""
    draft = applications.get_application(region, id, acting(request))
    if draft.submitted_at is not None:
        return redirect("citizen:matter", region=region, id=id)
    if request.method == "POST":
        intake.discard(region=region, id=id, actor=acting(request), at=clock.now())
        return see(reverse("citizen:matters"))
    return render(request, "citizen/discard.html", {"draft": draft})


@dataclass(frozen=True, slots=True)
class Part:
    """一个部门的一件事 within a matter, with all that its page shows."""

    state: CaseState
    office: OfficeInfo
    entries: list[Entry]
    papers: list[Paper]
    notice: str
    reason: str
    certificate: CertificateState | None
    review: Review | None
    commands: frozenset[str]

    @property
    def name(self) -> str:
        return words.plain_name(self.state)

    @property
    def standing(self) -> str:
        return words.standing(self.state)

    @property
    def correcting(self) -> bool:
        return self.state.status is Status.CORRECTING

    @property
    def may_rate(self) -> bool:
        return (
            self.state.closed_on is not None
            and self.review is None
            and self.state.status is not Status.WITHDRAWN
        )


@access(CITIZEN)
@require_safe
def matter(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """办理进度: one line a department, and behind each the full trail."""
    actor = acting(request)
    application = applications.get_application(region, id, actor)
    if application.submitted_at is None:
        return redirect("citizen:resume", region=region, id=id)
    states = cases.list_of_application(region, id)
    today = civil_day(clock.now())
    parts = [_part(state, actor) for state in states]
    content = {
        "application": application,
        "whole": "" if application.done_on else words.whole(application.due_on, application.due_at),
        "parts": parts,
        "steps": [_step(part, cases.light_of(part.state, today, calendar())) for part in parts],
        "waiting": [part for part in parts if part.correcting],
        "certified": [part for part in parts if part.certificate],
        "to_rate": [part for part in parts if part.may_rate],
        "done": request.GET.get("done", ""),
    }
    return render(request, "citizen/matter.html", content)


def _step(part: Part, light: str) -> Step:
    due = cases.acceptance_due_on(part.state, calendar())
    return words.step(part.state, part.office.name, light, due, f"#case-{part.state.number}")


def _part(state: CaseState, actor: Actor) -> Part:
    """Everything of one case that its applicant may see."""
    trail = cases.trail(state.region, state.id)
    told = [one.text for one in trail if one.text and one.kind in events.TOLD]
    texts = cases.texts(state.region, told)
    return Part(
        state,
        directory.get_office(state.office),
        words.trail(state, trail, texts),
        cases.papers(state.region, [state.id])[state.id],
        texts.get(state.correction, "") if state.correction else "",
        texts.get(state.reason, "") if state.reason else "",
        certificates.get_by_identifier(state.certificate) if state.certificate else None,
        evaluation.find_review(state.region, state.id),
        frozenset(command.name for command in cases.commands(state, actor)),
    )


@access(CITIZEN)
@require_safe
def paper(request: HttpRequest, region: str, id: UUID, paper: UUID) -> HttpResponse:
    """下载文书, for the applicant only."""
    cases.get_case(region, id, acting(request))
    found = cases.find_paper(region, id, paper)
    if found is None:
        raise Http404
    if not found.file:
        return render(request, "citizen/not_yet.html", {"what": found.title}, status=409)
    return pdf(files.read(found.file), f"{found.title} {found.number}.pdf")


@access(CITIZEN)
@require_safe
def own_certificates(request: HttpRequest) -> HttpResponse:
    """我的证照."""
    actor, today = acting(request), civil_day(clock.now())
    found = certificates.list_of_party([UUID(party) for party in actor.parties])
    offices = directory.office_names(one.office for one in found)
    colours = {"valid": "green", "expired": "amber", "revoked": "red", "cancelled": "red"}
    listed = []
    for one in found:
        standing, holder = one.standing(today), certificates.holder(one)
        listed.append(
            (one, offices.get(one.office, ""), holder.name if holder else "", standing, colours[standing])
        )
    groups = [
        (gettext("能用的"), [entry for entry in listed if entry[3] is Standing.VALID]),
        (gettext("不能再用的"), [entry for entry in listed if entry[3] is not Standing.VALID]),
    ]
    return render(request, "citizen/certificates.html", {"groups": [group for group in groups if group[1]]})


@access(CITIZEN)
@require_safe
def certificate(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """下载证照."""
    state = certificates.get_certificate(region, id, acting(request))
    if not state.file:
        return render(request, "citizen/not_yet.html", {"what": state.name}, status=409)
    return pdf(certificates.content(region, id, acting(request)), f"{state.name} {state.number}.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A file to keep: never shown in the page, never kept by a cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(actor: Actor) -> str:
    """The person's own name, to tell their matters from those of firms."""
    party = people.account(actor).party
    return directory.party_names([(party.region_code, party.id)]).get(party.id, "")
