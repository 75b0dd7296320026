"""接口说明: the interface as OpenAPI 3.1, for programs that read such; the standard itself is prose."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse

from banshi import __version__

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_INSTANT = {"type": "string", "format": "date-time"}
_FORMAT = {
    "name": "format",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": ["json", "xml"]},
}
_JURISDICTION = {"name": "jurisdiction_id", "in": "query", "schema": _TEXT}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": required | optional}


SERVICE = _object(
    {
        "service_code": _TEXT,
        "service_name": _TEXT,
        "description": _TEXT,
        "metadata": {"type": "boolean"},
        "type": {"const": "realtime"},
        "keywords": _TEXT,
        "group": _TEXT,
    }
)
ATTRIBUTE = _object(
    {
        "variable": {"type": "boolean"},
        "code": _TEXT,
        "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        "required": {"type": "boolean"},
        "datatype_description": _MAYBE,
        "order": {"type": "integer"},
        "description": _TEXT,
    },
    values={"type": "array", "items": _object({"key": _TEXT, "name": _TEXT})},
)
DEFINITION = _object({"service_code": _TEXT, "attributes": {"type": "array", "items": ATTRIBUTE}})
REQUEST = _object(
    {
        "service_request_id": _TEXT,
        "status": {"enum": ["open", "closed"]},
        "status_notes": _MAYBE,
        "service_name": _MAYBE,
        "service_code": _TEXT,
        "description": {"type": "null"},
        "agency_responsible": _MAYBE,
        "service_notice": _MAYBE,
        "requested_datetime": _INSTANT,
        "updated_datetime": _INSTANT,
        "expected_datetime": {"anyOf": [_INSTANT, {"type": "null"}]},
        "address": _MAYBE,
        "address_id": _MAYBE,
        "zipcode": {"type": "null"},
        "lat": {"type": ["number", "null"]},
        "long": {"type": ["number", "null"]},
        "media_url": {"type": "null"},
    }
)
CREATED = _object({"service_request_id": _TEXT, "service_notice": _TEXT, "account_id": {"type": "null"}})
TOKEN = _object({"service_request_id": _TEXT, "token": _TEXT})
ERROR = _object({"code": {"type": "integer"}, "description": _TEXT})
DISCOVERY = _object(
    {
        "changeset": _TEXT,
        "contact": _TEXT,
        "key_service": _TEXT,
        "endpoints": {
            "type": "array",
            "items": _object(
                {
                    "specification": _TEXT,
                    "url": _TEXT,
                    "changeset": _TEXT,
                    "type": {"enum": ["production", "test"]},
                    "formats": {"type": "array", "items": _TEXT},
                }
            ),
        },
    }
)
FILTERS = ("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size")
POSTED = _object(
    {"api_key": _TEXT, "service_code": _TEXT},
    **dict.fromkeys(
        (
            *("jurisdiction_id", "lat", "long", "address_string", "address_id", "attribute[nature]"),
            *("email", "device_id", "account_id", "first_name", "last_name", "phone", "description"),
            "media_url",
        ),
        _TEXT,
    ),
)


def openapi(request: HttpRequest) -> JsonResponse:
    """The document."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def document() -> dict[str, Any]:
    """As a value."""
    filters = [{"name": name, "in": "query", "schema": _TEXT} for name in FILTERS]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": __version__},
        "servers": [{"url": "/api/open311/v2"}],
        "paths": {
            "/discovery.{format}": _get("discovery", "discovery", DISCOVERY),
            "/services.{format}": _get("services", "services", _several(SERVICE)),
            "/services/{service_code}.{format}": _get(
                "service", "service_definition", DEFINITION, "service_code"
            ),
            "/requests.{format}": _get("requests", "service_requests", _several(REQUEST), more=filters)
            | {"post": _post()},
            "/requests/{service_request_id}.{format}": _get(
                "request", "service_requests", _several(REQUEST), "service_request_id"
            ),
            "/tokens/{token_id}.{format}": _get("token", "service_requests", _several(TOKEN), "token_id"),
        },
    }


def _several(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _get(
    name: str, root: str, schema: dict[str, Any], part: str = "", more: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    parts = [{"name": part, "in": "path", "required": True, "schema": _TEXT}] if part else []
    return {
        "get": {
            "operationId": name,
            "parameters": [*parts, _FORMAT, _JURISDICTION, *(more or [])],
            "responses": _responses("200", root, schema),
        }
    }


def _post() -> dict[str, Any]:
    return {
        "operationId": "post_request",
        "parameters": [
            _FORMAT,
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "format": "uuid"}},
        ],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": POSTED}},
        },
        "responses": _responses("201", "service_requests", _several(CREATED)),
    }


def _responses(status: str, root: str, schema: dict[str, Any]) -> dict[str, Any]:
    wrong = {
        code: {"description": "errors", "content": _forms("errors", _several(ERROR))}
        for code in ("400", "403", "404", "405")
    }
    return {status: {"description": root, "content": _forms(root, schema)}, **wrong}


def _forms(root: str, schema: dict[str, Any]) -> dict[str, Any]:
    """XML has no schema in the standard."""
    return {"application/json": {"schema": schema}, "text/xml": {}}
