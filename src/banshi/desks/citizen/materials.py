"""交材料: one set for all matters, each handed over once; a certificate that is held already need not be."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.forms.values import MaterialNeed
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.values import Evidence
from banshi.desks.citizen import steps, words
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import drafting, see, url
from banshi.flows import apply as flow
from banshi.infra import clock, files
from banshi.kernel.facts import Refused
from banshi.ui.access import CITIZEN, access
from banshi.ui.fields import Field
from banshi.ui.parts import FileRow, Problem, Task


@access(CITIZEN)
@require_safe
@drafting
def overview(request: HttpRequest, now: flow.Standing) -> HttpResponse:
    """材料清单: what is there, what is missing, what need not be handed over."""
    here = url(now, "materials")
    content = {
        "now": now,
        "tasks": [_task(now, need) for need in now.form.materials],
        "missing": missing(now),
        "before": steps.preceding(now, here),
        "following": steps.following(now, here),
        "count": steps.count(now, here),
    }
    return render(request, "citizen/materials.html", content)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
@drafting
def material(request: HttpRequest, now: flow.Standing, code: str) -> HttpResponse:
    """一份材料: hand over a file; several are several pages of it."""
    need, back = _need(now, code), steps.back(request)
    here = url(now, "material", code=code)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            attach(request, now.application.region, now.application.id, code, need.formats)
        except Refused as refused:
            problems = [Problem(text=words.told(refused), field="file")]
        else:
            return see(here + (f"?back={back}" if back else ""))
    handed = [one for one in now.evidence if one.material == code]
    ahead = [one for one in missing(now) if one.code != code]
    content = {
        "now": now,
        "need": need,
        "certificate": certificate_name(now, need) if need.code in now.held else "",
        "files": [file_row(one, url(now, "remove", code=code, evidence=str(one.id))) for one in handed],
        "field": file_field(need.formats, bool(handed), problems),
        "problems": problems,
        "back": back,
        "before": url(now, back) if back else url(now, "materials"),
        "following": url(now, back)
        if back
        else url(now, "material", code=ahead[0].code)
        if ahead
        else url(now, "materials"),
        "next_name": "" if back or not ahead else ahead[0].name,
    }
    return render(request, "citizen/material.html", content, status=422 if problems else 200)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
@drafting
def remove(request: HttpRequest, now: flow.Standing, code: str, evidence: UUID) -> HttpResponse:
    """删除一个文件, once it was asked for again."""
    found = next((one for one in now.evidence if one.id == evidence and one.material == code), None)
    if found is None:
        return see(url(now, "material", code=code))
    if request.method == "POST":
        intake.detach(
            region=now.application.region,
            id=now.application.id,
            evidence=evidence,
            actor=acting(request),
            at=clock.now(),
        )
        return see(url(now, "material", code=code))
    return render(
        request, "citizen/remove.html", {"name": found.name, "before": url(now, "material", code=code)}
    )


def attach(request: HttpRequest, region: str, id: UUID, code: str, formats: tuple[str, ...]) -> None:
    """Hand over the file that was sent. Raises `Refused`."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused("no_file", "请先选择文件，再上传。", "Choose a file first.", "", "file")
    intake.attach(
        region=region,
        id=id,
        material=code,
        name=sent.name or "",
        content=sent.read(),
        formats=formats,
        actor=acting(request),
        at=clock.now(),
    )


def file_field(formats: tuple[str, ...], another: bool, problems: list[Problem]) -> Field:
    """What may be handed over, and how large."""
    kinds = "、".join({"jpeg": "JPG", "png": "PNG", "pdf": "PDF"}[one] for one in formats)
    return Field(
        name="file",
        label=gettext("再传一页") if another else gettext("选择文件或拍照"),
        kind="file",
        hint=gettext("%(kinds)s，拍清楚、四个角都在") % {"kinds": kinds},
        accept=",".join(files.MEDIA_TYPES[one] for one in formats),
        max_bytes=files.MAX_SIZE,
        error=problems[0].text if problems else "",
    )


def file_row(one: Evidence, remove_url: str) -> FileRow:
    return FileRow(name=one.name, size=one.size, state=gettext("已上传"), remove_url=remove_url)


def missing(now: flow.Standing) -> list[MaterialNeed]:
    return [need for need in now.form.materials if need.required and need.code not in now.supplied]


def certificate_name(now: flow.Standing, need: MaterialNeed) -> str:
    return now.target.dictionaries.certificates[need.certificate].name


def how_supplied(now: flow.Standing, need: MaterialNeed) -> str:
    """In words: how this material is handed over; empty while it is not."""
    count = sum(1 for one in now.evidence if one.material == need.code)
    if count:
        return gettext("已上传 %(count)s 个文件") % {"count": count}
    if need.code in now.held:
        return gettext("用您的电子证照《%(name)s》，不用交") % {"name": certificate_name(now, need)}
    if need.made_by:
        return gettext("“%(item)s”办好后自动带过来，不用交") % {"item": need.made_by}
    return ""


def _task(now: flow.Standing, need: MaterialNeed) -> Task:
    said = how_supplied(now, need)
    if not said and not need.required:
        said = gettext("没有可以不交")
    done = bool(how_supplied(now, need))
    return Task(
        label=need.name, state="done" if done else "todo", url=url(now, "material", code=need.code), hint=said
    )


def _need(now: flow.Standing, code: str) -> MaterialNeed:
    found = next((need for need in now.form.materials if need.code == code), None)
    if found is None:
        raise Http404
    return found
