"""讲解: why a rule came out as it did: every condition in words, how it stands, the values it looked at, the article.

explainer = Explainer(rule, article="《…办法》第五条")
told = explainer.explain({"age": 58})
told.deciding        # the conditions that made it so; of an unknown result those that cannot be told
told.missing         # keys of the data that they lack
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from banshi.kernel.rules import Rule, guarded
from banshi.kernel.rules.closure import Run
from banshi.kernel.rules.messages import words
from banshi.kernel.rules.tree import And, If, Node, Not, Or, Span, children, names_of
from banshi.kernel.rules.types import BOOL
from banshi.kernel.rules.values import UNKNOWN, Error, Result
from banshi.kernel.rules.wording import Wording

type Outcome = Literal["true", "false", "unknown", "error", "value", "not_asked"]
type Kind = Literal["all", "any", "not", "if", "atom"]

MISSING = ("未知", "unknown")


@dataclass(frozen=True, slots=True)
class Used:
    """用到的数据: its key, label and value in words; `missing`: there is none."""

    key: str
    label: str
    value: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """一项条件: an atom, or conditions put together (`parts`). `deciding`: it made the whole come out so.

    `not_asked`: the branch of a `?:` that was not taken. `problem`: what went wrong, of an error.
    """

    kind: Kind
    text: str
    outcome: Outcome
    deciding: bool
    used: tuple[Used, ...]
    parts: tuple[Reason, ...]
    span: Span
    problem: str = ""

    def atoms(self) -> Iterator[Reason]:
        """The conditions that are not put together from others, in the order in which they are written."""
        if self.kind == "atom":
            yield self
        for part in self.parts:
            yield from part.atoms()


@dataclass(frozen=True, slots=True)
class Explanation:
    """讲解: the result, the reason as a tree, and the article that the rule was made from."""

    result: Result
    reason: Reason
    article: str

    @property
    def deciding(self) -> tuple[Reason, ...]:
        return tuple(atom for atom in self.reason.atoms() if atom.deciding)

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of the data that are missing for a decision; none when there is one."""
        if self.reason.outcome != "unknown":
            return ()
        return tuple(dict.fromkeys(used.key for atom in self.deciding for used in atom.used if used.missing))


class Explainer:
    """讲解员: of one rule; made once, asked often. `zh` False: in English."""

    def __init__(self, rule: Rule, *, article: str = "", zh: bool = True) -> None:
        self.rule, self.article, self.zh = rule, article, zh
        self.wording = Wording(rule.names, zh=zh)
        self.runs: dict[Node, Run] = {}
        self.texts: dict[Node, str] = {}
        todo = [rule.tree]
        while todo:
            node = todo.pop()
            self.runs[node] = guarded(node, rule.names)
            self.texts[node] = self.wording.text(node)
            if isinstance(node, And | Or | Not) or (isinstance(node, If) and node.type == BOOL):
                todo.extend(children(node))

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        reason, result = self._reason(self.rule.tree, row, True)
        return Explanation(result, reason, self.article)

    def _reason(self, node: Node, row: Mapping[str, Any], deciding: bool) -> tuple[Reason, Result]:
        result = self.runs[node](row)
        outcome = _outcome(result)
        parts: tuple[Reason, ...] = ()
        kind: Kind = "atom"
        match node:
            case And(terms=terms) | Or(terms=terms):
                kind = "all" if isinstance(node, And) else "any"
                # What settled it; where nothing could, whatever stands as the whole does.
                parts = tuple(
                    self._reason(term, row, deciding and _outcome(self.runs[term](row)) == outcome)[0]
                    for term in terms
                )
            case Not(term=term):
                kind, parts = "not", (self._reason(term, row, deciding)[0],)
            case If() if node.type == BOOL:
                kind, parts = "if", self._branches(node, row, deciding)
        used = self._used(node, row) if kind == "atom" else ()
        text = self.texts[node]
        return Reason(kind, text, outcome, deciding, used, parts, node.span, self._problem(result)), result

    def _branches(self, node: If, row: Mapping[str, Any], deciding: bool) -> tuple[Reason, ...]:
        taken = self.runs[node.condition](row)
        parts = [self._reason(node.condition, row, deciding)[0]]
        for branch, wanted in ((node.then, True), (node.other, False)):
            if taken is wanted:
                parts.append(self._reason(branch, row, deciding)[0])
            else:
                text = self.texts[branch]
                parts.append(Reason("atom", text, "not_asked", False, (), (), branch.span))
        return tuple(parts)

    def _used(self, node: Node, row: Mapping[str, Any]) -> tuple[Used, ...]:
        used = []
        for key in names_of(node):
            value = row.get(key)
            shown = (
                MISSING[not self.zh]
                if value is None
                else self.wording.value(value, self.rule.names[key], key=key)
            )
            used.append(Used(key, self.wording.label(key), shown, value is None))
        return tuple(used)

    def _problem(self, result: Result) -> str:
        return words(result.kind, "", "")[not self.zh] if isinstance(result, Error) else ""


def _outcome(result: Result) -> Outcome:
    if result is UNKNOWN:
        return "unknown"
    if isinstance(result, Error):
        return "error"
    return "true" if result is True else "false" if result is False else "value"
