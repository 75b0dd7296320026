"""Rows of a certificate. Reads and writes of the command path, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from uuid import UUID

import msgspec

from banshi.contexts.certificates.values import CertificateState
from banshi.infra.store import Clash, Tx
from banshi.kernel.facts import NotFound

_decode = msgspec.json.Decoder(CertificateState).decode
_encode = msgspec.json.Encoder().encode


def lock(tx: Tx, region: str, identifier: str) -> CertificateState:
    """The state, for change. Raises `NotFound`."""
    sql = "SELECT state FROM certificates_certificate WHERE region_code = %s AND identifier = %s"
    row = tx.one(sql if tx.sqlite else sql + " FOR UPDATE", (region, identifier))
    if row is None:
        raise NotFound("证照", "certificate")
    return _decode(row[0])


def find_issued(tx: Tx, region: str, case: UUID, type_key: str) -> str | None:
    """The identifier of the certificate of this type that the case has already."""
    row = tx.one(
        "SELECT identifier FROM certificates_certificate WHERE region_code = %s AND case_id = %s AND type_key = %s",
        (region, case, type_key),
    )
    return row[0] if row else None


def insert(tx: Tx, state: CertificateState) -> None:
    """Raises `Clash` when its number exists, or when another transaction has just issued the same certificate."""
    placed = tx.run(
        "INSERT INTO certificates_certificateindex (identifier, number, region_code, certificate_id)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (state.identifier, state.number, state.region, state.id),
    )
    kept = tx.run(
        "INSERT INTO certificates_certificate (region_code, id, identifier, type_key, case_id, party_id, issued_on,"
        " valid_until_on, seq, state, status) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING",
        (
            state.region,
            state.id,
            state.identifier,
            state.type,
            state.case,
            state.party,
            state.issued_on,
            state.valid_until_on,
            *_changing(state),
        ),
    )
    if not (placed and kept):
        raise Clash


def update(tx: Tx, state: CertificateState) -> None:
    tx.run(
        "UPDATE certificates_certificate SET seq = %s, state = %s, status = %s WHERE region_code = %s AND id = %s",
        (*_changing(state), state.region, state.id),
    )


def _changing(state: CertificateState) -> tuple[object, ...]:
    return state.seq, _encode(state).decode(), state.status.value
