"""情形导办: what an item or a bundle asks for, given the answers to its questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from banshi.contexts.catalogue.values import (
    Bundle,
    Condition,
    Criterion,
    Element,
    FormElement,
    Item,
    MaterialNeed,
    Work,
)

Answers = Mapping[str, str]  # question: the choice taken


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether every question named is answered by one of its choices; an unanswered one is not."""
    return all(answers.get(question) in choices for question, choices in condition.items())


def asked(*questions: Iterable[str]) -> tuple[str, ...]:
    """The questions of several items, each once, in the order they first come."""
    return tuple(dict.fromkeys(question for group in questions for question in group))


def items_of(bundle: Bundle, answers: Answers) -> tuple[str, ...]:
    """The items that the bundle comes to, each once, in the bundle's order."""
    return tuple(dict.fromkeys(part.item for part in bundle.items if holds(part.when, answers)))


def situations_of(item: Item, answers: Answers) -> frozenset[str]:
    """情形: the keys of the item's situations that these answers make."""
    return frozenset(situation.key for situation in item.situations if holds(situation.when, answers))


def needed_elements(item: Item, situations: frozenset[str]) -> tuple[FormElement, ...]:
    """表单要素 to be filled in."""
    return tuple(part for part in item.elements if _applies(part.situations, situations))


def needed_materials(item: Item, situations: frozenset[str]) -> tuple[MaterialNeed, ...]:
    """申请材料 to be handed over."""
    return tuple(part for part in item.materials if _applies(part.situations, situations))


def needed_criteria(item: Item, situations: frozenset[str]) -> tuple[Criterion, ...]:
    """审批条件 to be met."""
    return tuple(part for part in item.criteria if _applies(part.situations, situations))


def needed_works(item: Item, situations: frozenset[str]) -> tuple[Work, ...]:
    """环节 to be done. Whoever waited for a work that falls away waits for what that one waited for."""
    kept = {work.key for work in item.works if _applies(work.situations, situations)}
    after = {work.key: work.after for work in item.works}

    def standing(keys: Iterable[str]) -> Iterable[str]:
        for key in keys:
            yield from (key,) if key in kept else standing(after[key])

    return tuple(
        replace(work, after=tuple(dict.fromkeys(standing(work.after))))
        for work in item.works
        if work.key in kept
    )


def fill_sources(element: Element, answers: Answers) -> tuple[str, ...]:
    """自动填写: where the element's value may be taken from, the first that is known wins."""
    return tuple(fill.source for fill in element.fill if holds(fill.when, answers))


def _applies(named: tuple[str, ...], situations: frozenset[str]) -> bool:
    return not named or not situations.isdisjoint(named)
