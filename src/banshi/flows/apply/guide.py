"""导办: from what somebody wants to get done, by a few questions, to the items that it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Bundle, Condition, Dictionaries, Item
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Choice, KnownFrom, Question
from banshi.kernel.rules import Names

EARLIER = "earlier"  # in a catalogue: the same question or element in an earlier matter


@dataclass(frozen=True, slots=True)
class Target:
    """要办的事: one item, or a bundle with all the items that it may come to."""

    kind: str
    code: str
    name: str
    plain_name: str
    summary: str
    applicants: tuple[str, ...]
    questions: tuple[Question, ...]
    items: tuple[tuple[Item, int, Condition], ...]  # item, version, when it belongs to the bundle
    dictionaries: Dictionaries
    data: Names  # what the rules of fields may ask for

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """选定的事项: an item of this application with its version and situations."""

    item: Item
    version: int
    situations: frozenset[str]


def target(kind: str, code: str) -> Target:
    """An item or a bundle in force. Raises `NotFound`."""
    current = catalogue.catalogue()
    what: Item | Bundle
    if kind == "bundle":
        what = bundle = catalogue.get_bundle(code).definition
        parts = [(current.items[part.item], part.when) for part in bundle.items]
        own = bundle.questions
    else:
        kind, edition = "item", catalogue.get_item(code)
        what, parts, own = edition.definition, [(edition, {})], ()
    items = tuple((one.definition, one.version, when) for one, when in parts)
    questions = _questions(own, items, current.dictionaries)
    return Target(
        kind, code, what.name, what.plain_name, what.summary, what.applicants, questions, items,
        current.dictionaries, current.data,
    )  # fmt: skip


def _questions(
    own: Iterable[str], items: tuple[tuple[Item, int, Condition], ...], dictionaries: Dictionaries
) -> tuple[Question, ...]:
    """The bundle's own questions first; an item's question is asked when an item that needs it was chosen."""
    conditions: dict[str, list[Condition]] = {code: [{}] for code in own}
    for item, _, when in items:
        for code in item.questions:
            conditions.setdefault(code, []).append(when)
    found = []
    for code, when_any in conditions.items():
        question = dictionaries.questions[code]
        choices = tuple(Choice(choice.key, choice.text, choice.help) for choice in question.choices)
        known = tuple(KnownFrom(source_of(one.fact, code), one.gives) for one in question.known)
        found.append(Question(code, question.text, choices, tuple(when_any), question.help, known=known))
    return tuple(found)


def source_of(named: str, code: str) -> str:
    """来源 as a catalogue names it, for this question or element: `earlier` becomes `earlier.CODE`."""
    return f"{EARLIER}.{code}" if named == EARLIER else named


def chosen(what: Target, answers: Mapping[str, str]) -> tuple[Chosen, ...]:
    """The items that these answers come to, with their situations."""
    found: dict[str, Chosen] = {}
    for item, version, when in what.items:
        if guidance.holds(when, answers):
            found.setdefault(item.code, Chosen(item, version, catalogue.situations_of(item, answers)))
    return tuple(found.values())
