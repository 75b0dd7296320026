"""环节校验: whether the works of an item can all be reached, have an owner, and fit into the time.

Sources: licensing law arts. 34 (two people on the spot), 43 (the lower level examines within twenty days), 45 (what
does not count: expert review; a site visit does).
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from banshi.contexts.catalogue.rules.limit_checks import LICENCE, LICENSING_LAW, natural_days
from banshi.contexts.catalogue.rules.notes import Note, once, refer
from banshi.contexts.catalogue.values import Dictionaries, Item, Limit, Work

LOWER_REVIEW_DAYS = 20
_ON_THE_SPOT = ("site_visit", "expert_review", "joint_session")


def check_works(item: Item, known: Dictionaries) -> Iterator[Note]:
    """Each work by itself, then all together."""
    keys = {work.key for work in item.works}
    for index, work in enumerate(item.works):
        for note in _work(item, work, keys, known):
            yield note._replace(path=("works", index, *note.path))
    yield from once(("works",), (work.key for work in item.works), "key")
    if item.type == LICENCE and not item.instant and not any(work.kind == "review" for work in item.works):
        yield Note(("works",), "行政许可的承诺件要有审查环节", "a licence that is not instant needs a review")
    if not all(key in keys for work in item.works for key in work.after):
        return
    waits = {work.key: work.after for work in item.works}
    try:
        order = tuple(TopologicalSorter(waits).static_order())
    except CycleError as cycle:
        yield from _never_open(item, waits, cycle.args[1])
        return
    yield from _in_time(item, order)


def _work(item: Item, work: Work, keys: set[str], known: Dictionaries) -> Iterator[Note]:
    yield from refer(("department",), work.department, known.departments, "部门", "department")
    for position, key in enumerate(work.after):
        yield from refer(("after", position), key, keys, "环节", "work")
    if work.limit.days < 1:
        yield Note(("limit", "days"), "环节至少要 1 天", "a work takes a day at least")
    if work.limit.unit == "hour":
        yield Note(("limit", "unit"), "环节的时限不按小时", "a work has no limit in hours")
    if item.instant and work.kind in ("site_visit", "expert_review"):
        yield Note(
            ("kind",), "即办件不能有现场踏勘、专家评审", "an instant item has no site visit or expert review"
        )
    if work.silence != "wait" and work.kind != "consult":
        yield Note(
            ("silence",), "只有征求意见（consult）可以逾期视为同意", "silence means consent to a consult only"
        )
    if work.experts and work.kind != "expert_review":
        yield Note(
            ("experts",),
            "只有专家评审（expert_review）抽取专家",
            "experts are drawn for an expert review only",
        )
    if work.experts < 0 or work.people < 0:
        yield Note(("experts" if work.experts < 0 else "people",), "人数不能小于 0", "no number below 0")
    if work.checklist and work.kind not in _ON_THE_SPOT:
        yield Note(
            ("checklist",),
            "核查清单用于现场核查、专家评审、联合办公",
            "a checklist is for visits, expert reviews and joint sessions",
        )
    yield from once(("checklist",), work.checklist)
    if item.type == LICENCE and work.kind == "site_visit" and work.people == 1:
        yield Note(
            ("people",),
            "现场核查要两人以上（行政许可法第三十四条第三款）",
            "a visit takes two officers at least (licensing law, art. 34)",
        )
    basis = work.limit.basis
    own = basis is not None and basis.law != LICENSING_LAW
    too_long = natural_days(work.limit) > natural_days(Limit(LOWER_REVIEW_DAYS))
    if item.type == LICENCE and work.kind == "lower_review" and too_long and not own:
        yield Note(
            ("limit", "days"),
            "下级初审不超过 20 个工作日（行政许可法第四十三条）",
            "the lower level examines within 20 workdays (licensing law, art. 43)",
        )


def _never_open(item: Item, waits: dict[str, tuple[str, ...]], loop: list[str]) -> Iterator[Note]:
    """The works that wait for one another, and those behind them."""
    shown = " → ".join(reversed(loop))
    yield Note(("works",), f"环节互相等待：{shown}", f"works wait for one another: {shown}")
    opened: set[str] = set()
    while more := {key for key, after in waits.items() if opened.issuperset(after)} - opened:
        opened |= more
    for index, work in enumerate(item.works):
        if work.key not in opened and work.key not in loop:
            yield Note(
                ("works", index, "after"),
                f"环节 {work.key} 永远轮不到：它等的环节在互相等待",
                f"{work.key} is never reached: it waits for works that wait for one another",
            )


def _in_time(item: Item, order: tuple[str, ...]) -> Iterator[Note]:
    """That the works, end to end, fit into the promise and the law. Expert review is not counted: art. 45."""
    works = {work.key: work for work in item.works}
    done: dict[str, float] = {}
    path: dict[str, tuple[str, ...]] = {}
    for key in order:
        work = works[key]
        last = max(work.after, key=lambda earlier: done[earlier], default=None)
        counted = 0.0 if work.kind == "expert_review" else natural_days(work.limit)
        done[key] = counted + (done[last] if last else 0.0)
        path[key] = (*(path[last] if last else ()), work.title)
    if not done:
        return
    longest = max(done, key=lambda key: done[key])
    limits = (("承诺", "promised", item.promised), ("法定", "statutory", item.statutory))
    for zh, en, limit in limits:
        if limit and done[longest] > natural_days(limit) + 1e-9:
            what = "what is promised" if en == "promised" else "the statutory limit"
            yield Note(
                ("works",),
                f"各环节首尾相接的时间超过{zh}时限：{' → '.join(path[longest])}",
                f"the works end to end take longer than {what}",
            )
