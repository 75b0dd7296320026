"""摘要和报告: the day's digest, whose overdue it was, what the rules find, and the share taken to leaders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries
from banshi.desks.supervisor.seat import POSTS, Names, acting, names
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import clock
from banshi.insight import supervision
from banshi.insight.supervision import Finding, Held, Share
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access


@dataclass(frozen=True, slots=True)
class OfficeLights:
    """一个部门的灯: how many things are red, yellow, green, and how many are due today."""

    code: str
    name: str
    red: int
    yellow: int
    green: int
    today: int


@dataclass(frozen=True, slots=True)
class Month:
    """月份 of a report, with its neighbours; none after the present one."""

    first: date
    last: date

    @property
    def value(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        following = self.first + timedelta(days=32)
        return f"{following:%Y-%m}" if following.replace(day=1) <= self.last else ""


def by_office(found: dict[str, dict[str, int]]) -> tuple[OfficeLights, ...]:
    """Of what `lights_by_office` found the worst first; offices where nothing is lit or due come last."""
    called = names(found, ())
    rows = (OfficeLights(code, called.office(code), **lights) for code, lights in found.items())
    return tuple(sorted(rows, key=lambda one: (-one.red, -one.yellow, -one.today, one.code)))


@access(STAFF, posts=POSTS)
@require_safe
def digest(request: HttpRequest) -> HttpResponse:
    """每日摘要: red, yellow and due today, by office; made for paper too."""
    today = _today()
    offices = by_office(queries.lights_by_office(acting(request), today))
    total = {name: sum(getattr(one, name) for one in offices) for name in ("red", "yellow", "green", "today")}
    shown = {"offices": offices, "total": total, "today": today, "place": _place(acting(request))}
    return render(request, "supervisor/digest.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def overdue(request: HttpRequest) -> HttpResponse:
    """超期归属: what is red now, and what ended late in the month, by who held it when it went red."""
    actor, month = acting(request), _month(request)
    held = supervision.overdue(actor, month=month.first, today=_today(), calendar=calendar())
    called = names((one.office for one in held), (one.holder for one in held))
    rows: list[tuple[Held, str, str]] = [
        (one, called.office(one.office), called.holder(one.holder) or gettext("还没有承办人")) for one in held
    ]
    return render(request, "supervisor/overdue.html", {"rows": rows, "month": month})


@access(STAFF, posts=POSTS)
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """监察发现: one rule at a time, page by page."""
    number = request.GET.get("rule", "J1")
    if number not in supervision.RULES:
        raise Http404
    actor, month, today = acting(request), _month(request), _today()
    try:
        page = supervision.findings(
            actor,
            number,
            month=month.first,
            today=today,
            calendar=calendar(),
            start=request.GET.get("start", ""),
        )
    except ValueError as error:
        raise Http404 from error  # a mark that was typed
    called = names((one.office for one in page.findings), (one.holder for one in page.findings))
    shown = {
        "rules": supervision.RULES.values(),
        "rule": supervision.RULES[number],
        "rows": [(one, *_of(one, called)) for one in page.findings],
        "next": page.next,
        "month": month if number in supervision.MONTHLY else None,
    }
    return render(request, "supervisor/findings.html", shown)


@access(STAFF, posts=POSTS)
@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """鼓励类提请比例: how much of what is to be encouraged was taken to a leader this year, by office."""
    today = _today()
    found = supervision.shares(acting(request), today.year)
    called = names((one.office for one in found), ())
    rows: list[tuple[Share, str]] = [(one, called.office(one.office)) for one in found]
    return render(request, "supervisor/shares.html", {"rows": rows, "year": today.year})


def _of(finding: Finding, called: Names) -> tuple[str, str]:
    return called.office(finding.office), called.holder(finding.holder)


def _place(actor: Actor) -> str:
    return "、".join(sorted(directory.region_names(post.region for post in actor.held).values()))


def _month(request: HttpRequest) -> Month:
    """The month asked for, at the latest the present one."""
    last = _today().replace(day=1)
    try:
        first = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        first = last
    return Month(min(max(first, date(2001, 1, 1)), last), last)


def _today() -> date:
    return civil_day(clock.now())
