"""填写: one form and one set of materials for all that was chosen, with what is known filled in; and how the draft stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Column, Element, Item
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import (
    SUGGESTED,
    Check,
    Choice,
    Field,
    Filled,
    Form,
    MaterialNeed,
    Need,
    Settled,
)
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Progress
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import BROUGHT, CONSENT, Application, Evidence
from banshi.directory import queries as directory
from banshi.directory.values import PartyKind
from banshi.flows.apply.guide import EARLIER, Chosen, Target, chosen, source_of, target
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

# Sources that are asked with the applicant's consent alone.
_OUTSIDE = ("register.", "certificate.", f"{EARLIER}.")


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


def form(what: Target, picks: tuple[Chosen, ...], answers: Mapping[str, str]) -> Form:
    """One form and one set of materials for these items. What another of them issues need not be handed over."""
    issued = {pick.item.outcome.certificate: pick.item for pick in picks if pick.item.outcome.certificate}
    needs = [_need(what, pick, answers, issued) for pick in picks]
    sections = [(section.key, section.title) for section in what.dictionaries.sections]
    return forms.merge(needs, sections, what.data)


def _need(what: Target, pick: Chosen, answers: Mapping[str, str], issued: Mapping[str, Item]) -> Need:
    elements, kinds = what.dictionaries.elements, what.dictionaries.materials
    fields = tuple(
        _element(part.element, elements[part.element], not part.optional, answers)
        for part in catalogue.needed_elements(pick.item, pick.situations)
    )
    materials = []
    for need in catalogue.needed_materials(pick.item, pick.situations):
        kind = kinds[need.material]
        maker = issued.get(kind.certificate) if kind.certificate else None
        made_by = maker.plain_name if maker and maker.code != pick.item.code else ""
        materials.append(
            MaterialNeed(
                code=need.material,
                name=kind.name,
                required=not (need.optional or need.deferrable or made_by),
                items=(),
                issuer=kind.issuer,
                help=kind.help,
                certificate=kind.certificate,
                formats=kind.formats,
                notes=(need.note,) if need.note else (),
                made_by=made_by,
            )
        )
    return Need(pick.item.plain_name, fields, tuple(materials))


def _element(code: str, element: Element, required: bool, answers: Mapping[str, str]) -> Field:
    return _field(
        code,
        element,
        element.section,
        required,
        sources=tuple(source_of(one, code) for one in catalogue.fill_sources(element, answers)),
        earliest_years_ago=element.earliest_years_ago,
        shown=element.shown,
        computed=element.computed,
        suggested=element.suggested,
        checks=tuple(Check(one.rule, one.zh, one.en) for one in element.checks),
        columns=tuple(_field(one.key, one, element.section, not one.optional) for one in element.columns),
        most_rows=element.most_rows,
    )


def _field(code: str, one: Element | Column, section: str, required: bool, **more: Any) -> Field:
    """What an element and a column of a group have alike; `more` is the element's own."""
    return Field(
        code=code,
        label=one.label,
        kind=one.kind,
        section=section,
        required=required,
        items=(),
        help=one.help,
        choices=tuple(Choice(choice.key, choice.text) for choice in one.choices),
        max_length=one.max_length,
        past_only=one.past_only,
        unit=one.unit,
        whole=one.whole,
        **more,
    )


def standing(region: str, id: UUID, actor: Actor, at: datetime) -> Standing:
    """Where an application stands at this instant. Raises `NotFound`."""
    application = applications.get_application(region, id, actor)
    what = target(application.kind, application.code)
    party = directory.find_party_by_id(application.party)
    known = directory.known_values(party.region_code, party.id) if party else {}
    certificates_held = certificates.held_by(application.party, civil_day(at))
    # What was submitted stands as it was: its answers were kept with it.
    facts = {} if application.submitted_at else _facts(what, application, known, certificates_held)
    progress = guidance.progress(what.questions, application.answers, facts)
    picks = chosen(what, progress.answers)
    merged = form(what, picks, progress.answers)
    typed = applications.typed(application)
    brought: dict[str, str] = msgspec.json.decode(typed.get(BROUGHT) or "{}")
    of_agent = _of_agent(actor) if party and party.kind == PartyKind.ENTERPRISE else {}
    prefilled = forms.prefill(merged, {**of_agent, **known, **brought})
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
        frozenset() if typed.get(CONSENT) == "no" else _wanted(settled, typed) - set(brought),
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
                found.setdefault(source_of(EARLIER, code), choice)
    return found


def _wanted(settled: Settled, typed: Mapping[str, str]) -> frozenset[str]:
    """The sources outside of fields in which nothing stands, or but a guess."""
    empty = [
        one
        for one in settled.form.fields
        if one.code not in typed
        and (one.code not in settled.filled or settled.filled[one.code].source == SUGGESTED)
    ]
    return frozenset(source for one in empty for source in one.sources if source.startswith(_OUTSIDE))


def _of_agent(actor: Actor) -> dict[str, str]:
    """经办人: what is known of the person who acts for a firm. Nothing for another person's matter: theirs is not known."""
    if actor.kind != "citizen":
        return {}
    agent = directory.get_account(UUID(actor.id)).party
    return directory.known_values(agent.region_code, agent.id)
