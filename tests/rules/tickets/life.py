"""A ticket without a database: people of 潍坊, their posts, and one step after the other."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.tickets import events, files
from banshi.contexts.tickets.rules.commands import COMMANDS
from banshi.contexts.tickets.rules.permits import permit
from banshi.contexts.tickets.rules.state import evolve
from banshi.contexts.tickets.values import About, Input, TicketState
from banshi.contexts.tickets.values.codes import Kind
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM as SYSTEM
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import Fact
from banshi.kernel.workdays import CHINA, Calendar, Notice

TEXT = UUID("0199aaaa-0000-7000-8000-000000000001")
PARTY = UUID("0199bbbb-0000-7000-8000-000000000001")
CONTACT = UUID("0199cccc-0000-7000-8000-000000000001")
TICKET = UUID("0199dddd-0000-7000-8000-000000000042")
WEIFANG, KUIWEN, ANYANG, JINAN = "370700", "370705", "410500", "370100"
ROADS, MARKET, CITY_MARKET = "370705-transport", "370705-market", "370700-market"


@cache
def published(until: int = 2026) -> Calendar:
    """The calendar with the notices up to a year."""
    paths = sorted((DATA / "holidays").glob("*.json"))
    return Calendar.of(
        Notice.parse(json.loads(path.read_text("utf-8"))) for path in paths if int(path.stem) <= until
    )


CALENDAR = published()


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """An instant, by the clock in China."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), CHINA).astimezone(UTC)


def of_centre(id: str, kind: str, region: str = WEIFANG) -> Actor:
    return Actor("staff", id, (Post(kind, "", region),))


def of_unit(id: str, kind: str, office: str) -> Actor:
    return Actor("staff", id, (Post(kind, office, office[:6]),))


OPERATOR, DISPATCHER = of_centre("1", "hotline_operator"), of_centre("2", "dispatcher")
CHECKER, CALLER, CHIEF = (
    of_centre("3", "reply_checker"),
    of_centre("4", "caller"),
    of_centre("5", "centre_chief"),
)
SUPERVISOR, GOVERNOR = of_centre("6", "supervisor"), of_centre("7", "governor")
ROADMAN, ROADHEAD = of_unit("11", "officer", ROADS), of_unit("12", "leader", ROADS)
MARKETMAN = of_unit("21", "officer", MARKET)
STRANGER = of_unit("31", "officer", "370702-transport")
CITIZEN = Actor("citizen", "c1", parties=frozenset({str(PARTY)}))
OTHER = Actor("citizen", "c2", parties=frozenset({"0199bbbb-0000-7000-8000-000000000002"}))
EVERYBODY = (
    *(OPERATOR, DISPATCHER, CHECKER, CALLER, CHIEF, SUPERVISOR, GOVERNOR, ROADMAN, ROADHEAD),
    *(MARKETMAN, STRANGER, CITIZEN, OTHER, SYSTEM),
)


def first(kind: Kind = Kind.HOTLINE, region: str = KUIWEN, when: datetime | None = None, **more: Any) -> Fact:
    """登记."""
    instant = when or at("2026-03-02")
    about = more.pop("about", About())
    data = {
        "id": TICKET,
        "region": region,
        "number": "37070526030200000421",
        "kind": kind,
        "channel": "phone",
        "nature": "complaint",
        "centre": f"{region[:4]}00",
        "terms": msgspec.to_builtins(files.terms_for(region, kind)),
        "raised_on": instant.astimezone(CHINA).date(),
        "raised_at": instant,
        "category": "road.surface.damage",
        "urgency": "normal",
        "about": msgspec.to_builtins(about),
        "origin": "",
        "place": "",
        "party": PARTY,
        "contact": CONTACT,
        "contact_index": "c" * 64,
        "words_index": "w" * 32,
        "confidential": False,
        "no_reply": False,
        "calendar": CALENDAR.version,
        "digest": "d" * 64,
    }
    return Fact(events.RAISED, data | more)


def raised(kind: Kind = Kind.HOTLINE, region: str = KUIWEN, **more: Any) -> TicketState:
    return evolve(None, first(kind, region, **more))


def do(
    state: TicketState,
    name: str,
    actor: Actor,
    when: datetime,
    *,
    calendar: Calendar = CALENDAR,
    text: UUID | None = TEXT,
    **given: Any,
) -> TicketState:
    """The state after one command. Raises `Refused`."""
    stated = Input(text=text, digest="e" * 64 if text else "", **given)
    command = COMMANDS[name]
    permit(command, state, actor, stated)
    for fact in command.step(state, stated, when, actor.code, calendar):
        state = evolve(state, fact)
    return state


def dispatched(when: datetime, state: TicketState | None = None, **given: Any) -> TicketState:
    ticket = state or raised(when=when)
    lead = given.pop("reference", ROADS)
    return do(ticket, "dispatch", DISPATCHER, when, reference=lead, **given)


def handling(when: datetime, state: TicketState | None = None, **given: Any) -> TicketState:
    return do(dispatched(when, state, **given), "sign", ROADMAN, when + timedelta(hours=1))


def replied(when: datetime, state: TicketState | None = None, **given: Any) -> TicketState:
    ticket = handling(when, state)
    return do(ticket, "reply", ROADMAN, when + timedelta(hours=2), **({"verdict": "solved"} | given))


def calling(when: datetime, state: TicketState | None = None) -> TicketState:
    return do(replied(when, state), "check", CHECKER, when + timedelta(hours=3), verdict="pass")
