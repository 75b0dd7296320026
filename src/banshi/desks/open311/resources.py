"""资源: which part of the address is which resource of the standard, by which method, with a key or without."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from banshi.desks.open311 import document, offered, requests
from banshi.desks.open311.form import Value, Wrong, answer, wrong
from banshi.directory import queries as directory
from banshi.directory.values import prefix
from banshi.infra import api_keys, audit, clock
from banshi.kernel.workdays import civil_day
from banshi.ui.access import PUBLIC, access

KEYS = "open311"


@dataclass(frozen=True, slots=True)
class Asked:
    """所问: what was sent, at which instant, of which city's (or county's) centre."""

    request: HttpRequest
    given: Mapping[str, str]
    at: datetime
    centre: str


type Handler = Callable[..., Value]
# Path, the XML's outermost element, and what each method does; the path's groups are given to it.
RESOURCES: tuple[tuple[re.Pattern[str], str, dict[str, Handler]], ...] = (
    (re.compile(r"discovery"), "discovery", {"GET": lambda asked: offered.discovery()}),
    (re.compile(r"services"), "services", {"GET": lambda asked: offered.list_services()}),
    (
        re.compile(r"services/(.+)"),
        "service_definition",
        {"GET": lambda asked, code: offered.definition(code)},
    ),
    (
        re.compile(r"requests"),
        "service_requests",
        {
            "GET": lambda asked: requests.list_requests(asked.given, asked.centre, asked.at),
            "POST": lambda asked: _post(asked),
        },
    ),
    (
        re.compile(r"requests/(.+)"),
        "service_requests",
        {"GET": lambda asked, number: requests.get_request(number)},
    ),
    (re.compile(r"tokens/(.+)"), "service_requests", {"GET": lambda asked, id: requests.token(id)}),
)


@csrf_exempt  # it reads no cookie
@access(PUBLIC)
def serve(request: HttpRequest, resource: str) -> HttpResponse:
    """Every resource, in the form that the address ends in."""
    if resource == "openapi.json":
        return document.openapi(request)
    path, _, form = resource.rpartition(".")
    form = form if form in ("json", "xml") else ""
    try:
        if "\0" in resource or not form:
            raise _nothing_there()
        return _found(request, path, form)
    except Wrong as error:
        return wrong(error, form or "json")


def _found(request: HttpRequest, path: str, form: str) -> HttpResponse:
    for pattern, root, by_method in RESOURCES:
        if match := pattern.fullmatch(path):
            handler = by_method.get("GET" if request.method == "HEAD" else request.method or "")
            if handler is None:
                response = wrong(Wrong(405, "这个地址不接受这种方法。 / Method not allowed here."), form)
                response.headers["Allow"] = ", ".join((*by_method, "HEAD"))
                return response
            asked = Asked(request, _given(request), clock.now(), directory.city_code())
            _jurisdiction(asked)
            status = 201 if request.method == "POST" else 200
            return answer(root, handler(asked, *match.groups()), form, status)
    raise _nothing_there()


def _nothing_there() -> Wrong:
    return Wrong(404, "没有这个地址。 / No such resource.")


def _given(request: HttpRequest) -> dict[str, str]:
    """What was sent, in the address or as a form. Raises `Wrong`."""
    given = request.GET.dict()
    if request.method == "POST":
        if request.content_type != "application/x-www-form-urlencoded":
            raise Wrong(
                400,
                "请求体应为 application/x-www-form-urlencoded。 / The body must be application/x-www-form-urlencoded.",
            )
        try:
            given |= request.POST.dict()
        except (SuspiciousOperation, RequestDataTooBig, MultiPartParserError, UnreadablePostError) as error:
            raise Wrong(400, "请求太大或者读不出来。 / The request is too big or cannot be read.") from error
    if any("\0" in one for pair in given.items() for one in pair):
        raise Wrong(400, "请求里有空字符。 / The request holds a NUL character.")
    return {name: str(value) for name, value in given.items()}


def _jurisdiction(asked: Asked) -> None:
    """One city is served; who names it names this one. Raises `Wrong`."""
    named = asked.given.get("jurisdiction_id", "").strip()
    if named and named not in (asked.centre, prefix(asked.centre)):
        raise Wrong(
            404,
            f"没有这个 jurisdiction_id；本市是 {asked.centre}，也可以不写。 / No such jurisdiction_id; this city's is "
            f"{asked.centre}, or leave it out.",
        )


def _post(asked: Asked) -> Value:
    name = api_keys.holder(KEYS, asked.given.get("api_key", ""), civil_day(asked.at))
    if name is None:
        audit.note(act="open311_key", target="requests", outcome="refused", actor="anonymous", at=asked.at)
        raise Wrong(
            403,
            "api_key 没有、不对或者已经过期，请向本市平台管理员索取。 / api_key is missing, wrong or has ended.",
        )
    given = requests.command_id_of(asked.request)
    command_id: UUID | None = uuid5(given, f"open311 {name}") if given else None
    return requests.post_request(
        asked.given, centre=asked.centre, key_name=name, at=asked.at, command_id=command_id
    )
