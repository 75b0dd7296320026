"""工单状态的演变: `evolve` folds facts; `tasks` says what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules import clocks
from banshi.contexts.tickets.values import (
    Accountability,
    Defect,
    Extension,
    Reward,
    Supervision,
    Task,
    TicketState,
    Told,
    Visit,
)
from banshi.contexts.tickets.values.codes import (
    Breach,
    Level,
    Mode,
    Nature,
    Outcome,
    Reply,
    Status,
    Trigger,
    Urgency,
)
from banshi.contexts.tickets.values.terms import Terms
from banshi.kernel.facts import Data, Fact
from banshi.kernel.workdays import Calendar

type _Changes = dict[str, Any]


def evolve(state: TicketState | None, fact: Fact) -> TicketState:
    """The state after `fact`. The first fact, `raised`, makes the state."""
    data = fact.data
    if fact.kind == events.RAISED:
        return msgspec.convert({**data, "seq": 1, "since_on": data["raised_on"]}, TicketState, strict=False)
    if state is None:
        raise ValueError(f"a ticket starts with {events.RAISED}, not {fact.kind}")
    return replace(state, seq=state.seq + 1, **CHANGES[fact.kind](state, data))


def _to(status: Status, data: Data, **more: Any) -> _Changes:
    return {"status": status, "since_on": _day(data["on"]), **more}


def _ends(status: Status) -> Callable[[TicketState, Data], _Changes]:
    def change(state: TicketState, data: Data) -> _Changes:
        return _to(status, data, closed_on=_day(data["on"]), ground=data.get("ground", state.ground))

    return change


def _closed(state: TicketState, data: Data) -> _Changes:
    return _to(Status.CLOSED, data, closed_on=_day(data["on"]), outcome=Outcome(data["outcome"]))


def _dispatched(state: TicketState, data: Data) -> _Changes:
    return _to(
        Status.DISPATCHED,
        data,
        lead=data["lead"],
        assisting=tuple(data["assisting"]),
        assisted=(),
        decided=data["decided"],
        difficult=data["difficult"],
        dispatched_on=_day(data["on"]),
        dispatched_at=_instant(data["at"]),
        statutory_days=data["statutory_days"],
        statutory_unit=data["statutory_unit"],
        clear_on=_day(data.get("clear_on")),
        taken_by="",
        signed_on=None,
        extension=None,
        redo_on=None,
        plan_on=None,
        replied_on=None,
        reply=None,
        level=state.level,
        **_reckoned(data),
    )


def _reckoned(data: Data) -> _Changes:
    """The unit's last day as a fact states it."""
    return {
        "due_on": _day(data["due_on"]),
        "provisional": data["provisional"],
        "calendar": data["calendar"],
    }


def _returned(state: TicketState, data: Data) -> _Changes:
    return _to(Status.RETURNED, data, returns=state.returns + 1)


def _return_refused(state: TicketState, data: Data) -> _Changes:
    return _to(Status.DISPATCHED, data, decided=True)


def _signed(state: TicketState, data: Data) -> _Changes:
    signed = {"taken_by": data["by"], "signed_on": _day(data["on"])}
    return _to(Status.HANDLING, data, **signed, repairers=_with(state.repairers, data["by"]))


def _contacted(state: TicketState, data: Data) -> _Changes:
    if not data["reached"]:
        return {"contact_misses": state.contact_misses + 1, **_missed(data)}
    return {"contacted_on": _day(data["on"])}


def _assisted(state: TicketState, data: Data) -> _Changes:
    return {
        "assisted": _with(state.assisted, data["office"]),
        "repairers": _with(state.repairers, data["by"]),
    }


def _extension_requested(state: TicketState, data: Data) -> _Changes:
    return {"extension": Extension(data["days"], data["by"], _day(data["on"]))}


def _extended(state: TicketState, data: Data) -> _Changes:
    extension = Extension(data["days"], data["asked_by"], _day(data["asked_on"]), _day(data["on"]))
    return {"extension": extension, **_reckoned(data)}


def _replied(state: TicketState, data: Data) -> _Changes:
    return _to(
        Status.REPLIED,
        data,
        replied_on=_day(data["on"]),
        replied_by=data["by"],
        reply=Reply(data["reply"]),
        plan_on=_day(data["plan_on"]),
        attempts=0,
        repairers=_with(state.repairers, data["by"]),
    )


def _again(state: TicketState, data: Data) -> _Changes:
    """Sent back by the centre, or opened again by the person's word."""
    changes = _to(Status.HANDLING, data, redo_on=_day(data["on"]), plan_on=None, **_reckoned(data))
    return changes | {"round": data.get("round", state.round)}


def _reply_passed(state: TicketState, data: Data) -> _Changes:
    """To whom it goes next, the fact says: to be called back, to be tracked, or to nobody (what closes it follows)."""
    if data["next"] == "close":
        return {}
    return _to(Status(data["next"]), data)


def _called_back(state: TicketState, data: Data) -> _Changes:
    missed = data["called"] == "unreached"
    return {"attempts": state.attempts + missed, **(_missed(data) if missed else {})}


