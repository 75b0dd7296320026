"""计数: what statistics are summed from, by month, as insert-only deltas in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from banshi.contexts.tickets import events
from banshi.contexts.tickets.store import month
from banshi.contexts.tickets.values import TicketState
from banshi.contexts.tickets.values.codes import Status
from banshi.infra.store import Tx
from banshi.kernel.facts import Fact

DIMENSIONS = ("unit", "kind", "window", "item", "category")
_MEASURES = {
    events.DECLINED: "declined",
    events.ANSWERED: "answered",
    events.DISPATCHED: "dispatched",
    events.RETURNED: "returned",
    events.EXTENDED: "extended",
    events.REPLIED: "replied",
    events.SENT_BACK: "sent_back",
    events.REOPENED: "reopened",
    events.ESCALATED: "escalated",
    events.CLOSED: "closed",
    events.TERMINATED: "terminated",
    events.URGED: "urged",
    events.SUPERVISED: "supervised",
}


def count_raised(tx: Tx, state: TicketState) -> None:
    """One more was said."""
    _count(tx, state, "raised")


def count_facts(tx: Tx, before: TicketState, state: TicketState, facts: Iterable[Fact]) -> None:
    """What these facts add to the figures."""
    for fact in facts:
        for measure in measures(before, state, fact):
            _count(tx, state, measure)


def measures(before: TicketState, state: TicketState, fact: Fact) -> Iterator[str]:
    """The figures that one fact adds to."""
    if measure := _MEASURES.get(fact.kind):
        yield measure
    if fact.kind == events.REPLIED:
        due_on = before.plan_on if before.status is Status.TRACKING else before.due_on
        if due_on and state.replied_on and state.replied_on > due_on:
            yield "late"
    if fact.kind == events.CALLED_BACK:
        yield "called"
        if fact.data["called"] in ("content", "not_content"):
            yield str(fact.data["called"])


def keys(state: TicketState, measure: str) -> Iterator[tuple[str, str]]:
    """Under which dimension and key the ticket counts. What has a unit counts for the unit that has it now."""
    about, kind = state.about, state.kind.value
    yield "kind", f"{kind}|{measure}"
    if state.lead:
        yield "unit", f"{state.lead}|{kind}|{measure}"
    if about.hall:
        yield "window", f"{about.hall}:{about.window}|{kind}|{measure}"
    if about.item:
        yield "item", f"{about.item}|{measure}"
    if state.category:
        yield "category", f"{state.category.partition('.')[0]}|{measure}"


def name(dimension: str, at: datetime) -> str:
    """The counter's name."""
    return f"tickets.{dimension}.{month(at)}"


def _count(tx: Tx, state: TicketState, measure: str) -> None:
    for dimension, key in keys(state, measure):
        tx.count(state.region, name(dimension, tx.at), key, 1)
