"""发件箱处理: afterwards handlers hear of a fact after its commit; repeatable, retried, visible.

A handler is `handle(recorded, at) -> Work | None`: what it does itself is slow and outside any transaction (rendering
a PDF), what it returns is written in one transaction with the mark that it is done.
Within one stream a handler hears facts in order: a failure holds back that stream for that handler only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from banshi.infra.models import Fact as FactRow
from banshi.infra.models import Outbox
from banshi.infra.store import Tx, write
from banshi.kernel.facts import Fact, Recorded, Stream

type Handler = Callable[[Recorded, datetime], Callable[[Tx], Any] | None]

log = logging.getLogger("banshi.outbox")
_handlers: dict[str, Handler] = {}
ATTEMPTS = 8  # 1 min, 2, 4 … about two hours; then a person looks at it


def handlers(table: dict[str, Handler]) -> None:
    """Install the handlers by name (the same table as `store.wire`)."""
    _handlers.update(table)


def deliver(at: datetime, limit: int = 200) -> int:
    """Run what is due; the number of rows done. Two schedulers at once do each row once."""
    done = 0
    for row in _due(at, limit):
        done += _handle(row, at)
    return done


def waiting() -> dict[str, int]:
    """Rows pending and dead, for health pages."""
    pending = Outbox.objects.filter(state=Outbox.PENDING).count()
    dead = Outbox.objects.filter(state=Outbox.DEAD).count()
    return {"pending": pending, "dead": dead}


def _due(at: datetime, limit: int) -> list[Outbox]:
    from django.db.models import Exists, OuterRef

    earlier = Outbox.objects.filter(
        region_code=OuterRef("region_code"),
        stream_id=OuterRef("stream_id"),
        handler=OuterRef("handler"),
        seq__lt=OuterRef("seq"),
    ).exclude(state=Outbox.DONE)
    due = Outbox.objects.filter(state=Outbox.PENDING, due_at__lte=at).exclude(Exists(earlier))
    return list(due.order_by("due_at", "id")[:limit])


def _handle(row: Outbox, at: datetime) -> int:
    try:
        fact = FactRow.objects.get(region_code=row.region_code, stream_id=row.stream_id, seq=row.seq)
        recorded = Recorded(
            Stream(fact.region_code, fact.stream_id),
            fact.seq,
            Fact(fact.kind, msgspec.json.decode(fact.data)),
            fact.at,
            fact.actor,
        )
        work = _handlers[row.handler](recorded, at)
        return int(write(lambda tx: _finish(tx, row, work), at=at, actor="system"))
    except Exception as error:
        log.exception("outbox handler failed", extra={"handler": row.handler, "kind_seq": row.seq})
        _fail(row, at, error)
        return 0


def _finish(tx: Tx, row: Outbox, work: Callable[[Tx], Any] | None) -> bool:
    """Claim by state inside the transaction: whoever comes second finds the row done."""
    claimed = tx.run(
        "UPDATE infra_outbox SET state = 1 WHERE region_code = %s AND id = %s AND state = 0",
        (row.region_code, row.id),
    )
    if claimed and work is not None:
        work(tx)
    return bool(claimed)


def _fail(row: Outbox, at: datetime, error: Exception) -> None:
    attempts = row.attempts + 1
    state = Outbox.DEAD if attempts >= ATTEMPTS else Outbox.PENDING
    due_at = at + timedelta(minutes=2 ** (attempts - 1))
    # The class of the error only: its words may quote personal data.
    write(
        lambda tx: tx.run(
            "UPDATE infra_outbox SET attempts = %s, state = %s, due_at = %s, error = %s"
            " WHERE region_code = %s AND id = %s AND state = 0",
            (attempts, state, due_at, type(error).__name__, row.region_code, row.id),
        ),
        at=at,
        actor="system",
    )


def prune(tx: Tx, before: datetime) -> int:
    """Forget rows that are done and older than `before`."""
    return tx.run("DELETE FROM infra_outbox WHERE state = 1 AND due_at < %s", (before,))
