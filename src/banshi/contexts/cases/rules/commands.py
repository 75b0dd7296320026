"""办件命令: one declaration each says who may, in which states, with which input, and what it is called.

The same table answers "what may this person do now", draws the buttons, and makes the API operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from banshi.contexts.cases.rules import steps
from banshi.contexts.cases.values import OPEN, CaseState, Input, SpecialProcedure, Status
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused


class Seat(Enum):
    """席位: as whom somebody acts on a case."""

    LEAD = "lead"  # a post at the case's own office
    WORK = "work"  # a post at the office of an open work
    HALL = "hall"  # a window of the hall that took the case
    APPLICANT = "applicant"
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
    kind: str = "text"  # text, choice, number, yes, work, office
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
_CLERK = frozenset({"window_clerk"})
_ANY: frozenset[str] = frozenset()
_LEAD_OR_SYSTEM = {Seat.LEAD: _OFFICER, Seat.SYSTEM: _ANY}

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
            Ask("reference", "应当向哪个机关申请", required=True),
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
        steps.opine,
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
        ),
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
        {Seat.LEAD: _APPROVER | _OFFICER},
        frozenset({Status.IN_REVIEW}),
        steps.decide,
        (
            Ask(
                "verdict", "决定", "choice", (Choice("pass", "准予"), Choice("refuse", "不予")), required=True
            ),
            Ask("text", "理由", help="不予的，写明理由和依据的条款，申请人会收到救济途径。"),
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
        (Ask("text", "撤销的理由和依据", required=True),),
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
    return found


def may_see(state: CaseState, actor: Actor) -> bool:
    """Who has a seat on the case may see it; supervisors see the cases of their region."""
    if seats(state, actor) or (
        state.first_office and state.first_office in actor.offices("officer", "approver")
    ):
        return True
    return any(
        post.kind == "supervisor" and state.region.startswith(post.region.removesuffix("00"))
        for post in actor.held
    )


def may(command: Command, state: CaseState, actor: Actor) -> bool:
    """Whether this person's posts allow the command on this case (its states are another question)."""
    held = seats(state, actor)
    for seat, posts in command.seats.items():
        if seat in held and (not posts or posts & held[seat]):
            if command.name == "decide":
                return "approver" in held[seat] or state.plan.instant
            return True
    return False


def permit(command: Command, state: CaseState, actor: Actor, given: Input) -> None:
    """Raise `NotFound` for whom the case is as if it were not there, `Refused` for a wrong post or state."""
    if actor.kind != "system" and not may_see(state, actor):
        raise NotFound("办件", "case")
    if not may(command, state, actor) or (
        command.name == "opine" and not _own_work(state, actor, given.work)
    ):
        raise Refused(
            "not_your_post",
            f"您的岗位不能对这件事“{command.title}”。",
            f"Your post does not allow '{command.name}' on this case.",
        )
    if state.status not in command.states:
        raise Refused(
            "wrong_state",
            f"这件事现在是“{state.status.label}”，不能“{command.title}”。",
            f"The case is '{state.status.value}' now; '{command.name}' is not possible.",
        )


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
        case "opine":
            return bool(open_works(state, actor))
        case "review":
            return not pending and not state.review_verdict and not state.plan.instant
        case "decide":
            return not pending and (
                state.plan.instant or (bool(state.review_verdict) and state.reviewed_by != actor.code)
            )
        case "deliver":
            waits = state.status is Status.PASSED and bool(state.plan.certificate) and not state.certificate
            return state.delivered_on is None and not waits
        case _:
            return True


def _own_work(state: CaseState, actor: Actor, key: str) -> bool:
    return any(work.key == key and work.office in actor.offices("officer") for work in state.plan.works)


def open_works(state: CaseState, actor: Actor) -> list[str]:
    """Keys of the works that wait for an office of this person."""
    offices = actor.offices("officer")
    plans = {work.key: work.office for work in state.plan.works}
    return [work.key for work in state.works if work.status == "open" and plans[work.key] in offices]
