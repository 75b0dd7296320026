"""Rows of reviews, visits, appeals and calls, by bare SQL inside a work; nothing else writes these tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from banshi.contexts.evaluation.values import (
    About,
    Appeal,
    Call,
    CallStatus,
    Channel,
    Grade,
    Ground,
    Outcome,
    Review,
)
from banshi.infra.reads import instant, uuid
from banshi.infra.store import Tx
from banshi.kernel.facts import NotFound

_CALLS = uuid5(NAMESPACE_URL, "banshi/evaluation/calls")
REVIEW = (
    "region_code, id, case_id, assess_number, item_code, office_code, grade, indicators, channel, at, text_id,"
    " window_code, signed, excluded"
)
APPEAL = (
    "region_code, id, review_id, office_code, ground, text_id, author, at, upheld, decided_by, decided_at"
)
CALL = (
    "region_code, id, about, subject_id, office_code, item_code, window_code, title, at, due_on, next_at, status,"
    " claimed_by, claimed_at, attempts, outcome, text_id, done_at, case_id, barred, seq"
)

_REVIEW = f"SELECT {REVIEW} FROM evaluation_review WHERE region_code = %s AND id = %s"  # noqa: S608
_APPEAL = f"SELECT {APPEAL} FROM evaluation_appealrow WHERE region_code = %s AND review_id = %s"  # noqa: S608
_CALL = f"SELECT {CALL} FROM evaluation_callrow WHERE region_code = %s AND id = %s"  # noqa: S608
_HELD = (
    f"SELECT {CALL} FROM evaluation_callrow WHERE done_at IS NULL AND claimed_by = %s"  # noqa: S608
    " AND claimed_at > %s ORDER BY due_on, next_at"
)
_OPEN = (
    f"SELECT {CALL} FROM evaluation_callrow WHERE done_at IS NULL AND region_code = %s AND about = %s"  # noqa: S608
    " AND subject_id = %s"
)
_NEXT = (
    f"SELECT {CALL} FROM evaluation_callrow WHERE done_at IS NULL AND next_at <= %s AND region_code LIKE %s"  # noqa: S608
    " AND (status = 'waiting' OR claimed_at <= %s) ORDER BY due_on, next_at, id LIMIT %s OFFSET %s"
)


def call_id(about: About, subject: UUID, round: int = 0) -> UUID:
    """One thing is called about once in each round: queued twice, it is the same call."""
    return uuid5(_CALLS, f"{about.value}/{subject}/{round}")


def review(row: Sequence[Any]) -> Review:
    region, id, case, number, item, office, grade, codes, channel, at, text, window, named, excluded = row
    return Review(
        region=region,
        id=uuid(id),
        case=uuid(case),
        assess_number=number,
        item=item,
        office=office,
        grade=Grade(grade),
        indicators=tuple(filter(None, codes.split(","))),
        channel=Channel(channel),
        at=instant(at),
        text=_maybe_uuid(text),
        window=window,
        named=bool(named),
        excluded=bool(excluded),
    )


def appeal(row: Sequence[Any]) -> Appeal:
    region, id, review, office, ground, text, by, at, upheld, decided_by, decided_at = row
    return Appeal(
        region=region,
        id=uuid(id),
        review=uuid(review),
        office=office,
        ground=Ground(ground),
        text=uuid(text),
        by=by,
        at=instant(at),
        upheld=None if upheld is None else bool(upheld),
        decided_by=decided_by,
        decided_at=_instant(decided_at),
    )


def call(row: Sequence[Any]) -> Call:
    region, id, about, subject, office, item, window, title, at, due, next_at, status, *rest = row
    claimed_by, claimed_at, attempts, outcome, text, done_at, case, barred, seq = rest
    return Call(
        region=region,
        id=uuid(id),
        about=About(about),
        subject=uuid(subject),
        office=office,
        item=item,
        window=window,
        title=title,
        at=instant(at),
        due_on=date.fromisoformat(due) if isinstance(due, str) else due,
        next_at=instant(next_at),
        status=CallStatus(status),
        claimed_by=claimed_by,
        claimed_at=_instant(claimed_at),
        attempts=attempts,
        outcome=Outcome(outcome) if outcome else None,
        text=_maybe_uuid(text),
        done_at=_instant(done_at),
        case=_maybe_uuid(case),
        barred=barred,
        seq=seq,
    )


def lock_review(tx: Tx, region: str, id: UUID) -> Review:
    """For change. Raises `NotFound`."""
    row = tx.one(_REVIEW if tx.sqlite else f"{_REVIEW} FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("评价", "review")
    return review(row)


def find_appeal(tx: Tx, region: str, review: UUID) -> Appeal | None:
    row = tx.one(_APPEAL, (region, review))
    return appeal(row) if row else None


def lock_call(tx: Tx, region: str, id: UUID) -> Call:
    """For change. Raises `NotFound`."""
    row = tx.one(_CALL if tx.sqlite else f"{_CALL} FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("回访", "call")
    return call(row)


def held_calls(tx: Tx, actor: str, since: datetime) -> list[Call]:
    """What somebody has claimed since and not finished."""
    return [call(row) for row in tx.all(_HELD, (actor, since))]


def open_calls(tx: Tx, region: str, about: About, subject: UUID) -> list[Call]:
    """What is still to be called about something."""
    return [call(row) for row in tx.all(_OPEN, (region, about.value, subject))]


def next_calls(tx: Tx, region: str, at: datetime, lapsed_at: datetime, limit: int, offset: int) -> list[Call]:
    """What waits within a region (its code without zeros) and may be tried now, the soonest due first; claimed by nobody since
    `lapsed_at`."""
    found = (at, region + "%", lapsed_at, limit, offset)
    return [call(row) for row in tx.all(_NEXT if tx.sqlite else f"{_NEXT} FOR UPDATE SKIP LOCKED", found)]


def put_call(tx: Tx, one: Call) -> None:
    """The row of a call as it is now."""
    tx.run(
        "UPDATE evaluation_callrow SET next_at = %s, status = %s, claimed_by = %s, claimed_at = %s, attempts = %s,"
        " outcome = %s, text_id = %s, done_at = %s, seq = %s WHERE region_code = %s AND id = %s",
        (
            one.next_at,
            one.status.value,
            one.claimed_by,
            one.claimed_at,
            one.attempts,
            one.outcome.value if one.outcome else "",
            one.text,
            one.done_at,
            one.seq,
            one.region,
            one.id,
        ),
    )


def last(tx: Tx, region: str, id: UUID) -> int:
    """The sequence number that a stream has come to."""
    row = tx.one(
        "SELECT COALESCE(MAX(seq), 0) FROM infra_fact WHERE region_code = %s AND stream_id = %s", (region, id)
    )
    return int(row[0]) if row else 0


def _maybe_uuid(value: Any) -> UUID | None:
    return None if value is None else uuid(value)


def _instant(value: Any) -> datetime | None:
    return None if value is None else instant(value)
