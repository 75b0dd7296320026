"""服务: the public categories of the tickets as service types, and what may be told with each."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.values.codes import Nature
from banshi.contexts.tickets.values.terms import Category
from banshi.desks.open311.form import Value, Wrong
from banshi.infra.config import DATA

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def list_services() -> Value:
    """服务清单: every public category that has none below it."""
    return [
        {
            "service_code": one.key,
            "service_name": one.name,
            "description": " · ".join(one.path),
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(one.path),
            "group": one.path[0],
        }
        for one in tickets.categories().values()
        if one.public and one.leaf
    ]


def service(code: str) -> Category:
    """A public category. Raises `Wrong`."""
    found = tickets.categories().get(code)
    if found is None or not (found.public and found.leaf):
        raise Wrong(
            404,
            "没有这个 service_code，请从 services 里取。 / No such service_code: take one from services.",
        )
    return found


def definition(code: str) -> Value:
    """服务定义: what kind of matter it is, and what becomes public."""
    service(code)
    notice = (
        "地点会公开显示，请只写事情发生的地点；描述和联系方式不公开。 / The location is shown publicly: give that of the "
        "matter only. Description and contact are not shown."
    )
    natures = [{"key": one.value, "name": one.label} for one in Nature]
    return {
        "service_code": code,
        "attributes": [
            _attribute("notice", "string", notice, order=1, variable=False),
            _attribute("nature", "singlevaluelist", "诉求性质，缺省为投诉举报 / what it is", order=2)
            | {"values": natures},
        ],
    }


def _attribute(
    code: str, datatype: str, description: str, *, order: int, variable: bool = True
) -> dict[str, Value]:
    return {
        "variable": variable,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": description,
    }


def discovery() -> Value:
    """服务发现: where the interface is, in which formats, and how to get a key."""
    written = (DATA / "tickets" / "categories.yaml").stat().st_mtime
    changed = f"{datetime.fromtimestamp(written, UTC):%Y-%m-%d %H:%M}"
    return {
        "changeset": changed,
        "contact": f"{settings.BANSHI.title} {settings.BANSHI.address}",
        "key_service": "密钥由本市政务服务平台的管理员发放 / the platform's administrator gives keys",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{settings.BANSHI.address.rstrip('/')}/api/open311/v2",
                "changeset": changed,
                "type": "test" if settings.BANSHI.demo else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
