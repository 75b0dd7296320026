"""What somebody changes behind the facts' back: each column, each row and each counter in turn, put back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

from banshi.infra.models import Counter, CounterDelta
from banshi.infra.private import Private
from banshi.infra.store import Tx, new_id, write
from banshi.infra.verification import (
    BothWays,
    Chunk,
    Finding,
    Reader,
    Report,
    Span,
    check_both_ways,
    check_counters,
    counters,
)

AT = datetime(2026, 3, 20, tzinfo=UTC)
type Check = Callable[[Chunk, Report], None]


def found(
    check: Check, regions: Sequence[str], names: Sequence[str] = (), both_ways: Sequence[BothWays] = ()
) -> list[Finding]:
    """As `./banshi verify` finds it, in these counties, with the counters of these names."""
    report, reader = Report(), Reader()
    for region in regions:
        for chunk in reader.chunks(Span(region)):
            check(chunk, report)
    check_both_ways(reader, both_ways, report)
    if names:
        now = counters(reader, names)
        check_counters(now, now, report)
    reader.close()
    return report.findings


def each_column(model: type[models.Model], but: Sequence[str]) -> Iterator[tuple[models.Model, str]]:
    """Each row with one column changed; `but`: columns that no fact tells."""
    key = model._meta.pk.field_names if isinstance(model._meta.pk, models.CompositePrimaryKey) else ("id",)
    assert model._default_manager.exists(), f"no row of {model.__name__} to change"
    for row in model._default_manager.all():
        for field in model._meta.local_concrete_fields:
            if field.column and field.name not in (*key, *but):
                with _changed(row, field):
                    yield row, field.name


def each_row(model: type[models.Model]) -> Iterator[models.Model]:
    """Each row gone."""
    assert model._default_manager.exists(), f"no row of {model.__name__} to lose"
    for row in model._default_manager.all():
        _run(lambda tx, row=row: type(row)._default_manager.filter(pk=row.pk).delete())
        yield row
        _run(lambda tx, row=row: type(row)._default_manager.bulk_create([row]))


def each_counter(names: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Each sum one too high, by name and key; not folded yet, or folded."""
    rows: set[tuple[str, str, str]] = set()
    for model in (Counter, CounterDelta):
        rows |= set(model._default_manager.values_list("region_code", "name", "key"))
    for region, name, key in sorted(row for row in rows if names(row[1])):
        for delta in (1, -1):
            _run(lambda tx, place=(region, name, key), delta=delta: tx.count(*place, delta))
            if delta == 1:
                yield name, key


def lose_words(table: type[Private]) -> Iterator[Any]:
    """Each private content gone."""
    yield from each_row(table)


@contextmanager
def _changed(row: models.Model, field: models.Field[Any, Any]) -> Iterator[None]:
    before = getattr(row, field.name)
    rows = type(row)._default_manager.filter(pk=row.pk)
    _run(lambda tx: rows.update(**{field.name: _other(field, before)}))
    yield
    _run(lambda tx: rows.update(**{field.name: before}))


def _other(field: models.Field[Any, Any], value: Any) -> Any:
    match field.get_internal_type():
        case "BooleanField":
            return not value
        case "UUIDField":
            return new_id()
        case "DateTimeField":
            return datetime(1999, 1, 1, tzinfo=UTC)
        case "DateField":
            return date(1999, 1, 1)
        case "CharField" | "TextField":
            return "x"
        case _:
            return (value or 0) + 7


def _run(work: Callable[[Tx], Any]) -> None:
    def once(tx: Tx) -> None:
        work(tx)

    write(once, at=AT, actor="mallory")
