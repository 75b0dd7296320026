"""Rows of the policies on the command path, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from banshi.contexts.policies.rules import claiming
from banshi.contexts.policies.values import Offer, Policy, PolicyState, Standing, Status
from banshi.infra.reads import instant, uuid
from banshi.infra.store import Tx
from banshi.kernel.facts import Fact, NotFound, Stream

_POLICIES = uuid5(NAMESPACE_URL, "banshi/policies")
_content = msgspec.json.Decoder(Policy).decode
OFFER = (
    "region_code, id, party_id, policy, version, standing, failing, missing, instead, amount_fen, status, to_check, seq,"
    " matched_at, read_at, claimed_at, decided_at, period"
)
STATE = "region_code, version, content, open, budget_fen, committed_fen, looked_on"


def stream(region: str, code: str) -> Stream:
    """Where the facts of a policy lie."""
    return Stream(region, uuid5(_POLICIES, code))


def offer_id(party: UUID, code: str, period: str = "") -> UUID:
    """One party, one policy, one period, one offer: made twice it is the same."""
    return uuid5(party, f"policy/{code}/{period}" if period else f"policy/{code}")


def known_id(party: UUID, source: str) -> UUID:
    """Where what a source told of a party lies."""
    return uuid5(party, f"known/{source}")


def state(row: Sequence[Any]) -> PolicyState:
    region, version, content, open_, budget, committed, looked, *_ = row
    on = date.fromisoformat(looked) if isinstance(looked, str) else looked
    return PolicyState(_content(content), region, version, bool(open_), budget, committed, on)


def lock_policy(tx: Tx, code: str) -> tuple[PolicyState, int]:
    """The policy for change, and its sequence number. Raises `NotFound`."""
    sql = f"SELECT {STATE}, seq FROM policies_policyrow WHERE code = %s AND NOT retired"  # noqa: S608
    row = tx.one(sql if tx.sqlite else sql + " FOR UPDATE", (code,))
    if row is None:
        raise NotFound("这条政策", "policy")
    return state(row), row[-1]


def offer(row: Sequence[Any]) -> Offer:
    """An offer of its columns (`OFFER`), however the engine gives UUIDs and instants back."""
    (
        region,
        id,
        party,
        code,
        version,
        standing,
        failing,
        missing,
        instead,
        amount,
        status,
        check,
        seq,
        *times,
        period,
    ) = row
    matched, read, claimed, decided = (one and instant(one) for one in times)
    return Offer(
        region,
        uuid(id),
        uuid(party),
        code,
        version,
        Standing(standing),
        failing,
        tuple(filter(None, missing.split(","))),
        instead,
        amount,
        Status(status),
        bool(check),
        seq,
        matched,
        read,
        claimed,
        decided,
        period,
    )


def lock_offer(tx: Tx, region: str, id: UUID) -> Offer:
    """Raises `NotFound`."""
    sql = f"SELECT {OFFER} FROM policies_offerrow WHERE region_code = %s AND id = %s"  # noqa: S608
    row = tx.one(sql if tx.sqlite else sql + " FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("这条政策匹配", "offer")
    return offer(row)


def offers_of(tx: Tx, parties: Sequence[UUID]) -> list[Offer]:
    """All offers of these parties, for change; one query."""
    if not parties:
        return []
    marks = ", ".join(["%s"] * len(parties))
    sql = f"SELECT {OFFER} FROM policies_offerrow WHERE party_id IN ({marks}) ORDER BY id"  # noqa: S608
    return [offer(row) for row in tx.all(sql if tx.sqlite else sql + " FOR UPDATE", parties)]


_COLUMNS = OFFER.split(", ")
_SET = ", ".join(
    f"{name} = EXCLUDED.{name}"
    for name in _COLUMNS
    if name not in ("region_code", "id", "party_id", "policy")
)
_PUT = (
    f"INSERT INTO policies_offerrow ({OFFER}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608
    f" ON CONFLICT (region_code, id) DO UPDATE SET {_SET}"
)


def put_offers(tx: Tx, offers: Sequence[Offer]) -> None:
    """Write these rows as they are now."""
    tx.many(
        _PUT,
        [
            (
                one.region,
                one.id,
                one.party,
                one.policy,
                one.version,
                one.standing.value,
                one.failing,
                ",".join(one.missing),
                one.instead,
                one.amount_fen,
                one.status.value,
                one.to_check,
                one.seq,
                one.matched_at,
                one.read_at,
                one.claimed_at,
                one.decided_at,
                one.period,
            )
            for one in offers
        ],
    )


def look_on(tx: Tx, codes: Sequence[str], on: date) -> None:
    """Note the day on which everybody is matched with these policies; `codes` empty: with all."""
    if codes:
        tx.many(
            "UPDATE policies_policyrow SET looked_on = %s WHERE code = %s", [(on, code) for code in codes]
        )
    else:
        tx.run("UPDATE policies_policyrow SET looked_on = %s", (on,))


def reserve(tx: Tx, state: PolicyState, fen: int | None) -> bool:
    """Take the amount out of the budget; False where it does not hold it. A policy without a budget has no hot row."""
    if state.budget_fen is None:
        return True
    return bool(
        tx.run(
            "UPDATE policies_policyrow SET committed_fen = committed_fen + %s WHERE region_code = %s AND code = %s"
            " AND committed_fen < budget_fen AND committed_fen + %s <= budget_fen",
            (fen or 0, state.region, state.policy.code, fen or 0),
        )
    )


def spend(tx: Tx, state: PolicyState, fen: int | None) -> None:
    """The same, or `Refused`: the money is spent."""
    if not reserve(tx, state, fen):
        claiming.require_money(lock_policy(tx, state.policy.code)[0], fen)


def release(tx: Tx, code: str, fen: int | None) -> None:
    """Give the amount of a refused claim back to the budget."""
    tx.run(
        "UPDATE policies_policyrow SET committed_fen = committed_fen - %s WHERE code = %s AND budget_fen IS NOT NULL",
        (fen or 0, code),
    )


def came(tx: Tx, region: str, ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Note of these attendances that they came; which of them are new."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    sql = f"UPDATE policies_attendancerow SET came_at = %s WHERE region_code = %s AND id IN ({marks})"  # noqa: S608
    rows = tx.all(sql + " AND came_at IS NULL RETURNING id", (at, region, *ids))
    return [uuid(row[0]) for row in rows]


def append(tx: Tx, region: str, id: UUID, seq: int, *facts: Fact) -> int:
    """Append facts behind `seq`; the new sequence number."""
    tx.append(Stream(region, id), seq, facts)
    return seq + len(facts)


def last(tx: Tx, region: str, id: UUID) -> int:
    """The sequence number that a stream has come to."""
    row = tx.one(
        "SELECT COALESCE(MAX(seq), 0) FROM infra_fact WHERE region_code = %s AND stream_id = %s", (region, id)
    )
    return int(row[0]) if row else 0
