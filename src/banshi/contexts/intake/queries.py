"""申请查询."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.intake import models, values
from banshi.infra import private
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound

_COLUMNS = (
    "region_code", "id", "owner", "party_id", "target", "title", "answers", "versions", "channel", "hall_code",
    "window_no", "updated_at", "submitted_at", "lead_office", "batch", "due_on", "due_at", "warn_on", "done_on",
)  # fmt: skip


def get_application(region: str, id: UUID, actor: Actor) -> values.Application:
    """One application. Raises `NotFound` where it is not this person's."""
    row = models.Application.objects.filter(region_code=region, id=id).values_list(*_COLUMNS).first()
    if row is None:
        raise NotFound("申请", "application")
    found = _application(row)
    if actor.kind == "system" or found.owner == actor.code:
        return found
    if actor.kind == "citizen" and str(found.party) in actor.parties and found.submitted_at:
        return found
    if actor.kind == "staff" and found.hall and found.hall in actor.offices("window_clerk"):
        return found
    raise NotFound("申请", "application")


def get_whole(region: str, id: UUID, actor: Actor) -> values.Application:
    """One application as the matter it is, without what was typed: also for the office that leads it. Raises `NotFound`."""
    row = models.Application.objects.filter(region_code=region, id=id, submitted_at__isnull=False)
    found = next((_application(one) for one in row.values_list(*_COLUMNS)), None)
    if found and found.lead_office and found.lead_office in actor.offices("officer", "approver", "leader"):
        return found
    return get_application(region, id, actor)


def typed(application: values.Application) -> dict[str, str]:
    """The values typed so far (personal)."""
    found: dict[str, str] = private.get(models.IntakePrivate, application.region, application.id).get(
        "values", {}
    )
    return found


def evidence(application: values.Application) -> list[values.Evidence]:
    """What was handed over, in its order."""
    columns = ("id", "material", "source", "file", "media_type", "size", "reference")
    rows: list[tuple[Any, ...]] = list(
        models.Evidence.objects.filter(region_code=application.region, application_id=application.id)
        .order_by("id")
        .values_list(*columns)
    )
    names = private.get_many(models.IntakePrivate, application.region, [row[0] for row in rows])
    named = [(*row, names.get(row[0], {}).get("name", "")) for row in rows]
    return [values.Evidence(*row) for row in named]


def list_drafts(actor: Actor) -> list[values.Application]:
    """草稿 of this person, the latest first."""
    rows = models.Application.objects.filter(owner=actor.code, submitted_at=None).order_by("-updated_at")[:50]
    return [_application(row) for row in rows.values_list(*_COLUMNS)]


def list_submitted(parties: Iterable[UUID], limit: int = 100) -> list[values.Application]:
    """Submitted applications of these parties, wherever they are handled, the latest first."""
    rows = models.Application.objects.filter(party_id__in=list(parties), submitted_at__isnull=False)
    return [_application(row) for row in rows.order_by("-submitted_at")[:limit].values_list(*_COLUMNS)]


def list_of_hall(halls: Iterable[str], limit: int = 100) -> list[values.Application]:
    """Applications taken at these halls' windows, the latest first."""
    rows = models.Application.objects.filter(hall_code__in=list(halls), submitted_at__isnull=False)
    return [_application(row) for row in rows.order_by("-submitted_at")[:limit].values_list(*_COLUMNS)]


def list_led(
    offices: Iterable[str], *, offset: int = 0, limit: int = 50
) -> tuple[list[values.Application], int]:
    """一件事 that these offices lead and that is not finished, the most urgent first, and the exact count."""
    rows = models.Application.objects.filter(
        lead_office__in=list(offices), done_on=None, due_on__isnull=False
    )
    page = rows.order_by("due_on", "id")[offset : offset + limit]
    return [_application(row) for row in page.values_list(*_COLUMNS)], rows.count()


def list_unfinished(after: UUID | None, limit: int = 500) -> list[values.Application]:
    """Bundles whose clock runs, in the order of their ids, behind `after`."""
    rows = models.Application.objects.filter(done_on=None, due_on__isnull=False)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return [_application(row) for row in rows.order_by("id")[:limit].values_list(*_COLUMNS)]


def list_of_batch(batch: UUID) -> list[values.Application]:
    """Applications that were handed in together, in whichever county each is handled."""
    rows = models.Application.objects.filter(batch=batch).order_by("id")
    return [_application(row) for row in rows.values_list(*_COLUMNS)]


def _application(row: tuple[Any, ...]) -> values.Application:
    fields = list(row)
    fields[6], fields[7] = msgspec.json.decode(row[6]), msgspec.json.decode(row[7])
    return values.Application(*fields)
