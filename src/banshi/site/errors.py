"""What people see when a request cannot be answered; the words are in the templates, and the API gets JSON.

The site's URLs name these as their handlers.
"""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from banshi.infra import audit, clock
from banshi.infra.store import Clash
from banshi.infra.throttle import TooMany
from banshi.kernel.actors import ANONYMOUS, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.ui import errors as pages

log = logging.getLogger("banshi.security")


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """不予: 404 for what is not there (or not for this person), 409 for a clash, 429 for too many, otherwise 422."""
    status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Clash) else 422
    if isinstance(error, TooMany):
        status = 429
    if is_api(request):
        return _said(status, error.rule, error.zh, error.en, error.article, error.field)
    if status == 404:
        return pages.not_found(request, error)
    return _no_store(render(request, "refused.html", {"error": error}, status=status))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """请求有误: 400, or 413 when it was too big."""
    if is_api(request):
        big = isinstance(exception, RequestDataTooBig)
        zh, en = (
            ("请求太大。", "The request is too big.") if big else ("请求有误。", "The request is malformed.")
        )
        return _said(413 if big else 400, "too_big" if big else "bad_request", zh, en)
    return pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """无权: 403."""
    if is_api(request):
        return _said(403, "forbidden", "没有这项权限。", "Not permitted.")
    return pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """没有: 404, also for what this person may not know of."""
    if is_api(request):
        return _said(404, "not_found", "没有这个地址。", "No such address.")
    return pages.not_found(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """防伪校验不过: the form was not ours, or its page lay too long."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    # A signed-in visitor's may be an attack on them; anybody else's is only worth a line in the log.
    if actor.kind == "anonymous":
        log.warning("csrf check failed", extra={"reason": reason})
    else:
        audit.note(act="refused", target="csrf", outcome=reason, actor=actor.code, at=clock.now())
    return _no_store(render(request, "403_csrf.html", status=403))


def server_error(request: HttpRequest) -> HttpResponse:
    """系统出错: 500. The page stands by itself: what failed may be what pages are made of."""
    if is_api(request):
        return _said(500, "server_error", "系统出了问题，已经记录。", "Something failed; it was recorded.")
    return _no_store(render(None, "500.html", status=500))


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/")


def _said(status: int, rule: str, zh: str, en: str, article: str = "", field: str = "") -> HttpResponse:
    said = {"rule": rule, "zh": zh, "en": en, "article": article, "field": field}
    return _no_store(JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False}))


def _no_store[R: HttpResponse](response: R) -> R:
    response.headers["Cache-Control"] = "no-store"
    return response
