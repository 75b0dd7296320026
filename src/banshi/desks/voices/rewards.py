"""奖励台账: what was proposed, granted and claimed in a year, and the sums by unit. Nothing is paid here."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.tickets import queries
from banshi.desks.voices.seat import WATCHING, acting, names, today
from banshi.directory.values import CENTRE
from banshi.ui.access import STAFF, access
from banshi.ui.lists import SIZE, page_number
from banshi.ui.parts import Paged


@access(STAFF, posts=CENTRE | WATCHING)
@require_safe
def rewards(request: HttpRequest) -> HttpResponse:
    """台账 of a year, by the day of the proposal, or of one month of it."""
    page, year = page_number(request.GET.get("page", "")), _year(request.GET.get("year", ""))
    ledger = queries.list_rewards(
        acting(request), date(year, 1, 1), date(year, 12, 31), offset=(page - 1) * SIZE, limit=SIZE
    )
    called = names({one.office for one in ledger.rows} | set(ledger.sums))
    shown = {
        "rows": [
            (
                one,
                reverse("voices:ticket", args=(one.region, one.ticket)),
                called.get(one.office, one.office),
                said_amount(one.fen, one.points),
                _level(one.region, one.level),
            )
            for one in ledger.rows
        ],
        "sums": [
            (
                called.get(office, office),
                count,
                said_amount(fen, 0) if fen else "",
                said_amount(0, points) if points else "",
            )
            for office, (fen, points, count) in ledger.sums.items()
        ],
        "paged": Paged(page, SIZE, ledger.total),
        "year": year,
        "before": year - 1,
        "after": year + 1 if year < today().year else None,
        "here": "rewards",
    }
    return render(request, "voices/rewards.html", shown)


def said_amount(fen: int, points: int) -> str:
    """What a reward is, in the page's language."""
    if points:
        return gettext("%(count)s积分") % {"count": points}
    return gettext("%(yuan)s元") % {"yuan": f"{fen // 100}.{fen % 100:02}"}


def _year(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) > 1999 else today().year


def _level(region: str, key: str) -> str:
    rule = queries.rewards_for(region)
    return next((one.name for one in rule.levels if one.key == key), key) if rule else key
