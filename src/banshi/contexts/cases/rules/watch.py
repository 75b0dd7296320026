"""督办与重算: urges and their answers, clocks reckoned anew, and running cases moved to another version."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks, notices, works
from banshi.contexts.cases.rules.words import said, worded
from banshi.contexts.cases.values import CaseState, Input, Plan, Status, WorkState
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def urge(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """督办: by the clock (yellow, red, then the next level), or by a supervisor with a word of their own.

    It names who holds what the clock waits for, not the last hand that touched the case.
    """
    on = civil_day(at)
    if by == "system":
        due = clocks.alarms(state, calendar, at)
        if not due:
            raise Refused("nothing_to_urge", "现在没有需要督办的。", "Nothing has to be urged now.")
        return [_urged(state, alarm.key, alarm.level, on, given, alarm.due_on) for alarm in due]
    if not state.status.open and state.delivered_on:
        raise Refused("nothing_to_urge", "这件事已经办结并送达。", "It is decided and delivered.")
    said(given, "督办的内容", "what is urged")
    key = given.work or "case"
    if key != "case" and not any(f"work:{work.key}" == key and work.status == "open" for work in state.works):
        raise Refused("work_not_open", "这个环节现在不在办理中。", "This work is not open.", "", "work")
    return [_urged(state, key, "supervisor", on, given, state.due_on)]


def _urged(state: CaseState, key: str, level: str, on: object, given: Input, due_on: object) -> Fact:
    office, holder = clocks.holder_of(state, key)
    data = {
        "key": key,
        "level": level,
        "on": on,
        "office": office,
        "holder": holder,
        "due_on": due_on,
        **worded(given),
    }
    return Fact(events.URGED, data)


def answer_urge(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """答复督办: what holds it up and by when it will be done."""
    key = given.work or next((urge.key for urge in state.urges if urge.answered_on is None), "")
    if not any(urge.key == key and urge.answered_on is None for urge in state.urges):
        raise Refused("no_urge", "没有需要答复的督办。", "No urge waits for an answer.", "", "work")
    said(given, "原因和办完的时间", "the reason and by when")
    data = {"key": key, "on": civil_day(at), "by": by, **worded(given)}
    return [Fact(events.URGE_ANSWERED, data)]


def reclock(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """时限重新计算: a notice has changed the calendar; the fact says by which."""
    if not state.status.open:
        raise Refused("closed", "这件事已经办结，时限不再变动。", "The case is closed; its clocks rest.")
    data = {"calendar": calendar.version, "from": state.calendar, **clocks.reckoned(state, calendar)}
    if told := notices.moved(state, calendar):
        data["notices"] = told
    return [Fact(events.CLOCKS_RECOMPUTED, data)]


def migrate(state: CaseState, plan: Plan, at: datetime, calendar: Calendar) -> list[Fact]:
    """改按新版办理: a running case moves to another version of its item; what is done stays done."""
    if not state.status.open:
        raise Refused(
            "closed", "这件事已经办结，不能改按新版办理。", "The case is closed; it stays on its version."
        )
    if plan.item != state.plan.item:
        raise Refused("other_item", "只能改按同一事项的另一版本。", "Only another version of the same item.")
    if plan.version == state.plan.version:
        raise Refused("same_version", "这件事已经按这一版办理。", "The case is on this version already.")
    # Where it lies, and what it renews, belongs to the case and not to the version.
    placed = tuple(
        replace(work, office=state.office) if work.office == state.first_office else work
        for work in plan.works
    )
    moved = replace(plan, works=placed, renews=state.plan.renews, expires_on=state.plan.expires_on)
    on = civil_day(at)
    after = replace(state, plan=moved, works=matched(state, moved))
    opened = []
    unassigned = state.works and all(work.status == "waiting" for work in state.works)
    if state.status in (Status.IN_REVIEW, Status.SUSPENDED) and not unassigned:
        done = {work.key for work in after.works if work.status == "done"}
        waiting = {work.key for work in after.works if work.status == "waiting"}
        opened = [
            works.opened(one, on, calendar)
            for one in moved.works
            if one.key in waiting and done.issuperset(one.after)
        ]
    data = {
        "on": on,
        "from_version": state.plan.version,
        "plan": msgspec.to_builtins(moved),
        "opened": opened,
        "calendar": calendar.version,
        **clocks.reckoned(after, calendar),
    }
    return [Fact(events.PLAN_MIGRATED, data)]


def matched(state: CaseState, plan: Plan) -> tuple[WorkState, ...]:
    """The works of the new plan, each as far as the one of the same key had come."""
    if state.accepted_on is None:
        return ()
    before = {work.key: work for work in state.works}
    return tuple(before.get(work.key, WorkState(work.key)) for work in plan.works)