def _missed(data: Data) -> _Changes:
    """When it was, which facts of before did not say."""
    return {"missed_at": _instant(data["at"])} if "at" in data else {}


def _escalated(state: TicketState, data: Data) -> _Changes:
    return _to(Status.ESCALATED, data, level=Level(data["level"]))


def _proposed(state: TicketState, data: Data) -> _Changes:
    return _to(Status.TERMINATING, data, proposed_by=data["by"], ground=data["ground"])


def _not_terminated(state: TicketState, data: Data) -> _Changes:
    return _to(Status.HANDLING, data, proposed_by="", ground="")


def _merged(state: TicketState, data: Data) -> _Changes:
    return _to(Status.MERGED, data, parent=_id(data["parent"]))


def _joined(state: TicketState, data: Data) -> _Changes:
    return {"children": (*state.children, _id(data["child"]))}


def _left(state: TicketState, data: Data) -> _Changes:
    return {"children": tuple(child for child in state.children if child != _id(data["child"]))}


def _separated(state: TicketState, data: Data) -> _Changes:
    return _to(Status.RAISED, data, parent=None)


def _classified(state: TicketState, data: Data) -> _Changes:
    changes: _Changes = {
        "category": data["category"],
        "urgency": Urgency(data["urgency"]),
        "nature": Nature(data["nature"]),
    }
    return changes | ({"terms": msgspec.convert(data["terms"], Terms)} if "terms" in data else {})


def _warned(state: TicketState, data: Data) -> _Changes:
    return {"told": (*state.told, Told(data["key"], data["level"], _day(data["on"])))}


def _supervised(state: TicketState, data: Data) -> _Changes:
    one = Supervision(
        Trigger(data["trigger"]), Mode(data["mode"]), _day(data["on"]), data["office"], _id(data["text"])
    )
    changes: _Changes = {"supervisions": (*state.supervisions, one)}
    return changes | (_warned(state, data) if data["level"] else {})


def _supervision_answered(state: TicketState, data: Data) -> _Changes:
    on = _day(data["on"])
    return {
        "supervisions": tuple(
            replace(one, answered_on=on) if one.answered_on is None else one for one in state.supervisions
        )
    }


def _defect_found(state: TicketState, data: Data) -> _Changes:
    return {"defects": (*state.defects, Defect(data["cause"], data["item"], _day(data["on"])))}


def _defect_settled(state: TicketState, data: Data) -> _Changes:
    return {
        "defects": tuple(
            replace(one, settled=data["settled"], settled_on=_day(data["on"])) if n == data["n"] else one
            for n, one in enumerate(state.defects)
        )
    }


def _breach_found(state: TicketState, data: Data) -> _Changes:
    one = Accountability(
        Breach(data["breach"]),
        _day(data["on"]),
        data["office"],
        data["post"],
        data["staff"],
        _id(data["text"]),
    )
    return {"breaches": (*state.breaches, one)}


def _breach_disposed(state: TicketState, data: Data) -> _Changes:
    on, text = _day(data["on"]), _id(data["text"])
    return {
        "breaches": tuple(
            replace(one, disposed_on=on, disposal=text) if n == data["n"] else one
            for n, one in enumerate(state.breaches)
        )
    }


def _seconded(state: TicketState, data: Data) -> _Changes:
    return {"votes": state.votes + 1, "votes_weight": state.votes_weight + data["weight"]}


def _visited(state: TicketState, data: Data) -> _Changes:
    one = Visit(
        _day(data["visited_on"]), data["half"], tuple(data["came"]), data["by"], tuple(data["absent"]),
        _id(data["text"]),
    )  # fmt: skip
    return {"visits": (*state.visits, one)}


def _reward_proposed(state: TicketState, data: Data) -> _Changes:
    one = Reward(
        data["level"], data["by"], _day(data["on"]), data["decider"], data["fen"], data["points"], _id(data["text"])
    )  # fmt: skip
    return {"reward": one}


def _rewarded(**names: str) -> Callable[[TicketState, Data], _Changes]:
    """What a later fact adds to the reward: field → key of the fact."""

    def change(state: TicketState, data: Data) -> _Changes:
        found = {field: _day(data[key]) if key == "on" else data[key] for field, key in names.items()}
        return {"reward": replace(state.reward, **found) if state.reward else None}

    return change


