"""公开查询: the progress of a case by its number, and whether a certificate is genuine. Nothing personal is shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.values import PublicCertificate
from banshi.desks.citizen import words
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import clock
from banshi.kernel.facts import NotFound
from banshi.kernel.ids import BadId, CaseNumber, tidy
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import PUBLIC, access
from banshi.ui.parts import Problem, Row

VOICE = 20  # characters of a 诉求编号; a case's number has 23


@access(PUBLIC)
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """按编号查进度."""
    typed = request.GET.get("number", "")
    if not typed.strip():
        return render(request, "citizen/look_up.html", {"typed": "", "problems": []})
    if len(tidy(typed)) == VOICE:
        return see(reverse("citizen:voice_progress", kwargs={"number": tidy(typed)}))
    try:
        number = str(CaseNumber.parse(typed))
    except BadId as error:
        problems = [Problem(text=error.zh if words.chinese() else error.en, field="number")]
        return render(request, "citizen/look_up.html", {"typed": typed, "problems": problems}, status=422)
    return see(reverse("citizen:progress", kwargs={"number": number}))


@access(PUBLIC)
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """一件事的公开进度: item, office, state, light, dates."""
    state = cases.find_by_number(tidy(number))
    if state is None:
        raise NotFound("这个编号的办件", "case with this number")
    office = directory.get_office(state.office)
    light = cases.light_of(state, civil_day(clock.now()), calendar())
    rows = [
        Row(label=gettext("办件编号"), value=state.number),
        Row(label=gettext("负责部门"), value=office.name),
        Row(label=gettext("部门电话"), value=office.phone),
    ]
    content = {
        "state": state,
        "steps": [words.step(state, office.name, light, cases.acceptance_due_on(state, calendar()))],
        "rows": [row for row in rows if row.value],
        "dates": words.dates_of(state),
    }
    return render(request, "citizen/progress.html", content)


@access(PUBLIC)
@require_safe
def verify(request: HttpRequest, identifier: str = "") -> HttpResponse:
    """查验证照: valid, expired, revoked, unknown, or mistyped."""
    typed = identifier or request.GET.get("identifier", "")
    if not typed.strip():
        return render(request, "citizen/verify.html", {"typed": "", "found": None, "answer": ""})
    found, mistake = None, ""
    try:
        found = certificates.find_public(typed, civil_day(clock.now()))
    except BadId as error:
        mistake = error.zh if words.chinese() else error.en
    content = {
        "typed": typed,
        "found": found,
        "answer": "mistyped" if mistake else found.status.value if found else "unknown",
        "mistake": mistake,
        "rows": _rows(found) if found else [],
        "on": civil_day(clock.now()),
    }
    return render(request, "citizen/verify.html", content, status=200 if found else 404)


def _rows(found: PublicCertificate) -> list[Row]:
    until = dates.fullday(found.valid_until_on) if found.valid_until_on else gettext("长期")
    rows = [
        Row(label=gettext("证照名称"), value=found.name),
        Row(label=gettext("证照编号"), value=found.number),
        Row(label=gettext("证照标识"), value=found.identifier),
        Row(label=gettext("持有人"), value=found.holder),
        Row(label=gettext("签发机关"), value=directory.office_names([found.office]).get(found.office, "")),
        Row(label=gettext("签发日期"), value=dates.fullday(found.issued_on)),
        Row(label=gettext("有效期至"), value=until),
        Row(label=gettext("撤销日期"), value=dates.fullday(found.revoked_on)),
    ]
    return [row for row in rows if row.value]
