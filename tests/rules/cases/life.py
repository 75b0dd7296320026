"""A case on paper: Li's food licence in 鲤城区, and the people who handle it. Pure values, no database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, WorkPlan
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import Fact
from banshi.kernel.workdays import Calendar, Notice

ROOT = Path(__file__).resolve().parents[3]
CALENDAR = Calendar.of(
    [
        Notice.parse(json.loads(path.read_text("utf-8")))
        for path in sorted((ROOT / "data/holidays").glob("*.json"))
    ]
)
MARKET, FIRE, HEALTH, HALL = "350502-market", "350502-fire", "350502-health", "350502-hall"
PARTY = UUID(int=7)

LI = Actor("citizen", "li", parties=frozenset({str(PARTY)}))
STRANGER = Actor("citizen", "zhao", parties=frozenset({str(UUID(int=8))}))
CHEN = Actor("staff", "1", (Post("officer", MARKET, "350502"),))
LIN = Actor("staff", "2", (Post("approver", MARKET, "350502"),))
WU = Actor("staff", "3", (Post("officer", FIRE, "350502"),))
WANG = Actor("staff", "4", (Post("window_clerk", HALL, "350502"),))
ZHAO = Actor("staff", "5", (Post("officer", "350503-market", "350503"),))  # another county's

TEXT = UUID(int=99)
LICENCE = Plan(
    item="food-licence",
    version=1,
    name="食品经营许可",
    type="01",
    instant=False,
    statutory=Budget(20),
    promised=Budget(7),
    works=(
        WorkPlan("visit", "现场核查", "site_visit", MARKET, Budget(3)),
        WorkPlan("fire", "消防意见", "consult", FIRE, Budget(3)),
        WorkPlan("sum", "汇总", "review", MARKET, Budget(1), after=("visit", "fire")),
    ),
    certificate="food-licence",
)
INSTANT = Plan(
    item="note",
    version=1,
    name="备案",
    type="10",
    instant=True,
    statutory=None,
    promised=Budget(1),
    certificate="",
)


def at(day: str, hour: int = 10) -> datetime:
    """An instant in working hours of a day in China."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(UTC)


def received(plan: Plan = LICENCE, on: str = "2026-03-02", hall: str = "") -> CaseState:
    data = {
        "id": UUID(int=1),
        "region": "350502",
        "number": "35050220260302000000017",
        "application": UUID(int=2),
        "party": PARTY,
        "plan": msgspec.to_builtins(plan),
        "office": MARKET,
        "hall": hall,
        "channel": "online",
        "received_on": date.fromisoformat(on),
    }
    return evolve(None, Fact(events.RECEIVED, data))


def do(state: CaseState, name: str, when: datetime, by: Actor = CHEN, **given: object) -> CaseState:
    """Carry out a command and fold what follows, through JSON as the store does."""
    facts = COMMANDS[name].step(state, Input(**given), when, by.code, CALENDAR)  # type: ignore[arg-type]
    for fact in facts:
        state = evolve(state, Fact(fact.kind, json.loads(msgspec.json.encode(fact.data))))
    return state


def accepted(plan: Plan = LICENCE, on: str = "2026-03-02") -> CaseState:
    return do(received(plan, on), "accept", at(on, 11))


def opined(state: CaseState, day: str) -> CaseState:
    for work in ("visit", "fire", "sum"):
        state = do(state, "opine", at(day), work=work, verdict="agree")
    return state
