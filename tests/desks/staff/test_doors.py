"""Staff's own door: signing in, changing the password, finding one's desk, and who may not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from banshi.directory import operations
from tests import personas

pytestmark = pytest.mark.django_db
ADMIN_PAGES = ("/staff/people/", "/staff/people/new/")


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(client: Client, username: str, password: str, onward: str = "") -> str:
    """Where the answer leads; its page when it does not."""
    sent = {"username": username, "password": password, "next": onward}
    answer = client.post("/staff/sign-in/", sent)
    return answer.headers.get("Location") or answer.content.decode()


def test_one_gets_to_the_page_one_wanted_but_never_to_another_site(client: Client) -> None:
    personas.guan()
    wanted = client.get("/staff/people/new/").headers["Location"]
    page = client.get(wanted).content.decode()
    assert 'name="next" value="/staff/people/new/"' in page
    assert sign_in(client, "guan", personas.PASSWORD, "/staff/people/new/") == "/staff/people/new/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        client.post("/staff/sign-out/")
        assert sign_in(client, "guan", personas.PASSWORD, elsewhere) == "/staff/"


def test_a_wrong_password_says_neither_which_was_wrong_nor_repeats_it(client: Client) -> None:
    personas.wang()
    page = sign_in(client, "wang", "not-my-password")
    assert "用户名或密码不对" in page
    assert "not-my-password" not in page


def test_user_names_are_taken_as_people_type_them(client: Client) -> None:
    personas.wang()
    assert sign_in(client, " ＷＡＮＧ ", personas.PASSWORD) == "/staff/"


def test_a_citizen_does_not_sign_in_here_nor_staff_at_the_citizens_door(client: Client) -> None:
    li, wang = personas.li(), personas.wang()
    assert "用户名或密码不对" in sign_in(client, li.login, personas.PASSWORD)
    client.post(reverse("citizen:sign_in"), {"phone": wang.login, "password": personas.PASSWORD})
    assert client.get("/staff/").status_code == 302


def test_a_password_from_somebody_else_is_changed_before_anything_else(client: Client) -> None:
    personas.world()
    password = operations.create_first_admin(username="first", at=personas.AT)
    assert sign_in(client, "first", password, "/staff/people/") == "/staff/password/"
    assert client.get("/staff/").headers["Location"] == "/staff/password/"
    assert client.get("/staff/people/").status_code == 404
    new = {"old": password, "password": "mossy lantern 9", "again": "mossy lantern 9"}
    assert client.post("/staff/password/", new).headers["Location"] == "/staff/"
    assert client.get("/staff/people/").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "mossy lantern 9", "mossy lantern 9", "原密码不对"),
        (personas.PASSWORD, "mossy lantern 9", "mossy lantern 8", "两次输入的新密码不一样"),
        (personas.PASSWORD, "short", "short", "至少要8位"),
        (personas.PASSWORD, personas.PASSWORD, personas.PASSWORD, "和原密码一样"),
        (personas.PASSWORD, "", "", "请填写这一项"),
    ],
)
def test_a_new_password_that_will_not_do_says_why(
    client: Client, old: str, new: str, again: str, words: str
) -> None:
    wang = personas.wang()
    personas.sign_in(client, wang)
    answer = client.post("/staff/password/", {"old": old, "password": new, "again": again})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert personas.sign_in(Client(SERVER_NAME="localhost"), wang) == 302


def test_home_leads_an_administrator_straight_to_the_people(client: Client) -> None:
    personas.sign_in(client, personas.guan())
    assert client.get("/staff/").headers["Location"] == "/staff/people/"


def test_without_a_post_there_is_no_desk(client: Client) -> None:
    personas.sign_in(client, personas.staff("idle", "无岗", personas.LICHENG))
    page = client.get("/staff/")
    assert page.status_code == 200
    assert "现在没有可进的工作台" in page.content.decode()


@pytest.mark.parametrize("who", [personas.wang, personas.lin, personas.huang, personas.zhao, personas.li])
def test_only_administrators_see_that_there_is_an_administration(client: Client, who: object) -> None:
    personas.guan()
    personas.sign_in(client, who())  # type: ignore[operator]
    assert [client.get(page).status_code for page in ADMIN_PAGES] == [404, 404]


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for page in (*ADMIN_PAGES, "/staff/", "/staff/password/"):
        assert client.get(page).headers["Location"].startswith("/staff/sign-in/")


def test_signing_out_takes_a_form_of_ours(client: Client) -> None:
    personas.sign_in(client, personas.wang())
    assert client.get("/staff/sign-out/").status_code == 405
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/staff/sign-out/").status_code == 403
    assert client.get("/staff/password/").status_code == 200
