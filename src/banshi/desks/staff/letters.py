"""死信: what the platform failed to do too often after a fact; seen, and tried again, by the region's administrators."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from banshi.contexts.cases import queries as cases
from banshi.desks.staff.views import actor_of
from banshi.directory.values import PostKind, administered, prefix
from banshi.infra import audit, clock, outbox
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound
from banshi.ui.access import STAFF, access
from banshi.ui.parts import Paged

ADMIN = {PostKind.STAFF_ADMIN}
PAGE = 50
REPLAYED = "letters_replayed"  # in the session: shown on the next page, and then no more
HANDLERS = {
    "render documents": _("文书成文"),
    "make certificate": _("制证"),
    "render certificate": _("证照成文"),
    "deliver online": _("网上送达"),
    "revoke certificate": _("撤销证照"),
    "match policies": _("匹配政策"),
}


@access(STAFF, posts=ADMIN)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """没办成的: one row a dead letter, the oldest first."""
    within, handler = _within(actor_of(request)), request.GET.get("handler", "")[:60]
    page = request.GET.get("page", "")
    number = max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1
    found, total = outbox.list_dead(within, handler=handler, offset=(number - 1) * PAGE, limit=PAGE)
    numbers = cases.numbers((letter.region, letter.stream) for letter in found)
    rows = [
        (
            letter,
            HANDLERS.get(letter.handler, letter.handler),
            cases.fact_title(letter.kind),
            numbers.get(letter.stream, ""),
        )
        for letter in found
    ]
    count = request.session.pop(REPLAYED, None)
    context = {
        "rows": rows,
        "paged": Paged(number, PAGE, total),
        "handler": handler,
        "kinds": [(name, HANDLERS.get(name, name), n) for name, n in outbox.count_dead(within).items()],
        "replayed": _("%(count)d 件已经重新排队，由系统接着办。") % {"count": count}
        if count is not None
        else "",
    }
    return render(request, "staff/letters.html", context)


@access(STAFF, posts=ADMIN)
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """重办: one, all of a handler, or all; leaves a trace in the audit trail."""
    actor, at = actor_of(request), clock.now()
    handler, id = request.POST.get("handler", "")[:60], request.POST.get("id", "")
    try:
        one = UUID(id) if id else None
    except ValueError:
        raise NotFound("这一件", "letter") from None
    count = outbox.replay(at, actor.code, within=_within(actor), handler=handler, id=one)
    audit.note(act="replay_letters", target=id or handler or "*", outcome=str(count), actor=actor.code, at=at)
    request.session[REPLAYED] = count
    return redirect(reverse("staff:letters"))


def _within(actor: Actor) -> list[str]:
    """What the codes of the administrator's regions begin with."""
    return sorted(prefix(region) for region in administered(actor))
