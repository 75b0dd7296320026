"""Several at once, with real commits: one origin one ticket, one dispatch one winner, and the children end with the parent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Ticket, TicketPrivate
from banshi.contexts.tickets.values.codes import Status
from banshi.infra import counters
from banshi.kernel.facts import Refused
from tests.contexts.tickets.raised import HEALTH, MARKET, act, adopted, dispatcher, operator, raised
from tests.personas import CITY, LICHENG
from tests.rules.tickets.life import SYSTEM, at


def at_once[T](count: int, call: Callable[[int], T]) -> list[T | str]:
    """What each got: its answer, or the rule that refused it."""
    barrier = Barrier(count)

    def one(n: int) -> T | str:
        barrier.wait(timeout=30)
        try:
            return call(n)
        except Refused as refused:
            return refused.rule
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def standing() -> dict[str, int]:
    found = counters.totals("tickets.standing")
    return {key: total for key, total in found.items() if total}


def test_one_origin_is_one_ticket_whoever_is_first(real_database: None) -> None:
    operator()
    answers = at_once(6, lambda n: raised(origin="review:7"))
    assert len(set(answers)) == 1
    assert Ticket.objects.count() == 1
    assert TicketPrivate.objects.count() == 2
    assert standing() == {f"c:{CITY}|hotline|raised": 1}


def test_of_two_who_dispatch_one_wins_and_the_counts_are_right(real_database: None) -> None:
    actor = dispatcher().actor
    id, _ = raised()
    units = (MARKET, HEALTH)
    answers = at_once(4, lambda n: act("dispatch", id, actor, at("2026-03-02", 11), reference=units[n % 2]))
    assert sorted(map(str, answers))[1:] == ["wrong_state"] * 3
    state = queries.get_ticket(LICHENG, id, SYSTEM)
    assert (state.status, state.seq) == (Status.DISPATCHED, 2)
    assert standing() == {f"c:{CITY}|hotline|dispatched": 1, f"o:{state.lead}|hotline|dispatched": 1}


def test_a_parent_that_ends_while_another_joins_leaves_no_child_behind(real_database: None) -> None:
    actor = dispatcher().actor
    parent, *children = [raised()[0] for _ in range(4)]

    def step(n: int) -> list[str]:
        if n == 3:
            return act("answer", parent, operator_actor, at("2026-03-02", 12), "路已修好。")
        return act("merge", children[n], actor, at("2026-03-02", 12), reference=str(parent))

    operator_actor = operator().actor
    at_once(4, step)
    ended = queries.get_ticket(LICHENG, parent, SYSTEM)
    assert ended.status is Status.CLOSED
    for child in children:
        state = queries.get_ticket(LICHENG, child, SYSTEM)
        assert state.status is (Status.CLOSED if child in ended.children else Status.RAISED)


@pytest.mark.django_db
def test_a_merge_that_is_refused_leaves_both_as_they_were() -> None:
    parent, child = raised()[0], raised()[0]
    act("answer", parent, operator(), at("2026-03-02", 11), "路已修好。")
    with pytest.raises(Refused) as told:
        act("merge", child, dispatcher(), at("2026-03-02", 12), reference=str(parent))
    assert told.value.rule == "parent"
    assert queries.get_ticket(LICHENG, child, SYSTEM).status is Status.RAISED
    assert queries.get_ticket(LICHENG, parent, SYSTEM).children == ()


def test_rewards_proposed_at_once_stay_within_the_person_s_year(real_database: None) -> None:
    ids, clerk = [adopted(title=f"第{n}处") for n in range(4)], operator().actor
    answers = at_once(
        4, lambda n: act("propose_reward", ids[n], clerk, at("2026-03-06"), "有用。", kind="changed")
    )
    assert sorted(map(str, answers))[2:] == ["yearly_most"] * 2
