"""单元格: what one cell asks of one datum, as a test and as text of the rule language.

| kind | a cell | type of the datum |
|---|---|---|
| choice, text | `a`, `a \\| b`, `! a \\| b` (none of these) | string |
| several | the same, of a list: it has one of these, none of these | list(string) |
| place | a code of the country's regions: `3505` and all within it | string |
| int, number, date | `5`, `< 5`, `<= 5`, `> 5`, `>= 5`, `5..9` (both included), several with `\\|`, `!` | int, double, date |
| bool | `true`, `false` | bool |

Empty or `-`: any. `= …`: an expression of the rule language. Text with `|`, or that begins with one of these marks, goes in
single quotes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations, pairwise
from typing import Any

from banshi.kernel.rules.civil import civil_days
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING, Datum, Type, list_of
from banshi.kernel.rules.values import INT_MAX, INT_MIN, Fault

KINDS: dict[str, Type] = {
    "choice": STRING,
    "text": STRING,
    "several": list_of(STRING),
    "place": STRING,
    "int": INT,
    "number": DOUBLE,
    "date": DATE,
    "bool": BOOL,
}
ORDERED = ("int", "number", "date")
MOST_SEVERAL = 8  # of a column of several: so many choices, 256 ways to pick them, are gone through
OTHER = "\u0000"  # stands for any text, or region, that no cell names
_BOOLS = {"true": True, "false": False, "是": True, "否": False}
_RANGE = re.compile(r"^(<=|>=|<|>)?\s*(.+)$", re.S)
_QUOTED = re.compile(r"\s*'((?:[^']|'')*)'\s*(\||$)")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Column:
    """条件列: the datum `key`, its kind, its label; `choices` of a choice: all that there are."""

    key: str
    kind: str
    zh: str = ""
    choices: tuple[str, ...] = ()

    @property
    def datum(self) -> Datum:
        return Datum(KINDS[self.kind], self.zh or self.key)


@dataclass(frozen=True, slots=True)
class Span:
    """区间: from `low` to `high`, each in or out; None: no end."""

    low: Any = None
    high: Any = None
    low_in: bool = True
    high_in: bool = True

    def __contains__(self, value: Any) -> bool:
        above = self.low is None or (value >= self.low if self.low_in else value > self.low)
        return above and (self.high is None or (value <= self.high if self.high_in else value < self.high))


@dataclass(frozen=True, slots=True)
class Cell:
    """单元格: one of `wanted` (values, or `Span`s), or with `none` none of them."""

    kind: str
    wanted: tuple[Any, ...]
    none: bool = False

    def holds(self, value: Any) -> bool:
        match self.kind:
            case "int" | "number" | "date":
                found = any(value in span for span in self.wanted)
            case "several":
                found = any(one in value for one in self.wanted)
            case "place":
                found = value.startswith(self.wanted)
            case _:
                found = value in self.wanted
        return found is not self.none

    def source(self, key: str) -> str:
        """As text of the rule language."""
        if self.kind in ORDERED:
            parts = [_of_span(key, span, self.kind) for span in self.wanted]
        elif self.kind == "several":
            parts = [f"{quoted(one)} in {key}" for one in self.wanted]
        elif self.kind == "place":
            parts = [f"{key}.startsWith({quoted(one)})" for one in self.wanted]
        elif self.kind == "bool":
            parts = [key if one else f"!{key}" for one in self.wanted]
        elif len(self.wanted) == 1:
            return f"{key} {'!=' if self.none else '=='} {quoted(self.wanted[0])}"
        else:
            parts = [f"{key} in [{', '.join(map(quoted, self.wanted))}]"]
        text = " || ".join(parts)
        if self.none:
            return f"!({text})"
        return f"({text})" if len(parts) > 1 else text


def quoted(text: str) -> str:
    """A string of the rule language."""
    return (
        "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"
    )


def _of_span(key: str, span: Span, kind: str) -> str:
    if span.low is not None and span.low == span.high:
        return f"{key} == {literal(span.low, kind)}"
    low = f"{key} {'>=' if span.low_in else '>'} {literal(span.low, kind)}" if span.low is not None else ""
    high = (
        f"{key} {'<=' if span.high_in else '<'} {literal(span.high, kind)}" if span.high is not None else ""
    )
    return f"({low} && {high})" if low and high else low or high


def literal(value: Any, kind: str) -> str:
    return f"date('{value.isoformat()}')" if kind == "date" else repr(value)


def parse(text: str, kind: str) -> Cell:
    """A cell that asks for something. Raises `ValueError` with the part that is not understood."""
    none, rest = text.startswith("!"), text.removeprefix("!").strip()
    words = _split(rest)
    if any(not word and not was for word, was in words):
        raise ValueError(text)
    if kind in ORDERED:
        return Cell(kind, tuple(_span(word, kind) for word, _ in words), none)
    return Cell(kind, tuple(word if was else value_of(word, kind) for word, was in words), none)


def _split(text: str) -> list[tuple[str, bool]]:
    """The alternatives, and whether each was in quotes."""
    parts, more = [], "|"
    while more:
        if found := _QUOTED.match(text):
            parts.append((found[1].replace("''", "'"), True))
            more, text = found[2], text[found.end() :]
        else:
            word, more, text = text.partition("|")
            parts.append((word.strip(), False))
    return parts


def value_of(text: str, kind: str) -> Any:
    """The value written `text`; of several, one of them. Raises `ValueError`."""
    match kind:
        case "int":
            value = int(text) if re.fullmatch(r"[+-]?\d{1,19}", text) else INT_MAX + 1
            if not INT_MIN <= value <= INT_MAX:
                raise ValueError(text)
            return value
        case "number":
            number = float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) else math.inf
            if not math.isfinite(number):
                raise ValueError(text)
            return number
        case "date":
            try:
                return civil_days(text)
            except Fault:
                raise ValueError(text) from None
        case "bool":
            if text.lower() not in _BOOLS:
                raise ValueError(text)
            return _BOOLS[text.lower()]
        case "place":
            if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", text):
                raise ValueError(text)
    return text


def _span(text: str, kind: str) -> Span:
    if ".." in text:
        low, _, high = text.partition("..")
        span = Span(value_of(low.strip(), kind), value_of(high.strip(), kind))
        if span.low > span.high:
            raise ValueError(text)
        return span
    found = _RANGE.match(text)
    if found is None:
        raise ValueError(text)
    value = value_of(found[2].strip(), kind)
    match found[1]:
        case "<" | "<=":
            return Span(high=value, high_in=found[1] == "<=")
        case ">" | ">=":
            return Span(low=value, low_in=found[1] == ">=")
    return Span(value, value)


def classes(column: Column, cells: Iterable[Cell]) -> list[tuple[Any, str]] | None:
    """Values that stand for all there are, as far as these cells tell them apart, each with its name; None: too many."""
    wanted = list(dict.fromkeys(chain.from_iterable(cell.wanted for cell in cells)))
    match column.kind:
        case "choice":
            return [(one, one) for one in column.choices or wanted]
        case "bool":
            return [(True, "true"), (False, "false")]
        case "several":
            every = column.choices or tuple(wanted)
            if len(every) > MOST_SEVERAL:
                return None
            picks = chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
            return [(list(pick), "+".join(pick) or "∅") for pick in picks]
        case "text":
            return [*((one, one) for one in wanted), (OTHER, "…")]
        case "place":
            # A prefix stands for what is in it and in none of the longer ones: no region's code ends in a zero byte.
            return [*((one + OTHER, one) for one in wanted), (OTHER, "…")]
    return _spans(wanted, column.kind)


def _spans(wanted: Sequence[Span], kind: str) -> list[tuple[Any, str]]:
    """Every bound, and a value between each two."""
    bounds = sorted({end for span in wanted for end in (span.low, span.high) if end is not None})
    if not bounds:
        return []
    found = [_outside(bounds[0], kind, below=True)]
    for low, high in pairwise(bounds):
        found += [(low, f"{low}"), *_between(low, high, kind)]
    return [
        one for one in (*found, (bounds[-1], f"{bounds[-1]}"), _outside(bounds[-1], kind, below=False)) if one
    ]


_STEP: dict[str, Callable[[Any], Any]] = {
    "int": lambda n: n,
    "date": lambda n: _DAY * n,
    "number": lambda n: float(n),
}


def _outside(bound: Any, kind: str, *, below: bool) -> Any:
    ends = {"int": (INT_MIN, INT_MAX), "date": (date.min, date.max)}
    if bound in ends.get(kind, ()):
        return None
    value = bound - _STEP[kind](1) if below else bound + _STEP[kind](1)
    return value, f"{'<' if below else '>'} {bound}"


def _between(low: Any, high: Any, kind: str) -> list[tuple[Any, str]]:
    middle = low + (high - low) / 2 if kind == "number" else high - _STEP[kind](1)
    return [(middle, f"{low}..{high}")] if low < middle < high else []
