"""回访: whom to call about what, by whom, how often, and what an answer leads to."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID

from banshi.contexts.evaluation import events
from banshi.contexts.evaluation.values import About, Call, CallStatus, Outcome, Settings
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused
from banshi.kernel.workdays import CHINA, Calendar, civil_day

CALLERS = ("caller",)
OPEN, CLOSE = 9, 18  # hours in China between which people are called


def sampled(subject: UUID, type: str, settings: Settings) -> bool:
    """抽访: whether a finished case is called about. The same case is always answered the same, with no dice."""
    sampling = settings.sampling
    match sampling.mode:
        case "share":
            return int.from_bytes(hashlib.sha256(subject.bytes).digest()[:4]) % 100 < sampling.share
        case "kinds":
            return type in sampling.kinds
    return True


def may_call(call: Call, actor: Actor) -> None:
    """Nobody calls about their own office or what they handled themselves. Raises `NotFound`, `Refused`."""
    if not actor.posts & set(CALLERS):
        raise NotFound("回访", "call")
    if call.office in actor.offices() or actor.code == call.barred:
        raise Refused(
            "own_matter",
            "自己部门办的、自己经手的事，由别人回访。",
            "Somebody else calls about what your office or you yourself handled.",
        )


def claim(call: Call, actor: Actor, at: datetime, settings: Settings) -> list[Fact]:
    """领取: from now on the number can be seen, by this caller. Raises `NotFound`, `Refused`."""
    may_call(call, actor)
    if call.status is CallStatus.DONE:
        raise _done()
    held = call.status is CallStatus.CLAIMED and at < lease_end(call, settings)
    if held and call.claimed_by != actor.code:
        raise Refused(
            "claimed",
            "这一件别人正在打，请领下一件。",
            "Somebody else is calling about this; take the next.",
        )
    if held:
        return []
    if at < call.next_at:
        raise Refused(
            "too_early",
            "还没有到下一次拨打的时间。",
            "It is not time to try again yet.",
        )
    return [Fact(events.CLAIMED, {})]


def lease_end(call: Call, settings: Settings) -> datetime:
    """Until when a claim holds."""
    return (call.claimed_at or call.at) + timedelta(minutes=settings.lease_minutes)


def mine(call: Call, actor: Actor) -> None:
    """Only who has claimed it may look, write down or give back. Raises `NotFound`, `Refused`."""
    may_call(call, actor)
    if call.status is CallStatus.DONE:
        raise _done()
    if call.status is not CallStatus.CLAIMED or call.claimed_by != actor.code:
        raise Refused(
            "not_claimed",
            "请先领取，再拨打和登记。",
            "Claim it first, then call and write down the answer.",
        )


def record(
    call: Call,
    outcome: str,
    *,
    text: UUID | None,
    digest: str,
    suggests: bool,
    actor: Actor,
    at: datetime,
    settings: Settings,
) -> list[Fact]:
    """登记结果: of a person who could not be reached the call comes again, up to so many times. Raises `Refused`."""
    mine(call, actor)
    if outcome not in Outcome:
        raise Refused("outcome", "请选一个回访结果。", "Choose how the call went.", "", "outcome")
    found = Outcome(outcome)
    if found is Outcome.NOT_CONTENT and text is None:
        raise Refused(
            "words_needed",
            "不满意的，请记下对方说了什么。",
            "Write down what the person was not content with.",
            "",
            "text",
        )
    if suggests and (text is None or found in (Outcome.REFUSED, Outcome.UNREACHED)):
        raise Refused(
            "no_suggestion",
            "没有打通、拒访或者没有记下内容的，不能登记意见建议。",
            "There is no suggestion without an answer and words.",
            "",
            "suggests",
        )
    attempts = call.attempts + (found is Outcome.UNREACHED)
    if found is Outcome.UNREACHED and attempts < settings.attempts:
        return [Fact(events.UNREACHED, {"attempts": attempts, "next_at": next_try(at, settings)})]
    data = {
        "about": call.about,
        "subject": call.subject,
        "office": call.office,
        "outcome": found,
        "attempts": attempts,
        "text": text,
        "digest": digest,
        "suggests": suggests,
    }
    return [Fact(events.COMPLETED, data)]


def next_try(at: datetime, settings: Settings) -> datetime:
    """So many hours on; in the night, the next morning."""
    then = (at + timedelta(hours=settings.retry_hours)).astimezone(CHINA)
    if then.hour >= CLOSE:
        then = (then + timedelta(days=1)).replace(hour=OPEN, minute=0, second=0, microsecond=0)
    elif then.hour < OPEN:
        then = then.replace(hour=OPEN, minute=0, second=0, microsecond=0)
    return then.astimezone(at.tzinfo)


def due_on(about: About, at: datetime, days: int, settings: Settings, calendar: Calendar) -> date:
    """The last working day for the call: `days` where the matter has its own; of a named bad review within the pack's one."""
    usual = settings.contact_days if about is About.BAD_REVIEW else settings.call_days
    return calendar.add(civil_day(at), days or usual)


def _done() -> Refused:
    return Refused("call_done", "这一件已经回访过。", "This call has been completed already.")
