"""接口不出错: invented requests, right and wrong, against the Open311 interface: no server error, every answer as documented.

schemathesis makes them from the interface's own OpenAPI document. Every second one has the key and a service that there is,
or the number of a request that there is, so that they come further than the door. XML is held against the same document,
as the JSON that it stands for.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from banshi.desks.console.prove import Proof
from banshi.desks.console.prove.ground import Ground
from banshi.directory import operations
from banshi.infra import api_keys, clock, store
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused

CALLS = 5_000
DOCUMENT = "/api/open311/v2/openapi.json"
SERVICE = "city.lighting.dark"
HOST = {"Host": "localhost"}
SHAPED = ("jurisdiction_id", "lat", "long", "address_id", "email", "phone", "media_url", "attribute[nature]")


def prove(city: Ground, n: int, seed: int) -> Proof:
    """`n` calls (0: as many as are promised). Raises `Refused` where schemathesis is not there."""
    try:
        import schemathesis
    except ImportError as error:
        raise Refused(
            "no_schemathesis",
            "这项证明要用开发环境里的 schemathesis（requirements/dev.in）。",
            "This proof needs schemathesis of the development environment (requirements/dev.in).",
        ) from error
    from django.core.wsgi import get_wsgi_application

    logging.getLogger("banshi.access").setLevel(logging.WARNING)

    at = clock.now()
    with store.inline():
        operations.load_regions(actor=SYSTEM, at=at)
        key = api_keys.issue("open311", "proof", until_on=(at + timedelta(days=1)).date())
        schema = schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application(), headers=HOST)
        return _asked(schema, key, n or CALLS, seed, city.engine)


def _asked(schema: Any, key: str, n: int, seed: int, engine: str) -> Proof:
    proof = Proof("open311", engine)
    statuses: Counter[int] = Counter()
    numbers: list[str] = []
    turn = 0
    while sum(statuses.values()) < n:
        before = sum(statuses.values())
        for found in schema.get_all_operations():
            share = max(1, min((n - before) // 7, n - sum(statuses.values())))
            if sum(statuses.values()) < n:
                _ask(found.ok(), key, numbers, share, seed + turn, statuses, proof)
        turn += 1
    proof.figures = {"calls": sum(statuses.values())} | {
        str(status): count for status, count in sorted(statuses.items())
    }
    return proof


def _ask(
    operation: Any,
    key: str,
    numbers: list[str],
    share: int,
    seed: int,
    statuses: Counter[int],
    proof: Proof,
) -> None:
    """So many calls of one operation, three in four of a form that the document allows."""
    import hypothesis
    from schemathesis import GenerationMode

    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    any_ = hypothesis.strategies.one_of(right, right, right, _wrong(operation, right))
    asked = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=any_)
    def call(case: Any) -> None:
        nonlocal asked
        asked += 1
        if asked % 2:
            _made_real(case, key, numbers)
        response = case.call(headers=HOST)
        statuses[response.status_code] += 1
        if response.status_code == 201 and case.path_parameters["format"] == "json":
            numbers.append(json.loads(response.content)[0]["service_request_id"])
        _judge(case, response, proof)

    call()


def _wrong(operation: Any, right: Any) -> Any:
    """Of a form that the document does not allow, where there is such a thing."""
    from schemathesis import GenerationMode

    try:
        found = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        found.validate()
    except Exception:  # of an operation in which nothing can be wrong
        return right
    return found


def _made_real(case: Any, key: str, numbers: list[str]) -> None:
    if isinstance(case.body, dict):
        for name in SHAPED:
            case.body.pop(name, None)
        case.body |= {"api_key": key, "service_code": SERVICE, "address_string": "海滨街道"}
    query = case.query if isinstance(case.query, dict) else {}
    query.pop("jurisdiction_id", None)
    if "service_code" in query:
        query["service_code"] = SERVICE
    parts = case.path_parameters or {}
    if "service_code" in parts:
        parts["service_code"] = SERVICE
    for name in ("service_request_id", "token_id"):
        if name in parts and numbers:
            parts[name] = numbers[-1]


def _judge(case: Any, response: Any, proof: Proof) -> None:
    """No error of the server's, and what is answered is documented."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    if response.headers["content-type"][0].startswith("text/xml"):
        _judge_xml(case, response, proof)
    checks = [not_a_server_error, status_code_conformance, content_type_conformance]
    try:
        case.validate_response(response, checks=[*checks, response_schema_conformance])
    except FailureGroup as failures:
        proof.violations.append(f"{case.method} {case.path}: {failures.exceptions[0]}"[:2000])


def _judge_xml(case: Any, response: Any, proof: Proof) -> None:
    """What the standard says of the JSON holds for the XML too."""
    from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]

    answers = case.operation.definition.raw["responses"]
    documented = answers.get(str(response.status_code))
    if documented is None:  # which is found by its status
        return
    schema = documented["content"]["application/json"]["schema"]
    try:
        Draft202012Validator(schema).validate(read_xml(response.content, schema))
    except (ElementTree.ParseError, ValueError, KeyError, ValidationError) as error:
        proof.violations.append(f"{case.method} {case.path}: XML: {error}"[:2000])


def read_xml(content: bytes, schema: dict[str, Any]) -> Any:
    """What the same answer would be in JSON, of which XML leaves out the types. Raises `ParseError`, `ValueError`, `KeyError`."""
    return _value(ElementTree.fromstring(content), schema)  # noqa: S314 (our own answer)


def _value(element: ElementTree.Element, schema: dict[str, Any]) -> Any:
    names = [child.tag for child in element]
    if schema.get("type") == "array":
        if len(set(names)) > 1:
            raise ValueError(f"{element.tag}: {names}")
        return [_value(child, schema["items"]) for child in element]
    if schema.get("type") == "object":
        if len(set(names)) < len(names):
            raise ValueError(f"{element.tag}: {names}")
        return {child.tag: _value(child, schema["properties"][child.tag]) for child in element}
    text = element.text or ""
    types = [one for part in (schema, *schema.get("anyOf", ())) for one in _types(part)]
    if not text and "null" in types:
        return None
    if "boolean" in types:
        return {"true": True, "false": False}[text]
    if "integer" in types:
        return int(text)
    return float(text) if "number" in types else text


def _types(schema: dict[str, Any]) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else found
