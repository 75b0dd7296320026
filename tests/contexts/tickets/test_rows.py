"""What the command path writes is what the ORM reads, lists find, and the facts fold to."""

from __future__ import annotations

from datetime import date
from functools import reduce
from uuid import UUID

import pytest

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.models import ItemDefect, Ticket, TicketPrivate, TicketTask
from banshi.contexts.tickets.rules.clocks import next_check_at
from banshi.contexts.tickets.rules.state import evolve
from banshi.contexts.tickets.values import About, TicketState
from banshi.contexts.tickets.values.codes import Status
from banshi.directory.values import PostKind
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import Clash, new_id
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests.contexts.tickets.raised import (
    HEALTH,
    MARKET,
    MONDAY,
    NAME,
    PHONE,
    TITLE,
    act,
    caller,
    checker,
    chief,
    dispatcher,
    head,
    operator,
    raised,
)
from tests.personas import CITY, LICHENG, li, lin, party_of, staff, zhao
from tests.rules.tickets.life import CALENDAR, at

pytestmark = pytest.mark.django_db


def state_of(id: UUID) -> TicketState:
    return queries.get_ticket(LICHENG, id, SYSTEM)


def folded(id: UUID) -> TicketState | None:
    return reduce(evolve, queries.facts(LICHENG, id), None)


def through_to_the_call(id: UUID) -> None:
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET, offices=(HEALTH,))
    act("sign", id, lin(), at("2026-03-02", 12))
    act("reply", id, lin(), at("2026-03-04"), "已经修好。", verdict="solved", confirmed=True)
    act("check", id, checker(), at("2026-03-04", 15), verdict="pass")


def test_a_whole_life_is_in_the_rows_and_the_facts_fold_to_it() -> None:
    id, number = raised()
    through_to_the_call(id)
    row = Ticket.objects.get(region_code=LICHENG, id=id)
    assert (row.number, row.status, row.office_code, row.seq) == (number, "calling", MARKET, 5)
    assert row.raised_at == MONDAY and row.raised_on == date(2026, 3, 2)
    assert row.next_check_at == next_check_at(state_of(id), CALENDAR)
    assert Ticket.objects.filter(raised_at=MONDAY, id=id, centre="350500").exists()
    assert [task.key for task in TicketTask.objects.filter(ticket_id=id)] == ["call"]
    act("call_back", id, caller(), at("2026-03-05"), verdict="content")
    assert state_of(id).status is Status.CLOSED
    assert folded(id) == state_of(id)
    assert not TicketTask.objects.filter(ticket_id=id).exists()
    assert Ticket.objects.get(id=id).next_check_at is None


def test_the_same_origin_never_makes_a_second_ticket() -> None:
    once = raised(origin="review:1")
    assert raised(origin="review:1") == once
    assert raised(origin="review:2") != once
    assert Ticket.objects.count() == 2
    found = queries.find_by_origin(LICHENG, "review:1")
    assert found is not None and (found.id, found.number) == once


def test_a_repeated_command_gets_the_first_answer() -> None:
    command = new_id()
    assert raised(command_id=command) == raised(command_id=command)
    assert Ticket.objects.count() == 1


def test_names_numbers_and_words_are_in_the_private_table_only() -> None:
    id, _ = raised()
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), "金丝雀，请尽快。", reference=MARKET)
    for model in (Ticket, TicketTask, ItemDefect, Fact, Outbox):
        for row in model._default_manager.values():
            text = repr(row)
            assert "金丝雀" not in text and PHONE not in text
    for kept in TicketPrivate.objects.values_list("content", flat=True):
        assert "金丝雀".encode() not in bytes(kept)
    state = state_of(id)
    assert queries.words(state).title == TITLE
    assert queries.titles([(LICHENG, id)]) == {id: TITLE}
    contact = queries.contact(state, lin().actor)
    assert contact is not None and (contact.name, contact.phone) == (NAME, PHONE)


