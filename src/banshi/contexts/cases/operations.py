"""办件操作: open a case, and `act` — every other step of its life, by the declared commands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.cases import documents, queries, store
from banshi.contexts.cases import events as kinds
from banshi.contexts.cases.documents import Letterhead, attach, render, unrendered
from banshi.contexts.cases.models import CasePrivate
from banshi.contexts.cases.rules.commands import COMMANDS, permit
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import CaseState, Input, Plan
from banshi.directory import queries as directory
from banshi.infra import private
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, Refused, Stream
from banshi.kernel.ids import case_number
from banshi.kernel.workdays import Calendar, civil_day

__all__ = [
    "Letterhead",
    "Subject",
    "act",
    "attach",
    "folded",
    "open_case",
    "render",
    "supply_correction",
    "unrendered",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """申请内容 of a case: who asks, what was stated (element code → value), what was handed over. All personal."""

    applicant: str
    applicant_kind: str  # person, enterprise
    applicant_number: str
    values: Mapping[str, str]
    materials: tuple[Mapping[str, Any], ...]


def open_case(
    *,
    region: str,
    application: UUID,
    party: UUID,
    plan: Plan,
    office: str,
    hall: str,
    channel: str,
    subject: Subject,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    command_id: UUID | None = None,
) -> str:
    """接件: receive one item's case; returns its id. Part of the caller's transaction when there is one."""

    def work(tx: Tx) -> str:
        id = new_id()
        kept = private.put(tx, CasePrivate, region, msgspec.to_builtins(subject), id=id)
        data = {
            "id": id,
            "region": region,
            "number": _number(region, at),
            "application": application,
            "party": party,
            "plan": msgspec.to_builtins(plan),
            "office": office,
            "hall": hall,
            "channel": channel,
            "received_on": civil_day(at),
            "digest": kept.digest,
        }
        fact = Fact(kinds.RECEIVED, data)
        state = evolve(None, fact)
        store.insert(tx, state, kept.id, calendar)
        documents.issue(tx, state, fact, calendar)
        tx.count(region, "cases.received", plan.item, 1)
        tx.append(Stream(region, id), 0, [fact])
        return str(id)

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def act(
    name: str,
    *,
    region: str,
    id: UUID,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    given: Input | None = None,
    text: str = "",
    command_id: UUID | None = None,
    expected_seq: int | None = None,
) -> list[str]:
    """Carry out one declared command; returns the kinds of fact that followed.

    `text` is a reason or opinion: kept encrypted, the fact names it by id and digest. `expected_seq` is what the person
    had seen: a case that changed since refuses. Raises `NotFound`, `Refused`, `store.Clash`.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise Refused(
            "unknown_command", f"没有“{name[:40]}”这个操作。", f"There is no command '{name[:40]}'."
        )
    stated = given or Input()
    words = text.strip()
    if len(words) > 4000:
        raise Refused(
            "text_too_long", "文字超过4000字，请精简。", "The text exceeds 4,000 characters.", "", "text"
        )

    def work(tx: Tx) -> list[str]:
        before = store.lock(tx, region, id)
        permit(command, before, actor, stated)
        if expected_seq is not None and before.seq != expected_seq:
            raise Refused(
                "changed_meanwhile",
                "这件事在您查看之后已经有人办理过，请看最新情况后再办。",
                "The case has moved on since you opened it; look again first.",
            )
        said = stated
        if words:
            kept = private.put(tx, CasePrivate, region, {"text": words, "case": str(id)})
            said = replace(stated, text=kept.id, digest=kept.digest)
        if name == "transfer":
            _same_line(before, stated.reference)
        facts = command.step(before, said, at, actor.code, calendar)
        state = before
        for fact in facts:
            state = evolve(state, fact)
            documents.issue(tx, state, fact, calendar)
            if fact.kind in kinds.CLOSING:
                tx.count(region, "cases.closed", state.plan.item, 1)
        store.update(tx, before, state, calendar)
        tx.append(Stream(region, id), before.seq, facts)
        return [fact.kind for fact in facts]

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def supply_correction(
    *,
    region: str,
    id: UUID,
    values: Mapping[str, str],
    materials: Sequence[Mapping[str, Any]],
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    command_id: UUID | None = None,
) -> list[str]:
    """提交补正, with what is stated anew: `values` by element code, and `materials` that take the place of those of the
    same code. What was stated before is kept under an id that the fact names.

    Raises `NotFound`, `Refused`, `store.Clash`.
    """

    def work(tx: Tx) -> list[str]:
        store.lock(tx, region, id)
        before = private.get(CasePrivate, region, id)
        anew = {one["code"] for one in materials}
        kept_on = [one for one in before.get("materials", ()) if one["code"] not in anew]
        subject = {
            **before,
            "values": {**before.get("values", {}), **values},
            "materials": [*kept_on, *(dict(one) for one in materials)],
        }
        former = private.put(tx, CasePrivate, region, {"former": before, "case": str(id)})
        kept = private.put(tx, CasePrivate, region, subject, id=id)
        given = Input(reference=str(former.id), digest=kept.digest)
        return act(
            "supply_correction", region=region, id=id, actor=actor, at=at, calendar=calendar, given=given
        )

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def _same_line(state: CaseState, to: str) -> None:
    """按权限转办: within one line of work and one city, to the level above or below. Raises `Refused`."""
    here = directory.get_office(state.office)
    if to not in {office.code for office in queries.transfer_offices(state)}:
        raise Refused(
            "transfer_line",
            f"只能转给本市同一条线（{here.name}的上级或下级）的部门。",
            "Only offices of the same line of work in this city can take the case over.",
            "",
            "reference",
        )


def _number(region: str, at: datetime) -> str:
    """A case number is not guessable from its neighbour; the unique constraint catches the rare clash."""
    return case_number(region, civil_day(at), secrets.randbelow(100_000_000))


def folded(facts: list[Fact]) -> CaseState:
    """The state that a stream's facts give (fold = row is checked by `verify`)."""
    state: CaseState | None = None
    for fact in facts:
        state = evolve(state, fact)
    if state is None:
        raise ValueError("an empty stream has no state")
    return state
