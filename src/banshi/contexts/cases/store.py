"""Rows of a case. Reads and writes of the command path, by bare SQL; nothing else writes these tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

import msgspec

from banshi.contexts.cases.rules.clocks import acceptance_due_on, next_check_at, warn_on
from banshi.contexts.cases.rules.law import article
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import CaseState, Task
from banshi.infra.store import Tx
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import Calendar, civil_day

_READ = "SELECT state FROM cases_case WHERE region_code = %s AND id = %s"
_decode = msgspec.json.Decoder(CaseState).decode
_encode = msgspec.json.Encoder().encode


def lock(tx: Tx, region: str, id: UUID) -> CaseState:
    """The state, for change. Raises `NotFound`."""
    row = tx.one(_READ if tx.sqlite else f"{_READ} FOR UPDATE", (region, id))
    if row is None:
        raise NotFound("办件", "case")
    return _decode(row[0])


def insert(tx: Tx, state: CaseState, subject: UUID, calendar: Calendar) -> None:
    tx.run(
        "INSERT INTO cases_case (region_code, id, number, application_id, party_id, subject_id, item_code, item_name,"
        " office_code, hall_code, received_on, seq, state, status, due_on, due_at, warn_on, statutory_due_on, closed_on,"
        " next_check_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
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
    _insert_tasks(tx, state, tasks(state), calendar)


def update(tx: Tx, before: CaseState, state: CaseState, calendar: Calendar) -> None:
    tx.run(
        "UPDATE cases_case SET office_code = %s, seq = %s, state = %s, status = %s, due_on = %s, due_at = %s, warn_on = %s, statutory_due_on = %s,"
        " closed_on = %s, next_check_at = %s WHERE region_code = %s AND id = %s",
        (state.office, *columns(state, calendar), state.region, state.id),
    )
    old, new = tasks(before), tasks(state)
    if old == new and before.due_on == state.due_on:
        return
    # What waited before goes on waiting since then; only what is new waits since today.
    stayed = {task.key for task in old} & {task.key for task in new}
    since = dict(_since(tx, state)) if stayed else {}
    tx.run("DELETE FROM cases_task WHERE region_code = %s AND case_id = %s", (state.region, state.id))
    _insert_tasks(tx, state, new, calendar, since)


def _since(tx: Tx, state: CaseState) -> list[tuple[str, object]]:
    return tx.all(
        "SELECT key, since_on FROM cases_task WHERE region_code = %s AND case_id = %s",
        (state.region, state.id),
    )


def columns(state: CaseState, calendar: Calendar) -> tuple[object, ...]:
    """The changing columns, computed from the state: seq, state … next_check_at, in the order of the statements."""
    return (
        state.seq,
        _encode(state).decode(),
        state.status.value,
        state.due_on,
        state.due_at,
        warn_on(state.due_on, state.plan.promised, calendar),
        state.statutory_due_on,
        state.closed_on,
        next_check_at(state, calendar),
    )


def _insert_tasks(
    tx: Tx,
    state: CaseState,
    waiting: tuple[Task, ...],
    calendar: Calendar,
    since: Mapping[str, object] = MappingProxyType({}),
) -> None:
    if not waiting:
        return
    warn = warn_on(state.due_on, state.plan.promised, calendar)
    limits = {f"work:{work.key}": work.limit for work in state.plan.works}
    today = civil_day(tx.at)
    # Only here is the calendar at hand that says until when the office must have accepted.
    accept_by = acceptance_due_on(state, calendar)
    tx.many(
        "INSERT INTO cases_task (region_code, case_id, key, title, office_code, post, holder, since_on, due_on, warn_on, number,"
        " item_name, case_due_on, case_warn_on) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        [
            (
                state.region,
                state.id,
                task.key,
                task.title,
                task.office,
                task.post,
                task.holder,
                since.get(task.key, today),
                accept_by if task.key == "accept" else task.due_on,
                warn_on(task.due_on, limits.get(task.key, state.plan.promised), calendar),
                state.number,
                state.plan.name,
                state.due_on,
                warn,
            )
            for task in waiting
        ],
    )


def block(tx: Tx, state: CaseState, until_on: date, rule: str) -> None:
    """不得再次申请 for this item until that day; a later one of the same case takes its place."""
    tx.run(
        "INSERT INTO cases_block (region_code, case_id, party_id, item_code, until_on, rule) VALUES (%s,%s,%s,%s,%s,%s)"
        " ON CONFLICT (region_code, case_id) DO UPDATE SET until_on = EXCLUDED.until_on, rule = EXCLUDED.rule",
        (state.region, state.id, state.party, state.plan.item, until_on, rule),
    )


def refuse_blocked(tx: Tx, party: UUID, item: str, on: date) -> None:
    """Raises `Refused` for who may not apply for this item yet."""
    row = tx.one(
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
