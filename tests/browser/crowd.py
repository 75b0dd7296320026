"""Fill a demo city: `python -m tests.browser.crowd FOLDER COUNT`. Food licences at 鲤城区's market and health offices,
received over the last three weeks: some late, some near their end, through the operations that everybody uses."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from banshi.desks.console import installation

REGION = "350502"


def fill(folder: Path, count: int) -> None:
    installation.start(folder / installation.CONFIG)
    from django.db import transaction

    from banshi.contexts.cases import operations
    from banshi.contexts.cases.values import Budget, Plan, WorkPlan
    from banshi.directory.calendar import calendar
    from banshi.infra import clock, store
    from banshi.kernel.actors import SYSTEM, Actor, Post
    from banshi.kernel.facts import Refused

    market, health = f"{REGION}-market", f"{REGION}-health"
    officer = Actor("staff", "0", (Post("officer", market, REGION),))
    works = (
        WorkPlan("papers", "审查材料", "review", market, Budget(3)),
        WorkPlan("people", "从业人员健康", "consult", health, Budget(3)),
    )
    plan = Plan(
        item="food-licence", version=1, name="食品经营许可", type="01", instant=False, statutory=Budget(20),
        promised=Budget(7), works=works,
    )  # fmt: skip
    subject = operations.Subject("李演示", "person", "", {"shop_name": "演示小吃店"}, ())
    now, days = clock.now(), calendar()
    store.wire(store.Wiring())  # twenty thousand documents to render would keep the server busy for an hour
    with store.inline(), transaction.atomic():
        for n in range(count):
            at = now - timedelta(days=n % 21, minutes=n % 60)
            id = operations.open_case(
                region=REGION, application=store.new_id(), party=store.new_id(), plan=plan, office=market, hall="",
                channel="online", subject=subject, actor=SYSTEM, at=at, calendar=days,
            )  # fmt: skip
            if n % 21 < 3:
                continue
            operations.act("accept", region=REGION, id=UUID(id), actor=officer, at=at, calendar=days)
            try:
                operations.act("urge", region=REGION, id=UUID(id), actor=SYSTEM, at=now, calendar=days)
            except Refused:
                continue  # nothing is near its end


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
