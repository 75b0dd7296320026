"""接口操作: one declaration gives a route, who may, what goes in, what comes out, and a paragraph of the document.

    @operation("GET", "items/{code}", PUBLIC, "一个事项", "One item", tag=Tag.CATALOGUE)
    def item(call: Call, code: str) -> ItemAnswer: ...

What goes in and comes out stands in the signature: `body` and `query` are structs, other parameters are parts of the
path. Who asks is told by `Authorization: Bearer` alone. No cookie is looked at, so no other site can make a browser ask
in somebody's name, and no CSRF token is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_type_hints
from uuid import UUID, uuid5

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, path
from django.urls.converters import get_converters
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt

from banshi.desks.openapi.shapes import Flaw, Problem
from banshi.directory import queries as directory
from banshi.flows.apply import Incomplete
from banshi.infra import audit, clock
from banshi.infra.sessions import ACCOUNT, SessionStore, digest_of
from banshi.infra.store import new_id
from banshi.infra.throttle import TooMany
from banshi.kernel.actors import ANONYMOUS, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, PUBLIC, STAFF, Access, Realm

JSON_LIMIT = 256 * 1024  # bytes of a request's JSON
SIGNED_IN = (Access(CITIZEN), Access(STAFF))
STATUSES = {
    "malformed": 400,
    "not_signed_in": 401,
    "wrong_sign_in": 401,
    "not_your_post": 403,
    "method": 405,
    "body_too_big": 413,
    "file_too_big": 413,
    "media_type": 415,
    "incomplete": 422,
}


@dataclass(frozen=True, slots=True)
class Call:
    """一次调用: who asks, when, and under which id, so that a repeat gets the first answer."""

    request: HttpRequest
    actor: Actor
    at: datetime
    command_id: UUID

    @property
    def token(self) -> str:
        """What was sent as `Authorization: Bearer`; empty when nothing was."""
        return _token(self.request)

    @property
    def on(self) -> date:
        """The civil day in China."""
        return civil_day(self.at)


@dataclass(frozen=True, slots=True)
class Attachment:
    """文件 as an answer: it is saved, never shown inside a page."""

    content: bytes
    media_type: str
    name: str


class Tag(StrEnum):
    """接口分组, in the order in which they are listed."""

    SESSION = "登录 / session"
    CATALOGUE = "目录与导办 / catalogue and guide"
    APPLY = "申请 / apply"
    CASES = "办件 / cases"
    LOOK_UP = "查验 / look up"


type Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """接口操作. `once`: it needs an Idempotency-Key. `upload`: its body is a file. `parts`: types of the path's parts."""

    method: str
    path: str
    allowed: tuple[Access, ...]
    zh: str
    en: str
    tag: Tag
    name: str
    handler: Handler
    once: bool
    upload: bool
    status: int
    body: Any
    query: Any
    answer: Any
    parts: dict[str, type]

    @property
    def public(self) -> bool:
        return any(one.realm is PUBLIC for one in self.allowed)

    @property
    def address(self) -> str:
        return f"/api/v1/{self.path}"

    @property
    def route(self) -> str:
        """The path as Django writes it."""
        kinds = {UUID: "uuid", int: "int", str: "str"}
        return "v1/" + re.sub(r"{(\w+)}", lambda part: f"<{kinds[self.parts[part[1]]]}:{part[1]}>", self.path)


_declared: list[Operation] = []


def operations() -> list[Operation]:
    """All that were declared, by what they are about."""
    return sorted(_declared, key=lambda one: list(Tag).index(one.tag))


def operation[H: Handler](
    method: str,
    path: str,
    allowed: Realm | Access | Iterable[Access],
    zh: str,
    en: str,
    *,
    tag: Tag,
    name: str = "",
    once: bool = False,
    upload: bool = False,
    status: int = 200,
    body: Any = None,
) -> Callable[[H], H]:
    """Declare an operation. `allowed`: a realm, or the accesses of which one must hold; `body` overrides the signature's."""
    accesses = (Access(allowed),) if isinstance(allowed, Realm) else allowed
    accesses = (accesses,) if isinstance(accesses, Access) else tuple(accesses)

    def declare(handler: H) -> H:
        hints = get_type_hints(handler, include_extras=True)
        parts = {one: hints[one] for one in re.findall(r"{(\w+)}", path)}
        _declared.append(
            Operation(
                method=method,
                path=path,
                allowed=accesses,
                zh=zh,
                en=en,
                tag=tag,
                name=name or handler.__name__,
                handler=handler,
                once=once,
                upload=upload,
                status=status,
                body=body or hints.get("body"),
                query=hints.get("query"),
                answer=None if hints["return"] is type(None) else hints["return"],
                parts=parts,
            )
        )
        return handler

    return declare


