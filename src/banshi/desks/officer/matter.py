"""办件的样子: everything that the page of one case shows, gathered by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, pgettext

from banshi.contexts.cases import events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Command, Entry, Paper
from banshi.contexts.cases.values import Budget, CaseState, SpecialProcedure, Status
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.values import CertificateState
from banshi.contexts.instant import queries as instant
from banshi.contexts.instant.values import Decided
from banshi.contexts.intake import queries as intake
from banshi.desks.officer import clauses, course, stated
from banshi.desks.officer.seat import doing, handles
from banshi.desks.officer.stated import Reader
from banshi.directory import queries as directory
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound
from banshi.kernel.workdays import Calendar
from banshi.ui import dates, parts
from banshi.ui.masking import scrubbed

# What one does day by day; the other steps stand under 更多.
_MAIN = frozenset(
    "accept request_correction supply_correction reject assign opine schedule draw_experts record review decide deliver"
    " end_special hold_hearing answer_urge".split()
)
_TAKEN = frozenset("jkgcmfw")  # keys of the page itself
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "")


@dataclass(frozen=True, slots=True)
class Offer:
    """可以办的一步: a command with its key on this page (the declared one where that is free, else a digit)."""

    command: Command
    key: str
    usual: bool
    main: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """一件办件 as its page shows it."""

    state: CaseState
    status: str
    waits_for: str
    applicant: tuple[parts.Row, ...]
    sections: tuple[tuple[str, tuple[parts.Row, ...]], ...]
    criteria: tuple[clauses.Clause, ...]
    instant: Decided | None
    materials: tuple[stated.MaterialLine, ...]
    clocks: tuple[parts.Step, ...]
    works: tuple[course.WorkLine, ...]
    procedures: tuple[parts.Row, ...]
    urges: tuple[course.UrgeLine, ...]
    trail: tuple[parts.Entry, ...]
    papers: tuple[Paper, ...]
    certificate: CertificateState | None
    offers: tuple[Offer, ...]
    handles: bool
    full: bool

    @property
    def main(self) -> list[Offer]:
        """All of them where only one is left for 更多."""
        rest = [one for one in self.offers if not one.main]
        return [one for one in self.offers if one.main or len(rest) == 1]

    @property
    def more(self) -> list[Offer]:
        return [one for one in self.offers if one not in self.main]

    @property
    def first(self) -> parts.Step | None:
        """The clock that ends first."""
        return min(self.clocks, key=lambda clock: clock.on or date.max, default=None)


def matter(state: CaseState, actor: Actor, today: date, calendar: Calendar, *, full: bool) -> Matter:
    """The page's content. `full` shows personal numbers and names; the caller records that they were looked at."""
    entries = cases.trail(state.region, state.id)
    moved = {
        entry.data[end] for entry in entries if entry.kind == events.TRANSFERRED for end in ("from", "to")
    }
    moved |= {urge.office for urge in state.urges}
    offices = directory.office_names(
        {state.office, state.hall, *moved, *(work.office for work in state.plan.works)} - {""}
    )
    handed = {entry.data["holder"] for entry in entries if entry.kind == events.HANDED_OVER}
    names = directory.actor_names({*course.people(state), *handed, *(entry.actor for entry in entries)})
    kept = cases.texts(state.region, [entry.text for entry in entries if entry.text])
    texts = {id: text if full else scrubbed(text) for id, text in kept.items()}
    subject = cases.subject(state)
    handling = handles(state, actor)
    reader = Reader.FULL if full else Reader.HANDLING if handling else Reader.SUPERVISING
    current = catalogue.catalogue().dictionaries
    return Matter(
        state=state,
        status=gettext(state.status.label),
        waits_for=_waits_for(state, offices),
        applicant=stated.applicant(subject, _channel(state, offices), reader),
        sections=stated.sections(subject, current, reader),
        criteria=clauses.clauses(state, subject, current, reader, today),
        instant=instant.find_decision(state.region, state.id) if state.plan.at_once else None,
        materials=stated.materials(state, subject, _answers(state), current),
        clocks=_clocks(state, today, calendar),
        works=course.works(state, entries, offices, names, today, calendar),
        procedures=course.procedures(state, names),
        urges=course.urges(state, entries, texts, offices, names),
        trail=_trail(state, entries, offices, names, texts),
        papers=tuple(cases.papers(state.region, [state.id], internal=True)[state.id]),
        certificate=certificates.get_by_identifier(state.certificate) if state.certificate else None,
        offers=_offers(state, actor),
        handles=handling,
        full=full,
    )


def _offers(state: CaseState, actor: Actor) -> tuple[Offer, ...]:
    """What may be done now. The usual step needs no words and comes first; what needs a reason is the exception."""
    offered = cases.commands(state, doing(actor))
    usual = [
        one
        for one in offered
        if one.name in _MAIN and not any(ask.name == "text" and ask.required for ask in one.asks)
    ]
    keys, found = set(_TAKEN), []
    for one in sorted(offered, key=lambda one: (one not in usual, one.name not in _MAIN)):
        key = one.key if one.key and one.key not in keys else next(d for d in _DIGITS if d not in keys)
        keys.add(key)
        found.append(Offer(one, key, one in usual[:1], one.name in _MAIN))
    return tuple(found)


