"""申请的页: which pages an application still has, and where each leads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from banshi.contexts.forms.values import Field, Section
from banshi.desks.citizen.people import acting
from banshi.flows import apply as flow
from banshi.infra import clock

type View = Callable[..., HttpResponse]
BACK = ("check", "list")  # pages that may ask to be returned to


def drafting(view: View) -> View:
    """The view gets the application's standing; one that was submitted already shows what came of it."""

    @wraps(view)
    def opened(request: HttpRequest, region: str, id: UUID, **more: Any) -> HttpResponse:
        now = flow.standing(region, id, acting(request), clock.now())
        if now.application.submitted_at is not None:
            return redirect("citizen:done", region=region, id=id)
        return view(request, now, **more)

    return opened


def url(now: flow.Standing, name: str, **more: str) -> str:
    """A page of this application."""
    return reverse(
        f"citizen:{name}", kwargs={"region": now.application.region, "id": now.application.id, **more}
    )


def asked(now: flow.Standing, section: Section, changing: str = "") -> list[Field]:
    """What is asked in a section: what is not known, what was typed before, and what somebody wants to change."""
    return [
        one
        for one in section.fields
        if not one.computed and (one.code not in now.filled or one.code in now.typed or one.code == changing)
    ]


def pages(now: flow.Standing) -> list[str]:
    """Addresses from the list to the check, in their order. A section of which all is known has no page, and a single
    item no list: its guide has said the same."""
    sections = [part.key for part in now.form.sections if asked(now, part)]
    found = [url(now, "list")] if now.target.kind == "bundle" else []
    found += [url(now, "section", key=key) for key in sections]
    if now.form.materials:
        found.append(url(now, "materials"))
    return [*found, url(now, "check")]


def resume(now: flow.Standing) -> str:
    """Where to go on: the next question, else the first page after them."""
    if now.progress.next is not None:
        return url(now, "question", code=now.progress.next.code)
    return pages(now)[0]


def following(now: flow.Standing, here: str, back: str = "") -> str:
    """The page after `here`, or the one to return to."""
    if now.progress.next is not None:
        return url(now, "question", code=now.progress.next.code) + (f"?back={back}" if back in BACK else "")
    if back in BACK:
        return url(now, back)
    found = pages(now)
    return found[found.index(here) + 1] if here in found[:-1] else found[-1]


def onwards(before: flow.Standing, now: flow.Standing, here: str) -> str:
    """Where to be after less has to be typed: here, or on the first page behind it that is still there."""
    found, left = pages(before), pages(now)
    behind = found[found.index(here) :] if here in found else []
    return next((page for page in behind if page in left), left[0])


def preceding(now: flow.Standing, here: str, back: str = "") -> str:
    """The page before `here`, for the back link."""
    if back in BACK:
        return url(now, back)
    found = pages(now)
    if here in found[1:]:
        return found[found.index(here) - 1]
    if now.progress.answered:
        return url(now, "question", code=now.progress.answered[-1][0].code)
    return reverse("citizen:matters")


def count(now: flow.Standing, here: str) -> tuple[int, int] | None:
    """第几步，共几步."""
    found = pages(now)
    return (found.index(here) + 1, len(found)) if here in found else None


def back(request: HttpRequest) -> str:
    """The page that asked to be returned to; empty when none did."""
    wanted = request.POST.get("back") or request.GET.get("back", "")
    return wanted if wanted in BACK else ""


def see(address: str) -> HttpResponseRedirect:
    """303: after a form was taken, look at this page."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
