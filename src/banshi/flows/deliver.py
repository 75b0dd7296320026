"""出件: after a decision — the documents' PDFs, the certificate, and its delivery to the person's space.

Every handler hears of a fact afterwards, from the outbox, and is repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from banshi.adapters import seal_service
from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.certificates import operations as certificates
from banshi.contexts.certificates.values import CertificateKind
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import files
from banshi.infra.store import Tx
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Recorded
from banshi.kernel.workdays import civil_day

type After = Callable[[Tx], Any] | None


def progress_url(number: str) -> str:
    """The public address that shows a case's progress by its number."""
    return f"{settings.BANSHI.address}/p/{number}"


def verify_url(identifier: str) -> str:
    """The public address that verifies a certificate."""
    return f"{settings.BANSHI.address}/v/{identifier}"


def render_documents(recorded: Recorded, at: datetime) -> After:
    """文书成文: render and seal what was issued with this fact, outside any transaction; name the files inside one."""
    region, case = recorded.stream.region, recorded.stream.id
    drafts = cases.unrendered(region, case)
    if not drafts:
        return None
    state = queries.get_case(region, case, SYSTEM)
    url = progress_url(state.number)
    rendered = [(draft, _rendered(draft, state, url)) for draft in drafts]
    kept = [(draft, files.digest_of(content), content) for draft, content in rendered]
    for _, digest, content in kept:
        files.store(content, digest)

    def work(tx: Tx) -> None:
        for draft, digest, content in kept:
            cases.attach(tx, draft, digest, len(content))

    return work


def _rendered(draft: cases.Draft, state: CaseState, url: str) -> bytes:
    office = state.office if draft.office is None else draft.office
    letterhead = _letterhead(office, state.region)
    render = partial(cases.render, draft, letterhead=letterhead, url=url)
    return _sealed(office, draft.number, draft.kind, render) if draft.sealed else render(seal=None)


def _sealed(office: str, number: str, kind: str, render: Callable[..., bytes]) -> bytes:
    """Rendered with the office's seal. Without a service the seal's place says that it is yet to come."""
    service = seal_service.service()
    if service is None:
        return render(seal=None)
    whose = directory.get_office(office)
    order = seal_service.Order(office, whose.uscc, whose.name, number, kind)
    return service.seal(render(seal=service.picture(order)), order)


def _letterhead(code: str, region: str) -> cases.Letterhead:
    """Appeals go to the government of the office's own level (行政复议法 art. 24) and the court of the place.

    Without an office it is the supervision of the case's county that writes.
    """
    if not code:
        place = directory.get_region(region).name
        return cases.Letterhead(f"{place}政务服务电子监察", "", "", f"{place}人民政府", f"{place}人民法院")
    office = directory.get_office(code)
    place = directory.get_region(office.region_code).name
    return cases.Letterhead(office.name, office.phone, office.address, f"{place}人民政府", f"{place}人民法院")


def make_certificate(recorded: Recorded, at: datetime) -> After:
    """制证: a granted case whose item ends in a certificate gets it, with the decision as its ground."""
    state = queries.get_case(recorded.stream.region, recorded.stream.id, SYSTEM)
    if not state.plan.certificate or state.certificate or state.status is not Status.PASSED:
        return None
    return lambda tx: _certify(state, recorded, at)


def _certify(state: CaseState, recorded: Recorded, at: datetime) -> None:
    kind = catalogue.catalogue().dictionaries.certificates[state.plan.certificate]
    office = directory.get_office(state.office)
    subject = queries.subject(state)
    identifier = certificates.issue(
        region=state.region,
        case=state.id,
        type=CertificateKind(
            state.plan.certificate, kind.name, kind.code, kind.valid_months, kind.number_prefix
        ),
        issuer_uscc=office.uscc,
        issuer_office=office.code,
        party=state.party,
        holder={"name": subject.get("applicant", ""), "number": subject.get("applicant_number", "")},
        fields=_fields(state, subject.get("values", {})),
        issued_on=civil_day(recorded.at),
        actor=SYSTEM,
        at=at,
    )
    cases.act(
        "certify",
        region=state.region,
        id=state.id,
        actor=SYSTEM,
        at=at,
        calendar=calendar(),
        given=Input(reference=identifier),
    )


def _fields(state: CaseState, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the certificate states: the elements that its item names, as label and words."""
    elements = catalogue.catalogue().dictionaries.elements
    shown = catalogue.get_version(state.plan.item, state.plan.version).outcome.shows
    fields = []
    for code in shown:
        if value := values.get(code):
            words = {choice.key: choice.text for choice in elements[code].choices}
            fields.append((elements[code].label, words.get(value, value)))
    return fields


def render_certificate(recorded: Recorded, at: datetime) -> After:
    """证照成文: render the certificate with its QR and seal, outside any transaction; name the file inside one."""
    identifier = recorded.data["certificate"]
    draft = certificates.unrendered(identifier)
    if draft is None:
        return None
    demo, url = settings.BANSHI.demo, verify_url(identifier)
    render = partial(certificates.render, draft, verify_url=url, demo=demo)
    content = _sealed(draft.office, draft.number, "certificate", render)
    digest = files.digest_of(content)
    files.store(content, digest)
    return lambda tx: certificates.attach(tx, draft, digest, len(content))


def deliver_online(recorded: Recorded, at: datetime) -> After:
    """网上送达: whoever applied online gets the decision and the certificate in their space at once."""
    state = queries.get_case(recorded.stream.region, recorded.stream.id, SYSTEM)
    waits = state.status is Status.PASSED and state.plan.certificate and not state.certificate
    if (
        state.channel != "online"
        or state.delivered_on
        or waits
        or state.status not in (Status.PASSED, Status.REFUSED)
    ):
        return None
    return lambda tx: (
        cases.act(
            "deliver",
            region=state.region,
            id=state.id,
            actor=SYSTEM,
            at=at,
            calendar=calendar(),
            given=Input(how="online"),
        ).kinds
    )


def revoke_certificate(recorded: Recorded, at: datetime) -> After:
    """撤销证照: the certificate of a case that was revoked or cancelled (注销) is no longer valid."""
    state = queries.get_case(recorded.stream.region, recorded.stream.id, SYSTEM)
    if not state.certificate:
        return None
    reason = queries.texts(state.region, [UUID(recorded.data["text"])]) if recorded.data.get("text") else {}
    words = next(iter(reason.values()), "")
    return lambda tx: certificates.revoke(
        region=state.region,
        identifier=state.certificate,
        reason=words,
        actor=SYSTEM,
        at=at,
        cancelled=state.status is Status.CANCELLED,
    )
