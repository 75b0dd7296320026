"""证照操作: issue, print once, revoke."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID

import msgspec

from banshi.contexts.certificates import queries, rules, store
from banshi.contexts.certificates.models import CertificatePrivate
from banshi.contexts.certificates.values import CertificateKind, CertificateState, Holder, Status
from banshi.directory import queries as directory
from banshi.infra import files, pdf, private
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused, Stream
from banshi.kernel.ids import ALPHANUMERIC
from banshi.kernel.workdays import civil_day
from banshi.ui.masking import masked_id

TEMPLATE = Path(__file__).parent / "documents" / "certificate.typ"
MAX_REASON = 4000  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """待成文的证照: issued, not yet printed. `office`: whose seal belongs on it."""

    region: str
    identifier: str
    number: str
    office: str


def issue(
    *,
    region: str,
    case: UUID,
    type: CertificateKind,
    issuer_uscc: str,
    issuer_office: str,
    party: UUID,
    holder: Mapping[str, str],
    fields: Sequence[tuple[str, str]],
    issued_on: date,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> str:
    """颁发: one certificate of a type for a case; returns its 证照标识, which a repeat returns again.

    `holder`: name, number. `fields`: (label, value) in the order of printing. Both are kept encrypted.
    Raises `Refused`; `BadId` for a type code that is none; `Clash`, after which one may try again.
    """

    content = Holder(holder["name"], holder["number"], tuple(fields))

    def work(tx: Tx) -> str:
        rules.permit_issue(issuer_office, actor)
        if issued := store.find_issued(tx, region, case, type.key):
            return issued
        id = new_id()
        kept = private.put(tx, CertificatePrivate, region, msgspec.to_builtins(content), id=id)
        facts = rules.issue(
            id=id,
            region=region,
            case=case,
            party=party,
            holder=content,
            type=type,
            office=issuer_office,
            issuer=issuer_uscc,
            issued_on=issued_on,
            serial="".join(secrets.choice(ALPHANUMERIC) for _ in range(rules.SERIAL_LENGTH)),
            number_serial=secrets.randbelow(rules.NUMBER_SERIALS),
            digest=kept.digest,
        )
        state = folded(facts)
        store.insert(tx, state)
        tx.count(region, "certificates.issued", type.key, 1)
        tx.append(Stream(region, id), 0, facts)
        return state.identifier

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def unrendered(identifier: str) -> Draft | None:
    """What is to be printed; None where it was printed already, or its holder was erased. Raises `NotFound`."""
    state = queries.get_by_identifier(identifier)
    if state.file or queries.holder(state) is None:
        return None
    return Draft(state.region, state.identifier, state.number, state.office)


def render(draft: Draft, *, verify_url: str, demo: bool, seal: str | None) -> bytes:
    """成文: the PDF; slow, outside any transaction. The office is called as it is today.

    `seal`: SVG to print in the seal's place, "" to leave it free; None: 待加盖印章. Raises `NotFound` when the holder was
    erased in between, `pdf.CannotPrint`.
    """
    state = queries.get_by_identifier(draft.identifier)
    holder = queries.holder(state)
    if holder is None:
        raise NotFound("持证主体", "holder")
    data = {
        "name": state.name,
        "number": state.number,
        "identifier": state.identifier,
        "holder": holder.name,
        "holder_code": holder.number if rules.is_firm(holder.number) else masked_id(holder.number),
        "fields": [{"label": label, "value": value} for label, value in holder.fields],
        "office": directory.get_office(state.office).name,
        "issued_on": state.issued_on,
        "valid_from": state.valid_from_on,
        "valid_to": state.valid_until_on,
        "url": verify_url,
        "demo": demo,
    }
    if seal is not None:
        data["seal"] = {"svg": seal}
    return pdf.render(TEMPLATE, data, created_at=datetime.combine(state.issued_on, time(), UTC))


def attach(tx: Tx, draft: Draft, digest: str, size: int) -> None:
    """Name the stored file in its certificate; joins the caller's transaction. Repeatable."""
    state = store.lock(tx, draft.region, draft.identifier)
    files.register(tx, digest, size, "application/pdf")
    _append(tx, state, rules.rendered(state, digest))


def revoke(
    *,
    region: str,
    identifier: str,
    reason: str,
    actor: Actor,
    at: datetime,
    cancelled: bool = False,
    command_id: UUID | None = None,
) -> None:
    """撤销, or 注销 when `cancelled`: `reason` is kept encrypted. Repeatable. Raises `NotFound`, `Refused`."""
    words = reason.strip()
    if len(words) > MAX_REASON:
        raise Refused(
            "text_too_long",
            f"撤销理由超过{MAX_REASON}字，请精简。",
            f"The reasons exceed {MAX_REASON} characters; shorten them.",
            "",
            "reason",
        )

    def work(tx: Tx) -> None:
        state = store.lock(tx, region, identifier)
        keep = words and state.status is Status.ISSUED
        kept = private.put(tx, CertificatePrivate, region, {"text": words}) if keep else None
        facts = rules.revoke(
            state,
            on=civil_day(at),
            text=kept.id if kept else None,
            digest=kept.digest if kept else "",
            actor=actor,
            cancelled=cancelled,
        )
        if facts:
            tx.count(region, "certificates.revoked", state.type, 1)
        _append(tx, state, facts)

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def folded(facts: Sequence[Fact]) -> CertificateState:
    """The state that a stream's facts give. Raises ValueError for none."""
    state: CertificateState | None = None
    for fact in facts:
        state = rules.evolve(state, fact)
    if state is None:
        raise ValueError("an empty stream has no state")
    return state


def _append(tx: Tx, before: CertificateState, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    state = before
    for fact in facts:
        state = rules.evolve(state, fact)
    store.update(tx, state)
    tx.append(Stream(before.region, before.id), before.seq, facts)
