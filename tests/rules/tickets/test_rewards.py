"""奖励: once for a matter, to who said it first, within the year's most, by two people, never to nobody."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from banshi.contexts.tickets.rules import rewards
from banshi.contexts.tickets.rules.permits import offered
from banshi.contexts.tickets.rules.state import tasks
from banshi.contexts.tickets.values import Input, Reward, TicketState, amount
from banshi.contexts.tickets.values.codes import Kind, Reply, Status
from banshi.contexts.tickets.values.terms import Rewarding, RewardLevel
from banshi.kernel.facts import Refused
from tests.rules.tickets.life import (
    CALENDAR,
    CALLER,
    CHIEF,
    CITIZEN,
    DISPATCHER,
    OPERATOR,
    ROADMAN,
    at,
    calling,
    do,
    raised,
)

MON = at("2026-03-02")
LATER = at("2026-03-10")
ADOPTED = {"kind": "adopted", "how": "centre_chief", "points": 20}
RULE = Rewarding(
    source="当地的办法",
    levels=(RewardLevel("adopted", "采纳", fen=20000), RewardLevel("much", "改了制度", fen=50000)),
    ways={"account": "记到账号里"},
    yearly_fen=100000,
)
OLDER = UUID("0199dddd-0000-7000-8000-000000000001")


def closed(**more: Any) -> TicketState:
    state = calling(MON, raised(Kind.REMARK, when=MON, **more))
    return do(state, "call_back", CALLER, at("2026-03-05"), verdict="content")


def proposed() -> TicketState:
    return do(closed(), "propose_reward", OPERATOR, LATER, **ADOPTED)


def rule_of(call: Any) -> str:
    with pytest.raises(Refused) as told:
        call()
    assert told.value.zh and told.value.en
    return told.value.rule


def test_from_the_proposal_to_the_claim() -> None:
    state = proposed()
    assert [(task.key, task.post) for task in tasks(state, CALENDAR)] == [("reward", "centre_chief")]
    state = do(state, "decide_reward", CHIEF, LATER, verdict="pass")
    assert tasks(state, CALENDAR) == ()
    state = do(state, "claim_reward", CITIZEN, LATER, how="account")
    assert state.reward == Reward(
        "adopted", OPERATOR.code, date(2026, 3, 10), "centre_chief", points=20, text=state.reward.text,  # type: ignore[union-attr]
        granted_on=date(2026, 3, 10), granted_by=CHIEF.code, claimed_on=date(2026, 3, 10), how="account",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "name", "actor", "given", "rule"),
    [
        (proposed(), "propose_reward", OPERATOR, ADOPTED, "once_per_matter"),
        (closed(), "propose_reward", OPERATOR, {**ADOPTED, "text": None}, "words_needed"),
        (closed(), "propose_reward", ROADMAN, ADOPTED, "not_your_post"),
        (closed(), "decide_reward", CHIEF, {"verdict": "pass"}, "no_proposal"),
        (proposed(), "decide_reward", DISPATCHER, {"verdict": "pass"}, "not_the_decider"),
        (proposed(), "decide_reward", CHIEF, {"verdict": ""}, "verdict"),
        (proposed(), "decide_reward", CHIEF, {"verdict": "refuse", "text": None}, "words_needed"),
        (proposed(), "claim_reward", CITIZEN, {"how": "account"}, "no_reward"),
        (calling(MON), "propose_reward", OPERATOR, ADOPTED, "wrong_state"),
    ],
)
def test_what_is_refused(state: TicketState, name: str, actor: Any, given: Any, rule: str) -> None:
    assert rule_of(lambda: do(state, name, actor, LATER, **given)) == rule


def test_who_proposed_it_does_not_decide() -> None:
    state = do(closed(), "propose_reward", CHIEF, LATER, **ADOPTED)
    assert rule_of(lambda: do(state, "decide_reward", CHIEF, LATER, verdict="pass")) == "own_proposal"
    assert "decide_reward" not in {one.name for one in offered(state, CHIEF)}


def test_a_refused_one_may_be_proposed_again_and_a_claimed_one_is_claimed_once() -> None:
    refused = do(proposed(), "decide_reward", CHIEF, LATER, verdict="refuse")
    again = do(refused, "propose_reward", OPERATOR, LATER, **ADOPTED)
    assert again.reward and not again.reward.refused_on
    given = do(again, "decide_reward", CHIEF, LATER, verdict="pass")
    claimed = do(given, "claim_reward", CALLER, LATER, how="account")
    assert rule_of(lambda: do(claimed, "claim_reward", CITIZEN, LATER, how="account")) == "claimed"


def admit(state: TicketState, given: Input | None = None, **more: Any) -> Input:
    usual: dict[str, Any] = {"family": [state], "head": state, "year": ()}
    return rewards.admit(more.pop("rule", RULE), state, given or Input(kind="adopted"), **(usual | more))


def paid(fen: int) -> Reward:
    return Reward("adopted", "staff:1", date(2026, 1, 5), "centre_chief", fen=fen)


def test_the_level_s_amount_and_the_one_who_decides_come_from_the_place() -> None:
    found = admit(closed())
    assert (found.fen, found.points, found.how) == (20000, 0, "centre_chief")


@pytest.mark.parametrize(
    ("state", "more", "rule"),
    [
        (closed(), {"rule": None}, "not_rewarded"),
        (replace(closed(), terms=replace(closed().terms, rewarded=False)), {}, "not_rewarded"),
        (replace(closed(), contact=None, party=None), {}, "nobody_to_reward"),
        (replace(closed(), reply=Reply.EXPLAINED), {}, "not_adopted"),
        (replace(closed(), status=Status.CALLING), {}, "not_adopted"),
        (closed(), {"given": Input(kind="nothing")}, "level"),
        (closed(), {"year": (paid(90000),)}, "yearly_most"),
        (closed(), {"year": (paid(40000), paid(41000))}, "yearly_most"),
    ],
)
def test_whom_the_place_rewards(state: TicketState, more: dict[str, Any], rule: str) -> None:
    assert rule_of(lambda: admit(state, **more)) == rule


def test_up_to_the_year_s_most_and_no_more() -> None:
    assert admit(closed(), year=(paid(80000),)).fen == 20000
    assert rule_of(lambda: admit(closed(), year=(paid(80001),))) == "yearly_most"
    free = replace(RULE, yearly_fen=0)
    assert admit(closed(), rule=free, year=(paid(10**7),)).fen == 20000


def test_of_several_who_said_the_same_the_first_is_rewarded() -> None:
    mine, earlier = closed(), replace(closed(), id=OLDER, number="1", raised_at=at("2026-03-01"))
    family = [mine, earlier]
    assert rule_of(lambda: admit(mine, family=family)) == "first_only"
    assert admit(earlier, family=family, head=mine).fen == 20000, (
        "even where it was merged into the later one"
    )


@pytest.mark.parametrize(
    ("fen", "points", "words"), [(20000, 0, "200.00元"), (5, 0, "0.05元"), (0, 50, "50积分")]
)
def test_amounts_in_words(fen: int, points: int, words: str) -> None:
    assert amount(fen, points) == words
