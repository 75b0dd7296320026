"""回访: queue, claim, write down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from banshi.contexts.evaluation import events, store
from banshi.contexts.evaluation.files import settings_for
from banshi.contexts.evaluation.models import EvaluationPrivate
from banshi.contexts.evaluation.operations.reviewing import checked
from banshi.contexts.evaluation.rules import calling as rules
from banshi.contexts.evaluation.values import About, Call, CallStatus, Outcome
from banshi.directory.values import covers, prefix
from banshi.infra import private
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused, Stream
from banshi.kernel.workdays import Calendar, civil_day

_TRIES = 20  # calls looked at together


def queue_call(
    tx: Tx,
    *,
    region: str,
    about: About,
    subject: UUID,
    office: str,
    item: str,
    title: str,
    contact: Mapping[str, str],
    at: datetime,
    calendar: Calendar,
    window: str = "",
    type: str = "",
    case: UUID | None = None,
    barred: str = "",
    round: int = 0,
    days: int = 0,
) -> UUID | None:
    """列入回访, in the caller's transaction: once for each `subject` and `round`, however often it is called.

    `contact`: name, phone; kept encrypted. `title` names the matter, nobody in it and nothing that anybody said. `barred`: who handled it. `days`: working days to call within, if not as the pack says. Finished cases are
    sampled as the place's pack says (`type`: GB/T 39046 A.1). None where nobody is called: not in the sample, no number.
    """
    settings = settings_for(region)
    if not contact.get("phone") or (about is About.CASE and not rules.sampled(subject, type, settings)):
        return None
    id = store.call_id(about, subject, round)
    added = tx.run(
        "INSERT INTO evaluation_callrow (region_code, id, about, subject_id, case_id, office_code, item_code, window_code,"
        " title, barred, at, due_on, next_at, status, claimed_by, attempts, outcome, seq)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', '', 0, '', 1) ON CONFLICT DO NOTHING",
        (
            region,
            id,
            about.value,
            subject,
            case,
            office,
            item,
            window,
            title[:120],
            barred,
            at,
            rules.due_on(about, at, days, settings, calendar),
            at,
        ),
    )
    if added:
        private.put(tx, EvaluationPrivate, region, dict(contact), id=id)
        fact = Fact(events.QUEUED, {"about": about, "subject": subject, "office": office})
        tx.append(Stream(region, id), 0, [fact])
        _count(tx, region, office, window, "queued", at)
    return id


def claim_call(*, region: str, id: UUID, actor: Actor, at: datetime) -> None:
    """领取: no second caller gets it while it is held. Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        found = _seen(store.lock_call(tx, region, id), actor)
        _claim(tx, found, rules.claim(found, actor, at, settings_for(region)), actor, at)

    write(work, at=at, actor=actor.code, region=region)


def claim_next_call(*, actor: Actor, at: datetime) -> tuple[str, UUID] | None:
    """领下一件: what is due first of what this caller may call about; its region and id. None when nothing waits."""

    def work(tx: Tx) -> tuple[str, UUID] | None:
        for found in _waiting(tx, actor, at):
            try:
                facts = rules.claim(found, actor, at, settings_for(found.region))
            except Refused:
                continue
            _claim(tx, found, facts, actor, at)
            return found.region, found.id
        return None

    return write(work, at=at, actor=actor.code)


def release_call(*, region: str, id: UUID, actor: Actor, at: datetime) -> None:
    """放回: somebody else shall call. Raises `NotFound`, `Refused`."""

    def work(tx: Tx) -> None:
        found = _seen(store.lock_call(tx, region, id), actor)
        rules.mine(found, actor)
        _append(
            tx,
            replace(found, status=CallStatus.WAITING, claimed_by="", claimed_at=None),
            [Fact(events.RELEASED, {})],
        )

    write(work, at=at, actor=actor.code, region=region)


def record_call(
    *,
    region: str,
    id: UUID,
    outcome: str,
    text: str,
    suggests: bool,
    actor: Actor,
    at: datetime,
    attempts: int = 0,
    command_id: UUID | None = None,
) -> None:
    """登记回访: `outcome` of `Outcome`; `suggests`: `text` is a suggestion that shall be answered; `attempts`: how often an
    unanswered call is made, if not as the place's pack says. Raises `NotFound`, `Refused`.
    """
    words = checked(text)
    settings = settings_for(region)
    if attempts:
        settings = msgspec.structs.replace(settings, attempts=attempts)

    def work(tx: Tx) -> None:
        found = _seen(store.lock_call(tx, region, id), actor)
        kept = private.put(tx, EvaluationPrivate, region, {"text": words}) if words else None
        facts = rules.record(
            found,
            outcome,
            text=kept.id if kept else None,
            digest=kept.digest if kept else "",
            suggests=suggests,
            actor=actor,
            at=at,
            settings=settings,
        )
        (fact,) = facts
        now = replace(
            found, status=CallStatus.WAITING, claimed_by="", claimed_at=None, attempts=fact.data["attempts"]
        )
        if fact.kind == events.UNREACHED:
            _append(tx, replace(now, next_at=fact.data["next_at"]), facts)
            return
        ended = replace(
            now,
            status=CallStatus.DONE,
            claimed_by=actor.code,
            outcome=fact.data["outcome"],
            text=fact.data["text"],
            done_at=at,
        )
        _append(tx, ended, facts)
        _count(tx, region, found.office, found.window, ended.outcome or Outcome.UNREACHED, at)

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def drop_calls(tx: Tx, *, region: str, about: About, subject: UUID, at: datetime) -> None:
    """撤下回访: nobody has to call any more; in the caller's transaction, and again without harm."""
    for found in store.open_calls(tx, region, about, subject):
        _append(tx, replace(found, status=CallStatus.DONE, done_at=at), [Fact(events.DROPPED, {})])


def _waiting(tx: Tx, actor: Actor, at: datetime) -> Iterator[Call]:
    """What this caller holds already; then what waits, the soonest due first, of the regions that they serve."""
    regions = sorted({post.region for post in actor.held if post.kind in rules.CALLERS})
    for region in regions:
        lapsed_at = at - timedelta(minutes=settings_for(region).lease_minutes)
        yield from store.held_calls(tx, actor.code, lapsed_at)
        offset = 0
        while found := store.next_calls(tx, prefix(region), at, lapsed_at, _TRIES, offset):
            yield from found
            offset += _TRIES


def _seen(found: Call, actor: Actor) -> Call:
    """Of a region that the caller serves. Raises `NotFound`."""
    if any(post.kind in rules.CALLERS and covers(post.region, found.region) for post in actor.held):
        return found
    raise NotFound("回访", "call")


def _claim(tx: Tx, found: Call, facts: list[Fact], actor: Actor, at: datetime) -> None:
    if facts:
        claimed = replace(found, status=CallStatus.CLAIMED, claimed_by=actor.code, claimed_at=at)
        _append(tx, claimed, facts)


def _append(tx: Tx, now: Call, facts: list[Fact]) -> None:
    tx.append(Stream(now.region, now.id), now.seq, facts)
    store.put_call(tx, replace(now, seq=now.seq + len(facts)))


def _count(tx: Tx, region: str, office: str, window: str, what: str, at: datetime) -> None:
    month = f"{civil_day(at):%Y-%m}"
    tx.count(region, f"evaluation.calls.{month}", f"{office}|{what}", 1)
    if window:
        tx.count(region, f"evaluation.calls.{month}", f"{window}|{what}", 1)
