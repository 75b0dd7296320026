"""审批条件: an item's clauses against what is stated and known, each with the reason why it holds, fails or cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from banshi.contexts.catalogue.rules.answers import needed_criteria
from banshi.contexts.catalogue.rules.form_checks import data_of
from banshi.contexts.catalogue.values import Criterion, Dictionaries, Element, Item
from banshi.kernel.elements import ANSWER, AS_OF, GROUP, type_of, value_of
from banshi.kernel.rules import Datum, RuleError, compile
from banshi.kernel.rules.explain import Explainer, Reason
from banshi.kernel.rules.types import BOOL, DATE, INT, STRING

type Verdict = Literal["holds", "fails", "unknown", "person"]
type Known = Mapping[
    str, bool | date | str
]  # facts of the applicant: text as the directory and the register give it

HELD, UNTIL, CITY = "held.", "until.", "place.city"
# What is known of an applicant without being typed, by the source that an element could be filled in from.
_OF_APPLICANT = {
    "person.sex": Datum(STRING, "性别（实名信息）", choices={"male": "男", "female": "女"}),
    "person.birth_on": Datum(DATE, "出生日期（实名信息）"),
    "person.region": Datum(STRING, "户籍地（实名信息）"),
    "enterprise.name": Datum(STRING, "企业名称（登记信息）"),
    "enterprise.uscc": Datum(STRING, "统一社会信用代码（登记信息）"),
    "enterprise.capital_fen": Datum(INT, "注册资本（登记信息）", unit="分"),
    "register.name": Datum(STRING, "企业名称（登记库）"),
    "register.capital_fen": Datum(INT, "注册资本（登记库）", unit="分"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """逐条判断: how one clause stands. `person`: for somebody to judge. `missing`: keys of the data that are missing."""

    criterion: Criterion
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()


def names_of(known: Dictionaries) -> dict[str, Datum]:
    """What a clause's rule may ask for: what forms may, certificates held and until when, and what is known of applicants."""
    found = data_of(known) | _OF_APPLICANT
    found[CITY] = Datum(STRING, "办理地所在的市（区划代码前四位）")
    for key, kind in known.certificates.items():
        found[HELD + key] = Datum(BOOL, f"持有有效的{kind.name}")
        if kind.valid_months:
            found[UNTIL + key] = Datum(DATE, f"{kind.name}有效期至")
    return found


def at_once(item: Item) -> bool:
    """秒批: an instant item that is judged by rules alone, and in which nobody else has a say."""
    others = item.works or item.interested or item.hearing or item.discretion in ("restricted", "prohibited")
    return bool(item.instant and item.criteria and all(one.rule for one in item.criteria) and not others)


class Judge:
    """对照: clauses against rows. Made once for a dictionary; every rule is compiled once."""

    def __init__(self, known: Dictionaries) -> None:
        self.known, self.names = known, names_of(known)
        self._made: dict[tuple[str, bool], Explainer | None] = {}

    def judge(
        self, item: Item, situations: frozenset[str], row: Mapping[str, Any], *, zh: bool = True
    ) -> tuple[Judged, ...]:
        """Clause by clause, those that these situations bring about; in the item's order."""
        return tuple(self._one(one, row, zh) for one in needed_criteria(item, situations))

    def asks(self, item: Item) -> frozenset[str]:
        """The keys of all data that its rules ask for."""
        made = [self._explainer(one.rule, True) for one in item.criteria if one.rule]
        return frozenset(key for one in made if one for key in one.rule.asks)

    def needs(self, item: Item) -> frozenset[str]:
        """What has to be stated for its clauses: elements, those that they follow from, and `answer.QUESTION`."""
        elements = self.known.elements
        found, todo = set(self.asks(item)), [key for key in self.asks(item) if key in elements]
        while todo:
            one = elements[todo.pop()]
            for text in (one.shown, one.computed, one.suggested):
                asks = set(compile(text, self.names, gives=None).asks if text else ())
                todo += [key for key in asks - found if key in elements]
                found |= asks
        named = {key for one in item.criteria for key in one.situations}
        named |= {key for part in item.elements if part.element in found for key in part.situations}
        found |= {ANSWER + key for one in item.situations if one.key in named for key in one.when}
        return frozenset(found)

    def row(
        self, texts: Mapping[str, str], answers: Mapping[str, str], facts: Known, as_of: date
    ) -> dict[str, Any]:
        """The data that a rule sees of what was stated (element → text), answered and known."""
        stated = {
            key: _value(self.known.elements[key], text)
            for key, text in texts.items()
            if key in self.known.elements
        }
        return {
            **stated,
            **{ANSWER + key: one for key, one in answers.items()},
            **self.facts(facts),
            AS_OF: as_of,
        }

    def facts(self, facts: Known) -> dict[str, Any]:
        """Facts as the rules see them; what has no name here is left out."""
        return {
            key: value_of(self.names[key].type, "", value) if isinstance(value, str) else value
            for key, value in facts.items()
            if key in self.names
        }

    def _one(self, one: Criterion, row: Mapping[str, Any], zh: bool) -> Judged:
        explainer = self._explainer(one.rule, zh) if one.rule else None
        if explainer is None:
            return Judged(one, "person")
        told = explainer.explain(row)
        if told.result is True or told.result is False:
            return Judged(one, "holds" if told.result else "fails", told.deciding or (told.reason,))
        missing = told.missing or tuple(key for key in explainer.rule.asks if row.get(key) is None)
        return Judged(one, "unknown", told.deciding or (told.reason,), missing)

    def _explainer(self, rule: str, zh: bool) -> Explainer | None:
        """None for a rule of an older version that asks for what the dictionary no longer has: a person judges then."""
        if (rule, zh) not in self._made:
            try:
                self._made[rule, zh] = Explainer(compile(rule, self.names), zh=zh)
            except RuleError:
                self._made[rule, zh] = None
        return self._made[rule, zh]


def _value(element: Element, text: str) -> Any:
    if element.kind == GROUP and not text.startswith("["):  # its words for a reader, no rows
        return None
    columns = {one.key: (one.kind, type_of(one.kind, whole=one.whole)) for one in element.columns}
    type_ = type_of(element.kind, whole=element.whole)
    return value_of(type_, element.kind, text, columns if element.kind == GROUP else None)
