"""GeoReport 的两种写法: JSON and XML of the same answer, and errors as the standard writes them.

The JSON follows from the XML by the standard's "Spark" convention: an element that only repeats one child is a list.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence

from django.http import HttpResponse

# What an element of a list is called, by the list's name.
ONE = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
MEDIA_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

type Value = str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None


class Wrong(Exception):
    """请求有误: the HTTP status, and what is wrong, Chinese first, then English; each problem for itself."""

    def __init__(self, status: int, *said: str) -> None:
        super().__init__(*said)
        self.status, self.said = status, said


def answer(root: str, found: Value, form: str, status: int = 200) -> HttpResponse:
    """`root`: the XML's outermost element."""
    if form == "json":
        content = json.dumps(found, ensure_ascii=False)
    else:
        content = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, found)}'
    return HttpResponse(content.encode("utf-8", "replace"), content_type=MEDIA_TYPES[form], status=status)


def wrong(error: Wrong, form: str) -> HttpResponse:
    """错误: a list of codes and descriptions."""
    told: list[Value] = [{"code": error.status, "description": one} for one in error.said]
    response = answer("errors", told, form, error.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _element(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(key, one) for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = "".join(_element(ONE[name], one) for one in value)
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = html.escape(_NOT_IN_XML.sub("", "" if value is None else str(value)), quote=False)
    return f"<{name}>{inner}</{name}>"
