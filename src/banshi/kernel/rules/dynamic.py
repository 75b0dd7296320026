"""运行时的类型: equality of whatever is compared, and operations whose types are known only when they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from banshi.kernel.rules.operations import OPERATIONS, whole
from banshi.kernel.rules.overloads import fit, overloads
from banshi.kernel.rules.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    ORDERED,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
)
from banshi.kernel.rules.values import Duration, Fault, Timestamp

WORK = 100_000  # elements that one evaluation may look at

type Work = list[int]  # one number: how many elements may still be looked at


def charge(work: Work, elements: int) -> None:
    """Raises `Fault` when the evaluation has looked at too much."""
    work[0] -= elements
    if work[0] < 0:
        raise Fault("too_much_work")


def kind_of(value: Any) -> Type:
    """The type of a value; of lists and maps no more than that they are such."""
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return DOUBLE
        case str():
            return STRING
        case None:
            return NULL
        case Timestamp():
            return TIMESTAMP
        case Duration():
            return DURATION
        case date():
            return DATE
        case Mapping():
            return map_of(DYN, DYN)
        case Sequence():
            return list_of(DYN)
    raise Fault("no_such_overload")


def equal(a: Any, b: Any, work: Work) -> bool:
    """As the standard compares: numbers by their value, other things of two types are never equal."""
    charge(work, 1)
    if isinstance(a, Mapping):
        return (
            isinstance(b, Mapping)
            and len(a) == len(b)
            and all(holds(b, key) and equal(value, b[key], work) for key, value in a.items())
        )
    if isinstance(a, list | tuple):
        return (
            isinstance(b, list | tuple)
            and len(a) == len(b)
            and all(equal(one, other, work) for one, other in zip(a, b, strict=True))
        )
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def within(item: Any, items: Sequence[Any], work: Work) -> bool:
    charge(work, len(items))
    return any(equal(item, one, work) for one in items)


def holds(mapping: Mapping[Any, Any], key: Any) -> bool:
    """Whether it is a key. To Python true is 1, and false 0."""
    if key not in mapping:
        return False
    return (key != 0 and key != 1) or any(one == key and type(one) is type(key) for one in mapping)


def make_map(pairs: Sequence[tuple[Any, Any]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, value in pairs:
        if not isinstance(key, bool | int | str):
            raise Fault("no_such_overload")
        if key in made:
            raise Fault("duplicate_key")
        made[key] = value
    return made


def select(value: Any, field: str) -> Any:
    if not isinstance(value, Mapping):
        raise Fault("no_such_overload")
    if field not in value:
        raise Fault("no_such_key")
    return value[field]


def has(value: Any, field: str) -> bool:
    if not isinstance(value, Mapping):
        raise Fault("no_such_overload")
    return field in value


def elements(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping | list | tuple):
        return list(value)
    raise Fault("no_such_overload")


def negate(value: Any) -> bool:
    if value is True or value is False:
        return not value
    raise Fault("no_such_overload")


def call(work: Work, function: str, *args: Any) -> Any:
    """The operation that fits the values. Raises `Fault`."""
    if function in ("==", "!="):
        return equal(args[0], args[1], work) == (function == "==")
    if function in ("<", "<=", ">", ">="):
        return _ordered(function, *args)
    if function == "in":
        if isinstance(args[1], Mapping):
            key = _key(args[0])
            return isinstance(key, bool | int | str) and holds(args[1], key)
        return within(args[0], elements(args[1]), work)
    if function == "[]":
        return _indexed(*args)
    kinds = [kind_of(arg) for arg in args]
    for one in overloads().get(function, ()):
        if len(one.takes) == len(kinds) and all(fit(p, k, {}) for p, k in zip(one.takes, kinds, strict=True)):
            return _plain(one.op)(*args)
    raise Fault("no_such_overload")


def _ordered(function: str, a: Any, b: Any) -> bool:
    kinds = {kind_of(a).kind, kind_of(b).kind}
    if not (kinds <= {"int", "double"} or (len(kinds) == 1 and kinds <= ORDERED)):
        raise Fault("no_such_overload")
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[function])


def _key(value: Any) -> Any:
    """A decimal without a fraction finds what the whole number finds."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _indexed(container: Any, index: Any) -> Any:
    index = _key(index)
    if isinstance(container, Mapping):
        if not isinstance(index, bool | int | str):
            raise Fault("no_such_overload")
        if not holds(container, index):
            raise Fault("no_such_key")
        return container[index]
    if isinstance(container, list | tuple) and isinstance(index, int) and not isinstance(index, bool):
        return OPERATIONS["index_list"](container, index)
    raise Fault("no_such_overload")


# Those that a checked rule has as one expression of Python.
_PLAIN: dict[str, Callable[..., Any]] = {
    "same": lambda a: a,
    "add_int": lambda a, b: whole(a + b),
    "sub_int": lambda a, b: whole(a - b),
    "mul_int": lambda a, b: whole(a * b),
    "neg_int": lambda a: whole(-a),
    "add_double": lambda a, b: a + b,
    "sub_double": lambda a, b: a - b,
    "mul_double": lambda a, b: a * b,
    "neg_double": lambda a: -a,
    "contains": lambda a, b: b in a,
    "starts_with": lambda a, b: a.startswith(b),
    "ends_with": lambda a, b: a.endswith(b),
    "size_string": len,
    "size_list": len,
    "size_map": len,
}


def _plain(op: str) -> Callable[..., Any]:
    return _PLAIN.get(op) or OPERATIONS[op]
