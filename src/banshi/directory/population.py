"""人口: everybody that the directory knows, walked through in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from banshi.directory.models import Party, PartyPrivate
from banshi.directory.values import PartyKind, PartyRef, prefix
from banshi.infra import private


def count_parties(scope: str) -> int:
    """How many people and firms lie within a region."""
    return Party.objects.filter(region_code__startswith=prefix(scope)).count()


def list_parties(scope: str, *, after: tuple[str, UUID] | None, limit: int) -> list[PartyRef]:
    """The next people and firms of a region, by county and id; `after`: the last one that was had."""
    rows = Party.objects.filter(region_code__startswith=prefix(scope))
    if after is not None:
        rows = rows.filter(Q(region_code__gt=after[0]) | Q(region_code=after[0], id__gt=after[1]))
    found = rows.order_by("region_code", "id").values_list("region_code", "id", "kind")[:limit]
    return [PartyRef(region, id, PartyKind(kind)) for region, id, kind in found]


def known_profiles(region_code: str, ids: Iterable[UUID]) -> dict[UUID, Mapping[str, str]]:
    """What is known of parties of one county (personal), by one query; erased ones are left out."""
    return {id: dict(content) for id, content in private.get_many(PartyPrivate, region_code, ids).items()}
