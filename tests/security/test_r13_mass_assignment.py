"""Requirement 13: what a request names beyond what is declared is ignored, never assigned."""

from __future__ import annotations

from uuid import uuid4

import pytest

from banshi.contexts.cases.models import Case
from banshi.contexts.intake.models import Application
from tests.desks.openapi.api import MATERIALS, VALUES, Api, draft, submitted, town
from tests.personas import JINJIANG, LICHENG, li, lin, zhao

pytestmark = pytest.mark.django_db

FOOD = {"kind": "item", "code": "food-licence", "region": LICHENG}
FORGED = {
    "id": str(uuid4()),
    "owner": "staff:1",
    "actor": "system",
    "party_id": str(uuid4()),
    "target": "item:passport",
    "title": "别的",
    "channel": "window",
    "hall": f"{LICHENG}-hall",
    "hall_code": f"{LICHENG}-hall",
    "versions": {"food-licence": 99},
    "seq": 7,
    "submitted_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "at": "2020-01-01T00:00:00Z",
}


def test_an_application_is_begun_as_declared_whatever_else_is_sent() -> None:
    town()
    begun = Api(li()).post("applications", FORGED | FOOD)
    assert begun.status_code == 201
    row = Application.objects.get()
    assert str(row.id) == begun.json()["id"] != FORGED["id"]
    assert (row.owner, row.channel, row.hall_code, row.seq, row.submitted_at) == (
        li().account,
        "online",
        "",
        0,
        None,
    )
    assert (row.target, row.versions) == ("item:food-licence", "{}")
    assert row.updated_at.year > 2020


def test_a_change_touches_answers_and_values_of_the_form_and_nothing_else() -> None:
    town()
    api = Api(li())
    path = draft(api)
    before = Application.objects.values().get()
    sent = FORGED | {"values": {"passport_number": "E1", "submitted_at": "2020", "shop_name": "新名字"}}
    found = api.send("PATCH", path, sent | {"answers": {"role": "admin"}})
    assert found.status_code == 200
    after = Application.objects.values().get()
    assert {key for key in after if after[key] != before[key]} <= {"updated_at"}
    fields = {
        one["code"]: one["value"] for part in found.json()["guide"]["sections"] for one in part["fields"]
    }
    assert fields == VALUES | {"shop_name": "新名字"}
    assert "passport_number" not in found.content.decode()


def test_a_command_takes_what_it_asks_and_nothing_of_the_state() -> None:
    _, path = submitted()
    before = Case.objects.values().get()
    forged = {
        "verdict": "pass",
        "reference": "1.2.156.3005.2.forged",
        "digest": "0" * 64,
        "status": "passed",
        "office": f"{JINJIANG}-market",
        "office_code": f"{JINJIANG}-market",
        "accepted_on": "2020-01-01",
        "closed_on": "2020-01-01",
        "certificate": "1.2.156.3005.2.forged",
        "name": "decide",
        "region": JINJIANG,
        "id": str(uuid4()),
        "actor": "system",
    }
    done = Api(lin()).post(f"{path}/commands/accept", forged | {"dispatch": False})
    assert (done.status_code, done.json()["status"]) == (200, "accepted")
    after = Case.objects.values().get()
    assert after["office_code"] == before["office_code"] and after["closed_on"] is None
    assert "forged" not in after["state"] and "2020-01-01" not in after["state"]
    assert Api(zhao()).get(path).status_code == 404


def test_nobody_signs_in_as_more_than_they_are() -> None:
    town()
    li()
    sent = {"realm": "citizen", "account": li().login, "password": "gravel-otter-41"}
    more = {
        "posts": [{"kind": "security_admin"}],
        "kind": "staff",
        "verified": True,
        "must_change_password": True,
    }
    signed = Api().post("session", sent | more).json()
    api = Api()
    api.token = signed["token"]
    assert not signed["must_change_password"]
    assert (api.get("session").json()["realm"], api.get("session").json()["posts"]) == ("citizen", [])
    assert api.get("cases").status_code == 404


def test_a_review_is_of_the_case_in_the_path_by_who_is_signed_in() -> None:
    citizen, path = submitted()
    sent = {
        "grade": "satisfied",
        "case": str(uuid4()),
        "finished": True,
        "party": str(uuid4()),
        "channel": "phone",
    }
    answer = citizen.post(f"{path}/review", sent)
    assert (answer.status_code, answer.json()["rule"]) == (409, "not_finished")


def test_the_materials_of_a_draft_are_those_of_its_form() -> None:
    town()
    api = Api(li())
    path = draft(api)
    handed = {one["code"] for one in api.get(path).json()["guide"]["materials"] if one["files"]}
    assert handed == set(MATERIALS)
