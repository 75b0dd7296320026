"""Requirement 6: an account that is disabled, or whose password was reset, has no session left anywhere."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from banshi.directory import operations
from banshi.infra.models import Session
from tests import personas


def two_clients(who: personas.Persona) -> tuple[Client, Client]:
    clients = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    for client in clients:
        assert personas.sign_in(client, who) in (302, 303)
    return clients


@pytest.mark.django_db
def test_disabling_ends_every_session_of_that_account_and_no_other() -> None:
    wang, lin = personas.wang(), personas.lin()
    office, phone = two_clients(wang)
    other, _ = two_clients(lin)
    operations.disable_staff(staff=wang.id, actor=personas.guan().actor, at=personas.AT)
    assert [client.get("/staff/password/").status_code for client in (office, phone, other)] == [
        302,
        302,
        200,
    ]
    assert personas.sign_in(office, wang) == 422


@pytest.mark.django_db
def test_enabled_again_one_has_to_sign_in_again() -> None:
    wang, guan = personas.wang(), personas.guan().actor
    office, _ = two_clients(wang)
    operations.disable_staff(staff=wang.id, actor=guan, at=personas.AT)
    operations.enable_staff(staff=wang.id, actor=guan, at=personas.AT)
    assert office.get("/staff/password/").status_code == 302
    assert personas.sign_in(office, wang) == 302


@pytest.mark.django_db
def test_a_reset_password_ends_every_session() -> None:
    wang = personas.wang()
    office, phone = two_clients(wang)
    operations.reset_password(staff=wang.id, actor=personas.guan().actor, at=personas.AT)
    assert [client.get("/staff/password/").status_code for client in (office, phone)] == [302, 302]


@pytest.mark.django_db
def test_changing_ones_own_password_ends_the_sessions_elsewhere() -> None:
    office, phone = two_clients(personas.wang())
    new = "a new long password"
    sent = {"old": personas.PASSWORD, "password": new, "again": new}
    assert office.post("/staff/password/", sent).status_code == 302
    assert [client.get("/staff/password/").status_code for client in (office, phone)] == [200, 302]


@pytest.mark.django_db
def test_a_closed_citizens_account_has_no_session() -> None:
    li = personas.li()
    two_clients(li)
    operations.close_account(account=UUID(li.account[8:]), actor=li.actor, at=personas.AT)
    assert not Session.objects.filter(account=li.account).exists()


@pytest.mark.django_db
def test_a_session_that_outlived_its_account_is_nobodys() -> None:
    # Whatever way an account came to be inactive, the next request finds out.
    from banshi.directory.models import Staff

    wang = personas.wang()
    office, _ = two_clients(wang)
    Staff.objects.filter(id=wang.id).update(is_active=False)
    assert office.get("/staff/password/").status_code == 302
