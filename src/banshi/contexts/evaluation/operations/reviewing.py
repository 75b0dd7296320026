"""给评价: by the applicant, by a code, at a window's device, or told in a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from banshi.contexts.evaluation import rules
from banshi.contexts.evaluation.files import settings_for
from banshi.contexts.evaluation.models import EvaluationPrivate
from banshi.contexts.evaluation.values import Grade, Matter, Opinion, Via
from banshi.infra import private
from banshi.infra.reads import instant
from banshi.infra.store import Clash, Tx, new_id, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Data, NotFound, Refused, Stream
from banshi.kernel.workdays import civil_day

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
    named: bool = True,
    via: Via = Via.SELF,
    command_id: UUID | None = None,
) -> None:
    """评价 of a finished case, once for each service of it (`assess_number`; 1 is the case, the others are visits).

    What the case is, the caller knows: `item`, `office`, `party`, `finished`; and, with `via`, that a code was signed, that
    a device asked, or that a call was claimed. `text` is kept encrypted. Raises `NotFound`, `Refused`, `Clash`.
    """
    words = checked(text)
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
            named=named,
        )
        now = matter if assess_number == 1 else _visited(tx, region, matter)
        facts = rules.review(now, said, reviewed=reviewed is not None, actor=actor, via=via)
        id = new_id()
        given = facts[0].data
        _insert(tx, region, id, party, given)
        count(tx, region, given["grade"], office, item, now.window, at, 1)
        tx.append(Stream(region, id), 0, facts)

    write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def checked(text: str, field: str = "text") -> str:
    """Words as they are kept. Raises `Refused` when they are too many."""
    words = text.strip()
    if len(words) > MAX_WORDS:
        raise Refused(
            "text_too_long",
            f"文字超过{MAX_WORDS}字，请精简。",
            f"The words exceed {MAX_WORDS} characters; shorten them.",
            "",
            field,
        )
    return words


def offer_visit(*, region: str, case: UUID, window: str, actor: Actor, at: datetime) -> None:
    """请评价: a visit to a window (`hall/number`) is over; the device there shows it for some minutes, and then nothing.

    Offered again while it still waits there, it is the same visit. Raises `Refused`, `Clash`.
    """
    until_at = at + timedelta(minutes=settings_for(region).device_minutes)

    def work(tx: Tx) -> None:
        rows = tx.all(
            "SELECT v.assess_number, v.window_code, v.until_at, r.id FROM evaluation_visitrow v"
            " LEFT JOIN evaluation_review r ON r.region_code = v.region_code AND r.case_id = v.case_id"
            " AND r.assess_number = v.assess_number WHERE v.region_code = %s AND v.case_id = %s",
            (region, case),
        )
        if any(place == window and at < instant(until) and not rated for _, place, until, rated in rows):
            return
        number = max((row[0] for row in rows), default=1) + 1
        facts = rules.visit(Matter(case, "", "", case, True, number), window, actor)
        id = new_id()
        added = tx.run(
            "INSERT INTO evaluation_visitrow (region_code, id, case_id, assess_number, window_code, at, until_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (region, id, case, number, window, at, until_at),
        )
        if not added:
            raise Clash
        tx.append(Stream(region, id), 0, facts)
        tx.count(region, f"evaluation.windows.{_month(at)}", f"{window}|service", 1)

    write(work, at=at, actor=actor.code, region=region)


def count_service(*, region: str, case: UUID, office: str, item: str, at: datetime) -> None:
    """记一次服务: a case has ended and could be rated, counted once (for the rate of active reviews)."""

    def work(tx: Tx) -> None:
        tx.count(region, f"evaluation.offices.{_month(at)}", f"{office}|service", 1)
        tx.count(region, f"evaluation.items.{_month(at)}", f"{item}|service", 1)

    once = uuid5(case, "evaluation/service")
    write(work, at=at, actor=SYSTEM.code, region=region, command_id=once)


def count(
    tx: Tx, region: str, grade: Grade, office: str, item: str, window: str, at: datetime, delta: int
) -> None:
    """A review into the figures, or out of them again (`delta` -1): of the month in which it was given."""
    month = _month(at)
    tx.count(region, "evaluation.grade", f"{office}|{grade.value}", delta)
    tx.count(region, f"evaluation.offices.{month}", f"{office}|{grade.value}", delta)
    tx.count(region, f"evaluation.items.{month}", f"{item}|{grade.value}", delta)
    if window:
        tx.count(region, f"evaluation.windows.{month}", f"{window}|{grade.value}", delta)


def _month(at: datetime) -> str:
    return f"{civil_day(at):%Y-%m}"


def _visited(tx: Tx, region: str, matter: Matter) -> Matter:
    """A visit is over when it is offered, whatever becomes of the case. Raises `NotFound`."""
    row = tx.one(
        "SELECT window_code FROM evaluation_visitrow WHERE region_code = %s AND case_id = %s AND assess_number = %s",
        (region, matter.case, matter.assess_number),
    )
    if row is None:
        raise NotFound("这次服务", "service")
    return replace(matter, window=row[0], finished=True)


def _insert(tx: Tx, region: str, id: UUID, party: UUID, data: Data) -> None:
    written = tx.run(
        "INSERT INTO evaluation_review (region_code, id, case_id, assess_number, item_code, office_code, party_id, grade,"
        " indicators, channel, at, text_id, window_code, signed, excluded)"
        " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING",
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
            data["window"],
            data["named"],
            False,
        ),
    )
    if not written:
        raise Clash
