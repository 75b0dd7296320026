"""办事地点: the county that somebody does their business in, remembered in a cookie that names the county and no more."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from banshi.directory import queries as directory
from banshi.directory.values import OfficeInfo, RegionInfo
from banshi.ui.fields import Field, Option

COOKIE = "banshi_county"
YEAR_SECONDS = 365 * 24 * 3600


def counties() -> list[RegionInfo]:
    """The counties of the city that have an office of their own; all of them while none has."""
    offices = {office.region_code for office in directory.list_offices(directory.city_code(), within=True)}
    found = [
        region
        for region in directory.list_children(settings.BANSHI.city)
        if region.name not in ("市辖区", "县")
    ]
    return [region for region in found if region.code in offices] or found


def chosen(request: HttpRequest) -> RegionInfo | None:
    """The county asked for in this request, else the one remembered."""
    wanted = request.POST.get("county") or request.GET.get("county") or request.COOKIES.get(COOKIE, "")
    return next((county for county in counties() if county.code == wanted), None)


def remember(request: HttpRequest, response: HttpResponse, county: RegionInfo | None) -> HttpResponse:
    """Keep the choice for the next visit, when it was made just now."""
    if county and county.code != request.COOKIES.get(COOKIE):
        response.set_cookie(
            COOKIE,
            county.code,
            max_age=YEAR_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def county_field(
    request: HttpRequest, *, label: str, home: str = "", hint: str = "", error: str = ""
) -> Field:
    """The question where, with what is known already, else the county that somebody lives in (`home`)."""
    known = chosen(request)
    found = counties()
    options = tuple(Option(value=county.code, label=county.name) for county in found)
    value = known.code if known else next((county.code for county in found if county.code == home), "")
    return Field(
        name="county", label=label, kind="select", options=options, value=value, hint=hint, error=error,
    )  # fmt: skip


def responsible(department: str, county: RegionInfo | None) -> list[OfficeInfo]:
    """Where to ask: the department's office of the county, or all of the city's while no county is chosen."""
    if county is None:
        return directory.list_offices(directory.city_code(), department, within=True)
    found = directory.find_office(department, county.code)
    return [found] if found else []
