"""Requirement 23: sign-ins, refusals and views of personal data are on record, and the record cannot be changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from banshi.directory import operations
from banshi.infra.models import Audit, Fact
from tests import personas


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.7")


def record(*acts: str) -> list[tuple[str, str, str, str]]:
    rows = Audit.objects.filter(act__in=acts).order_by("id")
    return list(rows.values_list("act", "actor", "target", "outcome"))


@pytest.mark.django_db
def test_signing_in_and_out_and_failing_to_are_recorded(client: Client) -> None:
    wang = personas.wang()
    personas.sign_in(client, wang, "wrong-guess")
    personas.sign_in(client, wang)
    client.post("/staff/sign-out/")
    assert record("sign_in", "sign_out") == [
        ("sign_in", "anonymous", wang.account, "wrong"),
        ("sign_in", wang.account, wang.account, "ok"),
        ("sign_out", wang.account, wang.account, "ok"),
    ]


@pytest.mark.django_db
def test_a_record_says_from_where_and_in_which_request(client: Client) -> None:
    wang = personas.wang()
    answer = client.post("/staff/sign-in/", {"username": wang.login, "password": personas.PASSWORD})
    row = Audit.objects.get(act="sign_in")
    assert row.address == "192.0.2.7"
    assert row.request_id == answer.headers["X-Request-Id"]


@pytest.mark.django_db
def test_an_unknown_name_is_not_written_down(client: Client) -> None:
    # People type their password into the field of the name.
    client.post("/staff/sign-in/", {"username": "my-secret-phrase", "password": ""})
    client.post("/staff/sign-in/", {"username": "my-secret-phrase", "password": "x"})
    assert [target.startswith("unknown:") for _, _, target, _ in record("sign_in")] == [True]
    assert not Audit.objects.filter(target__contains="secret").exists()


@pytest.mark.django_db
def test_being_refused_is_recorded_with_the_rule_and_the_pattern_of_the_address(client: Client) -> None:
    wang, guan = personas.wang(), personas.guan()
    personas.sign_in(client, wang)
    assert client.get(f"/staff/people/{guan.id}/").status_code == 404
    assert record("refused") == [("refused", wang.account, "staff/people/<int:id>/", "not_found")]


@pytest.mark.django_db
def test_looking_somebody_up_is_recorded_found_or_not() -> None:
    li, wang = personas.li(), personas.wang()
    party = personas.party_of(li)
    for number in (personas.resident_id(1), personas.resident_id(2)):
        operations.look_up(number=number, purpose="accept", actor=wang.actor, at=personas.AT)
    assert record("view_person") == [
        ("view_person", wang.account, f"person/{party.id}", "accept"),
        ("view_person", wang.account, "nobody", "accept"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", [Fact._meta.db_table, Audit._meta.db_table])
@pytest.mark.parametrize("change", ["UPDATE {table} SET actor = 'nobody'", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_what_happened(table: str, change: str) -> None:
    personas.li()
    operations.look_up(
        number=personas.resident_id(1), purpose="accept", actor=personas.wang().actor, at=personas.AT
    )

    def rows() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            return list(cursor.fetchall())

    before = rows()
    assert before
    statements = [change]
    if connection.vendor == "postgresql" and change.startswith("DELETE"):
        statements.append("TRUNCATE {table}")
    for statement in statements:
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table=table))
    assert sorted(map(str, rows())) == sorted(map(str, before))
