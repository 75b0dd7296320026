"""申请操作: draft, answer, fill in, hand over, submit once.

Whether an application is complete is the flow's question, which knows the definitions; here a draft is kept safely and
a submission happens once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from banshi.contexts.intake import events
from banshi.contexts.intake.models import IntakePrivate
from banshi.contexts.intake.values import Led
from banshi.infra import files, private
from banshi.infra.store import Tx, encode, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused, Stream

MAX_FILES = 40


def start(
    *,
    region: str,
    party: UUID,
    target: str,
    title: str,
    channel: str,
    actor: Actor,
    at: datetime,
    hall: str = "",
    window: str = "",
    answers: Mapping[str, str] | None = None,
    command_id: UUID | None = None,
) -> UUID:
    """Begin a draft in the county of the matter; returns its id."""
    _may_draft_for(actor, party)

    def work(tx: Tx) -> str:
        id = new_id()
        tx.run(
            "INSERT INTO intake_application (region_code, id, seq, owner, party_id, target, title, answers, versions,"
            " channel, hall_code, window_no, updated_at, submitted_at, lead_office)"
            " VALUES (%s, %s, 0, %s, %s, %s, %s, %s, '{}', %s, %s, %s, %s, NULL, '')",
            (
                region,
                id,
                actor.code,
                party,
                target,
                title,
                encode(dict(answers or {})),
                channel,
                hall,
                window,
                at,
            ),
        )
        private.put(tx, IntakePrivate, region, {"values": {}}, id=id)
        return str(id)

    return UUID(write(work, at=at, actor=actor.code, region=region, command_id=command_id))


def answer(*, region: str, id: UUID, answers: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Keep the answers given so far (the whole set)."""

    def work(tx: Tx) -> None:
        _open(tx, region, id, actor)
        tx.run(
            "UPDATE intake_application SET answers = %s, updated_at = %s WHERE region_code = %s AND id = %s",
            (encode(dict(answers)), at, region, id),
        )

    write(work, at=at, actor=actor.code)


