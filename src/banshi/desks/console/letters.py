"""死信: what a handler failed at too often; listed, and tried again once its cause is mended."""

from __future__ import annotations

from datetime import datetime

PAGE = 200


def dead() -> int:
    """List the dead letters, the oldest first; 1 when there are any."""
    from banshi.infra import outbox

    offset, total = 0, 1
    while offset < total:
        letters, total = outbox.list_dead(offset=offset, limit=PAGE)
        for one in letters:
            print(
                f"{one.died_at:%Y-%m-%d %H:%M}  {one.handler}  {one.kind}  {one.region}/{one.stream}"
                f"  {one.attempts} 次 times  {one.error}  后面等着 waiting {one.waiting}"
            )
        offset += PAGE
        if not letters:
            break
    if total:
        print(
            f"共 {total} 件。修好原因后：./banshi outbox replay / {total} in all; mend the cause, then replay."
        )
    else:
        print("没有死信。 / No dead letters.")
    return 1 if total else 0


def replay(handler: str, at: datetime) -> int:
    """Try them again from the start, with a trace in the audit trail."""
    from banshi.infra import audit, outbox

    count = outbox.replay(at, "system", handler=handler)
    audit.note(act="replay_letters", target=handler or "*", outcome=str(count), actor="system", at=at)
    print(f"重投 {count} 件，由运行中的服务处理。 / {count} will be tried again by the running server.")
    return 0
