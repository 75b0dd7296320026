"""办件核对: folding the facts gives the row, its tasks and its documents; the clocks recompute to what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.cases import documents, events
from banshi.contexts.cases.models import CasePrivate
from banshi.contexts.cases.rules import clocks, notices
from banshi.contexts.cases.rules.state import evolve, tasks
from banshi.contexts.cases.values import Budget, CaseState, Task
from banshi.infra import private
from banshi.infra.crypto import KeyProblem
from banshi.infra.verification import Chunk, Report, Told, check_row
from banshi.kernel.workdays import Calendar, civil_day

PREFIX = "cases.case."
VERIFIED = ("cases_case", "cases_task", "cases_document", "cases_caseprivate")
COUNTERS = ("cases.received", "cases.closed", "cases.decided", "cases.escalated")
_ROW = (
    "number", "application_id", "party_id", "subject_id", "item_code", "item_name", "office_code", "hall_code",
    "received_on", "seq", "state", "status", "due_on", "due_at", "warn_on", "statutory_due_on", "closed_on",
    "next_check_at",
)  # fmt: skip
_TASK = (
    "key", "title", "office_code", "post", "holder", "since_on", "due_on", "warn_on", "number", "item_name",
    "case_due_on", "case_warn_on",
)  # fmt: skip
_LAST_DAY = Budget(1)
_NIL = "0" * 32
_decode = msgspec.json.Decoder(CaseState).decode
_encode = msgspec.json.Encoder().encode
_DECIDED = {
    events.PASSED: "cases.decided",
    events.REFUSED: "cases.decided",
    events.ESCALATED: "cases.escalated",
}


def check_cases(chunk: Chunk, calendar: Calendar, report: Report) -> None:
    """All cases of the chunk, and whatever belongs to none."""
    rows = chunk.rows("cases_case", _ROW)
    waiting = chunk.rows("cases_task", _TASK, "case_id")
    papers = chunk.rows("cases_document", ("number", "kind"), "case_id", indexed=True)
    texts: dict[UUID, UUID] = {}
    for id, told in chunk.streams.items():
        if not told[0].fact.kind.startswith(PREFIX):
            continue
        report.cases += 1
        row, own, issued = rows.pop(id, None), waiting.pop(id, []), papers.pop(id, [])
        if row is None:
            report.say(
                "no_row", chunk.place(id), "有事实，没有办件行。请从备份核对，按事实补上。",
                "There are facts but no row. Compare with a backup and restore it from the facts.",
            )  # fmt: skip
            continue
        try:
            folded = _Folded(told, report)
        except Exception as error:  # a damaged fact may raise anything
            report.say(
                "unfoldable", chunk.place(id), f"事实不能折叠（{type(error).__name__}）。请从备份核对这件的事实。",
                f"The facts do not fold ({type(error).__name__}). Compare this case's facts with a backup.",
            )  # fmt: skip
            continue
        texts |= dict.fromkeys(folded.texts, id)
        _row(chunk, folded.state, row[0], calendar, report)
        _tasks(chunk, folded, own, calendar, report)
        _papers(chunk, folded, issued, report)
        _clocks(chunk, folded.state, calendar, report)
    for id in rows:
        report.say(
            "no_facts", chunk.place(id), "有办件行，没有事实。请从备份核对。",
            "There is a row but no fact. Compare with a backup.",
        )  # fmt: skip
    for kind_zh, kind_en, left in (("待办", "task", waiting), ("文书", "document", papers)):
        for id in left.keys() - rows.keys():
            report.say(
                f"{kind_en}_orphan", chunk.place(id), f"有{kind_zh}，没有办件。请从备份核对。",
                f"There is a {kind_en} of no case. Compare with a backup.",
            )  # fmt: skip
    _private(chunk, texts, report)


class _Folded:
    """折叠: what the facts of one case come to."""

    def __init__(self, told: Sequence[Told], report: Report) -> None:
        self.texts: set[UUID] = set()
        self.papers: dict[str, str] = {}  # number → kind
        self.since: dict[str, date] = {}
        state: CaseState | None = None
        for _, stored_at, fact, _ in told:
            before, state = state, evolve(state, fact)
            if kind := documents.calls_for(before or state, state, fact):
                suffix = f"{kind.letter}{state.seq}" if kind.repeats else kind.letter
                self.papers[f"{state.number}-{suffix}"] = kind.name
            if name := fact.data.get("text") or fact.data.get("former"):
                self.texts.add(UUID(name))
            self._wait(state, stored_at)
            _count(state, fact.kind, stored_at, report)
        if state is None:
            raise ValueError("an empty stream has no state")
        self.state = state

    def _wait(self, state: CaseState, at: Any) -> None:
        waiting = tasks(state)
        if waiting or self.since:
            self.since = {task.key: self.since.get(task.key) or civil_day(_instant(at)) for task in waiting}


def _count(state: CaseState, kind: str, at: Any, report: Report) -> None:
    region, item = state.region, state.plan.item
    if kind == events.RECEIVED:
        report.counted[region, "cases.received", item] += 1
    elif kind in events.CLOSING:
        report.counted[region, "cases.closed", item] += 1
    if state.plan.discretion and (name := _DECIDED.get(kind)):
        year = civil_day(_instant(at)).year
        report.counted[region, name, f"{state.office}:{year}:{state.plan.discretion}"] += 1


def _instant(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(f"{stored}+00:00")


def _row(chunk: Chunk, state: CaseState, row: Sequence[Any], calendar: Calendar, report: Report) -> None:
    plan = state.plan
    expected = (
        state.number, state.application, state.party, state.id, plan.item, plan.name, state.office, state.hall,
        state.received_on, state.seq, _encode(state).decode(), state.status.value, state.due_on, state.due_at,
        clocks.warn_on(state.due_on, plan.promised, calendar), state.statutory_due_on, state.closed_on,
        clocks.next_check_at(state, calendar),
    )  # fmt: skip
    columns = dict(zip(_ROW, zip(expected, row, strict=True), strict=True))
    check_row(
        chunk,
        state.id,
        (f"办件 {state.number} ", state.number),
        columns,
        lambda found: _same(found, state),
        report,
    )


def _same(stored: str, state: CaseState) -> bool:
    """A state that an older version wrote may be spelt otherwise."""
    try:
        return _decode(stored) == state
    except msgspec.DecodeError:
        return False


def _tasks(
    chunk: Chunk, folded: _Folded, rows: Sequence[tuple[Any, ...]], calendar: Calendar, report: Report
) -> None:
    state = folded.state
    waiting: tuple[Task, ...] = tasks(state)
    if not waiting and not rows:
        return
    stored = chunk.reader.stored
    expected = {tuple(map(stored, row)) for row in _task_rows(state, waiting, folded.since, calendar)}
    if expected != set(rows):
        keys = sorted({row[0] for row in expected ^ set(rows)})
        report.say(
            "task_differs", chunk.place(state.id),
            f"办件 {state.number} 的待办与事实不符：{'、'.join(keys)}。以事实为准，请从备份核对。",
            f"The tasks of {state.number} differ from its facts: {', '.join(keys)}. The facts are right: compare with a backup.",
        )  # fmt: skip


def _task_rows(
    state: CaseState, waiting: Iterable[Task], since: Mapping[str, date], calendar: Calendar
) -> Iterator[tuple[Any, ...]]:
    """The rows as the columns `_TASK` hold them."""
    limits = {f"work:{work.key}": work.limit for work in state.plan.works}
    warn = clocks.warn_on(state.due_on, state.plan.promised, calendar)
    for task in waiting:
        due_on = clocks.acceptance_due_on(state, calendar) if task.key == "accept" else task.due_on
        warned = clocks.warn_on(due_on, limits.get(task.key, _LAST_DAY), calendar)
        yield (
            task.key, task.title, task.office, task.post, task.holder, since[task.key], due_on, warned, state.number,
            state.plan.name, state.due_on, warn,
        )  # fmt: skip


def _papers(chunk: Chunk, folded: _Folded, rows: Sequence[tuple[Any, ...]], report: Report) -> None:
    issued = dict(rows)
    if issued == folded.papers and len(rows) == len(issued):
        return
    for number in sorted(folded.papers.items() - issued.items()):
        report.say(
            "document_missing", number[0],
            f"事实要求的文书没有（{documents.TITLES[number[1]]}）。请从备份补上。",
            f"A document that a fact calls for is missing ({number[1]}). Restore it from a backup.",
        )  # fmt: skip
    for number in sorted(issued.items() - folded.papers.items()):
        report.say(
            "document_orphan", number[0], f"有文书（{number[1]}），没有要求它的事实。请从备份核对。",
            f"A document ({number[1]}) that no fact calls for. Compare with a backup.",
        )  # fmt: skip


def _clocks(chunk: Chunk, state: CaseState, calendar: Calendar, report: Report) -> None:
    """Of open cases. One whose days a newer notice leaves alone need not have heard of it."""
    if not state.status.open:
        return
    found = clocks.running(state, calendar)
    stored = (state.statutory_due_on, state.promised_due_on, state.promised_due_at, state.provisional)
    late = [
        work.key for work in state.works if work.key in found.works and work.due_on != found.works[work.key]
    ]
    late += notices.moved(state, calendar)
    if stored == found[:4] and not late:
        return
    if state.calendar == calendar.version:
        report.say(
            "clock_differs", chunk.place(state.id),
            f"办件 {state.number} 的时限重算后不同：应为{_days(found[:2])}，存的是{_days(stored[:2])}{'、'.join(late)}。"
            "以事实和日历为准，请核对。",
            f"The clocks of {state.number} recompute differently: {_days(found[:2])}, not {_days(stored[:2])}"
            f" {', '.join(late)}. Facts and calendar are right.",
        )  # fmt: skip
    else:
        report.say(
            "calendar_old", chunk.place(state.id),
            f"办件 {state.number} 还没有按现行日历重算（存的是 {state.calendar or '无'}）。请运行 ./banshi calendar load。",
            f"{state.number} was not recomputed by the current notice. Run ./banshi calendar load.",
        )  # fmt: skip


def _days(days: Sequence[object]) -> str:
    return " / ".join(str(day or "—") for day in days)


def _private(chunk: Chunk, texts: dict[UUID, UUID], report: Report) -> None:
    """What facts name is kept, and nothing is kept that belongs to no case. Erased content still has its row."""
    table = CasePrivate._meta.db_table
    sizes = chunk.rows(table, ("length(content)",))
    kept = set(sizes)
    cases = {id for id, told in chunk.streams.items() if told[0].fact.kind.startswith(PREFIX)}
    wanted = texts | {id: id for id in cases}
    missing = wanted.keys() - kept
    for id in missing - chunk.present(table, missing):
        report.say(
            "private_missing", chunk.place(wanted[id]), f"事实提到的私密内容没有（{id}）。请从备份补上。",
            f"Private content that a fact names is missing ({id}). Restore it from a backup.",
        )  # fmt: skip
    # What was erased says no more whose it was.
    strange = {id for id in kept - wanted.keys() if sizes[id][0][0]}
    owners = _owners(chunk, strange, report)
    strange &= owners.keys()
    known = chunk.present("cases_case", set(owners.values()))
    for id in sorted(id for id in strange if owners[id] not in known):
        report.say(
            "private_orphan", chunk.place(id), "有私密内容，没有它的办件。请核对后抹去。",
            "Private content of no case. Look into it, then erase it.",
        )  # fmt: skip


def _owners(chunk: Chunk, ids: set[UUID], report: Report) -> dict[UUID, UUID]:
    """Which case each content says that it belongs to (nil: none), where it can be read."""
    region, contents = chunk.span.region, {}
    try:
        contents = private.get_many(CasePrivate, region, ids) if ids else {}
    except KeyProblem:
        for id in sorted(ids):
            try:
                contents |= private.get_many(CasePrivate, region, [id])
            except KeyProblem:
                report.say(
                    "private_unreadable", chunk.place(id),
                    "私密内容解不开：密钥不对，或者被改过。请核对密钥文件，再从备份核对。",
                    "Private content cannot be read: another key, or it was changed. Check the keyring, then a backup.",
                )  # fmt: skip
    return {id: UUID(content.get("case", _NIL)) for id, content in contents.items()}
