"""走一遍: which question comes next, and which answers still count.

Of a bundle every question is asked whose condition holds. Of a flow a question is asked only while its answer can still
change what comes out. Either way, what is known already is not asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from banshi.contexts.guidance.values import (
    Answers,
    Choice,
    Condition,
    Facts,
    Flow,
    Known,
    Outcome,
    Progress,
    Question,
    Total,
)
from banshi.kernel.facts import Refused
from banshi.kernel.rules.explain import Explainer
from banshi.kernel.rules.tables.cells import value_of

_BOOL = (Choice("true", "是"), Choice("false", "否"))
AS_OF = "as_of"
WANTED = {
    "int": ("整数，如 300", "a whole number, as 300"),
    "number": ("数字，如 0.5", "a number, as 0.5"),
    "date": ("日期，如 2026-03-01", "a day, as 2026-03-01"),
    "place": ("区划代码，如 350502", "the code of a region, as 350502"),
    "text": ("文字", "text"),
}


def holds(condition: Condition, answers: Answers) -> bool:
    """Every question named is answered by one of the choices named."""
    return all(answers.get(question) in choices for question, choices in condition.items())


def choices_of(question: Question) -> tuple[Choice, ...]:
    return question.choices or (_BOOL if question.kind == "bool" else ())


def read(question: Question, text: str) -> tuple[Any, Choice]:
    """The answer typed: its value, and how it is shown. Raises `Refused`, which says what an answer is."""
    typed = unicodedata.normalize("NFKC", text).strip() if question.kind != "text" else text.strip()
    known = {choice.key: choice for choice in choices_of(question)}
    if question.kind in ("choice", "bool") and typed in known:
        return (typed == "true" if question.kind == "bool" else typed), known[typed]
    if question.kind == "several" and set(typed.split()) <= set(known):
        picked = [key for key in known if key in typed.split()]
        return picked, Choice(" ".join(picked), "、".join(known[key].text for key in picked) or "都没有")
    if question.kind in WANTED and typed:
        try:
            value = value_of(
                typed.replace(",", "") if question.kind in ("int", "number") else typed, question.kind
            )
        except ValueError:
            value = None
        if value is not None and _fits(question, value):
            return value, Choice(_plain(value), _shown(question, value))
    raise _refused(question, typed)


def _fits(question: Question, value: Any) -> bool:
    if question.kind not in ("int", "number"):
        return True
    return (question.least is None or value >= question.least) and (
        question.most is None or value <= question.most
    )


def _plain(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _shown(question: Question, value: Any) -> str:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float):
        return f"{value:,.15g}{question.unit}" if isinstance(value, float) else f"{value:,}{question.unit}"
    return str(value)


def _refused(question: Question, typed: str) -> Refused:
    zh, en = WANTED.get(question.kind, ("", ""))
    if not zh:
        keys = [choice.key for choice in choices_of(question)]
        more = ("等", " …") if len(keys) > 20 else ("", "")
        zh, en = f"其中的选项：{'、'.join(keys[:20])}{more[0]}", f"one of {', '.join(keys[:20])}{more[1]}"
    ends = [] if question.least is None else [f"不小于{question.least:,.15g}"]
    ends += [] if question.most is None else [f"不大于{question.most:,.15g}"]
    bounds = f"（{'，'.join(ends)}）" if ends else ""
    label = question.label or question.text
    return Refused(
        "wrong_answer",
        f"“{label}”的回答“{typed}”不对：应是{zh}{bounds}。" if typed else f"请回答“{label}”：{zh}{bounds}。",
        f"The answer “{typed}” to “{question.code}” is wrong: it has to be {en}.",
    )


def given(question: Question, answers: Answers) -> tuple[Any, Choice] | None:
    """What was answered; nothing for what is no answer."""
    if question.code not in answers:
        return None
    try:
        return read(question, answers[question.code])
    except Refused:
        return None


def known_answer(question: Question, facts: Facts) -> tuple[Any, Choice, str] | None:
    """The answer that a fact gives, and which fact."""
    for source in question.known:
        fact = facts.get(source.fact, "")
        text = source.gives.get(fact, source.gives.get("*", "")) if source.gives else fact
        if fact and text and (found := given(question, {question.code: text})):
            return (*found, source.fact)
    return None


class _Steps:
    """What was gathered on the way."""

    def __init__(self, answers: Answers, facts: Facts) -> None:
        self.answers, self.facts = answers, facts
        self.kept: dict[str, str] = {}
        self.data: dict[str, Any] = {}
        self.answered: list[tuple[Question, Choice]] = []
        self.known: list[Known] = []

    def take(self, question: Question) -> bool:
        """Whether there is an answer. What somebody answers stands above what is known."""
        if found := given(question, self.answers):
            value, choice = found
            self.answered.append((question, choice))
        elif fact := known_answer(question, self.facts):
            value, choice, source = fact
            self.known.append(Known(question, choice, source))
        else:
            return False
        self.data[question.code], self.kept[question.code] = value, choice.key
        return True

    def progress(self, next: Question | None, hits: tuple[int, ...] = ()) -> Progress:
        return Progress(tuple(self.answered), next, self.kept, tuple(self.known), self.data, hits)


def progress(questions: Sequence[Question], answers: Answers, facts: Facts | None = None) -> Progress:
    """Walk the questions of a bundle in order. An answer to a question that is not asked any more, or that is none, is
    dropped, and with it whatever hung on it."""
    steps = _Steps(answers, facts or {})
    for question in questions:
        if any(holds(condition, steps.kept) for condition in question.when) and not steps.take(question):
            return steps.progress(question)
    return steps.progress(None)


def walk(flow: Flow, answers: Answers, facts: Facts | None = None, on: date | None = None) -> Progress:
    """Walk a flow: the next question that still matters, or what the answers come to. `on`: the day that rules reckon from
    (`as_of`). Raises `Refused` where rules clash."""
    steps = _Steps(answers, facts or {})
    if on is not None:
        steps.data[AS_OF] = on
    while True:
        question, hits = step(flow, steps.data)
        if question is None:
            return steps.progress(None, hits)
        if not steps.take(question):
            return steps.progress(question)


def step(flow: Flow, data: Mapping[str, Any]) -> tuple[Question | None, tuple[int, ...]]:
    """The next question, or none and the rows that hold. Raises `Refused` where rules clash."""
    decision = flow.table.decide(data)
    return _next(flow, data, (*decision.needs, *_for_total(flow, data))), decision.hits


def _for_total(flow: Flow, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What is still needed to tell the limit for the whole."""
    needed: list[str] = []
    for one in flow.totals:
        if one.when is None or one.when.rule.evaluate(data) is True:
            break
        needed += one.when.of(data)
    return tuple(needed)


