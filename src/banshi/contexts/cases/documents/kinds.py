"""文书种类: which fact calls for which document, and what each says, frozen as of that fact.

Licensing law arts. 32 last paragraph, 36, 38, 42, 45, 47, 48, 50, 69, 70. Names of people and free text are not frozen:
they are read from the private table and the directory when the PDF is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.values import CaseState, SpecialProcedure
from banshi.kernel.facts import Data, Fact
from banshi.kernel.workdays import Calendar


class Told(NamedTuple):
    """依据: the case before its command and after its fact, what the fact says, and when."""

    before: CaseState
    state: CaseState
    said: Data
    at: datetime
    calendar: Calendar


class Kind(NamedTuple):
    """文书种类. `letter`: what its number ends in; `says`: what it freezes besides what all documents say."""

    name: str
    title: str
    letter: str
    says: Callable[[Told], dict[str, Any]]
    repeats: bool = False  # several a case: the number ends in the fact's place in the record as well
    internal: bool = False  # for the offices alone, not for the applicant
    sealed: bool = True  # by the office; others are signed by hand, or go from office to office
    template: str = ""  # its file, where not named as the kind


def calls_for(before: CaseState, state: CaseState, fact: Fact) -> Kind | None:
    """The document that `fact` calls for. `before`: the case before the command, `state`: after the fact."""
    choose = _CALLS.get(fact.kind)
    return choose(before, state, fact.data) if callable(choose) else choose


def _receipt(told: Told) -> dict[str, Any]:
    state = told.state
    days = state.plan.limits.acceptance_days
    return {
        "received_at": told.at,
        "answer": {"days": days, "due_on": clocks.acceptance_due_on(state, told.calendar)},
        "channel": "窗口" if state.hall else "网上",
    }


def _correction(told: Told) -> dict[str, Any]:
    days = told.calendar.between(told.said["on"], told.said["due_on"])
    return {
        "received_on": told.state.received_on,
        "due": {"days": days, "due_on": told.said["due_on"]},
        "consequence": "逾期没有补正的，视为撤回申请。",
        "channel": "交到收件的综合窗口" if told.state.hall else "在原申请页面上传",
    }


def _acceptance(told: Told) -> dict[str, Any]:
    state = told.state
    return {
        "received_on": state.received_on,
        "accepted_on": state.accepted_on,
        "deemed": state.deemed_accepted,
        "answer_days": state.plan.limits.acceptance_days,
        "limits": _limits(told),
    }


def _limits(told: Told) -> list[dict[str, Any]]:
    """Both clocks: their length, and the days before and now."""
    before, state = told.before, told.state
    found = []
    for kind, budget, old_due_on, due_on in (
        ("statutory", state.plan.statutory, before.statutory_due_on, state.statutory_due_on),
        ("promised", state.plan.promised, before.promised_due_on, state.promised_due_on),
    ):
        if budget is None or due_on is None:
            continue
        one = {
            "kind": kind, "days": budget.days, "unit": budget.unit, "due_on": due_on, "old_due_on": old_due_on,
            "provisional": told.calendar.provisional(due_on),
        }  # fmt: skip
        if budget.unit == "hour":
            one["due_at"] = state.promised_due_at
        found.append(one)
    return found


def _received(told: Told) -> dict[str, Any]:
    return {"received_on": told.state.received_on}


def _rejection(told: Told) -> dict[str, Any]:
    return {**_received(told), "competent": [{"office": told.said["competent"]}]}


def _special(told: Told) -> dict[str, Any]:
    said = told.said
    return {
        "accepted_on": told.state.accepted_on,
        "procedure": SpecialProcedure(said["procedure"]).label,
        "starts_on": said["on"],
        "days": said["days"],
        "unit": "workday",
        "ends_on": said["ends_on"],
        "remaining_days": said["remaining_days"],
        "due_on": said["due_on"],
        "provisional": said["provisional"],
    }


def _extension(told: Told) -> dict[str, Any]:
    return {
        "accepted_on": told.state.accepted_on,
        "joint": told.state.plan.joint,
        "days": told.said["days"],
        "limits": _limits(told),
    }


def _approval(told: Told) -> dict[str, Any]:
    plan, said = told.state.plan, told.said
    data = {
        **_received(told),
        "accepted_on": told.state.accepted_on,
        "content": f"准予办理“{plan.name}”。" if plan.type == "01" else f"“{plan.name}”已经办好。",
    }
    if plan.certificate:
        data["delivery_due_on"] = said.get("delivery_due_on")
    if said.get("deemed"):
        data["deemed"] = {"expires_on": plan.expires_on}
        data["content"] = f"准予延续“{plan.name}”。"
    return data


def _refusal(told: Told) -> dict[str, Any]:
    return {
        **_received(told),
        "accepted_on": told.state.accepted_on,
        "blocked_until_on": told.said.get("blocked_until_on"),
        "unmet": [
            {"reason": f"不符合审批条件：{one.text}", "basis": one.article}
            for one in told.state.plan.criteria
            if one.key in told.said.get("unmet", ())
        ],
    }


def _withdrawal(told: Told) -> dict[str, Any]:
    return {**_received(told), "withdrawn_on": told.said["on"], "lapsed": told.said["deemed"]}


def _hearing_right(told: Told) -> dict[str, Any]:
    limits = told.state.plan.limits
    return {
        **_received(told),
        "accepted_on": told.state.accepted_on,
        "days": limits.hearing_request_days,
        "request_by": told.said["request_by"],
        "hold_days": limits.hearing_hold_days,
    }


def _hearing(told: Told) -> dict[str, Any]:
    hearing = told.state.hearing
    return {**_received(told), "held_on": told.said["on"], "presider": hearing.presider if hearing else ""}


def _interested(told: Told) -> dict[str, Any]:
    return {**_received(told), "until_on": told.said["until_on"]}


def _record(told: Told) -> dict[str, Any]:
    said = told.said
    plan = next(plan for plan in told.state.plan.works if plan.key == said["work"])
    return {
        "office": plan.office,
        "title": _RECORDS.get(plan.kind, _OTHER_RECORD).title,
        "work": plan.title,
        "kind": plan.kind,
        "on": said["on"],
        "people": said["people"],
        "checks": [{"line": line, "met": met} for line, met in said["checks"]],
        "photos": len(said["files"]),
    }


def _supervision(told: Told) -> dict[str, Any]:
    state, said = told.state, told.said
    titles = {f"work:{plan.key}": plan.title for plan in state.plan.works}
    due_on = said["due_on"]
    return {
        "office": "",  # not the office's own paper
        "to": said["office"],
        "level": said["level"],
        "work": titles.get(said["key"], ""),
        "holder": said["holder"],
        "due_on": due_on,
        "overdue": due_on is not None and said["on"] > due_on,
        "answer_on": told.calendar.add(said["on"], state.plan.limits.answer_urge_days),
    }


def _ended(told: Told, command: str, grounds: dict[str, str], otherwise: str) -> dict[str, Any]:
    """A permit's end: its ground in words, and the article's part that names it."""
    kind = told.said["kind"]
    asked = next(ask for ask in COMMANDS[command].asks if ask.name == "kind")
    return {
        "decided_on": told.state.closed_on,
        "article": grounds.get(kind, otherwise),
        "ground": next((choice.label for choice in asked.choices if choice.key == kind), ""),
        "certificate": told.state.certificate,
    }


_REVOKED = {
    **{
        kind: f"第六十九条第一款第（{n}）项"
        for kind, n in zip(
            ("abuse", "beyond_power", "procedure", "unqualified", "other"), "一二三四五", strict=True
        )
    },
    "fraud": "第六十九条第二款",
}
_CANCELLED = {
    kind: f"第七十条第（{n}）项"
    for kind, n in zip(
        ("expired", "person_gone", "firm_gone", "withdrawn", "impossible", "other"),
        "一二三四五六",
        strict=True,
    )
}


def _revocation(told: Told) -> dict[str, Any]:
    ended = _ended(told, "revoke", _REVOKED, "第六十九条")
    return {
        **ended,
        "revoked_on": told.said["on"],
        "blocked_until_on": told.said.get("blocked_until_on"),
    }


def _cancellation(told: Told) -> dict[str, Any]:
    return {**_ended(told, "cancel", _CANCELLED, "第七十条"), "cancelled_on": told.said["on"]}


def _moved(told: Told) -> dict[str, Any]:
    return {
        **_received(told),
        "accepted_on": told.state.accepted_on,
        "cause": "version" if "from_version" in told.said else "calendar",
        "limits": [
            *(one for one in _limits(told) if one["due_on"] != one["old_due_on"]),
            *(
                {"kind": kind, "old_due_on": old, "due_on": due_on}
                for kind, old, due_on in zip(
                    ("correction", "hearing_request"),
                    _notices(told.before),
                    _notices(told.state),
                    strict=True,
                )
                if due_on != old
            ),
        ],
    }


_RECORDS = {
    kind: Kind(name, title, "H", _record, repeats=True, internal=True, sealed=False, template="work_record")
    for kind, name, title in (
        ("site_visit", "visit_record", "现场核查记录"),
        ("expert_review", "expert_opinion", "专家评审意见"),
        ("joint_session", "minutes", "会议纪要"),
    )
}
_OTHER_RECORD = Kind("work_record", "办理记录", "H", _record, repeats=True, internal=True, sealed=False)
_SLIP = Kind("supervision", "督办单", "D", _supervision, repeats=True, internal=True, sealed=False)
_MOVED = Kind("clock_notice", "办理期限变更告知书", "Q", _moved, repeats=True)


def _record_of(before: CaseState, state: CaseState, said: Data) -> Kind:
    kind = next((plan.kind for plan in state.plan.works if plan.key == said["work"]), "")
    return _RECORDS.get(kind, _OTHER_RECORD)


def _slip_of(before: CaseState, state: CaseState, said: Data) -> Kind | None:
    """The first reminders are for screens; on paper go those of a supervisor, and of the next level."""
    return _SLIP if said["level"] in ("supervisor", "escalated") else None


def _moved_of(before: CaseState, state: CaseState, said: Data) -> Kind | None:
    """A day that was told must be told again when it has changed, and only then."""
    told = (before.statutory_due_on, before.promised_due_on, before.promised_due_at, _notices(before))
    now = (state.statutory_due_on, state.promised_due_on, state.promised_due_at, _notices(state))
    return None if told == now else _MOVED


def _notices(state: CaseState) -> tuple[date | None, date | None]:
    """The last days that the applicant was told: to correct, and to ask for a hearing."""
    return state.correction_due_on, state.hearing.request_by if state.hearing else None


type _Choose = Callable[[CaseState, CaseState, Data], Kind | None]
_CALLS: dict[str, Kind | _Choose] = {
    events.RECEIVED: Kind("receipt", "接件凭证", "J", _receipt),
    events.CORRECTION_REQUESTED: Kind("correction", "一次性补正告知书", "B", _correction),
    events.ACCEPTED: Kind("acceptance", "受理通知书", "S", _acceptance),
    events.NOT_REQUIRED: Kind("not_required", "不受理告知书", "N", _received),
    events.REJECTED: Kind("rejection", "不予受理决定书", "R", _rejection),
    events.SPECIAL_STARTED: Kind("special_procedure", "特别程序告知书", "T", _special, repeats=True),
    events.EXTENDED: Kind("extension", "延长办理期限告知书", "Y", _extension),
    events.HEARING_OFFERED: Kind("hearing_right", "听证权利告知书", "TG", _hearing_right),
    events.HEARING_SCHEDULED: Kind("hearing_notice", "听证通知书", "TZ", _hearing, repeats=True),
    events.HEARING_HELD: Kind("hearing_record", "听证笔录", "TB", _hearing, repeats=True, sealed=False),
    events.INTERESTED_INFORMED: Kind(
        "interested_notice", "利害关系人告知书", "L", _interested, internal=True
    ),
    events.WORK_RECORDED: _record_of,
    events.URGED: _slip_of,
    events.CLOCKS_RECOMPUTED: _moved_of,
    events.PLAN_MIGRATED: _moved_of,
    events.PASSED: Kind("approval", "准予决定书", "Z", _approval),
    events.REFUSED: Kind("refusal", "不予许可决定书", "F", _refusal),
    events.WITHDRAWN: Kind("withdrawal", "终止办理告知书", "W", _withdrawal),
    events.REVOKED: Kind("revocation", "撤销决定书", "C", _revocation),
    events.CANCELLED: Kind("cancellation", "注销决定书", "X", _cancellation),
}


def _all() -> Iterable[Kind]:
    yield from (kind for kind in _CALLS.values() if isinstance(kind, Kind))
    yield from (*_RECORDS.values(), _OTHER_RECORD, _SLIP, _MOVED)


FACTS = frozenset(_CALLS)  # the kinds of fact that may call for a document
KINDS = {kind.name: kind for kind in _all()}
