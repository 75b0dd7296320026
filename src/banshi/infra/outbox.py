"""发件箱处理: afterwards handlers hear of a fact after its commit; repeatable, retried, visible.

A handler is `handle(recorded, at) -> Work | None`: what it does itself is slow and outside any transaction (rendering
a PDF), what it returns is written in one transaction with the mark that it is done.
Within one stream a handler hears facts in order: a failure holds back that stream for that handler only.

Rows are claimed by their state, never by "id above the last": commits arrive out of order. A claim is a lease: who is
killed loses it, and the row comes due again. The mark "done" is set only where it was not set yet, so that a row that
two schedulers ran all the same has its effect once.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from banshi.infra import courtesy
from banshi.infra.models import Fact as FactRow
from banshi.infra.models import Outbox
from banshi.infra.store import Tx, write
from banshi.kernel.facts import Fact, Recorded, Stream

type Handler = Callable[[Recorded, datetime], Callable[[Tx], Any] | None]

log = logging.getLogger("banshi.outbox")
_handlers: dict[str, Handler] = {}
ATTEMPTS = 8  # 1 min, 2, 4 … about two hours; then a person looks at it
LEASE = timedelta(minutes=5)  # longer than a batch takes; so long a killed scheduler's rows wait
PATIENCE = timedelta(minutes=1)  # so long what is due gives way to people who wait for an answer
_CLAIMING = 0x0B0C5  # the number of a lock
_PRUNED = 5000  # rows a transaction


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """死信: what a handler failed at too often. `waiting`: later facts of its stream that wait behind it."""

    region: str
    id: UUID
    stream: UUID
    handler: str
    kind: str
    at: datetime | None  # of the fact
    died_at: datetime
    attempts: int
    error: str  # the class of the error: its words may quote personal data
    waiting: int


def handlers(table: dict[str, Handler]) -> None:
    """Install the handlers by name (the same table as `store.wire`)."""
    _handlers.update(table)


def deliver(at: datetime, limit: int = 200) -> int:
    """Run what is due; the number of rows done. Two schedulers at once do each row once."""
    while Outbox.objects.filter(state=Outbox.PENDING, due_at__lte=at).exists():
        lanes, any_claimed = write(lambda tx: _claim(tx, at, limit), at=at, actor="system")
        if not any_claimed:
            return 0  # another scheduler has just taken them
        if lanes:
            return _run_lanes(lanes, at)
    return 0


def waiting() -> dict[str, int]:
    """Rows pending and dead, for health pages."""
    pending = Outbox.objects.filter(state=Outbox.PENDING).count()
    dead = Outbox.objects.filter(state=Outbox.DEAD).count()
    return {"pending": pending, "dead": dead}


# --- delivery


type _Lane = list[Outbox]  # rows of one stream and handler, in their order
type _Then = tuple[Outbox, Callable[[Tx], Any] | None]


def _claim(tx: Tx, at: datetime, limit: int) -> tuple[list[_Lane], bool]:
    """Take what is due for the length of a lease, and put off what waits behind something else."""
    _one_at_a_time(tx)
    earlier = Outbox.objects.filter(
        region_code=OuterRef("region_code"),
        stream_id=OuterRef("stream_id"),
        handler=OuterRef("handler"),
        seq__lt=OuterRef("seq"),
    )
    undone = earlier.exclude(state=Outbox.DONE).order_by().values("handler").annotate(n=Count("seq"))
    due = Outbox.objects.filter(state=Outbox.PENDING, due_at__lte=at).annotate(
        before=Coalesce(Subquery(undone.values("n"), output_field=IntegerField()), 0),
        dead=Exists(earlier.filter(state=Outbox.DEAD)),
    )
    if not tx.sqlite:
        due = due.select_for_update(skip_locked=True, of=("self",))
    rows = list(due.order_by("due_at", "id")[:limit])
    lanes: dict[tuple[str, UUID, str], _Lane] = defaultdict(list)
    held: list[tuple[datetime, str, UUID]] = []
    for row in sorted(rows, key=lambda row: row.seq):
        lane = lanes[row.region_code, row.stream_id, row.handler]
        # All that is undone before it must have been claimed with it.
        if row.before == len(lane):
            lane.append(row)
        else:
            wait = timedelta(hours=1) if row.dead else timedelta(minutes=1)
            held.append((at + wait, row.region_code, row.id))
    found = [lane for lane in lanes.values() if lane]
    taken = [(at + LEASE, row.region_code, row.id) for lane in found for row in lane]
    if rows:
        tx.many(
            "UPDATE infra_outbox SET due_at = %s WHERE region_code = %s AND id = %s AND state = 0",
            taken + held,
        )
    return found, bool(rows)


def _run_lanes(lanes: list[_Lane], at: datetime) -> int:
    """The first of each lane together, then the second of those that went well …"""
    facts = _facts(row for lane in lanes for row in lane)
    done, through = 0, []
    while lanes:
        finished = _run([lane[0] for lane in lanes], facts, at)
        done += len(finished)
        lanes = [lane for lane in lanes if lane[0].id in finished]
        through += [lane[0] for lane in lanes if len(lane) == 1]
        lanes = [lane[1:] for lane in lanes if len(lane) > 1]
    if through:
        write(lambda tx: _release(tx, through, at), at=at, actor="system")
    return done


def _run(rows: list[Outbox], facts: dict[tuple[UUID, int], Recorded], at: datetime) -> set[UUID]:
    """Handle rows of different lanes; the ids of those that are done. What failed is put off."""
    works: list[_Then] = []
    for row in rows:
        began = time.perf_counter()
        try:
            works.append((row, _handlers[row.handler](facts[row.stream_id, row.seq], at)))
        except Exception as error:
            _fail(row, at, error)
        if at - row.due_at < PATIENCE:
            courtesy.give_way(time.perf_counter() - began)
    if len(works) > 1:
        try:
            _write(works, at)
            return {row.id for row, _ in works}
        except Exception:
            log.info("a batch is delivered one by one", exc_info=True)
    done = set()
    for row, work in works:
        try:
            _write([(row, work)], at)
            done.add(row.id)
        except Exception as error:
            _fail(row, at, error)
    return done


def _write(works: list[_Then], at: datetime) -> None:
    def work(tx: Tx) -> None:
        for row, then in works:
            _finish(tx, row, then)

    write(work, at=at, actor="system")


def _facts(rows: Iterable[Outbox]) -> dict[tuple[UUID, int], Recorded]:
    """The facts that these rows are about, by one query."""
    wanted = list(rows)
    found = FactRow.objects.filter(
        region_code__in={row.region_code for row in wanted},
        stream_id__in={row.stream_id for row in wanted},
        seq__in={row.seq for row in wanted},
    )
    return {
        (row.stream_id, row.seq): Recorded(
            Stream(row.region_code, row.stream_id),
            row.seq,
            Fact(row.kind, msgspec.json.decode(row.data)),
            row.at,
            row.actor,
        )
        for row in found
    }


def _finish(tx: Tx, row: Outbox, work: Callable[[Tx], Any] | None) -> None:
    """Claim by state inside the transaction: whoever comes second finds the row done."""
    claimed = tx.run(
        "UPDATE infra_outbox SET state = 1 WHERE region_code = %s AND id = %s AND state = 0",
        (row.region_code, row.id),
    )
    if claimed and work is not None:
        work(tx)


def _release(tx: Tx, rows: list[Outbox], at: datetime) -> None:
    """What waited behind these is due now."""
    _one_at_a_time(tx)
    tx.many(
        "UPDATE infra_outbox SET due_at = %s WHERE region_code = %s AND stream_id = %s AND handler = %s"
        " AND state = 0 AND attempts = 0 AND due_at > %s",
        [(at, row.region_code, row.stream_id, row.handler, at) for row in rows],
    )


def _one_at_a_time(tx: Tx) -> None:
    """Who claims must not put off what another has just released (PostgreSQL; SQLite has one writer anyway)."""
    if not tx.sqlite:
        tx.run("SELECT pg_advisory_xact_lock(%s)", (_CLAIMING,))


def _fail(row: Outbox, at: datetime, error: Exception) -> None:
    log.error("outbox handler failed", exc_info=error, extra={"handler": row.handler, "kind_seq": row.seq})
    attempts = row.attempts + 1
    dead = attempts >= ATTEMPTS
    due_at = at if dead else at + timedelta(minutes=2 ** (attempts - 1))
    later_at = at + timedelta(hours=1) if dead else due_at

    def work(tx: Tx) -> None:
        # The class of the error only: its words may quote personal data.
        tx.run(
            "UPDATE infra_outbox SET attempts = %s, state = %s, due_at = %s, error = %s"
            " WHERE region_code = %s AND id = %s AND state = 0",
            (
                attempts,
                Outbox.DEAD if dead else Outbox.PENDING,
                due_at,
                type(error).__name__,
                row.region_code,
                row.id,
            ),
        )
        tx.run(
            "UPDATE infra_outbox SET due_at = %s WHERE region_code = %s AND stream_id = %s AND handler = %s"
            " AND seq > %s AND state = 0",
            (later_at, row.region_code, row.stream_id, row.handler, row.seq),
        )

    write(work, at=at, actor="system")


# --- dead letters


def list_dead(
    within: Iterable[str] = ("",), *, handler: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[DeadLetter], int]:
    """Dead letters of the regions whose codes begin so, the oldest first, and their exact count."""
    rows = _dead(within, handler)
    later = Outbox.objects.filter(
        region_code=OuterRef("region_code"),
        stream_id=OuterRef("stream_id"),
        handler=OuterRef("handler"),
        seq__gt=OuterRef("seq"),
        state=Outbox.PENDING,
    )
    counted = later.order_by().values("handler").annotate(n=Count("seq")).values("n")
    behind = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    page = list(rows.annotate(behind=behind).order_by("due_at", "id")[offset : offset + limit])
    facts = _facts(page)
    found = []
    for row in page:
        fact = facts.get((row.stream_id, row.seq))
        found.append(
            DeadLetter(
                row.region_code,
                row.id,
                row.stream_id,
                row.handler,
                fact.kind if fact else "",
                fact.at if fact else None,
                row.due_at,
                row.attempts,
                row.error,
                row.behind,
            )
        )
    return found, rows.count()


def count_dead(within: Iterable[str] = ("",)) -> dict[str, int]:
    """Dead letters by handler."""
    rows = _dead(within, "").order_by("handler").values_list("handler")
    return dict(rows.annotate(n=Count("id")))


def replay(
    at: datetime, actor: str, *, within: Iterable[str] = ("",), handler: str = "", id: UUID | None = None
) -> int:
    """重投: try again from the start what is dead: one row, all of a handler, or all; the number of rows.

    The caller leaves a trace in the audit trail.
    """
    rows = _dead(within, handler)
    if id is not None:
        rows = rows.filter(id=id)
    keys = list(rows.values_list("region_code", "id"))

    def work(tx: Tx) -> int:
        return sum(
            tx.run(
                "UPDATE infra_outbox SET state = 0, attempts = 0, due_at = %s WHERE region_code = %s AND id = %s"
                " AND state = 2",
                (at, *key),
            )
            for key in keys
        )

    return write(work, at=at, actor=actor)


def _dead(within: Iterable[str], handler: str) -> QuerySet[Outbox]:
    wanted = Q(pk__in=[])
    for prefix in within:
        wanted |= Q(region_code__startswith=prefix) if prefix else Q(state=Outbox.DEAD)
    rows = Outbox.objects.filter(wanted, state=Outbox.DEAD)
    return rows.filter(handler=handler) if handler else rows


def prune(before: datetime, at: datetime) -> int:
    """Forget rows that are done and older than `before`, some thousands to a transaction; the number of rows."""
    total = 0
    ended = UUID(int=int(before.timestamp() * 1000) << 80)  # ids are UUIDv7: the key is ordered by time
    region: str | None = ""
    while True:
        later = Outbox.objects.filter(region_code__gt=region).order_by("region_code")
        region = later.values_list("region_code", flat=True).first()
        if region is None:
            return total
        while True:
            old = Outbox.objects.filter(
                region_code=region, id__lt=ended, state=Outbox.DONE, due_at__lt=before
            )
            keys = list(old.order_by("id").values_list("region_code", "id")[:_PRUNED])
            if not keys:
                break
            write(
                lambda tx, keys=keys: tx.many(  # type: ignore[misc]
                    "DELETE FROM infra_outbox WHERE region_code = %s AND id = %s AND state = 1", keys
                ),
                at=at,
                actor="system",
            )
            total += len(keys)
