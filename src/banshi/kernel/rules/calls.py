"""闭包所调用的: what the made function calls: errors with their place, and macros as loops that are paid for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from banshi.kernel.rules import dynamic
from banshi.kernel.rules.dynamic import Work, charge
from banshi.kernel.rules.operations import OPERATIONS
from banshi.kernel.rules.tree import Span
from banshi.kernel.rules.values import UNKNOWN, Error, Fault, NoValue, Result


def guard(function: Callable[..., Any], span: Span, *args: Any) -> Any:
    try:
        return function(*args)
    except Fault as fault:
        if fault.kind == "too_much_work":
            raise
        return Error(fault.kind, span.start, span.end)


def worst(settled: bool, span: Span, terms: Sequence[Result]) -> Result:
    """Of terms that do not settle it: Unknown if any is, else the first error."""
    found: Result = settled
    for term in terms:
        if term is UNKNOWN:
            return UNKNOWN
        if term is not settled and found is settled:
            found = no_condition(term, span)
    return found


def no_condition(value: Any, span: Span) -> NoValue:
    return value if isinstance(value, NoValue) else Error("no_such_overload", span.start, span.end)


def no_bool(value: Any) -> NoValue:
    """Raises: a datum declared bool is something else."""
    raise TypeError(f"{type(value).__name__} for bool")


def pairs(*parts: Any) -> dict[Any, Any]:
    return dynamic.make_map(list(zip(parts[::2], parts[1::2], strict=True)))


def all_(work: Work, span: Span, body: Callable[[Any], Any], over: Any) -> Result:
    return _settle(False, work, span, body, over)


def exists(work: Work, span: Span, body: Callable[[Any], Any], over: Any) -> Result:
    return _settle(True, work, span, body, over)


def _settle(ends: bool, work: Work, span: Span, body: Callable[[Any], Any], over: Any) -> Result:
    open_: list[Result] = []
    for element in _charged(work, over):
        found: Result = body(element)
        if found is ends:
            return ends
        if found is not (not ends):
            open_.append(found)
    return worst(not ends, span, open_)


def filter_(work: Work, span: Span, body: Callable[[Any], Any], over: Any) -> Result:
    kept, open_ = [], []
    for element in _charged(work, over):
        found = body(element)
        if found is True:
            kept.append(element)
        elif found is not False:
            open_.append(found)
    return worst(False, span, open_) if open_ else kept


def exists_one(work: Work, span: Span, body: Callable[[Any], Any], over: Any) -> Result:
    kept = filter_(work, span, body, over)
    return kept if isinstance(kept, NoValue) else len(cast(list[Any], kept)) == 1


def map_(
    work: Work, span: Span, body: Callable[[Any], Any], where: Callable[[Any], Any] | None, over: Any
) -> Result:
    if where is not None:
        over = filter_(work, span, where, over)
        if isinstance(over, NoValue):
            return over
    made = [body(element) for element in _charged(work, over)]
    open_ = [one for one in made if isinstance(one, NoValue)]
    return worst(False, span, open_) if open_ else made


def _charged(work: Work, over: Any) -> Sequence[Any]:
    found = dynamic.elements(over)
    charge(work, len(found) + 1)
    return found


def matches(work: Work, text: str, pattern: str) -> bool:
    charge(work, len(text) // 16)
    return cast(bool, OPERATIONS["matches"](text, pattern))


def add_list(work: Work, a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    charge(work, (len(a) + len(b)) // 16)
    return cast(list[Any], OPERATIONS["add_list"](a, b))


LOOPS: dict[str, Callable[..., Any]] = {
    "all": all_,
    "exists": exists,
    "exists_one": exists_one,
    "filter": filter_,
    "map": map_,
}
WORKING: dict[str, Callable[..., Any]] = {"matches": matches, "add_list": add_list}
