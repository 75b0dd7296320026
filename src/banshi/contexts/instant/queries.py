"""秒批查询: what was decided at once, for those who answer for it or supervise it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from banshi.contexts.instant import models, rules, store
from banshi.contexts.instant.rules import oversees as oversees
from banshi.contexts.instant.values import Decided, Finding, Switch
from banshi.contexts.instant.verification import VERIFIED as VERIFIED
from banshi.contexts.instant.verification import check_instant as check_instant
from banshi.infra import private
from banshi.kernel.actors import Actor

_DECISION = store.DECISION.split(", ")
_SWITCH = store.SWITCH.split(", ")


def find_decision(region: str, case: UUID) -> Decided | None:
    """The record of a case; None where a person decided it."""
    rows = models.Decision.objects.filter(region_code=region, id=store.id_of(case))
    return next((store.decided(row) for row in rows.values_list(*_DECISION)), None)


def list_decisions(
    actor: Actor, *, to_check: bool = False, item: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Decided], int]:
    """What this person oversees, the newest first, and the exact count. `to_check`: drawn and not looked at yet."""
    rows = _visible(actor)
    if to_check:
        rows = rows.filter(drawn=True, finding=Finding.NONE.value)
    if item:
        rows = rows.filter(item=item)
    page = rows.order_by("-at", "-id")[offset : offset + limit]
    return [store.decided(row) for row in page.values_list(*_DECISION)], rows.count()


def switches(regions: Iterable[str]) -> dict[tuple[str, str], Switch]:
    """Of these counties, by county and item; an item that was never stopped has none."""
    rows = models.ItemSwitch.objects.filter(region_code__in=list(regions))
    found = [store.switched(row) for row in rows.values_list(*_SWITCH)]
    return {(one.region, one.item): one for one in found}


def is_stopped(region: str, item: str) -> bool:
    return models.ItemSwitch.objects.filter(region_code=region, item=item, stopped=True).exists()


def words(region: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What was written, by id."""
    kept = private.get_many(models.InstantPrivate, region, ids)
    return {id: str(one.get("text", "")) for id, one in kept.items()}


def _visible(actor: Actor) -> QuerySet[models.Decision]:
    reach = Q(office_code__in=list(actor.offices(*rules.ANSWERING)))
    for post in actor.held:
        if post.kind == "supervisor":
            reach |= Q(region_code__startswith=post.region.removesuffix("00"))
    return models.Decision.objects.filter(reach)
