"""办件: lists, one case, its files, and one operation for each declared command."""

from __future__ import annotations

import mimetypes
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from banshi.contexts.cases import events, operations
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Command, Entry
from banshi.contexts.cases.values import CaseState, Input
from banshi.contexts.catalogue import queries as catalogue
from banshi.desks.openapi.masks import Reader, masked, masked_applicant, reader_of_case
from banshi.desks.openapi.operation import Attachment, Call, Tag, operation
from banshi.desks.openapi.shapes import Code, Words, shape
from banshi.desks.openapi.shapes import act as shapes
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.flows import rate
from banshi.infra import audit, files
from banshi.kernel.facts import NotFound
from banshi.ui.access import CITIZEN, STAFF, Access

CASE = "cases/{region}/{id}"
WORKING = Access(STAFF, frozenset({"officer", "approver", "leader", "window_clerk"}))
SEEING = Access(STAFF, WORKING.posts | {"supervisor", "governor"})
# What the offices say among themselves before they decide.
INTERNAL = events.INTERNAL | {events.OPINION_GIVEN, events.REVIEWED}


@operation("GET", "cases", SEEING, "看得到的办件", "Cases one may see", tag=Tag.CASES, name="list_cases")
def list_cases(call: Call, query: shapes.CasesQuery) -> shapes.CasesAnswer:
    rows, total = cases.list_cases(
        call.actor, search=query.search, status=query.status or "", offset=query.offset, limit=query.limit
    )
    return shapes.CasesAnswer(total, [shape(shapes.CaseLine, row, light=row.light(call.on)) for row in rows])


@operation("GET", "tasks", WORKING, "待办", "What waits for one's posts", tag=Tag.CASES, name="list_tasks")
def list_tasks(call: Call, query: shapes.TasksQuery) -> shapes.TasksAnswer:
    rows, total = cases.list_tasks(call.actor, search=query.search, offset=query.offset, limit=query.limit)
    return shapes.TasksAnswer(total, [shape(shapes.TaskLine, row, light=row.light(call.on)) for row in rows])


@operation("GET", CASE, (Access(CITIZEN), SEEING), "一个办件", "One case", tag=Tag.CASES)
def case(call: Call, region: str, id: UUID) -> shapes.CaseAnswer:
    """Personal data are masked by who reads; that staff looked is noted."""
    state = cases.get_case(region, id, call.actor)
    reader = reader_of_case(state, call.actor)
    if call.actor.kind == "staff":
        audit.note(act="view_case", target=state.number, outcome="masked", actor=call.actor.code, at=call.at)
    subject = cases.subject(state)
    name, number = masked_applicant(reader, subject)
    plan = state.plan
    names = directory.office_names([state.office, *(work.office for work in plan.works)])
    return shape(
        shapes.CaseAnswer,
        state,
        item=plan.item,
        item_name=plan.name,
        version=plan.version,
        instant=plan.instant,
        office_name=names.get(state.office, ""),
        status_label=state.status.label,
        works=_works(state, names, call.actor.kind == "staff"),
        applicant=name,
        applicant_number=number,
        values=_values(subject, reader),
        materials=[
            shape(shapes.Handed, None, **_handed(n, one, reader))
            for n, one in enumerate(subject.get("materials", ()))
        ],
        documents=[
            shape(shapes.PaperAnswer, paper, ready=bool(paper.file))
            for paper in cases.papers(region, [id], internal=call.actor.kind == "staff")[id]
        ],
        trail=_trail(state, reader, call.actor.kind == "staff"),
        commands=[shapes.CommandAnswer(one.name, one.title) for one in cases.commands(state, call.actor)],
    )


def _works(state: CaseState, names: dict[str, str], staff: bool) -> list[shapes.WorkAnswer]:
    plans = {plan.key: plan for plan in state.plan.works}
    return [
        shapes.WorkAnswer(
            key=work.key,
            title=plans[work.key].title,
            office=plans[work.key].office,
            office_name=names.get(plans[work.key].office, ""),
            status=work.status,
            due_on=work.due_on,
            verdict=work.verdict if staff else "",
        )
        for work in state.works
    ]


def _values(subject: dict[str, Any], reader: Reader) -> list[shapes.Stated]:
    elements = catalogue.catalogue().dictionaries.elements
    found = []
    for code, value in subject.get("values", {}).items():
        one = elements.get(code)
        found.append(
            shapes.Stated(code, one.label if one else code, masked(reader, one.kind if one else "", value))
        )
    return found


def _handed(n: int, one: dict[str, Any], reader: Reader) -> dict[str, Any]:
    return {
        "n": n,
        "code": one["code"],
        "name": one["name"],
        "source": one["source"],
        "media_type": one["media_type"],
        "filename": masked(reader, "", one.get("filename", "")),
    }


def _trail(state: CaseState, reader: Reader, staff: bool) -> list[shapes.TrailEntry]:
    """Applicants read what was decided about them and why, but neither the offices' opinions nor who wrote them."""
    entries = [one for one in cases.trail(state.region, state.id) if staff or one.kind not in INTERNAL]
    names = directory.actor_names(one.actor for one in entries) if staff else {}
    texts = cases.texts(state.region, [one.text for one in entries if one.text])

    def words(entry: Entry) -> str:
        told = entry.text and (staff or entry.kind in events.TOLD)
        return masked(reader, "", texts.get(entry.text, "")) if told and entry.text else ""

    return [
        shapes.TrailEntry(one.at, one.kind, one.title, names.get(one.actor, ""), words(one))
        for one in entries
    ]


# ---- files ----


