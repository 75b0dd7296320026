"""法律依据: which article each rule comes from, and for which item types it holds (GB/T 39046 A.1; 01 is 行政许可).

A rule that is not in force for an item's type is still kept where the platform pledges it, but cites no article.
Numbers that places may set lie in `values.Limits`, filled from the rule packs.
"""

from __future__ import annotations

from typing import NamedTuple

from banshi.contexts.cases.values import CaseState

PERMIT = frozenset({"01"})
EVERY: frozenset[str] = frozenset()


class Rule(NamedTuple):
    """规则: its article, and the item types it holds for (none named: all)."""

    article: str
    types: frozenset[str] = PERMIT


LAW = {
    "workdays": Rule("行政许可法第八十二条"),
    "not_required": Rule("行政许可法第三十二条第一款第一项"),
    "not_competent": Rule("行政许可法第三十二条第一款第二项"),
    "correction": Rule("行政许可法第三十二条第一款第四项"),
    "two_people": Rule("行政许可法第三十四条第三款"),
    "two_levels": Rule("行政许可法第三十五条"),
    "interested": Rule("行政许可法第三十六条"),
    "refusal": Rule("行政许可法第三十八条第二款"),
    "extension": Rule("行政许可法第四十二条第一款"),
    "joint_extension": Rule("行政许可法第四十二条第二款"),
    "lower_review": Rule("行政许可法第四十三条"),
    "delivery": Rule("行政许可法第四十四条"),
    "special": Rule("行政许可法第四十五条"),
    "hearing_required": Rule("行政许可法第四十六条"),
    "hearing": Rule("行政许可法第四十七条第一款"),
    "hearing_conduct": Rule("行政许可法第四十八条第一款"),
    "hearing_record": Rule("行政许可法第四十八条第二款"),
    "renewal": Rule("行政许可法第五十条"),
    "fees": Rule("行政许可法第五十八条第一款"),
    "revocation": Rule("行政许可法第六十九条"),
    "cancellation": Rule("行政许可法第七十条"),
    "concealment": Rule("行政许可法第七十八条"),
    "fraud": Rule("行政许可法第七十九条"),
}


def article(rule: str, type: str) -> str:
    """The article of a rule where it holds for this item type, else nothing. Raises `KeyError` for an unknown rule."""
    found = LAW[rule]
    return found.article if not found.types or type in found.types else ""


def cited(state: CaseState, rule: str) -> str:
    """The article of a rule where it holds for this case, else nothing."""
    return article(rule, state.plan.type)
