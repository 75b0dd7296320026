"""秒批操作: put on record, check, stop, allow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banshi.contexts.instant import events, rules, store
from banshi.contexts.instant.models import InstantPrivate
from banshi.contexts.instant.values import Decided, Switch
from banshi.infra import crypto, private
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact


def stopped(tx: Tx, *, region: str, item: str) -> bool:
    """Whether the item is stopped in this county, as this transaction sees it."""
    found = store.switch(tx, region, item)
    return bool(found and found.stopped)


def record(
    tx: Tx, *, region: str, case: UUID, item: str, version: int, office: str, criteria: Sequence[str]
) -> None:
    """记录: with the decision, in its transaction. `criteria`: keys of the clauses that held. A repeat changes nothing."""
    id = store.id_of(case)
    if store.find(tx, region, id):
        return
    lot = crypto.digest(str(case), "instant")
    drawn = rules.drawn(store.count(tx, region, item), lot)
    one = Decided(region, id, case, item, version, office, tx.at, drawn)
    data = {
        "case": case,
        "item": item,
        "version": version,
        "office": office,
        "criteria": list(criteria),
        "drawn": drawn,
    }
    store.insert(tx, one, Fact(events.RECORDED, data))


def check(
    *,
    region: str,
    id: UUID,
    finding: str,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """抽查: once; what is wrong is said in words, kept encrypted. Raises `NotFound`, `Refused`."""
    words = text.strip()

    def work(tx: Tx) -> None:
        found = store.lock(tx, region, id)
        rules.require_overseer(actor, region, found.office)
        said = rules.check(found, finding)
        if said == "wrong" or words:
            rules.require_words(words, "哪里有问题", "what is wrong")
        kept = private.put(tx, InstantPrivate, region, {"text": words}) if words else None
        data = {
            "case": found.case,
            "finding": said.value,
            "text": kept.id if kept else None,
            "digest": kept.digest if kept else "",
        }
        store.check(tx, found, said, kept.id if kept else None, Fact(events.CHECKED, data))

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def stop(
    *,
    region: str,
    item: str,
    office: str,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """停用: from now on a person decides on this item in this county. `office`: the one that decides there.

    Raises `NotFound`, `Refused`.
    """
    _turn(region, item, office, True, text, actor, at, command_id)


def allow(
    *,
    region: str,
    item: str,
    office: str,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """恢复, with what was put right. Raises `NotFound`, `Refused`."""
    _turn(region, item, office, False, text, actor, at, command_id)


def _turn(
    region: str,
    item: str,
    office: str,
    stop: bool,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None,
) -> None:
    words = text.strip()
    rules.require_overseer(actor, region, office)
    rules.require_words(words, "理由", "the reason")

    def work(tx: Tx) -> None:
        before = store.switch(tx, region, item)
        rules.turn(before, stop)
        kept = private.put(tx, InstantPrivate, region, {"text": words})
        seq = before.seq + 1 if before else 1
        after = Switch(region, item, office, stop, actor.code, at, kept.id, seq)
        kind = events.STOPPED if stop else events.ALLOWED
        data = {"item": item, "office": office, "text": kept.id, "digest": kept.digest}
        store.turn(tx, after, Fact(kind, data))

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)
