"""好差评和诉求考核: 主动评价率、满意度、差评整改率、退回率、重办率 against their targets, by office, window or item, of whole months.

Everything comes from counters: a page reads some hundred rows, however many reviews and tickets there are. Each rate is
defined once, here (inventory rows 130, 131, 134, 136, 151); per cent with two decimals, None where nothing was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from banshi.contexts.evaluation import queries as evaluation
from banshi.contexts.evaluation.values import Grade, Totals
from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.queries import Figures
from banshi.contexts.tickets.values.codes import Kind
from banshi.insight.statistics import percent

type By = Literal["offices", "windows", "items"]
_TICKETS: Mapping[By, str] = {"offices": "unit", "windows": "window", "items": "item"}


@dataclass(frozen=True, slots=True)
class Targets:
    """满意度目标 of a place, per cent: of services, and of how complaints were handled."""

    service: int
    complaint: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """考核数 of one office, window or item, or of all of them together (`code` empty).

    `services`: what could have been reviewed. `tickets`: of all kinds; `repairs`: of bad reviews alone (not known by item).
    `calls`: how many were queued, and how they ended.
    """

    code: str
    reviews: Totals
    services: int
    tickets: Figures = field(default_factory=Figures)
    repairs: Figures | None = None
    calls: Mapping[str, int] = field(default_factory=dict)

    @property
    def active_rate(self) -> Decimal | None:
        """主动评价率: reviewed of what could have been; nothing is filled in for who did not."""
        return percent(min(self.reviews.all, self.services), self.services)

    @property
    def service_rate(self) -> Decimal | None:
        """服务质量满意度: reviews that are no bad ones, of all."""
        return percent(self.reviews.content, self.reviews.all)

    @property
    def complaint_rate(self) -> Decimal | None:
        """投诉处理满意度: content, of those who said when they were asked whether it was put right."""
        content = self.tickets["content"]
        return percent(content, content + self.tickets["not_content"])

    @property
    def repair_rate(self) -> Decimal | None:
        """差评整改率: tickets of bad reviews that were closed, of those given to a unit."""
        if self.repairs is None:
            return None
        return percent(min(self.repairs["closed"], self.repairs["dispatched"]), self.repairs["dispatched"])

    @property
    def return_rate(self) -> Decimal | None:
        """退回率: of what was given to a unit."""
        return percent(self.tickets["returned"], self.tickets["dispatched"])

    @property
    def reopen_rate(self) -> Decimal | None:
        """重办率: opened again, of those that were asked."""
        return percent(self.tickets["reopened"], self.tickets["called"])

    @property
    def call_rate(self) -> Decimal | None:
        """回访满意率: content, of those who answered a call about a finished matter."""
        content = self.calls.get("content", 0)
        return percent(content, content + self.calls.get("not_content", 0))

    def alarms(self, targets: Targets) -> tuple[str, ...]:
        """报警: which of the two satisfactions (`service`, `complaint`) lies below its target."""
        rates = {
            "service": (self.service_rate, targets.service),
            "complaint": (self.complaint_rate, targets.complaint),
        }
        return tuple(name for name, (rate, least) in rates.items() if rate is not None and rate < least)


def targets_of(region: str) -> Targets:
    """What the place's pack sets."""
    rules = evaluation.settings_for(region)
    return Targets(rules.service_target, rules.complaint_target)


def assess(
    by: By, since_on: date, until_on: date, *, regions: Iterable[str]
) -> tuple[Assessment, list[Assessment]]:
    """All together, and each by code; of the whole months that the period touches, in these counties."""
    places = list(regions)
    reviews = evaluation.monthly(by, since_on, until_on, places)
    figures = {
        _slashed(by, code): found
        for code, found in tickets.statistics(_TICKETS[by], since_on, until_on, regions=places).items()
    }
    repairs = {}
    if by != "items":
        found = tickets.statistics(
            _TICKETS[by], since_on, until_on, regions=places, kind=Kind.BAD_REVIEW.value
        )
        repairs = {_slashed(by, code): one for code, one in found.items()}
    calls = evaluation.call_figures(since_on, until_on, places) if by != "items" else {}
    if by != "items":  # one counter holds both: a window's code has its hall before it
        calls = {code: one for code, one in calls.items() if ("/" in code) == (by == "windows")}
    none = Totals("", dict.fromkeys(Grade, 0))
    rows = [
        Assessment(
            code=code,
            reviews=reviews.get(code, (none, 0))[0],
            services=reviews.get(code, (none, 0))[1],
            tickets=figures.get(code, Figures()),
            repairs=None if by == "items" else repairs.get(code, Figures()),
            calls=calls.get(code, {}),
        )
        for code in sorted(reviews.keys() | figures.keys() | calls.keys())
    ]
    return _sum(rows, by), rows


def _slashed(by: By, code: str) -> str:
    return code.replace(":", "/", 1) if by == "windows" else code


def _sum(rows: Iterable[Assessment], by: By) -> Assessment:
    grades = dict.fromkeys(Grade, 0)
    services, all_tickets, repairs, calls = 0, dict[str, int](), dict[str, int](), dict[str, int]()
    for one in rows:
        services += one.services
        for grade, count in one.reviews.grades.items():
            grades[grade] += count
        _add(all_tickets, one.tickets.counts)
        _add(repairs, one.repairs.counts if one.repairs else {})
        _add(calls, one.calls)
    return Assessment(
        code="",
        reviews=Totals("", grades),
        services=services,
        tickets=Figures(all_tickets),
        repairs=None if by == "items" else Figures(repairs),
        calls=calls,
    )


def _add(sums: dict[str, int], more: Mapping[str, int]) -> None:
    for key, count in more.items():
        sums[key] = sums.get(key, 0) + count
