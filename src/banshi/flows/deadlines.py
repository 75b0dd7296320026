"""期限: what the law says of silence. Run by the scheduler; running it twice does no harm."""

from __future__ import annotations

import logging
from datetime import datetime

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import Status
from banshi.directory.calendar import calendar
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused

log = logging.getLogger("banshi.deadlines")
_SILENCE = {Status.RECEIVED: "deem_accepted", Status.CORRECTING: "deem_withdrawn"}


def check(at: datetime) -> int:
    """Carry out what silence has brought about by `at`; the number of cases that moved."""
    moved = 0
    for region, id, status in queries.list_due_checks(at):
        try:
            cases.act(_SILENCE[status], region=region, id=id, actor=SYSTEM, at=at, calendar=calendar())
            moved += 1
        except Refused as refused:
            # Somebody acted in between, or another scheduler was first.
            log.info("nothing to do", extra={"rule": refused.rule})
    return moved
