"""办件命令: one declaration each says who may, in which states, with which input, and what it is called.

The same table answers "what may this person do now", draws the buttons, and makes the API operations.
"""

from __future__ import annotations

from enum import Enum

from banshi.contexts.cases.rules import hearings, pauses, steps, watch, works
from banshi.contexts.cases.values import OPEN, SpecialProcedure, Status
from banshi.kernel import commands
from banshi.kernel.commands import Ask as Ask
from banshi.kernel.commands import Choice as Choice


class Seat(Enum):
    """席位: as whom somebody acts on a case."""

    LEAD = "lead"  # a post at the case's own office
    WORK = "work"  # a post at the office of an open work
    HALL = "hall"  # a window of the hall that took the case
    APPLICANT = "applicant"
    SUPERVISOR = "supervisor"  # a supervisor of the case's county or its city
    GOVERNMENT = "government"  # the head of the government of the case's county or its city
    SYSTEM = "system"


# Kinds of `Ask`: text, choice, number, date, yes (ticked at first), no, office, person, people, checklist, expert, clock, work, done_work, photos
Command = commands.Command[Seat, Status, steps.Step]

_OFFICER, _APPROVER = frozenset({"officer"}), frozenset({"approver"})
_CLERK, _LEADER = frozenset({"window_clerk"}), frozenset({"leader"})
_ANYONE = _OFFICER | _APPROVER | _LEADER
_ANY: frozenset[str] = frozenset()
_LEAD, _WORKING = {Seat.LEAD: _OFFICER}, {Seat.WORK: _OFFICER}
_LEAD_OR_SYSTEM = {Seat.LEAD: _OFFICER, Seat.SYSTEM: _ANY}

_DECIDED = frozenset({Status.PASSED, Status.REFUSED})
_RECEIVED, _IN_REVIEW = frozenset({Status.RECEIVED}), frozenset({Status.IN_REVIEW})
_HANDLING = frozenset({Status.ACCEPTED, Status.IN_REVIEW})
_WORKS_OPEN = frozenset({Status.IN_REVIEW, Status.SUSPENDED})
_WORK = Ask("work", "环节", "work", required=True)
_OWN_WORK = Ask("work", "环节", "work")
_HEARING = SpecialProcedure.HEARING  # stops the clock by its own notice
_CRITERIA = (
    Ask("looked", "看过、符合的审批条件", "checklist"),
    Ask("unmet", "不符合的审批条件", "checklist", help="不予的，至少勾一条。"),
)


def _words(label: str, help: str = "") -> Ask:
    return Ask("text", label, required=True, help=help)


def _choice(name: str, label: str, texts: dict[str, str], required: bool = True) -> Ask:
    return Ask(name, label, "choice", tuple(Choice(key, text) for key, text in texts.items()), required)


