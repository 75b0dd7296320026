"""政策核对: folding the facts gives the rows; lists and figures are counted from the same facts, money from the offers.

What no fact tells, and so nothing is compared with: the text of a policy and its first budget, the day it was looked at,
an offer's version once claimed and what stands instead of it, a run's place, titles and times of what is announced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from banshi.contexts.policies import events, store
from banshi.contexts.policies.values import Standing, Status
from banshi.infra.store import encode
from banshi.infra.told_rows import Checked, Kind, Part, check_kept, check_kind, check_parts, texts
from banshi.infra.verification import BothWays, Chunk, Reader, Report, Told

VERIFIED = (
    *(
        "policies_policyrow",
        "policies_offerrow",
        "policies_knownrow",
        "policies_runrow",
        "policies_appealrow",
    ),
    *("policies_briefingrow", "policies_attendancerow", "policies_paperrow", "policies_windowrow"),
    "policies_policiesprivate",
)
COUNTERS = ("policies.done",)
_FACTS = "policies.facts"  # counted here only
BOTH_WAYS = (
    BothWays(
        ("policies.list",), _FACTS, "SELECT region_code, sum(seq) FROM policies_offerrow GROUP BY region_code"
    ),
)
_DONE = {events.READ: "read", events.CLAIMED: "claimed", events.GRANTED: "granted", events.REFUSED: "refused"}


def check_policies(chunk: Chunk, report: Report) -> None:
    """All policies, offers, runs and what else is here of the chunk, and rows of none."""
    named: dict[UUID, UUID] = {}
    appeals: dict[UUID, dict[UUID, dict[str, Any]]] = {}
    for one in check_kind(chunk, OFFER, report):
        appeals[one.id] = _appeals(one.told)
        named |= dict.fromkeys(texts(one.told), one.id)
        if any(told.fact.kind == events.CLAIMED for told in one.told):
            named[one.id] = one.id
        _count(chunk.span.region, one, report)
    check_parts(chunk, APPEAL, appeals, report)
    for one in check_kind(chunk, KNOWN, report):
        named[one.id] = one.id
    for kind in (POLICY, RUN, BRIEFING, ATTENDANCE, PAPER, WINDOW):
        check_kind(chunk, kind, report)
    check_kept(chunk, "policies_policiesprivate", named, report)


def check_money(reader: Reader, report: Report) -> None:
    """资金核对, all counties together: what a budget is committed to is what was claimed and granted."""
    sql = (
        "SELECT p.region_code, p.code, p.committed_fen, COALESCE(o.fen, 0) FROM policies_policyrow p LEFT JOIN"
        " (SELECT policy, sum(amount_fen) AS fen FROM policies_offerrow WHERE status IN ('claimed', 'granted')"
        " GROUP BY policy) o ON o.policy = p.code"
        " WHERE p.budget_fen IS NOT NULL AND p.committed_fen <> COALESCE(o.fen, 0)"
    )
    for region, code, committed, fen in reader.all(sql):
        report.say(
            "money_differs", f"{region}/{code}",
            f"已答应兑现的资金是{committed}分，各条匹配加起来是{int(fen)}分。请从备份核对，按匹配改正。",
            f"The money committed is {committed} fen, the offers come to {int(fen)}. Compare with a backup.",
        )  # fmt: skip


def _count(region: str, one: Checked, report: Report) -> None:
    report.counted[region, _FACTS, ""] += len(one.told)
    policy = one.values["policy"]
    if one.values["standing"] != Standing.NO.value:
        report.counted[region, "policies.list", f"{policy}|{one.values['standing']}"] += 1
    for told in one.told:
        if what := _DONE.get(told.fact.kind):
            report.counted[region, "policies.done", f"{policy}|{what}"] += 1
        if told.fact.kind == events.GRANTED and told.fact.data["fen"]:
            report.counted[region, "policies.done", f"{policy}|granted_fen"] += told.fact.data["fen"]


def _policy(told: Sequence[Told]) -> dict[str, Any]:
    row: dict[str, Any] = {"retired": False, "seq": len(told)}
    for one in told:
        data = one.fact.data
        match one.fact.kind:
            case events.PUBLISHED:
                row |= {"version": data["version"], "open": True, "retired": False}
            case events.PAUSED:
                row |= {"open": False, "retired": data.get("retired", False)}
            case events.RESUMED:
                row["open"] = True
            case events.BUDGETED:
                row["budget_fen"] = data["fen"]
    return row


_ENTITLED = {"standing": Standing.ENTITLED.value, "failing": "", "missing": "", "instead": ""}


def _offer(told: Sequence[Told]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "party_id": UUID(told[0].fact.data["party"]), "status": Status.OPEN.value, "to_check": False, "period": "",
        "read_at": None, "claimed_at": None, "decided_at": None, "seq": len(told),
    }  # fmt: skip
    for one in told:
        _FOLD[one.fact.kind](row, one)
    return row


def _matched(row: dict[str, Any], one: Told) -> None:
    data = one.fact.data
    if row.get("standing") != data["standing"]:
        row["read_at"] = None  # it is news
    row |= {
        "policy": data["policy"], "version": data["version"], "standing": data["standing"],
        "failing": data["failing"], "missing": ",".join(data["missing"]), "amount_fen": data["fen"],
        "period": data.get("period", ""), "matched_at": one.at,
    }  # fmt: skip
    row.pop("instead", None)


def _claimed(row: dict[str, Any], one: Told) -> None:
    data = one.fact.data
    row |= {
        "status": Status.CLAIMED.value,
        "to_check": True,
        "claimed_at": one.at,
        "decided_at": None,
        **_ENTITLED,
    }
    row |= {"amount_fen": data["fen"], "period": data.get("period", "")}
    row.pop("version", None)


def _granted(row: dict[str, Any], one: Told) -> None:
    row |= {"status": Status.GRANTED.value, "to_check": False, "decided_at": one.at}
    if one.fact.data.get("direct"):
        row["claimed_at"] = one.at


def _answered(row: dict[str, Any], one: Told) -> None:
    if one.fact.data["outcome"] == "upheld":
        row |= {"status": Status.CLAIMED.value, "to_check": True, "claimed_at": one.at, **_ENTITLED}


_FOLD: dict[str, Callable[[dict[str, Any], Told], None]] = {
    events.MATCHED: _matched,
    events.READ: lambda row, one: row.update(read_at=one.at),
    events.CLAIMED: _claimed,
    events.GRANTED: _granted,
    events.REFUSED: lambda row, one: row.update(
        status=Status.REFUSED.value, to_check=False, decided_at=one.at
    ),
    events.APPEALED: lambda row, one: None,
    events.ANSWERED: _answered,
}


def _appeals(told: Sequence[Told]) -> dict[UUID, dict[str, Any]]:
    """By their words; one at a time waits."""
    found: dict[UUID, dict[str, Any]] = {}
    row: dict[str, Any] = {}
    for one in told:
        data = one.fact.data
        if one.fact.kind == events.APPEALED:
            row = found[UUID(data["text"])] = {
                "party_id": UUID(told[0].fact.data["party"]), "policy": data["policy"], "at": one.at, "outcome": "",
                "answer_id": None, "answered_at": None,
            }  # fmt: skip
        elif one.fact.kind == events.ANSWERED:
            row |= {"outcome": data["outcome"], "answer_id": UUID(data["text"]), "answered_at": one.at}
    return found


def _known(told: Sequence[Told]) -> dict[str, Any]:
    data = told[-1].fact.data
    return {"party_id": UUID(data["party"]), "source": data["source"], "at": told[-1].at}


def _run(told: Sequence[Told]) -> dict[str, Any]:
    first, last = told[0].fact.data, told[-1].fact.data
    row = {
        "codes": ",".join(first["codes"]),
        "total": first["total"],
        "started_at": told[0].at,
        "ended_at": None,
    }
    if told[-1].fact.kind == events.RUN_ENDED:
        found = {name: n for name, n in last.items() if name != "done"}
        row |= {"done": last["done"], "found": encode(found), "ended_at": told[-1].at}
    return row


def _briefing(told: Sequence[Told]) -> dict[str, Any]:
    data, last = told[0].fact.data, told[-1]
    row = {"codes": ",".join(data["codes"]), "office": data["office"], "views": None, "ended_at": None}
    if last.fact.kind == events.BRIEFED:
        row |= {"views": last.fact.data["views"], "ended_at": last.at}
    return row


def _attendance(told: Sequence[Told]) -> dict[str, Any]:
    data = told[0].fact.data
    came_at = told[-1].at if told[-1].fact.kind == events.ATTENDED else None
    return {
        "briefing_id": UUID(data["briefing"]), "party_id": UUID(data["party"]), "signed_at": told[0].at,
        "came_at": came_at,
    }  # fmt: skip


def _paper(told: Sequence[Told]) -> dict[str, Any]:
    data = told[0].fact.data
    return {"digest": data["digest"], "policy": data["policy"], "at": told[0].at}


def _window(told: Sequence[Told]) -> dict[str, Any]:
    data = told[-1].fact.data
    return {
        "hall": data["hall"],
        "window": data["window"],
        "departments": ",".join(data["departments"])[:300],
    }


POLICY = Kind(
    "政策", "a policy", "policies_policyrow",
    (events.PUBLISHED, events.PAUSED, events.RESUMED, events.BUDGETED),
    ("version", "open", "retired", "budget_fen", "seq"), _policy,
    key="code", place=lambda region, code: store.stream(region, code).id,
)  # fmt: skip
OFFER = Kind(
    "政策匹配", "an offer", "policies_offerrow", tuple(_FOLD),
    (
        "party_id", "policy", "period", "version", "standing", "failing", "missing", "instead", "amount_fen", "status",
        "to_check", "seq", "matched_at", "read_at", "claimed_at", "decided_at",
    ),
    _offer,
)  # fmt: skip
APPEAL = Part(
    "政策申诉", "an appeal", "policies_appealrow",
    ("text_id", "party_id", "policy", "answer_id", "outcome", "at", "answered_at"), "offer_id", indexed=True,
)  # fmt: skip
KNOWN = Kind(
    "已知数据",
    "known data",
    "policies_knownrow",
    (events.DATA_RECORDED,),
    ("party_id", "source", "at"),
    _known,
)
RUN = Kind(
    "匹配批次", "a run", "policies_runrow", (events.RUN_STARTED, events.RUN_ENDED),
    ("codes", "total", "done", "found", "started_at", "ended_at"), _run,
)  # fmt: skip
BRIEFING = Kind(
    "宣讲", "a briefing", "policies_briefingrow", (events.ANNOUNCED, events.BRIEFED),
    ("codes", "office", "views", "ended_at"), _briefing,
)  # fmt: skip
ATTENDANCE = Kind(
    "参加宣讲", "an attendance", "policies_attendancerow", (events.SIGNED_UP, events.ATTENDED),
    ("briefing_id", "party_id", "signed_at", "came_at"), _attendance,
)  # fmt: skip
PAPER = Kind("政策材料", "a paper", "policies_paperrow", (events.FILED,), ("digest", "policy", "at"), _paper)
WINDOW = Kind(
    "政策服务窗口", "a policy window", "policies_windowrow", (events.WINDOW_SET,),
    ("hall", '"window"', "departments"), _window,
)  # fmt: skip
