"""A case on paper: Li's food licence in 鲤城区, and the people who handle it. Pure values, no database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, WorkPlan, WorkState
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar, Notice

ROOT = Path(__file__).resolve().parents[3]
NOTICES = [
    Notice.parse(json.loads(path.read_text("utf-8")))
    for path in sorted((ROOT / "data/holidays").glob("*.json"))
]


@cache
def published(until: int) -> Calendar:
    """The calendar as it was known before the notice for the year after `until` came out."""
    return Calendar.of([notice for notice in NOTICES if notice.year <= until])


CALENDAR = published(2026)
MARKET, FIRE, HEALTH, HALL = "350502-market", "350502-fire", "350502-health", "350502-hall"
CITY_MARKET = "350500-market"
PARTY = UUID(int=7)

LI = Actor("citizen", "li", parties=frozenset({str(PARTY)}))
STRANGER = Actor("citizen", "zhao", parties=frozenset({str(UUID(int=8))}))
CHEN = Actor("staff", "1", (Post("officer", MARKET, "350502"),))
LIN = Actor("staff", "2", (Post("approver", MARKET, "350502"),))
WU = Actor("staff", "3", (Post("officer", FIRE, "350502"),))
WANG = Actor("staff", "4", (Post("window_clerk", HALL, "350502"),))
ZHAO = Actor("staff", "5", (Post("officer", "350503-market", "350503"),))  # another county's
SUN = Actor("staff", "6", (Post("officer", MARKET, "350502"),))
GAO = Actor("staff", "7", (Post("leader", MARKET, "350502"),))
HE = Actor("staff", "8", (Post("governor", "", "350502"),))  # 鲤城区人民政府负责人
DU = Actor("staff", "9", (Post("supervisor", "", "350500"),))
QIAN = Actor("staff", "10", (Post("officer", HEALTH, "350502"),))
SONG = Actor("staff", "11", (Post("approver", FIRE, "350502"),))
CITY = Actor("staff", "12", (Post("officer", CITY_MARKET, "350500"),))

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
# A licence whose works are done as soon as it is accepted: for what is about the decision alone.
PLAIN = replace(LICENCE, works=())
# Item types that are no permits: 行政给付, 行政确认, 行政奖励, 其他行政权力, 公共服务
OTHER_TYPES = ("05", "07", "08", "10", "20")


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """An instant of a day in China."""
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+08:00").astimezone(UTC)


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


def facts(
    state: CaseState,
    name: str,
    when: datetime,
    by: Actor = CHEN,
    calendar: Calendar = CALENDAR,
    **given: Any,
) -> list[Fact]:
    """What a command makes happen, as the store keeps it: through JSON."""
    found = COMMANDS[name].step(state, Input(**given), when, by.code, calendar)
    return [Fact(fact.kind, json.loads(msgspec.json.encode(fact.data))) for fact in found]


def do(
    state: CaseState,
    name: str,
    when: datetime,
    by: Actor = CHEN,
    calendar: Calendar = CALENDAR,
    **given: Any,
) -> CaseState:
    """Carry out a command and fold what follows."""
    for fact in facts(state, name, when, by, calendar, **given):
        state = evolve(state, fact)
    return state


def refused(
    rule: str,
    state: CaseState,
    name: str,
    when: datetime,
    by: Actor = CHEN,
    calendar: Calendar = CALENDAR,
    **given: Any,
) -> Refused:
    """The refusal of a command: by this rule, in words of both languages."""
    with pytest.raises(Refused) as caught:
        do(state, name, when, by, calendar, **given)
    assert caught.value.rule == rule
    assert caught.value.zh
    assert caught.value.en
    return caught.value


def accepted(plan: Plan = LICENCE, on: str = "2026-03-02", calendar: Calendar = CALENDAR) -> CaseState:
    return do(received(plan, on), "accept", at(on, 11), calendar=calendar)


def opined(state: CaseState, day: str) -> CaseState:
    """The works of LICENCE done, the visit by Chen and Sun together."""
    state = do(state, "opine", at(day), work="visit", verdict="agree", people=(SUN.code,))
    state = do(state, "opine", at(day), by=WU, work="fire", verdict="agree")
    return do(state, "opine", at(day), work="sum", verdict="agree")


def reviewed(plan: Plan = PLAIN, on: str = "2026-03-02", verdict: str = "pass") -> CaseState:
    """Accepted and, on the same day, reviewed by Chen."""
    return do(accepted(plan, on), "review", at(on, 12), verdict=verdict, text=TEXT)


def granted(plan: Plan = PLAIN, on: str = "2026-03-02") -> CaseState:
    """Granted by Lin on the day of acceptance."""
    return do(reviewed(plan, on), "decide", at(on, 15), by=LIN, verdict="pass")


def work(state: CaseState, key: str) -> WorkState:
    found = state.work(key)
    assert found is not None
    return found


def day(text: str) -> date:
    return date.fromisoformat(text)
