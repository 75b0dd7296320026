"""听证 (licensing law arts. 46–48): offered, asked for within five days, held within twenty, notified seven before."""

from __future__ import annotations

from datetime import datetime

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import law, steps
from banshi.contexts.cases.values import CaseState, Hearing, Input, SpecialProcedure
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def offer(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """告知听证权利: before the decision, to those whom it concerns directly (art. 47)."""
    if _of(state).offered_on:
        raise Refused("offered_already", "已经告知过听证的权利。", "The right to a hearing was told already.")
    on, days = civil_day(at), state.plan.limits.hearing_request_days
    data = {
        "on": on,
        "request_by": calendar.add(on, days),
        "days": days,
        "text": given.text,
        "digest": given.digest,
    }
    return [Fact(events.HEARING_OFFERED, data)]


def request(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """申请听证: within five days of being told."""
    hearing, on = _of(state), civil_day(at)
    article = law.article("hearing", state.plan.type)
    if hearing.offered_on is None or hearing.request_by is None:
        raise Refused(
            "hearing_not_offered", "还没有告知听证的权利。", "A hearing was not offered yet.", article
        )
    if hearing.requested_on:
        raise Refused("requested_already", "已经申请过听证。", "A hearing was asked for already.")
    if on > hearing.request_by:
        raise Refused(
            "hearing_request_late", f"申请听证的期限已于{hearing.request_by}届满。",
            f"The time to ask for a hearing ended on {hearing.request_by}.", article,
        )  # fmt: skip
    days = state.plan.limits.hearing_hold_days
    return [
        Fact(events.HEARING_REQUESTED, {"on": on, "hold_by": calendar.add(on, days), "days": days}),
    ]


def schedule(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """听证通知: time, place and presider, seven days before; who examines the application does not preside (art. 48).

    What the hearing takes does not count (art. 45): the clock stops with the notice.
    """
    hearing, on, limits = _of(state), civil_day(at), state.plan.limits
    article = law.article("hearing_conduct", state.plan.type)
    if hearing.minutes:
        raise Refused("hearing_held_already", "听证已经举行过。", "The hearing was held already.")
    own = state.plan.type == "01" and given.confirmed  # art. 46: what the office itself finds to need one
    if not (hearing.requested_on or state.plan.hearing == "required" or own):
        raise Refused(
            "hearing_not_asked",
            "没有人申请听证，也不是应当听证的事项；本机关认为涉及公共利益、需要听证的，先向社会公告，再勾选。",
            "No hearing was asked for or required. If the office finds one needed in the public interest, announce it and say so.",
            law.article("hearing_required", state.plan.type),
            "confirmed",
        )
    if given.on is None or calendar.between(on, given.on) < limits.hearing_notice_days:
        raise Refused(
            "hearing_notice", f"举行听证的{limits.hearing_notice_days}日前应当通知，请选更晚的日期。",
            f"Parties must be notified {limits.hearing_notice_days} days before; choose a later day.", article, "on",
        )  # fmt: skip
    # An office that let the days pass must still hold it, as soon as the notice allows.
    soonest = calendar.add(on, limits.hearing_notice_days)
    if hearing.hold_by and given.on > max(hearing.hold_by, soonest):
        raise Refused(
            "hearing_late", f"应当在{hearing.hold_by}前组织听证。", f"It must be held by {hearing.hold_by}.",
            law.article("hearing", state.plan.type), "on",
        )  # fmt: skip
    if len(given.people) != 1:
        raise Refused("presider_needed", "请选择一位听证主持人。", "Name who presides.", article, "people")
    presider = given.people[0]
    hands = (one for work in state.works for one in (work.by, work.holder, *work.people))
    examined = {state.reviewed_by, state.holder, by, *hands} - {""}
    if presider in examined:
        raise Refused(
            "presider_examined", "审查这件申请的工作人员不能主持听证。",
            "Who examines the application must not preside.", article, "people",
        )  # fmt: skip
    if given.text is None:
        raise Refused("words_needed", "请写明听证的时间和地点。", "State time and place.", article, "text")
    data = {
        "on": given.on,
        "notified_on": on,
        "presider": presider,
        **({"own": True} if own else {}),
        "text": given.text,
        "digest": given.digest,
    }
    days = calendar.between(on, given.on)
    return [
        Fact(events.HEARING_SCHEDULED, data),
        steps.pause(state, SpecialProcedure.HEARING, days, given, at, calendar),
    ]


def hold(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """举行听证: with its minutes, on which the decision is based (art. 48(2)); the clock goes on."""
    hearing = _of(state)
    if hearing.held_on is None or not state.pauses or state.pauses[-1].kind is not SpecialProcedure.HEARING:
        raise Refused("hearing_not_scheduled", "还没有发出听证通知。", "The hearing was not notified yet.")
    on = civil_day(at)
    if on < hearing.held_on:
        raise Refused(
            "hearing_not_yet", f"听证定在{hearing.held_on}举行。", f"The hearing is on {hearing.held_on}."
        )
    if given.text is None:
        raise Refused(
            "minutes_first", "听证应当制作笔录，请写明。", "A hearing has minutes; state them.",
            law.article("hearing_record", state.plan.type), "text",
        )  # fmt: skip
    held = Fact(events.HEARING_HELD, {"on": on, "text": given.text, "digest": given.digest})
    return [held, *steps.end_special(state, given, at, by, calendar)]


def _of(state: CaseState) -> Hearing:
    return state.hearing or Hearing()
