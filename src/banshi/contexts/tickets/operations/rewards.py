"""奖励的前提: what only the place's rule, the tickets that say the same, and the person's other rewards can tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from banshi.contexts.tickets import files, store
from banshi.contexts.tickets.rules import rewards
from banshi.contexts.tickets.values import Input, Reward, TicketState
from banshi.infra.store import Tx
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day

_BY_PARTY = "SELECT id, state FROM tickets_ticket WHERE party_id = %s"
_BY_CONTACT = "SELECT id, state FROM tickets_ticket WHERE contact_index = %s"
_decode = msgspec.json.Decoder(TicketState).decode


def proposed(tx: Tx, state: TicketState, given: Input, at: datetime) -> Input:
    """提出: with the amounts of the level. Raises `Refused`."""
    head = store.lock(tx, state.region, state.parent) if state.parent else state
    family = [head, *(store.lock(tx, state.region, child) for child in head.children)]
    if any(rewards.standing(one) for one in family):
        raise Refused(
            "once_per_matter",
            "这件事已经奖励过，一件事只奖一次。",
            "This matter is rewarded already; once is enough.",
        )
    year = _of_the_year(tx, state, civil_day(at))
    return rewards.admit(files.rewards_for(state.region), state, given, family=family, head=head, year=year)


def decided(tx: Tx, state: TicketState, given: Input, at: datetime) -> Input:
    """同意: still within the year's most. Raises `Refused`."""
    rule, one = files.rewards_for(state.region), state.reward
    if rule and one and given.verdict == "pass":
        rewards.within(rule, one.fen, one.points, _of_the_year(tx, state, civil_day(at)))
    return given


def claimed(tx: Tx, state: TicketState, given: Input, at: datetime) -> Input:
    """领取: by one of the place's ways. Raises `Refused`."""
    rule = files.rewards_for(state.region)
    if rule and given.how not in rule.ways:
        raise Refused("way", "请从当地的领取办法中选一个。", "Choose one of the place's ways.", rule.source, "how")  # fmt: skip
    return given


def _of_the_year(tx: Tx, state: TicketState, on: date) -> Iterator[Reward]:
    """What else this person was proposed for or given in the calendar year. Locked: of two given at once, one sees the other."""
    party, contact = (state.party,), (state.contact_index or None,)  # nobody's is NULL, which no row equals
    if tx.sqlite:  # has one writer
        rows = [*tx.all(_BY_PARTY, party), *tx.all(_BY_CONTACT, contact)]
    else:
        rows = [*tx.all(f"{_BY_PARTY} FOR UPDATE", party), *tx.all(f"{_BY_CONTACT} FOR UPDATE", contact)]
    for raw in dict(rows).values():
        other = _decode(raw)
        reward = rewards.standing(other)
        if other.id != state.id and reward and reward.on.year == on.year:
            yield reward
