"""部门: each office does what waits for it, day by day."""

from __future__ import annotations

from typing import Any

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.values import CaseState, Input, Task
from banshi.desks.console.walk.course import Course
from banshi.desks.console.walk.told import rule_of
from banshi.directory import queries as directory
from banshi.flows import deadlines
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

ROUNDS = 3  # how often in a day an office looks at its work list


class Offices(Course):
    """部门: accept, look, ask one another, decide, hand out. One of them may stay silent."""

    def departments(self, most: int = 10_000) -> None:
        """Day by day, each office does what waits for it."""
        done = 0
        silent = self.scenario.get("silent", "")
        while waiting := self.waiting(silent):
            for _ in range(ROUNDS):
                for state, task in waiting:
                    if done >= most:
                        return
                    done += self.act_on(state, task)
                waiting = self.waiting(silent)
            self.next_day()

    def waiting(self, silent: str) -> list[tuple[CaseState, Task | None]]:
        deadlines.check(self.now)
        found: list[tuple[CaseState, Task | None]] = []
        for state in self.states():
            if state.plan.item == silent and state.accepted_on is None and state.status.open:
                found.append((state, None))
                continue
            tasks = queries.tasks_of(state)
            found += [(state, task) for task in tasks]
        self.note_deemed()
        return found

    def note_deemed(self) -> None:
        for state in self.states():
            if state.deemed_accepted and f"deemed {state.id}" not in self.counts:
                self.counts[f"deemed {state.id}"] = 1
                self.step(
                    "系统",
                    "5个工作日没有告知，视为受理，自收到之日起算",
                    state=state,
                    rule=rule_of(state, "silence"),
                )

    def act_on(self, state: CaseState, task: Task | None) -> int:
        """Do what waits; 0 for the office that says nothing."""
        if task is None:
            return 0
        match task.key:
            case "accept" if (
                state.plan.item == self.scenario.get("correct") and not state.correction_requested_on
            ):
                self.command(state, "request_correction", text=self.scenario["correction"])
                self.pass_time(minutes=95)
                self.command(state, "supply_correction", by=self.citizen)
            case "accept":
                self.command(state, "accept")
            case "review":
                self.command(state, "review", verdict="pass")
            case "decide":
                self.command(state, "decide", verdict="pass")
                self.outbox()
            case "deliver":
                self.command(state, "deliver", how="window")
            case "assign":
                self.command(state, "assign")
            case _:
                work = task.key.removeprefix("work:")
                together = self.together(state, work, task.office)
                self.command(state, "opine", work=work, verdict="agree", people=together, office=task.office)
        return 1

    def command(
        self,
        state: CaseState,
        name: str,
        *,
        by: Actor | None = None,
        text: str = "",
        office: str = "",
        **given: Any,
    ) -> None:
        approver = name == "decide" and not state.plan.instant
        actor = by or self.person(office or state.office, "approver" if approver else "officer")
        operations.act(
            name, region=state.region, id=state.id, actor=actor, at=self.now, calendar=self.calendar,
            given=Input(**given), text=text,
        )  # fmt: skip
        after = queries.get_case(state.region, state.id, actor)
        titles = {work.key: work.title for work in state.plan.works}
        title = titles.get(given.get("work", ""), "") or queries.command_title(name)
        self.step(self.name(actor, office or state.office), title, state=after, rule=rule_of(state, name))
        self.pass_time(minutes=7)

    def together(self, state: CaseState, key: str, office: str) -> tuple[str, ...]:
        """Whom a site visit needs: two of the office (licensing law art. 34)."""
        if next(plan.kind for plan in state.plan.works if plan.key == key) != "site_visit":
            return ()
        found = directory.list_colleagues(office, ("officer", "approver"), civil_day(self.now))
        return tuple(one.code for one in found[:2])
