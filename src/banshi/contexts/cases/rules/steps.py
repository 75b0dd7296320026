"""办件决定: each step decides which facts follow, or refuses naming its rule and article.

Every function takes `(state, given, at, by, calendar)`: the state, what the person stated, the instant (UTC), who, and
the working-day calendar; it returns the facts. Steps of one case are in `commands.COMMANDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks, criteria, hearings, works
from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.rules.words import dated, said, worded
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day, end_of

type Step = Callable[[CaseState, Input, datetime, str, Calendar], list[Fact]]


def request_correction(
    state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """一次性告知补正: once, with everything that is missing, within five working days (art. 32(4))."""
    if state.correction_requested_on:
        raise Refused(
            "correction_once",
            "这件事已经告知过一次补正，不能再次要求补正；材料已按要求补齐的，应当受理。",
            "Corrections were requested once already; the law allows one notice only.",
            cited(state, "correction"),
        )
    said(given, "需要补正的全部内容", "everything that is to be corrected")
    on = civil_day(at)
    _in_time(state, on, calendar)
    days = given.days or state.plan.correction_days
    if not 1 <= days <= 60:
        raise Refused(
            "correction_days",
            "补正期限应在1到60个工作日之间。",
            "The time to correct is 1 to 60 working days.",
            "",
            "days",
        )
    due = calendar.add(on, days)
    data = {"on": on, "due_on": due, "days": days, **worded(given)}
    return [Fact(events.CORRECTION_REQUESTED, data)]


def supply_correction(
    state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """补正: the applicant hands in what was asked for; the five days begin anew. `former`: where the first version lies."""
    data = {"on": civil_day(at), "digest": given.digest, "former": given.reference}
    return [Fact(events.CORRECTION_SUPPLIED, data)]


def accept(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """受理: from this day the statutory and the promised clock run (art. 42); works are dispatched at once if asked."""
    on = civil_day(at)
    _in_time(state, on, calendar)
    return _accepted(state, on, deemed=False, dispatch=given.dispatch, at=at, calendar=calendar)


def deem_accepted(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """视为受理: five working days of silence are acceptance from the day of receipt (art. 32(4))."""
    due_on = clocks.acceptance_due_on(state, calendar)
    if civil_day(at) <= due_on:
        raise Refused(
            "not_silent_yet",
            f"受理期限到{dated(due_on)}才届满，现在不能视为受理。",
            f"The time to accept ends on {due_on}; it is not deemed accepted yet.",
        )
    from_on = state.clock_from_on or state.received_on
    return _accepted(state, from_on, deemed=True, dispatch=True, at=at, calendar=calendar)


def deem_withdrawn(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """视为撤回: what was to be corrected was not handed in by the day that the notice named."""
    if state.correction_due_on is None or civil_day(at) <= state.correction_due_on:
        raise Refused("correction_running", "补正期限还没有届满。", "The time to correct has not ended.")
    return [Fact(events.WITHDRAWN, {"on": civil_day(at), "deemed": True, "text": None, "digest": ""})]


def not_required(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """不受理: no permit is needed for this; said at once (art. 32(1)(1))."""
    said(given, "不需要办理的理由", "why it is not required")
    _in_time(state, civil_day(at), calendar)
    return [Fact(events.NOT_REQUIRED, {"on": civil_day(at), **worded(given)})]


def reject(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """不予受理: not this office's business (then with where to go, art. 32(1)(2)), still incomplete after its correction,
    or on false statements (art. 78)."""
    said(given, "不予受理的理由", "the reason")
    if not given.reference.strip() and not given.false and not state.correction_supplied_on:
        raise Refused(
            "competent_needed",
            "请写明应当向哪个机关申请。",
            "Name the office to apply to instead.",
            cited(state, "not_competent"),
            "reference",
        )
    on = civil_day(at)
    _in_time(state, on, calendar)
    data = {"on": on, **worded(given), "competent": given.reference.strip()[:60]}
    return [Fact(events.REJECTED, data | _blocked(state, given, on))]


def assign(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """派发: open the works that wait for no other; those of several offices start side by side."""
    return [_assigned(state, civil_day(at), given.reference, calendar)]


def transfer(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """转办: to the office of the right level, and back. No clock stops; who received the case first stays responsible."""
    if not given.reference or given.reference == state.office:
        raise Refused(
            "transfer_to", "请选择转给哪个部门。", "Choose the office to transfer to.", "", "reference"
        )
    said(given, "转办的理由", "why it is transferred")
    data = {"from": state.office, "to": given.reference, **worded(given)}
    return [Fact(events.TRANSFERRED, data)]


def review(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """审查: the officer's conclusion, once every work is done."""
    _works_done(state)
    if state.hearing and state.hearing.presider == by:
        raise Refused(
            "presider_examined",
            "主持听证的人不能审查这件申请，请由其他人员审查。",
            "Who presides over the hearing must not examine the application; another officer does.",
            cited(state, "hearing_conduct"),
        )
    if state.plan.instant:
        raise Refused(
            "instant_no_review",
            "即办件直接作出决定，不需要审查。",
            "An instant item is decided without review.",
        )
    if state.review_verdict:
        raise Refused(
            "reviewed_already", "已经审查过，等待决定。", "Reviewed already; it waits for the decision."
        )
    if given.verdict not in ("pass", "refuse"):
        raise Refused(
            "verdict", "请选择建议准予或者建议不予。", "Choose to propose approval or refusal.", "", "verdict"
        )
    if given.verdict == "refuse":
        said(given, "建议不予的理由", "why you propose refusal")
    looked = criteria.looked(state, given)
    data = {"by": by, "verdict": given.verdict, **worded(given)}
    return [Fact(events.REVIEWED, {**data, **looked})]


