"""堵点: asked for in a round, given to a unit with a day, struck off with what was done; and units that visit together."""

from __future__ import annotations

from datetime import datetime

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules.state import to_clear
from banshi.contexts.tickets.rules.steps import give_out
from banshi.contexts.tickets.rules.words import article, said, told
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Kind, Status
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day

HEAVIEST = 3  # 1: a nuisance, 2: costs time or money, 3: nothing can be done


def assign(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """交办堵点: a dispatch whose last day the centre sets."""
    _a_point(state)
    if given.on is None or given.on <= civil_day(at):
        raise Refused("clear_day", "请写明哪一天前销号，要晚于今天。", "State the day by which it is to be cleared, after today.", "", "on")  # fmt: skip
    return give_out(state, given, at, by, calendar, given.on)


def publish(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """公布堵点: in words of the centre's own, for what people wrote stays private. Said anew, the new words stand."""
    _a_point(state)
    said(given, "公布的说法", "what the public list shall say")
    return [Fact(events.PUBLISHED, told(given, at, by))]


def second(state: TicketState, weight: int, at: datetime, by: str) -> list[Fact]:
    """同样遇到: somebody else says that it is the same with them. That each says so once, the command's id sees to."""
    _a_point(state)
    if not state.published_on or not state.status.open or state.status is Status.MERGED:
        raise Refused(
            "point_over",
            "这个堵点已经办结或者没有公布，不能再附议；又遇到的，请另说一件。",
            "This point is settled or not published; if it happens again, say it anew.",
        )
    if not 1 <= weight <= HEAVIEST:
        raise Refused("weight", "请选有多严重。", "Choose how bad it is.", "", "weight")
    return [Fact(events.SECONDED, {"on": civil_day(at), "weight": weight})]


def clear(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """销号: after the person's own word, by the centre, with what was done as the public may read it."""
    _a_point(state)
    if by in state.repairers:
        raise Refused(
            "other_hand", "经办人不能自己销号，请由别人来做。", "Who handled it does not strike it off.",
            article(state, "check"),
        )  # fmt: skip
    if not to_clear(state):
        raise Refused(
            "not_solved",
            "交办过、已经解决、还没有销号的堵点才能销号；只作了解释的，留在清单上。",
            "Only an assigned point that was solved is struck off; what was merely explained stays on the list.",
        )
    said(given, "做了什么", "what was done")
    return [Fact(events.CLEARED, told(given, at, by))]


def visit(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """联合到场: when, who came of those that were called, what was agreed. Who was called and stayed away is named."""
    rule = article(state, "lead")
    if given.on is None or given.on > civil_day(at):
        raise Refused("visit_day", "请写明到场的日期，不能晚于今天。", "State the day of the visit, not after today.", rule, "on")  # fmt: skip
    if given.how not in ("morning", "afternoon"):
        raise Refused("half", "请选上午或者下午。", "Choose morning or afternoon.", rule, "how")
    came = tuple(dict.fromkeys(given.offices))
    called = tuple(dict.fromkeys((state.lead, *state.assisting, *given.called)))
    if not set(came) & set(called) or len({*came, *called}) < 2:
        raise Refused(
            "several_units", "联合到场要写两个以上的单位，其中至少一个到了场。",
            "A joint visit has two units or more, of which one at least came.", rule, "offices",
        )  # fmt: skip
    said(given, "看到什么、商定什么", "what was found and agreed", rule)
    data = {
        **told(given, at, by),
        "visited_on": given.on,
        "half": given.how,
        "came": list(came),
        "absent": [office for office in called if office and office not in came],
    }
    return [Fact(events.VISITED, data)]


def _a_point(state: TicketState) -> None:
    if state.kind is not Kind.PAIN_POINT:
        raise Refused("not_a_point", "这件不是堵点痛点。", "This is no pain point.")
