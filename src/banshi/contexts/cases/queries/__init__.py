"""办件查询: lists are one query each, limited to what the person may see; what is returned are frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F, Q, QuerySet

from banshi.contexts.cases import events, values
from banshi.contexts.cases.documents import INTERNAL, TITLES
from banshi.contexts.cases.files import ceilings_for as ceilings_for
from banshi.contexts.cases.files import limits_for as limits_for
from banshi.contexts.cases.models import Case, CasePrivate, Document, Task
from banshi.contexts.cases.moves import Move as Move
from banshi.contexts.cases.moves import list_moves as list_moves
from banshi.contexts.cases.moves import list_open as list_open
from banshi.contexts.cases.moves import migrated as migrated
from banshi.contexts.cases.queries.supervision import CLOCKS as CLOCKS
from banshi.contexts.cases.queries.supervision import LitRow as LitRow
from banshi.contexts.cases.queries.supervision import lights as lights
from banshi.contexts.cases.queries.supervision import lights_by_office as lights_by_office
from banshi.contexts.cases.queries.supervision import list_red as list_red
from banshi.contexts.cases.queries.supervision import red_by_holder as red_by_holder
from banshi.contexts.cases.queries.supervision import waiting_since as waiting_since
from banshi.contexts.cases.rules.clocks import acceptance_due_on as acceptance_due_on
from banshi.contexts.cases.rules.clocks import due, due_after_hours
from banshi.contexts.cases.rules.clocks import holder_of as holder_of
from banshi.contexts.cases.rules.clocks import warn_on as warn_on
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.commands import Ask as Ask
from banshi.contexts.cases.rules.commands import Command as Command
from banshi.contexts.cases.rules.permits import choosable, offered
from banshi.contexts.cases.rules.permits import may_see as may_see
from banshi.contexts.cases.rules.silence import due_by_silence as due_by_silence
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import OPENING, CaseState, Status
from banshi.contexts.cases.verification import COUNTERS as COUNTERS
from banshi.contexts.cases.verification import VERIFIED as VERIFIED
from banshi.contexts.cases.verification import check_cases as check_cases
from banshi.directory import queries as directory
from banshi.directory.values import OfficeInfo
from banshi.infra import counters, private
from banshi.infra.models import Fact
from banshi.infra.reads import read
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact as KernelFact
from banshi.kernel.facts import NotFound
from banshi.kernel.workdays import Calendar, civil_day
from banshi.kernel.workdays import light as light

_decode = msgspec.json.Decoder(CaseState).decode


@dataclass(frozen=True, slots=True)
class CaseRow:
    """办件一行 of a list: no personal data."""

    region: str
    id: UUID
    number: str
    application: UUID
    item_code: str
    item_name: str
    office: str
    status: Status
    received_on: date
    due_on: date | None
    warn_on: date | None
    statutory_due_on: date | None
    closed_on: date | None

    def light(self, today: date) -> str:
        """亮灯: green, yellow, red, or none when no clock runs."""
        return light(self.due_on, self.warn_on, today)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """待办一行: what waits, in which case, until when."""

    region: str
    case: UUID
    key: str
    title: str
    office: str
    due_on: date | None
    number: str
    item_name: str
    case_due_on: date | None
    case_warn_on: date | None
    holder: str

    def light(self, today: date) -> str:
        return light(self.case_due_on, self.case_warn_on, today)


@dataclass(frozen=True, slots=True)
class Entry:
    """办理记录: one fact of the trail, in words; `text` only for those who may read it."""

    at: datetime
    kind: str
    title: str
    actor: str
    data: Mapping[str, Any]
    text: UUID | None


@dataclass(frozen=True, slots=True)
class Paper:
    """文书 of a case; `file` is empty until its PDF is rendered."""

    id: UUID
    kind: str
    title: str
    number: str
    issued_on: date
    file: str


def light_of(state: CaseState, today: date, calendar: Calendar) -> str:
    """亮灯 of a case whose state is at hand."""
    return light(state.due_on, warn_on(state.due_on, state.plan.promised, calendar), today)


def get_case(region: str, id: UUID, actor: Actor) -> CaseState:
    """The state. Raises `NotFound` for whom it is as if it were not there."""
    rows = read("SELECT state FROM cases_case WHERE region_code = %s AND id = %s", (region, id))
    if not rows:
        raise NotFound("办件", "case")
    state = _decode(rows[0][0])
    if actor.kind != "system" and not may_see(state, actor):
        raise NotFound("办件", "case")
    return state


def standing(region: str, id: UUID) -> tuple[int, Status]:
    """How many facts the case has, and where it stands: for who has just done something to it."""
    [(seq, status)] = read(
        "SELECT seq, status FROM cases_case WHERE region_code = %s AND id = %s", (region, id)
    )
    return seq, Status(status)


def find_by_number(number: str) -> CaseState | None:
    """By its public number; the number carries the region."""
    raw = Case.objects.filter(region_code=number[:6], number=number).values_list("state", flat=True).first()
    return _decode(raw) if raw else None


def numbers(keys: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """The public numbers of cases, by one query."""
    wanted = list(keys)
    rows = Case.objects.filter(
        region_code__in={region for region, _ in wanted}, id__in=[id for _, id in wanted]
    )
    return dict(rows.values_list("id", "number"))


def fact_title(kind: str) -> str:
    """What a kind of fact is called; one that is not a case's, as it is."""
    return events.KINDS[kind].title if kind in events.KINDS else kind


