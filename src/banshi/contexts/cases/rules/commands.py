"""办件命令: one declaration each says who may, in which states, with which input, and what it is called.

The same table answers "what may this person do now", draws the buttons, and makes the API operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from banshi.contexts.cases.rules import hearings, law, steps, watch, works
from banshi.contexts.cases.rules.state import decider
from banshi.contexts.cases.values import OPEN, CaseState, Input, SpecialProcedure, Status
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused


class Seat(Enum):
    """席位: as whom somebody acts on a case."""

    LEAD = "lead"  # a post at the case's own office
    WORK = "work"  # a post at the office of an open work
    HALL = "hall"  # a window of the hall that took the case
    APPLICANT = "applicant"
    SUPERVISOR = "supervisor"  # a supervisor of the case's county or its city
    GOVERNMENT = "government"  # the head of the government of the case's county or its city
    SYSTEM = "system"


class Choice(NamedTuple):
    """选项 of an input."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Ask:
    """输入项 of a command: `name` is a field of `values.Input`, or `text` for words that are kept privately."""

    name: str
    label: str
    # text, choice, number, date, yes (ticked at first), no, office, person, people, checklist, expert, clock, work, done_work, photos
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """命令: `seats` maps a seat to the kinds of post that may take it (none: whoever has the seat)."""

    name: str
    title: str
    key: str  # on the keyboard
    seats: dict[Seat, frozenset[str]]
    states: frozenset[Status]
    step: steps.Step
    asks: tuple[Ask, ...] = ()
    shown: bool = True


_OFFICER, _APPROVER = frozenset({"officer"}), frozenset({"approver"})
_CLERK, _LEADER = frozenset({"window_clerk"}), frozenset({"leader"})
_ANYONE = _OFFICER | _APPROVER | _LEADER
_ANY: frozenset[str] = frozenset()
_LEAD_OR_SYSTEM = {Seat.LEAD: _OFFICER, Seat.SYSTEM: _ANY}

_DECIDED = frozenset({Status.PASSED, Status.REFUSED})
_HANDLING = frozenset({Status.ACCEPTED, Status.IN_REVIEW})
_WORK = Ask("work", "环节", "work", required=True)
_OWN_WORK = Ask("work", "环节", "work")

