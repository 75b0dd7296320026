"""历程: who walks, in which city, the time that passes, and what has come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState
from banshi.desks.console.walk import told
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra import outbox
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA, civil_day

NOT_BEGUN = UUID(int=0)


@dataclass
class Course:
    """历程: the scenario, its clock, and what came of it. `wrong`: what was not as it must be."""

    scenario: dict[str, Any]
    say: Callable[..., None]
    at: datetime | None = None
    steps: int = 0
    region: str = ""
    application: UUID = NOT_BEGUN
    others: tuple[tuple[str, UUID], ...] = ()  # what was handed in with it for branches
    certificates: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now: datetime = self.at or self.scenario["starts"].replace(tzinfo=CHINA)
        self.region = self.scenario["region"]
        self.calendar = calendar()
        found = directory.find_account(self.scenario["phone"])
        actor = found and directory.actor_of_citizen(found.id, civil_day(self.now))
        if not actor:
            raise Refused("no_citizen", "演示城市里没有这位群众。", "The demo city lacks this citizen.")
        self.citizen = actor
        self.party = found.party.id if found else NOT_BEGUN
        if firm := self.scenario.get("for"):
            ref = directory.find_party(firm)
            self.party = ref.id if ref else self.party

    # ---- what there is ----

    @property
    def cases(self) -> tuple[UUID, ...]:
        return tuple(state.id for state in self.states())

    def states(self) -> list[CaseState]:
        """Every case of what was handed in."""
        own = (self.region, self.application)
        return [state for place in (own, *self.others) for state in queries.list_of_application(*place)]

    def person(self, office: str, kind: str) -> Actor:
        """Somebody of the office who may. Raises `Refused`."""
        found = directory.find_staff_of(office, kind, civil_day(self.now))
        if found is None:
            raise Refused("no_staff", f"{office} 没有{kind}。", f"{office} has no {kind}.")
        return found

    def name(self, actor: Actor, office: str) -> str:
        if actor.kind == "citizen":
            return "群众"
        office_name = directory.office_names([office]).get(office, office)
        return f"{office_name} {directory.actor_names([actor.code])[actor.code]}"

    # ---- time ----

    def pass_time(self, *, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def next_day(self) -> None:
        day = self.calendar.add(civil_day(self.now), 1)
        self.now = datetime.combine(day, time(9, 0), CHINA)

    def outbox(self) -> None:
        """Everything that waits is told on."""
        while outbox.deliver(self.now):
            pass

    # ---- what is told ----

    def step(self, who: str, what: str, *, state: CaseState | None = None, rule: str = "") -> None:
        self.steps += 1
        self.say(told.line(self.steps, self.now, who, what, state, rule))

    def expect(self, so: bool, what: str) -> None:
        if not so:
            self.wrong.append(what)

    @property
    def saved(self) -> int:
        """Per cent of the boxes that need not be typed into."""
        return int(100 - 100 * self.counts["fields_typed"] / max(1, self.counts["fields_separate"]))

    def summary(self) -> dict[str, Any]:
        wanted = ("fields_separate", "fields_typed", "materials_separate", "materials_supplied", "facts")
        return {
            "ok": not self.wrong,
            "steps": self.steps,
            "cases": len(self.states()),
            "certificates": len(self.certificates),
            **{key: self.counts.get(key, 0) for key in wanted},
            "fields_saved_percent": self.saved,
        }
