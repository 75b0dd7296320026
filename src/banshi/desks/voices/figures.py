"""考核: rates against their targets, by office, window or item; each leads to the reviews and tickets behind it."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.desks.voices.reviews import item_name, month
from banshi.desks.voices.seat import POSTS, acting, names, regions, today
from banshi.directory.values import CENTRE, PostKind
from banshi.insight import voices
from banshi.insight.voices import Assessment, By
from banshi.ui.access import STAFF, access

WATCHING = CENTRE | {PostKind.SUPERVISOR, PostKind.GOVERNOR}
_BY: dict[str, By] = {"office": "offices", "window": "windows", "item": "items"}


@access(STAFF, posts=POSTS)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """考核数 of a month: of all that one watches; a unit sees its own line."""
    actor = acting(request)
    first, last = month(request)
    wide, own = regions(actor), actor.offices()
    name = request.GET.get("by", "office")
    by = _BY[name] if wide and name in _BY else "offices"
    places = wide or sorted({post.region for post in actor.held})
    whole, rows = voices.assess(by, first, last, regions=places)
    if not wide:
        rows = [one for one in rows if one.code in own]
    targets = voices.targets_of(places[0] if places else "")
    called = names([one.code for one in rows]) if by == "offices" else {}
    window = names({one.code.partition("/")[0] for one in rows}) if by == "windows" else {}
    following = last + timedelta(days=1)
    shown = {
        "whole": whole if wide else None,
        "rows": [(one, _title(one, by, called | window), one.alarms(targets)) for one in rows],
        "alarms": whole.alarms(targets) if wide else (),
        "targets": targets,
        "by": next(key for key, value in _BY.items() if value == by),
        "choices": [("office", gettext("按部门")), ("window", gettext("按窗口")), ("item", gettext("按事项"))]
        if wide
        else [],
        "first": first,
        "before": first - timedelta(days=1),
        "after": following if following <= today() else None,
        "here": "figures",
    }
    return render(request, "voices/figures.html", shown)


def _title(one: Assessment, by: By, called: dict[str, str]) -> str:
    if by == "items":
        return item_name(one.code)
    if by == "windows":
        hall, _, number = one.code.partition("/")
        return gettext("%(hall)s %(number)s 号窗口") % {"hall": called.get(hall, hall), "number": number}
    return called.get(one.code, one.code)
