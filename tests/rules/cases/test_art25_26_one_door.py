"""行政许可法第二十五、二十六条: one office takes in, several give their opinions at once, one hands over."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import Budget, Status, WorkPlan
from banshi.kernel.actors import Actor
from tests.rules.cases.life import (
    CHEN,
    FIRE,
    HALL,
    HEALTH,
    LICENCE,
    LIN,
    QIAN,
    WANG,
    WU,
    at,
    day,
    do,
    received,
    refused,
)

JOINT = replace(
    LICENCE,
    joint=True,
    statutory=Budget(45),
    certificate="",
    works=(
        WorkPlan("fire", "消防意见", "consult", FIRE, Budget(5)),
        WorkPlan("health", "卫生意见", "consult", HEALTH, Budget(5)),
    ),
)


@pytest.mark.parametrize(
    ("command", "actor", "allowed"),
    [
        pytest.param("accept", CHEN, True, id="art26 the lead accepts"),
        pytest.param("accept", WANG, True, id="art26 or the window that takes in for all"),
        pytest.param("accept", WU, False, id="art26 a consulted office does not"),
        pytest.param("decide", LIN, True, id="art26 the lead decides"),
        pytest.param("decide", QIAN, False, id="art26 a consulted office does not"),
        pytest.param("deliver", WANG, True, id="art26 one window hands over"),
        pytest.param("deliver", QIAN, False, id="art26 a consulted office does not"),
    ],
)
def test_who_does_what(command: str, actor: Actor, allowed: bool) -> None:
    assert may(COMMANDS[command], received(JOINT, hall=HALL), actor) is allowed


def test_all_are_asked_on_the_same_day_and_decided_together() -> None:
    case = do(received(JOINT, hall=HALL), "accept", at("2026-03-02"), by=WANG)
    assert [(task.key, task.office, task.due_on) for task in tasks(case)] == [
        ("work:fire", FIRE, day("2026-03-09")),
        ("work:health", HEALTH, day("2026-03-09")),
    ]
    case = do(case, "opine", at("2026-03-04"), by=WU, work="fire", verdict="agree")
    refused("works_open", case, "review", at("2026-03-04"), verdict="pass")
    case = do(case, "opine", at("2026-03-05"), by=QIAN, work="health", verdict="agree")
    case = do(case, "review", at("2026-03-05"), verdict="pass")
    case = do(case, "decide", at("2026-03-06"), by=LIN, verdict="pass")
    assert case.status is Status.PASSED
    assert [(task.key, task.office, task.post) for task in tasks(case)] == [("deliver", HALL, "window_clerk")]
