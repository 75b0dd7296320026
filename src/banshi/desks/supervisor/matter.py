"""一件办件的样子: its clocks and who holds each, the ladder of urging, what was urged and answered, the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext

from banshi.contexts.cases import events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Entry
from banshi.contexts.cases.values import Budget, CaseState, Status, Urge
from banshi.desks.supervisor.seat import Names, names
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar
from banshi.ui import dates, parts
from banshi.ui.fields import Field, Option
from banshi.ui.masking import scrubbed

LEVELS = {"yellow": "黄灯提醒", "red": "红灯督办", "escalated": "上一级督办", "supervisor": "监察督办"}
_WORST = ("", "green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Clock:
    """一个时限: until when, its light, and in whose hands since when. `key`: what an urge about it names."""

    key: str
    label: str
    due_on: date
    light: str
    word: str
    office: str
    holder: str
    since_on: date | None


@dataclass(frozen=True, slots=True)
class Rung:
    """升级一级: when it is told, and whether it was."""

    label: str
    on: date
    told: bool
    passed: bool  # a higher one was told instead


@dataclass(frozen=True, slots=True)
class Told:
    """一次督办: to whom, with which words, and the answer."""

    label: str
    about: str
    on: date
    office: str
    holder: str
    words: str
    answer: str
    answered_on: date | None
    wants: date | None  # the day by which it should be answered


@dataclass(frozen=True, slots=True)
class Matter:
    """一件办件 as a supervisor sees it."""

    state: CaseState
    clocks: tuple[Clock, ...]
    ladder: tuple[Rung, ...]
    told: tuple[Told, ...]
    trail: tuple[parts.Entry, ...]
    fields: tuple[Field, ...]  # of the urge; none where nothing can be urged

    @property
    def first(self) -> Clock | None:
        """The worst light, of those the one that ended first."""
        return min(self.clocks, key=lambda one: (-_WORST.index(one.light), one.due_on), default=None)


def matter(
    state: CaseState,
    actor: Actor,
    today: date,
    calendar: Calendar,
    typed: Mapping[str, str] | None,
    problem: parts.Problem | None,
) -> Matter:
    """By a fixed number of queries. `typed` and `problem`: of an urge that was refused."""
    entries = cases.trail(state.region, state.id)
    texts = cases.texts(state.region, [entry.text for entry in entries if entry.text])
    since = cases.waiting_since(state.region, state.id)
    works = {plan.key: plan.office for plan in state.plan.works}
    people = {state.holder, *(work.holder for work in state.works), *(urge.holder for urge in state.urges)}
    called = names(
        {state.office, *works.values(), *(urge.office for urge in state.urges)},
        {*people, *(entry.actor for entry in entries)},
    )
    clocks = tuple(_clocks(state, today, calendar, called, since))
    return Matter(
        state=state,
        clocks=clocks,
        ladder=tuple(_ladder(state, calendar)),
        told=tuple(_told(state, entries, texts, called, calendar)),
        trail=tuple(
            parts.Entry(
                at=entry.at,
                what=_what(entry),
                who=called.holder(entry.actor),
                note=scrubbed(texts.get(entry.text, "")) if entry.text else "",
            )
            for entry in reversed(entries)
        ),
        fields=_fields(state, clocks, actor, typed, problem),
    )


def _clocks(
    state: CaseState, today: date, calendar: Calendar, called: Names, since: Mapping[str, date]
) -> Iterator[Clock]:
    def clock(key: str, label: str, due_on: date, budget: Budget) -> Clock:
        office, holder = cases.holder_of(state, key)
        return Clock(
            key=key,
            label=label,
            due_on=due_on,
            light=cases.light(due_on, cases.warn_on(due_on, budget, calendar), today),
            word=dates.left(due_on, today, calendar),
            office=called.office(office),
            holder=called.holder(holder),
            since_on=since.get(_waited_for(state) if key == "case" else key)
            or max(since.values(), default=None),
        )

    if state.status is Status.RECEIVED:
        yield clock("case", gettext("受理期限"), cases.acceptance_due_on(state, calendar), Budget(1))
    if state.status is Status.SUSPENDED and state.pauses[-1].ends_on:
        yield clock("case", gettext("特别程序"), state.pauses[-1].ends_on, Budget(1))
    if state.due_on is None:
        return
    if state.statutory_due_on and state.plan.statutory:
        yield clock("case", gettext("法定时限"), state.statutory_due_on, state.plan.statutory)
    if state.promised_due_on:
        yield clock("case", gettext("承诺时限"), state.promised_due_on, state.plan.promised)
    plans = {plan.key: plan for plan in state.plan.works}
    for work in state.works:
        if work.status == "open" and work.due_on:
            plan = plans[work.key]
            yield clock(f"work:{work.key}", plan.title, work.due_on, plan.limit)


def _waited_for(state: CaseState) -> str:
    """The task that the case's own clock waits for: of several works the one that ends first."""
    works = [work for work in state.works if work.status == "open"]
    first = min(works, key=lambda work: work.due_on or date.max, default=None)
    return f"work:{first.key}" if first else ""


