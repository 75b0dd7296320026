"""列表: the pane on the left: what is red or yellow. What it shows is in the query, so a matter keeps its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import LitRow
from banshi.desks.supervisor.seat import Names, names
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui import dates
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Paged

SIZE = 50
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


@dataclass(frozen=True, slots=True)
class Pane:
    """列表: `counts` are exact, for what the list is narrowed to; `query` is what a link to a matter carries along."""

    lines: tuple[Line, ...]
    counts: dict[str, int]
    query: str
    search: str
    choices: tuple[Field, ...]
    paged: Paged
    by_office: dict[str, dict[str, int]]

    @property
    def narrowed(self) -> bool:
        return bool(self.search or any(choice.value for choice in self.choices))


def pane(
    request: HttpRequest, actor: Actor, today: date, calendar: Calendar, opened: UUID | None = None
) -> Pane:
    """The list that the query asks for, red before yellow, what ended longest ago first."""
    asked = {name: request.GET[name] for name in _KEPT if request.GET.get(name)}
    light = asked.get("light", "") if asked.get("light") in _LIGHTS else ""
    clock = asked.get("clock", "") if asked.get("clock") in queries.CLOCKS else ""
    search, office, page = asked.get("q", "").strip(), asked.get("office", ""), _number(asked.get("page", ""))
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
    query = "?" + urlencode(asked) if asked else ""
    offices = tuple(Option(value=code, label=called.office(code)) for code in lit)
    return Pane(
        lines=tuple(_line(row, called, places, query, today, calendar, opened) for row in rows),
        counts=counts,
        query=query,
        search=search,
        choices=(
            _choice("light", gettext("灯"), light, _LIGHTS),
            Field(name="office", label=gettext("部门"), kind="select", options=offices, value=office),
            _choice("clock", gettext("哪个时限"), clock, queries.CLOCKS),
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
        title=row.title,
        clock=gettext(queries.CLOCKS[row.clock]),
        office=office,
        holder=holder,
        hands=holder or short,
    )


def brief(due_on: date, today: date, calendar: Calendar) -> str:
    """还剩几个工作日, in a column whose heading says 工作日."""
    count = calendar.between(today, due_on)
    if today > due_on:
        return gettext("超期%(count)s") % {"count": -count} if count else gettext("已超期")
    return gettext("还剩%(count)s") % {"count": count} if count else gettext("今天到期")


def left(due_on: date, today: date, calendar: Calendar) -> str:
    """The same in full. A due day that has passed without a working day since is overdue all the same."""
    count = calendar.between(today, due_on)
    return gettext("已超期") if count == 0 and today > due_on else dates.days_left(count)


def _choice(name: str, label: str, value: str, options: dict[str, str]) -> Field:
    shown = tuple(Option(value=key, label=gettext(text)) for key, text in options.items())
    return Field(name=name, label=label, kind="select", options=shown, value=value)


def _number(text: str) -> int:
    """A page's number as typed into the address; the first for anything else."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
