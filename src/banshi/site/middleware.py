"""Around every request: who asks, from where, under which number; and how a rule's no is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.sessions import middleware as django_sessions
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.utils.csp import CSP, build_policy
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from banshi.desks.openapi.operation import find
from banshi.directory import queries
from banshi.directory.values import PostKind
from banshi.infra import audit, clock, logs, sessions
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS, Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.site import errors

type Next = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("banshi.access")


def request_context(get_response: Next) -> Next:
    """请求编号: gives the request a number of our own, tells it to logs and audit, and logs one line when done."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number = new_id().hex
        tokens = logs.request_id.set(number), logs.command_id.set(""), audit.address.set(address_of(request))
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = number
            log.info(
                "request",
                extra={
                    "method": request.method,
                    # The pattern, never the address: that may hold a number or somebody's words.
                    "route": route_of(request),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                    "actor": getattr(request, "actor", ANONYMOUS).code,
                },
            )
            return response
        finally:
            logs.request_id.reset(tokens[0])
            logs.command_id.reset(tokens[1])
            audit.address.reset(tokens[2])

    return middleware


def programs(get_response: Next) -> Next:
    """接口直达: the API reads no cookie and shows no page; its requests go straight to their operation."""
    policy = build_policy(settings.SECURE_CSP)  # type: ignore[arg-type]  # no nonce: it has no scripts

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/v1/"):
            return get_response(request)
        _turn_away_too_big(request)
        match = request.resolver_match = find(request.path_info) or resolve(request.path_info)
        response: HttpResponse = match.func(request, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers[CSP.HEADER_ENFORCE] = policy
        return response

    return middleware


class SessionMiddleware(django_sessions.SessionMiddleware):
    """会话: Django's, over `banshi.infra.sessions`."""


@dataclass(frozen=True, slots=True)
class Who:
    """登录的人: what the page's frame shows of them."""

    name: str
    post: str
    sign_out_url: str


def actor(get_response: Next) -> Next:
    """办理人: `request.actor` from the session; an account that was closed is anonymous. `request.who` for the frame,
    looked up only by pages that show it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = actor_of(sessions.account_of(request))
        request.actor = found  # type: ignore[attr-defined]
        request.who = SimpleLazyObject(lambda: who(found))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def refusals(get_response: Next) -> Next:
    """不予: turns a rule's no into a page or JSON, notes it, and turns away a request that is too big unread."""

    def middleware(request: HttpRequest) -> HttpResponse:
        _turn_away_too_big(request)
        # PostgreSQL keeps no such text, and nobody means it.
        if not errors.is_api(request) and (
            "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        ):
            raise BadRequest("a NUL character")
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused | Http404 | PermissionDenied):
            _note(request, error)
        return errors.refused(request, error) if isinstance(error, Refused) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _turn_away_too_big(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.BANSHI_REQUEST_LIMIT:
        raise RequestDataTooBig


def actor_of(account: str) -> Actor:
    """Who acts, today, by the account of a session."""
    on = civil_day(clock.now())
    realm, _, id = account.partition(":")
    found = None
    if realm == "staff":
        found = queries.actor_of_staff(int(id), on)
    elif realm == "citizen":
        found = queries.actor_of_citizen(UUID(id), on)
    return found or ANONYMOUS


def who(actor: Actor) -> Who | None:
    """None for somebody who is not signed in."""
    if actor.kind == "anonymous":
        return None
    english = get_language() == "en"
    if actor.kind == "staff":
        name = queries.staff_names([int(actor.id)]).get(int(actor.id), "")
        kinds = [kind.en if english else kind.zh for kind in PostKind if kind in actor.posts]
        return Who(name, ("/" if english else "、").join(kinds), reverse("staff:sign_out"))
    account = queries.get_account(UUID(actor.id))
    party = account.party
    # Whom the account says it is may be somebody else, whose name is not to be told to it.
    known = queries.party_names([(party.region_code, party.id)]) if account.verified else {}
    return Who(known.get(party.id, ""), "", reverse("citizen:sign_out"))


def address_of(request: HttpRequest) -> str:
    """The visitor's address. Behind TLS the proxy in front of us adds it as the last of X-Forwarded-For."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BANSHI.secure else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


def route_of(request: HttpRequest) -> str:
    """The URL pattern that matched, with its converters in place of values; empty when none did."""
    match = request.resolver_match
    return match.route if match else ""


def _note(request: HttpRequest, error: Exception) -> None:
    """Of strangers only what a rule refused: a page that is not there is no event."""
    found: Actor = getattr(request, "actor", ANONYMOUS)
    rule = (
        error.rule
        if isinstance(error, Refused)
        else "forbidden"
        if isinstance(error, PermissionDenied)
        else "not_found"
    )
    if found.kind == "anonymous" and rule in ("not_found", "forbidden"):
        return
    audit.note(act="refused", target=route_of(request), outcome=rule, actor=found.code, at=clock.now())
