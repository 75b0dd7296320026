"""提交: what still stands in the way; and one submission that becomes the departments' cases, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries as case_queries
from banshi.contexts.cases.values import Budget, Clause, Plan, WorkPlan
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Limit
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import Field, Problem
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.values import Led
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import PartyKind
from banshi.flows.apply.fill import Standing, standing
from banshi.flows.apply.guide import Chosen
from banshi.infra import crypto
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.elements import GROUP, rows_of
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day

MOST_BRANCHES = 200


@dataclass(frozen=True, slots=True)
class Submitted:
    """提交结果."""

    region: str
    application: UUID
    cases: tuple[UUID, ...]
    others: tuple[tuple[str, UUID], ...] = ()  # applications of the branches handed in with it: region, id


class Incomplete(Refused):
    """申请不完整: with every problem, so that all are told at once."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(
            "incomplete",
            "还不能提交：" + "".join(problem.zh for problem in found),
            "Not complete: " + " ".join(problem.en for problem in found),
        )
        self.problems = found


def problems(now: Standing, at: datetime) -> list[Problem]:
    """Everything that stands in the way of submission."""
    if now.progress.next is not None:
        return [Problem("", "还有问题没有回答。", "Some questions are not answered.")]
    if not now.chosen:
        return [Problem("", "按您的回答，没有需要办理的事项。", "By your answers nothing has to be done.")]
    _, wrong = forms.check(now.form.fields, now.values, civil_day(at))
    said = {problem.field for problem in wrong}
    wrong += forms.check_rules(now.settled, [one.code for one in now.form.fields if one.code not in said])
    return wrong + forms.check_materials(now.form, now.supplied)


def submit(
    *, region: str, id: UUID, actor: Actor, at: datetime, command_id: UUID, branches: Sequence[UUID] = ()
) -> Submitted:
    """提交: the application and all its cases, or nothing. A repeat with the same `command_id` gets the first answer.

    `branches`: other firms of the same agent (分支机构、连锁门店) for which the same is applied for in this one submission.
    Raises `Incomplete` with every problem, `NotFound`, `Refused`.
    """
    now = standing(region, id, actor, at)
    if now.application.submitted_at is None and (found := problems(now, at)):
        raise Incomplete(found)
    if len(branches) > MOST_BRANCHES:
        raise Refused(
            "too_many_branches",
            f"一次最多为{MOST_BRANCHES}家分支机构提交。",
            f"At most {MOST_BRANCHES} branches at once.",
        )

    def work(tx: Tx) -> dict[str, Any]:
        batch = new_id() if branches else None
        opened = _hand_in(tx, now, actor, at, batch)
        others = [_hand_in_for(tx, now, party, actor, at, batch) for party in dict.fromkeys(branches)]
        return {"cases": opened, "others": others}

    said = write(work, at=at, actor=actor.code, region=region, command_id=command_id)
    others = tuple((place, UUID(other)) for place, other in said["others"])
    return Submitted(region, id, tuple(map(UUID, said["cases"])), others)


def _hand_in(tx: Tx, now: Standing, actor: Actor, at: datetime, batch: UUID | None) -> list[str]:
    """One application becomes its cases; their ids."""
    values, _ = forms.check(now.form.fields, now.values, civil_day(at))
    files = {str(one.id): one.file for one in now.evidence if one.file}
    intake.submit(
        tx,
        region=now.application.region,
        id=now.application.id,
        answers=now.progress.answers,
        versions={pick.item.code: pick.version for pick in now.chosen},
        actor=actor,
        digests={"values": crypto.digest(repr(sorted(values.items())), "intake"), **files},
        led=_led(now, at),
        batch=batch,
    )
    stated = {one.code: _words(one, values[one.code]) for one in now.form.fields if one.code in values}
    return [_open(now, pick, stated, actor, at) for pick in now.chosen]


def _words(one: Field, value: str) -> str:
    """As a department reads it: of a group a line a row, each column by its name."""
    if one.kind != GROUP:
        return value
    texts = {column.code: {choice.key: choice.text for choice in column.choices} for column in one.columns}
    lines = [
        "，".join(
            f"{column.label}：{texts[column.code].get(row[column.code], row[column.code])}{column.unit}"
            for column in one.columns
            if row.get(column.code)
        )
        for row in rows_of(value)
    ]
    return "\n".join(lines)


def _hand_in_for(
    tx: Tx, now: Standing, party: UUID, actor: Actor, at: datetime, batch: UUID | None
) -> tuple[str, str]:
    """The same for a branch: what the platform knows of it takes the place of what was typed for the first."""
    ref = directory.find_party_by_id(party)
    if ref is None or ref.kind != PartyKind.ENTERPRISE:
        raise NotFound("分支机构", "branch")
    known = directory.known_values(ref.region_code, ref.id)
    own = forms.prefill(now.form, known)
    region = ref.region_code if ref.region_code[:4] == now.application.region[:4] else now.application.region
    other = intake.copy(
        tx,
        region=now.application.region,
        id=now.application.id,
        to_region=region,
        party=party,
        values={code: value for code, value in now.typed.items() if code not in own},
        actor=actor,
    )
    there = standing(region, other, actor, at)
    if found := problems(there, at):
        name = known.get("enterprise.name", "")
        raise Incomplete([Problem(one.field, f"{name}：{one.zh}", f"{name}: {one.en}") for one in found])
    _hand_in(tx, there, actor, at, batch)
    return region, str(other)


