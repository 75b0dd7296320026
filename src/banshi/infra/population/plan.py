"""人群的匹配: many rules over a whole population, column by column; what rules have in common is worked out once.

plan = Plan({"talent": rule, …}, given={"as_of": date(2026, 3, 1)})
for chunk in population.chunks():
    answers = plan.run(chunk)
    answers.rules["talent"].sure      # which rows match; .unknown: which cannot be told

A condition on coded columns (text, lists …) is asked of the closure once for every value that occurs; one on several
columns of which some are coded, once for every combination. So every rule of the language runs here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from banshi.infra.population.chunk import NUMBERS, Chunk, Coded, Codes
from banshi.infra.population.form import NOBODY, finite, settled
from banshi.infra.population.lanes import (
    COMPARE,
    EPOCH,
    WORK,
    Array,
    Lane,
    Mask,
    and_,
    choose,
    choose_mask,
    compare,
    lane,
    mask,
    not_,
    or_,
    within,
)
from banshi.kernel.rules import Rule, guarded
from banshi.kernel.rules.closure import Run
from banshi.kernel.rules.tree import And, Call, Const, If, ListOf, Name, Node, Not, Or, atoms_of, names_of
from banshi.kernel.rules.types import BOOL, Names
from banshi.kernel.rules.values import INT_MAX, INT_MIN, NoValue

FEW = 3  # codes that are compared one by one rather than looked up

type Slots = list[Any]
type Work = Callable[[Chunk, Slots], Lane | Mask]


@dataclass(slots=True)  # not frozen: made for every atom of every chunk, and a third faster so
class Packed:
    """打包的条件: a `Mask` with eight rows a byte."""

    sure: Array
    maybe: Array
    rows: int

    def at(self, row: int) -> bool | None:
        """None: unknown."""
        place, bit = row // 8, 128 >> row % 8
        if self.sure[place] & bit:
            return True
        return None if self.maybe[place] & bit else False

    def mask(self) -> Mask:
        sure = np.unpackbits(self.sure, count=self.rows).view(bool)
        return Mask(
            sure, sure if self.maybe is self.sure else np.unpackbits(self.maybe, count=self.rows).view(bool)
        )


def packed(one: Mask) -> Packed:
    sure = np.packbits(one.sure)
    return Packed(sure, sure if one.maybe is one.sure else np.packbits(one.maybe), len(one.sure))


@dataclass(frozen=True, slots=True)
class Answers:
    """一段的答案: every rule's, and (when asked for) every atom's, by its place in the plan (`Plan.atom`)."""

    rules: Mapping[str, Mask]
    atoms: Mapping[int, Packed]


@dataclass(slots=True)
class _Step:
    """一步: fills slot `at` from other slots; afterwards those in `frees` are needed no more."""

    work: Work
    needs: tuple[int, ...]
    kept: bool = False
    frees: list[int] = field(default_factory=list)


class Plan:
    """匹配计划: the steps for all rules, equal nodes once. `atoms` True: what every atom was is kept, eight rows a byte."""

    def __init__(
        self, rules: Mapping[str, Rule], *, given: Mapping[str, Any] | None = None, atoms: bool = False
    ) -> None:
        self.trees = {key: settled(rule.tree, given or {}) for key, rule in rules.items()}
        self.names: Names = {key: datum for rule in rules.values() for key, datum in rule.names.items()}
        self.steps: list[_Step] = []
        self.places: dict[Node, int] = {}
        self.asks = tuple(
            dict.fromkeys(key for tree in self.trees.values() for key in names_of(tree) if key != NOBODY)
        )
        self.results = {key: self._place(tree) for key, tree in self.trees.items()}
        for place in {self.places[node] for tree in self.trees.values() for node in atoms_of(tree) if atoms}:
            self.steps[place].kept = True
        self._plan_frees()

    def run(self, chunk: Chunk) -> Answers:
        slots: Slots = [None] * len(self.steps)
        atoms: dict[int, Packed] = {}
        for place, step in enumerate(self.steps):
            slots[place] = step.work(chunk, slots)
            if step.kept:
                atoms[place] = packed(slots[place])
            for one in step.frees:
                slots[one] = None
        return Answers({key: slots[place] for key, place in self.results.items()}, atoms)

    def atom(self, node: Node) -> int | None:
        """Where `node` stands among the atoms that are kept; None: it is none of them."""
        place = self.places.get(node)
        return place if place is not None and self.steps[place].kept else None

    def _plan_frees(self) -> None:
        last = {need: place for place, step in enumerate(self.steps) for need in step.needs}
        results = set(self.results.values())
        for need, place in last.items():
            if need not in results:
                self.steps[place].frees.append(need)

    # from the tree to steps

    def _place(self, node: Node) -> int:
        if node not in self.places:
            work, needs = self._work(node)
            self.places[node] = len(self.steps)
            self.steps.append(_Step(work, needs))
        return self.places[node]

    def _work(self, node: Node) -> tuple[Work, tuple[int, ...]]:
        match node:
            case Const() if node.type.kind in NUMBERS:
                return _constant(node), ()
            case Name() if node.type.kind in NUMBERS:
                return _datum(node), ()
            case And(terms=terms) | Or(terms=terms):
                places = tuple(map(self._place, terms))
                join = and_ if isinstance(node, And) else or_
                return lambda chunk, slots: join([slots[one] for one in places]), places
            case Not():
                term = self._place(node.term)
                return lambda chunk, slots: not_(slots[term]), (term,)
            case If() if node.type.kind in NUMBERS:
                places = tuple(map(self._place, (node.condition, node.then, node.other)))
                pick: Callable[..., Lane | Mask] = choose_mask if node.type == BOOL else choose
                return lambda chunk, slots: pick(*(slots[one] for one in places)), places
            case Call() if all(arg.type.kind in NUMBERS for arg in node.args) and _columnwise(node.op):
                return self._call(node)
            case Call(op="in_list", args=(item, ListOf(items=items))) if item.type.kind in NUMBERS:
                places = tuple(map(self._place, (item, *items)))
                return (
                    lambda chunk, slots: within(
                        _lane(slots[places[0]]), [_lane(slots[one]) for one in places[1:]], chunk.rows
                    ),
                    places,
                )
        return _Asked(node, self.names), ()

    def _call(self, node: Call) -> tuple[Work, tuple[int, ...]]:
        places = tuple(map(self._place, node.args))
        if node.op in COMPARE:
            first, second = places
            how = COMPARE[node.op]
            return lambda chunk, slots: compare(how, _lane(slots[first]), _lane(slots[second])), places
        work = WORK[node.op]
        return lambda chunk, slots: work(*(slots[one] for one in places)), places


def _columnwise(op: str) -> bool:
    return op in COMPARE or op in WORK


def _lane(one: Lane | Mask) -> Lane:
    return lane(one) if isinstance(one, Mask) else one


def _constant(node: Const) -> Work:
    value = node.value.toordinal() - EPOCH if isinstance(node.value, date) else node.value
    if node.type == BOOL:
        return lambda chunk, slots: mask(np.full(chunk.rows, value), None)
    # A plain number of Python's does not widen a narrow column.
    return lambda chunk, slots: Lane(value)


def _datum(node: Name) -> Work:
    def read(chunk: Chunk, slots: Slots) -> Lane | Mask:
        if node.key == NOBODY:
            column: Any = Lane(np.zeros(chunk.rows, _DTYPES[node.type.kind]), np.ones(chunk.rows, bool))
        else:
            column = chunk.columns[node.key]
        return mask(column.values, column.missing) if node.type == BOOL else column

    return read


_DTYPES: dict[str, Any] = {"bool": bool, "int": np.int64, "double": np.float64, "date": np.int64}


class _Asked:
    """问闭包的: a node whose value is asked of the closure, once for every combination of what it looks at."""

    def __init__(self, node: Node, names: Names) -> None:
        self.node = node
        self.run: Run = guarded(finite(node), names)
        self.keys = tuple(key for key in names_of(node) if key != NOBODY)
        self.answers: Lane | Mask | None = None
        self.codes: Codes | None = None
        self.round, self.count = -1, 0

    def __call__(self, chunk: Chunk, slots: Slots) -> Lane | Mask:
        if not self.keys:
            return self._at(self._ask([{}]), np.zeros(chunk.rows, np.intp))
        column = chunk.columns[self.keys[0]]
        if len(self.keys) == 1 and isinstance(column, Coded):
            return self._of_codes(column)
        firsts, places = _combinations([chunk.columns[key] for key in self.keys])
        columns = [chunk.values(key, firsts.tolist()) for key in self.keys]
        rows = [dict(zip(self.keys, values, strict=True)) for values in zip(*columns, strict=True)]
        return self._at(self._ask(rows), places)

    def _of_codes(self, column: Coded) -> Lane | Mask:
        answers = self._known(column.codes)
        if isinstance(answers, Lane):
            return self._at(answers, column.numbers)
        sure = _those(answers.sure, column.numbers)
        # Code 0, a missing value, stands for itself: where none is missing, it makes nothing unknown.
        unsure = answers.maybe & ~answers.sure
        if not column.missing:
            unsure[0] = False
        return Mask(sure, sure | _those(unsure, column.numbers) if unsure.any() else sure)

    def _known(self, codes: Codes) -> Lane | Mask:
        """An answer for every code so far; only new ones are asked."""
        known = self.count if self.codes is codes and self.round == codes.round else 0
        if self.answers is None or known < len(codes.values):
            new = self._ask([{self.keys[0]: value} for value in codes.values[known:]])
            self.answers = _longer(self.answers, new) if known and self.answers is not None else new
            self.codes, self.round, self.count = codes, codes.round, len(codes.values)
        return self.answers

    def _ask(self, rows: list[dict[str, Any]]) -> Lane | Mask:
        found = [self.run(row) for row in rows]
        missing = np.array([isinstance(one, NoValue) for one in found])
        kind = self.node.type.kind
        values = np.array([_number(one) for one in found], _DTYPES[kind])
        if kind == "double":
            missing |= ~np.isfinite(values)
        return mask(values, missing) if kind == "bool" else Lane(values, missing)

    @staticmethod
    def _at(answers: Lane | Mask, places: Array) -> Lane | Mask:
        if isinstance(answers, Lane):
            assert answers.missing is not None  # noqa: S101 - `_ask` made it
            missing = answers.missing[places]
            return Lane(answers.values[places], missing if missing.any() else None)
        return Mask(answers.sure[places], answers.maybe[places])


def _number(value: Any) -> Any:
    if isinstance(value, NoValue):
        return 0
    if isinstance(value, date):
        return value.toordinal() - EPOCH
    return value if not isinstance(value, int) or INT_MIN <= value <= INT_MAX else 0


def _longer(one: Lane | Mask, more: Lane | Mask) -> Lane | Mask:
    if isinstance(one, Mask) and isinstance(more, Mask):
        return Mask(np.append(one.sure, more.sure), np.append(one.maybe, more.maybe))
    assert isinstance(one, Lane) and isinstance(more, Lane)  # noqa: S101 - both of one node
    return Lane(np.append(one.values, more.values), np.append(one.missing, more.missing))  # type: ignore[arg-type]


def _those(wanted: Array, numbers: Array) -> Array:
    """Which of `numbers` are wanted, as `wanted[number]` says."""
    codes = np.flatnonzero(wanted)
    if len(codes) > FEW:
        return ~_those(~wanted, numbers) if len(wanted) - len(codes) <= FEW else wanted[numbers]
    found = np.zeros(len(numbers), bool)
    for code in codes.tolist():
        found |= numbers == code
    return found


def _combinations(columns: list[Lane | Coded]) -> tuple[Array, Array]:
    """(a row for each combination of values that occurs, which combination each row has)."""
    places: Array | None = None
    for column in columns:
        for part in _parts(column):
            _, own = np.unique(part, return_inverse=True)
            if places is None:
                places = own
            else:
                _, places = np.unique(places * (int(own.max(initial=0)) + 1) + own, return_inverse=True)
    assert places is not None  # noqa: S101 - there is a column
    _, firsts = np.unique(places, return_index=True)
    return firsts, places


def _parts(column: Lane | Coded) -> list[Array]:
    if isinstance(column, Coded):
        return [column.numbers]
    values = column.values
    if values.dtype == np.float64:
        values = values.view(np.int64)  # -0.0 and 0.0 apart
    return [values] if column.missing is None else [values, column.missing]
