"""办件决定: each step decides which facts follow, or refuses naming its rule and article.

Every function takes `(state, given, at, by, calendar)`: the state, what the person stated, the instant (UTC), who, and
the working-day calendar; it returns the facts. Steps of one case are in `commands.COMMANDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.values import CaseState, Input, SpecialProcedure, Status
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day

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
            _law(state, "行政许可法第三十二条第一款第四项"),
        )
    _said(given, "需要补正的全部内容", "everything that is to be corrected")
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
    return [
        Fact(
            events.CORRECTION_REQUESTED, {"on": on, "due_on": due, "text": given.text, "digest": given.digest}
        )
    ]


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
            f"受理期限到{_cn(due_on)}才届满，现在不能视为受理。",
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
    _said(given, "不需要办理的理由", "why it is not required")
    _in_time(state, civil_day(at), calendar)
    return [Fact(events.NOT_REQUIRED, {"on": civil_day(at), "text": given.text, "digest": given.digest})]


def reject(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """不予受理: not this office's business, or not lawful to accept; with the reason and where to go (art. 32(1)(2))."""
    _said(given, "不予受理的理由", "the reason")
    if not given.reference.strip():
        raise Refused(
            "competent_needed",
            "请写明应当向哪个机关申请。",
            "Name the office to apply to instead.",
            "行政许可法第三十二条第一款第二项",
            "reference",
        )
    if not state.correction_supplied_on:
        _in_time(state, civil_day(at), calendar)
    data = {
        "on": civil_day(at),
        "text": given.text,
        "digest": given.digest,
        "competent": given.reference.strip()[:60],
    }
    return [Fact(events.REJECTED, data)]