_TABLE = (
    Command(
        "accept",
        "受理",
        "a",
        {Seat.LEAD: _OFFICER, Seat.HALL: _CLERK, Seat.SYSTEM: _ANY},
        _RECEIVED,
        steps.accept,
        (Ask("dispatch", "受理后立即派发给各部门", "yes"),),
    ),
    Command(
        "request_correction",
        "一次性告知补正",
        "b",
        {Seat.LEAD: _OFFICER, Seat.HALL: _CLERK},
        _RECEIVED,
        steps.request_correction,
        (
            _words("需要补正的全部内容", "只能告知一次，请一次写全：哪份材料、哪里不对、怎么改。"),
            Ask("days", "补正期限（工作日）", "number", help="不填按10个工作日。"),
        ),
    ),
    Command(
        "supply_correction",
        "提交补正",
        "b",
        {Seat.APPLICANT: _ANY, Seat.HALL: _CLERK},
        frozenset({Status.CORRECTING}),
        steps.supply_correction,
    ),
    Command(
        "not_required",
        "不受理（不需要办理）",
        "n",
        _LEAD,
        _RECEIVED,
        steps.not_required,
        (_words("不需要办理的理由"),),
    ),
    Command(
        "reject",
        "不予受理",
        "r",
        _LEAD,
        _RECEIVED,
        steps.reject,
        (
            _words("不予受理的理由"),
            Ask("reference", "应当向哪个机关申请", help="不属于本机关职权的，一定要写。"),
            Ask("false", "申请人隐瞒情况或者提供虚假材料", "no"),
        ),
    ),
    Command("assign", "派发", "p", _LEAD_OR_SYSTEM, frozenset({Status.ACCEPTED}), steps.assign),
    Command(
        "transfer",
        "转办",
        "t",
        _LEAD,
        frozenset({Status.RECEIVED, Status.ACCEPTED, Status.IN_REVIEW}),
        steps.transfer,
        (
            Ask("reference", "转给", "office", required=True),
            _words("理由", "时限不停；首接部门仍然看得到，负责跟到底。"),
        ),
    ),
    Command(
        "opine",
        "提出意见",
        "o",
        _WORKING,
        _IN_REVIEW,
        works.opine,
        (
            _WORK,
            _choice("verdict", "意见", {"agree": "同意", "disagree": "不同意"}),
            Ask("text", "说明", help="不同意的，写明理由。"),
            Ask("people", "同去的工作人员", "people", help="现场核查应当两人以上，写明和您同去的人。"),
        ),
    ),
    Command(
        "schedule",
        "约定时间",
        "j",
        _WORKING,
        _IN_REVIEW,
        works.schedule,
        (_WORK, Ask("on", "日期", "date", required=True, help="踏勘、评审和会议都不停时限。")),
    ),
    Command("draw_experts", "抽取专家", "q", _WORKING, _WORKS_OPEN, works.draw_experts, (_WORK,)),
    Command(
        "recuse",
        "专家回避",
        "",
        _WORKING,
        _WORKS_OPEN,
        works.recuse,
        (_WORK, Ask("reference", "哪位专家", "expert", required=True), _words("回避的理由")),
    ),
    Command(
        "record",
        "登记核查、评审或纪要",
        "c",
        _WORKING,
        _WORKS_OPEN,
        works.record,
        (
            _WORK,
            Ask("people", "参加的人", "people"),
            Ask("checks", "核查清单：符合的打勾", "checklist"),
            Ask("files", "现场照片", "photos", help="JPG 或 PNG，一次最多10张。"),
            _words("情况、意见或纪要"),
        ),
    ),
    Command(
        "return_work",
        "退回重办",
        "k",
        {Seat.LEAD: _ANYONE},
        _IN_REVIEW,
        works.return_work,
        (Ask("work", "退回哪个环节", "done_work", required=True), _words("理由", "时限不停。")),
    ),
    Command(
        "hand_over",
        "移交承办人",
        "h",
        {Seat.LEAD: _OFFICER, Seat.WORK: _OFFICER},
        OPEN,
        works.hand_over,
        (_OWN_WORK, Ask("people", "交给", "person", required=True)),
    ),
    Command(
        "take_back",
        "收回",
        "",
        {Seat.LEAD: _OFFICER, Seat.WORK: _OFFICER},
        OPEN,
        works.take_back,
        (_OWN_WORK,),
    ),
    Command(
        "reassign",
        "改派",
        "g",
        {Seat.LEAD: _APPROVER | _LEADER, Seat.WORK: _APPROVER | _LEADER},
        OPEN,
        works.reassign,
        (_OWN_WORK, Ask("people", "改派给", "person", required=True)),
    ),
    Command(
        "propose_refusal",
        "提请不予受理",
        "n",
        {Seat.HALL: _CLERK},
        _RECEIVED,
        steps.propose_refusal,
        (_words("理由", "窗口不能自行拒绝；由部门核定。"),),
    ),
    Command(
        "inform_interested",
        "告知利害关系人",
        "",
        _LEAD,
        _HANDLING,
        hearings.inform_interested,
        (_words("告知了谁、告知了什么"),),
    ),
    Command(
        "hear_interested", "听取意见", "", _LEAD, _HANDLING, hearings.hear_interested, (_words("陈述和申辩"),)
    ),
    Command("offer_hearing", "告知听证权利", "", _LEAD, _HANDLING, hearings.offer, (Ask("text", "说明"),)),
    Command(
        "request_hearing",
        "申请听证",
        "",
        {Seat.APPLICANT: _ANY, Seat.HALL: _CLERK, Seat.LEAD: _OFFICER},
        _HANDLING,
        hearings.request,
    ),
    Command(
        "schedule_hearing",
        "听证通知",
        "",
        _LEAD,
        _HANDLING,
        hearings.schedule,
        (
            Ask("on", "举行的日期", "date", required=True),
            Ask("people", "主持人", "person", required=True, help="审查这件申请的人不能主持。"),
            _words("时间、地点和事由"),
            Ask("confirmed", "没有人申请，本机关认为涉及公共利益、需要听证，已经向社会公告", "no"),
        ),
    ),
    Command(
        "hold_hearing",
        "举行听证",
        "",
        {Seat.LEAD: _OFFICER | _APPROVER},
        frozenset({Status.SUSPENDED}),
        hearings.hold,
        (_words("听证笔录"),),
    ),
    Command(
        "extend",
        "延期",
        "e",
        {Seat.LEAD: _APPROVER | _LEADER, Seat.GOVERNMENT: frozenset({"governor"})},
        _HANDLING,
        pauses.extend,
        (
            Ask(
                "days",
                "延长（工作日）",
                "number",
                required=True,
                help="只能延期一次，最多10个工作日；联合办理的最多15个工作日。",
            ),
            _words("理由", "将书面告知申请人。"),
        ),
    ),
    Command(
        "escalate",
        "提请领导审批",
        "u",
        {Seat.LEAD: _OFFICER | _APPROVER},
        _IN_REVIEW,
        steps.escalate,
        (_words("理由"), Ask("confirmed", "已经知道提请比例会超过上限，仍然提请", "no")),
    ),
    Command(
        "urge",
        "督办",
        "u",
        {Seat.SUPERVISOR: frozenset({"supervisor"}), Seat.SYSTEM: _ANY},
        OPEN | _DECIDED,
        watch.urge,
        (Ask("work", "督办什么", "clock"), _words("内容")),
    ),
    Command(
        "answer_urge",
        "答复督办",
        "y",
        {Seat.LEAD: _ANYONE, Seat.WORK: _ANYONE, Seat.HALL: _CLERK},
        OPEN | _DECIDED,
        watch.answer_urge,
        (_words("原因和办完的时间"),),
    ),
    Command("reclock", "时限重新计算", "", {Seat.SYSTEM: _ANY}, OPEN, watch.reclock, shown=False),
    Command(
        "deem_agreed", "逾期视为同意", "", {Seat.SYSTEM: _ANY}, _IN_REVIEW, works.deem_agreed, shown=False
    ),
    Command(
        "deem_renewed",
        "视为准予延续",
        "",
        {Seat.SYSTEM: _ANY},
        OPEN - {Status.CORRECTING},
        steps.deem_renewed,
        shown=False,
    ),
    Command(
        "start_special",
        "特别程序（暂停时限）",
        "s",
        _LEAD,
        _HANDLING,
        pauses.start_special,
        (
            _choice(
                "kind", "程序", {one.value: one.label for one in SpecialProcedure if one is not _HEARING}
            ),
            Ask("days", "预计需要（工作日）", "number", required=True),
            _words("理由", "将书面告知申请人。"),
        ),
    ),
    Command("end_special", "特别程序结束", "s", _LEAD, frozenset({Status.SUSPENDED}), pauses.end_special),
    Command(
        "review",
        "审查",
        "v",
        _LEAD,
        _IN_REVIEW,
        steps.review,
        (
            _choice("verdict", "结论", {"pass": "建议准予", "refuse": "建议不予"}),
            *_CRITERIA,
            Ask("text", "说明", help="建议不予的，写明理由和依据。"),
        ),
    ),
    Command(
        "decide",
        "决定",
        "d",
        {Seat.LEAD: _ANYONE, Seat.SYSTEM: _ANY},
        _IN_REVIEW,
        steps.decide,
        (
            _choice("verdict", "决定", {"pass": "准予", "refuse": "不予"}),
            *_CRITERIA,
            Ask("text", "理由", help="不予的，写明理由和依据的条款，申请人会收到救济途径。"),
            Ask("false", "申请人隐瞒情况或者提供虚假材料", "no"),
        ),
    ),
    Command(
        "deliver",
        "送达",
        "l",
        {Seat.HALL: _CLERK, Seat.LEAD: _OFFICER, Seat.SYSTEM: _ANY},
        _DECIDED,
        steps.deliver,
        (_choice("how", "方式", {"window": "窗口领取", "post": "邮寄", "online": "网上送达"}),),
    ),
    Command(
        "withdraw", "撤回申请", "w", {Seat.APPLICANT: _ANY}, OPEN, steps.withdraw, (Ask("text", "撤回原因"),)
    ),
    Command(
        "revoke",
        "撤销",
        "x",
        {Seat.LEAD: _APPROVER},
        frozenset({Status.PASSED}),
        steps.revoke,
        (
            _choice(
                "kind",
                "情形",
                {
                    "abuse": "滥用职权、玩忽职守作出",
                    "beyond_power": "超越法定职权作出",
                    "procedure": "违反法定程序作出",
                    "unqualified": "申请人不具备资格或者不符合条件",
                    "fraud": "以欺骗、贿赂等不正当手段取得",
                    "other": "依法可以撤销的其他情形",
                },
                required=False,
            ),
            _words("撤销的理由和依据"),
        ),
    ),
    Command(
        "cancel",
        "注销",
        "z",
        {Seat.LEAD: _APPROVER | _LEADER},
        frozenset({Status.PASSED, Status.REVOKED}),
        steps.cancel,
        (
            _choice(
                "kind",
                "情形",
                {
                    "expired": "有效期届满未延续",
                    "person_gone": "该公民死亡或者丧失行为能力",
                    "firm_gone": "法人或者其他组织依法终止",
                    "withdrawn": "依法被撤销、撤回，或者证件被吊销",
                    "impossible": "因不可抗力无法实施",
                    "other": "法律、法规规定的其他情形",
                },
            ),
            _words("情形和依据"),
        ),
    ),
    Command(
        "certify", "制证", "", {Seat.SYSTEM: _ANY}, frozenset({Status.PASSED}), steps.certify, shown=False
    ),
    Command(
        "deem_accepted", "视为受理", "", {Seat.SYSTEM: _ANY}, _RECEIVED, steps.deem_accepted, shown=False
    ),
    Command(
        "deem_withdrawn",
        "视为撤回",
        "",
        {Seat.SYSTEM: _ANY},
        frozenset({Status.CORRECTING}),
        steps.deem_withdrawn,
        shown=False,
    ),
)
COMMANDS = {command.name: command for command in _TABLE}
