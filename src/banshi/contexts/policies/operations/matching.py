"""匹配操作: what is known of people, runs with their progress, and what a match found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from banshi.contexts.policies import events, store
from banshi.contexts.policies.models import PoliciesPrivate
from banshi.contexts.policies.rules import claiming
from banshi.contexts.policies.values import (
    Element,
    Finding,
    Mode,
    Offer,
    PolicyState,
    RunState,
    Standing,
    Status,
    Subject,
)
from banshi.infra import private
from banshi.infra.reads import uuid
from banshi.infra.store import Tx, encode, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused, Stream
from banshi.kernel.rules.admit import admits
from banshi.kernel.rules.types import read as read_type
from banshi.kernel.workdays import civil_day

STATED = "stated"  # the source of what people say of themselves
LISTS = (Standing.ENTITLED, Standing.NEARLY, Standing.CANNOT_TELL)
type Match = tuple[Subject, Sequence[Finding], frozenset[str]]  # frozenset: policies that rest on stated data


def record_known(
    *,
    region: str,
    party: UUID,
    source: str,
    values: Mapping[str, object],
    elements: Mapping[str, Element],
    actor: Actor,
    at: datetime,
) -> None:
    """登记数据: what a register (or the party, `STATED`) tells; what it told before is replaced, encrypted. `values` are of
    the declared types, dates as dates. Raises `Refused` for an unknown key or a wrong type, with nothing kept."""
    for key, value in values.items():
        element = elements.get(key)
        if element is None or not admits(read_type(element.type), value):
            label = element.zh if element else key
            raise Refused(
                "wrong_datum",
                f"数据“{label}”不对，请按要求填写。",
                f"The datum “{label}” is not as it should be.",
                field=key,
            )
        if source == STATED and not element.stated:
            raise Refused(
                "not_yours_to_state",
                f"“{element.zh}”以{element.holder}的记录为准，不能自己填。",
                f"“{element.zh}” is taken from the records of its holder and cannot be stated.",
                field=key,
            )
    kept = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}

    def work(tx: Tx) -> None:
        id = store.known_id(party, source)
        private.put(tx, PoliciesPrivate, region, {"values": kept}, id=id)
        tx.run(
            "INSERT INTO policies_knownrow (region_code, id, party_id, source, at) VALUES (%s,%s,%s,%s,%s)"
            " ON CONFLICT (region_code, id) DO UPDATE SET at = EXCLUDED.at",
            (region, id, party, source, at),
        )
        fact = Fact(events.DATA_RECORDED, {"party": party, "source": source, "keys": sorted(values)})
        store.append(tx, region, id, store.last(tx, region, id), fact)

    write(work, at=at, actor=actor.code, region=region)


def start_run(
    *,
    scope: str,
    codes: Sequence[str],
    total: int,
    actor: Actor,
    at: datetime,
    looked_on: date | None = None,
    command_id: UUID | None = None,
) -> UUID:
    """开始匹配: over the people and firms of a region (six digits); `codes` empty: by all policies. It is advanced by steps.
    `looked_on`: the day that it is noted for, of a run over everybody.

    A second run over the same while one is on its way: the one that is.
    """
    told = ",".join(sorted(codes))

    def work(tx: Tx) -> UUID:
        open_ = tx.one(
            "SELECT id FROM policies_runrow WHERE region_code = %s AND codes = %s AND ended_at IS NULL",
            (scope, told),
        )
        if open_ is not None:
            return UUID(str(open_[0]))
        id = new_id()
        tx.run(
            "INSERT INTO policies_runrow (region_code, id, scope, codes, total, done, cursor_region, cursor_party, found,"
            " started_at, ended_at) VALUES (%s,%s,%s,%s,%s,0,'',NULL,'{}',%s,NULL)",
            (scope, id, scope, told, total, at),
        )
        if looked_on is not None:
            store.look_on(tx, codes, looked_on)
        tx.append(Stream(scope, id), 0, [Fact(events.RUN_STARTED, {"codes": sorted(codes), "total": total})])
        return id

    return uuid(write(work, at=at, actor=actor.code, region=scope, command_id=command_id))


def advance(
    tx: Tx,
    run: RunState,
    matches: Sequence[Match],
    states: Mapping[str, PolicyState],
    last: tuple[str, UUID] | None,
) -> RunState | None:
    """推进一步: write a chunk and how far the run has come, together; `last` None: nobody is left, it ends. The run as it is
    then; None, and nothing is written, when another process has taken the same step."""
    found = dict(run.found)
    for _, findings, _ in matches:
        for one in findings:
            if one.standing is not Standing.NO:
                found[one.standing.value] = found.get(one.standing.value, 0) + 1
    now = replace(
        run,
        done=run.done + len(matches),
        cursor_region=last[0] if last else run.cursor_region,
        cursor_party=last[1] if last else run.cursor_party,
        found=found,
        ended_at=None if last else tx.at,
    )
    taken = tx.run(
        "UPDATE policies_runrow SET done = %s, cursor_region = %s, cursor_party = %s, found = %s, ended_at = %s"
        " WHERE region_code = %s AND id = %s AND done = %s AND ended_at IS NULL",
        (
            now.done,
            now.cursor_region,
            now.cursor_party,
            encode(found),
            now.ended_at,
            run.region,
            run.id,
            run.done,
        ),
    )
    if not taken:
        return None
    record_matches(tx, matches, states, frozenset(run.codes))
    if last is None:
        tx.append(Stream(run.region, run.id), 1, [Fact(events.RUN_ENDED, {"done": now.done, **found})])
    return now


def record_matches(
    tx: Tx, matches: Sequence[Match], states: Mapping[str, PolicyState], codes: frozenset[str] = frozenset()
) -> None:
    """记下匹配结果: only what changed is written, with a fact each; `codes` empty: all policies were looked at.

    What is claimed or decided stays as it is. A policy of direct grant whose data nobody stated is granted here, while
    its money lasts.
    """
    offers = store.offers_of(tx, [m[0].party for m in matches])
    there = {(one.party, one.policy): one for one in sorted(offers, key=lambda one: one.period)}  # the latest
    written: list[Offer] = []
    counted: Counter[tuple[str, str]] = Counter()
    for subject, findings, stated in matches:
        found = {one.policy: one for one in findings}
        for (party, code), _ in there.items():
            if party == subject.party and code not in found and (not codes or code in codes):
                found[code] = Finding(code, Standing.NO)
        for code, one in found.items():
            before = there.get((subject.party, code))
            now = _changed(tx, subject, one, before, states.get(code), code in stated)
            if now is not None:
                written.append(now)
                counted[subject.region, f"{code}|{now.standing.value}"] += 1
                if before and before.id == now.id:
                    counted[subject.region, f"{code}|{before.standing.value}"] -= 1
    store.put_offers(tx, written)
    for (region, key), delta in counted.items():
        if delta and key.rpartition("|")[2] != Standing.NO.value:
            tx.count(region, "policies.list", key, delta)


def _changed(
    tx: Tx, subject: Subject, one: Finding, before: Offer | None, state: PolicyState | None, stated: bool
) -> Offer | None:
    """The offer as it is now; None where nothing changed."""
    version = state.version if state else before.version if before else 0
    period = state.policy.period(civil_day(tx.at)) if state else before.period if before else ""
    if before is not None and state is not None and claiming.again(before, state.policy, civil_day(tx.at)):
        before = None
    if before is None:
        if one.standing is Standing.NO:
            return None
        id = store.offer_id(subject.party, one.policy, period)
        now = Offer(
            subject.region, id, subject.party, one.policy, version, one.standing, one.failing, one.missing,
            one.instead, one.amount, Status.OPEN, False, 0, tx.at, None, None, None, period,
        )  # fmt: skip
    elif before.status is not Status.OPEN:
        return None
    else:
        now = replace(
            before,
            version=version,
            standing=one.standing,
            failing=one.failing,
            missing=one.missing,
            instead=one.instead,
            amount_fen=one.amount,
            period=period,
        )
    direct = (
        state is not None
        and state.policy.mode is Mode.DIRECT
        and now.standing is Standing.ENTITLED
        and not stated
        and store.reserve(tx, state, now.amount_fen)
    )
    if before is not None and now == before and not direct:
        return None
    facts = [
        Fact(
            events.MATCHED,
            {
                "policy": one.policy,
                "version": version,
                "party": subject.party,
                "standing": now.standing.value,
                "failing": now.failing,
                "missing": list(now.missing),
                "fen": now.amount_fen,
                **({"period": period} if period else {}),
            },
        )
    ]
    # What changed only in its version is no news; somebody who read it need not read it again.
    now = replace(
        now, matched_at=tx.at, read_at=before.read_at if before and before.standing is now.standing else None
    )
    if direct:
        now = replace(now, status=Status.GRANTED, claimed_at=tx.at, decided_at=tx.at)
        facts.append(Fact(events.GRANTED, {"policy": one.policy, "fen": now.amount_fen, "direct": True}))
        tx.count(subject.region, "policies.done", f"{one.policy}|granted", 1)
        if now.amount_fen:
            tx.count(subject.region, "policies.done", f"{one.policy}|granted_fen", now.amount_fen)
    return replace(now, seq=store.append(tx, now.region, now.id, now.seq, *facts))
