"""列表: the pane on the left. What it shows is in the query (`list q step status page`), so a matter keeps its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import CaseRow, TaskRow
from banshi.contexts.cases.values import Status
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui import dates
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Paged

SIZE = 50
_KEPT = ("list", "q", "step", "status", "page")
_FITS = 5  # Chinese characters
_WORST = ("", "green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Line:
    """一行: `light` "" means that no clock runs."""

    id: str
    url: str
    open: bool
    light: str
    word: str
    item: str
    number: str
    state: str

    @property
    def brief(self) -> str:
        """The state, as much of it as fits the narrow column."""
        return self.state if len(self.state) <= _FITS else f"{self.state[: _FITS - 1]}…"


@dataclass(frozen=True, slots=True)
class Pane:
    """列表: `query` is what a link to a matter carries along, so that this list stays beside it."""

    kind: str
    title: str
    when: str
    url: str
    query: str
    search: str
    choice: Field
    lines: tuple[Line, ...]
    paged: Paged


@dataclass(frozen=True, slots=True)
class _Look:
    """怎么看: what was asked for, by whom, on which day, beside which open matter."""

    actor: Actor
    today: date
    calendar: Calendar
    search: str
    chosen: str
    page: int
    query: str
    opened: UUID | None

    def url(self, region: str, case: UUID) -> str:
        return reverse("officer:case", args=(region, case)) + self.query


def pane(
    request: HttpRequest,
    actor: Actor,
    today: date,
    calendar: Calendar,
    kind: str = "",
    opened: UUID | None = None,
) -> Pane:
    """The list that the query asks for: 待办 unless it says `list=cases`."""
    asked = {name: request.GET[name] for name in _KEPT if request.GET.get(name)}
    cases = (kind or asked.get("list")) == "cases"
    asked["list"] = "cases" if cases else "tasks"
    look = _Look(
        actor=actor,
        today=today,
        calendar=calendar,
        search=asked.get("q", "").strip(),
        chosen=asked.get("status" if cases else "step", ""),
        page=page_number(asked.get("page", "")),
        query="?" + urlencode(asked) if cases or len(asked) > 1 else "",
        opened=opened,
    )
    return _cases(look) if cases else _tasks(look)


def left(due_on: date | None, today: date, calendar: Calendar) -> str:
    """还剩几个工作日. A due day that has passed without a working day since is overdue all the same."""
    if due_on is None:
        return ""
    count = calendar.between(today, due_on)
    return gettext("已超期") if count == 0 and today > due_on else dates.days_left(count)


def _tasks(look: _Look) -> Pane:
    step = look.chosen if look.chosen in queries.STEPS else ""
    rows, total = queries.list_tasks(
        look.actor, search=look.search, step=step, offset=(look.page - 1) * SIZE, limit=SIZE
    )
    options = tuple(Option(value=key, label=label) for key, label in queries.STEPS.items())
    return Pane(
        kind="tasks",
        title=gettext("待办，按到期先后"),
        when=gettext("剩余工作日"),
        url=reverse("officer:home"),
        query=look.query,
        search=look.search,
        choice=Field(name="step", label=gettext("只看哪一步"), kind="select", options=options, value=step),
        lines=tuple(_task(row, look) for row in rows),
        paged=Paged(look.page, SIZE, total),
    )


def _task(row: TaskRow, look: _Look) -> Line:
    light, due_on = worst(row, look.today)
    return Line(
        id=f"row-{row.case}-{row.key}",
        url=look.url(row.region, row.case),
        open=row.case == look.opened,
        light=light,
        word=short(due_on, look.today, look.calendar) or gettext("没有期限"),
        item=row.item_name,
        number=row.number,
        state=row.title,
    )


def worst(row: TaskRow, today: date) -> tuple[str, date | None]:
    """The worse of the lights of the step and of its case, and the day that ends first."""
    # A step of its own is yellow on its last day only: most have one or two days.
    own = queries.light(row.due_on, row.due_on, today)
    due_on = min((day for day in (row.due_on, row.case_due_on) if day), default=None)
    return max(own, row.light(today), key=_WORST.index), due_on


def _cases(look: _Look) -> Pane:
    status = look.chosen if look.chosen in set(Status) else ""
    rows, total = queries.list_cases(
        look.actor, search=look.search, status=status, offset=(look.page - 1) * SIZE, limit=SIZE
    )
    options = tuple(Option(value=one.value, label=one.label) for one in Status)
    return Pane(
        kind="cases",
        title=gettext("全部办件，新的在前"),
        when=gettext("剩余工作日"),
        url=reverse("officer:cases"),
        query=look.query,
        search=look.search,
        choice=Field(
            name="status", label=gettext("只看哪种状态"), kind="select", options=options, value=status
        ),
        lines=tuple(_case(row, look) for row in rows),
        paged=Paged(look.page, SIZE, total),
    )


def _case(row: CaseRow, look: _Look) -> Line:
    return Line(
        id=f"row-{row.id}",
        url=look.url(row.region, row.id),
        open=row.id == look.opened,
        light=row.light(look.today),
        word=short(row.due_on, look.today, look.calendar),
        item=row.item_name,
        number=row.number,
        state=row.status.label.partition("，")[0],
    )


def short(due_on: date | None, today: date, calendar: Calendar) -> str:
    """Working days left in a narrow column whose heading says 工作日."""
    if due_on is None:
        return ""
    count = calendar.between(today, due_on)
    if today > due_on:
        return gettext("超期%(count)s") % {"count": -count} if count else gettext("已超期")
    return gettext("还剩%(count)s") % {"count": count} if count else gettext("今天到期")


def page_number(text: str) -> int:
    """A page's number as typed into the address; the first for anything else."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
