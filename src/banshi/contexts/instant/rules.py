"""秒批规则: who may look and stop, and what is drawn to be looked at.

Licensing law arts. 10, 60, 61: the level above and the deciding office supervise what was permitted.
"""

from __future__ import annotations

from banshi.contexts.instant.values import Decided, Finding, Switch
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused

ALL_OF_FIRST = 10  # decisions of an item in a county
ONE_IN = 10
MAX_WORDS = 1000  # characters
ANSWERING = ("approver", "leader")


def drawn(before: int, lot: str) -> bool:
    """抽查: the first ones all, then by lot. `before`: how many came earlier; `lot`: a keyed digest, in hex."""
    return before < ALL_OF_FIRST or int(lot[:8], 16) % ONE_IN == 0


def oversees(actor: Actor, region: str, office: str) -> bool:
    """Whether somebody answers for this office's decisions, or supervises its county."""
    if actor.may_act_for(office, *ANSWERING):
        return True
    return any(
        post.kind == "supervisor" and region.startswith(post.region.removesuffix("00")) for post in actor.held
    )


def require_overseer(actor: Actor, region: str, office: str) -> None:
    """Raises `NotFound` for whom it is as if it were not there."""
    if not oversees(actor, region, office):
        raise NotFound("这个秒批事项", "item decided at once")


def require_words(words: str, zh: str, en: str) -> None:
    if not words:
        raise Refused("words_needed", f"请写明{zh}。", f"State {en}.", "", "text")
    if len(words) > MAX_WORDS:
        raise Refused(
            "text_too_long",
            f"文字超过{MAX_WORDS}字，请精简。",
            f"The text exceeds {MAX_WORDS} characters.",
            "",
            "text",
        )


def check(found: Decided, finding: str) -> Finding:
    """抽查 once. Raises `Refused`."""
    if found.finding is not Finding.NONE:
        raise Refused("checked_already", "这一件已经抽查过。", "This decision has been checked already.")
    if finding not in (Finding.RIGHT, Finding.WRONG):
        raise Refused("finding", "请选择抽查结论。", "Choose what was found.", "", "finding")
    return Finding(finding)


def turn(now: Switch | None, stop: bool) -> None:
    """Raises `Refused` where it is so already."""
    if stop == bool(now and now.stopped):
        zh = "这个事项已经停用秒批。" if stop else "这个事项没有停用秒批。"
        raise Refused("switched_already", zh, "It is so already.")
