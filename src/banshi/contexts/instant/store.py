"""Rows of the instant decisions, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from banshi.contexts.instant.values import Decided, Finding, Switch
from banshi.infra.reads import instant, uuid
from banshi.infra.store import Clash, Tx
from banshi.kernel.facts import Fact, NotFound, Stream

_ITEMS = uuid5(NAMESPACE_URL, "banshi/instant")
DECISION = "region_code, id, case_id, item, version, office_code, at, drawn, finding, checked_by, checked_at, text_id, seq"
SWITCH = "region_code, item, office_code, stopped, by, at, text_id, seq"


def id_of(case: UUID) -> UUID:
    """One case, one record: made twice it is the same."""
    return uuid5(case, "instant")


def stream(region: str, item: str) -> Stream:
    """Where the facts of an item's switch lie."""
    return Stream(region, uuid5(_ITEMS, f"{region}/{item}"))


def find(tx: Tx, region: str, id: UUID) -> Decided | None:
    row = tx.one(f"SELECT {DECISION} FROM instant_decision WHERE region_code = %s AND id = %s", (region, id))  # noqa: S608
    return decided(row) if row else None


def lock(tx: Tx, region: str, id: UUID) -> Decided:
    """For change. Raises `NotFound`."""
    sql = f"SELECT {DECISION} FROM instant_decision WHERE region_code = %s AND id = %s"  # noqa: S608
    row = tx.one(sql if tx.sqlite else sql + " FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("这条秒批记录", "instant decision")
    return decided(row)


def insert(tx: Tx, one: Decided, fact: Fact) -> None:
    tx.run(
        f"INSERT INTO instant_decision ({DECISION})"  # noqa: S608
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', NULL, NULL, 1)",
        (one.region, one.id, one.case, one.item, one.version, one.office, one.at, one.drawn),
    )
    tx.append(Stream(one.region, one.id), 0, [fact])


def count(tx: Tx, region: str, item: str) -> int:
    """How many of this item were decided at once in the county so far."""
    row = tx.one("SELECT count(*) FROM instant_decision WHERE item = %s AND region_code = %s", (item, region))
    return int(row[0]) if row else 0


def check(tx: Tx, one: Decided, finding: Finding, words: UUID | None, fact: Fact) -> None:
    tx.run(
        "UPDATE instant_decision SET finding = %s, checked_by = %s, checked_at = %s, text_id = %s, seq = %s"
        " WHERE region_code = %s AND id = %s",
        (finding.value, tx.actor, tx.at, words, one.seq + 1, one.region, one.id),
    )
    tx.append(Stream(one.region, one.id), one.seq, [fact])


def switch(tx: Tx, region: str, item: str) -> Switch | None:
    """The switch of an item, for change."""
    sql = f"SELECT {SWITCH} FROM instant_itemswitch WHERE region_code = %s AND item = %s"  # noqa: S608
    row = tx.one(sql if tx.sqlite else sql + " FOR UPDATE", (region, item))
    return switched(row) if row else None


def turn(tx: Tx, one: Switch, fact: Fact) -> None:
    """Write the switch as it is now. Raises `Clash` where somebody else was first."""
    before = one.seq - 1
    row = (one.office, one.stopped, one.by, one.at, one.words, one.seq, one.region, one.item)
    if before:
        written = tx.run(
            "UPDATE instant_itemswitch SET office_code = %s, stopped = %s, by = %s, at = %s, text_id = %s, seq = %s"
            " WHERE region_code = %s AND item = %s AND seq = %s",
            (*row, before),
        )
    else:
        written = tx.run(
            "INSERT INTO instant_itemswitch (office_code, stopped, by, at, text_id, seq, region_code, item)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            row,
        )
    if not written:
        raise Clash
    tx.append(stream(one.region, one.item), before, [fact])


def decided(row: Any) -> Decided:
    """A record of its columns (`DECISION`), however the engine gives UUIDs and instants back."""
    region, id, case, item, version, office, at, drawn, finding, by, checked_at, words, seq = row
    return Decided(
        region,
        uuid(id),
        uuid(case),
        item,
        version,
        office,
        instant(at),
        bool(drawn),
        Finding(finding),
        by,
        instant(checked_at) if checked_at else None,
        uuid(words) if words else None,
        seq,
    )


def switched(row: Any) -> Switch:
    region, item, office, stopped, by, at, words, seq = row
    return Switch(region, item, office, bool(stopped), by, instant(at), uuid(words) if words else None, seq)
