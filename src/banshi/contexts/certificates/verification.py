"""证照核对: folding the facts gives the row, and each certificate is found by its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from banshi.contexts.certificates import events, rules
from banshi.contexts.certificates.values import CertificateState
from banshi.infra.verification import Chunk, Report, Told, check_row

PREFIX = "certificates.certificate."
VERIFIED = ("certificates_certificate", "certificates_certificateprivate")
COUNTERS = ("certificates.issued", "certificates.revoked")
_ROW = (
    "identifier", "type_key", "case_id", "party_id", "issued_on", "valid_until_on", "seq", "state", "status",
)  # fmt: skip
_COUNTED = {events.ISSUED: "certificates.issued", events.REVOKED: "certificates.revoked"}
_decode = msgspec.json.Decoder(CertificateState).decode
_encode = msgspec.json.Encoder().encode


def check_certificates(chunk: Chunk, report: Report) -> None:
    """All certificates of the chunk, and rows of none."""
    rows = chunk.rows("certificates_certificate", _ROW)
    held = chunk.rows("certificates_certificateprivate", ())
    placed = _placed(chunk, (row[0][0] for row in rows.values()))
    for id, told in chunk.streams.items():
        if not told[0].fact.kind.startswith(PREFIX):
            continue
        row = rows.pop(id, None)
        if row is None:
            report.say(
                "no_row", chunk.place(id), "有事实，没有证照行。请从备份核对，按事实补上。",
                "There are facts but no certificate. Compare with a backup and restore it from the facts.",
            )  # fmt: skip
            continue
        try:
            state = _folded(told, report)
        except Exception as error:  # a damaged fact may raise anything
            report.say(
                "unfoldable", chunk.place(id), f"证照的事实不能折叠（{type(error).__name__}）。请从备份核对。",
                f"The certificate's facts do not fold ({type(error).__name__}). Compare with a backup.",
            )  # fmt: skip
            continue
        _row(chunk, state, row[0], report)
        if id not in held or placed.get(state.identifier) != (chunk.span.region, chunk.reader.stored(id)):
            report.say(
                "certificate_lost", state.identifier, "证照的持证内容或者索引没有了，按号查不到。请从备份补上。",
                "The certificate's holder or its index is missing: it cannot be found. Restore it from a backup.",
            )  # fmt: skip
    for id in rows:
        report.say(
            "no_facts", chunk.place(id), "有证照行，没有事实。请从备份核对。",
            "There is a certificate but no fact. Compare with a backup.",
        )  # fmt: skip


def _folded(told: Sequence[Told], report: Report) -> CertificateState:
    state: CertificateState | None = None
    for _, _, fact, _ in told:
        state = rules.evolve(state, fact)
        if name := _COUNTED.get(fact.kind):
            report.counted[state.region, name, state.type] += 1
    if state is None:
        raise ValueError("an empty stream has no state")
    return state


def _row(chunk: Chunk, state: CertificateState, row: Sequence[Any], report: Report) -> None:
    expected = (
        state.identifier, state.type, state.case, state.party, state.issued_on, state.valid_until_on, state.seq,
        _encode(state).decode(), state.status.value,
    )  # fmt: skip
    columns = dict(zip(_ROW, zip(expected, row, strict=True), strict=True))
    check_row(
        chunk,
        state.id,
        (f"证照 {state.identifier} ", state.identifier),
        columns,
        lambda found: _same(found, state),
        report,
    )


def _same(stored: str, state: CertificateState) -> bool:
    """A state that an older version wrote may be spelt otherwise."""
    try:
        return _decode(stored) == state
    except msgspec.DecodeError:
        return False


def _placed(chunk: Chunk, identifiers: Any) -> dict[str, tuple[Any, Any]]:
    """Where the index says that these lie: region and id, as stored."""
    wanted = list(identifiers)
    found: dict[str, tuple[Any, Any]] = {}
    for n in range(0, len(wanted), 500):
        some = wanted[n : n + 500]
        sql = (
            "SELECT identifier, region_code, certificate_id FROM certificates_certificateindex"  # noqa: S608
            f" WHERE identifier IN ({', '.join(['%s'] * len(some))})"
        )
        found |= {identifier: (region, id) for identifier, region, id in chunk.reader.all(sql, some)}
    return found
