"""Rounds, points and rewards in the tables of both engines: what is written is what is asked for and what the facts fold to."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.models import Occasion, RewardGiven, Ticket, TicketPrivate
from banshi.contexts.tickets.operations import Said
from banshi.contexts.tickets.rules.state import evolve
from banshi.contexts.tickets.values import About, TicketState
from banshi.directory.values import PostKind
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS, SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests.contexts.tickets.raised import (
    HEALTH,
    MARKET,
    MONDAY,
    act,
    adopted,
    caller,
    checker,
    chief,
    dispatcher,
    operator,
    raised,
)
from tests.personas import CITY, LICHENG, li, lin, party_of, staff
from tests.rules.tickets.life import CALENDAR, at

pytestmark = pytest.mark.django_db


def opened(kind: str = "survey", **more: Any) -> UUID:
    usual = {
        "region": CITY,
        "kind": kind,
        "said": Said("金丝雀堵点大家说", "哪里卡住了", "金丝雀厅", {"1": "卡在哪里？"}),
        "opens_on": date(2026, 3, 2),
        "closes_on": date(2026, 3, 31),
        "categories": ("road",),
        "actor": dispatcher().actor,
        "at": MONDAY,
    }
    return operations.open_occasion(**(usual | more))


def state_of(id: UUID) -> TicketState:
    return queries.get_ticket(LICHENG, id, SYSTEM)


def point(occasion: UUID | None = None, when: Any = MONDAY, **more: Any) -> UUID:
    id, _ = raised(kind="pain_point", occasion=occasion, when=when, **more)
    return id


def vote(id: UUID, voter: str, weight: int = 2) -> None:
    operations.second_point(
        region=LICHENG, id=id, weight=weight, voter=voter, actor=ANONYMOUS, at=MONDAY, calendar=CALENDAR
    )


def test_a_round_is_kept_with_its_words_private() -> None:
    command = new_id()
    id = opened(command_id=command)
    assert opened(command_id=command) == id and Occasion.objects.count() == 1
    state = queries.get_occasion(CITY, id)
    assert (state.kind, state.categories, state.taking(date(2026, 3, 31))) == ("survey", ("road",), True)
    assert queries.said_of([state])[id] == Said(
        "金丝雀堵点大家说", "哪里卡住了", "金丝雀厅", {"1": "卡在哪里？"}
    )
    for model in (Occasion, Fact, Outbox):
        assert "金丝雀" not in repr(list(model._default_manager.values()))
    for kept in TicketPrivate.objects.values_list("content", flat=True):
        assert "金丝雀".encode() not in bytes(kept)
    operations.close_occasion(region=CITY, id=id, actor=chief().actor, at=at("2026-03-10"))
    assert queries.get_occasion(CITY, id).closed_on == date(2026, 3, 10)
    assert queries.list_occasions([CITY], on=date(2026, 3, 11)) == []
    assert [one.id for one in queries.list_occasions([CITY])] == [id]
    with pytest.raises(Refused, match="已经结束"):
        operations.close_occasion(region=CITY, id=id, actor=chief().actor, at=at("2026-03-11"))


def test_what_is_said_in_a_round_is_found_by_it_while_it_lasts() -> None:
    id = opened()
    mine = point(id, weight=3)
    point()
    assert [one.id for one in queries.list_of_occasion(id)] == [mine]
    assert Ticket.objects.get(id=mine).occasion_id == id and state_of(mine).weight == 3
    with pytest.raises(Refused, match="结束"):
        point(id, when=at("2026-04-01"))
    with pytest.raises(Refused, match="不收"):
        point(new_id())
    with pytest.raises(Refused):
        point(weight=4)


def test_each_says_once_that_it_is_the_same() -> None:
    id = point()
    with pytest.raises(NotFound):
        vote(id, "a")
    act("publish", id, dispatcher(), MONDAY, "公开的说法")
    for voter in ("a", "a", "b"):
        vote(id, voter)
    state = state_of(id)
    assert (state.votes, state.votes_weight) == (2, 4)
    assert reduce(evolve, queries.facts(LICHENG, id), None) == state
    assert Fact.objects.filter(stream_id=id, kind="tickets.ticket.seconded").count() == 2


def test_who_said_it_does_not_second_it() -> None:
    party = party_of(li()).id
    id = point(party=party)
    act("publish", id, dispatcher(), MONDAY, "公开的说法")
    with pytest.raises(Refused, match="自己说的"):
        operations.second_point(
            region=LICHENG, id=id, weight=1, voter="li", actor=li().actor, at=MONDAY, calendar=CALENDAR
        )


def test_points_rank_by_how_many_and_how_badly_and_what_is_merged_counts_with_its_parent() -> None:
    light, heavy, same = point(weight=1), point(weight=3), point(weight=2)
    act("merge", same, dispatcher(), MONDAY, reference=str(heavy))
    act("publish", heavy, dispatcher(), MONDAY, "公开的说法")
    vote(heavy, "a", 3)
    raised(category="road.surface.damage")
    first, second = queries.list_points(CITY)
    assert (first.state.id, first.people, first.weight) == (heavy, 3, 8)
    assert (second.state.id, second.people, second.weight) == (light, 1, 1)
    assert (first.alike, second.alike) == (2, 3), "tickets of the class, less its own"
    assert [one.state.id for one in queries.list_points(CITY, published=True)] == [heavy]
    act("decline", light, dispatcher(), MONDAY, "已经进入信访。", kind="petition")
    assert [one.state.id for one in queries.list_points(CITY)] == [heavy]


@pytest.mark.parametrize(("day", "in_time"), [("2026-03-20", 1), ("2026-04-02", 0)])
def test_clearing_is_counted_by_unit(day: str, in_time: int) -> None:
    id, late = point(phone=""), point(phone="")
    for one in (id, late):
        act("assign", one, dispatcher(), MONDAY, reference=MARKET, on=date(2026, 4, 1))
        act("sign", one, lin(), at("2026-03-03"))
    act("reply", id, lin(), at(day), "已经解决。", verdict="solved")
    act("check", id, checker(), at(day, 16), verdict="pass")
    act("clear", id, chief(), at(day, 17), "已经解决。")
    (found,) = queries.clearing(queries.list_points(CITY), date(2026, 4, 3)).items()
    assert found[0] == MARKET
    one = found[1]
    assert (one.given, one.solved, one.in_time, one.cleared, one.late) == (2, 1, in_time, 1, 1)
    assert queries.statistics("unit", MONDAY.date(), date(2026, 4, 30), kind="pain_point")[MARKET]["late"] == 1 - in_time  # fmt: skip


def test_a_firm_behind_a_confidential_ticket_stays_unknown_to_the_unit() -> None:
    about = About(firm="91350502MA2XYY123F", project="2603-350502")
    id, _ = raised(kind="enterprise", channel="line", about=about, confidential=True, actor=operator().actor)
    act("dispatch", id, dispatcher(), MONDAY, reference=MARKET)
    assert queries.get_ticket(LICHENG, id, lin().actor).about == About()
    assert queries.get_ticket(LICHENG, id, caller().actor).about.firm == "91350502MA2XYY123F"


def test_a_class_that_is_found_before_dispatch_brings_its_days_along() -> None:
    id, _ = raised(kind="enterprise", category="enterprise")
    act("classify", id, dispatcher(), MONDAY, category="enterprise.project.approval")
    assert state_of(id).terms.handle_days == 10
    act("dispatch", id, dispatcher(), MONDAY, reference=MARKET)
    act("classify", id, dispatcher(), MONDAY, category="enterprise.tax.refund")
    assert state_of(id).terms.handle_days == 10, "what was given out keeps its days"


def test_a_visit_names_offices_of_the_city_and_where_it_was_is_private() -> None:
    id, _ = raised()
    act("dispatch", id, dispatcher(), MONDAY, reference=MARKET, offices=(HEALTH,))
    given = {"on": date(2026, 3, 3), "how": "morning", "where": "金丝雀巷", "offices": (MARKET,)}
    with pytest.raises(Refused):
        act("visit", id, dispatcher(), at("2026-03-03"), "商定了。", **given, called=("110101-market",))
    act("visit", id, lin(), at("2026-03-03"), "商定了。", **given)
    (one,) = state_of(id).visits
    assert one.text is not None and one.absent == (HEALTH,)
    assert queries.texts(LICHENG, [one.text]) == {one.text: "金丝雀巷：商定了。"}
    assert "金丝雀" not in repr(list(Fact.objects.values_list("data", flat=True)))


def test_rewards_are_in_the_ledger_with_their_sums() -> None:
    id = adopted()
    when = at("2026-03-06")
    act("propose_reward", id, operator(), when, "有用。", kind="improved")
    assert (state_of(id).reward.points, state_of(id).reward.decider) == (50, "centre_chief")  # type: ignore[union-attr]
    act("decide_reward", id, chief(), when, verdict="pass")
    with pytest.raises(Refused):
        act("claim_reward", id, caller(), when, how="bitcoin")
    act("claim_reward", id, caller(), when, how="post", text="")
    assert reduce(evolve, queries.facts(LICHENG, id), None) == state_of(id)
    row = RewardGiven.objects.get(region_code=LICHENG, ticket_id=id)
    assert (row.points, row.granted_on, row.claimed_on) == (50, date(2026, 3, 6), date(2026, 3, 6))
    ledger = queries.list_rewards(chief().actor, date(2026, 1, 1), date(2026, 12, 31))
    assert [one.ticket for one in ledger.rows] == [id] and ledger.total == 1
    assert ledger.sums == {MARKET: (0, 50, 1)}
    assert queries.list_rewards(lin().actor, date(2026, 1, 1), date(2026, 12, 31)).total == 0
    assert queries.list_rewards(chief().actor, date(2025, 1, 1), date(2025, 12, 31)).total == 0


def test_a_person_s_year_has_a_most_whichever_tickets_it_comes_from() -> None:
    when = at("2026-03-06")
    for n in range(2):
        id = adopted(title=f"第{n}处", when=MONDAY + timedelta(minutes=n))
        act("propose_reward", id, operator(), when, "有用。", kind="changed")
        act("decide_reward", id, chief(), when, verdict="pass")
    third, other = adopted(title="第三处"), adopted(title="别人说的", phone="10000000078")
    with pytest.raises(Refused, match="200积分"):
        act("propose_reward", third, operator(), when, "有用。", kind="adopted")
    act("propose_reward", other, operator(), when, "有用。", kind="adopted")


def test_of_two_who_said_the_same_only_the_first_is_rewarded_and_once() -> None:
    later, _ = raised(kind="remark", when=MONDAY + timedelta(hours=1), title="后说的", phone="10000000078")
    first, number = raised(kind="remark", title="先说的")
    act("merge", first, dispatcher(), at("2026-03-02", 12), reference=str(later))
    act("dispatch", later, dispatcher(), at("2026-03-02", 12), reference=MARKET)
    act("sign", later, lin(), at("2026-03-02", 13))
    act("reply", later, lin(), at("2026-03-04"), "改了。", verdict="solved")
    act("check", later, checker(), at("2026-03-04", 15), verdict="pass")
    act("call_back", later, caller(), at("2026-03-05"), verdict="content")
    when = at("2026-03-06")
    with pytest.raises(Refused, match=number):
        act("propose_reward", later, operator(), when, "有用。", kind="adopted")
    act("propose_reward", first, operator(), when, "有用。", kind="adopted")
    with pytest.raises(Refused, match="只奖一次"):
        act("propose_reward", later, operator(), when, "有用。", kind="adopted")


def test_titles_that_say_nearly_the_same_are_suggested() -> None:
    titles = ["办食品证要跑两个窗口盖章", "路灯不亮", "办食品证要跑两个窗口来盖章"]
    assert queries.near_same_titles(titles) == [None, None, 0]
    assert queries.near_same_titles(titles[:1]) == [None]


def test_a_county_s_supervisor_does_not_see_the_points_and_rewards_of_the_whole_city() -> None:
    county = staff("jiancha", "区监察", LICHENG, PostKind.SUPERVISOR).actor
    city = staff("shijian", "市监察", CITY, PostKind.SUPERVISOR).actor
    assert (queries.centres_of(county), queries.centres_of(city)) == ([LICHENG], [CITY])
    assert (queries.watches(county, CITY), queries.watches(city, CITY)) == (False, True)
    assert queries.watches(lin().actor, CITY) is queries.watches(li().actor, CITY) is False


def test_what_says_nearly_the_same_in_a_round_can_be_merged_into_whatever_its_class() -> None:
    round_ = opened()
    first = point(round_, title="办食品证要跑两个窗口盖章", category="")
    point(round_, title="路灯不亮", category="")
    later = point(
        round_, title="办食品证要跑两个窗口来盖章", category="", place="", when=MONDAY + timedelta(hours=1)
    )
    assert [row.id for row in queries.list_alike(state_of(later))] == [first]
    act("merge", later, dispatcher(), MONDAY + timedelta(hours=2), reference=str(first))
    assert [row.id for row in queries.list_alike(state_of(first))] == []
