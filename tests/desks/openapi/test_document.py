"""The document: valid, whole, and of the same declarations as the addresses."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, resolve
from openapi_spec_validator import OpenAPIV31SpecValidator

from banshi.contexts.cases import queries as cases
from banshi.desks.openapi.urls import urlpatterns
from banshi.ui.access import PUBLIC, Access
from tests.desks.openapi.api import the_document

EXAMPLES = {
    "region": "350502",
    "id": "01936b4e-0000-7000-8000-000000000001",
    "document": "01936b4e-0000-7000-8000-000000000002",
    "file": "01936b4e-0000-7000-8000-000000000003",
    "n": "0",
}


def declared() -> list[URLPattern]:
    return [one for one in urlpatterns if hasattr(one.callback, "operations")]


def test_it_is_a_valid_openapi_3_1_document() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(the_document()).iter_errors()] == []


def test_every_path_and_method_of_the_document_resolves() -> None:
    for path, methods in the_document()["paths"].items():
        found = resolve(path.format_map({**EXAMPLES, "code": "c", "number": "n", "identifier": "i"}))
        assert {method.upper() for method in methods} == set(found.func.operations), path


def test_every_address_of_the_api_is_in_the_document() -> None:
    paths = the_document()["paths"]
    for pattern in declared():
        for method, one in pattern.callback.operations.items():
            assert method.lower() in paths[one.address], one.address
    assert sum(len(methods) for methods in paths.values()) == sum(
        len(pattern.callback.operations) for pattern in declared()
    )


def test_every_command_that_people_give_is_an_operation_with_its_asks() -> None:
    commands = {name: one for name, one in cases.declared_commands().items() if one.shown}
    paths = the_document()["paths"]
    prefix = "/api/v1/cases/{region}/{id}/commands/"
    assert {path.removeprefix(prefix) for path in paths if path.startswith(prefix)} == set(commands)
    for name, command in commands.items():
        body = paths[prefix + name]["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema = the_document()["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
        asked = {ask.name for ask in command.asks}
        assert set(schema["properties"]) == asked | {"expected_seq"}, name
        assert set(schema.get("required", ())) == {ask.name for ask in command.asks if ask.required}, name


def test_every_view_declares_its_access_and_only_public_ones_go_without_a_token() -> None:
    for pattern in urlpatterns:
        assert isinstance(pattern.callback.access, Access)
    for path, methods in the_document()["paths"].items():
        view = resolve(path.format_map({**EXAMPLES, "code": "c", "number": "n", "identifier": "i"})).func
        for method, said in methods.items():
            allowed = view.operations[method.upper()].allowed
            assert (said["security"] == []) == (Access(PUBLIC) in allowed)
            if said["security"]:
                assert "401" in said["responses"]


def test_every_post_that_changes_something_asks_for_an_idempotency_key() -> None:
    changing_nothing = {"sign_in", "guide"}
    for methods in the_document()["paths"].values():
        if "post" in methods and methods["post"]["operationId"] not in changing_nothing:
            headers = {one["name"] for one in methods["post"]["parameters"] if one["in"] == "header"}
            assert "Idempotency-Key" in headers, methods["post"]["operationId"]


@pytest.mark.django_db
def test_the_document_and_the_page_are_for_everybody(client: Client) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.json() == the_document()
    page = client.get("/api/").content.decode()
    for path in the_document()["paths"]:
        assert path in page


def test_an_address_says_which_methods_it_takes(client: Client) -> None:
    answer = client.put("/api/v1/items")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert answer.headers["Content-Type"] == "application/problem+json"
