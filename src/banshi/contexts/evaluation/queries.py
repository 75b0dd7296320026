"""评价查询: what was said, never by whom."""

from __future__ import annotations

from uuid import UUID

from banshi.contexts.evaluation import models
from banshi.contexts.evaluation.values import Channel, Grade, Review, Totals
from banshi.infra import counters, private


def find_review(region: str, case: UUID, assess_number: int = 1) -> Review | None:
    """The review of a case's service."""
    row = models.Review.objects.filter(region_code=region, case_id=case, assess_number=assess_number).first()
    if row is None:
        return None
    return Review(
        region=row.region_code,
        id=row.id,
        case=row.case_id,
        assess_number=row.assess_number,
        item=row.item_code,
        office=row.office_code,
        grade=Grade(row.grade),
        indicators=tuple(filter(None, row.indicators.split(","))),
        channel=Channel(row.channel),
        at=row.at,
        text=row.text_id,
    )


def words(review: Review) -> str:
    """What was written (personal: the caller records that it was looked at); empty when nothing was, or erased."""
    if review.text is None:
        return ""
    return str(private.get(models.EvaluationPrivate, review.region, review.text).get("text", ""))


def totals(office: str) -> Totals:
    """Exact counts of an office, by grade; none is left out."""
    counted = counters.totals("evaluation.grade", [f"{office}|{grade.value}" for grade in Grade])
    return Totals(office, {grade: counted.get(f"{office}|{grade.value}", 0) for grade in Grade})
