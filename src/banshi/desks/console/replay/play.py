"""回放: each case of a foreign log lives again, by the real operations, at its own instants."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.values import CaseState, Input, Plan, Status, WorkPlan
from banshi.desks.console.replay.log import Event, History
from banshi.desks.console.replay.mapping import NOTE, RECEIVE, SKIP, Mapping, Step
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA, Calendar, Notice

REGION, OFFICE = "350502", "350502-replay"
TITLE_LENGTH = 60
STATUS_AFTER = {
    events.RECEIVED: Status.RECEIVED,
    events.CORRECTION_REQUESTED: Status.CORRECTING,
    events.CORRECTION_SUPPLIED: Status.RECEIVED,
    events.ACCEPTED: Status.ACCEPTED,
    events.WORKS_ASSIGNED: Status.IN_REVIEW,
    events.SPECIAL_STARTED: Status.SUSPENDED,
    events.SPECIAL_ENDED: Status.IN_REVIEW,
    events.NOT_REQUIRED: Status.NOT_REQUIRED,
    events.REJECTED: Status.REJECTED,
    events.PASSED: Status.PASSED,
    events.REFUSED: Status.REFUSED,
    events.WITHDRAWN: Status.WITHDRAWN,
    events.REVOKED: Status.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """不予的事件: which rule refused which line."""

    rule: str
    line: int
    case: str
    activity: str
    words: str


@dataclass(slots=True)
class Outcome:
    """一件的结果: what became of the events of one case."""

    history: History
    accepted: int = 0
    skipped: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    filled_in: Counter[str] = field(default_factory=Counter)
    not_closed: str = ""  # the rule that refused the decision after the last event
    id: UUID | None = None
    state: CaseState | None = None


def calendar_of(mapping: Mapping, cn: Calendar) -> Calendar:
    """The working days that the mapping names. A year without holidays needs a notice too, or the fixed ones apply."""
    if mapping.calendar == "cn":
        return cn
    notices = []
    for year in range(2000, 2101):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
        days = [day for day in days if day.year == year and day not in mapping.holidays]
        worked = [day for day in days if mapping.calendar == "every_day" or day.weekday() < 5]
        off = frozenset(day for day in mapping.holidays if day.year == year)
        notices.append(Notice(year, off, frozenset(worked)))
    return Calendar.of(notices)


class Staff:
    """经办人: a person of ours for each resource of the log, by number; names are not kept."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._lock = threading.Lock()

    def person(self, resource: str) -> Actor:
        """Officer and approver at the one office; that the same person may not do both is for the engine to say."""
        with self._lock:
            number = self._numbers.setdefault(resource, len(self._numbers))
        return _staff(str(number))

    def __len__(self) -> int:
        return len(self._numbers) - 1


def _staff(id: str) -> Actor:
    return Actor("staff", id, tuple(Post(kind, OFFICE, REGION) for kind in ("officer", "approver")))


class Player:
    """回放者: plays one case after the other; several threads may share one."""

    def __init__(self, mapping: Mapping, calendar: Calendar) -> None:
        self.mapping, self.calendar, self.staff = mapping, calendar, Staff()
        self._steps: dict[str, Step] = {}
        self._keys: dict[str, str] = {}
        self._lock = threading.Lock()

    def play(self, history: History) -> Outcome:
        """Open the case, carry out its events in their order, close it where the mapping says so."""
        outcome = Outcome(history)
        life = _Life(self, outcome, list(self._script(history)))
        life.live()
        return outcome

    def _script(self, history: History) -> Iterator[tuple[Event, Step, str]]:
        """Each event with its step and, for a note, the key of its work."""
        seen: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for place, event in enumerate(history.events):
            with self._lock:
                step = self._steps.setdefault(event.activity, self.mapping.step(event.activity))
                key = self._keys.setdefault(event.activity, f"a{len(self._keys) + 1}")
            seen[event.activity] += 1
            repeated = seen[event.activity] > 1 and step.again == NOTE
            late = step.do == RECEIVE and place > 0
            at_the_end = step.do == "decide" and self.mapping.close == "last"
            if step.do == NOTE or repeated or late or at_the_end:
                kept[event.activity] += 1
                if not at_the_end or repeated:
                    step = Step(NOTE)
                yield event, step, key if kept[event.activity] == 1 else f"{key}.{kept[event.activity]}"
            else:
                yield event, step, ""