def subject(state: CaseState) -> dict[str, Any]:
    """What the applicant stated and handed over (personal: the caller records that it was looked at)."""
    return private.get(CasePrivate, state.region, state.id)


def texts(region: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Reasons and opinions by id, by one query."""
    kept = private.get_many(CasePrivate, region, ids)
    return {id: value.get("text", "") for id, value in kept.items()}


def commands(state: CaseState, actor: Actor) -> list[Command]:
    """What this person may do with the case now."""
    return offered(state, actor)


def declared_commands() -> dict[str, Command]:
    """All commands of a case, by name."""
    return COMMANDS


def command_title(name: str) -> str:
    """What a command is called."""
    return COMMANDS[name].title


def tasks_of(state: CaseState) -> tuple[values.Task, ...]:
    """What waits now in this case."""
    return tasks(state)


def transfer_offices(state: CaseState) -> list[OfficeInfo]:
    """转办去向: offices of the same line of work, of the case's county or its city, but the one that has it."""
    line = directory.get_office(state.office).department
    city = state.region[:4] + "00"
    found = [office for region in (city, state.region) for office in directory.list_offices(region, line)]
    return [office for office in found if office.code != state.office]


def facts(region: str, id: UUID) -> list[KernelFact]:
    """The case's facts, oldest first, as they fold."""
    rows = Fact.objects.filter(region_code=region, stream_id=id).order_by("seq").values_list("kind", "data")
    return [KernelFact(kind, msgspec.json.decode(data)) for kind, data in rows]


def works_of(command: Command, state: CaseState, actor: Actor) -> list[str]:
    """Keys of the works that this person may name with the command; an empty one is the case itself."""
    return choosable(command, state, actor)


def urges_of(
    state: CaseState, entries: Iterable[Entry]
) -> list[tuple[values.Urge, UUID | None, UUID | None]]:
    """督办, the newest first, each with where its words and the answer lie."""
    entries = list(entries)
    urged = [entry for entry in entries if entry.kind == events.URGED]
    answered = [entry for entry in entries if entry.kind == events.URGE_ANSWERED]
    found = []
    for urge, entry in zip(state.urges, urged, strict=True):
        answer = next((one for one in answered if one.data["key"] == urge.key and one.at >= entry.at), None)
        found.append((urge, entry.text, answer.text if answer else None))
    return found[::-1]


def trail(region: str, id: UUID) -> list[Entry]:
    """办理全过程, oldest first."""
    rows = Fact.objects.filter(region_code=region, stream_id=id).order_by("seq")
    entries = []
    for row in rows:
        data = msgspec.json.decode(row.data)
        text = data.get("text")
        title = events.KINDS[row.kind].title if row.kind in events.KINDS else row.kind
        entries.append(Entry(row.at, row.kind, title, row.actor, data, UUID(text) if text else None))
    return entries


def papers(region: str, ids: Sequence[UUID], *, internal: bool = False) -> dict[UUID, list[Paper]]:
    """Documents of cases, by one query; with `internal` those between the offices too (records of visits, 督办单)."""
    found: dict[UUID, list[Paper]] = {id: [] for id in ids}
    rows = Document.objects.filter(region_code=region, case_id__in=list(ids)).order_by("id")
    if not internal:
        rows = rows.exclude(kind__in=INTERNAL)
    for row in rows:
        found[row.case_id].append(
            Paper(row.id, row.kind, TITLES[row.kind], row.number, row.issued_on, row.file)
        )
    return found


def find_paper(region: str, case: UUID, id: UUID, *, internal: bool = False) -> Paper | None:
    """One document of a case."""
    found = papers(region, [case], internal=internal)[case]
    return next((paper for paper in found if paper.id == id), None)


def list_of_application(region: str, application: UUID) -> list[CaseState]:
    """The cases that one submission became, in the order of their receipt."""
    rows = Case.objects.filter(region_code=region, application_id=application).order_by("id")
    return [_decode(raw) for raw in rows.values_list("state", flat=True)]


def list_of_applications(keys: Sequence[tuple[str, UUID]]) -> dict[UUID, list[CaseState]]:
    """Cases of several applications, by one query."""
    found: dict[UUID, list[CaseState]] = {application: [] for _, application in keys}
    if not keys:
        return found
    rows = Case.objects.filter(
        region_code__in={region for region, _ in keys},
        application_id__in=[application for _, application in keys],
    ).order_by("id")
    for application, raw in rows.values_list("application_id", "state"):
        found[application].append(_decode(raw))
    return found


STEPS = {
    "accept": "受理", "assign": "派发", "work": "部门环节", "review": "审查", "decide": "决定",
    "end_special": "特别程序", "deliver": "送达",
}  # fmt: skip


def list_tasks(
    actor: Actor, *, search: str = "", step: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[TaskRow], int]:
    """待办 of this person's posts, the most urgent first, and their exact count; `step` leaves one of `STEPS` only."""
    rows = _visible_tasks(actor)
    if step == "work":
        rows = rows.exclude(key__in=STEPS)
    elif step:
        rows = rows.filter(key=step)
    if search:
        rows = rows.filter(Q(number__contains=search) | Q(item_name__contains=search))
    page = rows.order_by(F("due_on").asc(nulls_last=True), "case_id", "key").values_list(*_TASK_COLUMNS)[
        offset : offset + limit
    ]
    return [TaskRow(*row) for row in page], rows.count()


_TASK_COLUMNS = (
    "region_code", "case_id", "key", "title", "office_code", "due_on", "number", "item_name", "case_due_on",
    "case_warn_on", "holder",
)  # fmt: skip


def list_staffing(
    actor: Actor, *, office: str = "", holder: str | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[TaskRow], int]:
    """分工: what waits for the officers of the offices that this person heads, the most urgent first, with the exact count.
    `holder` leaves what this person of theirs holds; an empty one what nobody holds yet."""
    rows = Task.objects.filter(office_code__in=actor.offices("approver", "leader"), post="officer")
    if office:
        rows = rows.filter(office_code=office)
    if holder is not None:
        rows = rows.filter(holder=holder)
    page = rows.order_by(F("due_on").asc(nulls_last=True), "case_id", "key").values_list(*_TASK_COLUMNS)[
        offset : offset + limit
    ]
    return [TaskRow(*row) for row in page], rows.count()


def _visible_tasks(actor: Actor) -> QuerySet[Task]:
    wanted = Q(pk__in=[])
    for kind in ("officer", "approver", "leader", "window_clerk"):
        if offices := actor.offices(kind):
            wanted |= Q(office_code__in=offices, post=kind)
    return Task.objects.filter(wanted)


def list_cases(
    actor: Actor, *, search: str = "", status: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[CaseRow], int]:
    """Cases this person may see by post, the newest first, and their exact count."""
    rows = _visible_cases(actor)
    if search:
        rows = rows.filter(Q(number__contains=search) | Q(item_name__contains=search))
    if status:
        rows = rows.filter(status=status)
    page = rows.order_by("-received_on", "-id").values_list(*_COLUMNS)[offset : offset + limit]
    return [_row(row) for row in page], rows.count()


_COLUMNS = (
    "region_code", "id", "number", "application_id", "item_code", "item_name", "office_code", "status", "received_on",
    "due_on", "warn_on", "statutory_due_on", "closed_on",
)  # fmt: skip


def _row(values: tuple[Any, ...]) -> CaseRow:
    fields = list(values)
    fields[7] = Status(fields[7])
    return CaseRow(*fields)


def _visible_cases(actor: Actor) -> QuerySet[Case]:
    """Those of one's own lead offices, taken at one's hall, or in the supervisor's region. (Other offices' works: tasks.)"""
    if actor.kind != "staff":
        return Case.objects.none()
    offices = actor.offices("officer", "approver", "leader")
    halls = actor.offices("window_clerk")
    wanted = Q(office_code__in=offices) | Q(hall_code__in=halls - {""})
    for post in actor.held:
        if post.kind in ("supervisor", "governor"):
            wanted |= Q(region_code__startswith=post.region.removesuffix("00"))
    return Case.objects.filter(wanted)


def states(keys: Iterable[tuple[str, UUID]]) -> dict[UUID, CaseState]:
    """States of cases by id, by one query; for whoever has already been allowed to see them."""
    wanted = set(keys)
    rows = Case.objects.filter(
        region_code__in={region for region, _ in wanted}, id__in={id for _, id in wanted}
    )
    return {id: _decode(raw) for id, raw in rows.values_list("id", "state")}


def due_of(
    at: datetime, budget: values.Budget, calendar: Calendar
) -> tuple[date, datetime | None, date | None]:
    """A period that begins now: its last day, its last instant where it runs in hours, and from when on it warns."""
    if budget.unit == "hour":
        found = due_after_hours(at, budget.days, OPENING, calendar)
    else:
        found = due(civil_day(at), budget, calendar)
    return found.on, found.at, warn_on(found.on, budget, calendar)


def escalation_share(office: str, year: int) -> tuple[int, int]:
    """鼓励类提请比例 of an office in a year: taken to the leader, and decided (inventory row 8, cap 10 %)."""
    key = f"{office}:{year}:encouraged"
    taken, decided = (
        counters.totals(name, (key,)).get(key, 0) for name in ("cases.escalated", "cases.decided")
    )
    return taken, decided


def list_due_checks(at: datetime, limit: int = 200) -> list[tuple[str, UUID, Status]]:
    """Cases whose silence means something now, the longest waiting first."""
    rows = Case.objects.filter(next_check_at__lte=at).order_by("next_check_at", "id")[:limit]
    return [
        (region, id, Status(status)) for region, id, status in rows.values_list("region_code", "id", "status")
    ]


def claim_due_checks(at: datetime, limit: int = 200) -> list[tuple[str, UUID]]:
    """The same inside a work: locked, less those that another scheduler holds."""
    rows = Case.objects.select_for_update(skip_locked=True).filter(next_check_at__lte=at)
    return list(rows.order_by("next_check_at", "id").values_list("region_code", "id")[:limit])
