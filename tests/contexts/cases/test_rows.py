"""What the command path writes is what the ORM reads, lists find, and the facts fold to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.models import Case, Document, Task
from banshi.contexts.cases.rules.clocks import next_check_at
from banshi.contexts.cases.values import Input, Status
from banshi.directory.values import PostKind
from banshi.infra.models import Fact, Outbox
from banshi.infra.store import Clash, new_id
from banshi.kernel.facts import NotFound, Refused
from tests.contexts.cases.opened import NAME, NUMBER, REGION, opened
from tests.personas import huang, li, lin, party_of, staff, wang, zhao
from tests.rules.cases.life import CALENDAR, at

pytestmark = pytest.mark.django_db


def act(
    name: str, id: UUID, who: object, day: str = "2026-03-03", text: str = "", **given: object
) -> list[str]:
    return operations.act(
        name,
        region=REGION,
        id=id,
        actor=who.actor,  # type: ignore[attr-defined]
        at=at(day),
        calendar=CALENDAR,
        given=Input(**given),  # type: ignore[arg-type]
        text=text,
    ).kinds


def test_rows_written_by_sql_read_equal_by_the_orm() -> None:
    party = party_of(li()).id
    id = opened(party)
    act("accept", id, lin())
    row = Case.objects.get(region_code=REGION, id=id)
    state = queries.get_case(REGION, id, lin().actor)
    assert (row.party_id, row.seq, row.status) == (party, 3, "in_review")
    assert (row.received_on, row.due_on) == (date(2026, 3, 2), state.promised_due_on)
    assert row.next_check_at == next_check_at(state, CALENDAR)
    assert Case.objects.filter(due_on=state.promised_due_on, party_id=party, id=id).exists()
    fact = Fact.objects.get(region_code=REGION, stream_id=id, seq=1)
    assert fact.at == at("2026-03-02")
    assert Fact.objects.filter(at=at("2026-03-02"), stream_id=id).count() == 1
    assert {task.key for task in Task.objects.filter(region_code=REGION, case_id=id)} == {
        "work:visit",
        "work:fire",
    }
    document = Document.objects.get(region_code=REGION, case_id=id, kind="acceptance")
    assert document.issued_on == date(2026, 3, 3)
    assert document.number == f"{state.number}-S"
    assert Outbox.objects.filter(stream_id=id, handler="render documents").count() == 2


def test_the_next_check_is_the_end_of_the_fifth_working_day() -> None:
    id = opened(party_of(li()).id)
    row = Case.objects.get(region_code=REGION, id=id)
    assert row.next_check_at == at("2026-03-10", 0)
    assert queries.list_due_checks(at("2026-03-09", 23)) == []
    assert queries.list_due_checks(at("2026-03-10", 0)) == [(REGION, id, Status.RECEIVED)]


def test_folding_the_facts_gives_the_row() -> None:
    id = opened(party_of(li()).id)
    act("request_correction", id, lin(), text="营业执照：请拍全。")
    act("supply_correction", id, li(), "2026-03-04")
    act("accept", id, lin(), "2026-03-05")
    assert operations.folded(queries.facts(REGION, id)) == queries.get_case(REGION, id, lin().actor)


def test_the_work_list_holds_what_waits_for_this_post_and_nothing_of_others() -> None:
    id = opened(party_of(li()).id)
    tasks, count = queries.list_tasks(lin().actor)
    assert ([task.key for task in tasks], count) == (["accept"], 1)
    assert queries.list_tasks(huang().actor)[1] == 0
    assert queries.list_tasks(zhao().actor) == ([], 0)
    act("accept", id, lin())
    assert [task.key for task in queries.list_tasks(lin().actor)[0]] == ["work:visit"]
    assert queries.list_tasks(lin().actor, search="没有这样的事项") == ([], 0)


def test_a_foreign_case_is_not_found_in_any_way() -> None:
    id = opened(party_of(li()).id)
    number = queries.get_case(REGION, id, lin().actor).number
    with pytest.raises(NotFound):
        queries.get_case(REGION, id, zhao().actor)
    with pytest.raises(NotFound):
        act("accept", id, zhao())
    assert queries.list_cases(zhao().actor, search=number) == ([], 0)
    assert queries.list_cases(lin().actor, search=number)[1] == 1


def test_a_window_sees_the_cases_of_its_hall_only() -> None:
    id = opened(party_of(li()).id)
    with pytest.raises(NotFound):
        queries.get_case(REGION, id, wang().actor)
    taken = opened(party_of(li()).id, hall=f"{REGION}-hall")
    assert queries.get_case(REGION, taken, wang().actor).hall == f"{REGION}-hall"


def test_a_refused_command_leaves_nothing_behind() -> None:
    id = opened(party_of(li()).id)
    lin()
    before = (
        Fact.objects.count(),
        Document.objects.count(),
        Outbox.objects.count(),
        Case.objects.get(id=id).state,
    )
    with pytest.raises(Refused, match="补正"):
        act("request_correction", id, lin())
    with pytest.raises(Refused):
        act("request_correction", id, lin(), text="请补齐", days=999)
    assert before == (
        Fact.objects.count(), Document.objects.count(), Outbox.objects.count(), Case.objects.get(id=id).state
    )  # fmt: skip


def test_who_saw_an_older_state_is_told_so() -> None:
    id = opened(party_of(li()).id)
    act("accept", id, lin())
    with pytest.raises(Refused) as told:
        operations.act(
            "withdraw",
            region=REGION,
            id=id,
            actor=li().actor,
            at=at("2026-03-03"),
            calendar=CALENDAR,
            expected_seq=1,
        )
    assert told.value.rule == "changed_meanwhile"


def test_a_repeated_command_gets_the_first_answer() -> None:
    id, once = opened(party_of(li()).id), new_id()
    answers = [
        operations.act(
            "accept",
            region=REGION,
            id=id,
            actor=lin().actor,
            at=at("2026-03-03"),
            calendar=CALENDAR,
            command_id=once,
        )
        for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert Fact.objects.filter(stream_id=id).count() == 3


def test_names_numbers_and_words_are_in_the_private_table_only() -> None:
    id = opened(party_of(li()).id)
    act("request_correction", id, lin(), text="金丝雀：请补交房屋租赁合同。")
    for model in (Case, Task, Document, Fact, Outbox):
        for row in model._default_manager.values():
            text = repr(row)
            assert NAME not in text
            assert NUMBER not in text
            assert "金丝雀" not in text
    subject = queries.subject(queries.get_case(REGION, id, lin().actor))
    assert subject["applicant"] == NAME
    words = queries.texts(REGION, [entry.text for entry in queries.trail(REGION, id) if entry.text])
    assert list(words.values()) == ["金丝雀：请补交房屋租赁合同。"]


def test_two_who_act_on_one_state_do_not_both_win(monkeypatch: pytest.MonkeyPatch) -> None:
    from banshi.contexts.cases import store

    id = opened(party_of(li()).id)
    stale = queries.get_case(REGION, id, lin().actor)
    act("accept", id, lin())
    monkeypatch.setattr(store, "lock", lambda tx, region, id, seen=None: stale)
    with pytest.raises(Clash):
        act("withdraw", id, li())
    assert queries.get_case(REGION, id, lin().actor).seq == 3


def test_a_case_goes_to_the_level_that_may_decide_it_and_back() -> None:
    id = opened(party_of(li()).id)
    city = staff("shi", "施市局", "350500", PostKind.OFFICER, "350500-market")
    act("transfer", id, lin(), reference="350500-market", text="市级权限。")
    assert queries.list_tasks(lin().actor)[1] == 0
    assert [task.key for task in queries.list_tasks(city.actor)[0]] == ["accept"]
    assert Case.objects.get(id=id).office_code == "350500-market"
    assert queries.get_case(REGION, id, lin().actor).first_office == f"{REGION}-market"
    act("transfer", id, city, reference=f"{REGION}-market", text="县级可办。")
    assert queries.list_tasks(lin().actor)[1] == 1


@pytest.mark.parametrize("to", [f"{REGION}-health", "350582-market", "nowhere", f"{REGION}-market"])
def test_a_case_is_not_transferred_out_of_its_line(to: str) -> None:
    id = opened(party_of(li()).id)
    with pytest.raises(Refused) as told:
        act("transfer", id, lin(), reference=to, text="转走。")
    assert told.value.field == "reference"