def save(*, region: str, id: UUID, values: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Keep typed values; those of other fields stay as they are (hidden fields lose nothing)."""

    def work(tx: Tx) -> None:
        _open(tx, region, id, actor)
        before = private.get(IntakePrivate, region, id).get("values", {})
        private.put(tx, IntakePrivate, region, {"values": {**before, **values}}, id=id)
        tx.run(
            "UPDATE intake_application SET updated_at = %s WHERE region_code = %s AND id = %s",
            (at, region, id),
        )

    write(work, at=at, actor=actor.code)


def attach(
    *,
    region: str,
    id: UUID,
    material: str,
    name: str,
    content: bytes,
    formats: tuple[str, ...],
    actor: Actor,
    at: datetime,
) -> UUID:
    """Hand over a file for a material. Checked and stored before the transaction that names it."""
    checked = files.check(name, content, formats)
    files.store(checked.content, checked.digest)

    def work(tx: Tx) -> str:
        _open(tx, region, id, actor)
        _room(tx, region, id)
        evidence = new_id()
        files.register(tx, checked.digest, len(content), checked.media_type)
        row = (
            region,
            evidence,
            id,
            material,
            "uploaded",
            checked.digest,
            checked.media_type,
            len(content),
            "",
            at,
        )
        _insert_evidence(tx, row)
        shown = re.sub(r"[^\w.\- ()（）]", "_", Path(name.replace("\\", "/")).name)[:80]
        private.put(tx, IntakePrivate, region, {"name": shown}, id=evidence)
        return str(evidence)

    return UUID(write(work, at=at, actor=actor.code))


def note_evidence(
    *, region: str, id: UUID, material: str, source: str, actor: Actor, at: datetime, reference: str = ""
) -> None:
    """Hand over without a file: by a certificate that the platform holds, or a paper that the clerk has seen."""
    if source == "paper" and actor.kind != "staff":
        raise Refused("paper_at_window", "纸质材料由窗口核验后登记。", "Papers are recorded by the window.")

    def work(tx: Tx) -> None:
        _open(tx, region, id, actor)
        found = tx.one(
            "SELECT 1 FROM intake_evidence WHERE region_code = %s AND application_id = %s AND material = %s"
            " AND source = %s",
            (region, id, material, source),
        )
        if not found:
            _insert_evidence(tx, (region, new_id(), id, material, source, "", "", 0, reference, at))

    write(work, at=at, actor=actor.code)


def detach(*, region: str, id: UUID, evidence: UUID, actor: Actor, at: datetime) -> None:
    """Take a material back from a draft. The stored file stays until it is pruned with its application."""

    def work(tx: Tx) -> None:
        _open(tx, region, id, actor)
        tx.run(
            "DELETE FROM intake_evidence WHERE region_code = %s AND application_id = %s AND id = %s",
            (region, id, evidence),
        )

    write(work, at=at, actor=actor.code)


def submit(
    tx: Tx,
    *,
    region: str,
    id: UUID,
    answers: Mapping[str, str],
    versions: Mapping[str, int],
    actor: Actor,
    digests: Mapping[str, str],
    led: Led | None = None,
    batch: UUID | None = None,
) -> None:
    """提交: once. Joins the flow's transaction `tx`, in which the cases are opened too.

    `answers`: all that count, also those that were known and not asked. `led`: who leads a bundle, and its clock; `batch`: what is handed in together for several firms.
    """
    target, channel = _open(tx, region, id, actor)
    tx.run(
        "UPDATE intake_application SET submitted_at = %s, updated_at = %s, answers = %s, versions = %s, seq = 1, lead_office = %s,"
        " batch = %s, due_on = %s, due_at = %s, warn_on = %s"
        " WHERE region_code = %s AND id = %s AND submitted_at IS NULL",
        (
            tx.at,
            tx.at,
            encode(dict(answers)),
            encode(dict(versions)),
            led.office if led else "",
            batch,
            led.due_on if led else None,
            led.due_at if led else None,
            led.warn_on if led else None,
            region,
            id,
        ),
    )
    data: dict[str, Any] = {
        "target": target,
        "channel": channel,
        "items": dict(versions),
        "digests": dict(digests),
    }
    if led:
        data |= {"lead": led.office, "due_on": led.due_on, "due_at": led.due_at}
    if batch:
        data["batch"] = batch
    tx.append(Stream(region, id), 0, [Fact(events.SUBMITTED, data)])


def finish(tx: Tx, *, region: str, id: UUID, on: date) -> None:
    """整件事办结: every one of its cases has come to its end. Said once."""
    done = tx.run(
        "UPDATE intake_application SET done_on = %s, seq = seq + 1 WHERE region_code = %s AND id = %s AND done_on IS NULL"
        " AND due_on IS NOT NULL",
        (on, region, id),
    )
    if done:
        _append(tx, region, id, Fact(events.FINISHED, {"on": on}))


def reclock(tx: Tx, *, region: str, id: UUID, led: Led, moved: bool, calendar: str) -> bool:
    """整件事的时限重新计算 by the calendar of this version; a fact where it `moved`, else only the warning shifts.

    Whether it was still running.
    """
    running = tx.run(
        "UPDATE intake_application SET due_on = %s, due_at = %s, warn_on = %s, seq = seq + %s"
        " WHERE region_code = %s AND id = %s AND done_on IS NULL AND due_on IS NOT NULL",
        (led.due_on, led.due_at, led.warn_on, int(moved), region, id),
    )
    if running and moved:
        data = {"due_on": led.due_on, "due_at": led.due_at, "calendar": calendar}
        _append(tx, region, id, Fact(events.CLOCK_RECOMPUTED, data))
    return bool(running)


def _append(tx: Tx, region: str, id: UUID, fact: Fact) -> None:
    """Behind the fact before: the row counts this one already."""
    row = tx.one("SELECT seq FROM intake_application WHERE region_code = %s AND id = %s", (region, id))
    tx.append(Stream(region, id), row[0] - 1 if row else 0, [fact])


def copy(
    tx: Tx, *, region: str, id: UUID, to_region: str, party: UUID, values: Mapping[str, str], actor: Actor
) -> UUID:
    """照样再来一份 for another party: the same answers and materials with these values, as a draft of its own.

    Files are named again, not stored again.
    """
    _may_draft_for(actor, party)
    other = new_id()
    tx.run(
        "INSERT INTO intake_application (region_code, id, seq, owner, party_id, target, title, answers, versions, channel,"
        " hall_code, window_no, updated_at, submitted_at, lead_office, batch, due_on, due_at, warn_on, done_on)"
        " SELECT %s, %s, 0, owner, %s, target, title, answers, '{}', channel, hall_code, window_no, %s, NULL, '', NULL, NULL,"
        " NULL, NULL, NULL FROM intake_application WHERE region_code = %s AND id = %s",
        (to_region, other, party, tx.at, region, id),
    )
    private.put(tx, IntakePrivate, to_region, {"values": dict(values)}, id=other)
    columns = "material, source, file, media_type, size, reference"
    for evidence, *rest in tx.all(
        f"SELECT id, {columns} FROM intake_evidence WHERE region_code = %s AND application_id = %s ORDER BY id",  # noqa: S608
        (region, id),
    ):
        own = new_id()
        _insert_evidence(tx, (to_region, own, other, *rest, tx.at))
        key = evidence if isinstance(evidence, UUID) else UUID(evidence)
        private.put(tx, IntakePrivate, to_region, private.get(IntakePrivate, region, key), id=own)
    return other


def discard(*, region: str, id: UUID, actor: Actor, at: datetime) -> None:
    """删除草稿: the row, its evidence and its private content go; that it was done stays on record."""

    def work(tx: Tx) -> None:
        target, channel = _open(tx, region, id, actor)
        tx.append(Stream(region, id), 0, [Fact(events.DISCARDED, {"target": target, "channel": channel})])
        evidence = tx.all(
            "SELECT id FROM intake_evidence WHERE region_code = %s AND application_id = %s", (region, id)
        )
        for (one,) in evidence:
            private.erase(tx, IntakePrivate, region, one if isinstance(one, UUID) else UUID(one))
        private.erase(tx, IntakePrivate, region, id)
        tx.run("DELETE FROM intake_evidence WHERE region_code = %s AND application_id = %s", (region, id))
        tx.run("DELETE FROM intake_application WHERE region_code = %s AND id = %s", (region, id))

    write(work, at=at, actor=actor.code)


def _may_draft_for(actor: Actor, party: UUID) -> None:
    if actor.kind == "citizen" and str(party) not in actor.parties:
        raise NotFound("申请人", "applicant")
    if actor.kind == "staff" and "window_clerk" not in actor.posts:
        raise Refused(
            "not_your_post", "只有窗口人员可以代为填写申请。", "Only window clerks fill in for others."
        )
    if actor.kind not in ("citizen", "staff"):
        raise Refused("sign_in", "请先登录。", "Sign in first.")


def _open(tx: Tx, region: str, id: UUID, actor: Actor) -> tuple[str, str]:
    """The draft is there, is the actor's own, and is not submitted; its target and channel."""
    locked = "" if tx.sqlite else " FOR UPDATE"
    row = tx.one(
        "SELECT owner, submitted_at, target, channel FROM intake_application"  # noqa: S608
        f" WHERE region_code = %s AND id = %s{locked}",
        (region, id),
    )
    if row is None or row[0] != actor.code:
        raise NotFound("申请", "application")
    if row[1] is not None:
        raise Refused(
            "submitted_already",
            "这份申请已经提交过，不需要再交；进度请看“我的办件”。",
            "This application was submitted already; see its progress under 'my matters'.",
        )
    return row[2], row[3]


def _room(tx: Tx, region: str, id: UUID) -> None:
    row = tx.one(
        "SELECT count(*) FROM intake_evidence WHERE region_code = %s AND application_id = %s", (region, id)
    )
    if row and row[0] >= MAX_FILES:
        raise Refused(
            "too_many_files",
            f"一份申请最多上传{MAX_FILES}个文件，请合并后再传。",
            f"An application holds at most {MAX_FILES} files; merge some.",
        )


def _insert_evidence(tx: Tx, row: tuple[object, ...]) -> None:
    tx.run(
        "INSERT INTO intake_evidence (region_code, id, application_id, material, source, file, media_type, size,"
        " reference, added_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        row,
    )
