"""列表: what waits for somebody's posts, or every ticket that they may see. What it shows is in the query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.queries import TaskRow, TicketRow
from banshi.contexts.tickets.values import Kind, Status
from banshi.desks.voices.seat import page_number
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui.fields import Field, Option
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Paged

SIZE = 50
STEPS = ("dispatch", "settle", "sign", "contact", "handle", "assist", "extension", "check", "call", "plan",
         "termination", "escalation", "supervision")  # fmt: skip
_KEPT = ("list", "step", "kind", "status", "office", "since", "q", "page")


@dataclass(frozen=True, slots=True)
class Line:
    """一行: its light, what it is about, and what waits."""

    id: str
    url: str
    open: bool
    light: str
    word: str
    title: str
    number: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Pane:
    """左边的列表: `query` is what a link to a ticket carries along."""

    kind: str  # tasks or tickets
    url: str
    query: str
    search: str
    choices: tuple[Field, ...]
    lines: tuple[Line, ...]
    lights: dict[str, int]
    paged: Paged

    @property
    def narrowed(self) -> bool:
        return bool(self.search or any(choice.value for choice in self.choices))


def pane(
    request: HttpRequest,
    actor: Actor,
    today: date,
    calendar: Calendar,
    kind: str = "",
    opened: UUID | None = None,
) -> Pane:
    """The list that the query asks for: 待办, unless it says `list=tickets`."""
    asked = {name: request.GET[name] for name in _KEPT if request.GET.get(name)}
    tickets = (kind or asked.get("list")) == "tickets"
    asked["list"] = "tickets" if tickets else "tasks"
    page, search = page_number(asked.get("page", "")), asked.get("q", "").strip()
    chosen = _one_of(asked.get("kind", ""), Kind)
    kinds = _choice("kind", gettext("类型"), chosen, {one.value: one.label for one in Kind})
    if tickets:
        status = _one_of(asked.get("status", ""), Status)
        choices = (
            _choice("status", gettext("状态"), status, {one.value: one.label for one in Status}),
            kinds,
        )
        rows, total = queries.list_tickets(
            actor, status=status, kind=chosen, office=asked.get("office", ""), since_on=_day(asked.get("since", "")),
            search=search, offset=(page - 1) * SIZE, limit=SIZE,
        )  # fmt: skip
        titles = queries.titles((row.region, row.id) for row in rows)
        lines = tuple(_ticket(row, titles, _query(asked), today, calendar, opened) for row in rows)
    else:
        step = asked.get("step", "") if asked.get("step") in STEPS else ""
        steps = {key: queries.task_title(key) for key in STEPS}
        choices = (_choice("step", gettext("要办的"), step, steps), kinds)
        tasks, total = queries.list_tasks(
            actor, step=step, kind=chosen, search=search, offset=(page - 1) * SIZE, limit=SIZE
        )
        titles = queries.titles({(row.region, row.ticket) for row in tasks})
        lines = tuple(_task(row, titles, _query(asked), today, calendar, opened) for row in tasks)
    return Pane(
        kind=asked["list"],
        url=reverse("voices:tickets" if tickets else "voices:home"),
        query=_query(asked),
        search=search,
        choices=choices,
        lines=lines,
        lights={} if tickets else queries.lights(actor, today),
        paged=Paged(page, SIZE, total),
    )


def brief(due_on: date | None, today: date, calendar: Calendar) -> str:
    """还剩几个工作日, in a column whose heading says 工作日."""
    if due_on is None:
        return ""
    count = calendar.between(today, due_on)
    if today > due_on:
        return gettext("超期%(count)s") % {"count": -count} if count else gettext("已超期")
    return gettext("还剩%(count)s") % {"count": count} if count else gettext("今天到期")


def _task(
    row: TaskRow, titles: dict[UUID, str], query: str, today: date, calendar: Calendar, opened: UUID | None
) -> Line:
    return Line(
        id=f"row-{row.ticket}-{row.key.replace(':', '-')}",
        url=reverse("voices:ticket", args=(row.region, row.ticket)) + query,
        open=row.ticket == opened,
        light=row.light(today),
        word=brief(row.due_on, today, calendar),
        title=scrubbed(titles.get(row.ticket, "")) or row.number,
        number=row.number,
        kind=row.kind.label,
        state=queries.task_title(row.key),
    )


def _ticket(
    row: TicketRow, titles: dict[UUID, str], query: str, today: date, calendar: Calendar, opened: UUID | None
) -> Line:
    return Line(
        id=f"row-{row.id}",
        url=reverse("voices:ticket", args=(row.region, row.id)) + query,
        open=row.id == opened,
        light=row.light(today) if row.status.open else "",
        word=brief(row.due_on, today, calendar) if row.status.open else "",
        title=scrubbed(titles.get(row.id, "")) or row.number,
        number=row.number,
        kind=row.kind.label,
        state=row.status.label.partition("，")[0],
    )


def _query(asked: dict[str, str]) -> str:
    return "?" + urlencode(asked) if asked != {"list": "tasks"} else ""


def _one_of(text: str, kinds: type[Kind] | type[Status]) -> str:
    return text if text in set(kinds) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _choice(name: str, label: str, value: str, options: dict[str, str]) -> Field:
    shown = tuple(Option(value=key, label=text) for key, text in options.items())
    return Field(name=name, label=label, kind="select", options=shown, value=value)
