"""How pages are shown to one person: language, and the elder mode with larger type and targets.

Both are cookies without anything personal in them, set by a plain form that works without JavaScript.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from banshi.ui.access import PUBLIC, access

ELDER_COOKIE = "banshi_elder"
YEAR_SECONDS = 365 * 24 * 3600


@access(PUBLIC)
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """显示方式: take `language` (a code of settings.LANGUAGES) or `elder` ("1" or "0"), go back to `next`."""
    target = request.POST.get("next", "")
    if not (target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        _remember(request, response, settings.LANGUAGE_COOKIE_NAME, language)
    if request.POST.get("elder") in ("0", "1"):
        _remember(request, response, ELDER_COOKIE, request.POST["elder"])
    return response


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
