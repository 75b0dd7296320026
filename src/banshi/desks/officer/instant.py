"""秒批: items that rules decide at once, and where that is stopped; the decisions that were drawn to be checked, and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banshi.contexts.cases import queries as cases
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.instant import operations, queries
from banshi.contexts.instant.values import Decided, Switch
from banshi.desks.officer.seat import acting
from banshi.directory import queries as directory
from banshi.directory.values import OfficeInfo, PostKind
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.language import told
from banshi.ui.lists import SIZE, page_number
from banshi.ui.parts import Paged, Problem

POSTS = frozenset({PostKind.APPROVER, PostKind.LEADER, PostKind.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class ItemLine:
    """一个秒批事项 in one county: whether it is stopped, by whom and why."""

    key: str
    region: str
    item: str
    name: str
    office: str
    switch: Switch | None
    by: str
    why: str
    field: Field

    @property
    def stopped(self) -> bool:
        return self.switch is not None and self.switch.stopped


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """一件秒批: its case, and what a check found."""

    one: Decided
    number: str
    name: str
    office: str
    words: str
    finding: Field
    text: Field


@access(STAFF, posts=POSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Look, stop and allow, check."""
    actor = acting(request, POSTS)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _ACTS[request.POST["act"]](request, actor)
            done = reverse("officer:instant") + f"?done={request.POST['act']}"
            return HttpResponseRedirect(done, status=303)
        except (KeyError, ValueError) as error:
            raise BadRequest("act") from error
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            problem = _problem(request, refused)
    return _page(request, actor, problem)


def _page(request: HttpRequest, actor: Actor, problem: Problem | None) -> HttpResponse:
    number = page_number(request.GET.get("page", ""))
    drawn, waiting = queries.list_decisions(actor, to_check=True, limit=SIZE)
    rows, total = queries.list_decisions(actor, offset=(number - 1) * SIZE, limit=SIZE)
    shown = {
        "items": _items(actor, request, problem),
        "drawn": _decisions(drawn, request, problem),
        "waiting": waiting,
        "rows": _decisions(rows, request, None),
        "paged": Paged(number, SIZE, total),
        "problems": [problem] if problem else [],
        "done": request.GET.get("done", ""),
        "command_id": new_id(),
    }
    return render(request, "officer/instant.html", shown, status=422 if problem else 200)


def _items(actor: Actor, request: HttpRequest, problem: Problem | None) -> list[ItemLine]:
    """Every item that rules may decide, at every office that this person oversees; those stopped come first."""
    found: list[tuple[str, str, OfficeInfo]] = []
    for code, edition in catalogue.catalogue().items.items():
        item = edition.definition
        if catalogue.at_once(item):
            offices = directory.list_offices(directory.city_code(), item.department, within=True)
            found += [
                (code, item.name, one)
                for one in offices
                if queries.oversees(actor, one.region_code, one.code)
            ]
    switches = queries.switches({office.region_code for _, _, office in found})
    names = directory.actor_names({one.by for one in switches.values()}) if switches else {}
    why: dict[UUID, str] = {}
    for region in {one.region for one in switches.values()}:
        ids = [one.words for one in switches.values() if one.region == region and one.words]
        why |= queries.words(region, ids)
    lines = []
    for code, name, office in found:
        switch = switches.get((office.region_code, code))
        key = f"{office.region_code}-{code}"
        field = Field(
            name="text",
            id=f"id_{key}",
            label=gettext("理由"),
            kind="textarea",
            rows=2,
            value=request.POST.get("text", "") if problem and problem.field == key else "",
            error=problem.text if problem and problem.field == key else "",
        )
        lines.append(
            ItemLine(
                key,
                office.region_code,
                code,
                name,
                office.name,
                switch,
                names.get(switch.by, "") if switch else "",
                why.get(switch.words, "") if switch and switch.words else "",
                field,
            )
        )
    return sorted(lines, key=lambda one: not one.stopped)


def _decisions(found: list[Decided], request: HttpRequest, problem: Problem | None) -> list[DecisionLine]:
    numbers = cases.numbers([(one.region, one.case) for one in found]) if found else {}
    offices = directory.office_names({one.office for one in found}) if found else {}
    names = {code: edition.definition.name for code, edition in catalogue.catalogue().items.items()}
    words: dict[UUID, str] = {}
    for region in {one.region for one in found if one.words}:
        words |= queries.words(region, [one.words for one in found if one.region == region and one.words])
    return [
        DecisionLine(
            one,
            numbers.get(one.case, ""),
            names.get(one.item, one.item),
            offices.get(one.office, one.office),
            words.get(one.words, "") if one.words else "",
            *_fields(one, request.POST if problem and problem.field == str(one.id) else {}, problem),
        )
        for one in found
    ]


def _fields(one: Decided, typed: Mapping[str, Any], problem: Problem | None) -> tuple[Field, Field]:
    error = problem.text if problem and problem.field == str(one.id) else ""
    options = (
        Option(value="right", label=gettext("没有问题")),
        Option(value="wrong", label=gettext("有问题")),
    )
    finding = Field(
        name="finding", id=f"id_{one.id}", label=gettext("抽查结论"), kind="radios", options=options,
        value=typed.get("finding", ""), inline=True, error=error,
    )  # fmt: skip
    hint = gettext("有问题的，写明哪里有问题；再到办件里由审批负责人撤销。")
    text = Field(
        name="text", id=f"id_text_{one.id}", label=gettext("说明"), kind="textarea", rows=2, hint=hint,
        value=typed.get("text", ""), optional=True,
    )  # fmt: skip
    return finding, text


# ---- what is done


def _turn(request: HttpRequest, actor: Actor) -> None:
    region, item = request.POST["region"], request.POST["item"]
    edition = catalogue.get_item(item)
    office = directory.find_office(edition.definition.department, region)
    if office is None or not catalogue.at_once(edition.definition):
        raise NotFound("这个秒批事项", "item decided at once")
    turn = operations.stop if request.POST["act"] == "stop" else operations.allow
    turn(
        region=region,
        item=item,
        office=office.code,
        text=request.POST.get("text", ""),
        actor=actor,
        at=clock.now(),
        command_id=UUID(request.POST["command_id"]),
    )


def _check(request: HttpRequest, actor: Actor) -> None:
    operations.check(
        region=request.POST["region"],
        id=UUID(request.POST["id"]),
        finding=request.POST.get("finding", ""),
        text=request.POST.get("text", ""),
        actor=actor,
        at=clock.now(),
        command_id=UUID(request.POST["command_id"]),
    )


_ACTS = {"stop": _turn, "allow": _turn, "check": _check}


def _problem(request: HttpRequest, refused: Refused) -> Problem:
    """Beside the line that it is about."""
    key = request.POST.get("id") or f"{request.POST.get('region', '')}-{request.POST.get('item', '')}"
    return Problem(text=told(refused), field=key)
