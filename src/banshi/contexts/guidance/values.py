"""What guidance asks, and what the answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from banshi.kernel.rules import Rule
from banshi.kernel.rules.tables import Missing, Table

# Every question named must be answered by one of its choices; {} always holds.
type Condition = Mapping[str, tuple[str, ...]]
# By code of the question, as typed: a choice's key, 300, 2026-03-01, 350502; several choices with blanks between them.
type Answers = Mapping[str, str]
# What is known already, by its name (`person.region`, `certificate.business-licence`, `answer.place`), as text.
type Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """选项."""

    key: str
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class KnownFrom:
    """已知来源: a fact that answers a question; `gives` turns its value into an answer (`*`: whatever it is)."""

    fact: str
    gives: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """问题: asked when any of its conditions holds; the same code is asked once, whoever needs it.

    `kind`: choice, several, text, int, number, date, bool or place. `asked`: in a flow, when it may be asked at all.
    `least`, `most`: of a number. `label`: what it is called in tables and explanations.
    """

    code: str
    text: str
    choices: tuple[Choice, ...] = ()
    when: tuple[Condition, ...] = ({},)
    help: str = ""
    kind: str = "choice"
    label: str = ""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    asked: Missing | None = None
    known: tuple[KnownFrom, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """已知的回答: a question that was not asked, the answer, and the fact that gave it."""

    question: Question
    choice: Choice
    fact: str


@dataclass(frozen=True, slots=True)
class Progress:
    """进展: the questions answered so far in their order, the next one (None: done), and all answers that count.

    `known`: what was not asked, though it counts. `data`: all answers, typed. `hits`: rows of the flow's table that hold, when done.
    """

    answered: tuple[tuple[Question, Choice], ...]
    next: Question | None
    answers: Answers
    known: tuple[Known, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    hits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """阶段: of a project's life; `lead` is the department that leads it, `beside` what runs at its side (并行推进)."""

    key: str
    title: str
    lead: str = ""
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """总时限: how many workdays the whole may take, for those whom the rule fits; the first that does."""

    title: str
    days: int
    when: Missing | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """结论: something that has to be done, or is told.

    `item`: of the catalogue, which then gives whatever is not said here. `theme`: done together with others of that theme
    at one go (主题审批). `days` are workdays; -1: not said. `gives`: further columns of a decision table.
    """

    code: str
    name: str
    when: Rule | None = None
    plain_name: str = ""
    stage: str = ""
    theme: str = ""
    item: str = ""
    department: str = ""
    days: int = -1
    fee: str = ""
    materials: tuple[str, ...] = ()
    result: str = ""
    note: str = ""
    basis: tuple[str, ...] = ()
    gives: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """导办流程: questions in the order in which they may be asked, and a table of what follows; `rows` are the outcomes
    of each row of it."""

    code: str
    title: str
    questions: tuple[Question, ...]
    table: Table
    rows: tuple[tuple[Outcome, ...], ...]
    plain_name: str = ""
    summary: str = ""
    stages: tuple[Stage, ...] = ()
    totals: tuple[Total, ...] = ()
    notices: tuple[tuple[str, Rule | None], ...] = ()
    keywords: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ("person", "enterprise")

    def outcomes(self, hits: tuple[int, ...], data: Mapping[str, Any] = {}) -> tuple[Outcome, ...]:
        """Of these rows, each once, in the order in which the flow has them. `data`: what a table reckons from. Raises
        `Refused` for what cannot be reckoned."""
        found = {}
        for hit in hits:
            for one in self.rows[hit]:
                gives = self.table.given(hit, data) if hit in self.table.formulas else one.gives
                found[one.code] = replace(one, gives=gives)
        return tuple(found.values())
