"""上报: what was written for the province's platform, what was held back, and what the platform answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from banshi.contexts.evaluation.values import Handover, HandoverState
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused

LONGEST = 200  # characters of an answer
_NOTE = (
    "INSERT INTO evaluation_handoverrow (region_code, id, office_code, case_number, assess_number, state, faults, answer,"
    " times, at) VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, %s) ON CONFLICT (region_code, id) DO UPDATE SET"
    " state = excluded.state, faults = excluded.faults, answer = '', answered_at = NULL, at = excluded.at,"
    " times = evaluation_handoverrow.times + excluded.times"
)


def note_handovers(rows: Iterable[Handover], *, actor: Actor, at: datetime) -> None:
    """Reviews that were written to a file (`sent`) or did not pass (`held`, with `faults`), all in one transaction."""

    def work(tx: Tx) -> None:
        for one in rows:
            tx.run(
                _NOTE,
                (
                    one.region,
                    one.review,
                    one.office,
                    one.case_number,
                    one.assess_number,
                    one.state.value,
                    ",".join(one.faults)[:LONGEST],
                    int(one.state is HandoverState.SENT),
                    at,
                ),
            )

    write(work, at=at, actor=actor.code)


def record_receipt(
    *, case_number: str, assess_number: int, accepted: bool, answer: str, actor: Actor, at: datetime
) -> None:
    """回执 for what was sent. `answer`: the platform's reason, with nothing personal in it. The same receipt again changes
    nothing. Raises `NotFound`, `Refused` for what was never sent, and for a refusal of what was accepted."""
    state = HandoverState.ACCEPTED if accepted else HandoverState.REFUSED

    def work(tx: Tx) -> None:
        row = tx.one(
            "SELECT region_code, id, state FROM evaluation_handoverrow WHERE case_number = %s AND assess_number = %s",
            (case_number, assess_number),
        )
        if row is None:
            raise NotFound("上报", "handover")
        region, id, now = row
        if now == HandoverState.HELD:
            raise Refused("not_sent", "这条评价还没有上报过。", "This review has not been handed over.")
        if now == HandoverState.ACCEPTED and not accepted:
            raise Refused(
                "accepted_before",
                "省平台以前已收下这条评价，请向省平台核实。",
                "The platform took this review before; ask it.",
            )
        tx.run(
            "UPDATE evaluation_handoverrow SET state = %s, answer = %s, answered_at = %s WHERE region_code = %s AND id = %s",
            (state.value, answer[:LONGEST], at, region, id),
        )

    write(work, at=at, actor=actor.code)
