"""评价: one, those of an office, window or item, appeals; never by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q

from banshi.contexts.evaluation import models, store
from banshi.contexts.evaluation.queries.figures import By
from banshi.contexts.evaluation.values import Appeal, Grade, Review, Visit
from banshi.directory.values import prefix
from banshi.infra import private
from banshi.kernel.facts import NotFound
from banshi.kernel.workdays import CHINA, end_of

_REVIEW = tuple(store.REVIEW.split(", "))
_APPEAL = tuple(store.APPEAL.split(", "))
_COLUMN: dict[By, str] = {"offices": "office_code", "items": "item_code", "windows": "window_code"}
_CHUNK = 2000


def find_review(region: str, case: UUID, assess_number: int = 1) -> Review | None:
    """The review of a case's service."""
    rows = models.Review.objects.filter(region_code=region, case_id=case, assess_number=assess_number)
    row = rows.values_list(*_REVIEW).first()
    return store.review(row) if row else None


def get_review(region: str, id: UUID) -> Review:
    """Raises `NotFound`."""
    row = models.Review.objects.filter(region_code=region, id=id).values_list(*_REVIEW).first()
    if row is None:
        raise NotFound("评价", "review")
    return store.review(row)


def list_reviews(
    *,
    since_on: date,
    until_on: date,
    by: By | None = None,
    code: str = "",
    within: Iterable[str] = (),
    bad: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Review], int]:
    """Reviews of a period, of one office, item or window where named; the newest first, and their exact count.

    `within`: regions whose codes these are or lie in; `bad`: bad ones only.
    """
    since_at = datetime.combine(since_on, time(), CHINA)
    rows = models.Review.objects.filter(at__gte=since_at, at__lt=end_of(until_on))
    if by:
        rows = rows.filter(**{_COLUMN[by]: code})
    if places := [prefix(one) for one in within]:
        inside = Q(pk__in=[])
        for one in places:
            inside |= Q(region_code__startswith=one)
        rows = rows.filter(inside)
    if bad:
        rows = rows.filter(grade__in=[grade.value for grade in Grade if grade.bad])
    total = rows.count()
    page = rows.order_by("-at", "-id").values_list(*_REVIEW)[offset : offset + limit]
    return [store.review(row) for row in page], total


def words(review: Review) -> str:
    """What was written (personal: the caller records that it was looked at); empty when nothing was, or erased."""
    return words_of([review]).get(review.id, "")


def words_of(reviews: Iterable[Review]) -> dict[UUID, str]:
    """What was written, by review; one query a county."""
    found: dict[UUID, str] = {}
    by_region: dict[str, list[Review]] = {}
    for one in reviews:
        if one.text:
            by_region.setdefault(one.region, []).append(one)
    for region, ones in by_region.items():
        kept = private.get_many(models.EvaluationPrivate, region, [one.text for one in ones if one.text])
        found |= {one.id: str(kept[one.text].get("text", "")) for one in ones if one.text in kept}
    return found


def current_visit(window: str, at: datetime) -> Visit | None:
    """What the device of a window offers to rate now; None when the time is over or it was rated."""
    row = models.VisitRow.objects.filter(window_code=window, at__lte=at).order_by("-at").first()
    if row is None or at >= row.until_at:
        return None
    if find_review(row.region_code, row.case_id, row.assess_number):
        return None
    return Visit(
        row.region_code, row.id, row.case_id, row.assess_number, row.window_code, row.at, row.until_at
    )


def list_appeals(within: Iterable[str], *, limit: int = 200) -> list[Appeal]:
    """Appeals of these regions that wait for a decision, the oldest first."""
    inside = Q(pk__in=[])
    for one in within:
        inside |= Q(region_code__startswith=prefix(one))
    rows = models.AppealRow.objects.filter(inside, decided_at__isnull=True).order_by("at", "id")
    return [store.appeal(row) for row in rows.values_list(*_APPEAL)[:limit]]


def get_appeal(region: str, review: UUID) -> tuple[Appeal, str] | None:
    """The appeal against a review, with its words; None when there is none."""
    row = models.AppealRow.objects.filter(region_code=region, review_id=review).values_list(*_APPEAL).first()
    if row is None:
        return None
    found = store.appeal(row)
    kept = private.get(models.EvaluationPrivate, region, found.text)
    return found, str(kept.get("text", ""))


def export(since_on: date, until_on: date) -> Iterator[tuple[Review, UUID]]:
    """上报: every review of a period with its giver's party, in the order of giving; for the province's platform alone.

    Excluded ones are left out.
    """
    since_at = datetime.combine(since_on, time(), CHINA)
    rows = models.Review.objects.filter(at__gte=since_at, at__lt=end_of(until_on), excluded=False)
    for *row, party in (
        rows.order_by("at", "id").values_list(*_REVIEW, "party_id").iterator(chunk_size=_CHUNK)
    ):
        yield store.review(row), party
