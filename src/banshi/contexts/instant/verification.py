"""秒批核对: folding the facts gives the record of each decision and each switch, and the words that they name are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from banshi.contexts.instant import events, store
from banshi.infra.told_rows import Kind, check_kept, check_kind, texts
from banshi.infra.verification import Chunk, Report, Told

VERIFIED = ("instant_decision", "instant_itemswitch", "instant_instantprivate")


def check_instant(chunk: Chunk, report: Report) -> None:
    """All decisions made at once and all switches of the chunk, and rows of none."""
    named: dict[UUID, UUID] = {}
    for kind in (DECISION, SWITCH):
        for one in check_kind(chunk, kind, report):
            named |= dict.fromkeys(texts(one.told), one.id)
    check_kept(chunk, "instant_instantprivate", named, report)


def _decision(told: Sequence[Told]) -> dict[str, Any]:
    first, data = told[0], told[0].fact.data
    row = {
        "case_id": UUID(data["case"]), "item": data["item"], "version": data["version"],
        "office_code": data["office"], "at": first.at, "drawn": data["drawn"], "finding": "", "checked_by": "",
        "checked_at": None, "text_id": None, "seq": len(told),
    }  # fmt: skip
    for one in told:
        if one.fact.kind == events.CHECKED:
            row |= {"finding": one.fact.data["finding"], "checked_by": one.actor, "checked_at": one.at}
            row["text_id"] = UUID(one.fact.data["text"]) if one.fact.data["text"] else None
    return row


def _switch(told: Sequence[Told]) -> dict[str, Any]:
    last, data = told[-1], told[-1].fact.data
    return {
        "office_code": data["office"], "stopped": last.fact.kind == events.STOPPED, "by": last.actor, "at": last.at,
        "text_id": UUID(data["text"]), "seq": len(told),
    }  # fmt: skip


DECISION = Kind(
    "秒批记录", "a decision made at once", "instant_decision", (events.RECORDED, events.CHECKED),
    (
        "case_id", "item", "version", "office_code", "at", "drawn", "finding", "checked_by", "checked_at", "text_id",
        "seq",
    ),
    _decision,
)  # fmt: skip
SWITCH = Kind(
    "秒批停用", "an item's switch", "instant_itemswitch", (events.STOPPED, events.ALLOWED),
    ("office_code", "stopped", "by", "at", "text_id", "seq"), _switch,
    key="item", place=lambda region, item: store.stream(region, item).id,
)  # fmt: skip
