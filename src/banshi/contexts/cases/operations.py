"""办件操作: open a case, and `act` — every other step of its life, by the declared commands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec

from banshi.contexts.cases import documents, queries, store
from banshi.contexts.cases import events as kinds
from banshi.contexts.cases.documents import Draft, Letterhead, attach, render, unrendered
from banshi.contexts.cases.models import CasePrivate
from banshi.contexts.cases.moves import migrate, recalculate
from banshi.contexts.cases.rules.clocks import next_check_at
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import permit
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
    "Acted",
    "Draft",
    "Letterhead",
    "Subject",
    "act",
    "attach",
    "folded",
    "look_again",
    "migrate",
    "open_case",
    "reassign",
    "recalculate",
    "render",
    "supply_correction",
    "unrendered",
]


MOST_PHOTOS = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """申请内容 of a case: who asks, what was stated (element code → value), what was handed over. All personal."""

    applicant: str
    applicant_kind: str  # person, enterprise
    applicant_number: str
    values: Mapping[str, str]
    materials: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Acted:
    """办理结果: the kinds of fact that followed, and the state then; None for a repeat, or inside another write."""

    kinds: list[str]
    state: CaseState | None


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
        if plan.type == "01" and plan.safety:
            store.refuse_blocked(tx, party, plan.item, civil_day(at))
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
            "calendar": calendar.version,
            "digest": kept.digest,
        }
        fact = Fact(kinds.RECEIVED, data)
        state = evolve(None, fact)
        store.insert(tx, state, kept.id, calendar)
        documents.issue(tx, state, state, fact, calendar)
        tx.count(region, "cases.received", plan.item, 1)
        tx.append(Stream(region, id), 0, [fact])
        tx.after(lambda: store.remember(state))
        return str(id)

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id, direct=True)


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
) -> Acted:
    """Carry out one declared command.

    `text` is a reason or opinion: kept encrypted, the fact names it by id and digest. `expected_seq` is what the person
    had seen: a case that changed since refuses; where this process has just left it so, it is not read again. Raises `NotFound`, `Refused`, `store.Clash`.
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
        before = store.lock(tx, region, id, expected_seq)
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
        if check := _CHECKS.get(name):
            said = check(tx, before, said, at)
        facts = command.step(before, said, at, actor.code, calendar)
        state = before
        for fact in facts:
            state = evolve(state, fact)
            documents.issue(tx, before, state, fact, calendar)
            if fact.kind in kinds.CLOSING:
                tx.count(region, "cases.closed", state.plan.item, 1)
            if until_on := fact.data.get("blocked_until_on"):
                store.block(tx, state, until_on, "fraud" if fact.kind == kinds.REVOKED else "concealment")
            _count_discretion(tx, state, fact, at)
        store.update(tx, before, state, calendar)
        tx.append(Stream(region, id), before.seq, facts)
        tx.after(lambda: moved.append(state))
        tx.after(lambda: store.remember(state))
        return [fact.kind for fact in facts]

    moved: list[CaseState] = []
    followed = write(work, at=at, actor=actor.code, region=region, command_id=command_id, direct=True)
    return Acted(followed, moved[0] if moved else None)


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
        ).kinds

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def reassign(
    *,
    works: Sequence[tuple[str, UUID, str]],
    to: str,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    command_id: UUID | None = None,
) -> list[Refused | None]:
    """批量改派: works as (region, case, key of the work or nothing); one transaction each, so that one refusal stops no
    other. Answers in the same order. With a `command_id`, a repeat changes nothing more."""
    answers: list[Refused | None] = []
    for n, (region, id, key) in enumerate(works):
        own = uuid5(command_id, str(n)) if command_id else None
        given = Input(work=key, people=(to,))
        try:
            act(
                "reassign", region=region, id=id, actor=actor, at=at, calendar=calendar, given=given, command_id=own
            )  # fmt: skip
            answers.append(None)
        except Refused as refused:
            answers.append(refused)
    return answers


def look_again(*, region: str, id: UUID, at: datetime, calendar: Calendar) -> None:
    """下次检查: when the row says that the case must be looked at by `at`, say anew when, at the earliest a day on."""

    def work(tx: Tx) -> None:
        following = next_check_at(store.lock(tx, region, id), calendar)
        if following is not None:
            following = following if following > at else at + timedelta(days=1)
        tx.run(
            "UPDATE cases_case SET next_check_at = %s WHERE region_code = %s AND id = %s AND next_check_at <= %s",
            (following, region, id, at),
        )

    write(work, at=at, actor="system")


