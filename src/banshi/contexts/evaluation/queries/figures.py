"""评价数: exact counts from counters, by month; however many reviews there are, a few hundred rows are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from banshi.contexts.evaluation.values import Grade, Totals
from banshi.infra import counters

type By = Literal["offices", "items", "windows"]


def totals(office: str) -> Totals:
    """Exact counts of an office, by grade, of all time; none but the excluded are left out."""
    counted = counters.totals("evaluation.grade", [f"{office}|{grade.value}" for grade in Grade])
    return Totals(office, {grade: counted.get(f"{office}|{grade.value}", 0) for grade in Grade})


def months(since_on: date, until_on: date) -> Iterator[str]:
    """`2026-03`, `2026-04` …: those that a period touches."""
    year, month = since_on.year, since_on.month
    while (year, month) <= (until_on.year, until_on.month):
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def monthly(
    by: By, since_on: date, until_on: date, regions: Iterable[str] | None = None
) -> dict[str, tuple[Totals, int]]:
    """By code: reviews by grade, and how many services could have been reviewed, of the months of a period."""
    wanted = list(regions) if regions is not None else None
    sums: dict[str, dict[str, int]] = {}
    for month in months(since_on, until_on):
        for key, count in counters.totals(f"evaluation.{by}.{month}", regions=wanted).items():
            code, _, what = key.rpartition("|")
            found = sums.setdefault(code, {})
            found[what] = found.get(what, 0) + count
    return {
        code: (Totals(code, {grade: found.get(grade.value, 0) for grade in Grade}), found.get("service", 0))
        for code, found in sums.items()
    }
