"""Answers when a page cannot be shown; the words are in the templates 400.html … 500.html.

The site's URLs name them: `handler400 = "banshi.ui.errors.bad_request"`, `handler403 = "…forbidden"`,
`handler404 = "…not_found"`. Django finds 500.html and 403_csrf.html by itself.
"""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """请求有误: 413 with its own page when the body was too big, otherwise 400."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """无权: 403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """没有这个页面: 404, also for what this person may not know of."""
    return _page(request, 404)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, f"{status}.html", status=status)
    # The frame may carry a name, and caches may keep a 404 unasked.
    response.headers["Cache-Control"] = "no-store"
    return response
