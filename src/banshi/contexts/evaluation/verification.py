"""评价核对: folding the facts gives reviews, visits, appeals and calls; the figures are counted from the same facts.

What no fact tells, and so nothing is compared with: who gave a review, until when a device shows a visit, of a call what
was handed over with it (item, window, title, who handled it, the due day, whom to call), and how far a review has come
at the province's platform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from banshi.contexts.evaluation import events
from banshi.infra.reads import instant
from banshi.infra.told_rows import Checked, Kind, Part, Values, check_kept, check_kind, check_parts, texts
from banshi.infra.verification import BothWays, Chunk, Report, Stored, Told, check_row
from banshi.kernel.workdays import civil_day

VERIFIED = (
    "evaluation_review",
    "evaluation_visitrow",
    "evaluation_appealrow",
    "evaluation_callrow",
    "evaluation_handoverrow",
    "evaluation_evaluationprivate",
)
COUNTERS = ("evaluation.calls.%",)
_FACTS = "evaluation.facts"  # counted here only
_COUNTED = (events.GIVEN, events.EXCLUDED, events.VISITED)
_NOW = (
    "SELECT region_code, count(*) FROM infra_fact WHERE kind IN ('evaluation.review.given',"
    " 'evaluation.review.excluded', 'evaluation.visit.offered') GROUP BY region_code"
)
# An excluded review leaves the figures. That a case has ended and may be rated is counted without a fact.
BOTH_WAYS = (
    BothWays(("evaluation.grade", "evaluation.windows.%"), _FACTS, _NOW),
    BothWays(("evaluation.offices.%", "evaluation.items.%"), _FACTS, _NOW, but="%|service"),
)


def check_evaluation(chunk: Chunk, report: Report) -> None:
    """All reviews, visits, appeals and calls of the chunk, and rows of none."""
    named: dict[UUID, UUID] = {}
    appeals: dict[UUID, dict[UUID, dict[str, Any]]] = {}
    reviews: dict[UUID, Values] = {}
    for id in chunk.begun((*REVIEW.facts, *VISIT.facts)):
        counted = sum(one.fact.kind in _COUNTED for one in chunk.streams[id])
        report.counted[chunk.span.region, _FACTS, ""] += counted
    for one in check_kind(chunk, REVIEW, report):
        appeals[one.id], reviews[one.id] = _appeals(one.told), one.values
        named |= dict.fromkeys(texts(one.told), one.id)
        if not one.values["excluded"]:
            _count_review(chunk.span.region, one, report)
    check_parts(chunk, APPEAL, appeals, report)
    _handovers(chunk, reviews, report)
    for one in check_kind(chunk, VISIT, report):
        name = f"evaluation.windows.{_month(one.told[0].at)}"
        report.counted[chunk.span.region, name, f"{one.values['window_code']}|service"] += 1
    for one in check_kind(chunk, CALL, report):
        named |= dict.fromkeys((one.id, *texts(one.told)), one.id)
        _count_call(chunk.span.region, one, report)
    check_kept(chunk, "evaluation_evaluationprivate", named, report)


def _handovers(chunk: Chunk, reviews: Mapping[UUID, Values], report: Report) -> None:
    """Of a review that there is, and of its office."""
    for id, (row,) in chunk.rows("evaluation_handoverrow", _OF_REVIEW).items():
        if values := reviews.get(id):
            columns = {name: (values[name], found) for name, found in zip(_OF_REVIEW, row, strict=True)}
            check_row(chunk, id, ("评价上报", "a handover"), columns, lambda found: False, report)
        elif id not in chunk.streams:
            report.say(
                "no_facts", chunk.place(id), "有评价上报行，没有评价。请从备份核对。",
                "There is a handover of no review. Compare with a backup.",
            )  # fmt: skip


_OF_REVIEW = ("office_code", "assess_number")


def _count_review(region: str, one: Checked, report: Report) -> None:
    month, row = _month(one.told[0].at), one.values
    grade = row["grade"]
    report.counted[region, "evaluation.grade", f"{row['office_code']}|{grade}"] += 1
    report.counted[region, f"evaluation.offices.{month}", f"{row['office_code']}|{grade}"] += 1
    report.counted[region, f"evaluation.items.{month}", f"{row['item_code']}|{grade}"] += 1
    if row["window_code"]:
        report.counted[region, f"evaluation.windows.{month}", f"{row['window_code']}|{grade}"] += 1


def _count_call(region: str, one: Checked, report: Report) -> None:
    """Queued in the month of what it is about, and done in another, it counts in both."""
    done = [told for told in one.told if told.fact.kind == events.COMPLETED]
    counted = [(str(told.fact.data["outcome"]), _month(told.at)) for told in done]
    if one.row:
        counted.append(("queued", _month(one.row["at"])))
    for what, month in counted:
        for place in filter(None, (one.values["office_code"], one.row.get("window_code"))):
            report.counted[region, f"evaluation.calls.{month}", f"{place}|{what}"] += 1


def _review(told: Sequence[Told]) -> dict[str, Any]:
    first, data = told[0], told[0].fact.data
    return {
        "case_id": UUID(data["case"]), "assess_number": data["assess_number"], "item_code": data["item"],
        "office_code": data["office"], "window_code": data["window"], "grade": data["grade"],
        "indicators": ",".join(data["indicators"]), "channel": data["channel"], "signed": data["named"],
        "excluded": any(one.fact.kind == events.EXCLUDED for one in told), "at": first.at, "text_id": _id(data["text"]),
    }  # fmt: skip


def _visit(told: Sequence[Told]) -> dict[str, Any]:
    data = told[0].fact.data
    return {
        "case_id": UUID(data["case"]), "assess_number": data["assess_number"], "window_code": data["window"],
        "at": told[0].at,
    }  # fmt: skip


def _appeals(told: Sequence[Told]) -> dict[UUID, dict[str, Any]]:
    """By the words that it rests on."""
    found: dict[UUID, dict[str, Any]] = {}
    row: dict[str, Any] = {}
    for one in told:
        data = one.fact.data
        if one.fact.kind == events.APPEALED:
            row = found[UUID(data["text"])] = {
                "office_code": data["office"], "ground": data["ground"], "author": one.actor, "at": one.at,
                "upheld": None, "decided_by": "", "decided_at": None, "answer_id": None,
            }  # fmt: skip
        elif one.fact.kind in (events.EXCLUDED, events.UPHELD):
            row |= {"id": UUID(data["appeal"]), "upheld": one.fact.kind == events.EXCLUDED}
            row |= {"decided_by": one.actor, "decided_at": one.at, "answer_id": UUID(data["text"])}
    return found


def _call(told: Sequence[Told]) -> dict[str, Any]:
    data = told[0].fact.data
    row: dict[str, Any] = {
        "about": data["about"], "subject_id": UUID(data["subject"]), "office_code": data["office"],
        "status": "waiting", "claimed_by": "", "claimed_at": None, "attempts": 0, "outcome": "", "text_id": None,
        "done_at": None, "seq": len(told),
    }  # fmt: skip
    for one in told:
        data = one.fact.data
        match one.fact.kind:
            case events.CLAIMED:
                row |= {"status": "claimed", "claimed_by": one.actor, "claimed_at": one.at}
            case events.RELEASED:
                row |= {"status": "waiting", "claimed_by": "", "claimed_at": None}
            case events.UNREACHED:
                row |= {
                    "status": "waiting",
                    "claimed_by": "",
                    "claimed_at": None,
                    "attempts": data["attempts"],
                }
                row["next_at"] = datetime.fromisoformat(data["next_at"])
            case events.COMPLETED:
                row |= {
                    "status": "done",
                    "claimed_by": one.actor,
                    "claimed_at": None,
                    "attempts": data["attempts"],
                }
                row |= {"outcome": data["outcome"], "text_id": _id(data["text"]), "done_at": one.at}
            case events.DROPPED:
                row |= {"status": "done", "done_at": one.at}
    return row


def _id(stored: str | None) -> UUID | None:
    return UUID(stored) if stored else None


def _month(stored: Stored) -> str:
    return f"{civil_day(instant(stored)):%Y-%m}"


REVIEW = Kind(
    "评价", "a review", "evaluation_review",
    (events.GIVEN, events.FOUND_BAD, events.APPEALED, events.EXCLUDED, events.UPHELD),
    (
        "case_id", "assess_number", "item_code", "office_code", "window_code", "grade", "indicators", "channel",
        "signed", "excluded", "at", "text_id",
    ),
    _review,
)  # fmt: skip
VISIT = Kind(
    "窗口服务", "a visit", "evaluation_visitrow", (events.VISITED,),
    ("case_id", "assess_number", "window_code", "at"), _visit,
)  # fmt: skip
APPEAL = Part(
    "差评申诉", "an appeal", "evaluation_appealrow",
    (
        "text_id", "id", "office_code", "ground", "author", "at", "upheld", "decided_by", "decided_at", "answer_id",
    ),
    "review_id", indexed=True,
)  # fmt: skip
CALL = Kind(
    "回访", "a call", "evaluation_callrow",
    (
        events.QUEUED, events.CLAIMED, events.RELEASED, events.UNREACHED, events.COMPLETED, events.DROPPED,
    ),
    (
        "about", "subject_id", "office_code", "window_code", "at", "next_at", "status", "claimed_by", "claimed_at",
        "attempts", "outcome", "text_id", "done_at", "seq",
    ),
    _call,
)  # fmt: skip
