"""匹配: policies against rows of known data. `Matcher.batch` is the one place where many rows meet many rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from banshi.contexts.policies.values import Element, Finding, Policy, Standing
from banshi.directory.values import covers
from banshi.kernel.rules import Datum, Error, Names, Rule, compile
from banshi.kernel.rules.explain import Explainer, Reason
from banshi.kernel.rules.types import DATE, INT, read

AS_OF = "as_of"
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
        if not failing and (unknown < count or missing.keys() <= self.askable):
            return Finding(code, Standing.CANNOT_TELL, missing=tuple(missing))
        return Finding(code, Standing.NO)

    def explain(self, row: Row, *, zh: bool = True) -> tuple[Reason, ...]:
        """Why, condition by condition, with the values used."""
        return tuple(
            Explainer(rule, article=one.article, zh=zh).explain(row).reason
            for one, rule in zip(self.policy.conditions, self.conditions, strict=True)
        )


class Matcher:
    """匹配器: of the policies in force on a day. Raises `RuleError` for one that does not compile."""

    def __init__(self, policies: Iterable[Policy], elements: Mapping[str, Element], as_of: date) -> None:
        known = names(elements)
        askable = frozenset(key for key, one in elements.items() if one.stated)
        self.as_of = as_of
        self.compiled = [Compiled.of(one, known, askable) for one in policies if one.in_force(as_of)]
        self.excludes = exclusions([one.policy for one in self.compiled])

    def batch(
        self, rows: Sequence[tuple[str, str, Row]], held: Sequence[frozenset[str]] | None = None
    ) -> list[list[Finding]]:
        """Findings of each (region, kind, row), for the policies of its place and kind; `held`: codes claimed already."""
        answers = []
        for index, (region, kind, row) in enumerate(rows):
            told = {**row, AS_OF: self.as_of}
            found = [
                one.find(told)
                for one in self.compiled
                if one.policy.subject == kind and covers(one.policy.region, region)
            ]
            answers.append(resolve(found, self.excludes, held[index] if held else frozenset()))
        return answers


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