def routes() -> list[URLPattern]:
    """One address for each path, whatever its methods."""
    by_route: dict[str, list[Operation]] = {}
    for one in operations():
        by_route.setdefault(one.route, []).append(one)
    doors = [(route, _door(found), found[0].name) for route, found in by_route.items()]
    for route, view, name in doors:
        _pave(route, view, name)
    return [path(route, view, name=name) for route, view, name in doors]


class _Fork:
    """岔路: where an address may go on: by a word, by a part of some kind, or end here at a view."""

    __slots__ = ("door", "parts", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Fork] = {}
        self.parts: dict[tuple[str, str], _Fork] = {}  # by converter and name
        self.door: tuple[Callable[..., HttpResponse], str, str] | None = None  # view, route, name


_roads = _Fork()
_CONVERTERS = {
    name: (re.compile(one.regex).fullmatch, one.to_python) for name, one in get_converters().items()
}


def _pave(route: str, view: Callable[..., HttpResponse], name: str) -> None:
    here = _roads
    for step in route.split("/"):
        part = re.fullmatch(r"<(\w+):(\w+)>", step)
        if part:
            here = here.parts.setdefault((part[1], part[2]), _Fork())
        else:
            here = here.words.setdefault(step, _Fork())
    here.door = (view, f"api/{route}", name)


def find(address: str) -> ResolverMatch | None:
    """What Django's resolver finds for an address, without trying all patterns one after another; None: ask Django."""
    here, given = _roads, dict[str, Any]()
    for step in address.removeprefix("/api/").split("/"):
        if (by_word := here.words.get(step)) is not None:
            here = by_word
            continue
        for (kind, name), fork in here.parts.items():
            fits, to_python = _CONVERTERS[kind]
            if fits(step):
                given[name] = to_python(step)
                here = fork
                break
        else:
            return None
    if here.door is None:
        return None
    view, route, name = here.door
    return ResolverMatch(view, (), given, name, ["openapi"], ["openapi"], route)


def _door(operations: list[Operation]) -> Callable[..., HttpResponse]:
    """The view of one address. `view.access` is what its operations ask, or PUBLIC where they differ: each is checked
    by itself in `_carry_out`, and `view.operations` names them."""
    by_method = {one.method: one for one in operations}
    asked = {access for one in operations for access in one.allowed}

    @csrf_exempt  # it reads no cookie
    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        wanted = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        if wanted is None:
            methods = ", ".join(sorted(by_method))
            error = Refused("method", f"这个地址只接受 {methods}。", f"This address takes {methods} only.")
            response = problem(request, error)
            response.headers["Allow"] = methods
            return response
        return _carry_out(wanted, request, parts)

    view.access = asked.pop() if len(asked) == 1 else Access(PUBLIC)  # type: ignore[attr-defined]
    view.operations = by_method  # type: ignore[attr-defined]
    return view


def _carry_out(one: Operation, request: HttpRequest, parts: dict[str, Any]) -> HttpResponse:
    actor, at = ANONYMOUS, clock.now()
    request.actor = actor  # type: ignore[attr-defined]  # the middleware's is the cookie's
    try:
        if not one.public:
            request.actor = actor = _bearer(request, at)  # type: ignore[attr-defined]
        if not any(access.allows(actor) for access in one.allowed):
            raise NotFound("这个地址", "such address")
        command_id = _command_id(request, actor) if one.once else new_id()
        found = one.handler(Call(request, actor, at, command_id), **parts, **_inputs(one, request))
    except Refused as error:
        _note(request, error, actor)
        return problem(request, error)
    response = _shown(found, one.status)
    if not one.public or one.method != "GET":
        response.headers["Cache-Control"] = "no-store"
    return response


# ---- what goes in ----


