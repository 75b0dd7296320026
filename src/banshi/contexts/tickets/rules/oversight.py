"""督办、并单、原因和追责: what is done about a ticket beside handling it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules import clocks
from banshi.contexts.tickets.rules.steps import closed, supervised
from banshi.contexts.tickets.rules.words import article, said
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Breach, Mode, Nature, Outcome, Trigger, Urgency
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, civil_day


def urge(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """催办: by the person, or for them by the hotline."""
    data = {"on": civil_day(at), "by": by, "office": state.lead or state.centre}
    return [Fact(events.URGED, {**data, "text": given.text, "digest": given.digest})]


def remind(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """到期提醒: yellow is told; red of the unit's is supervised daily; red for long is listed (潍坊 art. 26)."""
    due = clocks.alarms(state, calendar, at)
    if not due:
        raise Refused("nothing_due", "现在没有到期的。", "Nothing is due now.")
    found = []
    for alarm in due:
        trigger = Trigger.NOT_TAKEN if alarm.key == "sign" else Trigger.OVERDUE
        if (
            alarm.level == "yellow"
            or alarm.key not in clocks.UNIT_CLOCKS
            or trigger not in state.terms.triggers
        ):
            office = state.lead if alarm.key in clocks.UNIT_CLOCKS else state.centre
            data = {"on": civil_day(at), "key": alarm.key, "level": alarm.level, "due_on": alarm.due_on}
            found.append(Fact(events.WARNED, {**data, "office": office, "taken_by": state.taken_by}))
        else:
            mode = Mode.LISTED if alarm.level == "listed" else Mode.DAILY
            clock = (alarm.key, alarm.level, alarm.due_on)
            found.append(supervised(state, trigger, mode, at, by, clock=clock))
    return found


