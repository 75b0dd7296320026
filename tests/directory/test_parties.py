"""Persons and firms: recorded once, found by their number, and who may act for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from banshi.directory import operations, queries
from banshi.directory.models import Account, Party, PartyPrivate
from banshi.directory.values import MandateRole, PartyKind, PartyRef
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from tests import personas
from tests.personas import AT, JINJIANG, LICHENG, ON, resident_id

pytestmark = pytest.mark.django_db

USCC = "91350599YYYY99016P"
FIRM = {
    "name": "演示餐饮有限公司",
    "phone": "10000000011",
    "address": "演示路88号",
    "legal_person": "李秀英",
    "legal_person_id": resident_id(1),
    "business_scope": "餐饮服务",
    "capital_fen": 50_000_000,
}


def refused(rule: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.rule == rule)


def record(number: str, actor: Actor | None = None, **content: Any) -> PartyRef:
    return operations.create_party(
        kind=PartyKind.PERSON,
        number=number,
        content={"name": "陈建国", "phone": "10000000002", **content},
        region_code=LICHENG,
        actor=actor or personas.wang().actor,
        at=AT,
    )


def firm() -> PartyRef:
    return operations.create_party(
        kind=PartyKind.ENTERPRISE,
        number=USCC,
        content=FIRM,
        region_code=LICHENG,
        actor=personas.wang().actor,
        at=AT,
    )


def test_what_is_known_fills_forms() -> None:
    party = record(resident_id(2))
    assert queries.known_values(party.region_code, party.id) == {
        "person.name": "陈建国",
        "person.resident_id": resident_id(2),
        "person.phone": "10000000002",
        "person.sex": "female",
        "person.birth_on": "1993-06-15",
        "person.region": LICHENG,
    }
    shop = firm()
    known = queries.known_values(shop.region_code, shop.id)
    assert known == {f"enterprise.{key}": str(value) for key, value in (FIRM | {"uscc": USCC}).items()}


def test_the_same_number_is_the_same_party_however_it_is_typed() -> None:
    number = resident_id(2)
    first = record(number)
    again = record(f" {number[:6]} {number[6:].lower()}", phone="10000000003")
    assert again == first
    assert queries.known_values(first.region_code, first.id)["person.phone"] == "10000000003"
    assert queries.find_party(number) == first
    assert Party.objects.count() == 1


def test_a_party_without_a_county_of_its_own_lies_with_the_city() -> None:
    party = operations.create_party(
        kind=PartyKind.PERSON,
        number=resident_id(2),
        content={"name": "陈建国"},
        actor=personas.wang().actor,
        at=AT,
    )
    assert party.region_code == personas.CITY
    assert "person.region" not in queries.known_values(party.region_code, party.id)


@pytest.mark.parametrize(
    ("number", "content", "field"),
    [
        ("350599199306150020", {}, "resident_id"),
        (resident_id(2), {"name": ""}, "name"),
        (resident_id(2), {"legal_person": "谁"}, ""),
        (resident_id(2), {"address": "长" * 2001}, "address"),
    ],
)
def test_what_is_wrong_is_named(number: str, content: dict[str, str], field: str) -> None:
    with pytest.raises(Refused, check=lambda error: error.field == field):
        record(number, **content)


def test_only_somebody_at_a_desk_records_others() -> None:
    with refused("not_at_the_desk"):
        record(resident_id(2), actor=personas.guan().actor)
    with refused("not_at_the_desk"):
        record(resident_id(2), actor=personas.li().actor)


def test_a_person_changes_their_own_data_and_nobody_elses() -> None:
    li, other = personas.li(), record(resident_id(2))
    mine = personas.party_of(li)
    operations.update_profile(party=mine, changes={"phone": "10000000009"}, actor=li.actor, at=AT)
    known = queries.known_values(mine.region_code, mine.id)
    assert (known["person.phone"], known["person.name"]) == ("10000000009", "李秀英")
    with refused("not_at_the_desk"):
        operations.update_profile(party=other, changes={"phone": "10000000009"}, actor=li.actor, at=AT)
    with refused("unknown_field"):
        operations.update_profile(party=mine, changes={"resident_id": "1"}, actor=li.actor, at=AT)


def test_nothing_personal_lies_readable_in_the_database() -> None:
    personas.li()
    firm()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == "directory_staff":
                continue  # staff are named in public
            cursor.execute(f'SELECT * FROM "{table}"')
            text = str(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            )
            for personal in ("李秀英", resident_id(1), "10000000001", "海滨街道1号", USCC, "演示餐饮"):
                assert personal not in text, table


def test_erased_means_gone_while_the_party_stays() -> None:
    li = personas.li()
    party = personas.party_of(li)
    operations.erase_party(party=party, actor=li.actor, at=AT)
    assert queries.known_values(party.region_code, party.id) == {}
    assert bytes(PartyPrivate.objects.get(region_code=party.region_code, id=party.id).content) == b""
    assert queries.find_party(resident_id(1)) == party


# ---- acting for others ----


def test_an_agent_acts_for_a_firm_for_as_long_as_the_mandate_runs() -> None:
    li, shop = personas.li(), firm()
    operations.grant_mandate(
        agent=personas.party_of(li).id,
        principal=shop,
        role=MandateRole.LEGAL_PERSON,
        from_on=date(2026, 3, 2),
        until_on=date(2026, 3, 6),
        actor=personas.wang().actor,
        at=AT,
    )
    account = UUID(li.account.removeprefix("citizen:"))

    def acts(on: date) -> bool:
        actor = queries.actor_of_citizen(account, on)
        return actor is not None and str(shop.id) in actor.parties

    assert [acts(date(2026, 3, day)) for day in (1, 2, 6, 7)] == [False, True, True, False]


def test_a_principal_lets_somebody_act_and_ends_it_again() -> None:
    li, chen = personas.li(), record(resident_id(2))
    mine = personas.party_of(li)
    mandate = operations.grant_mandate(
        agent=chen.id, principal=mine, role=MandateRole.AGENT, from_on=ON, actor=li.actor, at=AT
    )
    assert [one.principal for one in queries.list_mandates(chen.id, ON)] == [mine]
    operations.end_mandate(mandate=mandate, actor=li.actor, at=AT + timedelta(days=60))
    assert queries.list_agents(mine.id, AT.date() + timedelta(days=61)) == []


def test_nobody_makes_themselves_an_agent_or_a_legal_representative() -> None:
    li, shop = personas.li(), firm()
    mine = personas.party_of(li)
    for role, principal in ((MandateRole.AGENT, shop), (MandateRole.LEGAL_PERSON, mine)):
        with refused("not_at_the_desk"):
            operations.grant_mandate(
                agent=mine.id, principal=principal, role=role, from_on=ON, actor=li.actor, at=AT
            )
    with pytest.raises(NotFound):
        operations.grant_mandate(
            agent=shop.id, principal=mine, role=MandateRole.AGENT, from_on=ON, actor=li.actor, at=AT
        )


# ---- accounts ----


def register(**changes: Any) -> UUID:
    given = {
        "name": "李秀英",
        "resident_id": resident_id(1),
        "phone": "100 0000 0001",
        "password": personas.PASSWORD,
        "region_code": LICHENG,
        "at": AT,
    }
    return operations.register_citizen(**(given | changes))


def parties_of(account: UUID) -> frozenset[str]:
    actor = queries.actor_of_citizen(account, ON)
    assert actor is not None
    return actor.parties


def test_who_was_never_verified_acts_for_nobody_and_changes_nothing_that_is_known() -> None:
    known = record(resident_id(1), name="真李秀英")
    impostor = register(name="假李秀英", phone="10000000007")
    assert parties_of(impostor) == frozenset()
    assert queries.known_values(known.region_code, known.id)["person.name"] == "真李秀英"


def test_verified_at_a_window_the_account_is_the_persons_and_others_end() -> None:
    impostor, own = register(phone="10000000007"), register()
    operations.verify_account(account=own, actor=personas.wang().actor, at=AT)
    assert parties_of(own) == {str(queries.get_account(own).party.id)}
    assert queries.actor_of_citizen(impostor, ON) is None
    with refused("already_registered"):
        register(phone="10000000008")


def test_verified_at_registration_the_account_acts_at_once() -> None:
    assert len(parties_of(register(verified=True))) == 1


def test_a_phone_number_has_one_account() -> None:
    register()
    with refused("phone_taken"):
        register(resident_id=resident_id(2))


def test_a_window_opens_an_account_even_where_somebody_else_had_taken_the_phone() -> None:
    taken = register(resident_id=resident_id(2))
    wang = personas.wang().actor
    party = record(resident_id(1))
    account, password = operations.open_account(party=party, phone="10000000001", actor=wang, at=AT)
    assert not Account.objects.filter(id=taken).exists()
    done = operations.authenticate_citizen(phone="10000000001", password=password, address="192.0.2.7", at=AT)
    assert done.account == f"citizen:{account}"
    other = record(resident_id(2))
    with refused("phone_taken"):
        operations.open_account(party=other, phone="10000000001", actor=wang, at=AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"resident_id": "350599199306150020"}, "resident_id"),
        ({"name": " "}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "my10000000001!"}, "password"),
    ],
)
def test_registration_says_which_field_is_wrong(changes: dict[str, str], field: str) -> None:
    personas.world()
    with pytest.raises(Refused, check=lambda error: error.field == field):
        register(**changes)
    assert not Account.objects.exists()


def test_a_city_keeps_parties_of_its_counties_apart() -> None:
    personas.world()
    here = record(resident_id(2))
    there = operations.create_party(
        kind=PartyKind.PERSON,
        number=resident_id(4),
        content={"name": "许文斌"},
        region_code=JINJIANG,
        actor=personas.zhao().actor,
        at=AT,
    )
    names = queries.party_names([(ref.region_code, ref.id) for ref in (here, there)])
    assert names == {here.id: "陈建国", there.id: "许文斌"}
