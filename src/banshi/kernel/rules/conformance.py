"""一致性用例: cases of the standard's public suite, one JSON object a line, run through the parser, checker and closure.

    {"file": "basic", "section": "…", "name": "…", "expr": "x + 1", "disable_check": false,
     "types": {"x": "primitive: INT64"}, "bindings": {"x": {"int": 1}}, "value": {"int": 2}}

`"error": true` in place of `value`: any error will do, found by the checker or when it runs. Values: bool, int, double (also
"inf", "-inf", "nan"), string, null, list, map (pairs), timestamp, duration (texts). Types are written as the suite has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banshi.kernel.rules import Datum, NoValue, RuleError, compile
from banshi.kernel.rules.check import Typing
from banshi.kernel.rules.civil import duration_of, duration_text, timestamp_of, timestamp_text
from banshi.kernel.rules.dynamic import kind_of
from banshi.kernel.rules.types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
)
from banshi.kernel.rules.values import Fault

_WORD = re.compile(r"\s*([A-Za-z_0-9.\"]+|[{}:])")
_SIMPLE = {
    ("primitive", "BOOL"): BOOL,
    ("primitive", "INT64"): INT,
    ("primitive", "DOUBLE"): DOUBLE,
    ("primitive", "STRING"): STRING,
    ("null", "NULL_VALUE"): NULL,
    ("well_known", "TIMESTAMP"): TIMESTAMP,
    ("well_known", "DURATION"): DURATION,
    ("well_known", "ANY"): DYN,
}


class BadCase(Exception):
    """用例读不懂: what it needs is not in the subset, or it is not in the format."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """一条用例的结果: `problem` is empty when it passed."""

    name: str
    expr: str
    problem: str


def run(lines: Sequence[str]) -> Iterator[Outcome]:
    """Run every case; a line that is no case has failed too."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            name = "/".join(str(case.get(part, "")) for part in ("file", "section", "name"))
            expr = str(case["expr"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield Outcome(f"line {number}", "", f"not a case: {type(error).__name__} {error}")
            continue
        try:
            problem = _run(case)
        except BadCase as bad:
            problem = str(bad)
        yield Outcome(name, expr, problem)


def _run(case: Mapping[str, Any]) -> str:
    """What is wrong, or nothing."""
    try:
        names = {key: Datum(_type(text), key) for key, text in (case.get("types") or {}).items()}
        row = {key: _value(value) for key, value in (case.get("bindings") or {}).items()}
        wanted = None if case.get("error") else _value(case["value"])
    except (KeyError, ValueError, TypeError, AttributeError, Fault) as error:
        raise BadCase(f"not in the format: {type(error).__name__} {error}") from None
    late = bool(case.get("disable_check"))
    if late:
        names |= {key: Datum(DYN, key) for key in row}
    try:
        result = compile(
            case["expr"], names, gives=None, typing=Typing.LATE if late else Typing.STANDARD
        ).evaluate(row)
    except RuleError as error:
        return "" if case.get("error") else error.en
    if case.get("error"):
        return "" if isinstance(result, NoValue) else f"an error is wanted, not {_shown(result)}"
    return "" if _same(result, wanted) else f"{_shown(wanted)} is wanted, not {_shown(result)}"


def _value(given: Mapping[str, Any]) -> Any:
    ((kind, value),) = given.items()
    match kind:
        case "bool" | "string" | "null":
            return value
        case "int":
            return int(value)
        case "double":
            return float(value)
        case "list":
            return [_value(one) for one in value]
        case "map":
            return {_value(key): _value(one) for key, one in value}
        case "timestamp":
            return timestamp_of(value)
        case "duration":
            return duration_of(value)
    raise BadCase(f"not in the subset: {kind}")


def _same(one: Any, other: Any) -> bool:
    """Of the same type and value; no number is NaN's equal but NaN."""
    if isinstance(one, NoValue) or kind_of(one) != kind_of(other):
        return False
    if isinstance(one, Mapping):
        return len(one) == len(other) and all(key in other and _same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, NoValue):
        return repr(value)
    match kind_of(value).kind:
        case "timestamp":
            return timestamp_text(value)
        case "duration":
            return duration_text(value)
    return repr(value)


def _type(text: str) -> Type:
    words = _WORD.findall(text)
    try:
        type_, rest = _read(words, 0)
    except IndexError:
        raise BadCase(f"not a type: {text}") from None
    if rest != len(words):
        raise BadCase(f"not a type: {text}")
    return type_


def _read(words: list[str], at: int) -> tuple[Type, int]:
    """One type from `words[at]` on, and where it ends."""
    if words[at + 1] == ":":
        try:
            return _SIMPLE[words[at], words[at + 2]], at + 3
        except KeyError:
            raise BadCase(f"not in the subset: {words[at + 2]}") from None
    match words[at]:
        case "dyn":
            return DYN, at + 3
        case "list_type":
            inner, at = _field(words, at + 2, "elem_type")
            return list_of(inner), at + 1
        case "map_type":
            key, at = _field(words, at + 2, "key_type")
            value, at = _field(words, at, "value_type")
            return map_of(key, value), at + 1
    raise BadCase(f"not in the subset: {words[at]}")


def _field(words: list[str], at: int, name: str) -> tuple[Type, int]:
    if words[at] != name:
        raise BadCase(f"not a type: {words[at]}")
    type_, at = _read(words, at + 2)
    return type_, at + 1