def test_who_asked_for_secrecy_stays_unknown_to_the_unit() -> None:
    case = new_id()
    id, _ = raised(confidential=True, about=About(case=case, case_number="35050220260302000000017"))
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    assert queries.contact(state_of(id), lin().actor) is None
    assert queries.contact(state_of(id), caller().actor) is not None
    seen = [queries.get_ticket(LICHENG, id, who().actor).about for who in (lin, caller)]
    assert [(about.case, bool(about.case_number)) for about in seen] == [(None, False), (case, True)]


def test_a_foreign_ticket_is_not_found_in_any_way() -> None:
    id, number = raised()
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    with pytest.raises(NotFound):
        queries.get_ticket(LICHENG, id, zhao().actor)
    with pytest.raises(NotFound):
        act("sign", id, zhao(), at("2026-03-02", 12))
    assert queries.list_tickets(zhao().actor, search=number) == ([], 0)
    assert queries.list_tickets(lin().actor, search=number)[1] == 1


def test_the_work_list_holds_what_waits_for_this_post() -> None:
    id, _ = raised()
    tasks, count = queries.list_tasks(dispatcher().actor)
    assert ([task.key for task in tasks], count) == (["dispatch"], 1)
    assert queries.list_tasks(lin().actor) == ([], 0)
    assert queries.list_tasks(caller().actor) == ([], 0)
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    [task] = queries.list_tasks(lin().actor)[0]
    assert (task.key, task.due_on, task.light(date(2026, 3, 4))) == ("sign", date(2026, 3, 3), "red")
    act("sign", id, lin(), at("2026-03-02", 12))
    [task] = queries.list_tasks(lin().actor, step="handle")[0]
    assert (task.due_on, task.light(date(2026, 3, 3))) == (date(2026, 3, 9), "green")
    assert queries.lights(lin().actor, date(2026, 3, 6)) == {"red": 0, "yellow": 1, "green": 0}


def test_pages_follow_one_another_and_counts_are_exact() -> None:
    ids = [raised(when=at("2026-03-02", 8, n))[0] for n in range(7)]
    for id in ids[:5]:
        act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    actor = operator().actor
    pages = [queries.list_tickets(actor, offset=offset, limit=3) for offset in (0, 3, 6)]
    assert {count for _, count in pages} == {7}
    assert [row.id for page, _ in pages for row in page] == sorted(ids, reverse=True)
    assert queries.list_tickets(actor, status="dispatched")[1] == 5
    assert queries.list_tickets(actor, status="dispatched", category="road")[1] == 5
    assert queries.list_tickets(actor, category="market") == ([], 0)
    assert queries.list_tickets(lin().actor)[1] == 5
    assert [len(queries.list_tasks(lin().actor, offset=offset, limit=2)[0]) for offset in (0, 2, 4)] == [
        2,
        2,
        1,
    ]


def test_a_number_that_calls_again_brings_its_history() -> None:
    first, _ = raised(phone="100 0000 0077")
    raised(phone="+86 10000000077", when=at("2026-03-03"))
    raised(phone="10000000078")
    rows, count = queries.history(operator().actor, phone="100-0000-0077")
    assert count == 2 and rows[1].id == first
    assert queries.history(lin().actor, phone=PHONE) == ([], 0)


def test_a_citizen_sees_what_they_said_and_not_what_offices_settle() -> None:
    party = party_of(li()).id
    id, _ = raised(party=party)
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), "请尽快。", reference=MARKET)
    act("return", id, lin(), at("2026-03-02", 12), "归别的局。")
    act("refuse_return", id, dispatcher(), at("2026-03-02", 13), "就是你们的。")
    assert [row.id for row in queries.list_of_party(li().actor)] == [id]
    own = queries.trail(LICHENG, id, own=True)
    assert [entry.title for entry in own] == ["登记", "派单", "申请退回"]
    assert [entry.text for entry in own] == [None, None, None]


