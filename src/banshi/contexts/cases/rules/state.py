"""办件状态的演变: `evolve` folds facts; `tasks` says what waits for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.watch import matched
from banshi.contexts.cases.values import (
    CaseState,
    Extension,
    Hearing,
    Pause,
    Plan,
    SpecialProcedure,
    Status,
    Task,
    Urge,
    WorkState,
)
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
        "correction_days": data.get("days", 0),
        "correction": _id(data["text"]),
    }


def _correction_supplied(state: CaseState, data: Data) -> dict[str, Any]:
    on = _day(data["on"])
    return {"status": Status.RECEIVED, "correction_supplied_on": on, "clock_from_on": on}


def _accepted(state: CaseState, data: Data) -> dict[str, Any]:
    return {
        "status": Status.ACCEPTED,
        "accepted_on": _day(data["on"]),
        "accepted_at": _instant(data.get("at")),
        "deemed_accepted": data["deemed"],
        "works": tuple(WorkState(work.key) for work in state.plan.works),
        "calendar": data.get("calendar", ""),
        **_reckoned(state, data),
    }


def _reckoned(state: CaseState, data: Data) -> dict[str, Any]:
    """The due days that a fact states."""
    found: dict[str, Any] = {
        "statutory_due_on": _day(data["statutory_due_on"]),
        "promised_due_on": _day(data["promised_due_on"]),
        "promised_due_at": _instant(data.get("promised_due_at")),
        "provisional": data["provisional"],
    }
    if data.get("works"):
        due = {entry["work"]: _day(entry["due_on"]) for entry in data["works"]}
        found["works"] = tuple(replace(work, due_on=due.get(work.key, work.due_on)) for work in state.works)
    return found


def _opened(works: tuple[WorkState, ...], data: Data) -> tuple[WorkState, ...]:
    opened = {entry["work"]: entry for entry in data.get("opened", ())}
    if not opened:
        return works
    return tuple(
        replace(
            work,
            status="open",
            due_on=_day(opened[work.key]["due_on"]),
            holder=opened[work.key]["holder"],
            opened_on=_day(opened[work.key].get("on")),
        )
        if work.key in opened
        else work
        for work in works
    )


def _works_assigned(state: CaseState, data: Data) -> dict[str, Any]:
    return {"status": Status.IN_REVIEW, "works": _opened(state.works, data)}


def _changed(state: CaseState, key: str, **changes: Any) -> tuple[WorkState, ...]:
    return tuple(replace(work, **changes) if work.key == key else work for work in state.works)


def _opinion_given(state: CaseState, data: Data) -> dict[str, Any]:
    changes = {"people": tuple(data["people"])} if data.get("people") else {}
    works = _changed(
        state,
        data["work"],
        status="done",
        verdict=data["verdict"],
        opinion=_id(data["text"]),
        done_at=_instant(data["at"]),
        by=data.get("by", ""),
        silent=data.get("silent", False),
        **changes,
    )
    return {"works": _opened(works, data)}


_UNREVIEWED = {"review_verdict": "", "reviewed_by": "", "review": None, "escalated": False}


def _work_returned(state: CaseState, data: Data) -> dict[str, Any]:
    again = {data["work"], *data["waiting"]}
    works = tuple(
        WorkState(work.key, rounds=work.rounds + (work.key == data["work"]), recused=work.recused)
        if work.key in again
        else work
        for work in state.works
    )
    return {"works": _opened(works, data), **_UNREVIEWED}


def _handed_over(state: CaseState, data: Data) -> dict[str, Any]:
    if not data["work"]:
        return {"holder": data["holder"], "handed_by": data["by"]}
    return {"works": _changed(state, data["work"], holder=data["holder"], handed_by=data["by"])}


def _transferred(state: CaseState, data: Data) -> dict[str, Any]:
    """The lead moves, and with it what the old office has not done of the works."""
    done = {work.key for work in state.works if work.status == "done"}
    moved = {work.key for work in state.plan.works if work.office == state.office} - done
    plans = tuple(
        replace(work, office=data["to"]) if work.key in moved else work for work in state.plan.works
    )
    return {
        "office": data["to"],
        "first_office": state.first_office or state.office,
        "plan": replace(state.plan, works=plans),
        "works": tuple(
            replace(work, holder="", handed_by="") if work.key in moved else work for work in state.works
        ),
        "holder": "",
        "handed_by": "",
    }


def _special_started(state: CaseState, data: Data) -> dict[str, Any]:
    pause = Pause(SpecialProcedure(data["procedure"]), _day(data["on"]), ends_on=_day(data["ends_on"]))
    return {"status": Status.SUSPENDED, "pauses": (*state.pauses, pause)}


def _special_ended(state: CaseState, data: Data) -> dict[str, Any]:
    # It may have begun before the works were assigned; then that is what comes next.
    unassigned = state.works and all(work.status == "waiting" for work in state.works)
    return {
        "status": Status.ACCEPTED if unassigned else Status.IN_REVIEW,
        "pauses": (*state.pauses[:-1], replace(state.pauses[-1], until_on=_day(data["on"]))),
        **_reckoned(state, data),
    }


def _recused(state: CaseState, data: Data) -> dict[str, Any]:
    work = state.work(data["work"])
    gone = (*(work.recused if work else ()), data["expert"])
    # What was on file is the former panel's.
    changes = {"experts": tuple(data["experts"]), "recused": gone, "record": None}
    return {"works": _changed(state, data["work"], **changes)}


def _extended(state: CaseState, data: Data) -> dict[str, Any]:
    extension = Extension(_day(data["on"]), data["days"], data["by"])
    return {"extension": extension, **_reckoned(state, data)}


def _hearing(state: CaseState, **changes: Any) -> dict[str, Any]:
    return {"hearing": replace(state.hearing or Hearing(), **changes)}


def _urged(state: CaseState, data: Data) -> dict[str, Any]:
    urge = Urge(data["key"], data["level"], _day(data["on"]), data["office"], data["holder"])
    return {"urges": (*state.urges, urge)}


def _urge_answered(state: CaseState, data: Data) -> dict[str, Any]:
    on = _day(data["on"])
    return {
        "urges": tuple(
            replace(urge, answered_on=on) if urge.key == data["key"] and urge.answered_on is None else urge
            for urge in state.urges
        )
    }


def _recomputed(state: CaseState, data: Data) -> dict[str, Any]:
    found = {"calendar": data["calendar"], **_reckoned(state, data)}
    told = {name: _day(on) for name, on in data.get("notices", {}).items()}
    if "correction_due_on" in told:
        found["correction_due_on"] = told.pop("correction_due_on")
    return {**found, **_hearing(state, **told)} if told else found


def _plan_migrated(state: CaseState, data: Data) -> dict[str, Any]:
    plan = msgspec.convert(data["plan"], Plan, strict=False)
    moved = replace(state, plan=plan, works=_opened(matched(state, plan), data))
    # What was concluded before the works that open now is concluded anew.
    anew = _UNREVIEWED if data["opened"] else {}
    return {
        "plan": plan,
        "works": moved.works,
        "calendar": data["calendar"],
        **_reckoned(moved, data),
        **anew,
    }


def _reviewed(state: CaseState, data: Data) -> dict[str, Any]:
    return {"reviewed_by": data["by"], "review_verdict": data["verdict"], "review": _id(data["text"])}


def _closed(status: Status) -> Any:
    def change(state: CaseState, data: Data) -> dict[str, Any]:
        return {
            "status": status,
            "closed_on": _day(data["on"]),
            "reason": _id(data.get("text")),
            "delivery_due_on": _day(data.get("delivery_due_on")),
            "deemed_renewed": status is Status.PASSED and data.get("deemed", False),
        }

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
    events.EXTENDED: _extended,
    events.HEARING_OFFERED: lambda state, data: _hearing(
        state,
        offered_on=_day(data["on"]),
        request_by=_day(data["request_by"]),
        request_days=data.get("days", 0),
    ),
    events.HEARING_REQUESTED: lambda state, data: _hearing(
        state, requested_on=_day(data["on"]), hold_by=_day(data["hold_by"]), hold_days=data.get("days", 0)
    ),
    events.HEARING_SCHEDULED: lambda state, data: _hearing(
        state, held_on=_day(data["on"]), presider=data["presider"]
    ),
    events.HEARING_HELD: lambda state, data: _hearing(
        state, held_on=_day(data["on"]), minutes=_id(data["text"])
    ),
    events.INTERESTED_INFORMED: lambda state, data: {"interested_until_on": _day(data["until_on"])},
    events.INTERESTED_HEARD: lambda state, data: {"interested_heard": True},
    events.WORK_SCHEDULED: lambda state, data: {
        "works": _changed(state, data["work"], planned_on=_day(data["on"]))
    },
    events.EXPERTS_DRAWN: lambda state, data: {
        "works": _changed(state, data["work"], experts=tuple(data["experts"]))
    },
    events.EXPERT_RECUSED: _recused,
    events.WORK_RECORDED: lambda state, data: {
        "works": _changed(
            state,
            data["work"],
            record=_id(data["text"]),
            people=tuple(data["people"]),
            files=tuple(data.get("files", ())),
        )
    },
    events.WORK_RETURNED: _work_returned,
    events.HANDED_OVER: _handed_over,
    events.ESCALATED: lambda state, data: {"escalated": True},
    events.REFUSAL_PROPOSED: lambda state, data: {"refusal_proposed": _id(data["text"])},
    events.URGED: _urged,
    events.URGE_ANSWERED: _urge_answered,
    events.CLOCKS_RECOMPUTED: _recomputed,
    events.PLAN_MIGRATED: _plan_migrated,
    events.CANCELLED: lambda state, data: {"status": Status.CANCELLED, "reason": _id(data["text"])},
}


def decider(state: CaseState) -> str:
    """分类定权: the kind of post that decides. The head of the office where it was taken to them, or is 禁止类."""
    plan = state.plan
    if state.escalated or plan.discretion == "prohibited":
        return "leader"
    return "officer" if plan.instant or plan.discretion == "encouraged" else "approver"


def tasks(state: CaseState) -> tuple[Task, ...]:
    """What waits now. A case whose works are all done waits for review, then for the decision."""
    plan, office, holder = state.plan, state.office, state.holder
    match state.status:
        case Status.RECEIVED:
            title = "核定不予受理" if state.refusal_proposed else "受理"
            return (Task("accept", title, office, "officer", state.clock_from_on, holder),)
        case Status.ACCEPTED:
            return (Task("assign", "派发", office, "officer", state.promised_due_on, holder),)
        case Status.IN_REVIEW:
            return _in_review(state)
        case Status.SUSPENDED:
            return (Task("end_special", "特别程序", office, "officer", state.pauses[-1].ends_on, holder),)
        case Status.PASSED | Status.REFUSED if state.delivered_on is None:
            if state.status is Status.PASSED and plan.certificate and not state.certificate:
                return ()  # the platform makes the certificate
            where, post = (state.hall, "window_clerk") if state.hall else (office, "officer")
            return (Task("deliver", "送达", where, post, state.delivery_due_on),)
        case _:
            return ()


def _in_review(state: CaseState) -> tuple[Task, ...]:
    hearing, office, holder = state.hearing, state.office, state.holder
    asked: tuple[Task, ...] = ()
    if hearing and hearing.requested_on and not hearing.minutes:
        asked = (Task("hearing", "组织听证", office, "officer", hearing.hold_by, holder),)
    if any(work.status != "done" for work in state.works):
        plans = {work.key: work for work in state.plan.works}
        return asked + tuple(
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
    if not state.review_verdict and not state.plan.instant:
        return (*asked, Task("review", "审查", office, "officer", state.promised_due_on, holder))
    return (*asked, Task("decide", "决定", office, decider(state), state.promised_due_on))


def _day(value: Any) -> Any:
    return None if value is None else msgspec.convert(value, type=date)


def _instant(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else msgspec.convert(value, type=datetime)


def _id(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)
