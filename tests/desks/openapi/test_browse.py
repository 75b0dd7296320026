"""What anybody may ask: the catalogue, the guide, progress by number."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from banshi.contexts.catalogue import queries as catalogue
from tests.desks.openapi.api import PHONE, Api, submitted, town
from tests.personas import resident_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_town(db: None) -> None:
    town()


def test_the_catalogue_is_listed_with_exact_counts_a_page_at_a_time() -> None:
    town()
    whole = Api().get("items", limit=200).json()
    assert whole["total"] == len(whole["rows"]) == len(catalogue.catalogue().items)
    second = Api().get("items", limit=3, offset=3).json()
    assert (second["total"], second["rows"]) == (whole["total"], whole["rows"][3:6])
    assert Api().get("bundles").json()["total"] == len(catalogue.catalogue().bundles)


def test_words_find_the_bundle() -> None:
    town()
    assert Api().get("bundles", search="生孩子").json()["rows"][0]["code"] == "newborn"


def test_an_item_says_what_its_codes_are_called() -> None:
    town()
    found = Api().get("items/food-licence").json()
    assert found["definition"]["name"] == "食品经营许可（餐饮服务）"
    for need in found["definition"]["materials"]:
        assert found["names"][need["material"]]
    assert Api().get("bundles/newborn").json()["names"]["birth-registration"] == "给孩子上户口"


def test_what_is_not_in_the_catalogue_is_not_found() -> None:
    town()
    answer = Api().get("items/nothing")
    assert answer.status_code == 404
    assert answer.json()["rule"] == "not_found"
    assert Api().post("guide", {"kind": "bundle", "code": "nothing"}).status_code == 404


def test_the_guide_asks_one_question_after_the_other_and_comes_to_one_form() -> None:
    town()
    answers: dict[str, str] = {}
    for _ in range(20):
        found = (
            Api().post("guide", {"kind": "bundle", "code": "newborn", "answers": answers}, key=None).json()
        )
        if found["next"] is None:
            break
        answers[found["next"]["code"]] = found["next"]["choices"][0]["key"]
    assert found["next"] is None
    assert len(found["items"]) > 3
    assert found["counts"]["fields"] < found["counts"]["separate_fields"]
    assert found["counts"]["materials"] < found["counts"]["separate_materials"]
    assert found["counts"]["fields"] == sum(len(section["fields"]) for section in found["sections"])
    assert not any(field["value"] for section in found["sections"] for field in section["fields"])


def test_an_answer_that_is_no_choice_is_refused_by_its_question() -> None:
    town()
    asked = Api().post("guide", {"kind": "bundle", "code": "newborn"}).json()["next"]["code"]
    answer = Api().post("guide", {"kind": "bundle", "code": "newborn", "answers": {asked: "neither"}})
    assert answer.status_code == 422
    assert answer.json()["field"] == asked


def test_progress_by_number_tells_nothing_of_whose_it_is() -> None:
    api, path = submitted()
    number = api.get(path).json()["number"]
    answer = Api().get(f"progress/{number}")
    assert (answer.json()["status"], answer.json()["item_name"]) == ("received", "食品经营许可（餐饮服务）")
    for secret in ("李秀英", resident_id(1), PHONE, "海滨街道"):
        assert secret not in answer.content.decode()
    assert Api().get("progress/350502202603020000001").status_code == 404


def test_a_certificate_that_nobody_has_and_one_that_nobody_can_have() -> None:
    town()
    assert Api().get("certificates/JY23505020000001").status_code == 404
    mistyped = Api().get("certificates/1.2.156.3005.2.x")
    assert mistyped.status_code == 422
    assert mistyped.json()["field"] == "identifier"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=100000", "offset=-1", "limit=many", "search=" + "长" * 61]
)
def test_a_query_that_does_not_fit_is_malformed(query: str) -> None:
    town()
    name, value = query.split("=")
    answer = Api().get("items", **{name: value})
    assert (answer.status_code, answer.json()["field"]) == (400, name)


def test_a_nul_character_is_malformed_wherever_it_stands() -> None:
    town()
    assert Api().get("items", search="a\0b").status_code == 400
    assert Api().get("items/a%00b").status_code == 400
    assert Api().post("guide", {"kind": "item", "code": "a\0b"}).status_code == 400


@pytest.mark.usefixtures("open_town")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(min_size=1, max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["kind", "code", "answers", "more"]) | st.text(max_size=5), inner
                )
            ),
            max_leaves=12,
        ).map(lambda found: json.dumps(found).encode()),
        st.text(max_size=30).map(lambda code: json.dumps({"kind": "item", "code": code}).encode()),
    )
)
@example(b'{"x": ' + b"[" * 100_000)
@example(b'"\\ud800"')
@example(b'{"kind": "item", "code": "\\ud83d"}')
def test_whatever_is_sent_is_answered_or_refused_in_a_documented_way(body: bytes) -> None:
    assert Api().send("POST", "guide", body).status_code < 500
