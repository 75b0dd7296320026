"""计数: exact counts from insert-only deltas (storage rule 10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum

from banshi.infra.models import Counter, CounterDelta
from banshi.infra.store import Tx

FOLDED = 10_000  # deltas a transaction: a backlog of millions is folded without holding up anybody


def totals(
    name: str, keys: Iterable[str] | None = None, regions: Iterable[str] | None = None
) -> dict[str, int]:
    """The sums by key, over the regions named (all when None)."""
    sums: dict[str, int] = {}
    wanted = {"name": name}
    for model, column in ((Counter, "value"), (CounterDelta, "delta")):
        rows = model._default_manager.filter(**wanted)
        if keys is not None:
            rows = rows.filter(key__in=list(keys))
        if regions is not None:
            rows = rows.filter(region_code__in=list(regions))
        for key, total in rows.values_list("key").annotate(total=Sum(column)):
            sums[key] = sums.get(key, 0) + total
    return sums


def fold(tx: Tx) -> int:
    """Move deltas into the counters, at most `FOLDED`; the number of deltas folded."""
    # DELETE … RETURNING: two schedulers at once never fold the same delta twice. MATERIALIZED: a planner may run a
    # sub-select of its own once a row, and then the limit limits nothing.
    locked = "" if tx.sqlite else " FOR UPDATE SKIP LOCKED"
    rows = tx.all(
        "WITH taken AS MATERIALIZED"  # noqa: S608 (no value of anybody's)
        f" (SELECT region_code, id FROM infra_counterdelta LIMIT %s{locked})"
        " DELETE FROM infra_counterdelta WHERE (region_code, id) IN (SELECT region_code, id FROM taken)"
        " RETURNING region_code, name, key, delta",
        (FOLDED,),
    )
    sums: dict[tuple[str, str, str], int] = {}
    for *place, delta in rows:
        sums[tuple(place)] = sums.get(tuple(place), 0) + delta
    # In one order, so that two who fold at once wait for each other instead of locking each other out.
    tx.many(
        "INSERT INTO infra_counter (region_code, name, key, value) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (region_code, name, key) DO UPDATE SET value = infra_counter.value + EXCLUDED.value",
        [(*place, total) for place, total in sorted(sums.items())],
    )
    return len(rows)
