"""工单权限: who has which seat on a ticket, and what they may do with it now."""

from __future__ import annotations

from banshi.contexts.tickets.rules import clocks, rewards, words
from banshi.contexts.tickets.rules.commands import COMMANDS, Command
from banshi.contexts.tickets.rules.seats import Seat
from banshi.contexts.tickets.rules.state import to_clear
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Kind, Level, Status
from banshi.directory.values import CENTRE, covers
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused

HANDLING = frozenset({"officer", "approver", "leader"})


def seats(state: TicketState, actor: Actor) -> dict[Seat, frozenset[str]]:
    """The seats that this person has on this ticket, with the kinds of post held there."""
    if actor.kind == "system":
        return {Seat.SYSTEM: frozenset()}
    if actor.kind == "citizen":
        return {Seat.PERSON: frozenset()} if state.party and str(state.party) in actor.parties else {}
    found: dict[Seat, frozenset[str]] = {}

    def add(seat: Seat, kind: str) -> None:
        found[seat] = found.get(seat, frozenset()) | {kind}

    for post in actor.held:
        if post.kind in CENTRE and covers(post.region, state.centre):
            add(Seat.CENTRE, post.kind)
        if post.kind in HANDLING and post.office == state.lead:
            add(Seat.LEAD, post.kind)
        if post.kind in HANDLING and post.office in state.assisting:
            add(Seat.ASSIST, post.kind)
        if post.kind == "supervisor" and covers(post.region, state.region):
            add(Seat.SUPERVISOR, post.kind)
        if post.kind == "governor" and covers(post.region, state.centre):
            add(Seat.GOVERNMENT, post.kind)
    return found


def may_see(state: TicketState, actor: Actor) -> bool:
    """Who has a seat; of what is complained of about somebody, not they themselves."""
    return not _complained_of(state, actor) and bool(seats(state, actor))


def may_see_contact(state: TicketState, actor: Actor) -> bool:
    """The centre, the person, and the leading unit unless the person asked for secrecy (潍坊 art. 11)."""
    held = seats(state, actor)
    if _complained_of(state, actor):
        return False
    if Seat.CENTRE in held or Seat.PERSON in held or Seat.SYSTEM in held:
        return True
    return Seat.LEAD in held and not state.confidential


def _complained_of(state: TicketState, actor: Actor) -> bool:
    return bool(state.about.staff) and actor.code == state.about.staff


def permit(command: Command, state: TicketState, actor: Actor, given: Input) -> None:
    """Raise `NotFound` for whom the ticket is as if it were not there, `Refused` for a wrong post or state."""
    if actor.kind != "system" and not may_see(state, actor):
        raise NotFound("工单", "ticket")
    if not may(command, state, actor):
        raise Refused(
            "not_your_post",
            f"您的岗位不能对这件工单“{command.title}”。",
            f"Your post does not allow '{command.name}' on this ticket.",
        )
    if command.name == "assist" and not actor.may_act_for(given.reference, "officer"):
        raise Refused(
            "not_your_office", "只能代表本单位提出协办意见。", "Only for your own unit.", "", "reference"
        )
    if command.name == "contact" and state.confidential and Seat.CENTRE not in seats(state, actor):
        raise Refused(
            "confidential",
            "当事人要求保密，由热线中心联系。",
            "The person asked for secrecy: the centre speaks with them.",
            words.article(state, "confidential"),
        )
    if command.name == "call_back" and actor.offices(*HANDLING) & {state.lead, *state.assisting}:
        raise Refused(
            "other_hand",
            "承办单位的人不能回访，请由别的单位的人来做。",
            "Nobody of the unit that handled it calls back.",
            words.article(state, "call_back"),
        )
    if command.name == "decide_reward" and state.reward is not None:
        decider = state.reward.decider
        if decider not in seats(state, actor).get(Seat.CENTRE, frozenset()):
            raise Refused(
                "not_the_decider",
                "按当地规定，奖励不由您的岗位决定。",
                f"By the place's rule the post that decides is '{decider}'.",
            )
    if state.status not in command.states:
        raise Refused(
            "wrong_state",
            f"这件工单现在是“{state.status.label}”，不能“{command.title}”。",
            f"The ticket is '{state.status.value}' now; '{command.name}' is not possible.",
        )


def may(command: Command, state: TicketState, actor: Actor) -> bool:
    """Whether this person's posts allow the command on this ticket (its states are another question)."""
    held = seats(state, actor)
    return any(seat in held and (not posts or posts & held[seat]) for seat, posts in command.seats.items())


def offered(state: TicketState, actor: Actor) -> list[Command]:
    """What this person may do with the ticket now, for buttons."""
    if not may_see(state, actor):
        return []
    return [
        command
        for command in COMMANDS.values()
        if command.shown
        and state.status in command.states
        and may(command, state, actor)
        and _sensible(command.name, state, actor)
    ]


def _sensible(name: str, state: TicketState, actor: Actor) -> bool:
    """Leave out what the step would refuse anyway in this state, whatever is stated."""
    match name:
        case "answer":
            return state.kind is not Kind.BAD_REVIEW
        case "dispatch":
            return state.kind is not Kind.PAIN_POINT
        case "assign" | "publish":
            return state.kind is Kind.PAIN_POINT
        case "clear":
            return to_clear(state) and actor.code not in state.repairers
        case "propose_reward" | "decide_reward" | "claim_reward":
            return _about_reward(name, state, actor)
        case "return":
            return not state.decided
        case "contact":
            mine = not state.confidential or Seat.CENTRE in seats(state, actor)
            return mine and not state.anonymous and state.contacted_on is None
        case "assist":
            return bool(set(state.assisting) & actor.offices("officer") - set(state.assisted))
        case "request_extension":
            return bool(state.terms.extension_days) and state.extension is None
        case "decide_extension":
            asked = state.extension
            return asked is not None and asked.granted_on is None and asked.by != actor.code
        case "decide_termination":
            return state.proposed_by != actor.code
        case "check":
            return actor.code not in state.repairers
        case "call_back":
            unit = {state.lead, *state.assisting}
            return actor.code not in state.repairers and not actor.offices(*HANDLING) & unit
        case "escalate":
            return state.level is not Level.EXECUTIVE_MEETING
        case "merge" | "withdraw":
            return not state.children
        case "supervise":
            return bool(state.lead)
        case "answer_supervision":
            return any(one.answered_on is None for one in state.supervisions)
        case "settle_defect":
            return any(not one.settled for one in state.defects)
        case "record_disposal":
            return any(one.disposed_on is None for one in state.breaches)
        case "reply":
            return state.status is Status.TRACKING or not clocks.contact_due(state)
        case _:
            return True


def _about_reward(name: str, state: TicketState, actor: Actor) -> bool:
    reward = rewards.standing(state)
    if name == "propose_reward":
        known = not state.anonymous or state.party is not None
        done = state.reply is not None or state.parent is not None
        return state.terms.rewarded and reward is None and known and done
    if reward is None:
        return False
    if name == "decide_reward":
        posts = seats(state, actor).get(Seat.CENTRE, frozenset())
        return not reward.granted_on and reward.by != actor.code and reward.decider in posts
    return bool(reward.granted_on) and not reward.claimed_on
