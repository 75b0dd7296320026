"""分工: what waits for the officers of one's office, and giving several things to another holder at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.queries import TaskRow
from banshi.desks.officer.form import COLLEAGUES
from banshi.desks.officer.pane import worst
from banshi.desks.officer.seat import acting
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import PostKind
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day
from banshi.ui import dates
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.language import told
from banshi.ui.lists import SIZE, page_number, select
from banshi.ui.parts import Paged, Problem

HEADS = frozenset({PostKind.APPROVER, PostKind.LEADER})
_NOBODY = "nobody"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """一行: `value` is what ticking it sends."""

    value: str
    row: TaskRow
    light: str
    word: str
    office: str
    holder: str
    ticked: bool


@access(STAFF, posts=HEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def staffing(request: HttpRequest) -> HttpResponse:
    """分工: GET lists, POST gives what is ticked to one of the office; each refusal is named, the others are done."""
    actor, moved = acting(request, HEADS), 0
    problems: list[Problem] = []
    if request.method == "POST":
        problems, moved = _reassign(request, actor)
    shown = _list(request, actor) | {"problems": problems, "moved": moved, "command_id": new_id()}
    return render(request, "officer/staffing.html", shown, status=422 if problems and not moved else 200)


def _reassign(request: HttpRequest, actor: Actor) -> tuple[list[Problem], int]:
    ticked, to = request.POST.getlist("what")[:_MOST], request.POST.get("to", "")
    if not ticked:
        return [Problem(text=gettext("请先勾选要改派的事。"))], 0
    if not to:
        return [Problem(text=gettext("请选择新的承办人。"), field="to")], 0
    try:
        command_id = UUID(request.POST["command_id"])
        works = [(region, UUID(id), key) for region, id, key in (one.split("/") for one in ticked)]
    except (KeyError, ValueError) as error:
        raise BadRequest("what, command_id") from error
    answers = operations.reassign(
        works=works, to=to, actor=actor, at=clock.now(), calendar=calendar(), command_id=command_id
    )
    refusals = [(id, answer) for (_, id, _), answer in zip(works, answers, strict=True) if answer]
    # Whose case it is not was told "not found"; its number is not told either.
    numbers = {id: state.number for id, state in queries.states([(r, i) for r, i, _ in works]).items()}
    return [
        Problem(text=f"{numbers.get(id, '') if answer.rule != 'not_found' else ''} {told(answer)}".strip())
        for id, answer in refusals
    ], len(works) - len(refusals)


def _list(request: HttpRequest, actor: Actor) -> dict[str, object]:
    today = civil_day(clock.now())
    office, chosen = request.GET.get("office", ""), request.GET.get("holder", "")
    page = page_number(request.GET.get("page", ""))
    rows, total = queries.list_staffing(
        actor,
        office=office,
        holder=None if not chosen else "" if chosen == _NOBODY else chosen,
        offset=(page - 1) * SIZE,
        limit=SIZE,
    )
    offices = directory.office_names(actor.offices())
    colleagues = {
        one.code: one.name
        for code in sorted(offices if not office else {office} & offices.keys())
        for one in directory.list_colleagues(code, COLLEAGUES, today)
    }
    holders = directory.actor_names({row.holder for row in rows} - {""})
    ticked = set(request.POST.getlist("what"))
    people = tuple(Option(value=code, label=name) for code, name in colleagues.items())
    nobody = Option(value=_NOBODY, label=gettext("还没有承办人"))
    return {
        "lines": [_line(row, offices, holders, ticked) for row in rows],
        "paged": Paged(page, SIZE, total),
        "narrowed": bool(office or chosen),
        "choices": (
            select("office", gettext("部门"), dict(sorted(offices.items())), office),
            Field(
                name="holder", label=gettext("承办人"), kind="select", value=chosen, options=(nobody, *people)
            ),
        ),
        "to": Field(
            name="to",
            label=gettext("改派给"),
            kind="select",
            value=request.POST.get("to", ""),
            options=people,
        ),
    }


def _line(row: TaskRow, offices: dict[str, str], holders: dict[str, str], ticked: set[str]) -> Line:
    today = civil_day(clock.now())
    value = f"{row.region}/{row.case}/{row.key.removeprefix('work:') if row.key.startswith('work:') else ''}"
    light, due_on = worst(row, today)
    return Line(
        value=value,
        row=row,
        light=light,
        word=dates.brief(due_on, today, calendar()) or gettext("没有期限"),
        office=offices.get(row.office, row.office),
        holder=holders.get(row.holder, ""),
        ticked=value in ticked,
    )