def _next(flow: Flow, data: Mapping[str, Any], needs: Sequence[str]) -> Question | None:
    """The first that is needed, for the outcome or for telling whether one that is may be asked."""
    wanted = set(needs)
    for question in reversed(flow.questions):
        if question.code in wanted and question.asked is not None:
            wanted.update(question.asked.of(data))
    for question in flow.questions:
        open_ = question.code in wanted and question.code not in data
        if open_ and (question.asked is None or question.asked.rule.evaluate(data) is True):
            return question
    return None


def total(flow: Flow, data: Mapping[str, Any]) -> Total | None:
    """The limit for the whole."""
    return next(
        (one for one in flow.totals if one.when is None or one.when.rule.evaluate(data) is True), None
    )


def notices(flow: Flow, data: Mapping[str, Any]) -> list[str]:
    """What else is told at once."""
    return [text for text, when in flow.notices if when is None or when.evaluate(data) is True]


def reasons(outcome: Outcome, data: Mapping[str, Any]) -> list[str]:
    """Why it is among the outcomes: the conditions that made it so, in words."""
    if outcome.when is None:
        return []
    told = Explainer(outcome.when).explain(data).deciding
    return [one.text if one.outcome == "true" else f"不是“{one.text}”" for one in told]


def longest(questions: Sequence[Question]) -> int:
    """At most how many questions of a bundle anyone is asked."""
    return max((len(path) for path in paths(questions)), default=0)


def paths(questions: Sequence[Question]) -> list[Answers]:
    """Every complete way through the questions of a bundle."""
    if not questions:
        return [{}]
    found: dict[tuple[tuple[str, str], ...], Answers] = {}
    for picked in product(*[[choice.key for choice in question.choices] for question in questions]):
        answers = progress(questions, {q.code: key for q, key in zip(questions, picked, strict=True)}).answers
        found[tuple(answers.items())] = answers
    return list(found.values())