_TABLE = (
    Command(
        "accept",
        "受理",
        "a",
        {Seat.LEAD: _OFFICER, Seat.HALL: _CLERK},
        frozenset({Status.RECEIVED}),
        steps.accept,
        (Ask("dispatch", "受理后立即派发给各部门", "yes"),),
    ),
    Command(
        "request_correction",
        "一次性告知补正",
        "b",
        {Seat.LEAD: _OFFICER, Seat.HALL: _CLERK},
        frozenset({Status.RECEIVED}),
        steps.request_correction,
        (
            Ask(
                "text",
                "需要补正的全部内容",
                required=True,
                help="只能告知一次，请一次写全：哪份材料、哪里不对、怎么改。",
            ),
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
        {Seat.LEAD: _OFFICER},
        frozenset({Status.RECEIVED}),
        steps.not_required,
        (Ask("text", "不需要办理的理由", required=True),),
    ),
    Command(
        "reject",
        "不予受理",
        "r",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.RECEIVED}),
        steps.reject,
        (
            Ask("text", "不予受理的理由", required=True),
            Ask("reference", "应当向哪个机关申请", help="不属于本机关职权的，一定要写。"),
            Ask("false", "申请人隐瞒情况或者提供虚假材料", "no"),
        ),
    ),
    Command("assign", "派发", "p", _LEAD_OR_SYSTEM, frozenset({Status.ACCEPTED}), steps.assign),
    Command(
        "transfer",
        "转办",
        "t",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.RECEIVED, Status.ACCEPTED, Status.IN_REVIEW}),
        steps.transfer,
        (
            Ask("reference", "转给", "office", required=True),
            Ask("text", "理由", required=True, help="时限不停；首接部门仍然看得到，负责跟到底。"),
        ),
    ),
    Command(
        "opine",
        "提出意见",
        "o",
        {Seat.WORK: _OFFICER},
        frozenset({Status.IN_REVIEW}),
        works.opine,
        (
            Ask("work", "环节", "work", required=True),
            Ask(
                "verdict",
                "意见",
                "choice",
                (Choice("agree", "同意"), Choice("disagree", "不同意")),
                required=True,
            ),
            Ask("text", "说明", help="不同意的，写明理由。"),
            Ask("people", "同去的工作人员", "people", help="现场核查应当两人以上，写明和您同去的人。"),
        ),
    ),
    Command(
        "schedule",
        "约定时间",
        "j",
        {Seat.WORK: _OFFICER},
        frozenset({Status.IN_REVIEW}),
        works.schedule,
        (_WORK, Ask("on", "日期", "date", required=True, help="踏勘、评审和会议都不停时限。")),
    ),
    Command(
        "draw_experts",
        "抽取专家",
        "q",
        {Seat.WORK: _OFFICER},
        frozenset({Status.IN_REVIEW, Status.SUSPENDED}),
        works.draw_experts,
        (_WORK,),
    ),
    Command(
        "recuse",
        "专家回避",
        "",
        {Seat.WORK: _OFFICER},
        frozenset({Status.IN_REVIEW, Status.SUSPENDED}),
        works.recuse,
        (
            _WORK,
            Ask("reference", "哪位专家", "expert", required=True),
            Ask("text", "回避的理由", required=True),
        ),
    ),
    Command(
        "record",
        "登记核查、评审或纪要",
        "c",
        {Seat.WORK: _OFFICER},
        frozenset({Status.IN_REVIEW, Status.SUSPENDED}),
        works.record,
        (
            _WORK,
            Ask("people", "参加的人", "people"),
            Ask("checks", "核查清单：符合的打勾", "checklist"),
            Ask("files", "现场照片", "photos", help="JPG 或 PNG，一次最多10张。"),
            Ask("text", "情况、意见或纪要", required=True),
        ),
    ),
    Command(
        "return_work",
        "退回重办",
        "k",
        {Seat.LEAD: _OFFICER | _APPROVER | _LEADER},
        frozenset({Status.IN_REVIEW}),
        works.return_work,
        (
            Ask("work", "退回哪个环节", "done_work", required=True),
            Ask("text", "理由", required=True, help="时限不停。"),
        ),
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
        frozenset({Status.RECEIVED}),
        steps.propose_refusal,
        (Ask("text", "理由", required=True, help="窗口不能自行拒绝；由部门核定。"),),
    ),
    Command(
        "inform_interested",
        "告知利害关系人",
        "",
        {Seat.LEAD: _OFFICER},
        _HANDLING,
        steps.inform_interested,
        (Ask("text", "告知了谁、告知了什么", required=True),),
    ),
    Command(
        "hear_interested",
        "听取意见",
        "",
        {Seat.LEAD: _OFFICER},
        _HANDLING,
        steps.hear_interested,
        (Ask("text", "陈述和申辩", required=True),),
    ),
    Command(
        "offer_hearing",
        "告知听证权利",
        "",
        {Seat.LEAD: _OFFICER},
        _HANDLING,
        hearings.offer,
        (Ask("text", "说明"),),
    ),
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
        {Seat.LEAD: _OFFICER},
        _HANDLING,
        hearings.schedule,
        (
            Ask("on", "举行的日期", "date", required=True),
            Ask("people", "主持人", "person", required=True, help="审查这件申请的人不能主持。"),
            Ask("text", "时间、地点和事由", required=True),
        ),
    ),
    Command(
        "hold_hearing",
        "举行听证",
        "",
        {Seat.LEAD: _OFFICER | _APPROVER},
        frozenset({Status.SUSPENDED}),
        hearings.hold,
        (Ask("text", "听证笔录", required=True),),
    ),
    Command(
        "extend",
        "延期",
        "e",
        {Seat.LEAD: _APPROVER | _LEADER, Seat.GOVERNMENT: frozenset({"governor"})},
        _HANDLING,
        steps.extend,
        (
            Ask(
                "days",
                "延长（工作日）",
                "number",
                required=True,
                help="只能延期一次，最多10个工作日；联合办理的最多15个工作日。",
            ),
            Ask("text", "理由", required=True, help="将书面告知申请人。"),
        ),
    ),
    Command(
        "escalate",
        "提请领导审批",
        "u",
        {Seat.LEAD: _OFFICER | _APPROVER},
        frozenset({Status.IN_REVIEW}),
        steps.escalate,
        (
            Ask("text", "理由", required=True),
            Ask("confirmed", "已经知道提请比例会超过上限，仍然提请", "no"),
        ),
    ),
    Command(
        "urge",
        "督办",
        "u",
        {Seat.SUPERVISOR: frozenset({"supervisor"}), Seat.SYSTEM: _ANY},
        OPEN | _DECIDED,
        watch.urge,
        (Ask("work", "督办什么", "clock"), Ask("text", "内容", required=True)),
    ),
    Command(
        "answer_urge",
        "答复督办",
        "y",
        {Seat.LEAD: _ANYONE, Seat.WORK: _ANYONE, Seat.HALL: _CLERK},
        OPEN | _DECIDED,
        watch.answer_urge,
        (Ask("text", "原因和办完的时间", required=True),),
    ),
    Command("reclock", "时限重新计算", "", {Seat.SYSTEM: _ANY}, OPEN, watch.reclock, shown=False),
    Command(
        "deem_agreed",
        "逾期视为同意",
        "",
        {Seat.SYSTEM: _ANY},
        frozenset({Status.IN_REVIEW}),
        works.deem_agreed,
        shown=False,
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
        {Seat.LEAD: _OFFICER},
        frozenset({Status.ACCEPTED, Status.IN_REVIEW}),
        steps.start_special,
        (
            Ask(
                "kind",
                "程序",
                "choice",
                tuple(Choice(p.value, p.label) for p in SpecialProcedure),
                required=True,
            ),
            Ask("days", "预计需要（工作日）", "number", required=True),
            Ask("text", "理由", required=True, help="将书面告知申请人。"),
        ),
    ),
    Command(
        "end_special",
        "特别程序结束",
        "s",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.SUSPENDED}),
        steps.end_special,
    ),
    Command(
        "review",
        "审查",
        "v",
        {Seat.LEAD: _OFFICER},
        frozenset({Status.IN_REVIEW}),
        steps.review,
        (
            Ask(
                "verdict",
                "结论",
                "choice",
                (Choice("pass", "建议准予"), Choice("refuse", "建议不予")),
                required=True,
            ),
            Ask("text", "说明", help="建议不予的，写明理由和依据。"),
        ),
    ),
    Command(
        "decide",
        "决定",
        "d",
        {Seat.LEAD: _ANYONE},
        frozenset({Status.IN_REVIEW}),
        steps.decide,
        (
            Ask(
                "verdict", "决定", "choice", (Choice("pass", "准予"), Choice("refuse", "不予")), required=True
            ),
            Ask("text", "理由", help="不予的，写明理由和依据的条款，申请人会收到救济途径。"),
            Ask("false", "申请人隐瞒情况或者提供虚假材料", "no"),
        ),
    ),
    Command(
        "deliver",
        "送达",
        "l",
        {Seat.HALL: _CLERK, Seat.LEAD: _OFFICER, Seat.SYSTEM: _ANY},
        frozenset({Status.PASSED, Status.REFUSED}),
        steps.deliver,
        (
            Ask(
                "how",
                "方式",
                "choice",
                (Choice("window", "窗口领取"), Choice("post", "邮寄"), Choice("online", "网上送达")),
                required=True,
            ),
        ),
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
            Ask(
                "kind",
                "情形",
                "choice",
                (
                    Choice("abuse", "滥用职权、玩忽职守作出"),
                    Choice("beyond_power", "超越法定职权作出"),
                    Choice("procedure", "违反法定程序作出"),
                    Choice("unqualified", "申请人不具备资格或者不符合条件"),
                    Choice("fraud", "以欺骗、贿赂等不正当手段取得"),
                    Choice("other", "依法可以撤销的其他情形"),
                ),
            ),
            Ask("text", "撤销的理由和依据", required=True),
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
            Ask(
                "kind",
                "情形",
                "choice",
                (
                    Choice("expired", "有效期届满未延续"),
                    Choice("person_gone", "该公民死亡或者丧失行为能力"),
                    Choice("firm_gone", "法人或者其他组织依法终止"),
                    Choice("withdrawn", "依法被撤销、撤回，或者证件被吊销"),
                    Choice("impossible", "因不可抗力无法实施"),
                    Choice("other", "法律、法规规定的其他情形"),
                ),
                required=True,
            ),
            Ask("text", "情形和依据", required=True),
        ),
    ),
    Command(
        "certify", "制证", "", {Seat.SYSTEM: _ANY}, frozenset({Status.PASSED}), steps.certify, shown=False
    ),
    Command(
        "deem_accepted",
        "视为受理",
        "",
        {Seat.SYSTEM: _ANY},
        frozenset({Status.RECEIVED}),
        steps.deem_accepted,
        shown=False,
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


def seats(state: CaseState, actor: Actor) -> dict[Seat, frozenset[str]]:
    """The seats that this person has on this case, with the kinds of post held there."""
    if actor.kind == "system":
        return {Seat.SYSTEM: frozenset()}
    if actor.kind == "citizen":
        return {Seat.APPLICANT: frozenset()} if str(state.party) in actor.parties else {}
    found: dict[Seat, frozenset[str]] = {}
    offices = {work.office for work in state.plan.works}
    for post in actor.held:
        if post.office == state.office:
            found[Seat.LEAD] = found.get(Seat.LEAD, frozenset()) | {post.kind}
        if post.office in offices:
            found[Seat.WORK] = found.get(Seat.WORK, frozenset()) | {post.kind}
        if state.hall and post.office == state.hall:
            found[Seat.HALL] = found.get(Seat.HALL, frozenset()) | {post.kind}
        if post.kind in _REGIONAL and state.region.startswith(post.region.removesuffix("00")):
            seat = _REGIONAL[post.kind]
            found[seat] = found.get(seat, frozenset()) | {post.kind}
    return found


_REGIONAL = {"supervisor": Seat.SUPERVISOR, "governor": Seat.GOVERNMENT}


def may_see(state: CaseState, actor: Actor) -> bool:
    """Who has a seat on the case may see it; supervisors see the cases of their region."""
    return bool(seats(state, actor)) or (
        bool(state.first_office) and state.first_office in actor.offices("officer", "approver")
    )


def may(command: Command, state: CaseState, actor: Actor) -> bool:
    """Whether this person's posts allow the command on this case (its states are another question)."""
    held = seats(state, actor)
    for seat, posts in command.seats.items():
        if seat in held and (not posts or posts & held[seat]):
            if command.name == "decide":
                return _may_decide(state, held[seat])
            if command.name == "extend" and state.plan.joint != (seat is Seat.GOVERNMENT):
                continue
            return True
    return False


def _may_decide(state: CaseState, held: frozenset[str]) -> bool:
    """Who stands above may do what those below may, but not the other way round."""
    order = ("officer", "approver", "leader")
    return not held.isdisjoint(order[order.index(decider(state)) :])


def permit(command: Command, state: CaseState, actor: Actor, given: Input) -> None:
    """Raise `NotFound` for whom the case is as if it were not there, `Refused` for a wrong post or state."""
    if actor.kind != "system" and not may_see(state, actor):
        raise NotFound("办件", "case")
    if not may(command, state, actor) or not _own(command, state, actor, given.work):
        raise Refused(
            "not_your_post",
            f"您的岗位不能对这件事“{command.title}”。",
            f"Your post does not allow '{command.name}' on this case.",
        )
    if state.status not in command.states:
        if command.name == "request_correction" and any(w.kind == "lower_review" for w in state.plan.works):
            raise Refused(
                "upper_asks_not_again",
                "下级已经审查过的申请，上级不得要求申请人重复提供材料。",
                "What the lower level has examined, the upper must not ask for again.",
                law.article("two_levels", state.plan.type),
            )
        raise Refused(
            "wrong_state",
            f"这件事现在是“{state.status.label}”，不能“{command.title}”。",
            f"The case is '{state.status.value}' now; '{command.name}' is not possible.",
        )


_OF_HOLDERS = frozenset({"hand_over", "take_back", "reassign"})
_OF_WORKS = _OF_HOLDERS | {"opine", "schedule", "draw_experts", "recuse", "record"}


def offered(state: CaseState, actor: Actor) -> list[Command]:
    """What this person may do with the case now, for buttons."""
    return [
        command
        for command in _TABLE
        if command.shown
        and state.status in command.states
        and may(command, state, actor)
        and _sensible(command, state, actor)
    ]


def _sensible(command: Command, state: CaseState, actor: Actor) -> bool:
    """Leave out what the step would refuse anyway in this state, whatever is stated."""
    pending = any(work.status != "done" for work in state.works)
    match command.name:
        case "request_correction":
            return state.correction_requested_on is None
        case (
            "opine"
            | "schedule"
            | "record"
            | "draw_experts"
            | "recuse"
            | "hand_over"
            | "take_back"
            | "reassign"
        ):
            return bool(choosable(command, state, actor))
        case "return_work":
            return any(work.status == "done" for work in state.works)
        case "extend":
            return state.plan.type == "01" and state.extension is None and state.plan.statutory is not None
        case "escalate":
            return bool(state.review_verdict) and not state.escalated and not state.plan.instant
        case "propose_refusal":
            return state.refusal_proposed is None
        case "inform_interested":
            return state.interested_until_on is None and (state.plan.type == "01" or state.plan.interested)
        case "hear_interested":
            return state.interested_until_on is not None
        case "offer_hearing":
            told = state.hearing is not None and state.hearing.offered_on is not None
            return not told and (state.plan.type == "01" or bool(state.plan.hearing))
        case "request_hearing":
            hearing = state.hearing
            return bool(hearing and hearing.offered_on and not hearing.requested_on)
        case "schedule_hearing":
            hearing = state.hearing
            asked_for = bool(hearing and hearing.requested_on) or state.plan.hearing == "required"
            return asked_for and not (hearing and hearing.minutes)
        case "hold_hearing":
            notified = state.hearing is not None and state.hearing.held_on is not None
            return notified and bool(state.pauses) and state.pauses[-1].kind is SpecialProcedure.HEARING
        case "urge":
            return state.status.open or state.delivered_on is None
        case "answer_urge":
            return any(urge.answered_on is None for urge in state.urges)
        case "review":
            presided = state.hearing is not None and state.hearing.presider == actor.code
            return not (pending or state.review_verdict or state.plan.instant or presided)
        case "decide":
            return not pending and (
                state.plan.instant or (bool(state.review_verdict) and state.reviewed_by != actor.code)
            )
        case "deliver":
            waits = state.status is Status.PASSED and bool(state.plan.certificate) and not state.certificate
            return state.delivered_on is None and not waits
        case _:
            return True


def choosable(command: Command, state: CaseState, actor: Actor) -> list[str]:
    """Keys of the works that this person may name with the command; an empty one is the case itself."""
    if command.name not in _OF_HOLDERS:
        return [key for key in open_works(state, actor) if _next_of_work(command.name, state, key)]
    return [
        key
        for key, holder, handed_by in _holders(state)
        if _own(command, state, actor, key)
        and (
            command.name == "reassign"
            or (handed_by == actor.code if command.name == "take_back" else holder in ("", actor.code))
        )
    ]


def _own(command: Command, state: CaseState, actor: Actor, key: str) -> bool:
    """Whether the work (or with no key the case itself) lies with an office where this person has the post for it."""
    if command.name not in _OF_WORKS:
        return True
    if not key:
        return command.name not in _OF_HOLDERS or bool(
            command.seats[Seat.LEAD] & seats(state, actor).get(Seat.LEAD, frozenset())
        )
    offices = actor.offices(*command.seats[Seat.WORK])
    return any(work.key == key and work.office in offices for work in state.plan.works)


def _holders(state: CaseState) -> list[tuple[str, str, str]]:
    """Key of an open work (none for the case), who holds it, and who handed it to them."""
    works = [(work.key, work.holder, work.handed_by) for work in state.works if work.status == "open"]
    return [("", state.holder, state.handed_by), *works]


def _next_of_work(name: str, state: CaseState, key: str) -> bool:
    """An expert review goes its way: the experts are drawn, then speak, then the office gives its opinion."""
    work = state.work(key)
    plan = next(plan for plan in state.plan.works if plan.key == key)
    if work is None or plan.kind != "expert_review":
        return name not in ("draw_experts", "recuse")
    match name:
        case "draw_experts":
            return not work.experts
        case "recuse":
            return bool(work.experts)
        case "record":
            return bool(work.experts) or not plan.experts
        case "opine":
            return work.record is not None or not plan.experts
        case _:
            return True


def open_works(state: CaseState, actor: Actor) -> list[str]:
    """Keys of the works that wait for an office of this person."""
    offices = actor.offices("officer")
    plans = {work.key: work.office for work in state.plan.works}
    return [work.key for work in state.works if work.status == "open" and plans[work.key] in offices]
