"""工单步骤: from the centre to the unit, back, and to the person's own word. Each step decides purely; `commands` names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules import clocks
from banshi.contexts.tickets.rules.words import article, said, told
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Called, Kind, Level, Mode, Outcome, Reply, Status, Trigger
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day

type Step = Callable[[TicketState, Input, datetime, str, Calendar], list[Fact]]


def decline(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """不予受理: with the reason, and the other way where there is one (潍坊 art. 19)."""
    said(given, "不予受理的理由", "why it is not taken up", article(state, "decline"))
    return [Fact(events.DECLINED, {**told(given, at, by), "ground": given.kind, "route": given.how})]


def answer(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """当场答复: what can be answered at once is (潍坊 art. 18). A bad review is never talked away so."""
    if state.kind is Kind.BAD_REVIEW:
        raise Refused(
            "review_is_verified",
            "差评要派给被评价的部门核实整改，不能当场答复了事。",
            "A bad review is verified by its office, not answered away.",
            article(state, "contact"),
        )
    said(given, "答复的内容", "the answer", article(state, "answer"))
    return [Fact(events.ANSWERED, told(given, at, by)), closed(at, Outcome.ANSWERED)]


def dispatch(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """派单: to one leading unit, others assisting. What was given back once is decided, and cannot be given back again."""
    return give_out(state, given, at, by, calendar)


def give_out(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar, clear_on: date | None = None
) -> list[Fact]:
    """The same with the last day that the centre sets, where it sets one."""
    lead, on = given.reference, civil_day(at)
    assisting = tuple(dict.fromkeys(office for office in given.offices if office != lead))
    if not lead:
        raise Refused(
            "lead", "请选择主办单位。", "Choose the leading unit.", article(state, "lead"), "reference"
        )
    _not_to_the_accused(state, (lead, *assisting))
    if given.days < 0 or given.unit not in ("workday", "day"):
        raise Refused("days", "法定时限填天数。", "State the days of the law.", "", "days")
    if given.days:
        said(
            given,
            "法定时限出自哪部法、哪一条",
            "which article sets the longer time",
            article(state, "handle"),
        )
    decided = given.decided or state.decided or bool(state.returns) or state.status is Status.ESCALATED
    given_out = replace(
        state,
        lead=lead,
        dispatched_on=on,
        dispatched_at=at,
        statutory_days=given.days,
        statutory_unit=given.unit,
        difficult=given.difficult,
        extension=None,
        redo_on=None,
        clear_on=clear_on,
    )
    data = {
        **told(given, at, by),
        "at": at,
        "lead": lead,
        "assisting": list(assisting),
        "decided": decided,
        "difficult": given.difficult,
        "statutory_days": given.days,
        "statutory_unit": given.unit,
        **reckoned(given_out, calendar),
    }
    return [Fact(events.DISPATCHED, data | ({"clear_on": clear_on} if clear_on else {}))]


def _not_to_the_accused(state: TicketState, offices: tuple[str, ...]) -> None:
    if state.kind is not Kind.BAD_REVIEW and state.confidential and state.about.office in offices:
        raise Refused(
            "to_the_accused",
            "投诉人要求保密，不能转给被投诉的单位，请派给它的上级或者监督部门。",
            "Who complained asked for secrecy: it must not go to the office complained of.",
            article(state, "accused") or article(state, "confidential"),
            "reference",
        )


def give_back(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """申请退回: plainly not the unit's duty, within the place's time (安阳: 24 hours), and never once it was decided."""
    if state.decided:
        raise Refused(
            "decided",
            "中心已经研究确定由本单位承办，不能再退回。",
            "The centre has decided that this unit handles it; it cannot be given back again.",
            article(state, "decided"),
        )
    until = clocks.return_until(state)
    if until is not None and at > until:
        raise Refused(
            "return_late",
            f"派单后{state.terms.return_hours}小时内才能申请退回，现在已经超过。",
            f"It can be given back within {state.terms.return_hours} hours of dispatch; these are over.",
            article(state, "return"),
        )
    said(given, "为什么不属于本单位职责、应当由谁办", "why it is not this unit's duty, and whose it is",
         article(state, "return"))  # fmt: skip
    return [Fact(events.RETURNED, {**told(given, at, by), "office": state.lead, "proposed": given.reference})]


def refuse_return(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """不同意退回: the unit keeps it, and the question is settled."""
    said(given, "不同意退回的理由", "why the unit keeps it", article(state, "decided"))
    return [Fact(events.RETURN_REFUSED, told(given, at, by))]


def sign(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """签收."""
    return [Fact(events.SIGNED, {"on": civil_day(at), "by": by})]


def contact(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """联系当事人: to hear from them what it is about, before anything is put right."""
    if state.anonymous:
        raise Refused("nobody_to_call", "没有留联系方式。", "There is no way to reach them.")
    if given.verdict not in ("reached", "unreached"):
        raise Refused("verdict", "请选择联系上了没有。", "Choose whether they were reached.", "", "verdict")
    if given.verdict == "reached":
        said(given, "了解到的情况", "what they said", article(state, "contact"))
    missed = _missed(state, given, at) if given.verdict == "unreached" else {}
    data = {**told(given, at, by), "reached": given.verdict == "reached", **missed}
    return [Fact(events.CONTACTED, data)]


def _missed(state: TicketState, given: Input, at: datetime) -> dict[str, datetime]:
    """没有打通: when; not sooner after the one before than the place says. Raises `Refused`."""
    hours = state.terms.retry_hours
    if hours and state.missed_at and at < state.missed_at + timedelta(hours=hours) and not given.spaced:
        raise Refused(
            "too_soon",
            f"没有打通的，隔{hours}小时再打；刚才那次已经登记。",
            f"Where nobody answered, call again after {hours} hours; the last call is on record.",
            article(state, "contact"),
            "verdict",
        )
    return {"at": at}


def assist(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """协办意见: of one assisting unit (`reference`)."""
    if given.reference not in state.assisting:
        raise Refused("not_assisting", "这个单位不是协办单位。", "It is no assisting unit.", "", "reference")
    said(given, "协办的情况", "what was done", article(state, "lead"))
    return [Fact(events.ASSISTED, {**told(given, at, by), "office": given.reference})]


def request_extension(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """申请延期: where the place has it, once, before the time is up (安阳 art. 50)."""
    rule, most = article(state, "extension"), state.terms.extension_days
    if not most:
        raise Refused(
            "no_extension",
            "本地没有延期；客观上办不完的，在期限内说明情况并提出解决方案。",
            "This place knows no extension; explain in time, with a plan.",
            article(state, "plan"),
        )
    if state.extension:
        raise Refused("extension_once", "只能延期一次。", "It is extended once only.", rule)
    if not 1 <= given.days <= most:
        raise Refused(
            "extension_days", f"延期1到{most}个工作日。", f"1 to {most} working days.", rule, "days"
        )
    if state.due_on and civil_day(at) > state.due_on:
        raise Refused("extension_late", "时限已过，不能再申请延期。", "The time is over.", rule)
    said(given, "特别复杂在哪里", "what makes it complex", rule)
    return [Fact(events.EXTENSION_REQUESTED, {**told(given, at, by), "days": given.days})]


def decide_extension(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """批准延期: by who heads the unit."""
    asked = state.extension
    if asked is None or asked.granted_on:
        raise Refused("no_request", "没有待批准的延期申请。", "No request for an extension waits.")
    if asked.by == by:
        raise Refused(
            "own_request", "申请人不能自己批准，请由单位负责人批准。", "Who asked does not grant it.",
            article(state, "extension"),
        )  # fmt: skip
    if given.verdict == "refuse":
        return [Fact(events.EXTENSION_REFUSED, told(given, at, by))]
    if given.verdict != "pass":
        raise Refused("verdict", "请选择同意或者不同意。", "Choose to grant or to refuse.", "", "verdict")
    longer = replace(state, extension=replace(asked, granted_on=civil_day(at)))
    data = {**told(given, at, by), "days": asked.days, "asked_by": asked.by, "asked_on": asked.on}
    return [Fact(events.EXTENDED, {**data, **reckoned(longer, calendar)})]


def reply(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """答复: solved, explained, or a plan with its day (潍坊 art. 20); whom it concerns was heard before."""
    on = civil_day(at)
    if clocks.contact_due(state):
        left = state.terms.attempts - state.contact_misses
        raise Refused(
            "contact_first", f"请先联系当事人核实，再答复；联系不上的，再打{left}次并登记后可以答复。",
            f"Speak with the person before you reply, or record {left} more calls that nobody answered.",
            article(state, "contact"),
        )  # fmt: skip
    if given.verdict not in Reply:
        raise Refused(
            "verdict", "请选择已经解决、解释说明或者提出解决方案。", "Choose solved, explained or plan.",
            article(state, "handle"), "verdict",
        )  # fmt: skip
    kind = Reply(given.verdict)
    missing = [office for office in state.assisting if office not in state.assisted]
    if missing and not given.confirmed and state.status is Status.HANDLING:
        raise Refused(
            "assisting_first", "还有协办单位没有反馈；确实不用等的，请勾选确认。",
            "Assisting units have not answered; confirm that you need not wait.", article(state, "lead"), "confirmed",
        )  # fmt: skip
    if kind is Reply.PLAN:
        if state.status is Status.TRACKING:
            raise Refused(
                "plan_once", "方案已经提过，请答复落实的结果。", "A plan there is; report its result."
            )
        if given.on is None or given.on <= on:
            raise Refused(
                "plan_day", "请写明哪一天前解决。", "State by which day it will be solved.",
                article(state, "plan"), "on",
            )  # fmt: skip
    said(given, "办理情况和答复", "what was done, and the reply", article(state, "handle"))
    data = {**told(given, at, by), "reply": kind, "plan_on": given.on if kind is Reply.PLAN else None}
    return [Fact(events.REPLIED, data)]


def check(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """审核答复: by the centre, one by one, before the person is asked."""
    _other_hand(state, by, "check", "审核", "checks")
    if given.verdict == "back":
        said(given, "哪里没有办到", "what is missing", article(state, "check"))
        again = replace(state, redo_on=civil_day(at))
        return [Fact(events.SENT_BACK, {**told(given, at, by), **reckoned(again, calendar)})]
    if given.verdict != "pass":
        raise Refused(
            "verdict", "请选择通过或者退回重办。", "Choose to pass it or send it back.", "", "verdict"
        )
    if state.reply is Reply.PLAN:
        following = Status.TRACKING.value
    else:
        following = Status.CALLING.value if called_back(state) else "close"
    facts = [Fact(events.REPLY_PASSED, {**told(given, at, by), "next": following})]
    return [*facts, closed(at, Outcome.NOT_CALLED)] if following == "close" else facts


def called_back(state: TicketState) -> bool:
    """Whether the person is asked: reached they can be, an answer they wanted, and the place's share falls on it."""
    return not (state.anonymous or state.no_reply) and state.id.int % 100 < state.terms.call_share


