"""证照规则: how it is numbered, how long it is valid, who may issue, revoke and see it; and the fold of its facts."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from banshi.contexts.certificates import events
from banshi.contexts.certificates.values import CertificateKind, CertificateState, Holder, Status
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused
from banshi.kernel.ids import CertificateId, tidy, valid_resident_id, valid_uscc
from banshi.ui.masking import masked_name

VERSION = 1  # of a certificate's identifier; a changed certificate would be the next
SERIAL_LENGTH = 20  # characters, random
NUMBER_SERIALS = 100_000_000  # random too: a number cannot be guessed from its neighbour


def permit_issue(office: str, actor: Actor) -> None:
    """By the platform for a granted case, or by the issuing office itself. Raises `Refused`."""
    if not _acts_for(office, actor, "officer", "approver"):
        raise Refused(
            "not_your_post",
            "只有颁发机构的经办人和审批负责人可以颁发这份证照。",
            "Only officers and approvers of the issuing office issue this certificate.",
        )


def issue(
    *,
    id: UUID,
    region: str,
    case: UUID,
    party: UUID,
    holder: Holder,
    type: CertificateKind,
    office: str,
    issuer: str,
    issued_on: date,
    serial: str,
    number_serial: int,
    digest: str,
) -> list[Fact]:
    """颁发: `issuer` is the office's 统一社会信用代码, the serials are random.

    Raises `Refused`; `BadId` for a type code that is none.
    """
    if not holder.name.strip():
        raise Refused(
            "holder_unnamed",
            "没有持证主体的姓名或者名称，不能颁发证照，请先核对办件的申请人。",
            "The holder has no name; check the applicant of the case first.",
        )
    if not valid_uscc(issuer):
        raise Refused(
            "issuer_code",
            "颁发机构的统一社会信用代码没有登记或者不对，请先在机构资料中改正，再颁发证照。",
            "The issuing office has no valid unified social credit code; correct the office's record first.",
            "GB/T 36904",
        )
    identifier = CertificateId.build(type.code, issuer, serial, VERSION)
    data = {
        "id": id,
        "region": region,
        "identifier": str(identifier),
        "number": f"{tidy(type.number_prefix)}{region}{issued_on.year}{number_serial:08}",
        "type": type.key,
        "name": type.name,
        "case": case,
        "party": party,
        "office": office,
        "issuer": identifier.issuer_code,
        "issued_on": issued_on,
        "valid_from_on": issued_on,
        "valid_until_on": valid_until(issued_on, type.valid_months),
        "digest": digest,
    }
    return [Fact(events.ISSUED, data)]


def valid_until(from_on: date, months: int) -> date | None:
    """The last valid day: that before the day of the same number so many months on; None without end.

    Where the month has no such day, its last day is the last valid one (民法典 art. 202).
    """
    if months == 0:
        return None
    year, month = divmod(from_on.year * 12 + from_on.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if from_on.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, from_on.day) - timedelta(days=1)


def rendered(state: CertificateState, file: str) -> list[Fact]:
    """成文: printed once; whoever comes second changes nothing."""
    return [] if state.file else [Fact(events.RENDERED, {"file": file})]


def revoke(
    state: CertificateState,
    *,
    on: date,
    text: UUID | None,
    digest: str,
    actor: Actor,
    cancelled: bool = False,
) -> list[Fact]:
    """撤销, or 注销 (`cancelled`) where the permit has come to its end: by an approver of the issuing office with reasons, or because its case was revoked (which holds them).

    A second revocation changes nothing. Raises `NotFound`, `Refused`.
    """
    if not may_see(state, actor):
        raise NotFound("证照", "certificate")
    if not _acts_for(state.office, actor, "approver"):
        raise Refused(
            "not_your_post",
            "只有颁发机构的审批负责人可以撤销证照。",
            "Only an approver of the issuing office revokes a certificate.",
        )
    if state.status is not Status.ISSUED:
        return []
    if text is None and actor.kind != "system":
        raise Refused(
            "words_needed",
            "请写明撤销的理由和依据。",
            "State the reasons for revoking.",
            "行政许可法第六十九条",
            "reason",
        )
    kind = events.CANCELLED if cancelled else events.REVOKED
    return [Fact(kind, {"on": on, "text": text, "digest": digest})]


def may_see(state: CertificateState, actor: Actor) -> bool:
    """Whom it belongs to, and the staff of the issuing office. Everybody else verifies it by its number."""
    if actor.kind == "citizen":
        return str(state.party) in actor.parties
    return _acts_for(state.office, actor, "officer", "approver", "window_clerk")


def _acts_for(office: str, actor: Actor, *posts: str) -> bool:
    return actor.kind == "system" or (actor.kind == "staff" and actor.may_act_for(office, *posts))


def is_firm(number: str) -> bool:
    """Whether a holder's number is a firm's. Where one could be either, it counts as a person's."""
    return valid_uscc(number) and not valid_resident_id(number)


def public_name(name: str, number: str) -> str:
    """持证主体 for everybody: a firm's name in full, a person's masked."""
    return name if is_firm(number) else masked_name(name)


def sought(text: str) -> CertificateId | str:
    """What somebody typed: an identifier if there are dots in it, otherwise a certificate number.

    Raises `BadId` for an identifier that cannot be one (length, character, check).
    """
    typed = tidy(text.replace("。", "."))  # what a Chinese keyboard makes of a dot
    return CertificateId.parse(typed) if "." in typed else typed


def evolve(state: CertificateState | None, fact: Fact) -> CertificateState:
    """The state after `fact`. The first fact, `issued`, makes the state."""
    data = fact.data
    if fact.kind == events.ISSUED:
        return msgspec.convert({**data, "seq": 1}, CertificateState, strict=False)
    if state is None:
        raise ValueError(f"a certificate starts with {events.ISSUED}, not {fact.kind}")
    changes: dict[str, Any]
    match fact.kind:
        case events.RENDERED:
            changes = {"file": data["file"]}
        case events.REVOKED | events.CANCELLED:
            changes = {
                "status": Status.REVOKED if fact.kind == events.REVOKED else Status.CANCELLED,
                "revoked_on": msgspec.convert(data["on"], date),
                "reason": msgspec.convert(data["text"], UUID | None),
            }
        case _:
            raise ValueError(f"unknown fact of a certificate: {fact.kind}")
    return replace(state, seq=state.seq + 1, **changes)
