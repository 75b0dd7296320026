"""A whole database is read: what the rows say is what the facts fold to; what somebody changed behind their back is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.models import (
    BreachFound,
    ItemDefect,
    Occasion,
    RewardGiven,
    Ticket,
    TicketPrivate,
    TicketTask,
)
from banshi.contexts.tickets.values import About
from banshi.directory.values import PostKind
from banshi.infra.store import write
from banshi.infra.verification import Finding, Reader, Report, Span
from tests.contexts import harm
from tests.contexts.tickets.raised import (
    MARKET,
    MONDAY,
    act,
    caller,
    checker,
    chief,
    dispatcher,
    head,
    raised,
)
from tests.personas import CITY, LICHENG, li, lin, party_of, staff
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


@pytest.fixture
def followed_up(real_database: None) -> None:
    """Of two tickets each: a defect of an item and a breach, one open and one dealt with; in two months."""
    du = staff("dudu", "督查", CITY, PostKind.SUPERVISOR)
    for settled in (True, False):
        id, _ = raised(kind="undone", about=About(item="food-licence", hall="350502-hall", window="3"))
        act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
        act("find_cause", id, lin(), at("2026-03-03"), "证明开不出来。", kind="impossible_material")
        act("supervise", id, du, at("2026-03-03"), "限三日内。", kind="harm", how="interview")
        breach = {"kind": "unrectified", "post": "分管副局长", "person": "staff:9"}
        act("find_breach", id, du, at("2026-04-09"), "仍未整改。", **breach)
        if settled:
            act("settle_defect", id, head(), at("2026-04-10"), "改为告知承诺。", n=0, verdict="fixed")
            act("record_disposal", id, du, at("2026-04-20"), "约谈并通报。", n=0)
        act("urge", id, dispatcher(), at("2026-04-21"), "请尽快。")


def found() -> list[Finding]:
    return harm.found(
        lambda chunk, report: queries.check_tickets(chunk, CALENDAR, report),
        [LICHENG],
        queries.COUNTERS,
        queries.BOTH_WAYS,
    )


@pytest.mark.parametrize("model", [ItemDefect, BreachFound])
def test_each_changed_column_of_a_defect_or_breach_and_each_row_gone_is_named(
    model: type[ItemDefect] | type[BreachFound], followed_up: None
) -> None:
    assert found() == []
    for row, column in harm.each_column(model, but=()):
        [one] = found()
        assert (one.rule, one.where) == ("row_differs", f"{LICHENG}/{row.ticket_id}")
        assert column in one.en and column in one.zh
    for row in harm.each_row(model):
        [one] = found()
        assert (one.rule, one.where) == ("no_row", f"{LICHENG}/{row.ticket_id}#0")
    for row in model.objects.all():
        row.n = 7
        write(lambda tx, row=row: model.objects.bulk_create([row]), at=MONDAY, actor="mallory")
    assert [one.rule for one in found()] == ["no_facts"] * 2


@pytest.fixture
def rewarded(real_database: None) -> None:
    """Two remarks that were adopted: one with its reward claimed, one proposed; two rounds, one of them closed."""
    for n, granted in enumerate((True, False)):
        id, _ = raised(kind="remark", title=f"指南还是旧的，第{n}次", phone=f"1000000007{n}")
        act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
        act("sign", id, lin(), at("2026-03-02", 12))
        act("reply", id, lin(), at("2026-03-03"), "已换新。", verdict="solved")
        act("check", id, checker(), at("2026-03-03", 12), verdict="pass")
        act("call_back", id, chief(), at("2026-03-04"), verdict="content")
        act("propose_reward", id, dispatcher(), at("2026-03-05"), "改了指南。", kind="improved")
        if granted:
            act("decide_reward", id, chief(), at("2026-03-06"), verdict="pass")
        round = operations.open_occasion(
            region=LICHENG, kind="survey", said=operations.Said("堵点征集"), opens_on=date(2026, 3, 2),
            closes_on=date(2026, 3, 31), actor=dispatcher().actor, at=MONDAY,
        )  # fmt: skip
        if granted:
            operations.close_occasion(region=LICHENG, id=round, actor=chief().actor, at=at("2026-03-10"))


@pytest.mark.parametrize("model", [RewardGiven, Occasion])
def test_rewards_and_rounds_too(model: Any, rewarded: None) -> None:
    assert found() == []
    for _, column in harm.each_column(model, but=()):
        said = found()
        if column == "number":
            assert sorted(one.rule for one in said) == ["no_facts", "no_row"]
        else:
            [one] = said
            assert one.rule == "row_differs" and column in one.en and column in one.zh
    for _ in harm.each_row(model):
        assert [one.rule for one in found()] == ["no_row"]


def test_each_wrong_figure_is_named(followed_up: None) -> None:
    seen = set()
    for name, key in harm.each_counter(lambda name: name.startswith("tickets.")):
        seen.add(name)
        assert [(one.rule, one.where) for one in found()] == [("counter_differs", f"{LICHENG}/{name}/{key}")]
    months = {name for name in seen if name.endswith(("202603", "202604"))}
    assert seen - months == {"tickets.standing"} and len(months) == 10


@pytest.mark.django_db
def test_another_calendar_than_the_row_s_is_no_finding_but_work_for_the_scheduler() -> None:
    id = lives()
    assert queries.list_outdated(CALENDAR) == ([], None)
    outdated, _ = queries.list_outdated(published(2025))
    assert (LICHENG, id) in outdated
