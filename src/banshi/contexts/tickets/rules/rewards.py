"""奖励: for what was said and adopted: proposed by one, decided by another, claimed by the person. Money is paid elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules.words import said, told
from banshi.contexts.tickets.values import Input, Reward, TicketState, amount
from banshi.contexts.tickets.values.codes import Reply, Status
from banshi.contexts.tickets.values.terms import Rewarding
from banshi.kernel.facts import Fact, Refused
from banshi.kernel.workdays import Calendar


def standing(state: TicketState) -> Reward | None:
    """The reward unless it was refused."""
    return state.reward if state.reward and not state.reward.refused_on else None


def propose(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """提出奖励: what `given` holds of the place's rule, `admit` has put there."""
    if standing(state):
        raise Refused("once_per_matter", "这件已经有奖励了。", "There is a reward for this one already.")
    said(given, "为什么值得奖励", "why it deserves one")
    amounts = {"level": given.kind, "decider": given.how, "fen": given.fen, "points": given.points}
    return [Fact(events.REWARD_PROPOSED, {**told(given, at, by), **amounts})]


def decide(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """决定奖励: by a second person."""
    reward = standing(state)
    if reward is None or reward.granted_on:
        raise Refused("no_proposal", "没有待决定的奖励。", "No proposal of a reward waits.")
    if reward.by == by:
        raise Refused("own_proposal", "提出的人不能自己决定，请由另一个人来做。", "Who proposed it does not decide.")  # fmt: skip
    if given.verdict not in ("pass", "refuse"):
        raise Refused("verdict", "请选择同意或者不同意。", "Choose to grant or to refuse.", "", "verdict")
    if given.verdict == "refuse":
        said(given, "不同意的理由", "why not")
        return [Fact(events.REWARD_REFUSED, told(given, at, by))]
    return [Fact(events.REWARD_GRANTED, told(given, at, by))]


def claim(state: TicketState, given: Input, at: datetime, by: str, calendar: Calendar) -> list[Fact]:
    """领取奖励: how the person wants it; `given.how` is one of the place's ways."""
    reward = standing(state)
    if reward is None or not reward.granted_on:
        raise Refused("no_reward", "没有可以领取的奖励。", "There is no reward to claim.")
    if reward.claimed_on:
        raise Refused("claimed", "已经登记过领取方式。", "It has been claimed already.")
    return [Fact(events.REWARD_CLAIMED, {**told(given, at, by), "how": given.how})]


def admit(
    rule: Rewarding | None,
    state: TicketState,
    given: Input,
    *,
    family: Sequence[TicketState],
    head: TicketState,
    year: Iterable[Reward],
) -> Input:
    """The input with the level's amounts, where the place rewards this. Raises `Refused`.

    `family`: all that say the same, this one among them; `head` is the one that was handled for all of them; `year`: what
    else the same person has been given or proposed for in this calendar year.
    """
    if rule is None or not state.terms.rewarded:
        raise Refused("not_rewarded", "当地没有规定奖励这类诉求。", "This place does not reward this kind of voice.")  # fmt: skip
    if state.anonymous and state.party is None:
        raise Refused(
            "nobody_to_reward",
            "匿名、没有留联系方式的，不知道奖给谁。",
            "Said without a name or contact: there is nobody to give it to.",
            rule.source,
        )
    if head.reply is not Reply.SOLVED or state.status is not Status.CLOSED:
        raise Refused("not_adopted", "已经采纳、解决并且办结的，才能奖励。", "Only what was adopted, solved and closed is rewarded.", rule.source)  # fmt: skip
    first = min(family, key=lambda one: (one.raised_at, one.number))
    if first.id != state.id:
        raise Refused(
            "first_only",
            f"同一件事只奖最先说的人，最先说的是{first.number}。",
            f"Of one matter only who said it first is rewarded: {first.number}.",
            rule.source,
        )
    level = next((one for one in rule.levels if one.key == given.kind), None)
    if level is None:
        raise Refused("level", "请从当地规定的等级中选一个。", "Choose one of the place's levels.", rule.source, "kind")  # fmt: skip
    within(rule, level.fen, level.points, year)
    return replace(given, how=rule.decided_by, fen=level.fen, points=level.points)


def within(rule: Rewarding, fen: int, points: int, year: Iterable[Reward]) -> None:
    """年度上限 of one person. Raises `Refused`."""
    former = list(year)
    too_much = rule.yearly_fen and fen + sum(one.fen for one in former) > rule.yearly_fen
    too_many = rule.yearly_points and points + sum(one.points for one in former) > rule.yearly_points
    if too_much or too_many:
        most = amount(rule.yearly_fen, 0) if too_much else amount(0, rule.yearly_points)
        raise Refused(
            "yearly_most",
            f"这位当事人今年的奖励加上这次，超过了一年{most}的上限。",
            f"With this one the person's rewards of the year exceed {most}.",
            rule.source,
            "kind",
        )
