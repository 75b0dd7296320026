"""评价操作: give a review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banshi.contexts.evaluation import rules
from banshi.contexts.evaluation.models import EvaluationPrivate
from banshi.contexts.evaluation.values import Matter, Opinion
from banshi.infra import private
from banshi.infra.store import Clash, Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Data, Refused, Stream

MAX_WORDS = 500  # characters


def review(
    *,
    region: str,
    case: UUID,
    item: str,
    office: str,
    party: UUID,
    finished: bool,
    grade: str,
    indicators: Sequence[str],
    text: str,
    channel: str,
    actor: Actor,
    at: datetime,
    assess_number: int = 1,
    command_id: UUID | None = None,
) -> None:
    """评价: by the applicant of a finished case, once for each service of it (`assess_number`).

    What the case is, the caller knows: `item`, `office`, `party`, `finished`. `text` is kept encrypted.
    Raises `NotFound`, `Refused`, `Clash`.
    """
    words = text.strip()
    if len(words) > MAX_WORDS:
        raise Refused(
            "text_too_long",
            f"评价的文字超过{MAX_WORDS}字，请精简。",
            f"The words exceed {MAX_WORDS} characters; shorten them.",
            "",
            "text",
        )
    matter = Matter(case, item, office, party, finished, assess_number)

    def work(tx: Tx) -> None:
        reviewed = tx.one(
            "SELECT 1 FROM evaluation_review WHERE region_code = %s AND case_id = %s AND assess_number = %s",
            (region, case, assess_number),
        )
        kept = private.put(tx, EvaluationPrivate, region, {"text": words}) if words else None
        said = Opinion(
            grade=grade,
            indicators=tuple(indicators),
            channel=channel,
            text=kept.id if kept else None,
            digest=kept.digest if kept else "",
        )
        facts = rules.review(matter, said, reviewed=reviewed is not None, actor=actor)
        id = new_id()
        for fact in facts:
            _insert(tx, region, id, party, fact.data)
            tx.count(region, "evaluation.grade", f"{office}|{fact.data['grade']}", 1)
        tx.append(Stream(region, id), 0, facts)

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def _insert(tx: Tx, region: str, id: UUID, party: UUID, data: Data) -> None:
    written = tx.run(
        "INSERT INTO evaluation_review (region_code, id, case_id, assess_number, item_code, office_code, party_id, grade,"
        " indicators, channel, at, text_id) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING",
        (
            region,
            id,
            data["case"],
            data["assess_number"],
            data["item"],
            data["office"],
            party,
            data["grade"].value,
            ",".join(data["indicators"]),
            data["channel"].value,
            tx.at,
            data["text"],
        ),
    )
    if not written:
        raise Clash
