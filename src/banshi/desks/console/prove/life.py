"""受试的办件: the eight commands of a case's life. What a command says follows from its description alone, so that one
whose answer was lost can be said again, word for word, by another process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import Budget, Input, Plan, WorkPlan
from banshi.directory.calendar import calendar
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM, Actor, Post

OFFICE = "350502-proof"
OFFICER = Actor("staff", "1", (Post("officer", OFFICE, "350502"),))
APPROVER = Actor("staff", "2", (Post("approver", OFFICE, "350502"),))
OPEN = "open"
STEPS: tuple[tuple[str, Actor, dict[str, Any], str], ...] = (
    ("accept", OFFICER, {"dispatch": False}, ""),
    ("assign", OFFICER, {}, ""),
    ("opine", OFFICER, {"work": "check", "verdict": "agree"}, "书面核查符合要求。"),
    ("review", OFFICER, {"verdict": "pass"}, "材料齐全。"),
    ("decide", APPROVER, {"verdict": "pass"}, ""),
    ("certify", SYSTEM, {"reference": "1.2.156.3005.2"}, ""),
    ("deliver", SYSTEM, {"how": "online"}, ""),
)
LENGTH = 1 + len(STEPS)


@dataclass(frozen=True, slots=True)
class Command:
    """命令: step 0 opens the case; the others act on it."""

    id: str
    region: str
    step: int
    at: str
    case: str = ""

    def following(self, answer: Any) -> Command | None:
        """The next step of the same life, once this one was answered; None at its end."""
        if self.step + 1 == LENGTH:
            return None
        case = str(answer) if self.step == 0 else self.case
        return replace(self, id=str(new_id()), step=self.step + 1, case=case)


def begin(region: str, at: datetime) -> Command:
    """The first command of a new life."""
    return Command(str(new_id()), region, 0, at.isoformat())


@cache
def plan(works: int = 1, certificate: str = "proof") -> Plan:
    """One work, or so many side by side; with a certificate at the end, or without."""
    keys = ("check", *(f"check{n}" for n in range(2, works + 1)))
    return Plan(
        item="proof", version=1, name="试验事项", type="01", instant=False, statutory=Budget(20), promised=Budget(7),
        works=tuple(WorkPlan(key, "书面核查", "review", OFFICE, Budget(3)) for key in keys), certificate=certificate,
    )  # fmt: skip


def open_case(
    region: str,
    command: UUID,
    at: datetime,
    *,
    works: int = 1,
    certificate: str = "proof",
    channel: str = "online",
) -> str:
    """接件; the case's id."""
    return operations.open_case(
        region=region, application=command, party=command, plan=plan(works, certificate), office=OFFICE, hall="",
        channel=channel, subject=operations.Subject("试验", "person", "", {"name": "试验"}, ()), actor=SYSTEM,
        at=at, calendar=calendar(), command_id=command,
    )  # fmt: skip


def carry_out(command: Command) -> Any:
    """What the operation answers. Raises what it raises."""
    at, id = datetime.fromisoformat(command.at), UUID(command.id)
    if command.step == 0:
        return open_case(command.region, id, at)
    name, actor, given, text = STEPS[command.step - 1]
    seen = queries.get_case(
        command.region, UUID(command.case), SYSTEM
    ).seq  # so that what is remembered is tried, too
    return operations.act(
        name, region=command.region, id=UUID(command.case), actor=actor, at=at, calendar=calendar(),
        given=Input(**given), text=text, command_id=id, expected_seq=seen,
    ).kinds  # fmt: skip