def _bearer(request: HttpRequest, at: datetime) -> Actor:
    """Who acts, by the session whose key the request carries. Raises `Refused`."""
    actor = directory.actor_of_staff_session(digest_of(_token(request)), at)
    if actor is None:
        realm, _, id = SessionStore(_token(request)).get(ACCOUNT, "").partition(":")
        if realm == "citizen":
            actor = directory.actor_of_citizen(UUID(id), civil_day(at))
    if actor is None:
        raise Refused(
            "not_signed_in",
            "没有登录，或者登录已经过期，请先登录取得令牌。",
            "Not signed in, or the session has ended: sign in for a token first.",
        )
    return actor


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _command_id(request: HttpRequest, actor: Actor) -> UUID:
    """The client's key, bound to who asked for what: nobody gets another's answer, nor that of another operation."""
    try:
        key = UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError as error:
        raise Refused(
            "malformed",
            "请在 Idempotency-Key 头里写一个 UUID；重试时用同一个。",
            "Give a UUID in the Idempotency-Key header, the same when you retry.",
            field="Idempotency-Key",
        ) from error
    return uuid5(key, f"{actor.code} {request.method} {request.path}")


def _inputs(one: Operation, request: HttpRequest) -> dict[str, Any]:
    """Body and query as declared. Members that are not declared are ignored, never assigned (requirement 13)."""
    found: dict[str, Any] = {}
    if "\0" in request.path or any("\0" in value for value in request.GET.values()):
        raise _malformed("a NUL character")
    try:
        if one.body is not None:
            found["body"] = msgspec.json.decode(_json(request), type=one.body)
        if one.query is not None:
            found["query"] = msgspec.convert(request.GET.dict(), one.query, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        where = re.search(r"at `(\$.*?)`", str(error))
        raise _malformed(str(error), where[1].removeprefix("$.") if where else "") from error
    return found


def _malformed(what: str, field: str = "") -> Refused:
    zh = f"请求的格式不对，请对照接口文档核对：{what}。"
    return Refused("malformed", zh, f"The request does not fit the document: {what}.", field=field)


def _json(request: HttpRequest) -> bytes:
    if request.content_type != "application/json":
        raise Refused("media_type", "请求体应为 application/json。", "The body must be application/json.")
    content = read(request, JSON_LIMIT)
    if b"\\u0000" in content:  # PostgreSQL keeps no such text
        raise _malformed("a NUL character")
    return content


def read(request: HttpRequest, limit: int) -> bytes:
    """The body, when it is not too big. Raises `Refused`."""
    content: bytes = request.read(limit + 1)
    if len(content) > limit:
        raise Refused(
            "body_too_big", f"请求体超过了 {limit // 1024} KB。", f"The body exceeds {limit // 1024} KB."
        )
    return content


# ---- what comes out ----


def _shown(found: object, status: int) -> HttpResponse:
    if found is None:
        return HttpResponse(status=204)
    if isinstance(found, Attachment):
        named = content_disposition_header(True, found.name) or "attachment"
        return HttpResponse(
            found.content, content_type=found.media_type, headers={"Content-Disposition": named}
        )
    return HttpResponse(msgspec.json.encode(found), content_type="application/json", status=status)


def problem(request: HttpRequest, error: Refused) -> HttpResponse:
    """不予: a rule's no as application/problem+json (RFC 9457)."""
    status = status_of(error)
    flaws = (
        [Flaw(one.field, one.zh, one.en) for one in error.problems] if isinstance(error, Incomplete) else []
    )
    said = Problem(
        type=f"/api/#{error.rule}",
        title=error.zh,
        title_en=error.en,
        status=status,
        rule=error.rule,
        article=error.article,
        field=error.field,
        problems=flaws,
    )
    response = HttpResponse(msgspec.json.encode(said), content_type="application/problem+json", status=status)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(max(1, int((error.until - clock.now()).total_seconds())))
    return response


def status_of(error: Refused) -> int:
    """409 where the state of things stands in the way, 422 where what was stated does; foreign things are not there."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, TooMany):
        return 429
    stated = bool(error.field) or error.rule.startswith("file_")
    return STATUSES.get(error.rule, 422 if stated else 409)


def _note(request: HttpRequest, error: Refused, actor: Actor) -> None:
    """As for pages: what somebody known was refused is in the audit trail; of a stranger's, sign-in notes its own."""
    if actor.kind != "anonymous":
        route = request.resolver_match.route if request.resolver_match else ""
        audit.note(act="refused", target=route, outcome=error.rule, actor=actor.code, at=clock.now())