def call_back(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """回访: by somebody who had no hand in it. Not content: opened again, and after the place's rounds it goes up."""
    _other_hand(state, by, "call_back", "回访", "calls back")
    if given.verdict not in Called:
        raise Refused("verdict", "请选择回访结果。", "Choose how the call went.", "", "verdict")
    called = Called(given.verdict)
    if called is Called.NOT_CONTENT:
        said(given, "哪里不满意", "what is not put right", article(state, "call_back"))
    missed = _missed(state, given, at) if called is Called.UNREACHED else {}
    call = Fact(events.CALLED_BACK, {**told(given, at, by), "called": called, **missed})
    if called is Called.UNREACHED and state.attempts + 1 < state.terms.attempts:
        return [call]
    if called is not Called.NOT_CONTENT:
        return [call, closed(at, Outcome(called.value))]
    if state.round < state.terms.rounds:
        again = replace(state, redo_on=civil_day(at), plan_on=None)
        data = {"on": civil_day(at), "round": state.round + 1, **reckoned(again, calendar)}
        return [call, Fact(events.REOPENED, data)]
    above = {"on": civil_day(at), "by": by, "level": _above(state) or state.level, "text": None, "digest": ""}
    found = [call, Fact(events.ESCALATED, above)]
    if Trigger.UNSOLVED in state.terms.triggers:
        found.append(supervised(state, Trigger.UNSOLVED, Mode.DAILY, at, by))
    return found


def escalate(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """提级: what the unit cannot solve goes to the government's office, then to its executive meeting (潍坊 art. 23)."""
    level = _above(state)
    if level is None:
        raise Refused(
            "highest", "已经提交常务会议，没有更高一级。", "It is before the highest level already."
        )
    said(given, "为什么解决不了、需要研究什么", "what cannot be solved, and what has to be settled",
         article(state, "escalate"))  # fmt: skip
    return [Fact(events.ESCALATED, {**told(given, at, by), "level": level})]


def _above(state: TicketState) -> Level | None:
    if state.level is None:
        return Level.GOVERNMENT_OFFICE
    return Level.EXECUTIVE_MEETING if state.level is Level.GOVERNMENT_OFFICE else None


def conclude(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """研究处理结果: told to the person, and the end."""
    said(given, "研究处理的结果", "what was settled", article(state, "escalate"))
    return [closed(at, Outcome.CONCLUDED, given, by)]


def propose_termination(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """提请终止: in writing, on one of the grounds (潍坊 art. 21); the centre decides."""
    said(given, "终止的事实和依据", "facts and grounds", article(state, "terminate"))
    return [Fact(events.TERMINATION_PROPOSED, {**told(given, at, by), "ground": given.kind})]


def decide_termination(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """审核终止: by the centre, never by who proposed it; the person is told why."""
    if state.proposed_by == by:
        raise Refused(
            "own_proposal",
            "提请人不能自己审核。",
            "Who proposed it does not decide.",
            article(state, "terminate"),
        )
    if given.verdict == "refuse":
        return [Fact(events.TERMINATION_REFUSED, told(given, at, by))]
    if given.verdict != "pass":
        raise Refused("verdict", "请选择同意或者不同意。", "Choose to end it or not.", "", "verdict")
    said(given, "向当事人的解释", "the explanation to the person", article(state, "terminate"))
    return [Fact(events.TERMINATED, {**told(given, at, by), "ground": state.ground})]


def withdraw(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """撤回: by who said it."""
    if state.children:
        raise Refused(
            "has_children",
            "有别人的同类诉求并在这件里，不能撤回。",
            "Others' tickets are merged into this one.",
        )
    return [Fact(events.WITHDRAWN, told(given, at, by))]


def note(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """补充情况."""
    said(given, "补充的情况", "what is to be added")
    return [Fact(events.NOTED, told(given, at, by))]


def reclock(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """时限重新计算: a notice has changed the calendar; the fact says by which."""
    return [Fact(events.CLOCKS_RECOMPUTED, {"from": state.calendar, **reckoned(state, calendar)})]


# ---- what the steps share ----


def reckoned(state: TicketState, calendar: Calendar) -> dict[str, Any]:
    """The unit's last day, as facts state it."""
    found = clocks.handling(state, calendar)
    return {
        "due_on": found.due_on if found else None,
        "provisional": bool(found and found.provisional),
        "calendar": calendar.version,
    }


def closed(at: datetime, outcome: Outcome, given: Input | None = None, by: str = "") -> Fact:
    """办结."""
    words = told(given, at, by) if given else {"on": civil_day(at)}
    return Fact(events.CLOSED, {**words, "outcome": outcome})


def supervised(
    state: TicketState,
    trigger: Trigger,
    mode: Mode,
    at: datetime,
    by: str,
    given: Input | None = None,
    clock: tuple[str, str, date] | None = None,
) -> Fact:
    """督办: of the unit that has it; `clock`: which of its clocks, how loudly, due when, where a clock says it."""
    key, level, due_on = clock or ("", "", state.due_on)
    data = {
        "on": civil_day(at),
        "by": by,
        "trigger": trigger,
        "mode": mode,
        "office": state.lead or state.centre,
        "taken_by": state.taken_by,
        "key": key,
        "level": level,
        "due_on": due_on,
        "text": given.text if given else None,
        "digest": given.digest if given else "",
    }
    return Fact(events.SUPERVISED, data)


def _other_hand(state: TicketState, by: str, rule: str, zh: str, en: str) -> None:
    if by in state.repairers and by != "system":
        raise Refused(
            "other_hand", f"经办人不能自己{zh}，请由别人来做。", f"Who handled it never {en} it; somebody else does.",
            article(state, rule),
        )  # fmt: skip
