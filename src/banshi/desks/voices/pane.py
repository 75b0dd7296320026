"""列表: what waits for somebody's posts, or every ticket that they may see. What it shows is in the query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.queries import TaskRow, TicketRow
from banshi.contexts.tickets.values.codes import Kind, Status
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui.dates import brief
from banshi.ui.lists import SIZE, Pane, asked, head, one_of, page_number, select
from banshi.ui.masking import scrubbed
from banshi.ui.parts import Paged

STEPS = ("dispatch", "settle", "sign", "contact", "handle", "assist", "extension", "check", "call", "plan",
         "termination", "escalation", "supervision", "clear", "reward")  # fmt: skip
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


def pane(
    request: HttpRequest,
    actor: Actor,
    today: date,
    calendar: Calendar,
    kind: str = "",
    opened: UUID | None = None,
) -> Pane[Line]:
    """The list that the query asks for: 待办, unless it says `list=tickets`."""
    query = asked(request, _KEPT)
    tickets = (kind or query.get("list")) == "tickets"
    query["list"] = "tickets" if tickets else "tasks"
    kept = "?" + urlencode(query) if query != {"list": "tasks"} else ""
    page, search = page_number(query.get("page", "")), query.get("q", "").strip()
    chosen = one_of(query.get("kind", ""), set(Kind))
    kinds = select("kind", gettext("类型"), {one.value: gettext(one.label) for one in Kind}, chosen)
    if tickets:
        status = one_of(query.get("status", ""), set(Status))
        statuses = {one.value: gettext(one.label) for one in Status}
        choices = (select("status", gettext("状态"), statuses, status), kinds)
        rows, total = queries.list_tickets(
            actor, status=status, kind=chosen, office=query.get("office", ""), since_on=_day(query.get("since", "")),
            search=search, offset=(page - 1) * SIZE, limit=SIZE,
        )  # fmt: skip
        titles = queries.titles((row.region, row.id) for row in rows)
        lines = tuple(_ticket(row, titles, kept, today, calendar, opened) for row in rows)
    else:
        step = one_of(query.get("step", ""), STEPS)
        steps = {key: pgettext("task", queries.task_title(key)) for key in STEPS}
        choices = (select("step", gettext("要办的"), steps, step), kinds)
        tasks, total = queries.list_tasks(
            actor, step=step, kind=chosen, search=search, offset=(page - 1) * SIZE, limit=SIZE
        )
        titles = queries.titles({(row.region, row.ticket) for row in tasks})
        lines = tuple(_task(row, titles, kept, today, calendar, opened) for row in tasks)
    return Pane(
        kind=query["list"],
        url=reverse("voices:tickets" if tickets else "voices:home"),
        query=kept,
        search=search,
        choices=choices,
        lines=lines,
        lights={} if tickets else queries.lights(actor, today),
        paged=Paged(page, SIZE, total),
    )


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
        kind=gettext(row.kind.label),
        state=pgettext("task", queries.task_title(row.key)),
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
        kind=gettext(row.kind.label),
        state=head(row.status.label),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
