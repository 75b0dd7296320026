"""统计: by unit, kind, window, item or category and month, summed from counters; no ticket is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, Sum

from banshi.contexts.tickets.operations.figures import DIMENSIONS
from banshi.directory.values import prefix
from banshi.infra.models import Counter, CounterDelta

_WITH_KIND = frozenset({"unit", "window"})


@dataclass(frozen=True, slots=True)
class Figures:
    """统计数: how many of each measure, and the rates that follow (per cent; None where there is nothing to divide by)."""

    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, measure: str) -> int:
        return self.counts.get(measure, 0)

    @property
    def on_time(self) -> float | None:
        """按时答复率."""
        return _rate(self["replied"] - self["late"], self["replied"])

    @property
    def return_rate(self) -> float | None:
        """退回率."""
        return _rate(self["returned"], self["dispatched"])

    @property
    def reopen_rate(self) -> float | None:
        """重办率: of those that were called."""
        return _rate(self["reopened"], self["called"])

    @property
    def satisfaction(self) -> float | None:
        """满意率: of those who said how it was."""
        return _rate(self["content"], self["content"] + self["not_content"])


def _rate(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def months(since_on: date, until_on: date) -> list[str]:
    """The months from one day's to another's: `202603`."""
    first, last = since_on.year * 12 + since_on.month - 1, until_on.year * 12 + until_on.month - 1
    return [f"{month // 12}{month % 12 + 1:02}" for month in range(first, last + 1)]


def statistics(
    by: str, since_on: date, until_on: date, *, regions: Iterable[str] | None = None, kind: str = ""
) -> dict[str, Figures]:
    """统计 of whole months by one of `unit`, `kind`, `window` (`HALL:NUMBER`), `item`, `category` (the first level).

    `regions`: counties, or cities with all of theirs (None: all). `kind`: one kind of ticket only, by unit and window.
    Raises `ValueError` for another dimension.
    """
    if by not in DIMENSIONS or (kind and by not in _WITH_KIND):
        raise ValueError(by)
    sums: dict[str, dict[str, int]] = {}
    names = [f"tickets.{by}.{month}" for month in months(since_on, until_on)]
    for key, total in _totals(names, None if regions is None else list(regions)):
        value, *of_kind, measure = key.rsplit("|", 2 if by in _WITH_KIND else 1)
        if kind and of_kind != [kind]:
            continue
        counts = sums.setdefault(value, {})
        counts[measure] = counts.get(measure, 0) + total
    return {value: Figures(counts) for value, counts in sorted(sums.items())}


def _totals(names: Sequence[str], regions: Sequence[str] | None) -> Iterable[tuple[str, int]]:
    reach = Q()
    if regions is not None:
        reach = Q(region_code__in=[])
        for region in regions:
            reach |= Q(region_code__startswith=prefix(region))
    yield from (
        Counter.objects.filter(reach, name__in=names)
        .values_list("key")
        .annotate(total=Sum("value"))
        .order_by()
    )
    yield from (
        CounterDelta.objects.filter(reach, name__in=names)
        .values_list("key")
        .annotate(total=Sum("delta"))
        .order_by()
    )
