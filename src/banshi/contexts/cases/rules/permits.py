"""办件权限: who has which seat on a case, what they may do with it now, and what a form lets them choose."""

from __future__ import annotations

from banshi.contexts.cases.rules.commands import COMMANDS, Command, Seat
from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.rules.state import decider
from banshi.contexts.cases.values import CaseState, Input, SpecialProcedure, Status
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused


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
            if seat is Seat.SYSTEM and command.name in ("accept", "decide"):
                return state.plan.at_once
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
                cited(state, "two_levels"),
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
        for command in COMMANDS.values()
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
            return (asked_for or state.plan.type == "01") and not (hearing and hearing.minutes)
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
