"""谁听谁: which flows hear of which facts. The one table to read to know what follows from what."""

from __future__ import annotations

from banshi.contexts.cases import events as case
from banshi.contexts.certificates import events as certificate
from banshi.contexts.evaluation import events as evaluation
from banshi.contexts.intake import events as application
from banshi.contexts.policies import events as policy
from banshi.contexts.tickets import events as ticket
from banshi.flows import (
    bad_review,
    call_backs,
    deadlines,
    deliver,
    one_thing,
    open_book,
    policy_offers,
    tickets,
)
from banshi.infra import outbox, store
from banshi.infra.scheduler import Duty

# fact → handlers that hear of it afterwards, from the outbox
AFTERWARDS: dict[str, tuple[str, ...]] = {
    application.SUBMITTED: ("decide at once",),
    case.RECEIVED: ("render documents",),
    case.CORRECTION_REQUESTED: ("render documents",),
    case.ACCEPTED: ("render documents",),
    case.NOT_REQUIRED: ("render documents", "call back"),
    case.REJECTED: ("render documents", "call back"),
    case.SPECIAL_STARTED: ("render documents",),
    case.EXTENDED: ("render documents",),
    case.HEARING_OFFERED: ("render documents",),
    case.HEARING_SCHEDULED: ("render documents",),
    case.HEARING_HELD: ("render documents",),
    case.INTERESTED_INFORMED: ("render documents",),
    case.WORK_RECORDED: ("render documents",),
    case.URGED: ("render documents",),
    case.CLOCKS_RECOMPUTED: ("render documents",),
    case.PLAN_MIGRATED: ("render documents",),
    case.PASSED: ("render documents", "make certificate", "deliver online", "call back"),
    case.REFUSED: ("render documents", "deliver online", "call back"),
    case.WITHDRAWN: ("render documents",),
    case.CERTIFIED: ("render certificate", "deliver online"),
    case.REVOKED: ("render documents", "revoke certificate"),
    case.CANCELLED: ("render documents", "revoke certificate"),
    certificate.ISSUED: ("match policies",),
    certificate.REVOKED: ("match policies",),
    certificate.CANCELLED: ("match policies",),
    policy.DATA_RECORDED: ("match policies",),
    "directory.party.updated": ("match policies",),
    evaluation.FOUND_BAD: ("raise bad review",),
    evaluation.COMPLETED: ("raise suggestion",),
    ticket.DISPATCHED: ("carry contact",),
    ticket.REPLY_PASSED: ("call about ticket",),
    ticket.CALLED_BACK: ("drop calls",),
}
HANDLERS: dict[str, outbox.Handler] = {
    "render documents": deliver.render_documents,
    "decide at once": open_book.decide_at_once,
    "make certificate": deliver.make_certificate,
    "render certificate": deliver.render_certificate,
    "deliver online": deliver.deliver_online,
    "revoke certificate": deliver.revoke_certificate,
    "match policies": policy_offers.rematch,
    "call back": call_backs.queue_case,
    "raise bad review": bad_review.raise_ticket,
    "raise suggestion": call_backs.raise_suggestion,
    "carry contact": call_backs.carry_contact,
    "call about ticket": call_backs.queue_ticket,
    "drop calls": call_backs.drop,
}
DUTIES = (
    Duty("deadlines", 30, deadlines.check),
    Duty("tickets", 30, tickets.check),
    Duty("tickets by calendar", 60, tickets.follow_calendar),
    Duty("bundles", 300, one_thing.settle),
    Duty("policies", 5, policy_offers.step),
    Duty("policies by day", 300, policy_offers.turn_day),
)


def install() -> None:
    """Called once at start."""
    store.wire(store.Wiring(afterwards=AFTERWARDS))
    outbox.handlers(HANDLERS)
