"""补正: what an office asked for is put together as a draft of its own, and handed in at once.

The draft is an application with the target `correction:CASE`: files and values are kept as those of any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import Choice, Field, MaterialNeed, Problem
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import Application, Evidence
from banshi.directory.calendar import calendar
from banshi.infra import crypto
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.elements import GROUP
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day

TARGET = "correction:"
OTHER = "other"  # what the item does not name, but the notice asks for


@dataclass(frozen=True, slots=True)
class Correction:
    """补正现状: what was asked, what was stated and handed over before, and what is put together so far."""

    case: CaseState
    notice: str
    draft: Application | None
    fields: tuple[Field, ...]
    stated: Mapping[str, str]
    typed: Mapping[str, str]
    materials: tuple[MaterialNeed, ...]
    before: tuple[Mapping[str, Any], ...]
    evidence: tuple[Evidence, ...]

    @property
    def changed(self) -> dict[str, str]:
        """Values that are others now."""
        return {code: value for code, value in self.typed.items() if value != self.stated.get(code, "")}


def is_correction(application: Application) -> bool:
    """Whether this application is one that corrects a case."""
    return application.target.startswith(TARGET)


def standing(region: str, case: UUID, actor: Actor) -> Correction:
    """Where a correction stands. Raises `NotFound`, and `Refused` when none is asked for now."""
    state = queries.get_case(region, case, actor)
    if state.status is not Status.CORRECTING:
        raise Refused(
            "nothing_to_correct",
            f"这件事现在是“{state.status.label}”，不需要补正。",
            f"The case is '{state.status.value}' now; nothing is to be corrected.",
        )
    subject = queries.subject(state)
    draft = next((one for one in applications.list_drafts(actor) if one.target == f"{TARGET}{case}"), None)
    notice = queries.texts(region, [state.correction]) if state.correction else {}
    return Correction(
        state,
        next(iter(notice.values()), ""),
        draft,
        _fields(subject.get("values", {})),
        subject.get("values", {}),
        applications.typed(draft) if draft else {},
        _materials(state),
        tuple(subject.get("materials", ())),
        tuple(applications.evidence(draft)) if draft else (),
    )


def begin(*, region: str, case: UUID, actor: Actor, at: datetime) -> UUID:
    """The draft that the correction is put together in; there is one at most. Raises as `standing`."""
    now = standing(region, case, actor)
    if now.draft:
        return now.draft.id
    return intake.start(
        region=region,
        party=now.case.party,
        target=f"{TARGET}{case}",
        title=now.case.plan.name,
        channel="online" if actor.kind == "citizen" else "window",
        actor=actor,
        at=at,
        hall=now.case.hall,
    )


def supply(*, region: str, case: UUID, actor: Actor, at: datetime, command_id: UUID) -> None:
    """提交补正: at once, with the case's five days beginning anew. Raises `NotFound`, `Refused`."""
    now = standing(region, case, actor)
    draft = now.draft
    if draft is None or not (now.evidence or now.changed):
        raise Refused(
            "nothing_corrected",
            "还没有补任何材料，也没有改填写的内容。",
            "No material was handed over and nothing was changed yet.",
        )
    values, wrong = check(now, now.changed, at)
    if wrong:
        raise Refused("values", wrong[0].zh, wrong[0].en, "", wrong[0].field)

    def work(tx: Tx) -> None:
        digests = {str(one.id): one.file for one in now.evidence}
        digests["values"] = crypto.digest(repr(sorted(values.items())), "intake")
        intake.submit(tx, region=region, id=draft.id, answers={}, versions={}, actor=actor, digests=digests)
        cases.supply_correction(
            region=region,
            id=case,
            values=values,
            materials=_supplied(now),
            actor=actor,
            at=at,
            calendar=calendar(),
        )

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def check(now: Correction, typed: Mapping[str, str], at: datetime) -> tuple[dict[str, str], list[Problem]]:
    """These values as they are kept, and what is wrong with them."""
    return forms.check([one for one in now.fields if one.code in typed], typed, civil_day(at))


def _supplied(now: Correction) -> tuple[Mapping[str, Any], ...]:
    names = {need.code: need.name for need in now.materials}
    return tuple(one.handed(names.get(one.material, one.material)) for one in now.evidence)


def _fields(values: Mapping[str, str]) -> tuple[Field, ...]:
    """What was stated for this case, as fields that may be stated anew."""
    elements = catalogue.catalogue().dictionaries.elements
    return tuple(
        Field(
            code=code,
            label=elements[code].label,
            kind="long_text" if elements[code].kind == GROUP else elements[code].kind,
            section=elements[code].section,
            required=True,
            items=(),
            help=elements[code].help,
            choices=tuple(Choice(one.key, one.text) for one in elements[code].choices),
            max_length=max(elements[code].max_length, len(values[code]) * 2),
            past_only=elements[code].past_only,
            earliest_years_ago=elements[code].earliest_years_ago,
        )
        for code in values
        if code in elements
    )


def _materials(state: CaseState) -> tuple[MaterialNeed, ...]:
    """What may be handed over anew: every material of the item version that the case stays on, and anything else."""
    kinds = catalogue.catalogue().dictionaries.materials
    codes = [need.material for need in catalogue.get_version(state.plan.item, state.plan.version).materials]
    found = [
        MaterialNeed(
            code,
            kinds[code].name,
            False,
            (),
            kinds[code].issuer,
            kinds[code].help,
            formats=kinds[code].formats,
        )
        for code in dict.fromkeys(codes)
        if code in kinds
    ]
    return (*found, MaterialNeed(OTHER, "其他补充材料", False, ()))