def assign(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """派发: open the works that wait for no other; those of several offices start side by side."""
    return [_assigned(state, civil_day(at), given.reference, calendar)]


def transfer(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """转办: to the office of the right level, and back. No clock stops; who received the case first stays responsible."""
    if not given.reference or given.reference == state.office:
        raise Refused(
            "transfer_to", "请选择转给哪个部门。", "Choose the office to transfer to.", "", "reference"
        )
    _said(given, "转办的理由", "why it is transferred")
    data = {"from": state.office, "to": given.reference, "text": given.text, "digest": given.digest}
    return [Fact(events.TRANSFERRED, data)]


def opine(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """部门意见: an office finishes its work; the works that waited for it open."""
    work = state.work(given.work)
    if work is None or work.status != "open":
        raise Refused("work_not_open", "这个环节现在不在办理中。", "This work is not open.", "", "work")
    if given.verdict not in ("agree", "disagree"):
        raise Refused("verdict", "请选择同意或者不同意。", "Choose agree or disagree.", "", "verdict")
    if given.verdict == "disagree":
        _said(given, "不同意的理由", "why you disagree")
    done = {w.key for w in state.works if w.status == "done"} | {work.key}
    opened = [
        {"work": plan.key, "due_on": clocks.work_due(plan, civil_day(at), calendar), "holder": ""}
        for plan in state.plan.works
        if (found := state.work(plan.key)) and found.status == "waiting" and done.issuperset(plan.after)
    ]
    data = {
        "work": work.key,
        "verdict": given.verdict,
        "text": given.text,
        "digest": given.digest,
        "at": at,
        "opened": opened,
    }
    return [Fact(events.OPINION_GIVEN, data)]


def start_special(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """特别程序开始: one of the eight of art. 45; the applicant is told in writing how long it takes."""
    if given.kind not in SpecialProcedure:
        raise Refused(
            "special_kind",
            "只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审可以暂停时限；现场踏勘不可以。",
            "Only the eight special procedures stop the clock; a site visit does not.",
            "行政许可法第四十五条",
            "kind",
        )
    _said(given, "理由", "why it is needed")
    if not 1 <= given.days <= 365:
        raise Refused(
            "special_days",
            "请写明所需的工作日数（1到365）。",
            "State the working days it needs (1–365).",
            "",
            "days",
        )
    on = civil_day(at)
    ends_on = calendar.add(on, given.days)
    running = state.due_on or on
    due_on = clocks.shifted(running, on, ends_on, state.plan.promised, calendar)
    data = {
        "procedure": given.kind,
        "on": on,
        "days": given.days,
        "ends_on": ends_on,
        "remaining_days": max(0, calendar.between(on, running)),
        "due_on": due_on,
        "provisional": calendar.provisional(due_on),
        "text": given.text,
        "digest": given.digest,
    }
    return [Fact(events.SPECIAL_STARTED, data)]


def end_special(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """特别程序结束: the clocks go on; what the procedure took is added to their due days."""
    since, until, plan = state.pauses[-1].since_on, civil_day(at), state.plan
    statutory, promised = state.statutory_due_on, state.promised_due_on
    if statutory and plan.statutory:
        statutory = clocks.shifted(statutory, since, until, plan.statutory, calendar)
    if promised:
        promised = clocks.shifted(promised, since, until, plan.promised, calendar)
    limits = {work.key: work.limit for work in plan.works}
    moved = [
        {"work": work.key, "due_on": clocks.shifted(work.due_on, since, until, limits[work.key], calendar)}
        for work in state.works
        if work.status == "open" and work.due_on
    ]
    last = max((day for day in (statutory, promised) if day), default=until)
    data = {
        "on": until,
        "statutory_due_on": statutory,
        "promised_due_on": promised,
        "provisional": calendar.provisional(last),
        "works": moved,
    }
    return [Fact(events.SPECIAL_ENDED, data)]


def review(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """审查: the officer's conclusion, once every work is done."""
    _works_done(state)
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
        _said(given, "建议不予的理由", "why you propose refusal")
    data = {"by": by, "verdict": given.verdict, "text": given.text, "digest": given.digest}
    return [Fact(events.REVIEWED, data)]


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
    on = civil_day(at)
    if given.verdict == "pass":
        return [Fact(events.PASSED, {"on": on, "certificate_type": state.plan.certificate})]
    if given.verdict != "refuse":
        raise Refused("verdict", "请选择准予或者不予。", "Choose to grant or to refuse.", "", "verdict")
    _said(given, "不予许可的理由和依据", "the reasons and articles for the refusal", "行政许可法第三十八条")
    return [Fact(events.REFUSED, {"on": on, "text": given.text, "digest": given.digest})]


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
    data = {"on": civil_day(at), "deemed": False, "text": given.text, "digest": given.digest}
    return [Fact(events.WITHDRAWN, data)]


def revoke(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """撤销: by the authority, with reasons (art. 69)."""
    _said(given, "撤销的理由和依据", "the reasons for revoking", "行政许可法第六十九条")
    return [Fact(events.REVOKED, {"on": civil_day(at), "text": given.text, "digest": given.digest})]


def _accepted(
    state: CaseState, on: date, *, deemed: bool, dispatch: bool, at: datetime, calendar: Calendar
) -> list[Fact]:
    plan = state.plan
    promised = clocks.due(on, plan.promised, calendar)
    statutory = clocks.due(on, plan.statutory, calendar) if plan.statutory else None
    data: dict[str, Any] = {
        "on": on,
        "deemed": deemed,
        "statutory_due_on": statutory.on if statutory else None,
        "promised_due_on": promised.on,
        "provisional": promised.provisional or bool(statutory and statutory.provisional),
        "calendar": calendar.version,
    }
    facts = [Fact(events.ACCEPTED, data)]
    if dispatch:
        facts.append(_assigned(state, civil_day(at), "", calendar))
    return facts


def _assigned(state: CaseState, on: date, holder: str, calendar: Calendar) -> Fact:
    opened = [
        {"work": plan.key, "due_on": clocks.work_due(plan, on, calendar), "holder": holder}
        for plan in state.plan.works
        if not plan.after
    ]
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
            f"受理期限已于{_cn(due_on)}届满，逾期没有告知的，自收到材料之日起即为受理。",
            f"The time to accept ended on {due_on}; the case is deemed accepted from its receipt.",
            _law(state, "行政许可法第三十二条第一款第四项"),
        )


def _said(given: Input, zh: str, en: str, article: str = "") -> None:
    if given.text is None:
        raise Refused("words_needed", f"请写明{zh}。", f"State {en}.", article, "text")


def _law(state: CaseState, article: str) -> str:
    """The licensing law speaks of permits (type 01) only; other types follow it by the platform's own pledge."""
    return article if state.plan.type == "01" else ""


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
