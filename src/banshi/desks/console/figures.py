"""效能统计: the figures of a period, by county or office, from the facts; and what the catalogue promises of visits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from banshi.contexts.catalogue import queries as catalogue
from banshi.directory import queries as directory
from banshi.insight.statistics import Statistics, percent, statistics

SHOWN: tuple[tuple[str, str, Callable[[Statistics], int | Decimal | None]], ...] = (
    ("received", "收件", lambda s: s.received),
    ("finished", "办结", lambda s: s.finished),
    ("per_day", "日均收件", lambda s: s.per_day),
    ("at_once", "即办率%", lambda s: s.at_once_rate),
    ("finished_rate", "办结率%", lambda s: s.finished_rate),
    ("on_time", "按期办结率%", lambda s: s.on_time_rate),
    ("one_go", "一次办率%", lambda s: s.one_go_rate),
    ("online", "网办率%", lambda s: s.online_rate),
    ("no_visit", "一趟不用跑%", lambda s: s.no_visit_rate),
    ("one_visit", "最多跑一趟%", lambda s: s.one_visit_rate),
    ("time_cut", "时限压减率%", lambda s: s.time_cut),
)


def run(*, since_on: date, until_on: date, by: str, as_json: bool) -> int:
    """Print the figures of the cases received from `since_on` to `until_on`, as they stand that evening."""
    group = {"all": lambda office: "", "county": lambda office: office[:6], "office": lambda office: office}[
        by
    ]
    regions = sorted({office.region_code for office in directory.list_offices()})
    found = statistics(regions, since_on=since_on, until_on=until_on, as_of_on=until_on, group=group)
    items = [edition.definition for edition in catalogue.catalogue().items.values()]
    promised = {
        "no_visit": percent(sum(item.visits == 0 for item in items), len(items)),
        "one_visit": percent(sum(item.visits <= 1 for item in items), len(items)),
    }
    if as_json:
        figures = {
            key: {name: _plain(get(one)) for name, _, get in SHOWN} for key, one in sorted(found.items())
        }
        print(json.dumps({"figures": figures, "catalogue": {k: _plain(v) for k, v in promised.items()}}))
        return 0
    print(f"{since_on} 至 {until_on}，按收到的办件统计 / cases received in this period")
    for key, one in sorted(found.items()):
        print(key or "合计")
        for _, title, get in SHOWN:
            value = get(one)
            print(f"  {title:<12}{'—' if value is None else value:>12}")
    print(f"事项目录：不用跑 {promised['no_visit']}%，最多跑一趟 {promised['one_visit']}%")
    return 0


def _plain(value: int | Decimal | None) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value