@operation(
    "GET",
    f"{CASE}/documents/{{document}}",
    (Access(CITIZEN), WORKING),
    "文书",
    "A document's PDF",
    tag=Tag.CASES,
)
def document(call: Call, region: str, id: UUID, document: UUID) -> Attachment:
    state = _handled(call, region, id)
    found = cases.find_paper(region, id, document, internal=call.actor.kind == "staff")
    if found is None or not found.file:
        raise NotFound("文书", "document")
    return _attachment(call, state, found.file, "application/pdf", f"{found.title}-{found.number}.pdf")


@operation(
    "GET",
    f"{CASE}/materials/{{n}}",
    (Access(CITIZEN), WORKING),
    "申请材料",
    "A material's file",
    tag=Tag.CASES,
)
def material(call: Call, region: str, id: UUID, n: int) -> Attachment:
    state = _handled(call, region, id)
    handed = cases.subject(state).get("materials", ())
    one = handed[n] if n < len(handed) else {}
    if not one.get("file"):
        raise NotFound("文件", "file")
    ending = mimetypes.guess_extension(one["media_type"]) or ""
    return _attachment(
        call, state, one["file"], one["media_type"], one.get("filename") or one["name"] + ending
    )


def _handled(call: Call, region: str, id: UUID) -> CaseState:
    """The case, for its applicant and those who work on it. Who only supervises sees no files."""
    state = cases.get_case(region, id, call.actor)
    if reader_of_case(state, call.actor) is Reader.SUPERVISOR:
        raise NotFound("文件", "file")
    return state


def _attachment(call: Call, state: CaseState, digest: str, media_type: str, name: str) -> Attachment:
    content = files.read(digest)
    if call.actor.kind == "staff":
        target = f"{state.number}/{digest[:12]}"
        audit.note(act="download", target=target, outcome="ok", actor=call.actor.code, at=call.at)
    return Attachment(content, media_type, name)


# ---- what can be done ----


@operation(
    "POST",
    f"{CASE}/review",
    CITIZEN,
    "评价",
    "Rate a finished case",
    tag=Tag.CASES,
    name="rate_case",
    once=True,
    status=204,
)
def rate_case(call: Call, region: str, id: UUID, body: shapes.ReviewAsk) -> None:
    rate.rate(
        region=region,
        case=id,
        grade=body.grade.value,
        indicators=body.indicators,
        text=body.text,
        channel="portal",
        actor=call.actor,
        at=call.at,
        command_id=call.command_id,
    )


def _declare(command: Command) -> None:
    """The operation of one command: who may and what it asks are read off its declaration."""

    @operation(
        "POST",
        f"{CASE}/commands/{command.name}",
        _allowed(command),
        command.title,
        command.name.replace("_", " ").capitalize(),
        tag=Tag.CASES,
        name=f"case_{command.name}",
        once=True,
        body=_asked(command),
    )
    def act(call: Call, region: str, id: UUID, body: Any) -> shapes.Done:
        given = msgspec.structs.asdict(body)
        expected, words = given.pop("expected_seq"), given.pop("text", "")
        done = operations.act(
            command.name,
            region=region,
            id=id,
            actor=call.actor,
            at=call.at,
            calendar=calendar(),
            given=Input(**given),
            text=words,
            command_id=call.command_id,
            expected_seq=expected,
        )
        seq, status = (done.state.seq, done.state.status) if done.state else cases.standing(region, id)
        return shapes.Done(done.kinds, seq, status, status.label)


def _allowed(command: Command) -> list[Access]:
    seats = {seat.value: posts for seat, posts in command.seats.items() if seat.value != "system"}
    applicant = [Access(CITIZEN)] if "applicant" in seats else []
    posts = frozenset().union(*(found for seat, found in seats.items() if seat != "applicant"))
    return [*applicant, Access(STAFF, posts)] if posts else applicant


def _asked(command: Command) -> type[msgspec.Struct]:
    """The body that the command's asks come to."""
    people = Annotated[tuple[Code, ...], Meta(max_length=50)]
    kinds: dict[str, Any] = {
        "text": Words,
        "number": Annotated[int, Meta(ge=0, le=3650)],
        "yes": bool,
        "no": bool,
        "date": date | None,
        "person": people,
        "people": people,
        "photos": Annotated[tuple[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")], ...], Meta(max_length=10)],
        "checklist": Annotated[tuple[str, ...], Meta(max_length=100)],
    }
    kinds |= dict.fromkeys(("work", "done_work", "office", "expert", "clock"), Code)
    fields: list[Any] = []
    for ask in command.asks:
        keys = (*(choice.key for choice in ask.choices), *(() if ask.required else ("",)))
        kind: Any = Literal[keys] if ask.choices else kinds[ask.kind]
        labels = "；".join(f"{choice.key} {choice.label}" for choice in ask.choices)
        if ask.kind == "date" and ask.required:
            kind = date
        told: Any = Annotated[kind, Meta(description=" ".join(filter(None, (ask.label, ask.help, labels))))]
        default = "" if ask.name == "text" else getattr(Input(), ask.name)
        fields.append((ask.name, told) if ask.required else (ask.name, told, default))
    seen = Annotated[
        int | None, Meta(description="看到的办件 seq；此后有人办过则拒绝 / refuse if it has moved on")
    ]
    fields.append(("expected_seq", seen, None))
    name = "".join(part.capitalize() for part in command.name.split("_")) + "Command"
    doc = {"__doc__": f"{command.title}: what this command asks."}
    return msgspec.defstruct(name, fields, kw_only=True, namespace=doc, module=__name__)


for _command in cases.declared_commands().values():
    if _command.shown:  # the others are the system's own
        _declare(_command)
