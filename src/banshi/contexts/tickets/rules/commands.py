"""工单命令: one declaration each says who may, in which states, with which input, and what it is called.

The same table answers "what may this person do now", draws the buttons, and makes the API operations.
"""

from __future__ import annotations

from enum import Enum

from banshi.contexts.tickets.rules import oversight, steps
from banshi.contexts.tickets.values import (
    OPEN,
    Breach,
    Called,
    Mode,
    Nature,
    Reply,
    Status,
    Trigger,
    Urgency,
)
from banshi.kernel import commands
from banshi.kernel.commands import Ask as Ask
from banshi.kernel.commands import Choice as Choice


class Seat(Enum):
    """席位: as whom somebody acts on a ticket."""

    CENTRE = "centre"  # a post of the centre that sees to it
    LEAD = "lead"  # a post at the leading unit
    ASSIST = "assist"  # a post at an assisting unit
    PERSON = "person"  # who said it
    SUPERVISOR = "supervisor"  # a supervisor of the ticket's county or its city
    GOVERNMENT = "government"  # the head of the government of the centre's place
    SYSTEM = "system"


# Kinds of `Ask`: text, choice, number, date, no (a box not ticked), office, offices, category, ground, route, cause, item, ticket, person, which
Command = commands.Command[Seat, Status, steps.Step]

_OPERATOR, _DISPATCHER = "hotline_operator", "dispatcher"
_CHECKER, _CALLER, _CHIEF = frozenset({"reply_checker"}), frozenset({"caller"}), frozenset({"centre_chief"})
_FRONT = frozenset({_OPERATOR, _DISPATCHER, "centre_chief"})
_SENDING = frozenset({_DISPATCHER, "centre_chief"})
_OFFICER, _HEADS = frozenset({"officer"}), frozenset({"leader", "approver"})
_LEADER = frozenset({"leader"})
_ANY: frozenset[str] = frozenset()
_WATCHING = {Seat.SUPERVISOR: frozenset({"supervisor"}), Seat.CENTRE: _CHIEF}
_FRONT_STATES = frozenset({Status.RAISED, Status.RETURNED})
_RUNNING = OPEN - {Status.MERGED}
_WITH_UNIT = frozenset({Status.DISPATCHED, Status.HANDLING})


def _choices(kinds: type) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.label) for one in kinds)  # type: ignore[attr-defined]


def _words(label: str, help: str = "", *, required: bool = True) -> Ask:
    return Ask("text", label, required=required, help=help)


_DECIDING = (Choice("pass", "同意"), Choice("refuse", "不同意"))

