"""环节: what offices do between acceptance and decision: visits, expert reviews, joint sessions, opinions, hand-overs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.rules.words import said, worded
from banshi.contexts.cases.values import CaseState, Input, WorkPlan, WorkState
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def opine(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """部门意见: an office finishes its work; the works that waited for it open."""
    plan, work = _open(state, given.work)
    if given.verdict not in ("agree", "disagree"):
        raise Refused("verdict", "请选择同意或者不同意。", "Choose agree or disagree.", "", "verdict")
    if given.verdict == "disagree":
        said(given, "不同意的理由", "why you disagree")
    people = tuple(sorted({*work.people, *given.people, *((by,) if given.people else ())}))
    _together(state, plan, people)
    if plan.kind == "expert_review" and plan.experts and not work.record:
        raise Refused(
            "experts_first",
            "还没有登记专家评审的意见。",
            "The experts' opinions are not on file yet.",
            "",
            "work",
        )
    if plan.kind == "joint_session" and not work.record and given.text is None:
        raise Refused(
            "minutes_first", "还没有登记联合办公的纪要。", "The minutes are not on file yet.", "", "text"
        )
    data: dict[str, Any] = {
        "work": work.key,
        "verdict": given.verdict,
        **worded(given),
        "at": at,
        "by": by,
        "opened": opened_by(state, {work.key}, civil_day(at), calendar),
    }
    if people:
        data["people"] = people
    return [Fact(events.OPINION_GIVEN, data)]


def deem_agreed(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """逾期未提意见视为同意: only where the definition says so."""
    silent = [work for work in clocks.silent_works(state) if work.due_on and civil_day(at) > work.due_on]
    if not silent:
        raise Refused("not_silent_yet", "没有逾期未提意见的环节。", "No consulted office is past its time.")
    facts = []
    done: set[str] = set()
    for work in silent:
        done.add(work.key)
        data = {
            "work": work.key,
            "verdict": "agree",
            "text": None,
            "digest": "",
            "at": at,
            "by": "",
            "silent": True,
            "opened": opened_by(state, done, civil_day(at), calendar),
        }
        facts.append(Fact(events.OPINION_GIVEN, data))
    return facts


def opened(plan: WorkPlan, on: date, calendar: Calendar, holder: str = "") -> dict[str, Any]:
    """A work that opens on this day, as facts say it."""
    due_on = clocks.due(on, plan.limit, calendar).on
    return {"work": plan.key, "due_on": due_on, "holder": holder, "on": on}


def opened_by(
    state: CaseState, finished: Iterable[str], on: date, calendar: Calendar
) -> list[dict[str, Any]]:
    """The works that open on this day because these are finished."""
    finished = set(finished)
    done = {work.key for work in state.works if work.status == "done"} | finished
    waiting = {work.key for work in state.works if work.status == "waiting"}
    return [
        opened(plan, on, calendar)
        for plan in state.plan.works
        if plan.key in waiting and not finished.isdisjoint(plan.after) and done.issuperset(plan.after)
    ]


def schedule(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """约定时间: the day of a site visit, an expert review or a joint session. No clock stops for it."""
    _, work = _open(state, given.work)
    if given.on is None or given.on < civil_day(at):
        raise Refused("planned_on", "请选择今天或以后的日期。", "Choose today or a later day.", "", "on")
    return [Fact(events.WORK_SCHEDULED, {"work": work.key, "on": given.on, "people": given.people})]


def draw_experts(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """抽取专家: by a lot that anybody can draw again: the order of digests of case, work and expert.

    `given.people` is the roster (专家库) that stood open on the day.
    """
    plan, work = _open(state, given.work)
    if plan.kind != "expert_review":
        raise Refused(
            "no_experts", "这个环节不是专家评审。", "This work is not an expert review.", "", "work"
        )
    if work.experts:
        raise Refused(
            "drawn_already", "已经抽取过专家；需要更换的，登记回避。", "Experts were drawn already."
        )
    drawn = _lot(state, plan, work, given.people)
    return [Fact(events.EXPERTS_DRAWN, {"work": work.key, "experts": drawn, "roster": len(given.people)})]


def recuse(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """专家回避: the next in the lot takes the place. `given.reference` names who withdraws, `given.people` the roster."""
    plan, work = _open(state, given.work)
    if given.reference not in work.experts:
        raise Refused("not_drawn", "这位专家没有被抽中。", "This expert was not drawn.", "", "reference")
    said(given, "回避的理由", "why they withdraw")
    gone = WorkState(work.key, recused=(*work.recused, given.reference))
    data = {
        "work": work.key,
        "expert": given.reference,
        "experts": _lot(state, plan, gone, given.people),
        **worded(given),
    }
    return [Fact(events.EXPERT_RECUSED, data)]


def _lot(state: CaseState, plan: WorkPlan, work: WorkState, roster: tuple[str, ...]) -> tuple[str, ...]:
    number = plan.experts or 3
    free = [one for one in roster if one not in work.recused and one not in {state.reviewed_by, state.holder}]
    if len(free) < number:
        raise Refused(
            "too_few_experts", f"专家库里可用的专家只有{len(free)}位，需要{number}位。",
            f"Only {len(free)} experts are free; {number} are needed.",
        )  # fmt: skip
    return tuple(
        sorted(free, key=lambda one: sha256(f"{state.id}:{plan.key}:{one}".encode()).digest())[:number]
    )


def record(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """登记: what was found on the spot, what the experts said, the minutes of a joint session; with photos."""
    plan, work = _open(state, given.work)
    said(given, "核查情况、评审意见或会议纪要", "what was found")
    if plan.kind == "expert_review" and plan.experts and not work.experts:
        raise Refused("draw_first", "还没有抽取专家。", "The experts have not been drawn yet.", "", "work")
    unknown = set(given.checks) - set(plan.checklist)
    if unknown:
        raise Refused("checklist", f"核查清单里没有“{min(unknown)}”。", "Not on the checklist.", "", "checks")
    people = tuple(sorted({by, *given.people}))
    _together(state, plan, people)
    if plan.kind == "expert_review" and not set(work.experts) <= set(given.people):
        raise Refused(
            "experts_missing",
            "还有抽中的专家没有提出意见。",
            "Not all the drawn experts have spoken.",
            "",
            "people",
        )
    data = {
        "work": work.key,
        "on": civil_day(at),
        "people": people,
        "checks": [[line, line in given.checks] for line in plan.checklist],
        "files": given.files,
        **worded(given),
    }
    return [Fact(events.WORK_RECORDED, data)]


def _together(state: CaseState, plan: WorkPlan, people: tuple[str, ...]) -> None:
    """实质内容核实: two officers at least (art. 34), or as many as the definition says."""
    visit = plan.kind == "site_visit" and state.plan.type == "01"
    needed = max(plan.people, 2 if visit else 0)
    if needed > 1 and len(people) < needed:
        raise Refused(
            "two_people",
            f"“{plan.title}”应当由{needed}名以上工作人员进行，请写明同去的人。",
            f"At least {needed} officers must do this together; name them.",
            cited(state, "two_people") if visit else "",
            "people",
        )


def return_work(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """退回重办: an earlier work is done anew, and what built upon it waits again. No clock of the case stops."""
    work = state.work(given.work)
    if work is None or work.status != "done":
        raise Refused(
            "work_not_done", "只能退回已经办完的环节。", "Only a finished work can be returned.", "", "work"
        )
    said(given, "退回的理由", "why it is returned")
    after = {work.key}
    while more := {plan.key for plan in state.plan.works if after.intersection(plan.after)} - after:
        after |= more
    again = next(plan for plan in state.plan.works if plan.key == work.key)
    data = {
        "work": work.key,
        "waiting": sorted(after - {work.key}),
        "opened": [opened(again, civil_day(at), calendar, work.holder)],
        **worded(given),
    }
    return [Fact(events.WORK_RETURNED, data)]


def hand_over(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """移交承办人: by whom it lies with, or to whom nobody holds it yet. `given.work`: a work, or nothing for the case."""
    holder, _ = _held(state, given.work)
    if holder not in ("", by):
        raise Refused(
            "not_holder", "这件事由别人承办，只有承办人能移交。", "Only who holds it can hand it over."
        )
    return [_handed(state, given, by)]


def take_back(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """收回: by who handed it over."""
    _, handed_by = _held(state, given.work)
    if handed_by != by:
        raise Refused("not_handed", "这件事不是您移交出去的，不能收回。", "You did not hand it over.")
    data = {"work": given.work, "holder": by, "from": _held(state, given.work)[0], "by": ""}
    return [Fact(events.HANDED_OVER, data)]


def reassign(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """改派: by the head of the office, whoever holds it."""
    return [_handed(state, given, by)]


def _handed(state: CaseState, given: Input, by: str) -> Fact:
    holder, _ = _held(state, given.work)
    if len(given.people) != 1 or given.people[0] == holder:
        raise Refused("holder", "请选择一位新的承办人。", "Choose one new holder.", "", "people")
    data = {"work": given.work, "holder": given.people[0], "from": holder, "by": by}
    return Fact(events.HANDED_OVER, data)


def _held(state: CaseState, key: str) -> tuple[str, str]:
    """Holder, and who handed it to them."""
    if not key:
        return state.holder, state.handed_by
    _, work = _open(state, key)
    return work.holder, work.handed_by


def _open(state: CaseState, key: str) -> tuple[WorkPlan, WorkState]:
    work = state.work(key)
    if work is None or work.status != "open":
        raise Refused("work_not_open", "这个环节现在不在办理中。", "This work is not open.", "", "work")
    return next(plan for plan in state.plan.works if plan.key == key), work
