"""匹配: policies against rows of known data. `Matcher.batch` is the one place where many rows meet many rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from banshi.contexts.policies.values import Element, Finding, Policy, Standing
from banshi.kernel.rules import Datum, Error, Names, Rule, compile
from banshi.kernel.rules.explain import Explainer, Reason
from banshi.kernel.rules.types import DATE, INT, read

if TYPE_CHECKING:
    from banshi.contexts.policies.rules.columns import Columns

AS_OF = "as_of"
FEW = 32  # rows that are sooner matched one by one
type Row = Mapping[str, object]


def names(elements: Mapping[str, Element]) -> Names:
    """The declared data of the rules: the elements, and the day that is reckoned from."""
    found = {
        key: Datum(read(one.type), one.zh, one.en, one.unit, one.choices) for key, one in elements.items()
    }
    return found | {AS_OF: Datum(DATE, "计算日", "day reckoned from")}


def budget(policy: Policy) -> int | None:
    """分, of a policy that has one. Raises `RuleError`."""
    if not policy.budget:
        return None
    value = compile(policy.budget, {}, gives=INT).evaluate({})
    return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class Compiled:
    """编译好的政策: its conditions and its amount as rules. Made once; raises `RuleError`."""

    policy: Policy
    conditions: tuple[Rule, ...]
    amount: Rule | None
    askable: frozenset[str] = frozenset()

    @classmethod
    def of(cls, policy: Policy, known: Names, askable: frozenset[str] = frozenset()) -> Compiled:
        amount = policy.benefit.amount
        return cls(
            policy,
            tuple(compile(one.rule, known) for one in policy.conditions),
            compile(amount, known, gives=INT) if amount else None,
            askable,
        )

    def find(self, row: Row) -> Finding:
        """How a row stands with this policy alone.

        Entitled: every condition holds. Nearly: all but one hold, and that one does not. Cannot tell: none fails, data
        are missing, and at least one condition holds or the person can say what is missing; somebody of whom nothing
        speaks for a policy is not put on a list. A datum that makes a rule go wrong counts as not known.
        """
        failing: list[str] = []
        missing: dict[str, None] = {}
        unknown = 0
        for one, rule in zip(self.policy.conditions, self.conditions, strict=True):
            value = rule.evaluate(row)
            if value is False:
                failing.append(one.key)
            elif value is not True:
                unknown += 1
                broken = isinstance(value, Error)
                missing.update(dict.fromkeys(key for key in rule.asks if broken or row.get(key) is None))
        code, count = self.policy.code, len(self.conditions)
        if not failing and not unknown:
            value = self.amount.evaluate(row) if self.amount else None
            if self.amount and not isinstance(value, int):
                absent = tuple(key for key in self.amount.asks if row.get(key) is None) or self.amount.asks
                return Finding(code, Standing.CANNOT_TELL, missing=absent)
            return Finding(code, Standing.ENTITLED, amount=value if isinstance(value, int) else None)
        if len(failing) == 1 and not unknown and count > 1:
            return Finding(code, Standing.NEARLY, failing=failing[0])
        return Finding(code, Standing.NO) if failing else self.cannot_tell(tuple(missing), unknown)

    def cannot_tell(self, missing: tuple[str, ...], unknown: int) -> Finding:
        """Of somebody whom nothing fails: on the list when a condition holds, or they can say themselves what is missing."""
        told = unknown < len(self.conditions) or self.askable.issuperset(missing)
        return Finding(
            self.policy.code, Standing.CANNOT_TELL if told else Standing.NO, missing=missing if told else ()
        )

    def explain(self, row: Row, *, zh: bool = True) -> tuple[Reason, ...]:
        """Why, condition by condition, with the values used."""
        return tuple(
            Explainer(rule, article=one.article, zh=zh).explain(row).reason
            for one, rule in zip(self.policy.conditions, self.conditions, strict=True)
        )


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


def due(policy: Policy, looked_on: date, on: date) -> bool:
    """Whether a match of an earlier day no longer holds for want of the day alone: the policy has begun or ended since, a
    new period of it has begun, or its rules reckon from the day. Raises `RuleError`."""
    if on <= looked_on:
        return False
    if policy.in_force(on) != policy.in_force(looked_on):
        return True
    if not policy.in_force(on):
        return False
    compiled = Compiled.of(policy, names(policy.elements))
    rules = (*compiled.conditions, *((compiled.amount,) if compiled.amount else ()))
    return policy.period(on) != policy.period(looked_on) or any(AS_OF in rule.asks for rule in rules)


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
