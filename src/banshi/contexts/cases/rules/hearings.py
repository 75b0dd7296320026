"""听证 (licensing law arts. 46–48): offered, asked for within five days, held within twenty, notified seven before."""

from __future__ import annotations

from datetime import date, datetime

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import pauses
from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.rules.words import dated, said, worded
from banshi.contexts.cases.values import CaseState, Hearing, Input, SpecialProcedure
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def inform_interested(
    state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """告知利害关系人: whom the permit concerns directly may state their case (art. 36)."""
    if state.interested_until_on:
        raise Refused("informed_already", "已经告知过利害关系人。", "The interested were informed already.")
    said(given, "告知了谁、告知了什么", "who was told what", cited(state, "interested"))
    on = civil_day(at)
    until_on = calendar.add(on, state.plan.limits.interested_days)
    data = {"on": on, "until_on": until_on, **worded(given)}
    return [Fact(events.INTERESTED_INFORMED, data)]


def hear_interested(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """听取意见: what the applicant or the interested stated, on file."""
    if state.interested_until_on is None:
        raise Refused(
            "inform_first", "请先告知利害关系人。", "Inform the interested first.", cited(state, "interested")
        )
    said(given, "听取的意见", "what they said", cited(state, "interested"))
    return [Fact(events.INTERESTED_HEARD, {"on": civil_day(at), **worded(given)})]


def offer(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """告知听证权利: before the decision, to those whom it concerns directly (art. 47)."""
    if _of(state).offered_on:
        raise Refused("offered_already", "已经告知过听证的权利。", "The right to a hearing was told already.")
    on, days = civil_day(at), state.plan.limits.hearing_request_days
    data = {"on": on, "request_by": calendar.add(on, days), "days": days, **worded(given)}
    return [Fact(events.HEARING_OFFERED, data)]


def request(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """申请听证: within five days of being told."""
    hearing, on = _of(state), civil_day(at)
    article = cited(state, "hearing")
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
    return [Fact(events.HEARING_REQUESTED, {"on": on, "hold_by": calendar.add(on, days), "days": days})]


def schedule(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """听证通知: time, place and presider, seven days before; who examines the application does not preside (art. 48).

    What the hearing takes does not count (art. 45): the clock stops with the notice.
    """
    hearing, on, limits = _of(state), civil_day(at), state.plan.limits
    article = cited(state, "hearing_conduct")
    if hearing.minutes:
        raise Refused("hearing_held_already", "听证已经举行过。", "The hearing was held already.")
    own = state.plan.type == "01" and given.confirmed  # art. 46: what the office itself finds to need one
    if not (hearing.requested_on or state.plan.hearing == "required" or own):
        raise Refused(
            "hearing_not_asked",
            "没有人申请听证，也不是应当听证的事项；本机关认为涉及公共利益、需要听证的，先向社会公告，再勾选。",
            "No hearing was asked for or required. If the office finds one needed in the public interest, announce it and say so.",
            cited(state, "hearing_required"),
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
            cited(state, "hearing"), "on",
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
    said(given, "听证的时间和地点", "time and place", article)
    data = {
        "on": given.on,
        "notified_on": on,
        "presider": presider,
        **({"own": True} if own else {}),
        **worded(given),
    }
    days = calendar.between(on, given.on)
    return [
        Fact(events.HEARING_SCHEDULED, data),
        pauses.pause(state, SpecialProcedure.HEARING, days, given, at, calendar),
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
            cited(state, "hearing_record"), "text",
        )  # fmt: skip
    held = Fact(events.HEARING_HELD, {"on": on, **worded(given)})
    return [held, *pauses.end_special(state, given, at, by, calendar)]


def heard(state: CaseState, on: date) -> None:
    """No decision before those have been heard whom the law wants heard."""
    plan, hearing = state.plan, state.hearing
    if plan.interested and not state.interested_heard:
        if state.interested_until_on is None:
            raise Refused(
                "interested_first", "这件事直接关系他人重大利益，应当先告知利害关系人。",
                "It concerns others directly; inform them first.", cited(state, "interested"),
            )  # fmt: skip
        if on <= state.interested_until_on:
            raise Refused(
                "interested_running", f"利害关系人可以在{dated(state.interested_until_on)}前陈述申辩，现在不能决定。",
                f"The interested may speak until {state.interested_until_on}.", cited(state, "interested"),
            )  # fmt: skip
    if hearing and hearing.requested_on and not hearing.minutes:
        raise Refused(
            "hearing_pending", "申请人要求听证，听证举行以前不能作出决定。",
            "A hearing was asked for; it must be held before the decision.", cited(state, "hearing"),
        )  # fmt: skip
    if plan.hearing == "required" and not (hearing and hearing.minutes):
        raise Refused(
            "hearing_required", "这件事应当先举行听证，才能作出决定。", "A hearing is required before the decision.",
            cited(state, "hearing_required"),
        )  # fmt: skip
    if plan.hearing == "offered":
        if hearing is None or hearing.offered_on is None:
            raise Refused(
                "hearing_offer_first", "作出决定前，应当告知申请人和利害关系人有要求听证的权利。",
                "Tell the parties of their right to a hearing first.", cited(state, "hearing"),
            )  # fmt: skip
        if not hearing.requested_on and hearing.request_by and on <= hearing.request_by:
            raise Refused(
                "hearing_offer_running", f"申请听证的期限到{dated(hearing.request_by)}，现在不能决定。",
                f"A hearing may be asked for until {hearing.request_by}.", cited(state, "hearing"),
            )  # fmt: skip


def _of(state: CaseState) -> Hearing:
    return state.hearing or Hearing()
