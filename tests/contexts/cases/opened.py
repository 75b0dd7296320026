"""A case in the database: Li's food licence at 鲤城区's market office."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from banshi.contexts.cases import operations
from banshi.contexts.cases.values import Plan
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM
from tests.rules.cases.life import CALENDAR, LICENCE, MARKET, at

REGION = "350502"
MONDAY = at("2026-03-02")
NAME, NUMBER = "李秀英金丝雀", "350599199306150029"


def opened(
    party: UUID,
    plan: Plan = LICENCE,
    *,
    when: datetime = MONDAY,
    hall: str = "",
    command_id: UUID | None = None,
) -> UUID:
    """接件, by the system; the case's id."""
    subject = operations.Subject(NAME, "person", NUMBER, {"shop_name": "金丝雀小吃店"}, ())
    id = operations.open_case(
        region=REGION,
        application=new_id(),
        party=party,
        plan=plan,
        office=MARKET,
        hall=hall,
        channel="window" if hall else "online",
        subject=subject,
        actor=SYSTEM,
        at=when,
        calendar=CALENDAR,
        command_id=command_id,
    )
    return UUID(id)
