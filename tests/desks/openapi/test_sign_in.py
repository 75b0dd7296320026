"""A token, and nothing else, says who asks."""

from __future__ import annotations

import pytest
from django.test import Client

from banshi.directory import operations
from banshi.infra.models import Audit, Session
from banshi.infra.sessions import SessionStore
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.openapi.api import Api, town
from tests.personas import LICHENG, PASSWORD, li, lin, sign_in, wang

pytestmark = pytest.mark.django_db


def test_a_citizen_and_an_officer_sign_in_and_see_whom_they_stand_for() -> None:
    town()
    me = Api(li()).get("session").json()
    assert (me["realm"], me["name"], me["posts"]) == ("citizen", "李秀英", [])
    assert [(one["name"], one["kind"], one["role"]) for one in me["parties"]] == [("李秀英", "person", "")]
    me = Api(lin()).get("session").json()
    assert (me["realm"], me["name"], me["parties"]) == ("staff", "林建明", [])
    assert me["posts"] == [{"kind": "officer", "office": f"{LICHENG}-market", "region": LICHENG}]


def test_the_session_cookie_of_the_pages_says_nothing_here() -> None:
    town()
    browser = Client()
    assert sign_in(browser, lin()) in (200, 302, 303)
    assert browser.cookies["session"].value
    for method, path in (("get", "cases"), ("get", "session"), ("delete", "session")):
        answer = getattr(browser, method)(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["rule"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert Session.objects.filter(account=lin().account).exists()


def test_no_answer_sets_a_cookie() -> None:
    town()
    api = Api(lin())
    api.get("cases")
    api.send("DELETE", "session")
    assert not api.client.cookies


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic {}", "{}"])
def test_only_a_whole_bearer_header_counts(header: str) -> None:
    town()
    api = Api(lin())
    header = header.format(api.token)
    api.token = ""
    assert api.send("GET", "cases", headers={"Authorization": header} if header else {}).status_code == 401


def test_a_wrong_password_is_401_and_does_not_say_what_was_wrong() -> None:
    town()
    wrong = {"realm": "staff", "account": lin().login, "password": "not-this-one"}
    unknown = wrong | {"account": "nobody"}
    first, second = Api().post("session", wrong), Api().post("session", unknown)
    assert first.status_code == second.status_code == 401
    assert first.json() == second.json()


def test_guessing_is_slowed_down_and_told_for_how_long(clock: StoppedClock) -> None:
    town()
    wrong = {"realm": "staff", "account": lin().login, "password": "not-this-one"}
    answers = [Api().post("session", wrong) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    right = wrong | {"password": PASSWORD}
    assert Api().post("session", right).status_code == 429
    clock.forward(minutes=2)
    assert Api().post("session", right).status_code == 201


def test_signing_out_ends_the_token() -> None:
    town()
    api = Api(lin())
    assert api.send("DELETE", "session").status_code == 204
    assert api.get("session").status_code == 401
    assert Audit.objects.filter(act="sign_out", actor=lin().account).exists()


def test_a_token_ends_after_silence_and_with_its_account(clock: StoppedClock) -> None:
    town()
    silent, busy = Api(lin()), Api(wang())
    clock.forward(minutes=29)
    assert busy.get("session").status_code == 200
    clock.forward(minutes=2)
    assert (silent.get("session").status_code, busy.get("session").status_code) == (401, 200)
    operations.disable_staff(staff=wang().id, actor=SYSTEM, at=clock.at)
    assert busy.get("session").status_code == 401


def test_a_password_given_by_somebody_else_opens_nothing_until_it_is_changed(clock: StoppedClock) -> None:
    town()
    password = operations.reset_password(staff=lin().id, actor=SYSTEM, at=clock.at)
    signed = Api().post("session", {"realm": "staff", "account": "lin", "password": password}).json()
    assert signed["must_change_password"]
    api = Api()
    api.token = signed["token"]
    assert api.get("session").json()["posts"] == []
    assert api.get("cases").status_code == 404


def test_a_key_that_somebody_planted_is_not_adopted() -> None:
    town()
    api = Api()
    api.token = "k" * 32
    assert api.get("session").status_code == 401
    assert not SessionStore().exists("k" * 32)


def test_the_token_is_never_kept_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    town()
    api = Api(lin())
    api.get("cases")
    rows = [str(value) for row in Session.objects.values_list() for value in row]
    assert not any(api.token in row for row in rows)
    assert api.token not in caplog.text
