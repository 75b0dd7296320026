"""列表: the pane on the left. What it shows is in the query (`list q step status page`), so a matter keeps its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from banshi.contexts.cases import queries
from banshi.contexts.cases.queries import CaseRow, TaskRow
from banshi.contexts.cases.values import Status
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui import dates
from banshi.ui.lists import SIZE, Pane, asked, head, one_of, page_number, select
from banshi.ui.parts import Paged

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
) -> Pane[Line]:
    """The list that the query asks for: 待办 unless it says `list=cases`."""
    query = asked(request, _KEPT)
    cases = (kind or query.get("list")) == "cases"
    query["list"] = "cases" if cases else "tasks"
    look = _Look(
        actor=actor,
        today=today,
        calendar=calendar,
        search=query.get("q", "").strip(),
        chosen=query.get("status" if cases else "step", ""),
        page=page_number(query.get("page", "")),
        query="?" + urlencode(query) if cases or len(query) > 1 else "",
        opened=opened,
    )
    return _cases(look) if cases else _tasks(look)


def _tasks(look: _Look) -> Pane[Line]:
    step = one_of(look.chosen, queries.STEPS)
    rows, total = queries.list_tasks(
        look.actor, search=look.search, step=step, offset=(look.page - 1) * SIZE, limit=SIZE
    )
    steps = {key: pgettext("task", label) for key, label in queries.STEPS.items()}
    return Pane(
        kind="tasks",
        title=gettext("待办，按到期先后"),
        url=reverse("officer:home"),
        query=look.query,
        search=look.search,
        choices=(select("step", gettext("只看哪一步"), steps, step),),
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
        word=dates.brief(due_on, look.today, look.calendar) or gettext("没有期限"),
        item=row.item_name,
        number=row.number,
        state=pgettext("task", row.title),
    )


def worst(row: TaskRow, today: date) -> tuple[str, date | None]:
    """The worse of the lights of the step and of its case, and the day that ends first."""
    # A step of its own is yellow on its last day only: most have one or two days.
    own = queries.light(row.due_on, row.due_on, today)
    due_on = min((day for day in (row.due_on, row.case_due_on) if day), default=None)
    return max(own, row.light(today), key=_WORST.index), due_on


def _cases(look: _Look) -> Pane[Line]:
    status = one_of(look.chosen, set(Status))
    rows, total = queries.list_cases(
        look.actor, search=look.search, status=status, offset=(look.page - 1) * SIZE, limit=SIZE
    )
    statuses = {one.value: gettext(one.label) for one in Status}
    return Pane(
        kind="cases",
        title=gettext("全部办件，新的在前"),
        url=reverse("officer:cases"),
        query=look.query,
        search=look.search,
        choices=(select("status", gettext("只看哪种状态"), statuses, status),),
        lines=tuple(_case(row, look) for row in rows),
        paged=Paged(look.page, SIZE, total),
    )


def _case(row: CaseRow, look: _Look) -> Line:
    return Line(
        id=f"row-{row.id}",
        url=look.url(row.region, row.id),
        open=row.id == look.opened,
        light=row.light(look.today),
        word=dates.brief(row.due_on, look.today, look.calendar),
        item=row.item_name,
        number=row.number,
        state=head(row.status.label),
    )
