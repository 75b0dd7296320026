"""回访: what is finished is called about; what is said in a call goes on to where it belongs.

Handlers hear of a fact afterwards, from the outbox, and are repeatable: a thing is called about once in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from banshi.adapters import sms
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import About, Call, Channel, Link, Outcome
from banshi.contexts.tickets import operations as tickets
from banshi.contexts.tickets import queries as ticket_queries
from banshi.contexts.tickets.values import About as TicketAbout
from banshi.contexts.tickets.values import Contact, Input, TicketState, Words
from banshi.contexts.tickets.values.codes import Channel as TicketChannel
from banshi.contexts.tickets.values.codes import Kind
from banshi.contexts.tickets.values.codes import Status as TicketStatus
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Recorded
from banshi.kernel.workdays import civil_day

type After = Callable[[Tx], Any] | None
_MESSAGES = uuid5(NAMESPACE_URL, "banshi/review messages")
_VERDICTS: Mapping[Outcome, str] = {
    Outcome.CONTENT: "content",
    Outcome.NOT_CONTENT: "not_content",
    Outcome.REFUSED: "no_opinion",
    Outcome.UNREACHED: "unreached",
}
_SPEAKING = frozenset({TicketStatus.DISPATCHED, TicketStatus.HANDLING})


def queue_case(recorded: Recorded, at: datetime) -> After:
    """办结回访: a case that has ended is a service that can be rated; the applicant is told so, and called about it."""
    state = cases.get_case(recorded.stream.region, recorded.stream.id, SYSTEM)
    if state.status is Status.WITHDRAWN or queries.find_call(About.CASE, state.id):
        return None
    contact = _contact(state)
    _invite(state, contact, recorded.at)

    def work(tx: Tx) -> None:
        evaluation.count_service(
            region=state.region, case=state.id, office=state.office, item=state.plan.item, at=recorded.at
        )
        evaluation.queue_call(
            tx,
            region=state.region,
            about=About.CASE,
            subject=state.id,
            case=state.id,
            office=state.office,
            item=state.plan.item,
            type=state.plan.type,
            title=state.plan.name,
            contact=contact,
            at=recorded.at,
            calendar=calendar(),
        )

    return work


def _invite(state: CaseState, contact: Mapping[str, str], at: datetime) -> None:
    """邀请评价: a text message with a signed address, where the place sends such; the same message when it is sent again."""
    rules = queries.settings_for(state.region)
    service = sms.service()
    if not rules.invite or service is None or not contact.get("phone"):
        return
    until_on = civil_day(at) + timedelta(days=rules.link_days)
    code = evaluation.link_of(Link(state.region, state.id, 1, Channel.SMS, until_on))
    text = f"“{state.plan.name}”已经办结。办得怎么样，点这里评价：{settings.BANSHI.address}/r/{code}"
    service.send(sms.Message(uuid5(_MESSAGES, str(state.id)), contact["phone"], text))


def queue_ticket(recorded: Recorded, at: datetime) -> After:
    """工单回访: a reply that has passed the check is told to the person, by somebody who had no hand in it; each reply once."""
    state = ticket_queries.get_ticket(recorded.stream.region, recorded.stream.id, SYSTEM)
    if state.status is not TicketStatus.CALLING:
        return None
    contact = ticket_queries.contact(state, SYSTEM)
    title = f"{state.kind.label} {state.number}"  # what was said stays in the ticket's private table

    def work(tx: Tx) -> None:
        window = f"{state.about.hall}/{state.about.window}" if state.about.window else ""
        evaluation.queue_call(
            tx,
            region=state.region,
            about=About.TICKET,
            subject=state.id,
            office=state.lead,
            item=state.about.item,
            window=window,
            title=title,
            contact={"name": contact.name, "phone": contact.phone} if contact else {},
            barred=state.replied_by,
            round=recorded.seq,
            days=state.terms.call_days,
            at=recorded.at,
            calendar=calendar(),
        )

    return work


def record(
    *,
    call: Call,
    outcome: str,
    text: str,
    suggests: bool,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """登记回访, and what follows from it in the ticket, together or not at all. Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        state = None
        if call.about is not About.CASE:
            state = ticket_queries.get_ticket(call.region, call.subject, SYSTEM)
        evaluation.record_call(
            region=call.region,
            id=call.id,
            outcome=outcome,
            text=text,
            suggests=suggests,
            # How often an unanswered call is repeated, the ticket's own rules say.
            attempts=state.terms.attempts if state else 0,
            actor=actor,
            at=at,
        )
        if state and call.about is About.TICKET and state.status is TicketStatus.CALLING:
            _act("call_back", state, _VERDICTS[Outcome(outcome)], text, actor, at)
        elif state and call.about is About.BAD_REVIEW:
            missed = call.attempts + (outcome == Outcome.UNREACHED)
            _speak(tx, state, Outcome(outcome), missed, text, actor, at)

    write(work, at=at, actor=actor.code, region=call.region, command_id=command_id)


