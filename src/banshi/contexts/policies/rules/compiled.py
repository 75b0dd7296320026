"""编译好的政策: its conditions and its amount as rules, against one row of known data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from banshi.contexts.policies.values import Element, Finding, Policy, Standing
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

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The conditions in their order, then the amount, if there is one."""
        return (*self.conditions, *((self.amount,) if self.amount else ()))

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
    reckons = any(AS_OF in rule.asks for rule in compiled.rules)
    return reckons or policy.period(on) != policy.period(looked_on)
