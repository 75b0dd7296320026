"""上级交办: tickets that the province's or the nation's platform has handed down, from a list. The same list twice makes no
ticket twice: each carries the upper level's number."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.values import Contact, Words
from banshi.contexts.tickets.values.codes import Channel, Kind, Nature, Urgency
from banshi.desks.console.cases import operator
from banshi.desks.console.lines import lines_of
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day

NEEDED = ("number", "region", "title")
MORE = ("text", "kind", "nature", "category", "urgency", "place", "location", "name", "phone")
LONGEST = 60  # characters of the upper level's number


def take_over(file: Path, *, by: str, at: datetime) -> int:
    """Raise what the file lists; a line each says what became of it. Exit status 1 when a line was refused.

    `by`: user name of whom it is recorded under, else the platform. Raises `NotFound`, `Refused` for a file without the
    columns.
    """
    actor = operator(by, civil_day(at))
    days, new, known, refused = calendar(), 0, 0, 0
    for line, row in _rows(file):
        try:
            there = _there(row)
            if there:
                known += 1
                print(f"{row['number']}\t{there}\t已有 / there already")
                continue
            _, number = operations.raise_ticket(
                region=row["region"],
                kind=row["kind"] or Kind.HOTLINE,
                channel=Channel.UPPER,
                words=Words(row["title"], row["text"], row["location"]),
                contact=Contact(row["name"], row["phone"]),
                nature=row["nature"] or Nature.COMPLAINT,
                category=row["category"],
                urgency=row["urgency"] or Urgency.NORMAL,
                place=row["place"],
                origin=f"upper:{row['number']}",
                actor=actor,
                at=at,
                calendar=days,
            )
            new += 1
            print(f"{row['number']}\t{number}\t登记 / raised")
        except Refused as error:
            refused += 1
            print(f"第{line}行 / line {line}: {error.zh} / {error.en}", file=sys.stderr)
    print(
        f"登记{new}件，已有{known}件，不能登记{refused}行。 / {new} raised, {known} there already, {refused} refused.",
        file=sys.stderr,
    )
    return 1 if refused else 0


def _there(row: Mapping[str, str]) -> str:
    """The number of the ticket that came of this line before; empty for a new one. Raises `Refused`."""
    if not row["number"] or len(row["number"]) > LONGEST:
        raise Refused(
            "number", "缺上级的编号，或者太长。", "The upper level's number is missing or too long."
        )
    if directory.county_of(row["region"]) != row["region"]:
        raise Refused("region", "region 写县级区划代码。", "Write the county's code as region.")
    found = queries.find_by_origin(row["region"], f"upper:{row['number']}")
    return found.number if found else ""


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the number of its last line."""
    reader = csv.DictReader("\n".join(lines_of(file)).splitlines(keepends=True))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise Refused(
            "columns",
            f"{file} 缺这些列：{'、'.join(missing)}；可以有：{'、'.join((*NEEDED, *MORE))}。",
            f"{file} lacks the columns {', '.join(missing)}; it may have {', '.join((*NEEDED, *MORE))}.",
        )
    for row in reader:
        yield reader.line_num, {name: (row.get(name) or "").strip() for name in (*NEEDED, *MORE)}
