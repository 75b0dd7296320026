"""服务请求: tickets given through this interface, as anybody may see them, and taking in a new one.

Public is what the matter is, where it is and how it stands. What people wrote and who they are is not shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from banshi.contexts.tickets import operations
from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.queries import TicketRow
from banshi.contexts.tickets.values import Contact, Words
from banshi.contexts.tickets.values.codes import Channel, Kind, Nature
from banshi.desks.open311.form import Value, Wrong
from banshi.desks.open311.offered import service
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.directory.values import prefix
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused

CHINA = ZoneInfo("Asia/Shanghai")
SPAN = timedelta(days=90)
MOST, MOST_PAGES = 1000, 1000  # requests in an answer
_POINT = re.compile(r" ?\[(-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)\]$")
_ATTRIBUTE = re.compile(r"attribute\[(.{0,40})\]$")
_LENGTHS = {"address_string": 200, "address_id": 12, "description": 4000, "media_url": 500}
_LENGTHS |= {"first_name": 60, "last_name": 60, "email": 120, "phone": 30}
_SHAPES = {
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "phone": re.compile(r"\+?[\d\s()-]{5,}"),
    "media_url": re.compile(r"https?://\S+"),
}


def list_requests(query: Mapping[str, str], centre: str, at: datetime) -> Value:
    """Those asked for, the newest first; 1000 at most. Raises `Wrong`."""
    if numbers := _several(query, "service_request_id"):
        found = tickets.list_public_by_number(numbers[:MOST])
        return shown(sorted(found, key=lambda row: (row.raised_at, row.number), reverse=True))
    since_at, until_at = _span(query, at)
    statuses = set(_several(query, "status"))
    if statuses - {"open", "closed"}:
        raise Wrong(400, "status 只能是 open 或 closed。 / status is open or closed.")
    codes = [service(code).key for code in _several(query, "service_code")]
    size = _number(query, "page_size", MOST)
    page = _number(query, "page", MOST_PAGES)
    rows = tickets.list_public(
        centre,
        since_at=since_at,
        until_at=until_at,
        categories=codes,
        finished=statuses == {"closed"} if len(statuses) == 1 else None,
        offset=((page or 1) - 1) * (size or MOST),
        limit=size or MOST,
    )
    return shown(rows)


def get_request(number: str) -> Value:
    """One of them, by its number. Raises `Wrong`."""
    return shown([_public(number)])


def token(id: str) -> Value:
    """Every request gets its number at once, so its token is the number. Raises `Wrong`."""
    number = _public(id).number
    return [{"service_request_id": number, "token": number}]


def _public(number: str) -> TicketRow:
    found = tickets.list_public_by_number([number])
    if not found:
        raise Wrong(404, "没有这个 service_request_id。 / No such service_request_id.")
    return found[0]


def shown(rows: Iterable[TicketRow]) -> list[Value]:
    """As the standard names it."""
    rows = list(rows)
    offices = directory.office_names({row.office for row in rows if row.office})
    places = tickets.public_places(rows)
    return [_shown(row, offices.get(row.office), places.get(row.id, "")) for row in rows]


def _shown(row: TicketRow, office: str | None, place: str) -> Value:
    category = tickets.categories().get(row.category)
    point = _POINT.search(place)
    return {
        "service_request_id": row.number,
        "status": "open" if row.status.open else "closed",
        "status_notes": row.status.label,
        "service_name": category.name if category else None,
        "service_code": row.category,
        "description": None,
        "agency_responsible": office,
        "service_notice": None,
        "requested_datetime": _instant(row.raised_at),
        "updated_datetime": _instant(row.changed_at),
        "expected_datetime": f"{row.due_on}T23:59:59+08:00" if row.due_on else None,
        "address": (place[: point.start()] if point else place) or None,
        "address_id": row.place or None,
        "zipcode": None,
        "lat": float(point[1]) if point else None,
        "long": float(point[2]) if point else None,
        "media_url": None,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")


# ---- filters ----


def _several(query: Mapping[str, str], name: str) -> list[str]:
    return [one.strip() for one in query.get(name, "").split(",") if one.strip()]


def _number(query: Mapping[str, str], name: str, most: int) -> int | None:
    given = query.get(name, "").strip()
    if not given:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", given) or not 1 <= int(given) <= most:
        raise Wrong(400, f"{name} 应为 1 到 {most} 的整数。 / {name} is a number from 1 to {most}.")
    return int(given)


def _span(query: Mapping[str, str], at: datetime) -> tuple[datetime, datetime]:
    """The last 90 days, or what is asked for, which is no longer."""
    since_at, until_at = _at(query, "start_date"), _at(query, "end_date")
    try:
        until_at = until_at or (since_at + SPAN if since_at else at)
        since_at = since_at or until_at - SPAN
    except OverflowError:
        raise Wrong(400, "日期超出范围。 / The date is out of range.") from None
    if until_at - since_at > SPAN or until_at < since_at:
        raise Wrong(
            400,
            "start_date 不能晚于 end_date，相隔不超过90天。 / start_date is before end_date, by 90 days at most.",
        )
    return since_at, until_at


def _at(query: Mapping[str, str], name: str) -> datetime | None:
    given = query.get(name, "").strip()
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given.replace(" ", "+"))
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(CHINA)
    except (ValueError, OverflowError):
        raise Wrong(
            400,
            f"{name} 应为带时区的时间，如 2026-03-02T09:00:00+08:00。 / {name} is an instant with its offset.",
        ) from None


# ---- taking in ----


def post_request(
    given: Mapping[str, str], *, centre: str, key_name: str, at: datetime, command_id: UUID | None
) -> Value:
    """Raise a ticket; its number and by when the unit answers. Raises `Wrong`."""
    if "service_code" not in given:
        raise Wrong(400, "缺少 service_code。 / service_code is missing.")
    category = service(given["service_code"])
    _check(given)
    attributes = {found[1]: value for name, value in given.items() if (found := _ATTRIBUTE.match(name))}
    nature = attributes.get("nature", "") or Nature.COMPLAINT
    if nature not in Nature:
        raise Wrong(
            400, f"attribute[nature] 只能是 {'、'.join(Nature)}。 / attribute[nature] is one of these."
        )
    region, place, location = _where(given, centre)
    text = "\n".join(filter(None, (given.get("description", "").strip(), given.get("media_url", ""))))
    lines = given.get("description", "").strip().splitlines()
    name = f"{given.get('last_name', '')}{given.get('first_name', '')}".strip()
    try:
        _, number = operations.raise_ticket(
            region=region,
            kind=Kind.HOTLINE,
            channel=Channel.OPEN311,
            words=Words(lines[0][:60] if lines else category.name, text[:4000], location),
            contact=Contact(name, given.get("phone", "").strip(), given.get("email", "").strip()),
            nature=nature,
            category=category.key,
            place=place,
            centre=centre,
            actor=Actor("system", f"open311-{key_name}"),
            at=at,
            calendar=calendar(),
            command_id=command_id,
        )
    except Refused as error:
        raise Wrong(400, f"{error.zh} / {error.en}") from error
    days = tickets.terms_for(region, Kind.HOTLINE).handle_days
    notice = (
        f"承办单位在{days}个工作日内办理。 / The unit in charge deals with it within {days} working days."
    )
    return [{"service_request_id": number, "service_notice": notice, "account_id": None}]


def _check(given: Mapping[str, str]) -> None:
    """All that is too long or of a wrong shape, at once."""
    flaws = [
        f"{name} 不超过{most}个字符。 / {name} has at most {most} characters."
        for name, most in _LENGTHS.items()
        if len(given.get(name, "")) > most
    ]
    flaws += [
        f"{name} 的写法不对。 / {name} is not well-formed."
        for name, shape in _SHAPES.items()
        if given.get(name, "").strip() and not shape.fullmatch(given[name].strip())
    ]
    if flaws:
        raise Wrong(400, *flaws)


def _where(given: Mapping[str, str], centre: str) -> tuple[str, str, str]:
    """County (or the city where it is not known), town or village, and the location in words with its point."""
    address, id = given.get("address_string", "").strip(), given.get("address_id", "").strip()
    point = _point(given)
    if not (address or id or point):
        raise Wrong(
            400,
            "请给出地点：lat 和 long，或 address_string，或 address_id。 / Give lat and long, address_string, or address_id.",
        )
    region = centre
    if id:
        found = directory.find_region(id) if re.fullmatch(r"[0-9]{6,12}", id) else None
        if found is None or not found.code.startswith(prefix(centre)):
            raise Wrong(
                404,
                "没有这个 address_id，应为本市县、乡镇或村的区划代码。 / No such address_id: it is a division's code.",
            )
        region = found.code[:6]
        address = address or "".join(one.name for one in directory.list_path(found.code)[-3:])
    return region, id if len(id) > 6 else "", f"{address} {point}".strip() if point else address


def _point(given: Mapping[str, str]) -> str:
    texts = [given.get(name, "").strip() for name in ("lat", "long")]
    if not any(texts):
        return ""
    try:
        lat, long = map(float, texts)
    except ValueError:
        lat = long = math.nan
    if not (-90 <= lat <= 90 and -180 <= long <= 180):
        raise Wrong(
            400, "lat 和 long 要一起给出，用 WGS84 的度数。 / lat and long come together, in degrees (WGS84)."
        )
    return f"[{lat:.6f}, {long:.6f}]"


def command_id_of(request: HttpRequest) -> UUID | None:
    """`Idempotency-Key`, where the program sends one: a repeat gets the first answer. Raises `Wrong`."""
    given = request.headers.get("Idempotency-Key", "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Wrong(400, "Idempotency-Key 应为 UUID。 / Idempotency-Key is a UUID.") from None
