"""政策库操作: publish what the files say, pause and resume, set the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from banshi.contexts.policies import events, store
from banshi.contexts.policies.rules import claiming
from banshi.contexts.policies.rules.compiled import Compiled, budget, names
from banshi.contexts.policies.values import Library, Policy
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused


@dataclass(frozen=True, slots=True)
class Published:
    """发布结果: codes that are new or changed, how many stayed, codes that were taken out."""

    changed: tuple[str, ...]
    unchanged: int
    retired: tuple[str, ...]


def publish(*, library: Library, actor: Actor, at: datetime) -> Published:
    """发布政策库: each changed policy becomes a new version; what is in no file any more is retired. Repeatable."""

    def work(tx: Tx) -> Published:
        rows = tx.all("SELECT region_code, code, version, content, retired, seq FROM policies_policyrow")
        there = {row[1]: row for row in rows}
        changed, unchanged = [], 0
        for code, policy in sorted(library.policies.items()):
            content = _content(library, policy)
            row = there.pop(code, None)
            if row and row[3] == content and not row[4]:
                unchanged += 1
                continue
            _publish(tx, policy, content, row)
            changed.append(code)
        retired = [row for row in there.values() if not row[4]]
        for region, code, _, _, _, seq in retired:
            tx.run(
                "UPDATE policies_policyrow SET retired = %s, open = %s, seq = %s WHERE region_code = %s AND code = %s",
                (True, False, seq + 1, region, code),
            )
            _append(tx, region, code, seq, Fact(events.PAUSED, {"policy": code, "retired": True}))
        return Published(tuple(changed), unchanged, tuple(row[1] for row in retired))

    return write(work, at=at, actor=actor.code)


def _content(library: Library, policy: Policy) -> str:
    """With the data that its rules ask for: a version says all that it needs."""
    compiled = Compiled.of(policy, names(library.elements))
    asks = {key for rule in compiled.rules for key in rule.asks}
    elements = {key: library.elements[key] for key in sorted(asks) if key in library.elements}
    return msgspec.json.encode({**msgspec.to_builtins(policy), "elements": elements}).decode()


def _publish(tx: Tx, policy: Policy, content: str, row: tuple[object, ...] | None) -> None:
    version, seq = (int(str(row[2])) + 1, int(str(row[5]))) if row else (1, 0)
    if row:
        tx.run(
            "UPDATE policies_policyrow SET version = %s, content = %s, open = %s, retired = %s, seq = %s, looked_on = NULL"
            " WHERE region_code = %s AND code = %s",
            (version, content, True, False, seq + 1, policy.region, policy.code),
        )
    else:
        tx.run(
            "INSERT INTO policies_policyrow (region_code, code, version, content, open, retired, budget_fen, committed_fen,"
            " seq) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            (policy.region, policy.code, version, content, True, False, budget(policy), 0, 1),
        )
    _append(
        tx,
        policy.region,
        policy.code,
        seq,
        Fact(events.PUBLISHED, {"policy": policy.code, "version": version}),
    )


def pause(*, code: str, actor: Actor, at: datetime) -> None:
    """暂停兑现. Repeatable. Raises `NotFound`, `Refused`."""
    _set_open(code, False, actor, at)


def resume(*, code: str, actor: Actor, at: datetime) -> None:
    """恢复兑现. Repeatable. Raises `NotFound`, `Refused`."""
    _set_open(code, True, actor, at)


def _set_open(code: str, open_: bool, actor: Actor, at: datetime) -> None:
    def work(tx: Tx) -> None:
        state, seq = store.lock_policy(tx, code)
        claiming.require_edit(actor, state)
        if state.open == open_:
            return
        tx.run(
            "UPDATE policies_policyrow SET open = %s, seq = %s, looked_on = NULL"
            " WHERE region_code = %s AND code = %s",
            (open_, seq + 1, state.region, code),
        )
        _append(
            tx, state.region, code, seq, Fact(events.RESUMED if open_ else events.PAUSED, {"policy": code})
        )

    write(work, at=at, actor=actor.code)


def set_budget(*, code: str, fen: int | None, actor: Actor, at: datetime) -> None:
    """定资金: 分, or None for no limit; never below what is committed. Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        state, seq = store.lock_policy(tx, code)
        claiming.require_edit(actor, state)
        # Before a first budget nothing was reserved: what was granted until then is counted from now on.
        committed = state.committed_fen if state.budget_fen is not None else _committed(tx, code)
        if fen is not None and not committed <= fen < 2**62:
            raise Refused(
                "below_committed",
                f"资金不能少于已经答应兑现的 {committed / 100:,.2f} 元。",
                f"The budget cannot be below the {committed / 100:,.2f} yuan already committed.",
                field="budget",
            )
        tx.run(
            "UPDATE policies_policyrow SET budget_fen = %s, committed_fen = %s, seq = %s"
            " WHERE region_code = %s AND code = %s",
            (fen, committed, seq + 1, state.region, code),
        )
        _append(tx, state.region, code, seq, Fact(events.BUDGETED, {"policy": code, "fen": fen}))

    write(work, at=at, actor=actor.code)


def _committed(tx: Tx, code: str) -> int:
    row = tx.one(
        "SELECT COALESCE(SUM(amount_fen), 0) FROM policies_offerrow WHERE policy = %s AND status IN ('claimed', 'granted')",
        (code,),
    )
    return int(row[0]) if row else 0


def _append(tx: Tx, region: str, code: str, seq: int, fact: Fact) -> None:
    tx.append(store.stream(region, code), seq, [fact])