def test_a_merged_ticket_ends_with_its_parent() -> None:
    parent, child = raised()[0], raised(title="金丝雀路口的坑")[0]
    act("merge", child, dispatcher(), at("2026-03-02", 11), reference=str(parent))
    assert state_of(child).status is Status.MERGED
    assert state_of(parent).children == (child,)
    with pytest.raises(Refused) as told:
        act("merge", raised()[0], dispatcher(), at("2026-03-02", 11), reference=str(child))
    assert told.value.rule == "parent"
    through_to_the_call(parent)
    act("call_back", parent, caller(), at("2026-03-05"), verdict="content")
    assert (state_of(child).status, state_of(child).outcome) == (Status.CLOSED, "with_parent")
    assert folded(child) == state_of(child) and folded(parent) == state_of(parent)
    other = raised()[0]
    another = raised()[0]
    act("merge", other, dispatcher(), at("2026-03-02", 11), reference=str(another))
    act("separate", other, dispatcher(), at("2026-03-02", 12))
    assert state_of(other).status is Status.RAISED and state_of(another).children == ()


def test_a_cause_that_lies_in_the_item_is_a_finding_for_the_catalogue() -> None:
    id, _ = raised(kind="undone", about=About(item="food-licence"))
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    act("find_cause", id, lin(), at("2026-03-03"), "要的证明开不出来。", kind="impossible_material")
    [defect], count = queries.list_defects(item="food-licence")
    assert (defect.cause, defect.part, defect.ticket, count) == ("impossible_material", "materials", id, 1)
    act("find_cause", id, lin(), at("2026-03-03"), kind="attitude")
    assert queries.list_defects()[1] == 1
    act("settle_defect", id, head(), at("2026-03-10"), "改为告知承诺。", n=0, verdict="fixed")
    assert queries.list_defects() == ([], 0)
    assert queries.list_defects(settled=True)[0][0].settled_on == date(2026, 3, 10)


def test_what_is_supervised_and_who_answers_for_it_is_listed_for_the_supervisor() -> None:
    id, _ = raised()
    du = staff("dudu", "督查", CITY, PostKind.SUPERVISOR)
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    act("supervise", id, du, at("2026-03-03"), "限三日内。", kind="harm", how="interview")
    [row], count = queries.list_supervised(du.actor)
    assert (row.ticket, row.office, count) == (id, MARKET, 1)
    assert queries.list_supervised(lin().actor) == ([], 0)
    assert [task.key for task in queries.list_tasks(lin().actor)[0]] == ["sign", "supervision"]
    act(
        "find_breach",
        id,
        du,
        at("2026-03-09"),
        "仍未整改。",
        kind="unrectified",
        post="分管副局长",
        person="staff:9",
    )
    [breach], count = queries.list_breaches(chief().actor, disposed=False)
    assert (breach.office, breach.post, breach.staff, count) == (MARKET, "分管副局长", "staff:9", 1)
    act("record_disposal", id, du, at("2026-03-20"), "约谈并通报。", n=0)
    assert queries.list_breaches(du.actor, disposed=False) == ([], 0)
    assert queries.list_breaches(du.actor, office=MARKET)[0][0].disposed_on == date(2026, 3, 20)
    act("answer_supervision", id, lin(), at("2026-03-20"), "已经修好。")
    assert queries.list_supervised(du.actor) == ([], 0)
    assert folded(id) == state_of(id)


def test_topics_and_what_is_alike() -> None:
    ids = [raised(title=f"金丝雀路口坑洼 {n} 处")[0] for n in range(3)]
    raised(title="别的事", category="market.food.spoiled", place="")
    topics = queries.hot_topics("350500", date(2026, 3, 1), date(2026, 3, 7))
    assert {(topic.category, topic.place, bool(topic.words), topic.count) for topic in topics} == {
        ("road.surface.damage", "350502001", False, 3),
        ("", "", True, 3),
    }
    alike = queries.list_alike(state_of(ids[2]))
    assert {row.id for row in alike} == {ids[0], ids[1]}
    for topic in topics:
        rows = queries.list_topic("350500", topic, date(2026, 3, 1), date(2026, 3, 7))
        assert {row.id for row in rows} == set(ids)