_TABLE = (
    Command(
        "dispatch",
        "派单",
        "p",
        {Seat.CENTRE: _SENDING, Seat.SYSTEM: _ANY},
        _FRONT_STATES | {Status.ESCALATED},
        steps.dispatch,
        (
            Ask("reference", "主办单位", "office", required=True),
            Ask("offices", "协办单位", "offices"),
            Ask("decided", "职责有争议，由中心指定，不得退回", "no"),
            Ask("difficult", "疑难", "no"),
            Ask("days", "法定时限（更长的）", "number"),
            Ask("unit", "单位", "choice", (Choice("workday", "工作日"), Choice("day", "自然日"))),
            _words("交代的话；写了法定时限的，写明条款", required=False),
        ),
    ),
    Command("answer", "当场答复", "a", {Seat.CENTRE: _FRONT}, _FRONT_STATES, steps.answer, (_words("答复"),)),
    Command(
        "decline",
        "不予受理",
        "n",
        {Seat.CENTRE: _FRONT},
        frozenset({Status.RAISED}),
        steps.decline,
        (
            Ask("kind", "情形", "ground", required=True),
            Ask("how", "告知的办理途径", "route"),
            _words("理由", "会告诉当事人。"),
        ),
    ),
    Command(
        "merge",
        "并入重复工单",
        "m",
        {Seat.CENTRE: _FRONT},
        _FRONT_STATES | _WITH_UNIT,
        oversight.merge,
        (Ask("reference", "主单", "ticket", required=True),),
    ),
    Command(
        "separate",
        "取消并单",
        "m",
        {Seat.CENTRE: _FRONT},
        frozenset({Status.MERGED}),
        oversight.separate,
    ),
    Command(
        "refuse_return",
        "不同意退回",
        "k",
        {Seat.CENTRE: _SENDING},
        frozenset({Status.RETURNED}),
        steps.refuse_return,
        (_words("理由"),),
    ),
    Command(
        "classify",
        "调整分类",
        "f",
        {Seat.CENTRE: _FRONT},
        _RUNNING,
        oversight.classify,
        (
            Ask("category", "分类", "category"),
            Ask("urgency", "紧急程度", "choice", _choices(Urgency)),
            Ask("nature", "性质", "choice", _choices(Nature)),
        ),
    ),
    Command("sign", "签收", "s", {Seat.LEAD: _OFFICER}, frozenset({Status.DISPATCHED}), steps.sign),
    Command(
        "return",
        "申请退回",
        "b",
        {Seat.LEAD: _OFFICER},
        _WITH_UNIT,
        steps.give_back,
        (Ask("reference", "应当由谁办", "office"), _words("理由", "为什么不属于本单位职责。")),
    ),
    Command(
        "contact",
        "联系当事人",
        "c",
        {Seat.LEAD: _OFFICER, Seat.CENTRE: _CALLER | {_OPERATOR}},
        _WITH_UNIT,
        steps.contact,
        (
            Ask(
                "verdict",
                "结果",
                "choice",
                (Choice("reached", "已联系上"), Choice("unreached", "没有联系上")),
                required=True,
            ),
            _words("了解到的情况", required=False),
        ),
    ),
    Command(
        "assist",
        "协办意见",
        "o",
        {Seat.ASSIST: _OFFICER},
        _WITH_UNIT,
        steps.assist,
        (Ask("reference", "协办单位", "office", required=True), _words("协办情况")),
    ),
    Command(
        "reply",
        "答复",
        "r",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.HANDLING, Status.TRACKING}),
        steps.reply,
        (
            Ask("verdict", "类型", "choice", _choices(Reply), required=True),
            Ask("on", "何时解决（提出方案的）", "date"),
            _words("办理情况和答复"),
            Ask("confirmed", "不等协办单位", "no"),
        ),
    ),
    Command(
        "request_extension",
        "申请延期",
        "e",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.HANDLING}),
        steps.request_extension,
        (Ask("days", "延长（工作日）", "number", required=True), _words("理由")),
    ),
    Command(
        "decide_extension",
        "批准延期",
        "e",
        {Seat.LEAD: _LEADER},
        frozenset({Status.HANDLING}),
        steps.decide_extension,
        (Ask("verdict", "意见", "choice", _DECIDING, required=True), _words("说明", required=False)),
    ),
    Command(
        "propose_termination",
        "提请终止",
        "t",
        {Seat.LEAD: _OFFICER | _HEADS},
        frozenset({Status.HANDLING}),
        steps.propose_termination,
        (Ask("kind", "情形", "ground", required=True), _words("事实和依据")),
    ),
    Command(
        "decide_termination",
        "审核终止",
        "t",
        {Seat.CENTRE: _CHECKER | _CHIEF},
        frozenset({Status.TERMINATING}),
        steps.decide_termination,
        (
            Ask("verdict", "意见", "choice", _DECIDING, required=True),
            _words("向当事人的解释", required=False),
        ),
    ),
    Command(
        "check",
        "审核答复",
        "v",
        {Seat.CENTRE: _CHECKER | _CHIEF},
        frozenset({Status.REPLIED}),
        steps.check,
        (
            Ask(
                "verdict",
                "结论",
                "choice",
                (Choice("pass", "通过"), Choice("back", "退回重办")),
                required=True,
            ),
            _words("哪里没有办到", required=False),
        ),
    ),
    Command(
        "call_back",
        "回访",
        "l",
        {Seat.CENTRE: _CALLER | _CHIEF, Seat.PERSON: _ANY, Seat.SYSTEM: _ANY},
        frozenset({Status.CALLING}),
        steps.call_back,
        (
            Ask("verdict", "结果", "choice", _choices(Called), required=True),
            _words("哪里不满意", required=False),
        ),
    ),
    Command(
        "escalate",
        "提级研究",
        "u",
        {Seat.LEAD: _LEADER, Seat.CENTRE: _CHIEF},
        frozenset({Status.HANDLING, Status.TRACKING, Status.ESCALATED}),
        steps.escalate,
        (_words("为什么解决不了"),),
    ),
    Command(
        "conclude",
        "研究后办结",
        "d",
        {Seat.CENTRE: _CHIEF, Seat.GOVERNMENT: frozenset({"governor"})},
        frozenset({Status.ESCALATED}),
        steps.conclude,
        (_words("研究处理的结果", "会告诉当事人。"),),
    ),
    Command(
        "urge",
        "催办",
        "g",
        {Seat.PERSON: _ANY, Seat.CENTRE: _FRONT | _CALLER},
        _RUNNING - {Status.RAISED},
        oversight.urge,
        (_words("内容", required=False),),
    ),
    Command(
        "note",
        "补充情况",
        "i",
        {Seat.PERSON: _ANY, Seat.CENTRE: _FRONT | _CALLER},
        _RUNNING,
        steps.note,
        (_words("补充的情况"),),
    ),
    Command("withdraw", "撤回", "w", {Seat.PERSON: _ANY}, _RUNNING, steps.withdraw),
    Command(
        "supervise",
        "督办",
        "u",
        _WATCHING,
        _RUNNING,
        oversight.supervise,
        (
            Ask("kind", "情形", "choice", _choices(Trigger), required=True),
            Ask("how", "方式", "choice", _choices(Mode), required=True),
            _words("内容"),
        ),
    ),
    Command(
        "answer_supervision",
        "答复督办",
        "y",
        {Seat.LEAD: _OFFICER | _HEADS},
        _RUNNING,
        oversight.answer_supervision,
        (_words("原因和办完的时间"),),
    ),
    Command(
        "find_cause",
        "查明原因",
        "x",
        {Seat.LEAD: _OFFICER | _HEADS, Seat.CENTRE: _FRONT | _CHECKER},
        frozenset(Status) - {Status.WITHDRAWN, Status.MERGED},
        oversight.find_cause,
        (
            Ask("kind", "原因", "cause", required=True),
            Ask("reference", "哪个事项", "item"),
            _words("说明", required=False),
        ),
    ),
    Command(
        "settle_defect",
        "处理事项缺陷",
        "",
        {Seat.LEAD: _HEADS, Seat.CENTRE: _CHIEF},
        frozenset(Status),
        oversight.settle_defect,
        (
            Ask("n", "哪一条", "which", required=True),
            Ask(
                "verdict",
                "结果",
                "choice",
                (Choice("fixed", "已经修改"), Choice("no_defect", "不是缺陷")),
                required=True,
            ),
            _words("改了什么"),
        ),
    ),
    Command(
        "find_breach",
        "追责",
        "z",
        _WATCHING,
        frozenset(Status),
        oversight.find_breach,
        (
            Ask("kind", "情形", "choice", _choices(Breach), required=True),
            Ask("reference", "责任单位", "office"),
            Ask("post", "责任岗位"),
            Ask("person", "责任人", "person"),
            _words("事实"),
        ),
    ),
    Command(
        "record_disposal",
        "登记追责处理",
        "",
        _WATCHING,
        frozenset(Status),
        oversight.record_disposal,
        (Ask("n", "哪一条", "which", required=True), _words("处理结果")),
    ),
    Command("remind", "到期提醒", "", {Seat.SYSTEM: _ANY}, _RUNNING, oversight.remind, shown=False),
    Command("reclock", "时限重新计算", "", {Seat.SYSTEM: _ANY}, _RUNNING, steps.reclock, shown=False),
)
COMMANDS = {command.name: command for command in _TABLE}
