"""改版: running cases stay on the version of their item that they began with; chosen ones go on by another, seen before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState, Limits, Plan
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Item
from banshi.contexts.intake import queries as applications
from banshi.directory.calendar import calendar
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused

# Makes the plan of a case: the item's definition, its version, the situations that hold, and the county.
type Planner = Callable[[Item, int, frozenset[str], str], Plan]


@dataclass(frozen=True, slots=True)
class Change:
    """改版影响 on one case: its works, its due days and its limits, before and after; or why it cannot be."""

    state: CaseState
    plan: Plan | None
    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    promised: tuple[date | None, date | None] = (None, None)
    statutory: tuple[date | None, date | None] = (None, None)
    limits: tuple[tuple[str, int, int], ...] = ()
    refused: Refused | None = None


def preview(
    *, item: str, start: int, to: int, numbers: Sequence[str] = (), plan: Planner, at: datetime
) -> Iterator[Change]:
    """What would change for each open case of the item that is on version `start`, or for those with these numbers.

    A number that is not among them is named. Raises `NotFound` for a version that does not exist, `Refused`.
    """
    if start == to:
        raise Refused("same_version", "两个版本相同。", "Both versions are the same.")
    catalogue.get_version(item, start)
    definition = catalogue.get_version(item, to)
    missing = set(numbers)
    after = None
    while found := queries.list_open(item=item, numbers=numbers, after=after, limit=200):
        after = (found[-1].region, found[-1].id)
        for state in found:
            if state.plan.version == start:
                missing.discard(state.number)
                yield _change(state, definition, to, plan, at)
    if missing:
        number = min(missing)
        raise Refused(
            "not_such_a_case",
            f"没有这样的在办件：{number}（事项 {item} 第{start}版）。",
            f"No open case {number} of {item}, version {start}.",
        )


def migrate(change: Change, *, actor: Actor, at: datetime) -> list[str]:
    """Move one case as it was shown; the kinds of fact. Raises `Refused`, also when it has moved on meanwhile."""
    if change.plan is None:
        raise change.refused or NotFound("办理方案", "plan")
    state = change.state
    return cases.migrate(
        region=state.region, id=state.id, plan=change.plan, actor=actor, at=at, calendar=calendar()
    )


def _change(state: CaseState, definition: Item, to: int, plan: Planner, at: datetime) -> Change:
    try:
        application = applications.get_application(state.region, state.application, SYSTEM)
        situations = catalogue.situations_of(definition, application.answers)
        wanted = plan(definition, to, situations, state.region)
        after = queries.migrated(state, wanted, at, calendar())
    except (Refused, NotFound) as refused:
        return Change(state, None, refused=refused)
    before_works = {work.key: work.title for work in state.plan.works}
    after_works = {work.key: work.title for work in after.plan.works}
    return Change(
        state,
        wanted,
        kept=tuple(title for key, title in after_works.items() if key in before_works),
        added=tuple(title for key, title in after_works.items() if key not in before_works),
        dropped=tuple(title for key, title in before_works.items() if key not in after_works),
        promised=(state.promised_due_on, after.promised_due_on),
        statutory=(state.statutory_due_on, after.statutory_due_on),
        limits=_differing(state.plan, after.plan),
    )


def _differing(before: Plan, after: Plan) -> tuple[tuple[str, int, int], ...]:
    """Numbers that are other ones: promised, statutory, and those of the place."""
    pairs = [("promised", before.promised.days, after.promised.days)]
    pairs.append(
        (
            "statutory",
            before.statutory.days if before.statutory else 0,
            after.statutory.days if after.statutory else 0,
        )
    )
    pairs += [
        (key, getattr(before.limits, key), getattr(after.limits, key))
        for key in Limits.__struct_fields__
        if key != "pack"
    ]
    return tuple(pair for pair in pairs if pair[1] != pair[2])
