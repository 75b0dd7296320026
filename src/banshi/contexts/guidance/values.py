"""What guidance asks, and under which conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Every question named must be answered by one of its choices; {} always holds.
type Condition = Mapping[str, tuple[str, ...]]
type Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """选项."""

    key: str
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """问题: asked when any of its conditions holds; the same code is asked once, whoever needs it."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    when: tuple[Condition, ...] = ({},)
    help: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """进展: the questions answered so far in their order, the next one (None: done), and the answers that still count."""

    answered: tuple[tuple[Question, Choice], ...]
    next: Question | None
    answers: Answers
