"""办件状态的演变: `evolve` folds facts; `tasks` says what waits for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.values import CaseState, Pause, SpecialProcedure, Status, Task, WorkState
from banshi.kernel.facts import Data, Fact


def evolve(state: CaseState | None, fact: Fact) -> CaseState:
    """The state after `fact`. The first fact, `received`, makes the state."""
    data = fact.data
    if fact.kind == events.RECEIVED:
        return _received(data)
    if state is None:
        raise ValueError(f"a case starts with {events.RECEIVED}, not {fact.kind}")
    return replace(state, seq=state.seq + 1, **_CHANGES[fact.kind](state, data))


def _received(data: Data) -> CaseState:
    return msgspec.convert({**data, "seq": 1, "clock_from_on": data["received_on"]}, CaseState, strict=False)


def _correction_requested(state: CaseState, data: Data) -> dict[str, Any]:
    return {
        "status": Status.CORRECTING,
        "correction_requested_on": _day(data["on"]),
        "correction_due_on": _day(data["due_on"]),
        "correction": _id(data["text"]),
    }


def _correction_supplied(state: CaseState, data: Data) -> dict[str, Any]:
    on = _day(data["on"])
    return {"status": Status.RECEIVED, "correction_supplied_on": on, "clock_from_on": on}


def _accepted(state: CaseState, data: Data) -> dict[str, Any]:
    return {
        "status": Status.ACCEPTED,
        "accepted_on": _day(data["on"]),
        "deemed_accepted": data["deemed"],
        "statutory_due_on": _day(data["statutory_due_on"]),
        "promised_due_on": _day(data["promised_due_on"]),
        "provisional": data["provisional"],
        "works": tuple(WorkState(work.key) for work in state.plan.works),
    }


def _opened(works: tuple[WorkState, ...], data: Data) -> tuple[WorkState, ...]:
    opened = {entry["work"]: entry for entry in data.get("opened", ())}
    return tuple(
        replace(
            work, status="open", due_on=_day(opened[work.key]["due_on"]), holder=opened[work.key]["holder"]
        )
        if work.key in opened
        else work
        for work in works
    )


def _works_assigned(state: CaseState, data: Data) -> dict[str, Any]:
    return {"status": Status.IN_REVIEW, "works": _opened(state.works, data)}


def _opinion_given(state: CaseState, data: Data) -> dict[str, Any]:
    works = tuple(
        replace(
            work,
            status="done",
            verdict=data["verdict"],
            opinion=_id(data["text"]),
            done_at=msgspec.convert(data["at"], type=datetime),
        )
        if work.key == data["work"]
        else work
        for work in state.works
    )
    return {"works": _opened(works, data)}


def _transferred(state: CaseState, data: Data) -> dict[str, Any]:
    """The lead moves, and with it what the old office has not done of the works."""
    done = {work.key for work in state.works if work.status == "done"}
    works = tuple(
        replace(work, office=data["to"]) if work.office == state.office and work.key not in done else work
        for work in state.plan.works
    )
    return {
        "office": data["to"],
        "first_office": state.first_office or state.office,
        "plan": replace(state.plan, works=works),
    }


def _special_started(state: CaseState, data: Data) -> dict[str, Any]:
    pause = Pause(SpecialProcedure(data["procedure"]), _day(data["on"]))
    return {"status": Status.SUSPENDED, "pauses": (*state.pauses, pause)}


def _special_ended(state: CaseState, data: Data) -> dict[str, Any]:
    due = {entry["work"]: _day(entry["due_on"]) for entry in data["works"]}
    # It may have begun before the works were assigned; then that is what comes next.
    unassigned = state.works and all(work.status == "waiting" for work in state.works)
    return {
        "status": Status.ACCEPTED if unassigned else Status.IN_REVIEW,
        "pauses": (*state.pauses[:-1], replace(state.pauses[-1], until_on=_day(data["on"]))),
        "statutory_due_on": _day(data["statutory_due_on"]),
        "promised_due_on": _day(data["promised_due_on"]),
        "provisional": data["provisional"],
        "works": tuple(replace(work, due_on=due.get(work.key, work.due_on)) for work in state.works),
    }


def _reviewed(state: CaseState, data: Data) -> dict[str, Any]:
    return {"reviewed_by": data["by"], "review_verdict": data["verdict"], "review": _id(data["text"])}


def _closed(status: Status) -> Any:
    def change(state: CaseState, data: Data) -> dict[str, Any]:
        return {"status": status, "closed_on": _day(data["on"]), "reason": _id(data.get("text"))}

    return change


_CHANGES: dict[str, Any] = {
    events.CORRECTION_REQUESTED: _correction_requested,
    events.CORRECTION_SUPPLIED: _correction_supplied,
    events.ACCEPTED: _accepted,
    events.WORKS_ASSIGNED: _works_assigned,
    events.TRANSFERRED: _transferred,
    events.OPINION_GIVEN: _opinion_given,
    events.SPECIAL_STARTED: _special_started,
    events.SPECIAL_ENDED: _special_ended,
    events.REVIEWED: _reviewed,
    events.NOT_REQUIRED: _closed(Status.NOT_REQUIRED),
    events.REJECTED: _closed(Status.REJECTED),
    events.PASSED: _closed(Status.PASSED),
    events.REFUSED: _closed(Status.REFUSED),
    events.WITHDRAWN: _closed(Status.WITHDRAWN),
    events.REVOKED: lambda state, data: {"status": Status.REVOKED, "reason": _id(data["text"])},
    events.CERTIFIED: lambda state, data: {"certificate": data["certificate"]},
    events.DELIVERED: lambda state, data: {"delivered_on": _day(data["on"])},
}


def tasks(state: CaseState) -> tuple[Task, ...]:
    """What waits now. A case whose works are all done waits for review, then for the decision."""
    plan = state.plan
    if state.status is Status.RECEIVED:
        return (Task("accept", "受理", state.office, "officer", state.clock_from_on),)
    if state.status is Status.ACCEPTED:
        return (Task("assign", "派发", state.office, "officer", state.promised_due_on),)
    if state.status is Status.IN_REVIEW:
        plans = {work.key: work for work in plan.works}
        waiting = tuple(
            Task(
                f"work:{work.key}",
                plans[work.key].title,
                plans[work.key].office,
                "officer",
                work.due_on,
                work.holder,
            )
            for work in state.works
            if work.status == "open"
        )
        if waiting or any(work.status == "waiting" for work in state.works):
            return waiting
        if not state.review_verdict and not plan.instant:
            return (Task("review", "审查", state.office, "officer", state.promised_due_on),)
        post = "officer" if plan.instant else "approver"
        return (Task("decide", "决定", state.office, post, state.promised_due_on),)
    if state.status is Status.SUSPENDED:
        return (Task("end_special", "特别程序", state.office, "officer", None),)
    if state.status in (Status.PASSED, Status.REFUSED) and state.delivered_on is None:
        if state.status is Status.PASSED and plan.certificate and not state.certificate:
            return ()  # the platform makes the certificate
        return (
            Task(
                "deliver",
                "送达",
                state.hall or state.office,
                "window_clerk" if state.hall else "officer",
                None,
            ),
        )
    return ()


def _day(value: Any) -> Any:
    return None if value is None else msgspec.convert(value, type=date)


def _id(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)
