"""数据元的值: what stands in a form, as text, becomes a value of the rule language and text again; and which comes first.

A repeated group (`group`) is kept as a JSON list of rows, each from column to text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from banshi.kernel.rules.types import DATE, DOUBLE, INT, STRING, Datum, Type, list_of, record
from banshi.kernel.rules.values import INT_MAX, INT_MIN, NoValue

GROUP = "group"
ANSWER = "answer."  # what a guiding question was answered is a datum of this name
AS_OF = "as_of"  # the day that is reckoned from
MOST_ROWS = 1_000  # of any group; what comes behind one row more is not looked at
_LONGEST = 200_000  # characters of a whole group

type Row = dict[str, str]


def datum(
    kind: str,
    label: str,
    *,
    unit: str = "",
    whole: bool = False,
    choices: Mapping[str, str] | None = None,
    columns: Mapping[str, Datum] | None = None,
) -> Datum:
    """The datum that a rule sees of an element of this kind."""
    return Datum(
        type_of(kind, whole=whole, columns=columns),
        label,
        unit="分" if kind == "money" else unit,
        choices=choices or {},
    )


def type_of(kind: str, *, whole: bool = False, columns: Mapping[str, Datum] | None = None) -> Type:
    """money is an int in 分, a number a double (an int if `whole`), a group a list of records; most are text."""
    match kind:
        case "money":
            return INT
        case "number":
            return INT if whole else DOUBLE
        case "date":
            return DATE
        case "group":
            return list_of(record({key: one.type for key, one in (columns or {}).items()}))
    return STRING


def value_of(type_: Type, kind: str, text: str, columns: Mapping[str, tuple[str, Type]] | None = None) -> Any:
    """The value that this text stands for; None where it stands for none. `columns`: kind and type of each."""
    if not text:
        return None
    if kind == GROUP:
        known = columns or {}
        return [
            {key: value_of(inner, name, row.get(key, "")) for key, (name, inner) in known.items()}
            for row in rows_of(text)
        ]
    if type_ == DATE:
        return day_of(text)
    if type_ in (INT, DOUBLE):
        return _number(kind, type_, text)
    return text


def text_of(kind: str, value: object) -> str:
    """What is written into a form for this result of a rule; empty where there is none."""
    if value is None or isinstance(value, NoValue):
        return ""
    if kind == "money" and isinstance(value, int):
        sign, amount = "-" if value < 0 else "", abs(value)
        return f"{sign}{amount // 100}.{amount % 100:02d}"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else ""
    return value.isoformat() if isinstance(value, date) else str(value)


def day_of(text: str) -> date | None:
    """2026-03-09, also with strokes or dots; None for no day."""
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None


def rows_of(text: str) -> list[Row]:
    """The rows of a group; none where the text is no group."""
    if not text or len(text) > _LONGEST:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        return []
    return [
        {key: value for key, value in row.items() if isinstance(value, str)} for row in found[: MOST_ROWS + 1]
    ]


def text_of_rows(rows: Sequence[Mapping[str, str]]) -> str:
    """How rows are kept; those in which nothing stands are left out."""
    kept = [{key: value for key, value in row.items() if value} for row in rows]
    return json.dumps([row for row in kept if row], ensure_ascii=False) if any(kept) else ""


def _number(kind: str, type_: Type, text: str) -> int | float | None:
    try:
        number = Decimal(text) * (100 if kind == "money" else 1)
    except ArithmeticError:
        return None
    if not number.is_finite() or not INT_MIN <= number <= INT_MAX:
        return None
    if type_ == DOUBLE:
        return float(number)
    return int(number) if number == number.to_integral_value() else None


def ordered(needs: Mapping[str, Collection[str]]) -> tuple[list[str], list[list[str]]]:
    """Every key after those that it needs, as far as that can be; and the circles that stand in the way, each once around.

    What is needed but is no key itself does not count.
    """
    waits = {key: {one for one in found if one in needs} for key, found in needs.items()}
    order: list[str] = []
    circles: list[list[str]] = []
    while waits:
        ready = [key for key, found in waits.items() if not found]
        if not ready:
            circle = _circle(waits)
            circles.append(circle)
            ready = circle
        order += ready
        for key in ready:
            del waits[key]
        for found in waits.values():
            found.difference_update(ready)
    return order, circles


def _circle(waits: Mapping[str, Collection[str]]) -> list[str]:
    """One circle: every key of `waits` waits for another, so that following them comes around."""
    path: list[str] = []
    here = next(iter(waits))
    while here not in path:
        path.append(here)
        here = min(waits[here])
    return path[path.index(here) :]
