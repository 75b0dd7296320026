"""Requirement 11: personal numbers are masked by role. The same case is asked for by everybody who may see it, and what
comes back is compared, member by member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases.values import Budget, Plan, WorkPlan
from banshi.desks.openapi.masks import MASKS, Reader, masked, scrubbed
from banshi.directory import operations as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import MandateRole, PostKind
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.openapi.api import Api, town
from tests.personas import AT, CITY, LICHENG, Persona, citizen, li, lin, party_of, resident_id, staff, wang

pytestmark = pytest.mark.django_db

NUMBER, PHONE, OTHERS, ACCOUNT = resident_id(1), "13850001111", resident_id(7), "6222021234567890123"
SECRETS = (NUMBER, PHONE, OTHERS, ACCOUNT)
STATED = {
    "operator_name": "李秀英",
    "operator_id": NUMBER,
    "operator_phone": PHONE,
    "shop_address": "海滨街道2号",
    "staff_names": f"王小明，{OTHERS}，{PHONE}\n工资卡 {ACCOUNT}",
    "staff_count": "3",
}


def chen() -> Persona:
    """陈志强, who acts for 李秀英."""
    agent = Persona(f"citizen:{citizen('陈志强', resident_id(2), '10000000002')}", "10000000002")
    directory.grant_mandate(
        agent=party_of(agent).id,
        principal=party_of(li()),
        role=MandateRole.AGENT,
        from_on=AT.date(),
        actor=SYSTEM,
        at=AT,
    )
    return agent


def case(at: datetime) -> str:
    """A case of Li's, taken at Wang's window, led by Lin's office; a correction that quotes numbers was asked for."""
    town()
    plan = Plan(
        item="food-licence",
        version=1,
        name="食品经营许可（餐饮服务）",
        type="01",
        instant=False,
        statutory=None,
        promised=Budget(7),
        works=(WorkPlan("paper_review", "审查材料", "review", f"{LICHENG}-market", Budget(1)),),
    )
    handed = {
        "code": "M-ID-PERSON", "name": "身份证", "source": "paper", "file": "", "media_type": "", "reference": "",
        "filename": f"{NUMBER}.pdf",
    }  # fmt: skip
    id = cases.open_case(
        region=LICHENG,
        application=new_id(),
        party=party_of(li()).id,
        plan=plan,
        office=f"{LICHENG}-market",
        hall=f"{LICHENG}-hall",
        channel="window",
        subject=cases.Subject(
            applicant="李秀英",
            applicant_kind="person",
            applicant_number=NUMBER,
            values=STATED,
            materials=(handed,),
        ),
        actor=SYSTEM,
        at=at,
        calendar=calendar(),
    )
    path = f"cases/{LICHENG}/{id}"
    words = {"text": f"身份证号{OTHERS}与名单不符，请致电{PHONE}"}
    assert Api(lin()).post(f"{path}/commands/request_correction", words).status_code == 200
    return path


def leaves(found: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place: `values.operator_id`."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from leaves(value, f"{at}.{key}" if at else key)
    elif isinstance(found, list):
        for n, value in enumerate(found):
            yield from leaves(
                value, f"{at}.{value['code'] if isinstance(value, dict) and 'code' in value else n}"
            )
    else:
        yield at, found


def differences(mine: Any, theirs: Any) -> dict[str, Any]:
    """What somebody else sees where the person sees something else."""
    before = dict(leaves(mine))
    return {place: value for place, value in leaves(theirs) if before.get(place) != value}


def test_each_reader_sees_the_same_case_with_these_differences(clock: StoppedClock) -> None:
    path = case(clock.at)
    readers = {
        "self": Api(li()),
        "agent": Api(chen()),
        "hall": Api(wang()),
        "office": Api(lin()),
        "supervisor": Api(staff("jian", "简监察", CITY, PostKind.SUPERVISOR)),
    }
    seen = {name: api.get(path) for name, api in readers.items()}
    for name, answer in seen.items():
        assert answer.status_code == 200, name
        for secret in SECRETS:
            assert (secret in answer.content.decode()) == (name == "self"), f"{name}: {secret}"
    whole = {name: answer.json() for name, answer in seen.items()}
    for one in whole.values():  # what may be done, and by whom it was, differs by seat, not by mask
        one.pop("commands")
        for entry in one["trail"]:
            entry.pop("by")
    numbers = {
        "applicant_number": "350***********" + NUMBER[-4:],
        "values.operator_id.value": "350***********" + NUMBER[-4:],
        "values.operator_phone.value": "138****1111",
        "values.staff_names.value": f"王小明，350***********{OTHERS[-4:]}，138****1111\n工资卡 622************0123",
        "materials.M-ID-PERSON.filename": f"350***********{NUMBER[-4:]}.pdf",
        "trail.1.text": f"身份证号350***********{OTHERS[-4:]}与名单不符，请致电138****1111",
    }
    names = {"applicant": "李*英", "values.operator_name.value": "李*英"}
    mine = whole["self"]
    assert differences(mine, whole["agent"]) == numbers
    assert differences(mine, whole["hall"]) == numbers
    assert differences(mine, whole["office"]) == numbers | names
    assert differences(mine, whole["supervisor"]) == numbers | names | {"values.shop_address.value": "***"}


def test_lists_and_progress_hold_nothing_personal_at_all(clock: StoppedClock) -> None:
    path = case(clock.at)
    office = Api(lin())
    number = office.get(path).json()["number"]
    for answer in (office.get("cases"), office.get("tasks"), Api().get(f"progress/{number}")):
        assert answer.status_code == 200
        text = answer.content.decode()
        assert not any(secret in text for secret in (*SECRETS, "李秀英", "海滨街道"))


def test_every_reader_is_in_the_table_and_only_the_person_sees_everything() -> None:
    assert set(MASKS) == set(Reader)
    for reader in Reader:
        for kind, value in (("resident_id", NUMBER), ("phone", PHONE), ("text", f"号码{NUMBER}")):
            assert (value in masked(reader, kind, value)) == (reader is Reader.SELF)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.replace("0", "0 ", 1),
        f"ID{NUMBER}号",
        "110101190001010",
        "138 0000 5678",
        "13800005678",
        ACCOUNT,
        "6222 0212 3456 7890 123",
    ],
)
def test_numbers_inside_words_are_masked_however_they_are_spaced(text: str) -> None:
    digits = re.sub(r"\D", "", text)
    assert digits not in re.sub(r"[^\dX]", "", scrubbed(f"请核对{text}。"))


@pytest.mark.parametrize(
    "text", ["2026-11-21 到 2026-12-01", "共 3 人，40 平方米", "12345", "GB/T 39046-2020"]
)
def test_dates_and_quantities_are_left_alone(text: str) -> None:
    assert scrubbed(text) == text
