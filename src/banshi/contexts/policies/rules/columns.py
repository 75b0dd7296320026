"""按列匹配: the same findings as `Compiled.find` gives row by row, for many rows at once.

What columns cannot tell as exactly as the closure does (an infinite decimal, which datum an error rests on, a value that
is of the wrong type) is asked of the closure, for those rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from banshi.contexts.policies.rules.compiled import AS_OF, Compiled, Row
from banshi.contexts.policies.values import Finding, Standing
from banshi.infra.population.chunk import Chunk, Coded, of_rows
from banshi.infra.population.lanes import Array, Lane, Mask
from banshi.infra.population.plan import Plan
from banshi.kernel.rules import Rule
from banshi.kernel.rules.tree import And, Call, Const, If, ListOf, Name, Not, Or, walk
from banshi.kernel.rules.types import DOUBLE

# What cannot go wrong, whatever the values: where its result is unknown, a datum is missing.
_TOTAL = frozenset(
    ("eq", "ne", "lt", "le", "gt", "ge", "in_list", "year", "month", "day", "years", "months", "sub_date")
) | {"contains", "starts_with", "ends_with", "size_string", "size_list", "same"}
_PLAIN = (And, Or, Not, If, Const, Name, ListOf)


def _finite(rule: Rule) -> bool:
    """Whether no decimal is reckoned: in columns an infinite one is none."""
    return not any(isinstance(one, Call) and one.type == DOUBLE for one in walk(rule.tree))


def _sound(rule: Rule) -> bool:
    return all(
        isinstance(one, _PLAIN) or (isinstance(one, Call) and one.op in _TOTAL) for one in walk(rule.tree)
    )


class Columns:
    """列: the rules of these policies over whole columns, equal parts of them once."""

    def __init__(self, compiled: Sequence[Compiled], as_of: date) -> None:
        self.compiled, self.as_of = compiled, as_of
        rules = {
            (place, number): rule
            for place, one in enumerate(compiled)
            for number, rule in enumerate(one.rules)
        }
        odd = {place for (place, _), rule in rules.items() if not _finite(rule)}
        self.columnar = [place not in odd for place in range(len(compiled))]
        self.sound = [tuple(map(_sound, one.conditions)) for one in compiled]
        kept = {f"{place}/{number}": rule for (place, number), rule in rules.items() if place not in odd}
        self.plan = Plan(kept, given={AS_OF: as_of})
        # Not only what the plan asks: what constants make needless is missing all the same of whoever cannot be told.
        self.asks = tuple(dict.fromkeys(key for rule in kept.values() for key in rule.asks if key != AS_OF))

    def find(self, rows: Sequence[Row]) -> list[tuple[Finding, ...]]:
        """Of each row its findings, in the order of the policies."""
        chunk, odd = of_rows(rows, self.plan.names, self.asks)
        answers = self.plan.run(chunk).rules
        told = [{**row, AS_OF: self.as_of} for row in rows]
        found = []
        for place, one in enumerate(self.compiled):
            if self.columnar[place]:
                masks = [answers[f"{place}/{number}"] for number in range(len(one.conditions))]
                amount = answers.get(f"{place}/{len(one.conditions)}")
                own = _Policy(one, self.sound[place], chunk, odd, masks, amount)
                found.append(own.find(told))
            else:
                found.append([one.find(row) for row in told])
        return list(zip(*found, strict=True)) if found else [() for _ in rows]


class _Policy:
    """一条政策: what its conditions are in each row of a chunk."""

    def __init__(
        self,
        one: Compiled,
        sound: tuple[bool, ...],
        chunk: Chunk,
        odd: Array,
        masks: Sequence[Mask],
        amount: Any,
    ) -> None:
        self.one, self.sound, self.chunk, self.masks = one, sound, chunk, masks
        self.amount: Lane | None = amount
        self.failing: Array = np.sum([~mask.maybe for mask in masks], axis=0, dtype=np.int32)
        self.unknown: Array = np.sum([mask.maybe ^ mask.sure for mask in masks], axis=0, dtype=np.int32)
        self.asked_again = odd.copy()

    def find(self, told: Sequence[Row]) -> list[Finding]:
        code = self.one.policy.code
        found = [Finding(code, Standing.NO)] * self.chunk.rows
        self._entitled(found)
        if len(self.masks) > 1:
            nearly = (self.failing == 1) & (self.unknown == 0)
            for condition, mask in zip(self.one.policy.conditions, self.masks, strict=True):
                near = Finding(code, Standing.NEARLY, failing=condition.key)
                for row in np.flatnonzero(nearly & ~mask.maybe).tolist():
                    found[row] = near
        self._cannot_tell(found)
        for row in np.flatnonzero(self.asked_again).tolist():
            found[row] = self.one.find(told[row])
        return found

    def _entitled(self, found: list[Finding]) -> None:
        code = self.one.policy.code
        rows = np.flatnonzero((self.failing == 0) & (self.unknown == 0))
        if self.amount is None:
            for row in rows.tolist():
                found[row] = Finding(code, Standing.ENTITLED)
            return
        if self.amount.missing is not None:
            self.asked_again[rows] |= np.broadcast_to(self.amount.missing, self.chunk.rows)[rows]
        amounts = np.broadcast_to(self.amount.values, self.chunk.rows)[rows]
        for row, fen in zip(rows.tolist(), amounts.tolist(), strict=True):
            found[row] = Finding(code, Standing.ENTITLED, amount=fen)

    def _cannot_tell(self, found: list[Finding]) -> None:
        """Rows that lack the same data in the same conditions have the same finding."""
        untold = (self.failing == 0) & (self.unknown > 0)
        unknown = [mask.maybe ^ mask.sure for mask in self.masks]
        for sound, own in zip(self.sound, unknown, strict=True):
            if not sound:
                self.asked_again |= untold & own
        rows = np.flatnonzero(untold & ~self.asked_again)
        keys = tuple(dict.fromkeys(key for rule in self.one.conditions for key in rule.asks if key != AS_OF))
        lacks = {key: self._missing(key) for key in keys}
        alike: dict[bytes, Finding] = {}
        bits = np.packbits(np.array([*unknown, *lacks.values()])[:, rows], axis=0).T
        for row, pattern in zip(rows.tolist(), map(bytes, np.ascontiguousarray(bits)), strict=True):
            if pattern not in alike:
                alike[pattern] = self._untold(row, unknown, lacks)
            found[row] = alike[pattern]

    def _untold(self, row: int, unknown: Sequence[Array], lacks: dict[str, Array]) -> Finding:
        missing: dict[str, None] = {}
        for rule, own in zip(self.one.conditions, unknown, strict=True):
            if own[row]:
                missing.update(dict.fromkeys(key for key in rule.asks if key != AS_OF and lacks[key][row]))
        return self.one.cannot_tell(tuple(missing), int(self.unknown[row]))

    def _missing(self, key: str) -> Array:
        column = self.chunk.columns[key]
        if isinstance(column, Coded):
            missing: Array = column.numbers == 0
            return missing
        return np.zeros(self.chunk.rows, bool) if column.missing is None else column.missing
