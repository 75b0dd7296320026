"""审批条件: what a conclusion or a decision says of the clauses that were published (开卷式审批)."""

from __future__ import annotations

from typing import Any

from banshi.contexts.cases.rules.law import cited
from banshi.contexts.cases.values import CaseState, Input
from banshi.kernel.facts import Refused


def looked(state: CaseState, given: Input) -> dict[str, Any]:
    """审批条件: which of the published clauses were looked at. A refusal names the ones that are not met (art. 38)."""
    known = {one.key for one in state.plan.criteria}
    met, unmet = set(given.looked), set(given.unmet)
    if strange := (met | unmet) - known:
        raise Refused(
            "unknown_criterion",
            f"这件事没有“{min(strange)[:40]}”这条审批条件。",
            f"This case has no criterion '{min(strange)[:40]}'.",
            "",
            "unmet",
        )
    if known and given.verdict == "refuse" and not unmet:
        raise Refused(
            "unmet_needed",
            "请勾选不符合的是哪一条审批条件。",
            "Tick which of the criteria is not met.",
            cited(state, "refusal"),
            "unmet",
        )
    if (given.verdict == "pass" and unmet) or met & unmet:
        raise Refused(
            "unmet_passed",
            "勾选了不符合的条件，就不能同时准予或者算作符合。",
            "What is ticked as not met can be neither granted nor counted as met.",
            "",
            "unmet",
        )
    return {name: list(keys) for name, keys in (("looked", given.looked), ("unmet", given.unmet)) if keys}
