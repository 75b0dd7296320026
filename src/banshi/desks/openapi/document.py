"""接口文档: OpenAPI 3.1, made from the declarations; and the page that lists the operations for people."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from banshi import __version__
from banshi.desks.openapi import act, apply, browse
from banshi.desks.openapi.operation import Attachment, Operation, Tag, operations
from banshi.desks.openapi.shapes import Problem
from banshi.directory.values import POST_NAMES, PostKind
from banshi.infra.files import MEDIA_TYPES
from banshi.ui.access import PUBLIC, Access, Realm, access
from banshi.ui.parts import Row

__all__ = ["act", "apply", "browse", "document", "index", "openapi"]  # imported for what they declare

ABOUT = """办事的每一步，页面能做的，接口都能做，规则相同。/ Whatever the pages can do, by the same rules.

* 登录：`POST /api/v1/session` 得到令牌，放进 `Authorization: Bearer`。接口不看 cookie。
* 会改动内容的 POST 须带 `Idempotency-Key`（UUID）；没有收到回答时用同一个再发一次，结果相同，不会重复办理。
* 出错时返回 `application/problem+json`：`title` 可以直接念给人听，`rule` 不变，`article` 是依据，`problems` 列出全部要改的地方。
* 个人信息按谁在看脱敏。不认识的成员会被忽略。

Sign in with `POST /api/v1/session` and send the token as `Authorization: Bearer`; cookies are not looked at. A POST that
changes something carries an `Idempotency-Key` (a UUID): sent again, it gets the first answer. Errors are
`application/problem+json`. Personal data are masked by reader. Unknown members are ignored.
"""
WRONG = {
    400: "请求格式不对 / malformed",
    401: "没有登录 / not signed in",
    403: "岗位不允许 / not with your post",
    404: "没有，或者不是您的 / not there, or not yours",
    409: "现在的状态不允许 / not in this state",
    413: "太大 / too big",
    415: "媒体类型不对 / wrong media type",
    422: "填的内容不行 / what was stated is refused",
    429: "尝试过多 / too many attempts",
}


@access(PUBLIC)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document."""
    return HttpResponse(_encoded(), content_type="application/json")


@access(PUBLIC)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """For people: every operation, by what it is about."""
    english = get_language() == "en"
    groups: dict[str, list[Row]] = {}
    for one in operations():
        asked = f"{one.method} {one.address}\n{_who(one, english)}"
        groups.setdefault(one.tag, []).append(Row(label=one.en if english else one.zh, value=asked))
    return render(request, "openapi/index.html", {"groups": list(groups.items())})


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    """The whole API as an OpenAPI 3.1 document."""
    kinds = [
        kind
        for one in operations()
        for kind in (one.body, one.query, one.answer)
        if kind not in (None, Attachment)
    ]
    kinds = list(dict.fromkeys([*kinds, Problem]))
    shown, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(kinds, shown, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in operations():
        paths.setdefault(one.address, {})[one.method.lower()] = _operation(one, schemas)
    asked = {schemas[one.query]["$ref"].rsplit("/", 1)[1] for one in operations() if one.query}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "办事 Banshi",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in Tag],
        "paths": paths,
        "components": {
            # Queries are spread into parameters.
            "schemas": {name: schema for name, schema in components.items() if name not in asked},
            "responses": {str(status): _wrong(status, schemas[Problem]) for status in WRONG},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    who = f"{_who(one, False)} / {_who(one, True)}"
    found: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": f"{one.zh} / {one.en}",
        "description": "\n\n".join(filter(None, (who, (one.handler.__doc__ or "").strip()))),
        "security": [] if one.public else [{"bearer": []}],
        "parameters": _parameters(one),
        "responses": _responses(one, schemas),
    }
    if one.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[one.body]}},
        }
    if one.upload:
        found["requestBody"] = {"required": True, "content": {kind: {} for kind in MEDIA_TYPES.values()}}
    return found


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(kind)}
        for name, kind in one.parts.items()
    ]
    if one.query is not None:
        schema = msgspec.json.schema(one.query)["$defs"]
        own = schema.pop(one.query.__name__)
        for name, kind in own["properties"].items():
            found.append({"name": name, "in": "query", "schema": _inlined(kind, schema)})
    header = {"in": "header", "required": True}
    if one.once:
        found.append({"name": "Idempotency-Key", **header, "schema": {"type": "string", "format": "uuid"}})
    if one.upload:
        about = "原文件名，百分号编码的 UTF-8 / the file's name, percent-encoded"
        found.append({"name": "File-Name", **header, "description": about, "schema": {"type": "string"}})
    return found


def _inlined(schema: Any, others: dict[str, Any]) -> Any:
    """A parameter's schema with what it refers to put in its place."""
    if isinstance(schema, list):
        return [_inlined(one, others) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return others[schema["$ref"].rsplit("/", 1)[1]]
    return {key: _inlined(value, others) for key, value in schema.items()}


def _responses(one: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if one.answer is Attachment:
        content = {"content": {kind: {} for kind in MEDIA_TYPES.values()}}
    elif one.answer is not None:
        content = {"content": {"application/json": {"schema": schemas[one.answer]}}}
    found: dict[str, Any] = {str(one.status): {"description": one.zh, **content}}
    wrong = {400} if one.body or one.query or one.once or one.parts else set()
    wrong |= {404} if one.parts or one.name == "guide" else set()
    if not one.public:
        wrong |= {401, 404} | ({403, 409, 422} if one.method != "GET" else set())
    if one.body is not None or one.upload:
        wrong |= {413, 415, 422} if one.body is not None else {413, 422}
    wrong |= {"sign_in": {401, 429}, "certificate": {422}}.get(one.name, set())
    return found | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(wrong)}


def _wrong(status: int, schema: Any) -> dict[str, Any]:
    return {"description": WRONG[status], "content": {"application/problem+json": {"schema": schema}}}


def _who(one: Operation, english: bool) -> str:
    return ("; " if english else "；").join(_words(allowed, english) for allowed in one.allowed)


def _words(allowed: Access, english: bool) -> str:
    if allowed.realm is not Realm.STAFF:
        return _REALMS[allowed.realm][english]
    posts = [POST_NAMES[kind][english] for kind in PostKind if kind in allowed.posts]
    staff = _REALMS[Realm.STAFF][english]
    if not posts:
        return staff
    return f"{staff} ({', '.join(posts)})" if english else f"{staff}（{'、'.join(posts)}）"


_REALMS = {
    Realm.PUBLIC: ("任何人", "anybody"),
    Realm.CITIZEN: ("群众", "citizens"),
    Realm.STAFF: ("工作人员", "staff"),
}