def carry_contact(recorded: Recorded, at: datetime) -> After:
    """差评核实: who was spoken with before the unit had the ticket, or called in vain as often as the place says; written
    down once it has."""
    state = ticket_queries.get_ticket(recorded.stream.region, recorded.stream.id, SYSTEM)
    call = queries.find_call(About.BAD_REVIEW, state.id)
    if call is None or call.outcome is None:
        return None
    caller = directory.actor_of_staff(int(call.claimed_by.partition(":")[2]), civil_day(at))
    outcome, missed, said = call.outcome, call.attempts, queries.said(call)
    return lambda tx: _speak(tx, state, outcome, missed, said, caller, at) if caller else None


def drop(recorded: Recorded, at: datetime) -> After:
    """What was asked and answered in another way, as on the ticket's own page, is called about no more."""
    id = recorded.stream.id
    state = ticket_queries.get_ticket(recorded.stream.region, id, SYSTEM)
    if state.status is TicketStatus.CALLING:
        return None
    return lambda tx: evaluation.drop_calls(tx, region=state.region, about=About.TICKET, subject=id, at=at)


def raise_suggestion(recorded: Recorded, at: datetime) -> After:
    """回访中的意见建议: a ticket of its own, of which the person is told the result when it is replied to."""
    if not recorded.data["suggests"]:
        return None
    about = About(recorded.data["about"])
    call = queries.get_call(recorded.stream.region, recorded.stream.id, SYSTEM)
    contact = queries.contact_of(call, SYSTEM, at)
    hall, _, window = call.window.partition("/")
    number = cases.numbers([(call.region, call.case)]).get(call.case, "") if call.case else ""

    def work(tx: Tx) -> None:
        tickets.raise_ticket(
            region=call.region,
            kind=Kind.SUGGESTION,
            channel=TicketChannel.CALL_BACK,
            nature="suggestion",
            words=Words(f"意见建议：{call.title}", queries.said(call)),
            contact=Contact(contact.get("name", ""), contact.get("phone", "")) if contact else None,
            about=TicketAbout(
                item=call.item,
                office=call.office,
                hall=hall,
                window=window,
                case=call.case if about is About.CASE else None,
                case_number=number if about is About.CASE else "",
            ),
            origin=f"call:{call.id}",
            actor=SYSTEM,
            at=at,
            calendar=calendar(),
        )

    return work


def _speak(
    tx: Tx, about: TicketState, outcome: Outcome, missed: int, text: str, actor: Actor, at: datetime
) -> None:
    """Each of the calls `missed` that the ticket does not know of yet, then the one that was answered."""
    tx.settle()  # what this transaction has written already is read again
    state = ticket_queries.get_ticket(about.region, about.id, SYSTEM)
    if state.status not in _SPEAKING or state.contacted_on:
        return
    unreached = outcome is Outcome.UNREACHED
    for n in range(state.contact_misses + 1, missed + 1):
        _act("contact", state, "unreached", text if unreached and n == missed else "", actor, at)
    if not unreached:
        _act("contact", state, "reached", text or f"回访：{outcome.label}", actor, at)


def _act(name: str, state: TicketState, verdict: str, text: str, actor: Actor, at: datetime) -> None:
    tickets.act(
        name,
        region=state.region,
        id=state.id,
        actor=actor,
        at=at,
        calendar=calendar(),
        given=Input(verdict=verdict, spaced=True),
        text=text,
    )


def _contact(state: CaseState) -> dict[str, str]:
    """Whom a case was for, as the directory knows them (personal)."""
    party = directory.find_party_by_id(state.party)
    known = directory.known_values(party.region_code, party.id) if party else {}
    facts = {name.partition(".")[2]: value for name, value in known.items()}
    return {key: facts[key] for key in ("name", "phone") if facts.get(key)}
