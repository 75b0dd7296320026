"""Requirement 5: a new key at sign-in, an end when idle, an end whatever happens; the key itself is not stored."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from banshi.infra import sessions
from banshi.infra.models import Session
from tests import personas
from tests.conftest import StoppedClock

HOME = "/staff/password/"  # any page for staff


def client_with(key: str = "") -> Client:
    client = Client(SERVER_NAME="localhost")
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.django_db
def test_signing_in_changes_the_key_and_the_old_one_opens_nothing(clock: StoppedClock) -> None:
    planted = sessions.SessionStore()
    planted["draft"] = "旧内容"
    planted.save()
    old = planted.session_key or ""
    client = client_with(old)
    assert personas.sign_in(client, personas.wang()) == 302
    assert key_of(client) != old
    assert client.get(HOME).status_code == 200
    assert client_with(old).get(HOME).status_code == 302


@pytest.mark.django_db
def test_a_key_that_was_never_issued_is_not_adopted(clock: StoppedClock) -> None:
    client = client_with("a" * 32)
    assert personas.sign_in(client, personas.wang()) == 302
    assert key_of(client) != "a" * 32
    visitor = sessions.SessionStore("a" * 32)
    visitor["draft"] = "内容"
    visitor.save()
    assert visitor.session_key != "a" * 32


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("account", "idle"),
    [("staff:1", settings.BANSHI_STAFF_IDLE), ("citizen:1", settings.BANSHI_CITIZEN_IDLE)],
)
def test_a_session_ends_when_nothing_is_asked_for_the_idle_time(
    clock: StoppedClock, account: str, idle: int
) -> None:
    store = sessions.SessionStore()
    store[sessions.ACCOUNT] = account
    store.save()

    def found() -> object:
        return sessions.SessionStore(store.session_key).get(sessions.ACCOUNT)

    for _ in range(3):
        clock.forward(seconds=idle - 1)
        assert found() == account
    clock.forward(seconds=idle + 1)
    assert found() is None


@pytest.mark.django_db
def test_whoever_went_away_has_to_sign_in_again(clock: StoppedClock) -> None:
    client = client_with()
    personas.sign_in(client, personas.wang())
    clock.forward(seconds=settings.BANSHI_STAFF_IDLE + 1)
    answer = client.get(HOME)
    assert answer.headers["Location"] == f"/staff/sign-in/?next={quote(HOME, safe='')}"


@pytest.mark.django_db
def test_a_session_ends_at_its_age_however_busy(clock: StoppedClock) -> None:
    client = client_with()
    personas.sign_in(client, personas.wang())
    busy, age = settings.BANSHI_STAFF_IDLE - 60, settings.BANSHI_SESSION_AGE
    for pause in (*([busy] * (age // busy)), age % busy - 1):
        clock.forward(seconds=pause)
        assert client.get(HOME).status_code == 200
    clock.forward(seconds=2)
    assert client.get(HOME).status_code == 302


@pytest.mark.django_db
def test_being_seen_is_written_at_most_once_a_minute(clock: StoppedClock) -> None:
    client = client_with()
    personas.sign_in(client, personas.wang())
    seen = Session.objects.get().seen_at
    clock.forward(seconds=59)
    client.get(HOME)
    assert Session.objects.get().seen_at == seen
    clock.forward(seconds=2)
    client.get(HOME)
    assert Session.objects.get().seen_at == clock()


@pytest.mark.django_db
def test_the_database_holds_neither_the_key_nor_readable_content(clock: StoppedClock) -> None:
    store = sessions.SessionStore()
    store["draft"] = "李秀英"
    store.save()
    row = Session.objects.get()
    assert store.session_key not in (row.key_digest, row.account)
    assert "李秀英".encode() not in bytes(row.content)
    assert sessions.SessionStore(store.session_key)["draft"] == "李秀英"


@pytest.mark.django_db
def test_a_visitor_who_keeps_nothing_leaves_no_session(clock: StoppedClock) -> None:
    client = client_with()
    client.get("/staff/sign-in/")
    assert Session.objects.count() == 0
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.django_db
def test_signing_out_ends_the_session_for_whoever_has_the_key(clock: StoppedClock) -> None:
    client = client_with()
    personas.sign_in(client, personas.wang())
    stolen = client_with(key_of(client))
    assert client.post("/staff/sign-out/").status_code == 302
    assert stolen.get(HOME).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("sign_out_first", [True, False])
def test_what_one_account_left_is_not_there_for_the_next(clock: StoppedClock, sign_out_first: bool) -> None:
    client, li = client_with(), personas.li()
    personas.sign_in(client, personas.wang())
    session = client.session
    session["draft"] = "wang's"
    session.save()
    if sign_out_first:
        client.post("/staff/sign-out/")
    personas.sign_in(client, li)
    assert client.session[sessions.ACCOUNT] == li.account
    assert "draft" not in client.session


def test_people_sign_in_work_and_sign_out_where_one_thread_writes(real_database: None) -> None:
    # As in an installation: on SQLite the connection that serves the page cannot write.
    guan, wang = personas.guan(), personas.wang()
    admin, client = client_with(), client_with()
    assert [personas.sign_in(admin, guan), personas.sign_in(client, wang)] == [302, 302]
    assert client.get(HOME).status_code == 200
    assert admin.post(f"/staff/people/{wang.id}/disable/").status_code == 302
    assert client.get(HOME).status_code == 302
    assert admin.post("/staff/sign-out/").status_code == 302
    assert Session.objects.count() == 0
