"""匹配: policies against rows of known data. `Matcher.batch` is the one place where many rows meet many rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from banshi.contexts.policies.rules.compiled import AS_OF, Compiled, Row, names
from banshi.contexts.policies.values import Element, Finding, Policy, Standing

if TYPE_CHECKING:
    from banshi.contexts.policies.rules.columns import Columns

FEW = 32  # rows that are sooner matched one by one


class Matcher:
    """匹配器: of the policies in force on a day. Raises `RuleError` for one that does not compile.

    It keeps the plans that it makes: one thread at a time.
    """

    def __init__(self, policies: Iterable[Policy], elements: Mapping[str, Element], as_of: date) -> None:
        known = names(elements)
        askable = frozenset(key for key, one in elements.items() if one.stated)
        self.as_of = as_of
        self.compiled = [Compiled.of(one, known, askable) for one in policies if one.in_force(as_of)]
        self.excludes = exclusions([one.policy for one in self.compiled])
        self.columns: dict[tuple[str, ...], Columns] = {}

    def batch(
        self, rows: Sequence[tuple[str, str, Row]], held: Sequence[frozenset[str]] | None = None
    ) -> list[list[Finding]]:
        """Findings of each (region, kind, row), for the policies of its place and kind; `held`: codes claimed already.

        Many rows of one place are matched column by column, a few one by one: the findings are the same.
        """
        alike: dict[tuple[str, str], list[int]] = {}
        for index, (region, kind, _) in enumerate(rows):
            alike.setdefault((region, kind), []).append(index)
        answers: list[list[Finding]] = [[] for _ in rows]
        for (region, kind), places in alike.items():
            applying = [one for one in self.compiled if one.policy.applies(region, kind)]
            found = self._found(applying, [rows[index][2] for index in places])
            for index, findings in zip(places, found, strict=True):
                answers[index] = resolve(findings, self.excludes, held[index] if held else frozenset())
        return answers

    def _found(self, applying: Sequence[Compiled], rows: Sequence[Row]) -> Sequence[Sequence[Finding]]:
        if len(rows) < FEW:
            told = [{**row, AS_OF: self.as_of} for row in rows]
            return [[one.find(row) for one in applying] for row in told]
        from banshi.contexts.policies.rules.columns import Columns  # numpy: only where there is a crowd

        key = tuple(one.policy.code for one in applying)
        if key not in self.columns:
            self.columns[key] = Columns(applying, self.as_of)
        return self.columns[key].find(rows)


def exclusions(policies: Iterable[Policy]) -> dict[str, frozenset[str]]:
    """Who excludes whom, both ways."""
    found: dict[str, set[str]] = {}
    for one in policies:
        for other in one.excludes:
            found.setdefault(one.code, set()).add(other)
            found.setdefault(other, set()).add(one.code)
    return {code: frozenset(others) for code, others in found.items()}


def resolve(
    found: Sequence[Finding], excludes: Mapping[str, frozenset[str]], held: frozenset[str] = frozenset()
) -> list[Finding]:
    """Of policies that exclude each other the one already claimed stays, else the largest, else the first (就高不重复)."""
    if not any(one.standing is Standing.ENTITLED and one.policy in excludes for one in found):
        return list(found)
    order = sorted(found, key=lambda one: (one.policy not in held, -(one.amount or 0)))
    kept = set(held)
    for one in order:
        if one.standing is Standing.ENTITLED and not (excludes.get(one.policy, frozenset()) & kept):
            kept.add(one.policy)
    answers = []
    for one in found:
        others = excludes.get(one.policy, frozenset()) & kept
        if one.standing is Standing.ENTITLED and one.policy not in kept and others:
            one = replace(one, standing=Standing.EXCLUDED, instead=min(others))
        answers.append(one)
    return answers
