"""事实: what happened, in the past tense, under a name that is never reused; and why something did not happen.

A *decider* is two pure functions of a context: `decide(definition, state, command, at, calendar) -> list[Fact]`
(raising `Refused`) and `evolve(state, fact) -> state`. Time and calendars come in as values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

type Data = Mapping[str, Any]

NATIONAL = "000000"  # the region of streams that belong to no county: items, staff, settings


@dataclass(frozen=True, slots=True)
class Fact:
    """事实: `kind` is `context.entity.past_tense`; `data` holds codes, keys, dates and digests, never personal data."""

    kind: str
    data: Data


@dataclass(frozen=True, slots=True)
class Stream:
    """事实流: the life of one thing; `region` is the county's code that it was born in."""

    region: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Recorded:
    """已记录的事实: a fact with its place in its stream, its author and its instant (UTC)."""

    stream: Stream
    seq: int
    fact: Fact
    at: datetime
    actor: str

    @property
    def kind(self) -> str:
        return self.fact.kind

    @property
    def data(self) -> Data:
        return self.fact.data


class Refused(Exception):
    """不予: a rule says no. `rule` names it, `zh`/`en` say it in words a clerk can read out, `article` is its source.

    `field` names the input that is wrong, where one is.
    """

    def __init__(self, rule: str, zh: str, en: str, article: str = "", field: str = "") -> None:
        super().__init__(f"{zh} / {en}")
        self.rule, self.zh, self.en, self.article, self.field = rule, zh, en, article, field


class NotFound(Refused):
    """没有找到: it is not there, or not for this person; both look the same from outside."""

    def __init__(self, what_zh: str, what_en: str) -> None:
        super().__init__(
            "not_found", f"没有找到{what_zh}，请核对编号。", f"No such {what_en}; check the number."
        )


def fold[S](evolve: Callable[[S, Fact], S], start: S, facts: Iterable[Fact]) -> S:
    """The state that the facts give, in their order."""
    state = start
    for fact in facts:
        state = evolve(state, fact)
    return state
