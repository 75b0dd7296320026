"""草稿: a mapping to start from, guessed from the log itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from itertools import islice
from pathlib import Path

from banshi.desks.console.replay.log import AS_WRITTEN, History, Table, histories, parsed
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA

SHOWN = 60  # activities listed by name
SAMPLE = 500
WEEKEND_SHARE = 0.05
MIDNIGHT_SHARE = 0.2
# How event logs call their columns: letters and digits only, lower case, the surest first.
NAMES = {
    "case": "caseconceptname caseid case traceid trace casenumber 案件 案件编号 办件 办件编号 业务编号",
    "activity": "conceptname activity activityname event eventname task action 环节 活动 步骤 事件",
    "time": "timetimestamp timestamp completetimestamp time eventtime completed end datetime date 时间 办理时间",
    "resource": "orgresource resource user performer originator orggroup 人员 办理人 经办人",
    "received": "casestartdate startdate requestdate received 收件时间 接件时间 申请时间",
    "deadline": "casedeadline deadline caseenddateplanned enddateplanned duedate legaldeadline 法定期限 期限 截止日期",
}


def sketch(path: Path) -> str:
    """The YAML text. Raises `Refused` where case, activity or time cannot be guessed."""
    table = Table(path)
    columns = _columns(table, path)
    zone = _zone(table, columns)
    found, _ = histories(table, columns, zone)
    counts = Counter(event.activity for history in found for event in history.events)
    foreign = zone != "Asia/Shanghai"
    lines = [
        f"# {path.name}：{len(found)} 件，{sum(counts.values())} 个事件，{len(counts)} 种环节",
        "# 写法见 docs/replay.md / explained in docs/replay.md",
        "columns:",
        *(f"  {name}: {_text(column)}" for name, column in columns.items()),
        f"# 其他列 / other columns: {', '.join(one for one in table.header if one not in columns.values())}",
        f"time_zone: {zone}  # 也可写 Europe/Amsterdam 等 / the time zone whose days count",
        f"calendar: {_calendar(found) if foreign else 'cn'}  # cn, weekdays, every_day",
        "item:",
        f"  name: {_text(path.stem)}",
        *_budget(found, foreign),
        "limits:",
        "  acceptance_days: 5  # 工作日 / working days to accept",
        "fill_in: [accept, assign, review]  # 日志没有记的步骤由回放补上，还可写 deem_accepted / steps that the log lacks",
        "close: last  # 最后一个事件之后办结；logged：由日志里的决定办结",
        "# 每个环节可写 / each may be: note, receive, skip, accept, request_correction, supply_correction, reject,",
        "#   not_required, start_special, end_special, review, decide, deliver, withdraw …",
        "# 例 / e.g.:  {do: decide, verdict: refuse, again: note}",
        "activities:",
        *(f"  {_text(name)}: note  # {count}" for name, count in counts.most_common(SHOWN)),
    ]
    if len(counts) > SHOWN:
        lines.append(f"  # 还有 {len(counts) - SHOWN} 种，按 otherwise 办 / more, as `otherwise` says")
    return "\n".join([*lines, "otherwise: note"]) + "\n"


def _columns(table: Table, path: Path) -> dict[str, str]:
    plain = {re.sub(r"[\W_]", "", name).lower(): name for name in reversed(table.header)}
    found = {
        role: plain[next(name for name in names.split() if name in plain)]
        for role, names in NAMES.items()
        if any(name in plain for name in names.split())
    }
    if "time" not in found:
        times = [name for name in table.header if _holds_times(table, name)]
        found |= {"time": times[0]} if times else {}
    missing = [role for role in ("case", "activity", "time") if role not in found]
    if missing:
        raise Refused(
            "columns_unclear",
            f"{path}：看不出哪一列是 {'、'.join(missing)}，请自己写对应表（docs/replay.md）。列名：{'、'.join(table.header)}",
            f"{path}: cannot tell which column is {', '.join(missing)}; write the mapping by hand (docs/replay.md).",
        )
    return {role: found[role] for role in NAMES if role in found}


def _holds_times(table: Table, column: str) -> bool:
    values = [row[column] for _, row in islice(table.records(), SAMPLE)]
    return bool(values) and sum(_is_time(value) for value in values) > len(values) * 0.9


def _is_time(value: str) -> bool:
    try:
        return 2000 <= parsed(value).year < 2100
    except ValueError:
        return False


def _zone(table: Table, columns: dict[str, str]) -> str:
    """As written, where another offset than ours is. Days that begin at 22:00 or 23:00 UTC are days of Central Europe,
    written down by a program that knows only UTC."""
    seen = [
        parsed(row[columns[role]])
        for _, row in islice(table.records(), SAMPLE)
        for role in ("time", "received", "deadline")
        if role in columns and _is_time(row[columns[role]])
    ]
    offsets = {moment.utcoffset() for moment in seen} - {None}
    if not offsets - {timedelta(hours=8)}:
        return "Asia/Shanghai"
    midnights = sum((moment.hour, moment.minute) in ((22, 0), (23, 0)) for moment in seen)
    utc = offsets == {timedelta(0)}
    return "Europe/Amsterdam" if utc and midnights > len(seen) * MIDNIGHT_SHARE else AS_WRITTEN


def _calendar(found: list[History]) -> str:
    """A law that lets deadlines end on weekends counts every day."""
    days = [history.deadline_on for history in found if history.deadline_on]
    weekends = sum(day.weekday() >= 5 for day in days)
    return "every_day" if days and weekends > len(days) * WEEKEND_SHARE else "weekdays"


def _budget(found: list[History], foreign: bool) -> list[str]:
    """The period that most of the log's deadlines have, where it has any."""
    spans = Counter(
        (history.deadline_on - (history.received_at or history.events[0].at).astimezone(CHINA).date()).days
        for history in found
        if history.deadline_on and history.events
    )
    usual = next((days for days, _ in spans.most_common() if days > 0), 0)
    if not usual:
        unit = "day" if foreign else "workday"
        return [f"  statutory: {{days: 20, unit: {unit}}}", f"  promised: {{days: 20, unit: {unit}}}"]
    share = f"  # {spans[usual]} of {spans.total()} deadlines"
    return [
        f"  statutory: {{days: {usual}, unit: day}}{share}",
        f"  promised: {{days: {usual}, unit: day}}",
    ]


def _text(value: str) -> str:
    """A YAML string that is always a string: JSON's are."""
    return json.dumps(value, ensure_ascii=False)
