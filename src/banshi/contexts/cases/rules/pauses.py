"""时限的暂停和延长: the eight special procedures, of which a hearing is one (art. 45), and the one extension (art. 42)."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.rules.words import said, worded
from banshi.contexts.cases.values import CaseState, Extension, Input, Pause, SpecialProcedure
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def start_special(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """特别程序开始: one of the eight of art. 45; the applicant is told in writing how long it takes.

    A hearing begins with its own notice (art. 48, `hearings.schedule`), never here.
    """
    if given.kind not in SpecialProcedure:
        raise Refused(
            "special_kind",
            "只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审可以暂停时限；现场踏勘不可以。",
            "Only the eight special procedures stop the clock; a site visit does not.",
            cited(state, "special"),
            "kind",
        )
    if given.kind == SpecialProcedure.HEARING:
        raise Refused(
            "hearing_by_notice",
            "听证从发出听证通知起暂停时限，请用“听证通知”办理，不能另行暂停。",
            "A hearing stops the clock by its own notice only; use the notice of the hearing.",
            cited(state, "hearing_conduct"),
            "kind",
        )
    said(given, "理由", "why it is needed")
    if not 1 <= given.days <= 365:
        raise Refused(
            "special_days",
            "请写明所需的工作日数（1到365）。",
            "State the working days it needs (1–365).",
            "",
            "days",
        )
    return [pause(state, SpecialProcedure(given.kind), given.days, given, at, calendar)]


def pause(
    state: CaseState, kind: SpecialProcedure, days: int, given: Input, at: datetime, calendar: Calendar
) -> Fact:
    """The clock stops from today on, for as long as the written notice says; nothing but the eight does that."""
    on = civil_day(at)
    ends_on = calendar.add(on, days)
    running = state.due_on or on
    paused = replace(state, pauses=(*state.pauses, Pause(kind, on, ends_on)))
    expected = clocks.running(paused, calendar)
    due_on = min((day for day in (expected.statutory, expected.promised) if day), default=running)
    data = {
        "procedure": kind,
        "on": on,
        "days": days,
        "ends_on": ends_on,
        "remaining_days": max(0, calendar.between(on, running)),
        "due_on": due_on,
        "provisional": calendar.provisional(due_on),
        **worded(given),
    }
    return Fact(events.SPECIAL_STARTED, data)


def end_special(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """特别程序结束: the clocks go on; what the procedure took is added to their due days."""
    until = civil_day(at)
    resumed = replace(state, pauses=(*state.pauses[:-1], replace(state.pauses[-1], until_on=until)))
    return [Fact(events.SPECIAL_ENDED, {"on": until, **clocks.reckoned(resumed, calendar)})]


def extend(state: CaseState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """延期: once, by at most ten days (fifteen for joint handling), before the time is up, with the reason told (art. 42)."""
    plan = state.plan
    rule = "joint_extension" if plan.joint else "extension"
    if plan.type != "01":
        raise Refused(
            "extension_permits_only",
            "只有行政许可可以依法延长办理期限，这件事不能延期。",
            "Only administrative permits can be extended; this item cannot.",
        )
    if state.extension:
        raise Refused(
            "extension_once", "只能延期一次，已经延过。", "It was extended already; the law allows it once.",
            cited(state, rule),
        )  # fmt: skip
    most = plan.limits.joint_extension_days if plan.joint else plan.limits.extension_days
    if not 1 <= given.days <= most:
        raise Refused(
            "extension_days", f"延期应在1到{most}个工作日之间。", f"An extension is 1 to {most} working days.",
            cited(state, rule), "days",
        )  # fmt: skip
    said(given, "延期的理由", "why it is extended", cited(state, rule))
    on = civil_day(at)
    if state.statutory_due_on is None or on > state.statutory_due_on:
        raise Refused(
            "extension_late", "法定期限已经届满，不能再延期。", "The statutory time is over; it cannot be extended.",
            cited(state, rule),
        )  # fmt: skip
    longer = replace(state, extension=Extension(on, given.days, by))
    data = {"on": on, "days": given.days, "by": by, **worded(given)}
    return [Fact(events.EXTENDED, {**data, **clocks.reckoned(longer, calendar)})]
