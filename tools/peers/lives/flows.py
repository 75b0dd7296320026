"""The flow that `viewflow_life` measures: a start, seven tasks run by code, an end."""

from __future__ import annotations

from race import STEPS
from viewflow import this
from viewflow.workflow import flow, lock


class Life(flow.Flow):  # type: ignore[misc]
    """A life of eight steps; its process row is locked as viewflow advises for each engine."""

    start = flow.StartHandle().Next(this.step1)
    for _n in range(1, STEPS):
        locals()[f"step{_n}"] = flow.Handle().Next(
            getattr(this, f"step{_n + 1}" if _n + 1 < STEPS else "end")
        )
    end = flow.End()
    lock_impl = lock.select_for_update_lock
