"""规则语言: a typed subset of CEL, read once and run anywhere: nothing in it can run forever or reach anything.

    rule = compile("age >= 60 && income <= yuan(30000)", {"age": Datum(INT, "年龄"), "income": Datum(INT, "年收入", unit="分")})
    rule.evaluate({"age": 61})            # UNKNOWN: the income is missing
    rule.evaluate({"age": 59})            # False, whatever the income

One typed tree (`tree.py`) feeds every backend; docs/rules.md describes the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.kernel.rules.admit import admits
from banshi.kernel.rules.check import Typing, check
from banshi.kernel.rules.closure import Run, closure
from banshi.kernel.rules.messages import RuleError
from banshi.kernel.rules.syntax import parse
from banshi.kernel.rules.tree import Node, names_of
from banshi.kernel.rules.types import BOOL, Datum, Names, Type
from banshi.kernel.rules.values import UNKNOWN, Error, Fault, NoValue, Result

__all__ = [
    "UNKNOWN",
    "Datum",
    "Error",
    "Names",
    "NoValue",
    "Result",
    "Rule",
    "RuleError",
    "compile",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """规则: its source, its typed tree, and the keys of the data that it asks for (`asks`).

    `evaluate(row)` gives the value, `UNKNOWN`, or an `Error`. What is not in `row`, or None, is missing. `row` holds values
    of the declared types (`admit.py` tells); one that is not, where it matters, gives the error “wrong_data”.
    """

    source: str
    tree: Node
    names: Names
    asks: tuple[str, ...]
    evaluate: Run = field(repr=False, compare=False)

    @property
    def type(self) -> Type:
        return self.tree.type


def compile(text: str, names: Names, *, gives: Type | None = BOOL, typing: Typing = Typing.STRICT) -> Rule:
    """The rule `text` over the declared data. `gives` None: of any type. Raises `RuleError`, which knows the place."""
    try:
        tree = check(parse(text), names, typing)
    except RuleError as error:
        word = text[error.span.start : error.span.end]
        key = next(
            (key for key, datum in names.items() if error.kind == "not_ascii" and datum.zh == word), ""
        )
        raise RuleError("label", error.span, word, key) if key else error from None
    if gives is not None and tree.type != gives:
        raise RuleError("not_a_rule", tree.span, gives, tree.type)
    return Rule(text, tree, names, names_of(tree), guarded(tree, names))


def guarded(tree: Node, names: Names) -> Run:
    """The closure of `tree`, with data that are not of their declared type, and too much work, as errors."""
    asks = names_of(tree)

    def failed(row: Mapping[str, Any], error: Exception) -> Result:
        if isinstance(error, Fault):
            return Error(error.kind, tree.span.start, tree.span.end)
        if all(row.get(key) is None or admits(names[key].type, row[key]) for key in asks if key in names):
            raise error
        return Error("wrong_data", tree.span.start, tree.span.end)

    return closure(tree, failed)