CHANGES: dict[str, Callable[[TicketState, Data], _Changes]] = {
    events.DECLINED: _ends(Status.DECLINED),
    events.ANSWERED: lambda state, data: {"replied_on": _day(data["on"]), "replied_by": data["by"]},
    events.DISPATCHED: _dispatched,
    events.RETURNED: _returned,
    events.RETURN_REFUSED: _return_refused,
    events.SIGNED: _signed,
    events.CONTACTED: _contacted,
    events.ASSISTED: _assisted,
    events.EXTENSION_REQUESTED: _extension_requested,
    events.EXTENDED: _extended,
    events.EXTENSION_REFUSED: lambda state, data: {"extension": None},
    events.REPLIED: _replied,
    events.SENT_BACK: _again,
    events.REPLY_PASSED: _reply_passed,
    events.CALLED_BACK: _called_back,
    events.REOPENED: _again,
    events.ESCALATED: _escalated,
    events.CLOSED: _closed,
    events.TERMINATION_PROPOSED: _proposed,
    events.TERMINATED: _ends(Status.TERMINATED),
    events.TERMINATION_REFUSED: _not_terminated,
    events.WITHDRAWN: _ends(Status.WITHDRAWN),
    events.MERGED: _merged,
    events.JOINED: _joined,
    events.SEPARATED: _separated,
    events.LEFT: _left,
    events.CLASSIFIED: _classified,
    events.NOTED: lambda state, data: {},
    events.URGED: lambda state, data: {"urges": state.urges + 1},
    events.WARNED: _warned,
    events.SUPERVISED: _supervised,
    events.SUPERVISION_ANSWERED: _supervision_answered,
    events.CAUSE_FOUND: lambda state, data: {"cause": data["cause"]},
    events.DEFECT_FOUND: _defect_found,
    events.DEFECT_SETTLED: _defect_settled,
    events.BREACH_FOUND: _breach_found,
    events.BREACH_DISPOSED: _breach_disposed,
    events.CLOCKS_RECOMPUTED: lambda state, data: _reckoned(data),
    events.SECONDED: _seconded,
    events.PUBLISHED: lambda state, data: {"published_on": _day(data["on"]), "published": _id(data["text"])},
    events.CLEARED: lambda state, data: {"cleared_on": _day(data["on"]), "cleared": _id(data["text"])},
    events.VISITED: _visited,
    events.REWARD_PROPOSED: _reward_proposed,
    events.REWARD_GRANTED: _rewarded(granted_on="on", granted_by="by"),
    events.REWARD_REFUSED: _rewarded(refused_on="on"),
    events.REWARD_CLAIMED: _rewarded(claimed_on="on", how="how"),
}

TASKS = {
    "dispatch": "派单", "settle": "核定退回", "sign": "签收", "contact": "联系当事人", "handle": "办理答复", "plan": "落实方案",
    "assist": "协办", "extension": "批准延期", "check": "审核答复", "call": "回访", "termination": "审核终止",
    "escalation": "提级研究", "supervision": "答复督办", "clear": "核对销号", "reward": "决定奖励",
}  # fmt: skip
_CENTRE = {
    Status.RAISED: ("dispatch", "dispatcher"),
    Status.RETURNED: ("settle", "dispatcher"),
    Status.REPLIED: ("check", "reply_checker"),
    Status.CALLING: ("call", "caller"),
    Status.TERMINATING: ("termination", "reply_checker"),
    Status.ESCALATED: ("escalation", "centre_chief"),
}


def tasks(state: TicketState, calendar: Calendar) -> tuple[Task, ...]:
    """What waits now. A merged ticket waits with its parent."""
    running = {clock.key: clock for clock in clocks.clocks(state, calendar)}

    def task(key: str, office: str, post: str, by: str = "") -> Task:
        clock = running.get(by or key)
        taken = state.taken_by if office == state.lead and post == "officer" else ""
        due_on, days = (clock.due_on, clock.days) if clock else (None, 1)
        return Task(key, TASKS[key.partition(":")[0]], office, post, due_on, days, taken)

    found: list[Task] = []
    if state.status in _CENTRE:
        found.append(task(_CENTRE[state.status][0], state.centre, _CENTRE[state.status][1]))
    elif state.status is Status.DISPATCHED:
        found.append(task("sign", state.lead, "officer"))
    elif state.status is Status.TRACKING:
        found.append(task("plan", state.lead, "officer"))
    elif state.status is Status.HANDLING:
        found.append(task("handle", state.lead, "officer"))
        waiting = [office for office in state.assisting if office not in state.assisted]
        found += [task(f"assist:{office}", office, "officer", "handle") for office in waiting]
        if state.extension and state.extension.granted_on is None:
            found.append(task("extension", state.lead, "leader", "handle"))
    if "contact" in running:
        # Where the unit does not learn who it is, the centre speaks with them.
        place, post = (state.centre, "caller") if state.confidential else (state.lead, "officer")
        found.append(task("contact", place, post))
    if state.status.open and any(one.answered_on is None for one in state.supervisions):
        found.append(task("supervision", state.supervisions[-1].office, "officer"))
    if to_clear(state):
        found.append(task("clear", state.centre, "centre_chief"))
    if state.reward and not state.reward.granted_on and not state.reward.refused_on:
        found.append(task("reward", state.centre, state.reward.decider))
    return tuple(found)


def to_clear(state: TicketState) -> bool:
    """Whether a point with a day to be cleared by was put right, and nobody has struck it off the list."""
    solved = state.reply is Reply.SOLVED or state.outcome is Outcome.CONCLUDED
    return state.status is Status.CLOSED and bool(state.clear_on) and solved and state.cleared_on is None


def _with(several: tuple[str, ...], one: str) -> tuple[str, ...]:
    return several if one in several else (*several, one)


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _instant(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _id(value: Any) -> Any:
    return UUID(value) if isinstance(value, str) else value
