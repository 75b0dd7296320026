"""效能统计: 收件、办结、即办率、日均、一次办率、网办率、按期率、压减率, from the facts alone.

The figures are of the cases received in a period, as they stood at the end of the day of the report. Each is defined
once, here (inventory rows 40, 150, 152).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from banshi.contexts.cases import events
from banshi.infra.models import Fact


@dataclass(slots=True)
class Statistics:
    """统计: counts of cases and sums of days; rates are percentages with two decimals, None where nothing was counted."""

    received: int = 0
    finished: int = 0
    at_once: int = 0
    online: int = 0
    in_one_go: int = 0
    no_visit: int = 0
    one_visit: int = 0
    clocked: int = 0
    on_time: int = 0
    statutory_days: int = 0
    promised_days: int = 0
    days: set[date] = field(default_factory=set)

    @property
    def opening_days(self) -> int:
        """开放日: days on which anything was received."""
        return len(self.days)

    @property
    def per_day(self) -> int:
        """日均收件, rounded down."""
        return self.received // max(1, self.opening_days)

    @property
    def at_once_rate(self) -> Decimal | None:
        """即办率: of an item that is decided at once, and finished on the day of receipt; of all received."""
        return percent(self.at_once, self.received)

    @property
    def finished_rate(self) -> Decimal | None:
        """办结率: finished of all received."""
        return percent(self.finished, self.received)

    @property
    def one_go_rate(self) -> Decimal | None:
        """一次办率: finished without the applicant having had to correct anything; of all finished."""
        return percent(self.in_one_go, self.finished)

    @property
    def online_rate(self) -> Decimal | None:
        """网办率: applied for online; of all received."""
        return percent(self.online, self.received)

    @property
    def no_visit_rate(self) -> Decimal | None:
        """一趟不用跑比例: the applicant never came to a window, from receipt to hand-over; of all finished (row 40)."""
        return percent(self.no_visit, self.finished)

    @property
    def one_visit_rate(self) -> Decimal | None:
        """最多跑一趟比例: on one day at most; of all finished."""
        return percent(self.no_visit + self.one_visit, self.finished)

    @property
    def on_time_rate(self) -> Decimal | None:
        """按期办结率: finished by the last due day that was told; of those finished whose clock had started."""
        return percent(self.on_time, self.clocked)

    @property
    def time_cut(self) -> Decimal | None:
        """时限压减率: by how much the promised days are fewer than the statutory ones, over the cases received."""
        return percent(self.statutory_days - self.promised_days, self.statutory_days)


def percent(part: int, whole: int) -> Decimal | None:
    """Two decimals, half up; None of nothing."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


class _Budget(msgspec.Struct):
    days: int
    unit: str = "workday"


class _Plan(msgspec.Struct):
    instant: bool
    promised: _Budget
    statutory: _Budget | None = None


class _Received(msgspec.Struct):
    """What is read of a `received` fact."""

    office: str
    channel: str
    received_on: date
    plan: _Plan


class _Later(msgspec.Struct):
    """What is read of any later fact: the day, and the due day that it told."""

    on: date | None = None
    promised_due_on: date | None = None
    statutory_due_on: date | None = None
    how: str = ""  # of a delivery


_CLOCKS = (events.ACCEPTED, events.SPECIAL_ENDED, events.EXTENDED, events.CLOCKS_RECOMPUTED)
_KINDS = (
    events.RECEIVED,
    events.CORRECTION_REQUESTED,
    events.CORRECTION_SUPPLIED,
    events.DELIVERED,
    *_CLOCKS,
    *sorted(events.CLOSING),
)
_received = msgspec.json.Decoder(_Received).decode
_later = msgspec.json.Decoder(_Later).decode


def statistics(
    regions: Iterable[str], *, since_on: date, until_on: date, as_of_on: date, group: Callable[[str], str]
) -> dict[str, Statistics]:
    """Figures of the cases received from `since_on` to `until_on` in these counties, by `group(office that received)`.

    Reads every stream of the counties once, in order; what happened after `as_of_on` is left out.
    """
    found: dict[str, Statistics] = {}
    for region in regions:
        for facts in _streams(region):
            first = _received(facts[0][1])
            if since_on <= first.received_on <= until_on:
                _add(found.setdefault(group(first.office), Statistics()), first, facts[1:], as_of_on)
    return found


def _add(sums: Statistics, first: _Received, facts: list[tuple[str, str]], as_of_on: date) -> None:
    sums.received += 1
    sums.days.add(first.received_on)
    sums.online += first.channel == "online"
    if first.plan.statutory and first.plan.statutory.unit == first.plan.promised.unit:
        sums.statutory_days += first.plan.statutory.days
        sums.promised_days += first.plan.promised.days
    at_window = first.channel == "window"
    came = {first.received_on} if at_window else set[date]()
    due_on, corrected, finished = None, False, False
    for kind, data in facts:
        said = _later(data)
        if said.on and said.on > as_of_on:
            break
        if kind in _CLOCKS:
            days = [day for day in (said.promised_due_on, said.statutory_due_on) if day]
            due_on = min(days) if days else due_on
        elif kind == events.CORRECTION_REQUESTED:
            corrected = True
        elif kind == events.CORRECTION_SUPPLIED or (kind == events.DELIVERED and said.how == "window"):
            came |= {said.on} if said.on and (at_window or kind == events.DELIVERED) else set()
        elif kind in events.CLOSING and said.on and not finished:
            finished = True
            sums.finished += 1
            sums.in_one_go += not corrected
            sums.at_once += first.plan.instant and said.on == first.received_on
            if due_on:
                sums.clocked += 1
                sums.on_time += said.on <= due_on
    if finished:
        sums.no_visit += not came
        sums.one_visit += len(came) == 1


def _streams(region: str) -> Iterator[list[tuple[str, str]]]:
    """Each case's facts that count, in order, one list a case."""
    rows = (
        Fact.objects.filter(region_code=region, kind__in=_KINDS)
        .order_by("region_code", "stream_id", "seq")
        .values_list("stream_id", "kind", "data")
    )
    stream, facts = None, list[tuple[str, str]]()
    for id, kind, data in rows.iterator(chunk_size=10_000):
        if id != stream:
            if facts:
                yield facts
            stream, facts = id, []
        facts.append((kind, data))
    if facts:
        yield facts
