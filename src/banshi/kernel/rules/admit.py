"""数据的检查: whether what stands in a row is of the type that was declared, before it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from banshi.kernel.rules.messages import words
from banshi.kernel.rules.types import Names, Type
from banshi.kernel.rules.values import INT_MAX, INT_MIN, Duration, Timestamp


def admits(type_: Type, value: Any) -> bool:
    """Whether `value` is a `type_`. A field of a record may be missing or None; an element of a list may not."""
    match type_.kind:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX
        case "double":
            return isinstance(value, float)
        case "string":
            return isinstance(value, str)
        case "date":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "timestamp":
            return isinstance(value, Timestamp)
        case "duration":
            return isinstance(value, Duration)
        case "null" | "nothing":
            return value is None
        case "list":
            return isinstance(value, list | tuple) and all(admits(type_.of[0], one) for one in value)
        case "map":
            key, inner = type_.of
            return isinstance(value, Mapping) and all(
                admits(key, one) and admits(inner, other) for one, other in value.items()
            )
        case "record":
            return isinstance(value, Mapping) and all(
                value.get(name) is None or admits(inner, value[name]) for name, inner in type_.fields
            )
    return True


def wrong(names: Names, row: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """key -> (Chinese, English) for every datum of `row` that is not of its declared type; empty: all is well."""
    return {
        key: words("wrong_datum", datum.zh, datum.type)
        for key, datum in names.items()
        if row.get(key) is not None and not admits(datum.type, row[key])
    }
