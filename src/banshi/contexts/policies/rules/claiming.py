"""兑现: what may be claimed, by whom it is decided, and who may do what. Every refusal is said in words."""

from __future__ import annotations

from datetime import date

from banshi.contexts.policies.values import Finding, Mode, Offer, Policy, PolicyState, Standing, Status
from banshi.directory.values import PostKind, covers
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day

HANDLING = frozenset({PostKind.OFFICER, PostKind.APPROVER, PostKind.LEADER})
HEADS = frozenset({PostKind.APPROVER, PostKind.LEADER})


def handles(actor: Actor, policy: Policy, region: str, kinds: frozenset[PostKind] = HANDLING) -> bool:
    """Whether the actor's office, or the head of the government, handles this policy for people of a county."""
    if actor.kind == "system":
        return True
    return any(
        covers(post.region, region)
        and (
            (post.kind in kinds and post.office.endswith(f"-{policy.department}"))
            or post.kind == PostKind.GOVERNOR
        )
        for post in actor.held
    )


def edits(actor: Actor, policy: Policy, region: str) -> bool:
    """Whether the actor may pause it or set its money here: a head of its office, at the policy's level or above; of
    what the province or the country decided, at the city's."""
    if actor.kind == "system":
        return True
    return any(
        (
            (post.kind in HEADS and post.office.endswith(f"-{policy.department}"))
            or post.kind == PostKind.GOVERNOR
        )
        and (covers(post.region, region) or (post.region.endswith("00") and covers(region, post.region)))
        for post in actor.held
    )


def require_edit(actor: Actor, state: PolicyState) -> None:
    """Raises `Refused`."""
    if not edits(actor, state.policy, state.region):
        raise Refused(
            "not_the_owner",
            f"《{state.policy.title}》由{state.policy.issuer}管理，只有同级主管部门的负责人可以改。",
            f"“{state.policy.title}” is run at its own level; only a head of its office may change it.",
        )


def require_handling(actor: Actor, policy: Policy, region: str) -> None:
    """Raises `NotFound`: somebody else's offers look as if they were not there."""
    if not handles(actor, policy, region):
        raise NotFound("这条政策匹配", "offer")


def claim(
    state: PolicyState, offer: Offer, now: Finding, stated: frozenset[str], asked: frozenset[str], on: date
) -> bool:
    """Whether a claim that is made now has to be checked by the office first; `now` is the match made again, at once.

    Checked: what rests on data that the person stated, and what has to be applied for. Raises `Refused`.
    """
    policy = state.policy
    if offer.status is not Status.OPEN:
        raise Refused(
            "claimed_already",
            f"《{policy.title}》已经确认过了，不用再办。",
            f"“{policy.title}” was claimed already.",
        )
    if not policy.in_force(on):
        raise Refused(
            "not_in_force",
            f"《{policy.title}》不在有效期内（{policy.from_on:%Y-%m-%d}起）。",
            f"“{policy.title}” is not in force today.",
            policy.source,
        )
    if not state.open:
        raise Refused(
            "paused",
            f"《{policy.title}》已经暂停兑现，恢复以后会再通知。",
            f"“{policy.title}” is paused; you will be told when it goes on.",
        )
    if now.standing is Standing.EXCLUDED:
        raise Refused(
            "excluded",
            f"《{policy.title}》和另一条已享受的政策不能重复享受。",
            f"“{policy.title}” cannot be had beside another policy.",
            policy.source,
        )
    if now.standing is not Standing.ENTITLED:
        raise Refused(
            "no_longer_entitled",
            f"按现在的数据，还不能认定符合《{policy.title}》的条件，请看逐项说明。",
            f"By what is known now the conditions of “{policy.title}” are not shown to be met; see each of them.",
            policy.source,
        )
    require_money(state, now.amount)
    return policy.mode is Mode.APPLY or bool(stated & asked)


def again(offer: Offer, policy: Policy, on: date) -> bool:
    """Whether what was claimed (or refused) may be claimed once more: it repeats, and that was in an earlier period."""
    if offer.status is Status.OPEN or not policy.repeat or offer.claimed_at is None:
        return False
    return policy.period(civil_day(offer.claimed_at)) < policy.period(on)


def require_money(state: PolicyState, amount: int | None) -> None:
    """Raises `Refused` when the budget does not hold the amount (分)."""
    left = state.left_fen
    if left is not None and (left <= 0 or (amount or 0) > left):
        raise Refused(
            "budget_spent",
            f"《{state.policy.title}》本期资金已经用完，已停止兑现；资金补足后会继续。",
            f"The budget of “{state.policy.title}” is spent; it goes on when there is more.",
        )


def decide(offer: Offer, grant: bool, reason: str) -> None:
    """Raises `Refused` unless it waits for a decision, and a refusal says why."""
    if offer.status is not Status.CLAIMED:
        raise Refused("nothing_to_decide", "这一条没有在等核对。", "Nothing waits for a decision here.")
    if not grant and not reason.strip():
        raise Refused("reason_needed", "请写明不予兑现的理由。", "Say why it is refused.", field="reason")


def appeal(offer: Offer, open_appeal: bool, text: str) -> None:
    """Raises `Refused`: one appeal at a time, with words, and only where there is something to appeal against."""
    if open_appeal:
        raise Refused("appealed_already", "申诉已经收到，正在核对。", "Your appeal is being looked at.")
    if offer.status in (Status.CLAIMED, Status.GRANTED):
        raise Refused(
            "nothing_to_appeal",
            "这一条已经确认或者兑现，没有可申诉的。",
            "It was claimed or granted; there is nothing to appeal.",
        )
    if not text.strip():
        raise Refused("text_needed", "请写明哪里不对。", "Say what is wrong.", field="text")
