"""定表: which fields are asked as things stand, and what follows from others. One pass in the order of dependence: no loops.

A hidden field is not asked, not submitted and unknown to every rule; what was typed into it stays where it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from banshi.contexts.forms.rules.checking import tidied
from banshi.contexts.forms.rules.merging import separate
from banshi.contexts.forms.values import COMPUTED, SUGGESTED, Field, Filled, Form, Problem, Settled
from banshi.kernel.elements import ANSWER, AS_OF, GROUP, ordered, text_of, type_of, value_of
from banshi.kernel.rules import UNKNOWN, Names, Result, Rule, RuleError, compile

type Known = Mapping[str, Filled]


def settle(
    form: Form, typed: Mapping[str, str], known: Known, answers: Mapping[str, str], today: date
) -> Settled:
    """The form as it is with these values: typed ones come before known ones, known before suggested; computed ones always.

    `known` is what was filled in (`prefill`), `answers` those to the guiding questions.
    """
    fields = {one.code: one for one in form.fields}
    rules = _Rules(form.data, fields)
    row: dict[str, Any] = {AS_OF: today, **{f"{ANSWER}{key}": choice for key, choice in answers.items()}}
    filled: dict[str, Filled] = {}
    hidden: set[str] = set()
    order, circles = ordered({code: rules.needs(one) for code, one in fields.items()})
    for code in order:
        one = fields[code]
        if any(code in circle for circle in circles):  # never published; asked plainly if it were
            one = replace(one, shown="", computed="", suggested="")
        if one.shown and not rules.asked(one, row):
            hidden.add(code)
            continue
        found = _filled(one, typed, known, rules, row)
        if found:
            filled[code] = found
        text = found.value if found and (one.computed or code not in typed) else typed.get(code, "")
        row[code] = _value(one, text)
    sections = tuple(
        replace(part, fields=tuple(one for one in part.fields if one.code not in hidden))
        for part in form.sections
    )
    shown = replace(form, sections=tuple(part for part in sections if part.fields))
    return Settled(replace(shown, separate_fields=separate(shown.fields)), filled, frozenset(hidden), row)


def check_rules(settled: Settled, codes: Iterable[str]) -> list[Problem]:
    """核对: what these fields' own conditions find wrong. What cannot be told yet is not wrong."""
    fields = {one.code: one for one in settled.form.fields}
    rules = _Rules(settled.form.data, fields)
    return [
        Problem(code, one.zh, one.en)
        for code in codes
        if code in fields
        for one in fields[code].checks
        if rules.result(one.rule, settled.row) is False
    ]


class _Rules:
    """The rules of a form's fields, each compiled once for its data."""

    def __init__(self, data: Names, fields: Mapping[str, Field]) -> None:
        self.data, self.fields = data, fields

    def rule(self, text: str) -> Rule | None:
        try:
            return _compiled(text, _Data(self.data))
        except RuleError:  # the catalogue's check has said so
            return None

    def needs(self, one: Field) -> set[str]:
        """The fields that this one depends on."""
        texts = (one.shown, one.computed, one.suggested)
        return {key for text in texts if text and (rule := self.rule(text)) for key in rule.asks}

    def result(self, text: str, row: Mapping[str, Any]) -> Result:
        rule = self.rule(text)
        return rule.evaluate(row) if rule else UNKNOWN

    def asked(self, one: Field, row: Mapping[str, Any]) -> bool:
        """Whether it is shown. Where that is not known: not yet, if another field of the form will tell; else it is."""
        found = self.result(one.shown, row)
        if isinstance(found, bool):
            return found
        rule = self.rule(one.shown)
        missing = [key for key in rule.asks if row.get(key) is None] if rule else []
        return not missing or any(key not in self.fields for key in missing)


class _Data:
    """Names that are told apart by what they are, not by what stands in them: a dictionary is large and does not change."""

    __slots__ = ("names",)

    def __init__(self, names: Names) -> None:
        self.names = names

    def __hash__(self) -> int:
        return id(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Data) and self.names is other.names


@lru_cache(maxsize=2_000)
def _compiled(text: str, data: _Data) -> Rule:
    return compile(text, data.names, gives=None)


def _filled(
    one: Field, typed: Mapping[str, str], known: Known, rules: _Rules, row: Mapping[str, Any]
) -> Filled | None:
    if one.computed:
        text = text_of(one.kind, rules.result(one.computed, row))
        return Filled(text, COMPUTED) if text else None
    if one.code in known:
        return known[one.code]
    if one.suggested and (text := text_of(one.kind, rules.result(one.suggested, row))):
        return Filled(text[: one.max_length], SUGGESTED)
    return None


def _value(one: Field, text: str) -> Any:
    kinds = {column.code: (column.kind, type_of(column.kind, whole=column.whole)) for column in one.columns}
    if one.kind == GROUP:
        return value_of(type_of(GROUP), GROUP, text, kinds)
    return value_of(type_of(one.kind, whole=one.whole), one.kind, tidied(one, text))
