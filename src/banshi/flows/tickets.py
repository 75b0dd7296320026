"""工单时限: what the clocks of tickets owe is told; a ticket about a case names it; another calendar moves the days.

Run by the scheduler; running it twice does no harm. Each row says when it must be looked at next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from banshi.contexts.cases import queries as cases
from banshi.contexts.tickets import operations as tickets
from banshi.contexts.tickets import queries
from banshi.contexts.tickets.values import About
from banshi.directory.calendar import calendar
from banshi.infra.models import Receipt
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NATIONAL, NotFound, Refused
from banshi.kernel.workdays import Calendar

log = logging.getLogger("banshi.tickets")
BATCH = 200  # tickets a transaction


def check(at: datetime) -> int:
    """Warn and supervise what is due by `at`, for one batch of tickets; how many. 0: none is left."""
    days = calendar()
    try:
        # Claimed inside the transaction: a second scheduler takes other tickets.
        return write(partial(_batch, at, days), at=at, actor=SYSTEM.code)
    except Exception:
        log.info("a batch is looked at one by one", exc_info=True)
    looked = 0
    for region, id in queries.list_due_checks(at, BATCH):
        try:
            looked += write(partial(_alone, region, id, at, days), at=at, actor=SYSTEM.code)
        except Exception as error:
            looked += _put_off(region, id, at, days, error)
    return looked


def _batch(at: datetime, days: Calendar, tx: Tx) -> int:
    tx.settle()  # what is claimed stays so until the end
    return sum(_carry_out(region, id, at, days) for region, id in queries.claim_due_checks(at, BATCH))


def _carry_out(region: str, id: UUID, at: datetime, days: Calendar) -> int:
    state = queries.get_ticket(region, id, SYSTEM)
    if state.calendar != days.version:
        tickets.recalculate(region=region, id=id, at=at, calendar=days)
        state = queries.get_ticket(region, id, SYSTEM)
    if queries.due_reminder(state, at, days):
        tickets.act("remind", region=region, id=id, actor=SYSTEM, at=at, calendar=days)
    tickets.look_again(region=region, id=id, at=at, calendar=days)
    return 1


def _alone(region: str, id: UUID, at: datetime, days: Calendar, tx: Tx) -> int:
    return _carry_out(region, id, at, days)


def _put_off(region: str, id: UUID, at: datetime, days: Calendar, error: Exception) -> int:
    """Tomorrow, and somebody reads of it, unless somebody acted in between or another scheduler was first."""
    if isinstance(error, Refused) and not queries.due_reminder(
        queries.get_ticket(region, id, SYSTEM), at, days
    ):
        return 1
    log.error("a ticket refuses its reminder", exc_info=error, extra={"region": region, "ticket": str(id)})
    tickets.look_again(region=region, id=id, at=at, calendar=days)
    return 1


def recalculate(days: Calendar, at: datetime) -> Iterator[int]:
    """新日历: reckon what it changes of the open tickets; how many have another last day so far, after each batch."""
    moved, after = 0, None
    while True:
        found, after = queries.list_outdated(days, after, BATCH)
        if found:
            moved += write(partial(_reckon, found, days, at), at=at, actor=SYSTEM.code)
        yield moved
        if after is None:
            return


def _reckon(keys: list[tuple[str, UUID]], days: Calendar, at: datetime, tx: Tx) -> int:
    return sum(tickets.recalculate(region=region, id=id, at=at, calendar=days) for region, id in keys)


class _Following:
    """新日历 as this process follows it: by which version all is reckoned, and how far the next one has come."""

    version = ""
    steps: Iterator[int] = iter(())
    coming = ""


def follow_calendar(at: datetime) -> bool:
    """Once for each calendar all open tickets are looked through, a batch a call; whether there is more to do."""
    days = calendar()
    if _Following.version == days.version:
        return False
    if _Following.coming != days.version:
        if Receipt.objects.filter(region_code=NATIONAL, command_id=_mark(days)).exists():
            _Following.version = days.version  # followed before, by whichever process
            return False
        _Following.coming, _Following.steps = days.version, recalculate(days, at)
    try:
        more = next(_Following.steps, None) is not None
    except Exception:
        _Following.coming = ""  # from the beginning again
        raise
    if not more:
        write(lambda tx: days.version, at=at, actor=SYSTEM.code, region=NATIONAL, command_id=_mark(days))
        _Following.version = days.version
    return more


def _mark(days: Calendar) -> UUID:
    """Whose receipt says that this calendar was followed."""
    return uuid5(NAMESPACE_URL, f"banshi/tickets/{days.version}")


def about_case(number: str) -> About:
    """关联办件: what a ticket about this case is about. Raises `NotFound`."""
    state = cases.find_by_number(number)
    if state is None:
        raise NotFound("办件", "case")
    return About(
        case=state.id, case_number=state.number, item=state.plan.item, office=state.office, hall=state.hall
    )
