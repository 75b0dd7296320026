"""What every frame reads: the name of the house, whether all is made up, and who is signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """页面的框: `site_name` and `demo` of the installation; `who` (name, post, sign_out_url) is set by middleware."""
    return {
        "site_name": settings.BANSHI.title,
        "demo": settings.BANSHI.demo,
        "who": getattr(request, "who", None),
    }
