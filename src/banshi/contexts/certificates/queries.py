"""证照查询: for its holder, for the issuing office, and for anybody who has its number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Q

from banshi.contexts.certificates import rules
from banshi.contexts.certificates.models import Certificate, CertificateIndex, CertificatePrivate
from banshi.contexts.certificates.values import CertificateState, Holder, PublicCertificate, Status
from banshi.contexts.certificates.verification import COUNTERS as COUNTERS
from banshi.contexts.certificates.verification import VERIFIED as VERIFIED
from banshi.contexts.certificates.verification import check_certificates as check_certificates
from banshi.infra import files, private
from banshi.infra.models import Fact as FactRow
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused

_decode = msgspec.json.Decoder(CertificateState).decode


def find_public(identifier_or_number: str, on: date) -> PublicCertificate | None:
    """查验: by 证照标识 or certificate number as typed (blanks, small or full-width letters); None when there is none.

    Raises `BadId` for an identifier that was mistyped. `on` decides whether it has expired.
    """
    state = _find(identifier_or_number)
    if state is None:
        return None
    kept = holder(state)
    return PublicCertificate(
        identifier=state.identifier,
        number=state.number,
        name=state.name,
        office=state.office,
        holder=rules.public_name(kept.name, kept.number) if kept else "",
        issued_on=state.issued_on,
        valid_from_on=state.valid_from_on,
        valid_until_on=state.valid_until_on,
        revoked_on=state.revoked_on,
        status=state.standing(on),
    )


def get_certificate(region: str, id: UUID, actor: Actor) -> CertificateState:
    """One certificate. Raises `NotFound` for whom it is as if it were not there."""
    state = _find_at(region, id)
    if state is None or not rules.may_see(state, actor):
        raise NotFound("证照", "certificate")
    return state


def get_by_identifier(identifier: str) -> CertificateState:
    """One certificate, for flows. Raises `NotFound`; `BadId` for an identifier that was mistyped."""
    state = _find(identifier)
    if state is None:
        raise NotFound("证照", "certificate")
    return state


def holder(state: CertificateState) -> Holder | None:
    """持证内容 (personal: the caller records that it was looked at); None when it was erased."""
    kept = private.get(CertificatePrivate, state.region, state.id)
    return msgspec.convert(kept, Holder) if kept else None


def reason(state: CertificateState) -> str:
    """Why it was revoked; empty when the reason is its case's, or was erased."""
    if state.reason is None:
        return ""
    return str(private.get(CertificatePrivate, state.region, state.reason).get("text", ""))


def content(region: str, id: UUID, actor: Actor) -> bytes:
    """The PDF. Raises `NotFound`, and `Refused` while it is not printed yet."""
    state = get_certificate(region, id, actor)
    if not state.file:
        raise Refused(
            "not_rendered",
            "证照文件正在生成，请过几分钟再下载。",
            "The file is being made; try again in a few minutes.",
        )
    return files.read(state.file)


def list_of_party(party_ids: Iterable[UUID]) -> list[CertificateState]:
    """Certificates of these parties, wherever issued and whatever became of them, the newest first."""
    rows = Certificate.objects.filter(party_id__in=list(party_ids)).order_by("-issued_on", "-id")
    return [_decode(raw) for raw in rows.values_list("state", flat=True)]


def held_by(party_id: UUID, on: date) -> dict[str, str]:
    """有效证照 of a party on a day: type key → identifier, of each type the newest."""
    rows = Certificate.objects.filter(
        Q(valid_until_on=None) | Q(valid_until_on__gte=on), party_id=party_id, status=Status.ISSUED.value
    )
    return dict(rows.order_by("issued_on", "id").values_list("type_key", "identifier"))


def facts(region: str, id: UUID) -> list[Fact]:
    """The facts of one certificate, in their order: folding them must give its row."""
    rows = FactRow.objects.filter(region_code=region, stream_id=id).order_by("seq")
    return [Fact(kind, msgspec.json.decode(data)) for kind, data in rows.values_list("kind", "data")]


def _find(typed: str) -> CertificateState | None:
    wanted = rules.sought(typed)
    if not str(wanted).isprintable():  # PostgreSQL knows no such text
        return None
    key = {"number": wanted} if isinstance(wanted, str) else {"identifier": str(wanted)}
    place = CertificateIndex.objects.filter(**key).values_list("region_code", "certificate_id").first()
    return _find_at(*place) if place else None


def _find_at(region: str, id: UUID) -> CertificateState | None:
    raw = Certificate.objects.filter(region_code=region, id=id).values_list("state", flat=True).first()
    return _decode(raw) if raw else None
