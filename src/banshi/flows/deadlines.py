"""期限: what the law says of silence, and who has to be urged. Run by the scheduler; running it twice does no harm.

Each case's row says when it must be looked at next; who looks late (a server that was down for a week) does in one go
what has come due since, and urges by the loudest light only.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from uuid import UUID

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.directory.calendar import calendar
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import Calendar

log = logging.getLogger("banshi.deadlines")
BATCH = 200  # cases a transaction
_STEPS = 8  # a case owes less at a time; more of the same would never end


def check(at: datetime) -> int:
    """Carry out what silence has brought about by `at`, for one batch of cases; how many. 0: none is left."""
    days, actor = calendar(), SYSTEM.code
    try:
        # Claimed inside the transaction: a second scheduler takes other cases.
        return write(partial(_batch, at, days), at=at, actor=actor)
    except Exception:
        log.info("a batch is looked at one by one", exc_info=True)
    moved = 0
    for region, id, _ in queries.list_due_checks(at, BATCH):
        try:
            moved += write(partial(_alone, region, id, at, days), at=at, actor=actor)
        except Exception as error:
            moved += _put_off(region, id, at, days, error)
    return moved


def _batch(at: datetime, days: Calendar, tx: Tx) -> int:
    tx.settle()  # what is claimed stays so until the end
    return sum(_carry_out(region, id, at, days) for region, id in queries.claim_due_checks(at, BATCH))


def _carry_out(region: str, id: UUID, at: datetime, days: Calendar) -> int:
    """All that this case owes by `at`, one step after the other."""
    for _ in range(_STEPS):
        name = queries.due_by_silence(queries.get_case(region, id, SYSTEM), at, days)
        if name is None:
            break
        cases.act(name, region=region, id=id, actor=SYSTEM, at=at, calendar=days)
    # Where nothing was owed, the row was reckoned by another calendar.
    cases.look_again(region=region, id=id, at=at, calendar=days)
    return 1


def _alone(region: str, id: UUID, at: datetime, days: Calendar, tx: Tx) -> int:
    return _carry_out(region, id, at, days)


def _put_off(region: str, id: UUID, at: datetime, days: Calendar, error: Exception) -> int:
    """Tomorrow, and somebody reads of it: a case that refuses what it owes must not be asked twice a minute."""
    if (
        isinstance(error, Refused)
        and queries.due_by_silence(queries.get_case(region, id, SYSTEM), at, days) is None
    ):
        return 1  # somebody acted in between, or another scheduler was first
    log.error("a case refuses what silence brings", exc_info=error, extra={"region": region, "case": str(id)})
    cases.look_again(region=region, id=id, at=at, calendar=days)
    return 1
