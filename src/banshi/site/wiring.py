"""谁听谁: which flows hear of which facts. The one table to read to know what follows from what."""

from __future__ import annotations

from banshi.contexts.cases import events as case
from banshi.contexts.certificates import events as certificate
from banshi.contexts.policies import events as policy
from banshi.flows import deadlines, deliver, one_thing, policy_offers
from banshi.infra import outbox, store
from banshi.infra.scheduler import Duty

# fact → handlers that hear of it afterwards, from the outbox
AFTERWARDS: dict[str, tuple[str, ...]] = {
    case.RECEIVED: ("render documents",),
    case.CORRECTION_REQUESTED: ("render documents",),
    case.ACCEPTED: ("render documents",),
    case.NOT_REQUIRED: ("render documents",),
    case.REJECTED: ("render documents",),
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
    case.PASSED: ("render documents", "make certificate", "deliver online"),
    case.REFUSED: ("render documents", "deliver online"),
    case.WITHDRAWN: ("render documents",),
    case.CERTIFIED: ("render certificate", "deliver online"),
    case.REVOKED: ("render documents", "revoke certificate"),
    case.CANCELLED: ("render documents", "revoke certificate"),
    certificate.ISSUED: ("match policies",),
    certificate.REVOKED: ("match policies",),
    certificate.CANCELLED: ("match policies",),
    policy.DATA_RECORDED: ("match policies",),
    "directory.party.updated": ("match policies",),
}
HANDLERS: dict[str, outbox.Handler] = {
    "render documents": deliver.render_documents,
    "make certificate": deliver.make_certificate,
    "render certificate": deliver.render_certificate,
    "deliver online": deliver.deliver_online,
    "revoke certificate": deliver.revoke_certificate,
    "match policies": policy_offers.rematch,
}
DUTIES = (
    Duty("deadlines", 30, deadlines.check),
    Duty("bundles", 300, one_thing.settle),
    Duty("policies", 5, policy_offers.step),
)


def install() -> None:
    """Called once at start."""
    store.wire(store.Wiring(afterwards=AFTERWARDS))
    outbox.handlers(HANDLERS)
