"""沉默的后果: what the law, or the definition, says of nobody having done anything by a certain instant."""

from __future__ import annotations

from datetime import datetime

from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.values import CaseState, Status
from banshi.kernel.workdays import Calendar, end_of


def due_by_silence(state: CaseState, at: datetime, calendar: Calendar) -> str | None:
    """The command that the scheduler owes this case at `at`, the weightiest first; None when it owes nothing.

    It is one of the case's commands exactly when `clocks.next_check_at` lies behind: deemed acceptance (licensing law
    art. 32), lapse of a correction that never came, deemed renewal (art. 50), a silent consulted office, an urge.
    """
    following = clocks.next_check_at(state, calendar)
    if following is None or following > at:
        return None
    if state.status is Status.RECEIVED:
        return "deem_accepted"
    if state.status is Status.CORRECTING:
        return "deem_withdrawn"
    expires_on = state.plan.expires_on
    if state.status.open and expires_on and clocks.renews_by_silence(state) and end_of(expires_on) <= at:
        return "deem_renewed"
    if any(work.due_on and end_of(work.due_on) <= at for work in clocks.silent_works(state)):
        return "deem_agreed"
    return "urge"