def _answers(state: CaseState) -> Mapping[str, str]:
    try:
        return intake.get_application(state.region, state.application, SYSTEM).answers
    except NotFound:
        return {}


def _channel(state: CaseState, offices: Mapping[str, str]) -> str:
    if state.channel == "window":
        return gettext("%(hall)s窗口") % {"hall": offices.get(state.hall, "")}
    return gettext("网上") if state.channel == "online" else state.channel


def _waits_for(state: CaseState, offices: Mapping[str, str]) -> str:
    """What the case waits for now, and where."""
    if state.status is Status.CORRECTING:
        return gettext("申请人补正，%(day)s前") % {"day": dates.day(state.correction_due_on)}
    waiting = [
        gettext("%(office)s：%(what)s")
        % {"office": offices.get(task.office, task.office), "what": pgettext("task", task.title)}
        for task in cases.tasks_of(state)
    ]
    return "；".join(waiting)


def _clocks(state: CaseState, today: date, calendar: Calendar) -> tuple[parts.Step, ...]:
    def clock(label: str, on: date, budget: Budget | None = None) -> parts.Step:
        warn_on = cases.warn_on(on, budget, calendar) if budget else on
        return parts.Step(
            label=label,
            state="",
            light=cases.light(on, warn_on, today),
            word=dates.left(on, today, calendar),
            on=on,
            on_label=gettext("最晚"),
        )

    if state.status is Status.RECEIVED:
        return (clock(gettext("受理期限"), cases.acceptance_due_on(state, calendar)),)
    if state.status is Status.CORRECTING and state.correction_due_on:
        return (clock(gettext("补正期限"), state.correction_due_on),)
    if state.due_on is None:
        return ()
    running = (
        (gettext("承诺时限"), state.promised_due_on, state.plan.promised),
        (gettext("法定时限"), state.statutory_due_on, state.plan.statutory),
    )
    return tuple(clock(label, on, budget) for label, on, budget in running if on)


def _trail(
    state: CaseState,
    entries: list[Entry],
    offices: Mapping[str, str],
    names: Mapping[str, str],
    texts: Mapping[UUID, str],
) -> tuple[parts.Entry, ...]:
    titles = {plan.key: plan.title for plan in state.plan.works}
    return tuple(
        parts.Entry(
            at=entry.at,
            what=_what(entry, titles, offices, names),
            who=names.get(entry.actor, ""),
            note=_note(entry, texts, state),
        )
        for entry in reversed(entries)
    )


def _what(
    entry: Entry, titles: Mapping[str, str], offices: Mapping[str, str], names: Mapping[str, str]
) -> str:
    data, verdict = entry.data, course.VERDICTS.get(entry.data.get("verdict", ""), "")
    title = gettext(entry.title)
    match entry.kind:
        case events.OPINION_GIVEN if data.get("silent"):
            return gettext("%(work)s：到期没有提意见，视为同意") % {"work": titles.get(data["work"], "")}
        case events.HANDED_OVER:
            return gettext("%(what)s交给%(name)s") % {
                "what": titles.get(data["work"], gettext("整件事")),
                "name": names.get(data["holder"], ""),
            }
        case events.EXTENDED:
            return f"{title}：{dates.workdays(data['days'])}"
        case events.URGED:
            about = titles.get(data["key"].removeprefix("work:"), gettext("整件事"))
            return f"{gettext(course.LEVELS[data['level']])}：{about}"
        case events.OPINION_GIVEN:
            return f"{titles.get(data['work'], '')}：{verdict}"
        case events.REVIEWED:
            return f"{title}：{verdict}"
        case events.ACCEPTED if data.get("deemed"):
            return gettext("视为受理（到期没有告知）")
        case events.WITHDRAWN if data.get("deemed"):
            return gettext("视为撤回（到期没有补正）")
        case events.SPECIAL_STARTED:
            return f"{title}：{gettext(SpecialProcedure(data['procedure']).label)}"
        case events.TRANSFERRED:
            return gettext("%(from)s转给%(to)s") % {
                end: offices.get(data[end], data[end]) for end in ("from", "to")
            }
        case events.DELIVERED:
            ways = {"online": gettext("网上"), "window": gettext("窗口"), "post": gettext("邮寄")}
            return f"{title}（{ways.get(data['how'], '')}）"
    if work := titles.get(data.get("work", "")):
        return f"{title}：{work}"
    return title


def _note(entry: Entry, texts: Mapping[UUID, str], state: CaseState) -> str:
    words = [texts.get(entry.text, "")] if entry.text else []
    if entry.actor != SYSTEM.code:  # whose words are clause by clause already
        words = [*clauses.ticked(state, entry.data), *words]
    if entry.kind == events.CORRECTION_REQUESTED:
        words.append(gettext("%(day)s前补正") % {"day": dates.day(_day(entry.data["due_on"]))})
    if entry.kind in (events.WORK_SCHEDULED, events.HEARING_SCHEDULED):
        words.append(dates.day(_day(entry.data["on"])))
    if entry.kind == events.REJECTED and entry.data.get("competent"):
        words.append(gettext("应当向%(office)s申请") % {"office": entry.data["competent"]})
    return "　".join(word for word in words if word)


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else datetime.fromisoformat(value).date()
