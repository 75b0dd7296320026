"""回访: the queue, one call, and whom to call — for who has claimed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from banshi.contexts.evaluation import models, store
from banshi.contexts.evaluation.files import settings_for
from banshi.contexts.evaluation.queries.figures import months
from banshi.contexts.evaluation.rules import calling as rules
from banshi.contexts.evaluation.values import About, Call, CallStatus, Outcome
from banshi.directory.values import covers, prefix
from banshi.infra import audit, counters, private
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound

_COLUMNS = tuple(store.CALL.split(", "))


def list_calls(
    actor: Actor, at: datetime, *, show: str = "open", offset: int = 0, limit: int = 50
) -> tuple[list[Call], int]:
    """Calls of the regions that this caller serves, the soonest due first, and their exact count.

    `show`: `open` (to be tried now), `later` (to be tried again), `mine` (claimed by the caller), `done` (newest first).
    """
    rows = _of(actor)
    if show == "done":
        rows = rows.filter(done_at__isnull=False).order_by("-done_at", "id")
    else:
        rows = rows.filter(done_at__isnull=True).order_by("due_on", "next_at", "id")
        if show == "mine":
            rows = rows.filter(status=CallStatus.CLAIMED.value, claimed_by=actor.code)
        elif show == "later":
            rows = rows.filter(next_at__gt=at)
        else:
            rows = rows.filter(next_at__lte=at)
    total = rows.count()
    return [store.call(row) for row in rows.values_list(*_COLUMNS)[offset : offset + limit]], total


def count_calls(actor: Actor, at: datetime) -> dict[str, int]:
    """How many are open, to be tried later, and the caller's own."""
    rows = _of(actor).filter(done_at__isnull=True)
    return {
        "open": rows.filter(next_at__lte=at).count(),
        "later": rows.filter(next_at__gt=at).count(),
        "mine": rows.filter(status=CallStatus.CLAIMED.value, claimed_by=actor.code).count(),
    }


def get_call(region: str, id: UUID, actor: Actor) -> Call:
    """Raises `NotFound` for whom it is not."""
    row = models.CallRow.objects.filter(region_code=region, id=id).values_list(*_COLUMNS).first()
    serves = any(post.kind in rules.CALLERS and covers(post.region, region) for post in actor.held)
    if row is None or not (serves or actor.kind == "system"):
        raise NotFound("回访", "call")
    return store.call(row)


def find_call(about: About, subject: UUID, round: int = 0) -> Call | None:
    """The call about something, for what follows from it; for no page."""
    id = store.call_id(about, subject, round)
    row = models.CallRow.objects.filter(id=id).values_list(*_COLUMNS).first()
    return store.call(row) if row else None


def contact_of(call: Call, actor: Actor, at: datetime) -> dict[str, str]:
    """联系方式 (personal): name and phone, for the caller who holds the call; each look is in the audit trail.

    Empty for anybody else, and when it was erased.
    """
    lapsed = call.claimed_at is None or at >= call.claimed_at + timedelta(
        minutes=settings_for(call.region).lease_minutes
    )
    holds = call.status is CallStatus.CLAIMED and call.claimed_by == actor.code and not lapsed
    if actor.kind != "system" and not holds:
        return {}
    if actor.kind != "system":
        audit.note(act="view_contact", target=f"call/{call.id}", outcome="shown", actor=actor.code, at=at)
    found = private.get(models.EvaluationPrivate, call.region, call.id)
    return {key: str(value) for key, value in found.items()}


def said(call: Call) -> str:
    """What the person said (personal); empty when nothing was written down."""
    if call.text is None:
        return ""
    return str(private.get(models.EvaluationPrivate, call.region, call.text).get("text", ""))


def call_figures(
    since_on: date, until_on: date, regions: Iterable[str] | None = None
) -> dict[str, dict[str, int]]:
    """By code of an office or window: how many were queued, and how the calls ended."""
    wanted = list(regions) if regions is not None else None
    sums: dict[str, dict[str, int]] = {}
    for month in months(since_on, until_on):
        for key, count in counters.totals(f"evaluation.calls.{month}", regions=wanted).items():
            code, _, what = key.rpartition("|")
            found = sums.setdefault(code, dict.fromkeys(("queued", *Outcome), 0))
            found[what] += count
    return sums


def _of(actor: Actor) -> QuerySet[models.CallRow]:
    """Of the regions that this caller serves, and of no office of theirs."""
    wanted = Q(pk__in=[])
    for post in actor.held:
        if post.kind in rules.CALLERS:
            wanted |= Q(region_code__startswith=prefix(post.region))
    rows = models.CallRow.objects.filter(wanted).exclude(office_code__in=actor.offices() - {""})
    return rows.exclude(barred=actor.code) if actor.code else rows