def decide(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """决定: grant or refuse. A refusal states reasons and remedies (art. 38); who reviewed does not decide."""
    _works_done(state)
    if not state.plan.instant:
        if not state.review_verdict:
            raise Refused(
                "review_first", "还没有审查，不能作出决定。", "It must be reviewed before the decision."
            )
        if state.reviewed_by == by:
            raise Refused(
                "reviewer_decides_not",
                "审查人不能同时作出决定，请由其他审批负责人决定。",
                "The person who reviewed must not decide; another approver does.",
            )
    hearings.heard(state, civil_day(at))
    on = civil_day(at)
    if given.verdict == "pass":
        granted = _passed(state, on, calendar)
        told = worded(given) if given.text else {}
        return [Fact(granted.kind, {**granted.data, **told, **criteria.looked(state, given)})]
    if by == SYSTEM.code:
        raise Refused(
            "person_refuses",
            "系统只能准予，不予的由工作人员决定并写明理由。",
            "The platform may only grant; a person refuses, with reasons.",
            cited(state, "refusal"),
        )
    if given.verdict != "refuse":
        raise Refused("verdict", "请选择准予或者不予。", "Choose to grant or to refuse.", "", "verdict")
    said(given, "不予许可的理由和依据", "the reasons and articles for the refusal", cited(state, "refusal"))
    looked = criteria.looked(state, given)
    data = {"on": on, **worded(given), **_delivery(state, on, calendar)}
    return [Fact(events.REFUSED, data | looked | _blocked(state, given, on))]


def _blocked(state: CaseState, given: Input, on: date) -> dict[str, Any]:
    """隐瞒情况或者提供虚假材料: no new application for a year, where safety is concerned (art. 78)."""
    if not (given.false and state.plan.type == "01" and state.plan.safety):
        return {}
    return {"blocked_until_on": _years(on, state.plan.limits.concealed_years)}


def deem_renewed(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """视为准予延续: asked for in time, and not decided when the certificate ended (art. 50)."""
    plan = state.plan
    if not plan.renews or plan.expires_on is None or civil_day(at) <= plan.expires_on:
        raise Refused(
            "not_expired_yet", "原证还没有到期，不能视为准予延续。", "The certificate has not ended yet."
        )
    if not clocks.renews_by_silence(state):
        raise Refused(
            "renewal_late",
            f"没有在有效期届满{plan.limits.renewal_days}日前提出延续申请，不能视为准予延续。",
            f"Renewal was not asked for {plan.limits.renewal_days} days before the end.",
            cited(state, "renewal"),
        )
    fact = _passed(state, civil_day(at), calendar)
    return [Fact(fact.kind, {**fact.data, "deemed": True})]


def escalate(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """提请领导审批: the decision goes to the office's head, with the reason on record."""
    if state.escalated:
        raise Refused("escalated_already", "已经提请过领导审批。", "It was taken to the leader already.")
    if not state.review_verdict:
        raise Refused(
            "review_first", "还没有审查，不能提请领导审批。", "Review it before taking it to the leader."
        )
    said(given, "提请的理由", "why it is taken to the leader")
    data = {"by": by, "class": state.plan.discretion, **worded(given)}
    return [Fact(events.ESCALATED, data)]


def propose_refusal(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """提请不予受理: a window has no refusal of its own (大厅无否决); the office decides on the proposal."""
    if state.refusal_proposed:
        raise Refused("proposed_already", "已经提请过，等待部门核定。", "It was proposed already.")
    said(given, "提请不予受理的理由", "why it should not be accepted")
    return [Fact(events.REFUSAL_PROPOSED, {"by": by, **worded(given)})]


def _passed(state: CaseState, on: date, calendar: Calendar) -> Fact:
    data = {"on": on, "certificate_type": state.plan.certificate, **_delivery(state, on, calendar)}
    return Fact(events.PASSED, data)


def _delivery(state: CaseState, on: date, calendar: Calendar) -> dict[str, Any]:
    """送达期限: ten working days from the decision (art. 44)."""
    return {"delivery_due_on": calendar.add(on, state.plan.limits.delivery_days)}


def _years(on: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year + years, day=day)


def certify(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """制证: the certificate has been made."""
    if not state.plan.certificate or state.certificate:
        raise Refused("no_certificate_due", "这件事不需要再制证。", "No certificate is due for this case.")
    return [Fact(events.CERTIFIED, {"certificate": given.reference})]


def deliver(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """送达: within ten days of the decision (art. 44)."""
    if state.delivered_on:
        raise Refused("delivered_already", "已经送达过。", "It was delivered already.")
    if state.status is Status.PASSED and state.plan.certificate and not state.certificate:
        raise Refused(
            "certificate_first", "证件还没有制好，不能送达。", "The certificate has not been made yet."
        )
    if given.how not in ("online", "window", "post"):
        raise Refused(
            "how", "请选择送达方式：网上、窗口或邮寄。", "Choose online, window or post.", "", "how"
        )
    return [Fact(events.DELIVERED, {"on": civil_day(at), "how": given.how})]


def withdraw(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """撤回: by the applicant, any time before the end."""
    data = {"on": civil_day(at), "deemed": False, **worded(given)}
    return [Fact(events.WITHDRAWN, data)]


def revoke(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """撤销: by the authority, with reasons (art. 69)."""
    said(given, "撤销的理由和依据", "the reasons for revoking", cited(state, "revocation"))
    on = civil_day(at)
    data = {"on": on, "kind": given.kind, **worded(given)}
    if given.kind == "fraud" and state.plan.type == "01" and state.plan.safety:
        data["blocked_until_on"] = _years(on, state.plan.limits.fraud_years)
    return [Fact(events.REVOKED, data)]


def cancel(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """注销: the permit has come to its end on one of the grounds of art. 70."""
    said(given, "注销的情形和依据", "the ground for cancelling", cited(state, "cancellation"))
    if not given.kind:
        raise Refused(
            "cancel_kind", "请选择注销的情形。", "Choose the ground.", cited(state, "cancellation"), "kind"
        )
    data = {"on": civil_day(at), "kind": given.kind, **worded(given)}
    return [Fact(events.CANCELLED, data)]


def _accepted(
    state: CaseState, on: date, *, deemed: bool, dispatch: bool, at: datetime, calendar: Calendar
) -> list[Fact]:
    hours = state.plan.promised.unit == "hour"
    from_at = end_of(on) if deemed else at  # at what hour it was received then is not known
    started = replace(state, accepted_on=on, accepted_at=from_at if hours else None)
    data = {"on": on, "deemed": deemed, "calendar": calendar.version, **clocks.reckoned(started, calendar)}
    del data["works"]
    if hours:
        data["at"] = from_at
    facts = [Fact(events.ACCEPTED, data)]
    if dispatch:
        facts.append(_assigned(state, civil_day(at), "", calendar))
    return facts


def _assigned(state: CaseState, on: date, holder: str, calendar: Calendar) -> Fact:
    opened = [works.opened(plan, on, calendar, holder) for plan in state.plan.works if not plan.after]
    return Fact(events.WORKS_ASSIGNED, {"opened": opened})


def _works_done(state: CaseState) -> None:
    open_works = [work for work in state.works if work.status != "done"]
    if open_works:
        titles = {plan.key: plan.title for plan in state.plan.works}
        names = "、".join(titles[work.key] for work in open_works)
        raise Refused("works_open", f"还有环节没有办完：{names}。", f"Works are not done: {names}.")


def _in_time(state: CaseState, on: date, calendar: Calendar) -> None:
    due_on = clocks.acceptance_due_on(state, calendar)
    if on > due_on:
        raise Refused(
            "deemed_accepted",
            f"受理期限已于{dated(due_on)}届满，逾期没有告知的，自收到材料之日起即为受理。",
            f"The time to accept ended on {due_on}; the case is deemed accepted from its receipt.",
            cited(state, "correction"),
        )
