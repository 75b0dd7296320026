"""申请: from what somebody wants to get done, by a few questions, to one form, one set of materials, and one submission
that becomes the departments' cases — in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries as case_queries
from banshi.contexts.cases.values import Budget, Clause, Plan, WorkPlan
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Bundle, Column, Condition, Dictionaries, Element, Item, Limit
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import (
    SUGGESTED,
    Check,
    Field,
    Filled,
    Form,
    MaterialNeed,
    Need,
    Problem,
    Settled,
)
from banshi.contexts.forms.values import Choice as FormChoice
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Choice, KnownFrom, Progress, Question
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import BROUGHT, CONSENT, Application, Evidence, Led
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import PartyKind
from banshi.infra import crypto
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.elements import GROUP, rows_of
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.rules import Names
from banshi.kernel.workdays import civil_day


@dataclass(frozen=True, slots=True)
class Target:
    """要办的事: one item, or a bundle with all the items that it may come to."""

    kind: str
    code: str
    name: str
    plain_name: str
    summary: str
    applicants: tuple[str, ...]
    questions: tuple[Question, ...]
    items: tuple[tuple[Item, int, Condition], ...]  # item, version, when it belongs to the bundle
    dictionaries: Dictionaries

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """选定的事项: an item of this application with its version and situations."""

    item: Item
    version: int
    situations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """申请现状: everything that a page of an application shows.

    `whole` is the form with every field, `form` with those that are asked as things stand; `wanted` the sources outside
    that could fill something in, once the applicant agrees.
    """

    application: Application
    target: Target
    progress: Progress
    chosen: tuple[Chosen, ...]
    whole: Form
    settled: Settled
    typed: Mapping[str, str]
    prefilled: Mapping[str, Filled]
    wanted: frozenset[str]
    evidence: tuple[Evidence, ...]
    held: Mapping[str, str]  # material code → identifier of a certificate the person holds already
    known: Mapping[str, str]  # what the platform knows of the person or firm, by source

    @property
    def form(self) -> Form:
        return self.settled.form

    @property
    def filled(self) -> Mapping[str, Filled]:
        return self.settled.filled

    @property
    def values(self) -> dict[str, str]:
        """What would be submitted: typed values, else what is known."""
        fields = self.form.fields
        known = {one.code: self.filled[one.code].value for one in fields if one.code in self.filled}
        typed = {
            one.code: self.typed[one.code] for one in fields if one.code in self.typed and not one.computed
        }
        return {**known, **typed}

    def with_typed(self, typed: Mapping[str, str], today: date) -> Standing:
        """The same with these values typed too: what is asked, computed and suggested follows."""
        together = {**self.typed, **typed}
        settled = forms.settle(self.whole, together, self.prefilled, self.progress.answers, today)
        return replace(self, typed=together, settled=settled)

    @property
    def supplied(self) -> set[str]:
        return {one.material for one in self.evidence} | set(self.held)


@dataclass(frozen=True, slots=True)
class Submitted:
    """提交结果."""

    region: str
    application: UUID
    cases: tuple[UUID, ...]
    others: tuple[tuple[str, UUID], ...] = ()  # applications of the branches handed in with it: region, id


def target(kind: str, code: str) -> Target:
    """An item or a bundle in force. Raises `NotFound`."""
    current = catalogue.catalogue()
    if kind == "bundle":
        bundle = catalogue.get_bundle(code).definition
        items = tuple(
            (current.items[part.item].definition, current.items[part.item].version, part.when)
            for part in bundle.items
        )
        return Target(
            "bundle", code, bundle.name, bundle.plain_name, bundle.summary, bundle.applicants,
            _questions(bundle, items, current.dictionaries), items, current.dictionaries,
        )  # fmt: skip
    edition = catalogue.get_item(code)
    item = edition.definition
    items = ((item, edition.version, {}),)
    return Target(
        "item", code, item.name, item.plain_name, item.summary, item.applicants,
        _questions(None, items, current.dictionaries), items, current.dictionaries,
    )  # fmt: skip


def _questions(
    bundle: Bundle | None, items: tuple[tuple[Item, int, Condition], ...], dictionaries: Dictionaries
) -> tuple[Question, ...]:
    """The bundle's own questions first; an item's question is asked when an item that needs it was chosen."""
    conditions: dict[str, list[Condition]] = {code: [{}] for code in (bundle.questions if bundle else ())}
    for item, _, when in items:
        for code in item.questions:
            conditions.setdefault(code, []).append(when)
    found = []
    for code, when_any in conditions.items():
        question = dictionaries.questions[code]
        choices = tuple(Choice(choice.key, choice.text, choice.help) for choice in question.choices)
        known = tuple(
            KnownFrom(f"{EARLIER}.{code}" if one.fact == EARLIER else one.fact, one.gives)
            for one in question.known
        )
        found.append(Question(code, question.text, choices, tuple(when_any), question.help, known=known))
    return tuple(found)


def chosen(what: Target, answers: Mapping[str, str]) -> tuple[Chosen, ...]:
    """The items that these answers come to, with their situations."""
    found: dict[str, Chosen] = {}
    for item, version, when in what.items:
        if guidance.holds(when, answers):
            found.setdefault(item.code, Chosen(item, version, catalogue.situations_of(item, answers)))
    return tuple(found.values())


def form(what: Target, picks: tuple[Chosen, ...], answers: Mapping[str, str]) -> Form:
    """One form and one set of materials for these items. What another of them issues need not be handed over."""
    issued = {pick.item.outcome.certificate: pick.item for pick in picks if pick.item.outcome.certificate}
    needs = [_need(what.dictionaries, pick, answers, issued) for pick in picks]
    sections = [(section.key, section.title) for section in what.dictionaries.sections]
    return forms.merge(needs, sections, _data(what.dictionaries))


_latest: list[
    tuple[Dictionaries, Names]
] = []  # of the dictionaries in force: the rules are compiled for them


def _data(dictionaries: Dictionaries) -> Names:
    """What the rules of fields may ask for."""
    for known, names in _latest:
        if known is dictionaries:
            return names
    names = catalogue.data_of(dictionaries)
    _latest[:] = [(dictionaries, names), *_latest[:1]]
    return names


def _need(
    dictionaries: Dictionaries, pick: Chosen, answers: Mapping[str, str], issued: Mapping[str, Item]
) -> Need:
    fields = []
    for part in catalogue.needed_elements(pick.item, pick.situations):
        element = dictionaries.elements[part.element]
        fields.append(_field(part.element, element, not part.optional, answers))
    materials = []
    for need in catalogue.needed_materials(pick.item, pick.situations):
        kind = dictionaries.materials[need.material]
        maker = issued.get(kind.certificate) if kind.certificate else None
        own = maker is not None and maker.code != pick.item.code
        materials.append(
            MaterialNeed(
                code=need.material,
                name=kind.name,
                required=not (need.optional or need.deferrable or own),
                items=(),
                issuer=kind.issuer,
                help=kind.help,
                certificate=kind.certificate,
                formats=kind.formats,
                notes=(need.note,) if need.note else (),
                made_by=maker.plain_name if own and maker else "",
            )
        )
    return Need(pick.item.plain_name, tuple(fields), tuple(materials))


def _field(code: str, element: Element, required: bool, answers: Mapping[str, str]) -> Field:
    sources = catalogue.fill_sources(element, answers)
    return Field(
        code=code,
        label=element.label,
        kind=element.kind,
        section=element.section,
        required=required,
        items=(),
        help=element.help,
        choices=tuple(FormChoice(choice.key, choice.text) for choice in element.choices),
        max_length=element.max_length,
        sources=tuple(f"{EARLIER}.{code}" if source == EARLIER else source for source in sources),
        past_only=element.past_only,
        earliest_years_ago=element.earliest_years_ago,
        unit=element.unit,
        whole=element.whole,
        shown=element.shown,
        computed=element.computed,
        suggested=element.suggested,
        checks=tuple(Check(one.rule, one.zh, one.en) for one in element.checks),
        columns=tuple(_column(one, element.section) for one in element.columns),
        most_rows=element.most_rows,
    )


def _column(one: Column, section: str) -> Field:
    return Field(
        code=one.key,
        label=one.label,
        kind=one.kind,
        section=section,
        required=not one.optional,
        items=(),
        help=one.help,
        choices=tuple(FormChoice(choice.key, choice.text) for choice in one.choices),
        max_length=one.max_length,
        past_only=one.past_only,
        unit=one.unit,
        whole=one.whole,
    )


EARLIER = "earlier"
_OUTSIDE = (
    "register.",
    "certificate.",
    f"{EARLIER}.",
)  # sources that are asked with the applicant's consent alone


def standing(region: str, id: UUID, actor: Actor, at: datetime) -> Standing:
    """Where an application stands at this instant. Raises `NotFound`."""
    application = applications.get_application(region, id, actor)
    what = target(application.kind, application.code)
    known = _known(application.party)
    certificates_held = certificates.held_by(application.party, civil_day(at))
    # What was submitted stands as it was: its answers were kept with it.
    facts = {} if application.submitted_at else _facts(what, application, known, certificates_held)
    progress = guidance.progress(what.questions, application.answers, facts)
    picks = chosen(what, progress.answers)
    merged = form(what, picks, progress.answers)
    typed = applications.typed(application)
    brought = _brought(typed)
    prefilled = forms.prefill(merged, {**_of_agent(application.party, actor), **known, **brought})
    settled = forms.settle(merged, typed, prefilled, progress.answers, civil_day(at))
    held = {
        need.code: certificates_held[need.certificate]
        for need in merged.materials
        if need.certificate in certificates_held and not need.made_by
    }
    return Standing(
        application,
        what,
        progress,
        picks,
        merged,
        settled,
        {code: value for code, value in typed.items() if code not in (CONSENT, BROUGHT)},
        prefilled,
        _wanted(settled, typed),
        tuple(applications.evidence(application)),
        held,
        known,
    )


def _facts(
    what: Target, application: Application, known: Mapping[str, str], held: Iterable[str]
) -> dict[str, str]:
    """What may answer questions: the register, certificates, and what the same party answered before, the latest first."""
    facts = {source.fact for question in what.questions for source in question.known}
    if not facts:
        return {}
    found = {**known, **{f"certificate.{kind}": "held" for kind in held}}
    if any(fact.startswith(f"{EARLIER}.") for fact in facts):
        for before in applications.list_submitted([application.party]):
            for code, choice in before.answers.items():
                found.setdefault(f"{EARLIER}.{code}", choice)
    return found


def _brought(typed: Mapping[str, str]) -> dict[str, str]:
    """What was fetched from outside with consent, by source."""
    found: dict[str, str] = msgspec.json.decode(typed[BROUGHT]) if typed.get(BROUGHT) else {}
    return {source: value for source, value in found.items() if value}


def _wanted(settled: Settled, typed: Mapping[str, str]) -> frozenset[str]:
    """The sources outside that were not asked yet, of fields in which nothing stands."""
    if typed.get(CONSENT) == "no":
        return frozenset()
    asked: dict[str, str] = msgspec.json.decode(typed[BROUGHT]) if typed.get(BROUGHT) else {}
    empty = [one for one in settled.form.fields if one.code not in typed and _open_to(one, settled)]
    return frozenset(source for one in empty for source in one.sources if source.startswith(_OUTSIDE)) - set(
        asked
    )


def _open_to(one: Field, settled: Settled) -> bool:
    """Whether something better than nothing, or than a guess, could still come."""
    return one.code not in settled.filled or settled.filled[one.code].source == SUGGESTED


def _known(party: UUID) -> dict[str, str]:
    """What the platform knows of the person or firm, by source."""
    ref = directory.find_party_by_id(party)
    return directory.known_values(ref.region_code, ref.id) if ref else {}


def _of_agent(party: UUID, actor: Actor) -> dict[str, str]:
    """经办人: what is known of the person who acts for a firm. Nothing for another person's matter: theirs is not known."""
    ref = directory.find_party_by_id(party)
    if ref is None or ref.kind != PartyKind.ENTERPRISE or actor.kind != "citizen":
        return {}
    agent = directory.get_account(UUID(actor.id)).party
    return directory.known_values(agent.region_code, agent.id)