def test_figures_are_summed_by_unit_window_item_and_kind() -> None:
    about = About(item="food-licence", hall="350502-hall", window="3")
    id, _ = raised(about=about)
    through_to_the_call(id)
    act("call_back", id, caller(), at("2026-03-05"), "还有坑。", verdict="not_content")
    act("reply", id, lin(), at("2026-03-20"), "又修了。", verdict="solved", confirmed=True)
    since, until = date(2026, 3, 1), date(2026, 3, 31)
    unit = queries.statistics("unit", since, until, regions=["350500"])[MARKET]
    assert (unit["dispatched"], unit["replied"], unit["late"], unit["reopened"]) == (1, 2, 1, 1)
    assert (unit.satisfaction, unit.reopen_rate, unit.on_time, unit.return_rate) == (0.0, 100.0, 50.0, 0.0)
    assert queries.statistics("window", since, until)["350502-hall:3"]["raised"] == 1
    assert queries.statistics("item", since, until)["food-licence"]["called"] == 1
    assert queries.statistics("kind", since, until)["hotline"]["raised"] == 1
    assert queries.statistics("category", since, until)["road"]["raised"] == 1
    assert queries.statistics("unit", since, until, kind="bad_review") == {}
    assert queries.statistics("unit", since, until, regions=["370700"]) == {}
    assert queries.statistics("unit", date(2026, 4, 1), date(2026, 4, 30)) == {}


def test_two_who_act_on_one_state_do_not_both_win(monkeypatch: pytest.MonkeyPatch) -> None:
    from banshi.contexts.tickets import store

    id, _ = raised()
    stale = state_of(id)
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    monkeypatch.setattr(store, "lock", lambda tx, region, id: stale)
    with pytest.raises(Clash):
        act("answer", id, operator(), at("2026-03-02", 12), "已经答复。")


def test_who_saw_an_older_state_is_told_so() -> None:
    id, _ = raised()
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    with pytest.raises(Refused) as told:
        operations.act(
            "sign", region=LICHENG, id=id, actor=lin().actor, at=MONDAY, calendar=CALENDAR, expected_seq=1
        )
    assert told.value.rule == "changed_meanwhile"


@pytest.mark.parametrize(
    ("name", "who", "given", "rule"),
    [
        ("dispatch", dispatcher, {"reference": "nowhere"}, "office"),
        ("dispatch", dispatcher, {}, "lead"),
        ("decline", operator, {"kind": "no_ground"}, "ground"),
        ("decline", operator, {"kind": "procedure"}, "route_needed"),
        ("decline", operator, {"kind": "uncooperative"}, "ground"),
        ("classify", operator, {"category": "nothing.like.it"}, "category"),
        ("merge", dispatcher, {"reference": "nonsense"}, "parent"),
        ("find_cause", chief, {"kind": "no_cause"}, "cause"),
        ("call_back", caller, {"verdict": "content"}, "wrong_state"),
        ("dispatch", lin, {"reference": MARKET}, "not_found"),
        ("dispatch", caller, {"reference": MARKET}, "not_your_post"),
        ("no_such_command", operator, {}, "unknown_command"),
    ],
)
def test_what_will_not_do_is_refused_with_its_rule_and_leaves_nothing(
    name: str, who: object, given: dict[str, str], rule: str
) -> None:
    id, _ = raised()
    person = who()  # type: ignore[operator]
    before = Fact.objects.count(), TicketPrivate.objects.count()
    with pytest.raises(Refused) as told:
        act(name, id, person, at("2026-03-02", 11), "文字。", **given)
    assert told.value.rule == rule
    assert before == (Fact.objects.count(), TicketPrivate.objects.count())
