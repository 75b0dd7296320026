"""兑现操作: read, claim, decide, appeal, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from banshi.contexts.policies import events, store
from banshi.contexts.policies.models import PoliciesPrivate
from banshi.contexts.policies.rules import claiming
from banshi.contexts.policies.values import Finding, Offer, Standing, Status
from banshi.infra import private
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused
from banshi.kernel.workdays import civil_day

MAX_WORDS = 2000  # characters


def mark_read(*, offers: Sequence[Offer], actor: Actor, at: datetime) -> None:
    """已读: what somebody has seen of their own offers, once each. What is not theirs is left alone."""
    mine = [one for one in offers if one.read_at is None and str(one.party) in actor.parties]
    if not mine:
        return

    def work(tx: Tx) -> None:
        for one in mine:
            row = tx.run(
                "UPDATE policies_offerrow SET read_at = %s, seq = seq + 1 WHERE region_code = %s AND id = %s AND seq = %s",
                (at, one.region, one.id, one.seq),
            )
            if row:
                store.append(tx, one.region, one.id, one.seq, Fact(events.READ, {"policy": one.policy}))
                tx.count(one.region, "policies.done", f"{one.policy}|read", 1)

    write(work, at=at, actor=actor.code)


def claim(
    *,
    region: str,
    id: UUID,
    now: Finding,
    stated: frozenset[str],
    asked: frozenset[str],
    used: Mapping[str, object],
    supplied: Mapping[str, str],
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> str:
    """确认享受: by the party or who acts for them; returns the status: granted, or claimed where the office checks first.

    `now`: the match made again with what is known at this moment; `asked`: the data that it rests on, `stated`: those that
    people said themselves; `used`, `supplied`: kept encrypted with the claim. Raises `NotFound`, `Refused`.
    """
    kept = {key: value.isoformat() if isinstance(value, date) else value for key, value in used.items()}

    def work(tx: Tx) -> str:
        offer = _own(tx, region, id, actor)
        state, _ = store.lock_policy(tx, offer.policy)
        check = claiming.claim(state, offer, now, stated, asked, civil_day(at))
        missing = [one for one in state.policy.asks if not supplied.get(one.key, "").strip()]
        if missing:
            raise Refused(
                "not_supplied",
                f"请填写{missing[0].label}。",
                f"Fill in {missing[0].key}.",
                field=missing[0].key,
            )
        store.spend(tx, state, now.amount)
        wanted = {one.key: supplied[one.key].strip()[:200] for one in state.policy.asks}
        period = state.policy.period(civil_day(at))
        digest = private.put(tx, PoliciesPrivate, region, {"used": kept, "supplied": wanted}, id=id).digest
        told = {"policy": offer.policy, "fen": now.amount, "digest": digest}
        facts = [Fact(events.CLAIMED, told | ({"period": period} if period else {}))]
        status = Status.CLAIMED if check else Status.GRANTED
        if not check:
            facts.append(Fact(events.GRANTED, {"policy": offer.policy, "fen": now.amount}))
        seq = store.append(tx, region, id, offer.seq, *facts)
        _count(tx, region, offer.policy, "claimed")
        if not check:
            _granted(tx, region, offer.policy, now.amount)
        changed = replace(
            offer,
            version=state.version,
            amount_fen=now.amount,
            period=period,
            status=status,
            to_check=check,
            seq=seq,
            claimed_at=at,
            decided_at=None if check else at,
        )
        store.put_offers(tx, [_entitled(tx, changed)])
        return status.value

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def decide(
    *,
    region: str,
    id: UUID,
    grant: bool,
    reason: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """核对: grant what was claimed, or refuse it with a reason (encrypted). Raises `NotFound`, `Refused`."""
    words = _words(reason, "reason")

    def work(tx: Tx) -> None:
        offer = store.lock_offer(tx, region, id)
        state, _ = store.lock_policy(tx, offer.policy)
        claiming.require_handling(actor, state.policy, region)
        claiming.decide(offer, grant, words)
        data: dict[str, object] = {"policy": offer.policy, "fen": offer.amount_fen}
        if words:
            kept = private.put(tx, PoliciesPrivate, region, {"text": words}, id=_reason_of(offer))
            data |= {"text": kept.id, "digest": kept.digest}
        seq = store.append(tx, region, id, offer.seq, Fact(events.GRANTED if grant else events.REFUSED, data))
        if grant:
            _granted(tx, region, offer.policy, offer.amount_fen)
        else:
            store.release(tx, offer.policy, offer.amount_fen)
            _count(tx, region, offer.policy, "refused")
        status = Status.GRANTED if grant else Status.REFUSED
        store.put_offers(tx, [replace(offer, status=status, to_check=False, seq=seq, decided_at=at)])

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def appeal(
    *, region: str, id: UUID, text: str, actor: Actor, at: datetime, command_id: UUID | None = None
) -> None:
    """申诉: against a list or a refusal, by the party; the words are kept encrypted. Raises `NotFound`, `Refused`."""
    words = _words(text, "text")

    def work(tx: Tx) -> None:
        offer = _own(tx, region, id, actor)
        waiting = tx.one(
            "SELECT 1 FROM policies_appealrow WHERE offer_id = %s AND region_code = %s AND outcome = ''",
            (id, region),
        )
        claiming.appeal(offer, waiting is not None, words)
        kept = private.put(tx, PoliciesPrivate, region, {"text": words})
        tx.run(
            "INSERT INTO policies_appealrow (region_code, id, offer_id, party_id, policy, text_id, answer_id, outcome, at,"
            " answered_at) VALUES (%s,%s,%s,%s,%s,%s,NULL,'',%s,NULL)",
            (region, new_id(), id, offer.party, offer.policy, kept.id, at),
        )
        data = {"policy": offer.policy, "text": kept.id, "digest": kept.digest}
        seq = store.append(tx, region, id, offer.seq, Fact(events.APPEALED, data))
        store.put_offers(tx, [replace(offer, seq=seq)])

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def answer(
    *,
    region: str,
    id: UUID,
    upheld: bool,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """答复申诉: upheld, the claim is taken up by hand and waits for its decision; else it stays as it was, with the reason.

    Raises `NotFound`, `Refused`.
    """
    words = _words(text, "text")

    def work(tx: Tx) -> None:
        row = tx.one(
            "SELECT offer_id, outcome FROM policies_appealrow WHERE region_code = %s AND id = %s",
            (region, id),
        )
        if row is None:
            raise NotFound("这份申诉", "appeal")
        offer = store.lock_offer(tx, region, UUID(str(row[0])))
        state, _ = store.lock_policy(tx, offer.policy)
        claiming.require_handling(actor, state.policy, region)
        if row[1]:
            raise Refused("answered_already", "这份申诉已经答复。", "It was answered already.")
        if not words:
            raise Refused("text_needed", "请写明答复的理由。", "Say why.", field="text")
        kept = private.put(tx, PoliciesPrivate, region, {"text": words})
        outcome = "upheld" if upheld else "dismissed"
        tx.run(
            "UPDATE policies_appealrow SET outcome = %s, answer_id = %s, answered_at = %s"
            " WHERE region_code = %s AND id = %s",
            (outcome, kept.id, at, region, id),
        )
        data = {"policy": offer.policy, "outcome": outcome, "text": kept.id, "digest": kept.digest}
        seq = store.append(tx, region, offer.id, offer.seq, Fact(events.ANSWERED, data))
        changed = replace(offer, seq=seq)
        if upheld:
            store.spend(tx, state, offer.amount_fen)
            changed = _entitled(tx, replace(changed, status=Status.CLAIMED, to_check=True, claimed_at=at))
        store.put_offers(tx, [changed])

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def _own(tx: Tx, region: str, id: UUID, actor: Actor) -> Offer:
    offer = store.lock_offer(tx, region, id)
    if str(offer.party) not in actor.parties:
        raise NotFound("这条政策匹配", "offer")
    return offer


def _entitled(tx: Tx, offer: Offer) -> Offer:
    """The offer on the list of the entitled, and the counts with it."""
    if offer.standing is not Standing.ENTITLED:
        if offer.standing is not Standing.NO:
            tx.count(offer.region, "policies.list", f"{offer.policy}|{offer.standing.value}", -1)
        tx.count(offer.region, "policies.list", f"{offer.policy}|{Standing.ENTITLED.value}", 1)
    return replace(offer, standing=Standing.ENTITLED, failing="", missing=(), instead="")


def _granted(tx: Tx, region: str, code: str, fen: int | None) -> None:
    _count(tx, region, code, "granted")
    if fen:
        tx.count(region, "policies.done", f"{code}|granted_fen", fen)


def _count(tx: Tx, region: str, code: str, what: str) -> None:
    tx.count(region, "policies.done", f"{code}|{what}", 1)


def _reason_of(offer: Offer) -> UUID:
    return store.known_id(offer.id, "reason")


def _words(text: str, field: str) -> str:
    words = text.strip()
    if len(words) > MAX_WORDS:
        raise Refused(
            "text_too_long",
            f"文字超过{MAX_WORDS}字，请精简。",
            f"The words exceed {MAX_WORDS} characters; shorten them.",
            field=field,
        )
    return words
