"""A city's definition: the demo's loads, loads again, and a mistake is named with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from banshi.directory import operations, queries
from banshi.directory.city import load_city
from banshi.directory.city_file import BadCity, read
from banshi.directory.models import Office, Staff
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM
from banshi.kernel.ids import valid_uscc
from tests import personas
from tests.personas import AT, ON

DEMO = DATA / "demo" / "quanzhou.yaml"
SMALL = """
office_names: {"*": "{place}{line}局"}
places:
  - region: "350502"
    place: 泉州市鲤城区
    departments: [market, health]
    hall: {name: 泉州市鲤城区政务服务中心, hours: 周一至周五, windows: {consult: 1, intake: 2}}
staff:
  - {username: wang, name: 王秀兰, region: "350502", posts: [{kind: officer, office: all}]}
"""


@pytest.fixture
def demo(settings: Any) -> None:
    settings.BANSHI = replace(settings.BANSHI, demo=True)


def load(path: Path) -> Any:
    return load_city(path, actor=SYSTEM, at=AT)


@pytest.fixture
def regions(db: None) -> None:
    operations.load_regions(actor=SYSTEM, at=AT, towns_of="3505")


def test_the_demo_city_has_every_office_and_people_who_can_sign_in(regions: None, demo: None) -> None:
    loaded = load(DEMO)
    departments = Office.objects.filter(region_code="350502").count()
    assert departments >= 16
    assert loaded.offices == Office.objects.count() == 12 * departments
    assert loaded.halls == 12
    assert all(valid_uscc(office.uscc) for office in queries.list_offices())
    assert len({office.uscc for office in queries.list_offices()}) == loaded.offices
    password = loaded.sign_ins[0].password
    assert {one.password for one in loaded.sign_ins} == {password}
    done = operations.authenticate_staff(username="wang", password=password, address="192.0.2.7", at=AT)
    assert not done.must_change_password
    legal = operations.authenticate_citizen(
        phone="10000000003", password=password, address="192.0.2.7", at=AT
    )
    actor = personas.Persona(legal.account, "10000000003").actor
    firm = queries.find_party("91350599YYYY99016P")
    assert firm and str(firm.id) in actor.parties


def test_one_officer_of_the_demo_serves_every_office_of_the_county(regions: None, demo: None) -> None:
    load(DEMO)
    lin = Staff.objects.get(username="lin")
    actor = queries.actor_of_staff(lin.id, ON)
    assert actor is not None
    assert actor.offices("officer") == {office.code for office in queries.list_offices("350502")}


def test_loading_again_changes_nothing_and_tells_no_password(regions: None, demo: None) -> None:
    load(DEMO)
    before = Staff.objects.get(username="wang").password
    again = load(DEMO)
    assert again.sign_ins == ()
    assert Staff.objects.get(username="wang").password == before


def test_the_demo_is_refused_by_a_real_installation(regions: None) -> None:
    with pytest.raises(BadCity, match="demo = true"):
        load(DEMO)
    assert not Office.objects.exists()


def test_every_demo_password_is_made_anew(regions: None, demo: None, tmp_path: Path) -> None:
    # What is printed on one machine opens nothing on another.
    assert "password" not in DEMO.read_text("utf-8")
    first = load(DEMO).sign_ins[0].password
    Staff.objects.filter(username="wang").update(username="old-wang")
    assert load(DEMO).sign_ins[0].password != first


def test_a_real_city_gives_each_a_password_of_their_own_to_be_changed(regions: None, tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(SMALL + '  - {username: lin, name: 林, region: "350502"}\n', "utf-8")
    loaded = load(path)
    assert len({one.password for one in loaded.sign_ins}) == 2
    wang = Staff.objects.get(username="wang")
    assert wang.must_change_password
    assert [post.office for post in queries.get_staff(wang.id, ON).posts] == [
        "350502-market",
        "350502-health",
    ]
    hall = queries.get_hall("350502-hall")
    assert [(window.number, window.kind) for window in hall.windows] == [
        ("01", "consult"),
        ("02", "intake"),
        ("03", "intake"),
    ]


def test_a_changed_file_brings_offices_and_windows_up_to_date(regions: None, tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(SMALL, "utf-8")
    load(path)
    path.write_text(SMALL.replace("intake: 2", "intake: 1").replace("{line}局", "{line}管理局"), "utf-8")
    load(path)
    assert queries.get_office("350502-health").name == "泉州市鲤城区卫生健康管理局"
    assert len(queries.get_hall("350502-hall").windows) == 2


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("departments: [market, health]", "departments: [market, magic]", 4),
        ("place: 泉州市鲤城区", "palce: 泉州市鲤城区", 4),
        ("{line}局", "{nothing}局", 4),
        ("kind: officer", "kind: king", 9),
        (", office: all", "", 9),
        ("intake: 2", "intake: two", 7),
        ("username: wang, ", "", 9),
        ("staff:", "staff: none\nstuff:", 2),
        ("departments", "region: '350503'\n    departments", 6),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(SMALL.replace(old, new, 1), "utf-8")
    with pytest.raises(BadCity, match=rf"city\.yaml:{line}: "):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("username: wang", "username: Wang", 9), ('region: "350502"', 'region: "350599"', 4)],
)
def test_what_the_rules_refuse_is_named_with_its_line_and_nothing_is_written(
    regions: None, tmp_path: Path, old: str, new: str, line: int
) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(SMALL.replace(old, new, 1), "utf-8")
    with pytest.raises(BadCity, match=rf"city\.yaml:{line}: "):
        load(path)
    assert not Office.objects.exists()
