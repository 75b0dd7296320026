"""表单校验: the rules of the dictionary's elements: known names, right types, and no circle of dependence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from banshi.contexts.catalogue.rules.notes import Note, Path, once
from banshi.contexts.catalogue.values import Choice, Column, Dictionaries, Element
from banshi.kernel.elements import ANSWER, AS_OF, GROUP, datum, ordered
from banshi.kernel.rules import Datum, Names, Rule, RuleError, compile
from banshi.kernel.rules.types import BOOL, DATE, INT, STRING, Type

_MOST_ROWS = 100  # that a page can show
_FOLLOWING = ("shown", "computed", "suggested")  # rules by which one element depends on others


def data_of(known: Dictionaries) -> dict[str, Datum]:
    """What the rules of forms may ask for: every element, the answer to every question, and the day."""
    found: dict[str, Datum] = {AS_OF: Datum(DATE, "今天")}
    for key, question in known.questions.items():
        found[f"{ANSWER}{key}"] = Datum(STRING, question.text, choices=_texts(question.choices))
    for key, element in known.elements.items():
        columns = {column.key: _datum(column) for column in element.columns}
        found[key] = _datum(element, columns)
    return found


def check_forms(known: Dictionaries) -> Iterator[Note]:
    """Every rule by itself, then all of them together."""
    names = data_of(known)
    asks: dict[str, set[str]] = {}
    for key, element in known.elements.items():
        path: Path = ("elements", key)
        yield from _shape(path, element)
        asks[key] = set()
        for part in _FOLLOWING:
            text: str = getattr(element, part)
            if not text:
                continue
            gives = BOOL if part == "shown" else names[key].type
            rule, notes = read_rule((*path, part), text, names, gives)
            yield from notes
            asks[key] |= set(rule.asks) if rule else set()
        for index, one in enumerate(element.checks):
            rule, notes = read_rule((*path, "checks", index, "rule"), one.rule, names, BOOL)
            yield from notes
    yield from _circles(known, asks)


def stated(source: str, known: Dictionaries) -> bool:
    """Whether it is a certificate's number, or an element that a certificate may state: `certificate.TYPE.ELEMENT`."""
    kind, _, rest = source.partition(".")
    type_, _, what = rest.partition(".")
    return (
        kind == "certificate" and type_ in known.certificates and (what == "number" or what in known.elements)
    )


def _shape(path: Path, element: Element) -> Iterator[Note]:
    if (element.kind == GROUP) != bool(element.columns):
        yield Note(
            path, "group 要列 columns，别的类型不列", "columns belong to the kind group, and to it alone"
        )
    if element.kind == GROUP and (element.computed or element.suggested):
        yield Note(path, "group 不能算出来", "a group cannot be computed or suggested")
    if element.computed and (element.suggested or element.fill):
        yield Note(path, "算出来的不用带出", "what is computed is not filled in or suggested")
    if element.unit and element.kind != "number":
        yield Note((*path, "unit"), "单位只用于 number", "only a number has a unit")
    if element.whole and element.kind != "number":
        yield Note((*path, "whole"), "whole 只用于 number", "only a number is whole")
    if not 1 <= element.most_rows <= _MOST_ROWS:
        yield Note((*path, "most_rows"), f"行数是 1 到 {_MOST_ROWS}", f"rows are 1 to {_MOST_ROWS}")
    yield from once((*path, "columns"), (column.key for column in element.columns), "key")
    for index, column in enumerate(element.columns):
        if (column.kind == "choice") != bool(column.choices):
            yield Note(
                (*path, "columns", index),
                "choice 要列选项，别的类型不列",
                "choices belong to the kind choice, and to it alone",
            )


def read_rule(path: Path, text: str, names: Names, gives: Type) -> tuple[Rule | None, list[Note]]:
    """The rule, or what is wrong with it and at which of its letters."""
    try:
        rule = compile(text, names, gives=None)
    except RuleError as error:
        return None, [_at(path, error, text)]
    if rule.type == gives or (gives.kind == "double" and rule.type == INT):
        return rule, []
    return rule, [_at(path, RuleError("not_a_rule", rule.tree.span, gives, rule.type), text)]


def _at(path: Path, error: RuleError, text: str) -> Note:
    word = text[error.span.start : error.span.end] or text
    return Note(
        path,
        f"规则第{error.span.start + 1}个字符（{word}）：{error.zh.rstrip('。')}",
        f"the rule at character {error.span.start + 1} ({word}): {error.en.rstrip('.')}",
    )


def _circles(known: Dictionaries, asks: dict[str, set[str]]) -> Iterator[Note]:
    """互相依赖: none of the fields of a circle could be settled first."""
    for circle in ordered(asks)[1]:
        around = [*circle, circle[0]]
        zh = " → ".join(f"{known.elements[key].label}（{key}）" for key in around)
        for key, needed in pairwise(around):
            element = known.elements[key]
            part = next((one for one in _FOLLOWING if needed in _words(getattr(element, one))), "shown")
            yield Note(
                ("elements", key, part),
                f"填写项互相依赖，绕成了圈：{zh}",
                f"fields depend on each other in a circle: {' → '.join(around)}",
            )


def _words(text: str) -> set[str]:
    return set("".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split())


def _datum(one: Element | Column, columns: dict[str, Datum] | None = None) -> Datum:
    return datum(
        one.kind, one.label, unit=one.unit, whole=one.whole, choices=_texts(one.choices), columns=columns
    )


def _texts(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {choice.key: choice.text for choice in choices}
