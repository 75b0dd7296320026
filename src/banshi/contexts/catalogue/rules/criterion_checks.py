"""审批条件校验: whether an item's clauses can be judged: their rules by what the item asks and what is known, their proof at hand.

Sources: the State Council's rules on online services art. 6 (conditions are stated), licensing law arts. 5, 30 (published,
explained), 34 (what is examined on the spot is no matter for a rule).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.contexts.catalogue.rules.criteria import HELD, UNTIL, at_once
from banshi.contexts.catalogue.rules.form_checks import read_rule
from banshi.contexts.catalogue.rules.notes import Note, Path, once, refer
from banshi.contexts.catalogue.values import Dictionaries, Item
from banshi.kernel.elements import ANSWER
from banshi.kernel.rules import Names
from banshi.kernel.rules.types import BOOL

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_CERTIFICATE = re.compile(rf"\b(?:{re.escape(HELD)}|{re.escape(UNTIL)})(\w+)")


def check_criteria(item: Item, known: Dictionaries, names: Names) -> Iterator[Note]:
    """Every clause by itself, and the event that a same-day certificate goes with."""
    needed = {need.material for need in item.materials}
    yield from once(("criteria",), (one.key for one in item.criteria), "key")
    for index, one in enumerate(item.criteria):
        path: Path = ("criteria", index)
        if not _KEY.fullmatch(one.key):
            yield Note((*path, "key"), "key 只能用小写字母、数字和 _", "the key must be snake_case")
        if not one.proof:
            yield Note((*path, "proof"), "要写明用什么证明", "say what proves it")
        for position, material in enumerate(one.materials):
            yield from refer(
                (*path, "materials", position), material, needed, "这个事项的材料", "material of this item"
            )
        if one.rule:
            yield from _rule((*path, "rule"), one.rule, item, known, names)
    if item.event:
        yield from _event(item, known)


def certificates_of(item: Item) -> set[str]:
    """The certificate types that its clauses, or its event, look at."""
    named = {name for one in item.criteria for name in _CERTIFICATE.findall(one.rule)}
    return (named | {item.event}) - {""}


def _rule(path: Path, text: str, item: Item, known: Dictionaries, names: Names) -> Iterator[Note]:
    """That it is a condition, and over what this item's form, questions and the registers can tell."""
    rule, notes = read_rule(path, text, names, BOOL)
    yield from notes
    asked = {part.element for part in item.elements}
    for key in rule.asks if rule else ():
        if key in known.elements and key not in asked:
            yield Note(path, f"这个事项的表单里没有 {key}", f"the form of this item does not ask {key}")
        question = key.removeprefix(ANSWER)
        if key.startswith(ANSWER) and question not in item.questions:
            yield Note(
                path, f"这个事项没有问题 {question}", f"this item does not ask the question {question}"
            )


def _event(item: Item, known: Dictionaries) -> Iterator[Note]:
    """交地即拿证: only what is decided at once can be in hand on the day of the event."""
    yield from refer(("event",), item.event, known.certificates, "证照类型", "certificate type")
    if not at_once(item) or item.promised.days:
        yield Note(
            ("event",),
            "当天拿证的，要是即办件、没有环节、承诺 0 天，每个条件都有 rule",
            "a certificate on the day of the event needs an instant item without works, promised at once, all criteria rules",
        )
    elif not any(HELD + item.event in one.rule for one in item.criteria):
        yield Note(
            ("event",), f"没有条件用到 {HELD}{item.event}", f"no criterion looks at {HELD}{item.event}"
        )
