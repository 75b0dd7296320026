"""材料: what is handed over at the window: an original that was seen, a scan, or nothing where the platform has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from banshi.contexts.forms.values import MaterialNeed
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.values import Evidence
from banshi.infra.files import MAX_SIZE, MEDIA_TYPES
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.ui.language import said

PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Sheet:
    """一份材料 on the page. `free` says why nothing has to be handed over."""

    code: str
    name: str
    notes: str
    optional: bool
    free: str
    seen: bool
    scans: tuple[Evidence, ...]
    accept: str
    max_bytes: int
    error: str

    @property
    def id(self) -> str:
        return f"id_{self.code}"


def rack(
    needs: Iterable[MaterialNeed],
    evidence: Iterable[Evidence],
    held: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[Sheet]:
    """All materials of an application with what was handed over so far."""
    handed = list(evidence)
    return [
        Sheet(
            code=need.code,
            name=need.name,
            notes="；".join(note.rstrip("。") for note in (need.help, *need.notes) if note),
            optional=not need.required,
            free=_free(need, held),
            seen=any(one.material == need.code and one.source == PAPER for one in handed),
            scans=tuple(one for one in handed if one.material == need.code and one.source == "uploaded"),
            accept=",".join(MEDIA_TYPES[kind] for kind in need.formats),
            max_bytes=MAX_SIZE,
            error=errors.get(need.code, ""),
        )
        for need in needs
    ]


def hand_over(
    request: HttpRequest,
    needs: Iterable[MaterialNeed],
    evidence: Iterable[Evidence],
    *,
    region: str,
    id: UUID,
    actor: Actor,
    at: datetime,
) -> dict[str, str]:
    """Take over what the page says of the materials that it showed; what was wrong, by material."""
    on_page, handed, wrong = set(request.POST.getlist("sheet")), list(evidence), {}
    for need in needs:
        if need.code not in on_page:
            continue
        seen = next((one for one in handed if one.material == need.code and one.source == PAPER), None)
        ticked = f"paper_{need.code}" in request.POST
        if ticked and seen is None:
            intake.note_evidence(region=region, id=id, material=need.code, source=PAPER, actor=actor, at=at)
        elif seen is not None and not ticked:
            intake.detach(region=region, id=id, evidence=seen.id, actor=actor, at=at)
        for scan in request.FILES.getlist(f"file_{need.code}"):
            try:
                intake.attach(
                    region=region,
                    id=id,
                    material=need.code,
                    name=scan.name or "",
                    content=scan.read(),
                    formats=need.formats,
                    actor=actor,
                    at=at,
                )
            except Refused as refused:
                wrong[need.code] = said(refused.zh, refused.en)
    return wrong


def _free(need: MaterialNeed, held: Mapping[str, str]) -> str:
    if need.code in held:
        return gettext("有电子证照，不用交")
    return gettext("由“%(item)s”办好后产生，不用交") % {"item": need.made_by} if need.made_by else ""