def _led(now: Standing, at: datetime) -> Led | None:
    """整件事的时限: what the bundle promises, else what its longest item does."""
    if now.target.kind != "bundle":
        return None
    bundle = catalogue.get_bundle(now.target.code).definition
    limits = [bundle.promised] if bundle.promised else [pick.item.promised for pick in now.chosen]
    on, due_at, warn_on = max(
        (case_queries.due_of(at, _budget(limit), calendar()) for limit in limits), key=lambda due: due[0]
    )
    return Led(_office(bundle.lead, now.application.region), on, due_at, warn_on)


def _open(now: Standing, pick: Chosen, values: Mapping[str, str], actor: Actor, at: datetime) -> str:
    """One item's case, with no more of what was stated than this item needs."""
    application, known = now.application, now.known
    elements = [part.element for part in catalogue.needed_elements(pick.item, pick.situations)]
    needed = {need.material for need in catalogue.needed_materials(pick.item, pick.situations)}
    return cases.open_case(
        region=application.region,
        application=application.id,
        party=application.party,
        plan=plan(pick, application.region, *_renewed(now, pick, needed)),
        office=_office(pick.item.department, application.region),
        hall=application.hall,
        channel=application.channel,
        subject=cases.Subject(
            applicant=known.get("person.name") or known.get("enterprise.name", ""),
            applicant_kind="person" if "person.name" in known else "enterprise",
            applicant_number=known.get("person.resident_id") or known.get("enterprise.uscc", ""),
            values={code: values[code] for code in elements if values.get(code)},
            materials=_materials(now, needed),
        ),
        actor=actor,
        at=at,
        calendar=calendar(),
    )


def _materials(now: Standing, needed: set[str]) -> tuple[Mapping[str, str], ...]:
    """What was handed over of these; a certificate that is held stands in where nothing was."""
    names = {need.code: need.name for need in now.form.materials}
    handed = [
        one.handed(names.get(one.material, one.material)) for one in now.evidence if one.material in needed
    ]
    held = {"source": "certificate", "file": "", "media_type": ""}
    missing = needed - {one["code"] for one in handed}
    handed += [
        {"code": code, "name": names[code], **held, "reference": identifier}
        for code, identifier in now.held.items()
        if code in missing
    ]
    return tuple(handed)


def _renewed(now: Standing, pick: Chosen, needed: set[str]) -> tuple[str, date | None]:
    """延续: the certificate of the item's own kind that was handed over, and the last day it is valid."""
    if not pick.item.renewable:
        return "", None
    own = {need.code for need in now.form.materials if need.certificate == pick.item.outcome.certificate}
    found = next((held for code, held in now.held.items() if code in own & needed), "")
    return found, certificates.get_by_identifier(found).valid_until_on if found else None


def plan(pick: Chosen, region: str, renews: str = "", expires_on: date | None = None) -> Plan:
    """The case's plan from the item version: which works, at which offices of this county, with which limits.

    `renews`: the certificate to be renewed, valid until `expires_on`. Raises `Refused` where an office is missing.
    """
    item = pick.item
    works = tuple(
        WorkPlan(
            key=work.key,
            title=work.title,
            kind=work.kind,
            office=_office(work.department, region),
            limit=_budget(work.limit),
            after=work.after,
            silence=work.silence,
            people=work.people,
            experts=work.experts,
            checklist=work.checklist,
        )
        for work in catalogue.needed_works(item, pick.situations)
    )
    return Plan(
        item=item.code,
        version=pick.version,
        name=item.name,
        type=item.type,
        instant=item.instant,
        statutory=_budget(item.statutory) if item.statutory else None,
        promised=_budget(item.promised),
        works=works,
        certificate=item.outcome.certificate,
        limits=case_queries.limits_for(region, item.type),
        joint=item.joint,
        discretion=item.discretion,
        safety=item.safety,
        hearing=item.hearing,
        interested=item.interested,
        renews=renews,
        expires_on=expires_on,
        at_once=catalogue.at_once(item),
        criteria=tuple(
            Clause(one.key, one.text, f"《{one.basis.law}》{one.basis.article}")
            for one in catalogue.needed_criteria(item, pick.situations)
        ),
    )


def _budget(limit: Limit) -> Budget:
    return Budget(limit.days, limit.unit)


def _office(department: str, region: str) -> str:
    found = directory.find_office(department, region)
    if found is None:
        raise Refused(
            "no_office",
            f"这个地区还没有登记负责“{department}”的部门，请联系政务服务中心。",
            f"No office for '{department}' is registered in this county; tell the service centre.",
        )
    return found.code
