"""A program that uses the API as its document says: every answer is held against the document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from jsonschema import Draft202012Validator

from banshi.contexts.catalogue import operations as catalogue_operations
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Catalogue
from banshi.desks.openapi.document import document
from banshi.directory import operations
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM
from banshi.kernel.ids import uscc_check_char
from tests.personas import AT, LICHENG, PASSWORD, Persona, li, resident_id, world

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
PHONE = "13850001111"
VALUES = {
    "shop_name": "演示小吃店",
    "shop_address": "海滨街道2号",
    "operator_name": "李秀英",
    "operator_id": resident_id(1),
    "operator_phone": PHONE,
    "shop_square_metres": "40",
    "food_projects": "hot",
    "food_manager": "李秀英",
    "staff_count": "3",
}
MATERIALS = ("M-BUSINESS-LICENCE", "M-KITCHEN-LAYOUT")


class Api:
    """A client of the API, signed in with a token or not at all."""

    def __init__(self, who: Persona | None = None) -> None:
        self.client = Client()
        self.token = ""
        if who:
            realm = who.account.split(":")[0]
            answer = self.post("session", {"realm": realm, "account": who.login, "password": PASSWORD})
            assert answer.status_code == 201, answer.content
            self.token = answer.json()["token"]

    def get(self, path: str, **query: object) -> HttpResponse:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: object = None, key: object = "") -> HttpResponse:
        """`key`: the Idempotency-Key; a fresh one unless given, none when it is None."""
        headers = {} if key is None else {"Idempotency-Key": str(key or uuid4())}
        return self.send("POST", path, body, headers)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        query: dict[str, object] | None = None,
        media_type: str = "application/json",
    ) -> HttpResponse:
        address = f"/api/v1/{path}"
        given = dict(headers or {})
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method, address, content, content_type=media_type, headers=given, query_params=query or {}
        )
        if method in resolve(address).func.operations:
            told(method, address, answer)
        return answer


def told(method: str, address: str, answer: HttpResponse) -> None:
    """The document names this status, and the answer is what it says."""
    template = resolve(address).func.operations[method].address
    said = the_document()["paths"][template][method.lower()]["responses"]
    assert str(answer.status_code) in said, f"{method} {template}: {answer.status_code} {answer.content!r}"
    found = said[str(answer.status_code)]
    if "$ref" in found:
        found = the_document()["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    media_type = answer.headers.get("Content-Type", "")
    if "content" not in found:
        assert answer.content == b""
        return
    assert media_type in found["content"], f"{media_type} is not documented"
    if schema := found["content"][media_type].get("schema"):
        whole = {**schema, "components": the_document()["components"]}
        Draft202012Validator(whole).validate(json.loads(answer.content))


@cache
def the_document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document()))
    return found


@cache
def _catalogue() -> Catalogue:
    read = catalogue.read_files(DATA / "catalogue", DATA / "laws")
    assert read.catalogue is not None
    return read.catalogue


def town() -> None:
    """The town with its offices, the market office able to issue certificates, and the catalogue in force."""
    world()
    body = "1135050200000000A"
    operations.update_office(code=f"{LICHENG}-market", uscc=body + uscc_check_char(body), actor=SYSTEM, at=AT)
    catalogue_operations.publish(catalogue=_catalogue(), actor=SYSTEM, at=AT)


def draft(api: Api) -> str:
    """A food licence asked for, filled in and with its materials: its path."""
    begun = api.post("applications", {"kind": "item", "code": "food-licence", "region": LICHENG})
    assert begun.status_code == 201, begun.content
    path = f"applications/{LICHENG}/{begun.json()['id']}"
    assert api.send("PATCH", path, {"values": VALUES}).status_code == 200
    for code in MATERIALS:
        assert hand_over(api, path, code).status_code == 200
    return path


def hand_over(api: Api, path: str, code: str, name: str = "scan.pdf", content: bytes = PDF) -> HttpResponse:
    return api.send(
        "PUT", f"{path}/materials/{code}", content, {"File-Name": name}, media_type="application/pdf"
    )


def submitted() -> tuple[Api, str]:
    """Li, and the path of the case that her submission became."""
    town()
    api = Api(li())
    answer = api.post(f"{draft(api)}/submit")
    assert answer.status_code == 201, answer.content
    return api, f"cases/{LICHENG}/{answer.json()['cases'][0]['id']}"
