"""对办件能做的事: correct what was asked for, withdraw, rate."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState
from banshi.contexts.evaluation import queries as evaluation
from banshi.contexts.evaluation.values import Channel, Grade, indicators
from banshi.contexts.intake import operations as intake
from banshi.desks.citizen import answers, materials, words
from banshi.desks.citizen.apply import _uuid
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory.calendar import calendar
from banshi.flows import correct as flow
from banshi.flows.rate import rate as give_review
from banshi.infra import clock
from banshi.infra.store import new_id
from banshi.kernel.facts import Refused
from banshi.ui.access import CITIZEN, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem, Row

_MOBILE = ("Mobile", "Android", "iPhone", "HarmonyOS")


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """补材料: what was asked for, what can be handed over or written anew; then all of it at once."""
    state = queries.get_case(region, id, acting(request))
    if "supply_correction" not in {one.name for one in queries.commands(state, acting(request))}:
        return see(_matter(state))
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            flow.supply(
                region=region,
                case=id,
                actor=acting(request),
                at=clock.now(),
                command_id=_uuid(request.POST.get("command_id", "")) or new_id(),
            )
        except Refused as refused:
            problems = [Problem(text=words.told(refused))]
        else:
            return see(_matter(state, "corrected"))
    now = flow.standing(region, id, acting(request))
    place = {"region": region, "id": id}
    content = {
        "now": now,
        "papers": [_paper(now, need.code, need.name) for need in now.materials],
        "rows": _rows(now),
        "values_url": reverse("citizen:correct_values", kwargs=place),
        "matter_url": _matter(state),
        "problems": problems,
        "command_id": new_id(),
    }
    return render(request, "citizen/correct.html", content, status=422 if problems else 200)


@dataclass(frozen=True, slots=True)
class Paper:
    """可以补的材料; `fresh` when it is among what is handed in this time."""

    name: str
    url: str
    hint: str
    fresh: bool


def _paper(now: flow.Correction, code: str, name: str) -> Paper:
    fresh = sum(1 for one in now.evidence if one.material == code)
    before = sum(1 for one in now.before if one["code"] == code)
    hint = gettext("原来交过 %(count)s 个文件") % {"count": before} if before else ""
    if fresh:
        hint = gettext("%(count)s 个文件，代替原来的") % {"count": fresh}
    place = {"region": now.case.region, "id": now.case.id, "code": code}
    return Paper(name, reverse("citizen:correct_material", kwargs=place), hint, fresh > 0)


def _rows(now: flow.Correction) -> list[Row]:
    """What was stated; what is written anew is said to be so."""
    rows = []
    for one in now.fields:
        value = answers.shown(one, {**now.stated, **now.typed}[one.code])
        rows.append(
            Row(label=one.label, value=value + (gettext("（已改）") if one.code in now.changed else ""))
        )
    return rows


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def correct_material(request: HttpRequest, region: str, id: UUID, code: str) -> HttpResponse:
    """补一份材料."""
    actor = acting(request)
    now = flow.standing(region, id, actor)
    need = next((one for one in now.materials if one.code == code), None)
    if need is None:
        raise Http404
    here = reverse("citizen:correct_material", kwargs={"region": region, "id": id, "code": code})
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _change(request, now, code, need.formats)
        except Refused as refused:
            problems = [Problem(text=words.told(refused), field="file")]
        else:
            return see(here)
    handed = [one for one in now.evidence if one.material == code]
    content = {
        "need": need,
        "notice": now.notice,
        "handed": handed,
        "field": materials.file_field(need.formats, bool(handed), problems),
        "problems": problems,
        "before": reverse("citizen:correct", kwargs={"region": region, "id": id}),
    }
    return render(request, "citizen/correct_material.html", content, status=422 if problems else 200)


def _change(request: HttpRequest, now: flow.Correction, code: str, formats: tuple[str, ...]) -> None:
    """Take a file back, or take a new one into the draft."""
    actor, region = acting(request), now.case.region
    if now.draft and (evidence := _uuid(request.POST.get("remove", ""))):
        intake.detach(region=region, id=now.draft.id, evidence=evidence, actor=actor, at=clock.now())
        return
    draft = flow.begin(region=region, case=now.case.id, actor=actor, at=clock.now())
    materials.attach(request, region, draft, code, formats)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def correct_values(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """改填写的内容."""
    actor = acting(request)
    now = flow.standing(region, id, actor)
    typed, errors = {**now.stated, **now.typed}, {}
    back = reverse("citizen:correct", kwargs={"region": region, "id": id})
    if request.method == "POST":
        typed = answers.read(now.fields, request.POST)
        values, wrong = flow.check(now, typed, clock.now())
        by_code = {one.code: one for one in now.fields}
        errors = {
            one.field: answers.said(one, by_code.get(one.field), typed.get(one.field, "")) for one in wrong
        }
        if not errors:
            draft = flow.begin(region=region, case=id, actor=actor, at=clock.now())
            intake.save(region=region, id=draft, values=values, actor=actor, at=clock.now())
            return see(back)
    fields = [answers.field(one, typed.get(one.code, ""), errors.get(one.code, "")) for one in now.fields]
    content = {"notice": now.notice, "fields": fields, "problems": answers.problems(errors), "before": back}
    return render(request, "citizen/correct_values.html", content, status=422 if errors else 200)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """撤回申请, once it was asked for again."""
    actor = acting(request)
    state = queries.get_case(region, id, actor)
    if request.method == "POST":
        cases.act(
            "withdraw",
            region=region,
            id=id,
            actor=actor,
            at=clock.now(),
            calendar=calendar(),
            text=request.POST.get("text", ""),
            command_id=_uuid(request.POST.get("command_id", "")),
        )
        return see(_matter(state, "withdrawn"))
    if "withdraw" not in {one.name for one in queries.commands(state, actor)}:
        return see(_matter(state))
    return render(
        request, "citizen/withdraw.html", {"state": state, "before": _matter(state), "command_id": new_id()}
    )


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """评价: first the grade, then what goes with it."""
    actor = acting(request)
    state = queries.get_case(region, id, actor)
    if evaluation.find_review(region, id) is not None or state.closed_on is None:
        return see(_matter(state))
    chosen = request.POST.get("grade") or request.GET.get("grade", "")
    grade = Grade(chosen) if chosen in Grade else None
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _rate(request, state, chosen)
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            return see(_matter(state, "rated"))
    elif "grade" in request.GET and grade is None:
        problems = [Problem(text=gettext("请选一项。"), field="grade")]
    content = {
        "state": state,
        "grade": grade,
        "fields": why_fields(request, grade, problems) if grade else [grade_field(problems)],
        "problems": problems,
        "before": reverse("citizen:rate", kwargs={"region": region, "id": id}) if grade else _matter(state),
        "command_id": request.POST.get("command_id") or new_id(),
    }
    return render(request, "citizen/rate.html", content, status=422 if problems else 200)


def _rate(request: HttpRequest, state: CaseState, grade: str) -> None:
    agent = request.headers.get("User-Agent", "")
    give_review(
        region=state.region,
        case=state.id,
        grade=grade,
        indicators=request.POST.getlist("indicators"),
        text=request.POST.get("text", ""),
        named=not request.POST.get("quiet"),
        channel=Channel.MOBILE if any(mark in agent for mark in _MOBILE) else Channel.PORTAL,
        actor=acting(request),
        at=clock.now(),
        command_id=_uuid(request.POST.get("command_id", "")),
    )


def grade_field(problems: list[Problem]) -> Field:
    """等级, none of them chosen beforehand."""
    return Field(
        name="grade",
        label=gettext("这件事办得怎么样？"),
        kind="radios",
        heading=True,
        options=tuple(Option(value=one.value, label=one.label) for one in Grade),
        error=problems[0].text if problems else "",
    )


def why_fields(request: HttpRequest, grade: Grade, problems: list[Problem]) -> list[Field]:
    """What goes with a grade: its statements, words, and with a bad one whether one may be asked back."""
    errors = {one.field: one.text for one in problems}
    found = [
        Field(
            name="indicators",
            label=gettext("哪里不好？") if grade.bad else gettext("哪里好？"),
            kind="checkboxes",
            optional=not grade.bad,
            hint=gettext("可以选几项") if not grade.bad else gettext("可以选几项；不选的，请在下面写几句"),
            options=tuple(Option(value=one.code, label=one.text) for one in indicators()[grade]),
            value=request.POST.getlist("indicators"),
            error=errors.get("indicators", ""),
        ),
        Field(
            name="text", label=gettext("还想说什么"), kind="textarea", optional=True,
            value=request.POST.get("text", ""), error=errors.get("text", ""),
        ),
    ]  # fmt: skip
    if grade.bad:
        quiet = Option(value="on", label=gettext("不要打电话问我"))
        found.append(
            Field(
                name="quiet",
                label=gettext("联系"),
                kind="checkboxes",
                optional=True,
                hint=gettext("政务服务中心会在1个工作日内打给您，了解情况、督促改正；部门不知道是您评的"),
                options=(quiet,),
                value=["on"] if request.POST.get("quiet") else [],
            )
        )
    return found


def _matter(state: CaseState, done: str = "") -> str:
    address = reverse("citizen:matter", kwargs={"region": state.region, "id": state.application})
    return address + (f"?done={done}" if done else "") + f"#case-{state.number}"
