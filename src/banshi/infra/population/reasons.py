"""不能确定的原因: which data are missing where a rule cannot be told, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from banshi.infra.population.chunk import Chunk, Coded
from banshi.infra.population.form import NOBODY
from banshi.infra.population.lanes import Array, Mask, and_, choose_mask, not_, or_
from banshi.infra.population.plan import Answers, Plan
from banshi.kernel.rules import Rule
from banshi.kernel.rules.explain import Explainer, Explanation
from banshi.kernel.rules.messages import words
from banshi.kernel.rules.tree import And, Const, If, Node, Not, Or, Select, names_of, walk
from banshi.kernel.rules.types import BOOL
from banshi.kernel.rules.values import UNKNOWN

KEPT = 100_000  # reasons found row by row


@dataclass(frozen=True, slots=True)
class Why:
    """为什么: the keys of the data that are missing, or (where none is) what went wrong."""

    missing: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """不能确定的: rows of a chunk, and of each which of `reasons` it has."""

    rows: Array
    places: Array
    reasons: list[Why]

    def __iter__(self) -> Iterator[tuple[int, Why]]:
        for row, place in zip(self.rows.tolist(), self.places.tolist(), strict=True):
            yield row, self.reasons[place]

    def counts(self) -> Iterator[tuple[Why, int]]:
        yield from zip(
            self.reasons, np.bincount(self.places, minlength=len(self.reasons)).tolist(), strict=True
        )


class Reasons:
    """原因: of the rules of one plan, which keeps its atoms."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        plan: Plan,
        given: Mapping[str, Any],
        articles: Mapping[str, str],
        *,
        zh: bool = True,
    ) -> None:
        self.plan, self.given, self.zh = plan, dict(given), zh
        self.explainers = {
            key: Explainer(rule, article=articles.get(key, ""), zh=zh) for key, rule in rules.items()
        }
        self.asks = {key: [one for one in rule.asks if one in plan.asks] for key, rule in rules.items()}
        self.known: dict[tuple[str, str], Why] = {}

    def explain(self, rule: str, chunk: Chunk, row: int) -> Explanation:
        return self.explainers[rule].explain(chunk.row(row) | self.given)

    def untold(self, rule: str, chunk: Chunk, answers: Answers) -> Untold:
        """The rows where `rule` cannot be told, and why."""
        unknown = answers.rules[rule].unknown
        nobody = np.zeros(0, np.intp)
        if unknown is None or not (rows := np.flatnonzero(unknown)).size:
            return Untold(nobody, nobody, [])
        asks = self.asks[rule]
        search = _Search(
            self.plan,
            chunk,
            answers,
            {key: np.zeros(chunk.rows, bool) for key in asks},
            np.zeros(chunk.rows, bool),
        )
        search.look(self.plan.trees[rule], unknown)
        lacks = [search.branching[rows], *(search.lacks[key][rows] for key in asks)]
        bits = np.packbits(np.array(lacks).T, axis=1)
        whole = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).ravel()
        _, firsts, places = np.unique(whole, return_index=True, return_inverse=True)
        reasons = [
            Why(tuple(key for key in asks if search.lacks[key][row] and not search.branching[row]))
            for row in rows[firsts].tolist()
        ]
        for place, why in enumerate(list(reasons)):
            if not why.missing:
                self._one_by_one(rule, chunk, rows, places, place, reasons)
        return Untold(rows, places, reasons)

    def _one_by_one(
        self, rule: str, chunk: Chunk, rows: Array, places: Array, place: int, reasons: list[Why]
    ) -> None:
        """No datum is missing (an error, or a field inside a record), or not every missing one matters: each such row is
        looked at."""
        own: dict[Why, int] = {}
        for at in np.flatnonzero(places == place).tolist():
            why = self._why(rule, chunk, int(rows[at]))
            if why not in own:
                own[why] = place if not own else len(reasons)
                if own[why] == place:
                    reasons[place] = why
                else:
                    reasons.append(why)
            places[at] = own[why]

    def _why(self, rule: str, chunk: Chunk, row: int) -> Why:
        values = {key: chunk.values(key, (row,))[0] for key in self.asks[rule]}
        known = (rule, repr(values))
        if known not in self.known:
            if len(self.known) >= KEPT:
                self.known.clear()
            self.known[known] = self._explained(rule, values)
        return self.known[known]

    def _explained(self, rule: str, values: dict[str, Any]) -> Why:
        told = self.explainers[rule].explain(values | self.given)
        if told.result is UNKNOWN:
            # What stands in a branch that no constant leads to was not read, and is not missed.
            missing = tuple(key for key in told.missing if key in values)
            return Why(missing or tuple(dict.fromkeys(_fields_missing(self.explainers[rule].rule, values))))
        problem = next((atom.problem for atom in told.deciding if atom.problem), "")
        # An infinite decimal, which the closure has and a population has not.
        return Why((), problem or words("divide_by_zero")[not self.zh])


@dataclass(slots=True)
class _Search:
    """寻找: from the whole down to the atoms that make it unknown; `lacks` are the rows that lack a datum there, `branching`
    those where an atom has branches of its own, in which some datum may not matter."""

    plan: Plan
    chunk: Chunk
    answers: Answers
    lacks: dict[str, Array]
    branching: Array
    masks: dict[Node, Mask] = field(default_factory=dict)

    def look(self, node: Node, rows: Array) -> None:
        """`rows`: where `node` is unknown, and that makes the whole so."""
        match node:
            case And(terms=terms) | Or(terms=terms):
                for term in terms:
                    self.unknown(term, rows)
            case Not():
                self.look(node.term, rows)
            case If() if node.type == BOOL:
                taken = self.mask(node.condition)
                self.unknown(node.condition, rows)
                self.unknown(node.then, rows & taken.sure)
                self.unknown(node.other, rows & ~taken.maybe)
            case _:
                if any(isinstance(one, And | Or | If) for one in walk(node)):
                    self.branching |= rows
                for key in names_of(node):
                    if key != NOBODY and (missing := self.missing(key)) is not None:
                        self.lacks[key] |= rows & missing

    def unknown(self, node: Node, rows: Array) -> None:
        own = self.mask(node).unknown
        if own is not None and (rows := rows & own).any():
            self.look(node, rows)

    def missing(self, key: str) -> Array | None:
        column = self.chunk.columns[key]
        return column.numbers == 0 if isinstance(column, Coded) else column.missing

    def mask(self, node: Node) -> Mask:
        if node not in self.masks:
            self.masks[node] = self._mask(node)
        return self.masks[node]

    def _mask(self, node: Node) -> Mask:
        if (place := self.plan.atom(node)) is not None:
            return self.answers.atoms[place].mask()
        match node:
            case And(terms=terms):
                return and_([self.mask(term) for term in terms])
            case Or(terms=terms):
                return or_([self.mask(term) for term in terms])
            case Not():
                return not_(self.mask(node.term))
            case If():
                return choose_mask(self.mask(node.condition), self.mask(node.then), self.mask(node.other))
            case Const():
                values = np.full(self.chunk.rows, bool(node.value))
                return Mask(values, values)
        raise AssertionError(f"no atom: {node}")


def _fields_missing(rule: Rule, row: Mapping[str, Any]) -> Iterator[str]:
    """“members.age”: a field that the rule asks for, and that a record of the row lacks."""
    fields = dict.fromkeys(
        one.field for one in walk(rule.tree) if isinstance(one, Select) and one.operand.type.kind == "record"
    )
    for key in rule.asks:
        value = row.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield from (f"{key}.{name}" for name in fields if name in one and one[name] is None)
