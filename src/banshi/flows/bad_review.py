"""差评整改: a bad, named review becomes a ticket of the rated unit, which learns what was said and not by whom.

Somebody of the centre calls within a working day to hear what happened; the unit puts it right and replies; the reply is
checked; somebody who did not put it right calls again (`flows.call_backs`). A bad review without a name becomes a ticket too,
without the calls. The handler is repeatable: a review has one ticket, however often it is heard of.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import About, Review, indicators
from banshi.contexts.tickets import operations as tickets
from banshi.contexts.tickets.values import About as TicketAbout
from banshi.contexts.tickets.values import Contact, Words
from banshi.contexts.tickets.values.codes import Channel, Kind
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra.store import Tx
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Recorded


def raise_ticket(recorded: Recorded, at: datetime) -> Callable[[Tx], Any] | None:
    """差评转工单: raised for the centre to give to the rated unit, and the first call queued."""
    review = queries.get_review(recorded.stream.region, recorded.stream.id)
    state = cases.get_case(review.region, review.case, SYSTEM)
    party = directory.find_party_by_id(state.party)
    known = directory.known_values(party.region_code, party.id) if party and review.named else {}
    facts = {name.partition(".")[2]: value for name, value in known.items()}
    contact = Contact(facts.get("name", ""), facts["phone"]) if facts.get("phone") else None
    title = f"{review.grade.label}：{state.plan.name}"
    hall, _, window = review.window.partition("/")
    days = calendar()

    def work(tx: Tx) -> None:
        id, _ = tickets.raise_ticket(
            region=review.region,
            kind=Kind.BAD_REVIEW,
            channel=Channel.REVIEW,
            words=Words(title, _said(review)),
            contact=contact,
            # The case is left out: by it the unit would know who said this.
            about=TicketAbout(
                item=review.item, office=review.office, hall=hall, window=window, review=review.id
            ),
            confidential=contact is not None,
            no_reply=contact is None,
            origin=f"review:{review.id}",
            actor=SYSTEM,
            at=at,
            calendar=days,
        )
        if queries.find_call(About.BAD_REVIEW, id) is not None:
            return
        if contact is not None:
            evaluation.queue_call(
                tx,
                region=review.region,
                about=About.BAD_REVIEW,
                subject=id,
                office=review.office,
                item=review.item,
                window=review.window,
                title=state.plan.name,
                contact={"name": contact.name, "phone": contact.phone},
                at=review.at,
                calendar=days,
            )

    return work


def _said(review: Review) -> str:
    """The statements that were chosen, and what was written."""
    chosen = [one.text for one in indicators()[review.grade] if one.code in review.indicators]
    words = queries.words(review)
    return "\n".join([*chosen, *([words] if words else [])])
