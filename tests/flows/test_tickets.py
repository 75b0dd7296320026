"""The clocks of tickets, as the scheduler finds them: told once, supervised when late, listed when late for long."""

from __future__ import annotations

from datetime import date

import pytest

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.models import TicketTask
from banshi.contexts.tickets.values.codes import Mode, Trigger
from banshi.directory.calendar import calendar
from banshi.flows import tickets
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound
from tests.contexts.cases.opened import opened
from tests.contexts.tickets.raised import MARKET, act, dispatcher, raised
from tests.personas import LICHENG, li, lin, party_of
from tests.rules.tickets.life import at, published

pytestmark = pytest.mark.django_db


def titles(id: object) -> list[str]:
    return [entry.title for entry in queries.trail(LICHENG, id)]  # type: ignore[arg-type]


def test_each_light_is_told_once_however_often_it_is_looked() -> None:
    id, _ = raised()
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    act("sign", id, lin(), at("2026-03-02", 12))
    assert tickets.check(at("2026-03-05", 12)) == 0
    for instant, seen in (
        (at("2026-03-06", 0), ["到期提醒"]),
        (at("2026-03-09", 23, 59), ["到期提醒"]),
        (at("2026-03-10", 0), ["到期提醒", "督办"]),
        (at("2026-03-13", 0), ["到期提醒", "督办", "督办"]),
        (at("2026-04-13", 0), ["到期提醒", "督办", "督办"]),
    ):
        tickets.check(instant)
        assert tickets.check(instant) == 0
        assert titles(id)[3:] == seen
    state = queries.get_ticket(LICHENG, id, SYSTEM)
    assert [(one.trigger, one.mode) for one in state.supervisions] == [
        (Trigger.OVERDUE, Mode.DAILY),
        (Trigger.OVERDUE, Mode.LISTED),
    ]
    assert {task.key for task in TicketTask.objects.filter(ticket_id=id)} == {"handle", "supervision"}


def test_who_comes_late_catches_up_by_the_loudest_light_only() -> None:
    id, _ = raised()
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    tickets.check(at("2026-04-01"))
    state = queries.get_ticket(LICHENG, id, SYSTEM)
    assert {(one.trigger, one.mode) for one in state.supervisions} == {
        (Trigger.NOT_TAKEN, Mode.LISTED),
        (Trigger.OVERDUE, Mode.LISTED),
    }
    assert tickets.check(at("2026-04-01")) == 0


def test_a_ticket_of_several_is_looked_at_though_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [raised()[0] for _ in range(3)]
    remind, refusing = tickets.tickets.act, str(ids[1])

    def act_(name: str, **given: object) -> object:
        if str(given["id"]) == refusing:
            raise RuntimeError("a damaged row")
        return remind(name, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(tickets.tickets, "act", act_)
    assert tickets.check(at("2026-03-10")) == 3
    assert [len(titles(id)) for id in ids] == [2, 1, 2]
    assert tickets.check(at("2026-03-10", 12)) == 0


def test_a_notice_moves_the_days_of_open_tickets() -> None:
    before, after = published(2024), calendar()
    id, _ = raised(when=at("2025-01-20"))
    act("dispatch", id, dispatcher(), at("2025-01-20", 11), reference=MARKET)
    operations.recalculate(region=LICHENG, id=id, at=at("2025-01-20", 12), calendar=before)
    told = queries.get_ticket(LICHENG, id, SYSTEM)
    assert told.provisional
    moved = list(tickets.recalculate(after, at("2025-01-21")))
    state = queries.get_ticket(LICHENG, id, SYSTEM)
    assert (moved, state.provisional, state.due_on) == ([1], False, date(2025, 1, 26))
    assert list(tickets.recalculate(after, at("2025-01-22"))) == [0]


def test_a_calendar_is_followed_once_whichever_process_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    id, _ = raised(when=at("2025-01-20"))
    act("dispatch", id, dispatcher(), at("2025-01-20", 11), reference=MARKET)
    operations.recalculate(region=LICHENG, id=id, at=at("2025-01-20", 12), calendar=published(2024))

    def anew() -> None:
        """Another process knows nothing yet."""
        for name in ("version", "coming"):
            monkeypatch.setattr(tickets._Following, name, "")

    anew()
    while tickets.follow_calendar(at("2025-01-22")):
        pass
    state = queries.get_ticket(LICHENG, id, SYSTEM)
    assert (state.provisional, state.calendar) == (False, calendar().version)
    anew()
    monkeypatch.setattr(tickets, "recalculate", None)
    assert not tickets.follow_calendar(at("2025-01-23"))


def test_a_ticket_about_a_case_names_it() -> None:
    case = opened(party_of(li()).id)
    from banshi.contexts.cases import queries as cases

    number = cases.get_case(LICHENG, case, SYSTEM).number
    id, _ = raised(kind="undone", channel="window", about=tickets.about_case(number))
    [state] = queries.list_of_case(LICHENG, case)
    assert (state.id, state.about.case_number, state.about.item) == (id, number, "food-licence")
    with pytest.raises(NotFound):
        tickets.about_case("35050220260302999999990")
