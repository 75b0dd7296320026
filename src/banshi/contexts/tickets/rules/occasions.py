"""场次: a survey round or a meeting with firms, opened and closed; what is said in it becomes tickets."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from banshi.contexts.tickets import events
from banshi.contexts.tickets.values import OccasionState
from banshi.contexts.tickets.values.codes import Gathering
from banshi.directory.values import PostKind, covers
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused

HOLDING = frozenset({PostKind.DISPATCHER, PostKind.CENTRE_CHIEF})
LONGEST_DAYS = 366  # of a round


def evolve_occasion(state: OccasionState | None, fact: Fact) -> OccasionState:
    """The state after `fact`."""
    if fact.kind == events.OCCASION_OPENED:
        return msgspec.convert({**fact.data, "seq": 1}, OccasionState, strict=False)
    if state is None or fact.kind != events.OCCASION_CLOSED:
        raise ValueError(f"an occasion starts with {events.OCCASION_OPENED}, not {fact.kind}")
    return replace(state, seq=state.seq + 1, closed_on=_day(fact.data["on"]))


def holds(actor: Actor, centre: str) -> bool:
    """Whether this person may open and close occasions of a centre."""
    return any(post.kind in HOLDING and covers(post.region, centre) for post in actor.held)


def admit_occasion(
    kind: str, title: str, opens_on: date | None, closes_on: date | None, on: date, actor: Actor, centre: str
) -> None:
    """Raises `Refused` for a post, a title or days that will not do."""
    if not holds(actor, centre):
        raise Refused(
            "not_your_post",
            "开征集、开座谈会由热线中心的派单员或者负责人登记。",
            "The centre's dispatcher or head opens rounds and meetings.",
        )
    if kind not in Gathering:
        raise Refused("occasion_kind", "请选征集或者座谈会。", "Choose a survey or a meeting.", "", "kind")
    if not title.strip() or len(title) > 120:
        raise Refused("title_needed", "请写名称，不超过120字。", "Give it a title of at most 120 characters.", "", "title")  # fmt: skip
    if opens_on is None or closes_on is None or not 0 <= (closes_on - opens_on).days <= LONGEST_DAYS:
        raise Refused("period", "请写从哪天到哪天，不超过一年。", "State from when until when, a year at most.", "", "closes_on")  # fmt: skip
    if closes_on < on:
        raise Refused("period_over", "截止日已经过了。", "Its last day is over.", "", "closes_on")


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value
