"""评价: one review for a finished case, by the person it was for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation import operations as evaluation
from banshi.kernel.actors import Actor


def rate(
    *,
    region: str,
    case: UUID,
    grade: str,
    indicators: Sequence[str],
    text: str,
    channel: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """评价一件办结的事. Raises `NotFound` for a foreign case, `Refused` for one that is not finished or rated already."""
    state = cases.get_case(region, case, actor)
    evaluation.review(
        region=region,
        case=case,
        item=state.plan.item,
        office=state.office,
        party=state.party,
        finished=state.closed_on is not None,
        grade=grade,
        indicators=tuple(indicators),
        text=text,
        channel=channel,
        actor=actor,
        at=at,
        command_id=command_id,
    )
