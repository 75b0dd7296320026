"""Staff administration: an administrator makes accounts, gives posts and takes them, within their own regions."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from banshi.directory import queries
from banshi.directory.models import Staff
from banshi.directory.values import PostKind
from tests import personas
from tests.conftest import StoppedClock
from tests.personas import CITY, JINJIANG, LICHENG, ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(clock: StoppedClock) -> Client:
    client = Client(SERVER_NAME="localhost")
    assert personas.sign_in(client, personas.guan()) == 302
    return client


def told(page: str) -> str:
    """The one-time password on a page."""
    found = re.search(r">(\w{4}-\w{4}-\w{4})<", page)
    assert found is not None
    return found.group(1)


def posts_of(id: int) -> list[tuple[str, str]]:
    return [(post.kind, post.office or post.region_code) for post in queries.get_staff(id, ON).posts]


def test_a_new_account_its_password_shown_once_and_a_post(admin: Client) -> None:
    sent = {"username": "xin", "name": "新人", "region_code": LICHENG}
    place = admin.post("/staff/people/new/", sent).headers["Location"]
    id = Staff.objects.get(username="xin").id
    assert place == f"/staff/people/{id}/"
    first, second = admin.get(place), admin.get(place)
    password = told(first.content.decode())
    assert password not in second.content.decode()
    assert first.headers["Cache-Control"] == "no-store"
    grant = {
        "kind": "officer",
        "place": f"{LICHENG}/{LICHENG}-market",
        "from_on": "2026-03-02",
        "until_on": "",
    }
    assert admin.post(f"{place}posts/", grant).status_code == 302
    assert posts_of(id) == [("officer", f"{LICHENG}-market")]
    newcomer = Client(SERVER_NAME="localhost")
    assert personas.sign_in(newcomer, personas.Persona(f"staff:{id}", "xin"), password) == 302


def test_a_post_of_a_whole_region(admin: Client) -> None:
    who = personas.staff("jian", "监察", CITY)
    grant = {"kind": "supervisor", "place": f"{CITY}/", "from_on": "2026-03-02"}
    assert admin.post(f"/staff/people/{who.id}/posts/", grant).status_code == 302
    assert posts_of(who.id) == [("supervisor", CITY)]


def test_a_post_begins_today_unless_another_day_is_given(admin: Client, clock: StoppedClock) -> None:
    page = admin.get(f"/staff/people/{personas.lin().id}/").content.decode()
    assert re.search(r'name="from_on" value="2026-03-02"', page)


def test_a_post_is_taken_away(admin: Client) -> None:
    lin = personas.lin()
    post = queries.get_staff(lin.id, ON).posts[0]
    assert admin.post(f"/staff/people/{lin.id}/posts/{post.id}/end/").status_code == 302
    assert queries.actor_of_staff(lin.id, ON).posts == frozenset()  # type: ignore[union-attr]


def test_a_post_belongs_to_the_person_it_is_named_with(admin: Client) -> None:
    lin, wang = personas.lin(), personas.wang()
    post = queries.get_staff(lin.id, ON).posts[0]
    assert admin.post(f"/staff/people/{wang.id}/posts/{post.id}/end/").status_code == 404
    assert lin.actor.posts == {"officer"}


def test_disabled_then_enabled(admin: Client) -> None:
    wang = personas.wang()
    admin.post(f"/staff/people/{wang.id}/disable/")
    assert "已停用" in admin.get(f"/staff/people/{wang.id}/").content.decode()
    assert personas.sign_in(Client(SERVER_NAME="localhost"), wang) == 422
    admin.post(f"/staff/people/{wang.id}/enable/")
    assert personas.sign_in(Client(SERVER_NAME="localhost"), wang) == 302


def test_a_reset_password_is_shown_once_and_the_old_one_is_void(admin: Client) -> None:
    wang = personas.wang()
    page = admin.post(f"/staff/people/{wang.id}/reset/", follow=True).content.decode()
    password = told(page)
    assert personas.sign_in(Client(SERVER_NAME="localhost"), wang) == 422
    assert personas.sign_in(Client(SERVER_NAME="localhost"), wang, password) == 302


def test_a_name_is_corrected(admin: Client) -> None:
    wang = personas.wang()
    admin.post(f"/staff/people/{wang.id}/name/", {"name": "王秀兰（改）"})
    assert queries.staff_names([wang.id]) == {wang.id: "王秀兰（改）"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "officer", "place": f"{LICHENG}/", "from_on": "2026-03-02"}, "要指定部门或大厅"),
        ({"kind": "officer", "place": f"{LICHENG}/{LICHENG}-market", "from_on": "2026-03-02"}, "已经在任"),
        ({"kind": "", "place": "", "from_on": ""}, "请填写这一项"),
        ({"kind": "officer", "place": "350599/350599-x", "from_on": "2026-03-02"}, "有效的选项"),
    ],
)
def test_a_post_that_will_not_do_says_why(admin: Client, sent: dict[str, str], words: str) -> None:
    lin = personas.lin()
    answer = admin.post(f"/staff/people/{lin.id}/posts/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_three_powers_are_kept_apart_and_the_page_says_so(admin: Client) -> None:
    other = personas.staff("shen", "审计", CITY, PostKind.AUDITOR)
    sent = {"kind": "staff_admin", "place": f"{CITY}/", "from_on": "2026-03-02"}
    assert "三员分立" in admin.post(f"/staff/people/{other.id}/posts/", sent).content.decode()
    assert posts_of(other.id) == [("auditor", CITY)]


def test_oneself_is_for_somebody_else_to_administer(admin: Client) -> None:
    guan = personas.guan()
    page = admin.get(f"/staff/people/{guan.id}/").content.decode()
    assert "要由另一位人员管理员办理" in page
    assert f"/staff/people/{guan.id}/disable/" not in page
    answer = admin.post(f"/staff/people/{guan.id}/disable/")
    assert answer.status_code == 422
    assert "不能给自己" in answer.content.decode()
    assert Staff.objects.get(id=guan.id).is_active


def test_a_county_sees_its_own_people_and_for_it_there_are_no_others() -> None:
    personas.staff("li-admin", "区管理", LICHENG, PostKind.STAFF_ADMIN)
    lin, zhao, guan = personas.lin(), personas.zhao(), personas.guan()
    client = Client(SERVER_NAME="localhost")
    personas.sign_in(client, personas.staff("li-admin", "区管理", LICHENG))
    page = client.get("/staff/people/").content.decode()
    assert "林建明" in page
    assert "赵不该" not in page
    assert "共 2 件" in page
    assert client.get(f"/staff/people/{lin.id}/").status_code == 200
    for other in (zhao, guan):
        for act in ("", "posts/", "name/", "disable/", "enable/", "reset/", "posts/1/end/"):
            address = f"/staff/people/{other.id}/{act}"
            answer = client.post(address) if act else client.get(address)
            assert answer.status_code == 404, address
    assert Staff.objects.filter(is_active=False).count() == 0
    sent = {"username": "xin", "name": "新人", "region_code": JINJIANG}
    assert client.post("/staff/people/new/", sent).status_code == 422


def test_people_are_found_by_the_beginning_of_their_user_name(admin: Client) -> None:
    for name in ("anna", "anton", "bo"):
        personas.staff(name, name.upper(), LICHENG)
    page = admin.get("/staff/people/?q=an").content.decode()
    assert "ANNA" in page
    assert "ANTON" in page
    assert ">BO<" not in page


def test_the_page_speaks_english_to_whoever_reads_it(admin: Client) -> None:
    lin = personas.lin()
    answer = admin.get(f"/staff/people/{lin.id}/", headers={"accept-language": "en"})
    page = answer.content.decode()
    assert "officer" in page
    left = set(
        re.findall(
            r"[\u4e00-\u9fff]+", re.sub(r"林建明|泉州市[^<]*|晋江市[^<]*|鲤城区|管人员|办事|办", "", page)
        )
    )
    assert left == set()
