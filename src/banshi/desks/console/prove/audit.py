"""核对: does a database hold exactly what was acknowledged, whole, and once?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from banshi.contexts.cases import events, operations, queries
from banshi.infra import counters
from banshi.infra.models import Fact, Outbox, Receipt
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Fact as KernelFact
from banshi.kernel.facts import NotFound


def audit(region: str, acknowledged: Mapping[str, Any]) -> list[str]:
    """What is wrong in a region: something acknowledged is not there, or something is half done or doubled."""
    streams: dict[UUID, list[Fact]] = defaultdict(list)
    for row in Fact.objects.filter(region_code=region).order_by("stream_id", "seq"):
        streams[row.stream_id].append(row)
    receipts = {
        row.command_id: msgspec.json.decode(row.result) for row in Receipt.objects.filter(region_code=region)
    }
    return [
        *_acknowledged(region, acknowledged, receipts),
        *_commands(region, streams, receipts),
        *_streams(region, streams),
        *_outbox(region, streams),
        *_counters(region, streams),
    ]


def written(region: str, commands: Iterable[str]) -> int:
    """How many of these commands left a receipt."""
    return Receipt.objects.filter(region_code=region, command_id__in=[UUID(id) for id in commands]).count()


def sound() -> list[str]:
    """What SQLite's own check of the file says is wrong."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return [f"integrity_check: {row[0]}" for row in cursor.fetchall() if row[0] != "ok"]


def _acknowledged(
    region: str, acknowledged: Mapping[str, Any], receipts: Mapping[UUID, Any]
) -> Iterator[str]:
    for id, answer in acknowledged.items():
        if UUID(id) not in receipts:
            yield f"{region}: {id} 已答复，却没有了 / was acknowledged and is gone"
        elif receipts[UUID(id)] != answer:
            yield f"{region}: {id} 的答复变了 / is answered otherwise now"


def _commands(region: str, streams: Mapping[UUID, list[Fact]], receipts: Mapping[UUID, Any]) -> Iterator[str]:
    """Each command has its receipt and just the facts that it answered with, in one place of one stream."""
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    for rows in streams.values():
        for row in rows:
            if row.command_id is None:
                yield f"{region}: {row.stream_id} 的第 {row.seq} 项没有命令号 / fact without a command"
            else:
                facts[row.command_id].append(row)
    for id, answer in receipts.items():
        own = facts.pop(id, [])
        kinds = [row.kind for row in own]
        expected = [events.RECEIVED] if isinstance(answer, str) else answer
        if kinds != expected:
            yield f"{region}: {id} 应有事实 {expected}，实有 {kinds} / its facts are not those it answered"
        places = [row.seq for row in own]
        if own and (
            len({row.stream_id for row in own}) > 1
            or places != list(range(places[0], places[0] + len(places)))
        ):
            yield f"{region}: {id} 的事实分散在几处 / its facts are scattered"
        if isinstance(answer, str) and own and str(own[0].stream_id) != answer:
            yield f"{region}: {id} 答复的是另一件 / it answered with another case"
    for id in facts:
        yield f"{region}: {id} 有事实而没有回执 / has facts and no receipt"


def _streams(region: str, streams: Mapping[UUID, list[Fact]]) -> Iterator[str]:
    """Facts without gaps, folding to the row; work list and documents as the state asks for."""
    tasks: dict[UUID, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, key FROM cases_task WHERE region_code = %s", [region])
        for id, key in cursor.fetchall():
            tasks[_uuid(id)].add(key)
        cursor.execute("SELECT COUNT(*) FROM cases_case WHERE region_code = %s", [region])
        (count,) = cursor.fetchone()
    if count != len(streams):
        yield f"{region}: {count} 行，{len(streams)} 条事实流 / rows and streams differ"
    papers = queries.papers(region, list(streams))
    by_path: dict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for id, rows in streams.items():
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            yield f"{region}: {id} 的事实不连续 / its facts have gaps"
        try:
            state = queries.get_case(region, id, SYSTEM)
        except NotFound:
            yield f"{region}: {id} 有事实而没有行 / has facts and no row"
            continue
        if operations.folded([KernelFact(row.kind, msgspec.json.decode(row.data)) for row in rows]) != state:
            yield f"{region}: {id} 的事实折叠起来不是它的行 / folding its facts does not give its row"
        if tasks.pop(id, set()) != {task.key for task in queries.tasks_of(state)}:
            yield f"{region}: {id} 的待办不对 / its tasks are not what waits"
        by_path[tuple(row.kind for row in rows)][tuple(sorted(paper.kind for paper in papers[id]))] += 1
    for id in tasks:
        yield f"{region}: {id} 只有待办 / has tasks only"
    for path, found in by_path.items():
        if len(found) > 1:
            yield f"{region}: 同样经过、不同文书 / the same path with different documents: {path[-1]} {dict(found)}"


def _outbox(region: str, streams: Mapping[UUID, list[Fact]]) -> Iterator[str]:
    """Whoever hears of one kind of fact hears of every one, once."""
    heard: dict[tuple[UUID, int], list[str]] = defaultdict(list)
    rows = Outbox.objects.filter(region_code=region).values_list("stream_id", "seq", "handler")
    for stream, seq, handler in rows:
        heard[stream, seq].append(handler)
    by_kind: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for id, facts in streams.items():
        for row in facts:
            by_kind[row.kind][tuple(sorted(heard.pop((id, row.seq), [])))] += 1
    for kind, found in by_kind.items():
        if len(found) > 1:
            yield f"{region}: {kind} 的发件不一样 / not heard of alike: {dict(found)}"
    for stream, seq in heard:
        yield f"{region}: 发件箱里有没有发生的事 / the outbox tells what did not happen: {stream} {seq}"


def _counters(region: str, streams: Mapping[UUID, list[Fact]]) -> Iterator[str]:
    closed = sum(row.kind in events.CLOSING for rows in streams.values() for row in rows)
    for name, expected in (("cases.received", len(streams)), ("cases.closed", closed)):
        total = sum(counters.totals(name, regions=[region]).values())
        if total != expected:
            yield f"{region}: {name} 计数 {total}，应为 {expected} / counted, should be"


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
