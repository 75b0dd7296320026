"""审计: who signed in, was refused, or looked at personal data, when and from where; append-only.

What changes anything is a fact already and is not noted twice (requirement 23). Targets are codes and keys, never names.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime

from banshi.infra import logs
from banshi.infra.store import Tx, new_id, write

address: ContextVar[str] = ContextVar("address", default="")  # where the request came from; set by the site


def note(*, act: str, target: str, outcome: str, actor: str, at: datetime) -> None:
    """Write one row. `act` as `sign_in`, `refused`, `view_person`; `actor` is an actor's code.

    Call it outside a work that may be refused: the refusal would undo the row.
    """
    # Read here: a work runs in the writer's thread, which knows nothing of the request.
    row = (
        new_id(),
        at,
        actor[:60],
        act[:40],
        target[:100],
        outcome[:40],
        address.get()[:45],
        logs.request_id.get()[:32],
    )

    def work(tx: Tx) -> None:
        tx.run(
            "INSERT INTO infra_audit (id, at, actor, act, target, outcome, address, request_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            row,
        )

    write(work, at=at, actor=actor)
