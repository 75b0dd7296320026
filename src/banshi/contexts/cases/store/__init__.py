"""Rows of a case. Reads and writes of the command path, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from uuid import UUID

import msgspec

from banshi.contexts.cases.rules.clocks import acceptance_due_on, next_check_at, warn_on
from banshi.contexts.cases.rules.law import article
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.store import rows
from banshi.contexts.cases.values import Budget, CaseState, Task
from banshi.infra.store import Tx
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import Calendar, civil_day

_READ = "SELECT state FROM cases_case WHERE region_code = %s AND id = %s"
_decode = msgspec.json.Decoder(CaseState).decode
_encode = msgspec.json.Encoder().encode
CHANGING = rows.CASES.columns[11:]
TASK_COLUMNS = rows.TASKS.columns[2:]
KEPT = 1000  # states, some 10 KB each
_kept: OrderedDict[UUID, CaseState] = OrderedDict()  # oldest first
_LAST_DAY = Budget(1)  # a step that is no work of its own is yellow on its last day, or with the case


def lock(tx: Tx, region: str, id: UUID, seen: int | None = None) -> CaseState:
    """The state, for change; where this process left it at `seen` facts, as it remembers it. Raises `NotFound`."""
    if seen is not None and (kept := _kept.get(id)) is not None and kept.seq == seen and tx.guess():
        return kept
    if tx.sqlite or tx.alone:
        row = tx.look(_READ, (region, id))
    else:
        row = tx.one(f"{_READ} FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("办件", "case")
    return _decode(row[0])


def remember(state: CaseState) -> None:
    """The state as it was committed, for a next command that names it."""
    _kept[state.id] = state
    with suppress(KeyError):  # other threads forget, too
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def insert(tx: Tx, state: CaseState, subject: UUID, calendar: Calendar) -> None:
    tx.put(
        rows.CASES,
        (
            state.region,
            state.id,
            state.number,
            state.application,
            state.party,
            subject,
            state.plan.item,
            state.plan.name,
            state.office,
            state.hall,
            state.received_on,
            *columns(state, calendar),
        ),
    )
    _put_tasks(tx, state, tasks(state), calendar)


def update(tx: Tx, before: CaseState, state: CaseState, calendar: Calendar) -> None:
    changed = columns(state, calendar)
    tx.put(rows.CHANGES, (*changed[1:], state.region, state.id, before.seq))
    if (before.office, before.due_on) != (state.office, state.due_on):
        tx.put(rows.MOVES, (state.office, state.due_on, state.region, state.id))
    old, new = {task.key: task for task in tasks(before)}, tasks(state)
    for key in old.keys() - {task.key for task in new}:
        tx.put(rows.GONE, (state.region, state.id, key))
    if before.due_on == state.due_on:
        new = tuple(task for task in new if task != old.get(task.key))
    _put_tasks(tx, state, new, calendar)


def columns(state: CaseState, calendar: Calendar) -> tuple[object, ...]:
    """The changing columns, computed from the state, in the order of `CHANGING`."""
    return (
        state.due_on,
        state.seq,
        _encode(state).decode(),
        state.status.value,
        state.due_at,
        warn_on(state.due_on, state.plan.promised, calendar),
        state.statutory_due_on,
        state.closed_on,
        next_check_at(state, calendar),
    )


def task_rows(
    state: CaseState, waiting: Iterable[Task], calendar: Calendar, since: Mapping[str, date]
) -> list[tuple[object, ...]]:
    """What waits, in the order of `TASK_COLUMNS`; `since`: the day from which each waits, by key."""
    limits = {f"work:{work.key}": work.limit for work in state.plan.works}
    warn = warn_on(state.due_on, state.plan.promised, calendar)
    found: list[tuple[object, ...]] = []
    for task in waiting:
        # Only here is the calendar at hand that says until when the office must have accepted.
        due_on = acceptance_due_on(state, calendar) if task.key == "accept" else task.due_on
        found.append(
            (
                task.key,
                task.title,
                task.office,
                task.post,
                task.holder,
                since[task.key],
                due_on,
                warn_on(due_on, limits.get(task.key, _LAST_DAY), calendar),
                state.number,
                state.plan.name,
                state.due_on,
                warn,
            )
        )
    return found


def _put_tasks(tx: Tx, state: CaseState, waiting: tuple[Task, ...], calendar: Calendar) -> None:
    """New ones wait since today; those that waited before keep their day."""
    if waiting:
        since = dict.fromkeys((task.key for task in waiting), civil_day(tx.at))
        for row in task_rows(state, waiting, calendar, since):
            tx.put(rows.TASKS, (state.region, state.id, *row))


def block(tx: Tx, state: CaseState, until_on: date, rule: str) -> None:
    """不得再次申请 for this item until that day; a later one of the same case takes its place."""
    tx.run(
        "INSERT INTO cases_block (region_code, case_id, party_id, item_code, until_on, rule) VALUES (%s,%s,%s,%s,%s,%s)"
        " ON CONFLICT (region_code, case_id) DO UPDATE SET until_on = EXCLUDED.until_on, rule = EXCLUDED.rule",
        (state.region, state.id, state.party, state.plan.item, until_on, rule),
    )


def refuse_blocked(tx: Tx, party: UUID, item: str, on: date) -> None:
    """Raises `Refused` for who may not apply for this item yet."""
    row = tx.look(
        "SELECT rule, until_on FROM cases_block WHERE party_id = %s AND item_code = %s AND until_on >= %s"
        " ORDER BY until_on DESC LIMIT 1",
        (party, item, on),
    )
    if row is not None:
        rule, until_on = row
        raise Refused(
            f"blocked_for_{rule}",
            f"因隐瞒情况、提供虚假材料或者以欺骗手段取得许可，{until_on}以前不能再次申请这一事项。",
            f"After false statements this item cannot be applied for again until {until_on}.",
            article(rule, "01"),
        )


def rename(tx: Tx, state: CaseState) -> None:
    """改名: the item is called otherwise in the version that the case was moved to."""
    named = (state.plan.name, state.region, state.id)
    tx.run("UPDATE cases_case SET item_name = %s WHERE region_code = %s AND id = %s", named)
    tx.run("UPDATE cases_task SET item_name = %s WHERE region_code = %s AND case_id = %s", named)


def refresh(tx: Tx, was: int, state: CaseState, calendar: Calendar) -> None:
    """按新日历重写: all that is reckoned into the rows; what waits is the same as before. `was`: the row's seq so far."""
    due_on, *changed = columns(state, calendar)
    tx.settle()  # a row is changed once at a time
    tx.put(rows.CHANGES, (*changed, state.region, state.id, was))
    tx.put(rows.MOVES, (state.office, due_on, state.region, state.id))
    _put_tasks(tx, state, tasks(state), calendar)
