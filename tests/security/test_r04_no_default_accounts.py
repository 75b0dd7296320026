"""Requirement 4: a fresh installation has no accounts, and its first administrator is made once."""

from __future__ import annotations

import pytest
from django.test import Client

from banshi.directory import operations, queries
from banshi.directory.models import Account, Staff
from banshi.kernel.facts import Refused
from tests import personas


@pytest.mark.django_db
def test_a_fresh_installation_has_nobody() -> None:
    assert Staff.objects.count() == 0
    assert Account.objects.count() == 0


@pytest.mark.django_db
def test_the_first_administrator_gets_a_password_of_their_own_and_is_the_only_first() -> None:
    password = operations.create_first_admin(username="guan", at=personas.AT)
    another = "second"
    with pytest.raises(Refused) as refused:
        operations.create_first_admin(username=another, at=personas.AT)
    assert refused.value.rule == "not_the_first"
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/staff/sign-in/", {"username": "guan", "password": password})
    assert answer.headers["Location"] == "/staff/password/"
    first = queries.get_staff(Staff.objects.get().id, personas.ON)
    assert [post.kind for post in first.posts] == ["staff_admin"]