def _ladder(state: CaseState, calendar: Calendar) -> Iterator[Rung]:
    """黄灯、红灯、上一级: of the case's own clock."""
    if state.due_on is None:
        return
    told = {urge.level for urge in state.urges if urge.key == "case"}
    warn_on = cases.warn_on(state.due_on, state.plan.promised, calendar)
    limits = state.plan.limits
    rungs = [
        ("red", gettext("红灯：督办承办人"), calendar.add(state.due_on, 1)),
        (
            "escalated",
            gettext("红灯以后还没有办：告知上一级"),
            calendar.add(state.due_on, limits.escalate_days + 1),
        ),
    ]
    if warn_on and warn_on < state.due_on:
        rungs.insert(0, ("yellow", gettext("黄灯：提醒承办人"), warn_on))
    levels = [level for level, _, _ in rungs]
    for place, (level, label, on) in enumerate(rungs):
        yield Rung(label, on, level in told, not told.isdisjoint(levels[place + 1 :]))


def _what(entry: Entry) -> str:
    if entry.kind == events.URGED:
        return gettext(LEVELS[entry.data["level"]])
    return gettext(entry.title)


def _told(
    state: CaseState, entries: list[Entry], texts: Mapping[UUID, str], called: Names, calendar: Calendar
) -> Iterator[Told]:
    """The newest first. Words and answers lie with the facts."""
    titles = {f"work:{plan.key}": plan.title for plan in state.plan.works}
    for urge, said, answer in cases.urges_of(state, entries):
        yield Told(
            label=LEVELS[urge.level],
            about=titles.get(urge.key, gettext("整件事")),
            on=urge.on,
            office=called.office(urge.office),
            holder=called.holder(urge.holder),
            words=scrubbed(texts.get(said, "")) if said else "",
            answer=scrubbed(texts.get(answer, "")) if answer else "",
            answered_on=urge.answered_on,
            wants=_answer_by(state, urge, calendar),
        )


def _answer_by(state: CaseState, urge: Urge, calendar: Calendar) -> date | None:
    if urge.answered_on or urge.level == "yellow" or not state.status.open:
        return None
    return calendar.add(urge.on, state.plan.limits.answer_urge_days)


def _fields(
    state: CaseState,
    clocks: tuple[Clock, ...],
    actor: Actor,
    typed: Mapping[str, str] | None,
    problem: parts.Problem | None,
) -> tuple[Field, ...]:
    if not any(command.name == "urge" for command in cases.commands(state, actor)):
        return ()
    worst = max(clocks, key=lambda one: (_WORST.index(one.light), -one.due_on.toordinal()), default=None)
    options = [Option(value="case", label=gettext("整件事"))]
    options += [Option(value=one.key, label=one.label) for one in clocks if one.key != "case"]
    words = gettext("请在%(days)s内答复原因和办完的时间。") % {
        "days": dates.workdays(state.plan.limits.answer_urge_days)
    }
    if worst:
        words = gettext("%(clock)s：%(day)s到期，%(word)s。") % {
            "clock": worst.label, "day": dates.day(worst.due_on), "word": worst.word,
        } + words  # fmt: skip
    return (
        Field(
            name="work",
            label=gettext("督办什么"),
            kind="radios" if len(options) > 1 else "hidden",
            options=tuple(options),
            value=typed["work"] if typed else worst.key if worst else "case",
            inline=True,
        ),
        Field(
            name="text",
            label=gettext("内容"),
            kind="textarea",
            rows=3,
            value=typed["text"] if typed else words,
            error=problem.text if problem and problem.field == "text" else "",
        ),
    )
