"""差评申诉: the rated office may say that a review is mistaken or malicious; somebody else decides.

GB/T 39734-2020 leaves 申诉复核 to the place. Two pairs of eyes: who decides is neither of the office nor the one who appealed.
"""

from __future__ import annotations

from uuid import UUID

from banshi.contexts.evaluation import events
from banshi.contexts.evaluation.values import Appeal, Ground, Review
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused

APPELLANTS = ("officer", "approver", "leader")
DECIDERS = ("supervisor", "centre_chief")


def appeal(
    review: Review, *, open: bool, decided: bool, ground: str, text: UUID | None, digest: str, actor: Actor
) -> list[Fact]:
    """申诉. `open`, `decided`: there is one already. Raises `NotFound`, `Refused`."""
    if not actor.may_act_for(review.office, *APPELLANTS):
        raise NotFound("评价", "review")
    if not review.grade.bad:
        raise Refused("not_bad", "只能对差评提出申诉。", "Only a bad review can be appealed against.", "", "")
    if open or decided:
        raise Refused(
            "appealed_already",
            "这条评价已经申诉过，复核结果为准。" if decided else "这条评价正在复核，请等结果。",
            "This review was appealed against already; the decision stands."
            if decided
            else "An appeal against this review is being looked at.",
        )
    if ground not in Ground:
        raise Refused(
            "ground",
            "请选申诉理由：误评，或者恶意差评。",
            "Choose the ground: mistaken or malicious.",
            "",
            "ground",
        )
    if text is None:
        raise Refused(
            "words_needed",
            "请写明申诉的事实和依据。",
            "State the facts that the appeal rests on.",
            "",
            "text",
        )
    return [
        Fact(
            events.APPEALED,
            {"office": review.office, "ground": Ground(ground), "text": text, "digest": digest},
        )
    ]


def decide(
    review: Review,
    found: Appeal,
    *,
    upheld: bool,
    text: UUID | None,
    digest: str,
    regions: tuple[str, ...],
    actor: Actor,
) -> list[Fact]:
    """复核. `regions`: those that this supervisor covers the review by. Raises `NotFound`, `Refused`."""
    if not regions or not actor.posts & set(DECIDERS):
        raise NotFound("申诉", "appeal")
    if found.decided_at is not None:
        raise Refused(
            "decided_already",
            "这件申诉已经复核过。",
            "This appeal has been decided already.",
        )
    if actor.code == found.by or review.office in actor.offices():
        raise Refused(
            "second_pair",
            "提出申诉的人和被评价部门的人不能复核，请转给别人。",
            "Neither who appealed nor anybody of the rated office decides; hand it to somebody else.",
            "GB/T 39734-2020",
        )
    if text is None:
        raise Refused("words_needed", "请写明复核的理由。", "State the reasons of the decision.", "", "text")
    kind = events.EXCLUDED if upheld else events.UPHELD
    return [Fact(kind, {"appeal": found.id, "text": text, "digest": digest})]
