"""时限与收费校验: whether what is promised can be lawful, and fits the place's ceilings.

Sources: licensing law arts. 42 (twenty days, forty-five for joint handling, unless a law or regulation says
otherwise), 58 (fees by law or administrative regulation only); rule packs of the places (`values.Ceiling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from banshi.contexts.catalogue.rules.laws import Laws
from banshi.contexts.catalogue.rules.notes import Note
from banshi.contexts.catalogue.values import Ceiling, Item, Limit

LICENCE = "01"
LICENSING_LAW = "行政许可法"
# Five workdays to a week, seven opening hours to a workday: enough to tell which limit is longer.
_NATURAL_DAYS = {"workday": 1.4, "day": 1.0, "hour": 0.2}
_UNITS = {"workday": "个工作日", "day": "天", "hour": "小时"}
OPENING_HOURS = 7


def natural_days(limit: Limit) -> float:
    """How long a limit is about, in natural days."""
    return limit.days * _NATURAL_DAYS[limit.unit]


def check_limits(item: Item, laws: Laws) -> Iterator[Note]:
    """That statutory and promised limit are lawful, agree with each other, and fees have their basis."""
    yield from _promised(item)
    yield from _statutory(item, laws)
    yield from _fees(item, laws)


def check_ceilings(item: Item, ceilings: Iterable[Ceiling]) -> Iterator[Note]:
    """That the promise keeps within what the place has pledged."""
    promised = item.promised
    for ceiling in ceilings:
        if item.code not in ceiling.items and item.type not in ceiling.types:
            continue
        if ceiling.share:
            if item.statutory is None:
                continue
            # A whole day is the least that can be promised in days.
            most = max(natural_days(item.statutory) * ceiling.share / 100, _NATURAL_DAYS[item.statutory.unit])
            zh, en = f"法定时限的 {ceiling.share}%", f"{ceiling.share} % of the statutory limit"
        else:
            most = natural_days(Limit(ceiling.days, ceiling.unit))
            zh, en = f"{ceiling.days} {_UNITS[ceiling.unit]}", f"{ceiling.days} {ceiling.unit}"
        if natural_days(promised) > most + 1e-9:
            yield Note(
                ("promised",),
                f"承诺 {promised.days} {_UNITS[promised.unit]}，超过{ceiling.pack}的上限：{zh}（{ceiling.title}，{ceiling.source}）",
                f"the promise is above the ceiling of {ceiling.pack}: {en} ({ceiling.title}, {ceiling.source})",
            )


def _promised(item: Item) -> Iterator[Note]:
    promised = item.promised
    if promised.days < 0:
        yield Note(("promised", "days"), "承诺时限不能小于 0", "the promise cannot be less than 0")
    if promised.days == 0 and not item.instant:
        yield Note(("instant",), "承诺当场办结的是即办件", "an item promised at once is instant")
    most = {"workday": 1, "day": 0, "hour": OPENING_HOURS}[promised.unit]
    if item.instant and promised.days > most:
        yield Note(
            ("promised",),
            "即办件的承诺时限不超过 1 个工作日",
            "an instant item is promised within one workday",
        )


def _statutory(item: Item, laws: Laws) -> Iterator[Note]:
    statutory = item.statutory
    if statutory is None:
        if item.type == LICENCE:
            yield Note(
                ("statutory",),
                "行政许可都有法定时限（行政许可法第四十二条）",
                "a licence always has a statutory limit (licensing law, art. 42)",
            )
        return
    if statutory.days < 1:
        yield Note(("statutory", "days"), "法定时限至少 1 天", "a statutory limit is a day at least")
    if statutory.unit == "hour":
        yield Note(("statutory", "unit"), "只有承诺时限可以按小时", "only a promise may be in hours")
    if natural_days(item.promised) > natural_days(statutory):
        yield Note(
            ("promised",), "承诺时限不能比法定时限长", "the promise cannot be longer than the statutory limit"
        )
    if item.type == LICENCE:
        yield from _longer_than_the_licensing_law(item, statutory, laws)


def _longer_than_the_licensing_law(item: Item, statutory: Limit, laws: Laws) -> Iterator[Note]:
    most = 45 if item.joint else 20
    if natural_days(statutory) <= natural_days(Limit(most)):
        return
    basis = statutory.basis or next(iter(item.bases), None)
    if basis and basis.law != LICENSING_LAW and laws.rank(basis.law, basis.edition) != "rule":
        return
    yield Note(
        ("statutory",),
        f"超过 {most} 个工作日，要写明另有规定的法律、法规条款（行政许可法第四十二条）",
        f"above {most} workdays needs its own basis in a law or regulation (licensing law, art. 42)",
    )


def _fees(item: Item, laws: Laws) -> Iterator[Note]:
    for index, fee in enumerate(item.fees):
        if fee.amount_fen <= 0:
            yield Note(("fees", index, "amount_fen"), "收费金额要大于 0", "a fee is more than 0")
        rank = laws.rank(fee.basis.law, fee.basis.edition)
        if item.type == LICENCE and rank not in ("law", "regulation"):
            yield Note(
                ("fees", index, "basis"),
                f"《{fee.basis.law}》不是法律、行政法规，许可不能据此收费（行政许可法第五十八条）",
                f"{fee.basis.law} is no law or administrative regulation: no fee for a licence (licensing law, art. 58)",
            )
