"""A whole database is read: what the rows say is what the facts fold to; what somebody changed behind their back is found."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Ticket, TicketPrivate, TicketTask
from banshi.infra.store import write
from banshi.infra.verification import Reader, Report, Span
from tests.contexts.tickets.raised import MARKET, MONDAY, act, caller, checker, dispatcher, raised
from tests.personas import LICHENG, li, lin, party_of
from tests.rules.tickets.life import CALENDAR, SYSTEM, at, published


def report() -> set[str]:
    found, reader = Report(), Reader()
    for chunk in reader.chunks(Span(LICHENG)):
        queries.check_tickets(chunk, CALENDAR, found)
    reader.close()
    return {one.rule for one in found.findings}


def lives() -> UUID:
    """One in hand, one closed, one declined, one merged; the id of the first."""
    ids = [raised(party=party_of(li()).id)[0] for _ in range(4)]
    for id in ids[:2]:
        act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
        act("sign", id, lin(), at("2026-03-02", 12))
    act("reply", ids[1], lin(), at("2026-03-03"), "修好了。", verdict="solved")
    act("check", ids[1], checker(), at("2026-03-03", 12), verdict="pass")
    act("call_back", ids[1], caller(), at("2026-03-04"), verdict="content")
    act("decline", ids[2], dispatcher(), at("2026-03-02", 11), "已在信访。", kind="petition")
    act("merge", ids[3], dispatcher(), at("2026-03-03", 13), reference=str(ids[0]))
    act("remind", ids[0], SYSTEM, at("2026-03-10"))
    return ids[0]


def test_nothing_is_found_where_nothing_was_done(real_database: None) -> None:
    lives()
    assert report() == set()


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        (lambda id: Ticket.objects.filter(id=id).update(status="closed"), "row_differs"),
        (lambda id: Ticket.objects.filter(id=id).update(due_on=None), "row_differs"),
        (lambda id: Ticket.objects.filter(id=id).update(office_code="nobody"), "row_differs"),
        (lambda id: Ticket.objects.filter(id=id).delete(), "no_row"),
        (lambda id: TicketTask.objects.filter(ticket_id=id).delete(), "task_differs"),
        (lambda id: TicketTask.objects.filter(ticket_id=id).update(taken_by="staff:99"), "task_differs"),
        (lambda id: TicketPrivate.objects.filter(id=id).delete(), "private_missing"),
    ],
)
def test_what_was_changed_behind_the_facts_is_found(
    harm: Callable[[UUID], object], rule: str, real_database: None
) -> None:
    id = lives()
    write(lambda tx: harm(id), at=MONDAY, actor="system")
    assert rule in report()


@pytest.mark.django_db
def test_another_calendar_than_the_row_s_is_no_finding_but_work_for_the_scheduler() -> None:
    id = lives()
    assert queries.list_outdated(CALENDAR) == ([], None)
    outdated, _ = queries.list_outdated(published(2025))
    assert (LICHENG, id) in outdated
