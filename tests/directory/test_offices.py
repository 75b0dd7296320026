"""Offices and halls: who answers for a department in a county."""

from __future__ import annotations

from typing import Any

import pytest

from banshi.directory import operations, queries
from banshi.directory.values import WindowKind
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests import personas

pytestmark = pytest.mark.django_db


def create(**changes: Any) -> None:
    given = {
        "code": "350502-fire",
        "name": "泉州市鲤城区消防救援大队",
        "department": "fire",
        "region_code": personas.LICHENG,
        "actor": SYSTEM,
        "at": personas.AT,
    }
    operations.create_office(**(given | changes))


def test_the_countys_office_answers_else_the_citys_else_nobody() -> None:
    personas.world()
    create(code="350500-tax", name="国家税务总局泉州市税务局", department="tax", region_code=personas.CITY)
    found = [queries.find_office(department, personas.LICHENG) for department in ("market", "tax", "fire")]
    assert [office and office.code for office in found] == ["350502-market", "350500-tax", None]


def test_a_closed_office_answers_no_more() -> None:
    personas.world()
    operations.update_office(code="350502-market", is_active=False, actor=SYSTEM, at=personas.AT)
    found = queries.find_office("market", personas.LICHENG)
    assert found and found.code == "350500-market"
    assert queries.get_office("350502-market").name == "泉州市鲤城区市场监督管理局"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"code": "350502-market"}, "code_taken"),
        ({"department": "market"}, "office_exists"),
        ({"code": "350582-fire"}, "code_form"),
        ({"code": "350502-消防"}, "code_form"),
        ({"region_code": "350599"}, "unknown_region"),
        ({"region_code": "350502001"}, "unknown_region"),
        ({"name": " "}, "name"),
        ({"uscc": "11350502YYYY02069X"}, "uscc"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(changes: dict[str, str], rule: str) -> None:
    personas.world()
    before = Fact.objects.count()
    with pytest.raises(Refused) as refused:
        create(**changes)
    assert refused.value.rule == rule
    assert Fact.objects.count() == before


def test_an_administrator_sets_up_offices_in_their_own_region_only() -> None:
    licheng = personas.staff("li-admin", "区管理", personas.LICHENG, personas.PostKind.STAFF_ADMIN).actor
    create(actor=licheng)
    with pytest.raises(Refused, match="不在您的管理范围"):
        create(code="350582-fire", region_code=personas.JINJIANG, actor=licheng)
    with pytest.raises(Refused, match="不在您的管理范围"):
        create(code="350502-tax", department="tax", actor=personas.lin().actor)


def test_a_halls_windows_are_opened_changed_and_closed() -> None:
    personas.world()
    hall = f"{personas.LICHENG}-hall"
    for number, kind in (("10", WindowKind.ISSUE), ("2", WindowKind.CONSULT), ("2", WindowKind.INTAKE)):
        operations.set_window(hall=hall, number=number, kind=kind, actor=SYSTEM, at=personas.AT)
    windows = queries.get_hall(hall).windows
    assert [(window.number, window.kind) for window in windows] == [("2", "intake"), ("10", "issue")]
    operations.remove_window(hall=hall, number="2", actor=SYSTEM, at=personas.AT)
    assert [window.number for window in queries.get_hall(hall).windows] == ["10"]
    with pytest.raises(NotFound):
        operations.set_window(
            hall="350502-none", number="1", kind=WindowKind.ISSUE, actor=SYSTEM, at=personas.AT
        )


def test_names_of_offices_and_halls_come_together() -> None:
    personas.world()
    names = queries.office_names(["350502-market", "350502-hall", "350502-none"])
    assert names == {
        "350502-market": "泉州市鲤城区市场监督管理局",
        "350502-hall": "泉州市鲤城区政务服务中心",
    }


def test_each_change_is_a_fact_of_the_offices_own_stream() -> None:
    personas.world()
    create()
    operations.update_office(code="350502-fire", phone="0595-12345678", actor=SYSTEM, at=personas.AT)
    rows = Fact.objects.filter(data__contains="office/350502-fire").order_by("seq")
    assert list(rows.values_list("seq", "kind", "region_code")) == [
        (1, "directory.office.created", "000000"),
        (2, "directory.office.changed", "000000"),
    ]
