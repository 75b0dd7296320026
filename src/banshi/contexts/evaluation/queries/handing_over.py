"""上报查询: what was handed over, and what waits for somebody to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from banshi.contexts.evaluation import models
from banshi.contexts.evaluation.values import Handover, HandoverState

_COLUMNS = (
    *("region_code", "id", "office_code", "case_number", "assess_number", "state", "faults", "answer"),
    *("times", "at"),
)
_OPEN = (HandoverState.HELD.value, HandoverState.REFUSED.value)


def accepted(reviews: Iterable[UUID]) -> set[UUID]:
    """Those of the reviews that the platform has taken."""
    rows = models.HandoverRow.objects.filter(id__in=list(reviews), state=HandoverState.ACCEPTED.value)
    return set(rows.values_list("id", flat=True))


def find_handover(region: str, review: UUID) -> Handover | None:
    row = models.HandoverRow.objects.filter(region_code=region, id=review).values_list(*_COLUMNS).first()
    return _handover(row) if row else None


def list_to_mend(within: Sequence[str], *, offset: int, limit: int) -> tuple[list[Handover], int]:
    """Held back or refused, of these regions, the newest first; with how many there are."""
    rows = models.HandoverRow.objects.filter(state__in=_OPEN, region_code__in=within).order_by("-at", "id")
    return [_handover(row) for row in rows.values_list(*_COLUMNS)[offset : offset + limit]], rows.count()


def _handover(row: Sequence[Any]) -> Handover:
    region, id, office, number, assess_number, state, faults, answer, times, at = row
    return Handover(
        region=region,
        review=id,
        office=office,
        case_number=number,
        assess_number=assess_number,
        state=HandoverState(state),
        faults=tuple(filter(None, faults.split(","))),
        answer=answer,
        times=times,
        at=at,
    )