def _same_line(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """按权限转办: within one line of work and one city, to the level above or below. Raises `Refused`."""
    here = directory.get_office(state.office)
    if given.reference not in {office.code for office in queries.transfer_offices(state)}:
        raise Refused(
            "transfer_line",
            f"只能转给本市同一条线（{here.name}的上级或下级）的部门。",
            "Only offices of the same line of work in this city can take the case over.",
            "",
            "reference",
        )
    return given


def _roster(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """专家库: the lot is drawn among the experts of the case's city, whatever was stated."""
    return replace(
        given, people=tuple(one.code for one in directory.list_experts(state.region, civil_day(at)))
    )


_HANDLING = ("officer", "approver", "leader")  # posts of those who may hold a matter or go along


def _staff_of_office(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """承办人 must work at the office that the work lies with. Raises `Refused`."""
    office = next((work.office for work in state.plan.works if work.key == given.work), state.office)
    here = directory.list_colleagues(office, _HANDLING, civil_day(at))
    if not set(given.people) <= {one.code for one in here}:
        raise Refused(
            "not_of_office",
            "只能交给本部门现任的工作人员。",
            "Only staff of the office can take it.",
            "",
            "people",
        )
    return given


def _company(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """同去的人 are of the offices that handle the case, or drawn experts. Raises `Refused`."""
    if not given.people:
        return given
    offices = {state.office, *(work.office for work in state.plan.works)}
    on = civil_day(at)
    known = {one.code for office in offices for one in directory.list_colleagues(office, _HANDLING, on)}
    work = state.work(given.work)
    known.update(work.experts if work else ())
    if unknown := set(given.people) - known:
        raise Refused(
            "unknown_people",
            f"{min(unknown)[:40]}不是承办部门的工作人员，也不是抽中的专家。",
            f"{min(unknown)[:40]} is neither staff of these offices nor a drawn expert.",
            "",
            "people",
        )
    return given


def _recorded(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """登记: with colleagues, and with photos that were handed over before. Raises `Refused`."""
    if len(given.files) > MOST_PHOTOS:
        raise Refused(
            "too_many_photos", f"一次最多{MOST_PHOTOS}张照片。", f"At most {MOST_PHOTOS} photos.", "", "files"
        )
    for digest in given.files:
        row = tx.look("SELECT media_type FROM infra_file WHERE digest = %s", (digest,))
        if row is None or not row[0].startswith("image/"):
            raise Refused(
                "no_photo", "有照片没有上传，或者不是照片。", "A photo is missing or is none.", "", "files"
            )
    return _company(tx, state, given, at)


def _under_cap(tx: Tx, state: CaseState, given: Input, at: datetime) -> Input:
    """鼓励类提请比例: warned of before the cap is broken; who means it says so. Raises `Refused`."""
    if state.plan.discretion != "encouraged" or given.confirmed:
        return given
    taken, decided = queries.escalation_share(state.office, civil_day(at).year)
    cap = state.plan.limits.encouraged_cap
    if (taken + 1) * 100 > cap * (decided + 1):
        raise Refused(
            "escalation_cap",
            f"鼓励类事项今年已办{decided}件、提请{taken}件，再提请这一件将超过{cap}%的上限；确需提请的，请勾选确认。",
            f"{taken} of {decided} encouraged cases went to the leader; one more exceeds the cap of {cap} %. Confirm it.",
            "",
            "confirmed",
        )
    return given


_CHECKS = {
    "transfer": _same_line,
    "draw_experts": _roster,
    "recuse": _roster,
    "opine": _company,
    "record": _recorded,
    "hand_over": _staff_of_office,
    "reassign": _staff_of_office,
    "escalate": _under_cap,
}


def _count_discretion(tx: Tx, state: CaseState, fact: Fact, at: datetime) -> None:
    """分类定权: how many of each class were decided, and how many taken to a leader, by office and year."""
    if not state.plan.discretion:
        return
    name = {kinds.PASSED: "cases.decided", kinds.REFUSED: "cases.decided", kinds.ESCALATED: "cases.escalated"}
    if counter := name.get(fact.kind):
        tx.count(state.region, counter, f"{state.office}:{civil_day(at).year}:{state.plan.discretion}", 1)


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
