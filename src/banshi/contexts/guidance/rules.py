"""导办规则: which question comes next, and which answers still count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from banshi.contexts.guidance.values import Answers, Choice, Condition, Progress, Question


def holds(condition: Condition, answers: Answers) -> bool:
    """Every question named is answered by one of the choices named."""
    return all(answers.get(question) in choices for question, choices in condition.items())


def progress(questions: Sequence[Question], answers: Answers) -> Progress:
    """Walk the questions in order. An answer to a question that is not asked any more, or that names no choice, is
    dropped, and with it whatever hung on it."""
    kept: dict[str, str] = {}
    answered: list[tuple[Question, Choice]] = []
    for question in questions:
        if not any(holds(condition, kept) for condition in question.when):
            continue
        chosen = next(
            (choice for choice in question.choices if choice.key == answers.get(question.code)), None
        )
        if chosen is None:
            return Progress(tuple(answered), question, kept)
        kept[question.code] = chosen.key
        answered.append((question, chosen))
    return Progress(tuple(answered), None, kept)


def longest(questions: Sequence[Question]) -> int:
    """At most how many questions anyone is asked."""
    return max((len(path) for path in paths(questions)), default=0)


def paths(questions: Sequence[Question]) -> list[Answers]:
    """Every complete way through the questions."""
    if not questions:
        return [{}]
    found: dict[tuple[tuple[str, str], ...], Answers] = {}
    for picked in product(*[[choice.key for choice in question.choices] for question in questions]):
        answers = progress(questions, {q.code: key for q, key in zip(questions, picked, strict=True)}).answers
        found[tuple(answers.items())] = answers
    return list(found.values())
