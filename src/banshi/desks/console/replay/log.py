"""事件日志: a CSV file of (case, activity, resource, time) from anywhere, read as it comes: any column names, comma,
semicolon or tab, UTF-8 with or without its mark or Latin-1, any order, empty lines and missing values.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA

AS_WRITTEN = "as_written"  # the wall clock in the file counts, whatever its offset
DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(.*)", re.DOTALL)
YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(.*)", re.DOTALL)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True, slots=True)
class Event:
    """事件: one line of the log. `at` is its instant as our clocks shall see it; `line` is where it stands (1-based)."""

    case: str
    activity: str
    resource: str
    at: datetime
    line: int


@dataclass(slots=True)
class History:
    """一件的经过: the events of one case in their order, when it came in, and the log's own deadline, where it has one."""

    case: str
    events: list[Event] = field(default_factory=list)
    received_at: datetime | None = None
    deadline_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """读不懂的行: a line that gives no event, and the rule that says so."""

    rule: str
    line: int
    text: str


class Table:
    """表格: a CSV file's header and records with their line numbers. Raises `Refused` where there is no header."""

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "") -> None:
        self.text, self.encoding = _decoded(path.read_bytes(), encoding)
        first = self.text.lstrip().splitlines()[0] if self.text.strip() else ""
        self.delimiter = delimiter or max(",;\t|", key=first.count)
        self.header = next((names for _, names in self._rows()), [])
        if len(self.header) < 3:
            raise Refused(
                "no_table",
                f"{path}：第一行应是列名，至少有办件、环节、时间三列。",
                f"{path}: the first line must name the columns; case, activity and time at least.",
            )

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and values by column; what a short line lacks is empty."""
        rows = self._rows()
        next(rows)
        for line, values in rows:
            padded = [*values, *[""] * (len(self.header) - len(values))]
            yield line, dict(zip(self.header, padded, strict=False))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self.text), delimiter=self.delimiter)
        line = 1
        for row in reader:
            values = [value.strip() for value in row]
            if any(values):
                yield line, values
            line = reader.line_num + 1


def _decoded(raw: bytes, encoding: str) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = encoding or "utf-16"
    for name in (encoding,) if encoding else ("utf-8-sig", "latin-1"):
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
    raise Refused(
        "encoding", f"文件不是 {encoding} 编码。", f"The file is not encoded in {encoding}.", "", "encoding"
    )


def histories(
    table: Table, columns: Mapping[str, str], zone: str, time_format: str = ""
) -> tuple[list[History], list[Unread]]:
    """The cases in order of their first line, each with its events by time (same instants: as written), and the lines
    that gave none."""
    found: dict[str, History] = {}
    unread: list[Unread] = []
    times = Times(zone, time_format)
    case, activity, time = (columns[name] for name in ("case", "activity", "time"))
    resource, received, deadline = (columns.get(name, "") for name in ("resource", "received", "deadline"))
    for line, row in table.records():
        missing = next((name for name in ("case", "activity", "time") if not row[columns[name]]), "")
        if missing:
            unread.append(Unread(f"no_{missing}", line, ""))
            continue
        try:
            at = times.instant(row[time])
        except ValueError:
            unread.append(Unread("bad_time", line, row[time][:40]))
            continue
        history = found.setdefault(row[case], History(row[case]))
        history.events.append(Event(row[case], row[activity], row.get(resource, ""), at, line))
        for name, column in (("received_at", received), ("deadline_on", deadline)):
            if column and row[column] and getattr(history, name) is None:
                try:
                    instant = times.instant(row[column])
                except ValueError:
                    unread.append(Unread(f"bad_{name}", line, row[column][:40]))
                    continue
                setattr(history, name, instant if name == "received_at" else instant.astimezone(CHINA).date())
    for history in found.values():
        history.events.sort(key=lambda event: event.at)
    return list(found.values()), unread


class Times:
    """时刻的读法: a foreign office's wall clock becomes ours, so that its days are our days.

    A case received there at 17:00 is received here at 17:00 of the same day; otherwise half of Europe's afternoons
    would count as the day after, and no due day would agree.
    """

    def __init__(self, zone: str, format: str = "") -> None:
        self.format = format
        self.zone = None if zone == AS_WRITTEN else zone_of(zone)

    def instant(self, text: str) -> datetime:
        """Raises ValueError for what is no time between 2000 and 2100."""
        moment = datetime.strptime(text, self.format) if self.format else parsed(text)  # noqa: DTZ007 (zone below)
        if moment.tzinfo is not None and self.zone is not None:
            moment = moment.astimezone(self.zone)
        if not 2000 <= moment.year <= 2099:
            raise ValueError(text)
        return moment.replace(tzinfo=CHINA).astimezone(UTC)


def parsed(text: str) -> datetime:
    """ISO 8601 and what spreadsheets make of it: 2011/10/11 09:45, 11-10-2011, 11.10.2011 09:45:30. Raises ValueError."""
    text = re.sub(r" ?(UTC|GMT)$", "Z", text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if match := YEAR_FIRST.fullmatch(text):
            year, month, day, rest = match.groups()
        elif match := DAY_FIRST.fullmatch(text):
            day, month, year, rest = match.groups()
        else:
            raise
        return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{_hours(rest)}")


def _hours(rest: str) -> str:
    """` 9:45` → ` 09:45`."""
    return re.sub(r"^[ T](\d):", r" 0\1:", rest)


def zone_of(name: str) -> tzinfo:
    """`Asia/Shanghai`, `Europe/Amsterdam`, `+01:00`. Raises ValueError for what is none."""
    if name in ("Asia/Shanghai", "+08:00"):
        return CHINA
    if match := OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        return timezone(int(f"{sign}1") * timedelta(hours=int(hours), minutes=int(minutes)))
    try:
        return ZoneInfo(name)
    except (LookupError, OSError) as error:
        raise ValueError(name) from error
