"""差评申诉和复核."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from banshi.contexts.evaluation import rules, store
from banshi.contexts.evaluation.models import EvaluationPrivate
from banshi.contexts.evaluation.operations.reviewing import checked, count
from banshi.contexts.evaluation.rules.appealing import DECIDERS
from banshi.directory.values import covers
from banshi.infra import private
from banshi.infra.private import Kept
from banshi.infra.store import Clash, Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Stream


def appeal(
    *,
    region: str,
    review: UUID,
    ground: str,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> UUID:
    """申诉 by the rated office: `ground` mistaken or malicious; once. Its id. Raises `NotFound`, `Refused`, `Clash`."""
    words = checked(text)

    def work(tx: Tx) -> str:
        found = store.lock_review(tx, region, review)
        before = store.find_appeal(tx, region, review)
        kept = _keep(tx, region, words)
        facts = rules.appeal(
            found,
            open=before is not None and before.decided_at is None,
            decided=before is not None and before.decided_at is not None,
            ground=ground,
            text=kept.id if kept else None,
            digest=kept.digest if kept else "",
            actor=actor,
        )
        id = new_id()
        (fact,) = facts
        added = tx.run(
            "INSERT INTO evaluation_appealrow (region_code, id, review_id, office_code, ground, text_id, author, at,"
            " decided_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            (
                region,
                id,
                review,
                found.office,
                fact.data["ground"].value,
                fact.data["text"],
                actor.code,
                at,
            ),
        )
        if not added:
            raise Clash
        tx.append(Stream(region, review), store.last(tx, region, review), facts)
        return str(id)

    return UUID(write(work, at=at, actor=actor.code, region=region, command_id=command_id))


def decide_appeal(
    *,
    region: str,
    review: UUID,
    upheld: bool,
    text: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """复核 by a second pair of eyes. `upheld`: the appeal is right; the review leaves the figures and stays on file.

    Raises `NotFound`, `Refused`.
    """
    words = checked(text)

    def work(tx: Tx) -> None:
        found = store.lock_review(tx, region, review)
        before = store.find_appeal(tx, region, review)
        if before is None:
            raise NotFound("申诉", "appeal")
        kept = _keep(tx, region, words)
        covered = tuple(
            post.region for post in actor.held if post.kind in DECIDERS and covers(post.region, region)
        )
        facts = rules.decide(
            found,
            before,
            upheld=upheld,
            text=kept.id if kept else None,
            digest=kept.digest if kept else "",
            regions=covered,
            actor=actor,
        )
        tx.run(
            "UPDATE evaluation_appealrow SET upheld = %s, decided_by = %s, decided_at = %s, answer_id = %s"
            " WHERE region_code = %s AND id = %s",
            (upheld, actor.code, at, kept.id if kept else None, region, before.id),
        )
        if upheld:
            tx.run(
                "UPDATE evaluation_review SET excluded = %s WHERE region_code = %s AND id = %s",
                (True, region, review),
            )
            count(tx, region, found.grade, found.office, found.item, found.window, found.at, -1)
        tx.append(Stream(region, review), store.last(tx, region, review), facts)

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def _keep(tx: Tx, region: str, words: str) -> Kept | None:
    return private.put(tx, EvaluationPrivate, region, {"text": words}) if words else None