class _Life:
    """One case from its receipt on."""

    def __init__(self, player: Player, outcome: Outcome, script: list[tuple[Event, Step, str]]) -> None:
        self.player, self.mapping, self.outcome, self.script = player, player.mapping, outcome, script
        self.party = new_id()
        self.status: Status | None = None
        self.verdict: dict[str, Any] = {"verdict": "pass"}
        self.assigned = self.reviewed = False
        first = outcome.history.events[0]
        self.received_at = min(outcome.history.received_at or first.at, first.at)
        self.plan = self._plan()

    def _plan(self) -> Plan:
        """The works are what the log says this case went through, up to the decision that closes it; side by side."""
        item = self.mapping.item
        works = []
        for event, step, key in self.script:
            if step.do in ("decide", "reject", "not_required", "withdraw") and not key:
                break
            if key:
                base, _, again = key.partition(".")
                before = () if not again else (base if again == "2" else f"{base}.{int(again) - 1}",)
                limit = item.statutory or item.promised
                works.append(
                    WorkPlan(key, event.activity[:TITLE_LENGTH], "review", OFFICE, limit, after=before)
                )
        return Plan(
            item="replay", version=1, name=item.name, type=item.type, instant=item.instant,
            statutory=item.statutory, promised=item.promised, works=tuple(works), limits=self.mapping.limits,
        )  # fmt: skip

    def live(self) -> None:
        opened = operations.open_case(
            region=REGION, application=new_id(), party=self.party, plan=self.plan, office=OFFICE, hall="",
            channel="online", subject=operations.Subject("", "person", "", {}, ()), actor=SYSTEM,
            at=self.received_at, calendar=self.player.calendar, command_id=new_id(),
        )  # fmt: skip
        self.id = self.outcome.id = UUID(opened)
        self.status = Status.RECEIVED
        for event, step, key in self.script:
            self._event(event, step, key)
        last = self.outcome.history.events[-1]
        if self.mapping.close == "last" and self.status and self.status.open:
            self._closing(last)
        self.outcome.state = queries.get_case(REGION, self.id, SYSTEM)

    def _event(self, event: Event, step: Step, key: str) -> None:
        if step.do == SKIP:
            self.outcome.skipped += 1
            return
        if step.do == "decide" and key:
            self.verdict = {"verdict": "pass"} | step.given
        if step.do != RECEIVE:
            try:
                if key:
                    self._act("opine", event, {"work": key, "verdict": "agree"})
                else:
                    self._act(step.do, event, step.given)
            except Refused as refused:
                found = Refusal(
                    refused.rule, event.line, event.case, event.activity, f"{refused.zh} / {refused.en}"
                )
                self.outcome.refusals.append(found)
                return
        self.outcome.accepted += 1

    def _closing(self, last: Event) -> None:
        """办结 after the last event. Whoever closes is not who reviewed."""
        try:
            self._act("decide", Event(last.case, "办结", "", last.at, last.line), self.verdict)
            self.outcome.filled_in["decide"] += 1
        except Refused as refused:
            self.outcome.not_closed = refused.rule

    def _act(self, name: str, event: Event, given: dict[str, Any]) -> None:
        """Carry out a command, after the steps that the log does not record. Raises `Refused`."""
        if name == "accept" and "deem_accepted" in self.mapping.fill_in:
            self._silence(event.at)
        else:
            self._fill_in(name, event)
        if name == "opine" and self.status and not self.status.open and self.plan.works:
            given = given | {"work": self.plan.works[0].key}  # refused for what it is: the case has ended
        self._carry_out(name, self._actor(name, event), event.at, given, event.activity)

    def _fill_in(self, name: str, event: Event) -> None:
        """What the command's states say must have come before: acceptance, then the works; before a decision, a review."""
        wanted, states = self.mapping.fill_in, queries.declared_commands()[name].states
        handled = Status.RECEIVED not in states and not states.isdisjoint({Status.ACCEPTED, Status.IN_REVIEW})
        if handled and self.status is Status.RECEIVED and "deem_accepted" in wanted:
            self._silence(event.at)
        if handled and self.status is Status.RECEIVED and "accept" in wanted:
            # What the log opens with was accepted when it came; later it is taken as of the event.
            self._filled("accept", self.received_at if event is self.script[0][0] else event.at)
        dispatched = Status.ACCEPTED not in states and Status.IN_REVIEW in states
        if dispatched and self.status is Status.ACCEPTED and "assign" in wanted:
            self._filled("assign", event.at)
        if name == "decide" and not self.reviewed and not self.plan.instant and "review" in wanted:
            self._filled("review", event.at, {"verdict": self.verdict["verdict"]})

    def _silence(self, at: datetime) -> None:
        """视为受理, which the scheduler would have done by now, if the days to accept are over."""
        with suppress(Refused):
            self._filled("deem_accepted", at)

    def _filled(self, name: str, at: datetime, given: dict[str, Any] | None = None) -> None:
        actor = SYSTEM if name == "deem_accepted" else _staff("fill-in")
        self._carry_out(name, actor, at, given or {}, name)
        self.outcome.filled_in[name] += 1

    def _carry_out(self, name: str, actor: Actor, at: datetime, given: dict[str, Any], words: str) -> None:
        # A note's words are its work's title, if they fit; where the law wants a reason, they stand for it.
        text = "" if name == "opine" and len(words) <= TITLE_LENGTH else words
        try:
            kinds = operations.act(
                name, region=REGION, id=self.id, actor=actor, at=at, calendar=self.player.calendar,
                given=Input(**given), text=text, command_id=new_id(),
            ).kinds  # fmt: skip
        except ValueError as error:
            raise Refused("outside_calendar", str(error), str(error)) from error
        for kind in kinds:
            self.status = STATUS_AFTER.get(kind, self.status)
            self.assigned = self.assigned or kind == events.WORKS_ASSIGNED
            if kind == events.SPECIAL_ENDED and self.plan.works and not self.assigned:
                self.status = Status.ACCEPTED
        self.reviewed = self.reviewed or name == "review"

    def _actor(self, name: str, event: Event) -> Actor:
        seats = {seat.value for seat in queries.declared_commands()[name].seats}
        if seats & {"lead", "work"}:
            return self.player.staff.person(event.resource)
        if "applicant" in seats:
            return Actor("citizen", str(self.party), parties=frozenset({str(self.party)}))
        return SYSTEM


def closed_or_last(outcome: Outcome) -> date:
    """The day up to which the case has taken time."""
    state = outcome.state
    return (state and state.closed_on) or outcome.history.events[-1].at.astimezone(CHINA).date()


def fold_is_row(outcome: Outcome) -> bool:
    """Whether folding the case's facts gives its row."""
    if outcome.id is None:
        return False
    return operations.folded(queries.facts(REGION, outcome.id)) == outcome.state
