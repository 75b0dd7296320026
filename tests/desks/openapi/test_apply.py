"""A citizen applies through the API, as on the pages."""

from __future__ import annotations

from uuid import uuid4

import pytest

from banshi.contexts.intake.models import Application
from banshi.directory import operations
from banshi.directory import queries as directory
from banshi.directory.values import MandateRole
from banshi.infra.files import MAX_SIZE
from banshi.kernel.actors import SYSTEM
from banshi.ui.masking import masked_id
from tests.desks.openapi.api import MATERIALS, PDF, PHONE, VALUES, Api, draft, hand_over, town
from tests.personas import AT, CITY, JINJIANG, LICHENG, Persona, citizen, li, lin, party_of, resident_id

pytestmark = pytest.mark.django_db

FOOD = {"kind": "item", "code": "food-licence", "region": LICHENG}


def chen() -> Persona:
    """陈志强, another citizen."""
    account = directory.find_account("10000000002")
    id = account.id if account else citizen("陈志强", resident_id(2), "10000000002")
    return Persona(f"citizen:{id}", "10000000002")


def test_from_the_first_question_to_the_cases() -> None:
    town()
    api = Api(li())
    path = draft(api)
    now = api.get(path).json()
    assert (now["submitted_at"], now["problems"], now["guide"]["next"]) == (None, [], None)
    done = api.post(f"{path}/submit")
    assert done.status_code == 201
    assert [one["item"] for one in done.json()["cases"]] == ["food-licence"]
    after = api.get(path).json()
    assert after["submitted_at"] and after["cases"] == done.json()["cases"]
    mine = api.get("matters").json()
    assert (mine["drafts"], [one["cases"] for one in mine["submitted"]]) == ([], [done.json()["cases"]])


def test_what_is_missing_is_told_all_at_once_with_each_field() -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    told = {one["field"] for one in api.get(path).json()["problems"]}
    refused = api.post(f"{path}/submit")
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["problems"]} == told >= {"shop_name", *MATERIALS}


def test_what_the_platform_knows_is_filled_in_and_says_from_where() -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    fields = {
        field["code"]: field for part in api.get(path).json()["guide"]["sections"] for field in part["fields"]
    }
    assert (fields["operator_phone"]["value"], fields["operator_phone"]["source"]) == (
        "10000000001",
        "person.phone",
    )
    assert fields["shop_name"]["value"] == fields["shop_name"]["source"] == ""


def test_answers_are_given_one_by_one_and_what_hung_on_a_changed_one_is_dropped() -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD | {'kind': 'bundle', 'code': 'newborn'}).json()['id']}"
    while (asked := api.get(path).json()["guide"]["next"]) is not None:
        given = {asked["code"]: asked["choices"][0]["key"]}
        assert api.send("PATCH", path, {"answers": given}).json()["guide"]["answers"].items() >= given.items()
    refused = api.send("PATCH", path, {"answers": {"applicant_is": "neighbour"}})
    assert (refused.status_code, refused.json()["field"]) == (422, "applicant_is")