def supervise(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """督办 by a person: for one of the place's triggers, in one of the three ways."""
    rule = article(state, "supervise")
    if given.kind not in state.terms.triggers:
        raise Refused("trigger", "请选择督办的情形。", "Choose the ground of the supervision.", rule, "kind")
    if given.how not in Mode:
        raise Refused("mode", "请选择日常、挂牌或者约谈督办。", "Choose how it is supervised.", rule, "how")
    if not state.lead:
        raise Refused("no_unit", "还没有派单，没有可以督办的单位。", "It is with no unit yet.", rule)
    said(given, "督办的内容", "what is demanded", rule)
    return [supervised(state, Trigger(given.kind), Mode(given.how), at, by, given)]


def answer_supervision(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """答复督办: what holds it up, and by when it is done."""
    if all(one.answered_on for one in state.supervisions):
        raise Refused("no_supervision", "没有待答复的督办。", "No supervision waits for an answer.")
    said(given, "原因和办完的时间", "the reason, and by when", article(state, "supervise"))
    data = {"on": civil_day(at), "by": by, "text": given.text, "digest": given.digest}
    return [Fact(events.SUPERVISION_ANSWERED, data)]


def triggers(state: TicketState, at: datetime, calendar: Calendar) -> list[Trigger]:
    """督办情形 that hold at `at`, of those that the place knows: three by the clock, the others as somebody has stated."""
    on = civil_day(at)
    late = {clock.key for clock in clocks.clocks(state, calendar) if on > clock.due_on}
    holding = {one.trigger for one in state.supervisions if one.answered_on is None}
    if "sign" in late:
        holding.add(Trigger.NOT_TAKEN)
    if late & {"contact", "handle", "plan"}:
        holding.add(Trigger.OVERDUE)
    if state.status.open and state.round >= max(1, state.terms.rounds):
        holding.add(Trigger.UNSOLVED)
    return [one for one in Trigger if one in holding and one in state.terms.triggers]


def merge(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """并单: into the ticket that says the same (`reference`: its id); it closes with that one."""
    if state.children:
        raise Refused(
            "has_children", "这件下面已经并有工单，不能再并入别的。", "Others are merged into this one."
        )
    if given.reference == str(state.id):
        raise Refused("same_ticket", "不能并入自己。", "It cannot be merged into itself.", "", "reference")
    data = {"on": civil_day(at), "by": by, "parent": UUID(given.reference)}
    return [Fact(events.MERGED, data)]


def join(parent: TicketState, child: TicketState, at: datetime) -> list[Fact]:
    """The same on the parent's side. Raises `Refused` for one that others cannot wait for."""
    if not parent.status.open or parent.parent or parent.centre != child.centre:
        raise Refused(
            "parent",
            "只能并入同一中心、还在办理、自己没有并入别单的工单。",
            "The other ticket must be open, of the same centre, and not itself merged.",
            "",
            "reference",
        )
    return [Fact(events.JOINED, {"on": civil_day(at), "child": child.id})]


def separate(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """取消并单: it was another matter after all, and is dispatched on its own."""
    return [Fact(events.SEPARATED, {"on": civil_day(at), "by": by, "parent": state.parent})]


def leave(parent: TicketState, child: TicketState, at: datetime) -> list[Fact]:
    """The same on the parent's side."""
    return [Fact(events.LEFT, {"on": civil_day(at), "child": child.id})]


def end_with_parent(at: datetime) -> list[Fact]:
    """随主单办结."""
    return [closed(at, Outcome.WITH_PARENT)]


def classify(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """调整分类: category, urgency, nature; what is left out stays."""
    if (given.urgency and given.urgency not in Urgency) or (given.nature and given.nature not in Nature):
        raise Refused("class", "请从列出的选项中选。", "Choose one of those listed.", "", "urgency")
    data = {
        "on": civil_day(at),
        "by": by,
        "category": given.category or state.category,
        "urgency": Urgency(given.urgency or state.urgency),
        "nature": Nature(given.nature or state.nature),
    }
    if (data["category"], data["urgency"], data["nature"]) == (state.category, state.urgency, state.nature):
        raise Refused("unchanged", "分类没有变化。", "Nothing has changed.")
    return [Fact(events.CLASSIFIED, data | ({"terms": given.terms} if given.terms else {}))]


def find_cause(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """查明原因: why it could not be done. One that lies in an item's definition is a finding about that item."""
    data = {"on": civil_day(at), "by": by, "text": given.text, "digest": given.digest}
    found = [Fact(events.CAUSE_FOUND, {**data, "cause": given.kind, "lies_in": given.how})]
    if given.how != "item":
        return found
    item = given.reference or state.about.item
    if not item:
        raise Refused(
            "item_needed", "原因在事项本身的，请写明是哪个事项。", "Name the item whose definition is at fault.",
            "", "reference",
        )  # fmt: skip
    defect = {"n": len(state.defects), "cause": given.kind, "item": item, "part": given.part}
    return [*found, Fact(events.DEFECT_FOUND, {**data, **defect})]


def settle_defect(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """事项缺陷处理结果: the definition was put right, or there was nothing wrong with it."""
    if not 0 <= given.n < len(state.defects) or state.defects[given.n].settled:
        raise Refused("defect", "没有这一条待处理的缺陷。", "There is no such open finding.", "", "n")
    if given.verdict not in ("fixed", "no_defect"):
        raise Refused("verdict", "请选择已经修改或者不是缺陷。", "Choose fixed or no defect.", "", "verdict")
    said(given, "改了什么，或者为什么不用改", "what was changed, or why nothing")
    data = {"on": civil_day(at), "by": by, "n": given.n, "item": state.defects[given.n].item}
    return [
        Fact(
            events.DEFECT_SETTLED,
            {**data, "settled": given.verdict, "text": given.text, "digest": given.digest},
        )
    ]


def find_breach(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """追责: a breach, and the office and post that answer for it (潍坊 art. 33)."""
    rule = article(state, "breach")
    if given.kind not in Breach:
        raise Refused("breach", "请选择追责的情形。", "Choose the breach.", rule, "kind")
    office = given.reference or state.lead
    if not office:
        raise Refused("no_unit", "请写明责任单位。", "Name the responsible office.", rule, "reference")
    if given.kind == Breach.UNRECTIFIED and not state.supervisions:
        raise Refused(
            "never_supervised", "没有督办过，不能按“督办后仍未整改”追责。",
            "It was never supervised, so that is no breach of a supervision.", rule, "kind",
        )  # fmt: skip
    said(given, "事实", "the facts", rule)
    data = {
        "n": len(state.breaches),
        "on": civil_day(at),
        "by": by,
        "breach": Breach(given.kind),
        "office": office,
        "post": given.post,
        "staff": given.person,
        "text": given.text,
        "digest": given.digest,
    }
    return [Fact(events.BREACH_FOUND, data)]


def record_disposal(
    state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar
) -> list[Fact]:
    """追责处理结果: what the competent body has done about it."""
    if not 0 <= given.n < len(state.breaches) or state.breaches[given.n].disposed_on:
        raise Refused("no_breach", "没有这一条待处理的追责。", "There is no such open breach.", "", "n")
    said(given, "处理结果", "what was done", article(state, "breach"))
    data = {"n": given.n, "on": civil_day(at), "by": by, "text": given.text, "digest": given.digest}
    return [Fact(events.BREACH_DISPOSED, data)]
