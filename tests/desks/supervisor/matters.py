"""Matters of 鲤城区 that run late, made through the operations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from banshi.contexts.cases import operations
from banshi.contexts.cases.values import Budget, Input, Plan, WorkPlan
from banshi.kernel.actors import SYSTEM, Actor
from tests.contexts.cases.opened import REGION, opened
from tests.personas import li, lin, party_of
from tests.rules.cases.life import CALENDAR, HEALTH, LICENCE, MARKET
from tests.security.town import health

# 食品经营许可: the market office reads the papers while the health office is asked; then one sums up.
SHOP = replace(
    LICENCE,
    works=(
        WorkPlan("papers", "审查材料", "review", MARKET, Budget(3)),
        WorkPlan("people", "卫生意见", "consult", HEALTH, Budget(3)),
        WorkPlan("sum", "汇总", "review", MARKET, Budget(1), after=("papers", "people")),
    ),
)


def act(name: str, id: UUID, who: Actor, when: datetime, text: str = "", **given: object) -> None:
    operations.act(
        name,
        region=REGION,
        id=id,
        actor=who,
        at=when,
        calendar=CALENDAR,
        given=Input(**given),  # type: ignore[arg-type]
        text=text,
    )


def running(when: datetime, plan: Plan = SHOP) -> UUID:
    """Received and accepted at once: the works of the first round are open."""
    id = opened(party_of(li()).id, plan, when=when)
    act("accept", id, lin().actor, when)
    return id


def urged(id: UUID, when: datetime) -> None:
    """What the scheduler does when a clock comes near its end, or is past it."""
    act("urge", id, SYSTEM, when)


def worked(id: UUID, *days: datetime) -> None:
    """The works in their order, one a day."""
    for work, who, when in zip(("papers", "people", "sum"), (lin(), health(), lin()), days, strict=True):
        act("opine", id, who.actor, when, work=work, verdict="agree")