def test_sending_the_same_request_again_changes_nothing_more() -> None:
    town()
    api, key = Api(li()), uuid4()
    first, again = (api.post("applications", FOOD, key=key) for _ in range(2))
    assert first.json() == again.json()
    path = draft(api)
    first, again = (api.post(f"{path}/submit", key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert Application.objects.count() == 2
    assert len(api.get("matters").json()["submitted"][0]["cases"]) == 1


def test_the_same_file_twice_is_one_and_another_is_two() -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    first, again = (hand_over(api, path, MATERIALS[0]).json() for _ in range(2))
    assert first == again
    other = hand_over(api, path, MATERIALS[0], "%E6%89%A7%E7%85%A7.pdf", PDF + b"\n").json()
    assert (other["name"], other["id"] == first["id"]) == ("执照.pdf", False)
    assert api.send("DELETE", f"{path}/materials/{MATERIALS[1]}/{first['id']}").status_code == 404
    assert api.send("DELETE", f"{path}/materials/{MATERIALS[0]}/{first['id']}").status_code == 204
    material = next(one for one in api.get(path).json()["guide"]["materials"] if one["code"] == MATERIALS[0])
    assert [one["id"] for one in material["files"]] == [other["id"]]


def test_another_person_or_key_never_gets_the_answer_kept_under_a_key() -> None:
    town()
    key = uuid4()
    mine = Api(li()).post("applications", FOOD, key=key).json()
    theirs = Api(chen()).post("applications", FOOD, key=key).json()
    assert mine["id"] != theirs["id"]


def test_a_key_is_asked_for_before_anything_is_done() -> None:
    town()
    for key in (None, "not-a-uuid"):
        answer = Api(li()).post("applications", FOOD, key=key)
        assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")
    assert not Application.objects.exists()


def test_others_find_nothing_there() -> None:
    town()
    mine = Api(li())
    path = draft(mine)
    other = Api(chen())
    tried = [
        other.get(path),
        other.send("PATCH", path, {"values": {"shop_name": "别人的"}}),
        other.send("DELETE", path),
        hand_over(other, path, MATERIALS[0]),
        other.post(f"{path}/submit"),
        other.get(path.replace(LICHENG, JINJIANG)),
        Api(lin()).get(path),
    ]
    assert [answer.status_code for answer in tried] == [404] * len(tried)
    assert Api().get(path).status_code == 401
    assert mine.get(path).json()["submitted_at"] is None
    assert other.get("matters").json() == {"drafts": [], "submitted": []}


def test_one_acts_for_oneself_or_by_mandate_only() -> None:
    town()
    li()
    chen_api = Api(chen())
    of_li = Api(li()).get("session").json()["parties"][0]["id"]
    refused = chen_api.post("applications", FOOD | {"party": of_li})
    assert (refused.status_code, refused.json()["field"]) == (422, "party")
    unknown = chen_api.post("applications", FOOD | {"party": str(uuid4())})
    assert unknown.json() == refused.json()


def test_who_was_never_verified_acts_for_nobody() -> None:
    town()
    answer = Api(li(verified=False)).post("applications", FOOD)
    assert (answer.status_code, answer.json()["rule"]) == (409, "not_verified")


@pytest.mark.parametrize("region", [CITY, "110101", "999999"])
def test_only_a_county_of_this_city_will_do(region: str) -> None:
    town()
    answer = Api(li()).post("applications", FOOD | {"region": region})
    assert (answer.status_code, answer.json()["field"]) == (422, "region")


def test_after_submission_nothing_is_changed() -> None:
    town()
    api = Api(li())
    path = draft(api)
    api.post(f"{path}/submit")
    for answer in (
        api.send("PATCH", path, {"values": {"shop_name": "改了"}}),
        api.send("DELETE", path),
        hand_over(api, path, MATERIALS[0], content=PDF + b"\n"),
        api.post(f"{path}/submit"),
    ):
        assert (answer.status_code, answer.json()["rule"]) == (409, "submitted_already")


@pytest.mark.parametrize(
    ("name", "content", "status", "rule"),
    [
        ("scan.exe", PDF, 422, "file_type"),
        ("scan.png", PDF, 422, "file_content"),
        ("scan.pdf", b"", 422, "file_empty"),
        ("scan.pdf", b"%PDF-1.4 /JavaScript %%EOF", 422, "file_active"),
        ("", PDF, 422, "file_type"),
        ("scan.pdf", b"%PDF-" + bytes(MAX_SIZE), 413, "body_too_big"),
    ],
)
def test_a_file_that_will_not_do_is_refused(name: str, content: bytes, status: int, rule: str) -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    answer = hand_over(api, path, MATERIALS[0], name, content)
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)


def test_a_material_that_nobody_asked_for_is_not_taken() -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    assert hand_over(api, path, "M-PASSPORT-PHOTO").status_code == 404


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"values": {"shop_name": 1}}', "application/json", 400),
        (b'{"values": {"shop_name": "\xff"}}', "application/json", 400),
        (b'{"values": {"shop_name": "' + b"x" * 5000 + b'"}}', "application/json", 400),
        (b'{"values": {"shop_name": "' + b"x" * 300_000 + b'"}}', "application/json", 413),
        (b"values=1", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_not_a_fitting_body_is_turned_away(body: bytes, media_type: str, status: int) -> None:
    town()
    api = Api(li())
    path = f"applications/{LICHENG}/{api.post('applications', FOOD).json()['id']}"
    assert api.send("PATCH", path, body, media_type=media_type).status_code == status


def test_a_draft_is_discarded() -> None:
    town()
    api = Api(li())
    path = draft(api)
    assert api.send("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404


def test_an_agent_sees_what_they_typed_but_not_the_number_of_whom_they_act_for() -> None:
    town()
    agent, principal = party_of(chen()), party_of(li())
    operations.grant_mandate(
        agent=agent.id, principal=principal, role=MandateRole.AGENT, from_on=AT.date(), actor=SYSTEM, at=AT
    )
    api = Api(chen())
    assert [one["role"] for one in api.get("session").json()["parties"]] == ["", "agent"]
    begun = api.post(
        "applications",
        {"kind": "item", "code": "residence-permit", "region": LICHENG, "party": str(principal.id)},
    )
    path = f"applications/{LICHENG}/{begun.json()['id']}"
    api.send("PATCH", path, {"values": {"applicant_phone": PHONE}})
    while (asked := api.get(path).json()["guide"]["next"]) is not None:
        api.send("PATCH", path, {"answers": {asked["code"]: asked["choices"][0]["key"]}})
    fields = {
        field["code"]: field for part in api.get(path).json()["guide"]["sections"] for field in part["fields"]
    }
    assert fields["applicant_phone"]["value"] == PHONE
    assert fields["applicant_id"]["value"] == masked_id(resident_id(1))
    assert VALUES["operator_id"] not in api.get(path).content.decode()
