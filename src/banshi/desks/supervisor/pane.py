"""列表: the pane on the left: what is red or yellow. What it shows is in the query, so a matter keeps its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import LitRow
from banshi.desks.supervisor.seat import Names, names
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui.dates import brief
from banshi.ui.lists import SIZE, Pane, asked, one_of, page_number, select
from banshi.ui.parts import Paged

_KEPT = ("light", "office", "clock", "q", "page")
_LIGHTS = {"red": "红灯", "yellow": "黄灯"}


@dataclass(frozen=True, slots=True)
class Line:
    """一行: whose light, until when, what waits, and in whose hands."""

    id: str
    url: str
    open: bool
    light: str
    word: str
    item: str
    title: str
    clock: str
    office: str
    holder: str
    hands: str  # as much as a narrow column takes: the person, else the office without its place's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit(Pane[Line]):
    """亮灯的: and how many of each light there are at each office, whatever the list is narrowed to."""

    by_office: dict[str, dict[str, int]]


def pane(
    request: HttpRequest, actor: Actor, today: date, calendar: Calendar, opened: UUID | None = None
) -> Lit:
    """The list that the query asks for, red before yellow, what ended longest ago first."""
    kept = asked(request, _KEPT)
    light, clock = one_of(kept.get("light", ""), _LIGHTS), one_of(kept.get("clock", ""), queries.CLOCKS)
    search, office, page = (
        kept.get("q", "").strip(),
        kept.get("office", ""),
        page_number(kept.get("page", "")),
    )
    by_office = queries.lights_by_office(actor, today)
    if office or search or clock:
        counts = queries.lights(actor, today, office=office, search=search, clock=clock)
    else:
        counts = {
            one: sum(lights[one] for lights in by_office.values()) for one in ("red", "yellow", "green")
        }
    total = counts[light] if light else counts["red"] + counts["yellow"]
    rows = queries.list_red(
        actor, today, light=light, office=office, search=search, clock=clock, offset=(page - 1) * SIZE, limit=SIZE
    )  # fmt: skip
    lit = sorted(code for code, lights in by_office.items() if lights["red"] + lights["yellow"])
    called = names({*lit, office, *(row.office for row in rows)}, (row.holder for row in rows))
    places = directory.region_names({code for row in rows for code in (row.region, f"{row.region[:4]}00")})
    query = "?" + urlencode(kept) if kept else ""
    return Lit(
        lines=tuple(_line(row, called, places, query, today, calendar, opened) for row in rows),
        url=reverse("supervisor:home"),
        lights=counts,
        query=query,
        search=search,
        choices=(
            select("light", gettext("灯"), _translated(_LIGHTS), light),
            select("office", gettext("部门"), {code: called.office(code) for code in lit}, office),
            select("clock", gettext("哪个时限"), _translated(queries.CLOCKS), clock),
        ),
        paged=Paged(page, SIZE, total),
        by_office=by_office,
    )


def _line(
    row: LitRow,
    called: Names,
    places: dict[str, str],
    query: str,
    today: date,
    calendar: Calendar,
    opened: UUID | None,
) -> Line:
    office, holder = called.office(row.office), called.holder(row.holder)
    short = office.removeprefix(places.get(f"{row.region[:4]}00", "")).removeprefix(
        places.get(row.region, "")
    )
    return Line(
        id=f"row-{row.case}-{row.key.replace(':', '-')}",
        url=reverse("supervisor:case", args=(row.region, row.case)) + query,
        open=row.case == opened,
        light=row.light,
        word=brief(row.due_on, today, calendar),
        item=row.item_name,
        title=pgettext("task", row.title),
        clock=gettext(queries.CLOCKS[row.clock]),
        office=office,
        holder=holder,
        hands=holder or short,
    )


def _translated(words: dict[str, str]) -> dict[str, str]:
    return {key: gettext(text) for key, text in words.items()}