def problems(now: Standing, today: datetime) -> list[Problem]:
    """Everything that stands in the way of submission."""
    if now.progress.next is not None:
        return [Problem("", "还有问题没有回答。", "Some questions are not answered.")]
    if not now.chosen:
        return [Problem("", "按您的回答，没有需要办理的事项。", "By your answers nothing has to be done.")]
    _, wrong = forms.check(now.form.fields, now.values, civil_day(today))
    said = {problem.field for problem in wrong}
    codes = [one.code for one in now.form.fields if one.code not in said]
    wrong += forms.check_rules(now.settled, codes)
    return wrong + forms.check_materials(now.form, now.supplied)


class Incomplete(Refused):
    """申请不完整: with every problem, so that all are told at once."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(
            "incomplete",
            "还不能提交：" + "".join(problem.zh for problem in found),
            "Not complete: " + " ".join(problem.en for problem in found),
        )
        self.problems = found


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
    others = tuple((place, _uuid(other)) for place, other in said["others"])
    return Submitted(region, id, tuple(map(UUID, said["cases"])), others)


MOST_BRANCHES = 200


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _hand_in(tx: Tx, now: Standing, actor: Actor, at: datetime, batch: UUID | None) -> list[str]:
    """One application becomes its cases; their ids."""
    values, _ = forms.check(now.form.fields, now.values, civil_day(at))
    intake.submit(
        tx,
        region=now.application.region,
        id=now.application.id,
        answers=now.progress.answers,
        versions={pick.item.code: pick.version for pick in now.chosen},
        actor=actor,
        digests={"values": crypto.digest(repr(sorted(values.items())), "intake"), **_files(now)},
        led=_led(now, at),
        batch=batch,
    )
    stated = {code: _words(one, values[code]) for code, one in _by_code(now.form).items() if code in values}
    return [_open(now, pick, stated, actor, at) for pick in now.chosen]


def _by_code(form: Form) -> dict[str, Field]:
    return {one.code: one for one in form.fields}


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
) -> tuple[str, UUID]:
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
    return region, other


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


def _files(now: Standing) -> dict[str, str]:
    return {str(one.id): one.file for one in now.evidence if one.file}


def _open(now: Standing, pick: Chosen, values: Mapping[str, str], actor: Actor, at: datetime) -> str:
    """One item's case, with no more of what was stated than this item needs."""
    application, region = now.application, now.application.region
    elements = [part.element for part in catalogue.needed_elements(pick.item, pick.situations)]
    materials = {need.material for need in catalogue.needed_materials(pick.item, pick.situations)}
    known = now.known
    names = {need.code: need.name for need in now.form.materials}
    kinds = {need.code: need.certificate for need in now.form.materials if need.code in materials}
    supplied = [
        {
            "code": one.material,
            "name": names.get(one.material, one.material),
            "source": one.source,
            "file": one.file,
            "media_type": one.media_type,
            "reference": one.reference,
            "filename": one.name,
        }
        for one in now.evidence
        if one.material in materials
    ]
    supplied += [
        {
            "code": code,
            "name": names[code],
            "source": "certificate",
            "file": "",
            "media_type": "",
            "reference": held,
        }
        for code, held in now.held.items()
        if code in materials and code not in {one["code"] for one in supplied}
    ]
    return cases.open_case(
        region=region,
        application=application.id,
        party=application.party,
        plan=plan(pick, region, *_renewed(pick, now.held, kinds)),
        office=_office(pick.item.department, region),
        hall=application.hall,
        channel=application.channel,
        subject=cases.Subject(
            applicant=known.get("person.name") or known.get("enterprise.name", ""),
            applicant_kind="person" if "person.name" in known else "enterprise",
            applicant_number=known.get("person.resident_id") or known.get("enterprise.uscc", ""),
            values={code: values[code] for code in elements if values.get(code)},
            materials=tuple(supplied),
        ),
        actor=actor,
        at=at,
        calendar=calendar(),
    )


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


def _renewed(pick: Chosen, held: Mapping[str, str], kinds: Mapping[str, str]) -> tuple[str, date | None]:
    """延续: the certificate of the item's own kind that was handed over, and the last day it is valid."""
    if not pick.item.renewable:
        return "", None
    wanted = pick.item.outcome.certificate
    found = next((held[code] for code, kind in kinds.items() if kind == wanted and code in held), "")
    return found, certificates.get_by_identifier(found).valid_until_on if found else None


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
