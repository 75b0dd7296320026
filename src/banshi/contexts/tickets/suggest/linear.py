"""线性分类: one weight for each feature and class, by two plain methods whose weights are added.

The first is a linear support vector machine for each class against the rest, by coordinate descent on its dual; the second
a softmax regression by stochastic gradient. Alone each is as good as the other; where they err they differ. All classes are
done at once, a letter at a time, so that a whole pass costs little more than reading the weights.
The order of the letters is made from digests, so that the same letters give the same weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

type Weights = NDArray[np.float32]

MARGIN_PASSES, SOFTMAX_PASSES, QUICK_PASSES = 6, 5, 4
STEP, DECAY = 8.0, 0.1  # of the softmax; what the weights lose in a pass
MARGIN_SHARE = 6.0  # the margins' weights are that much smaller than the softmax's
NEGLIGIBLE = 1e-3  # a class so far from a letter learns nothing from it
FEW = 8  # classes that are quicker moved one by one


@dataclass(frozen=True, slots=True)
class Rows:
    """稀疏行: letter `i` has the features `columns[begin[i]:begin[i+1]]` with `values`, of length one together."""

    begin: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Weights

    def __len__(self) -> int:
        return len(self.begin) - 1

    def of(self, number: int) -> tuple[NDArray[np.int32], Weights]:
        part = slice(self.begin[number], self.begin[number + 1])
        return self.columns[part], self.values[part]


def train(
    rows: Rows, classes: NDArray[np.int64], count: int, width: int, *, softness: float, quick: bool = False
) -> Weights:
    """Weights `(width, count)`. `classes`: the class of each row. `softness`: C of the support vector machine; `quick`:
    it alone and in fewer passes, which is enough to choose between settings."""
    passes = QUICK_PASSES if quick else MARGIN_PASSES
    weights = margins(rows, classes, count, width, softness, passes)
    if not quick:
        weights *= MARGIN_SHARE
        weights += softmax(rows, classes, count, width)
    return weights


def margins(
    rows: Rows,
    classes: NDArray[np.int64],
    count: int,
    width: int,
    softness: float,
    passes: int = MARGIN_PASSES,
) -> Weights:
    """Squared hinge loss, each class against the rest: each step is the exact optimum in one letter's multipliers."""
    weights = np.zeros((width, count), np.float32)
    multipliers = np.zeros((len(rows), count), np.float32)
    slack = np.float32(0.5 / softness)
    order = shuffled(len(rows))
    sides = -np.ones(count, np.float32)
    for turn in range(passes):
        for number in order if turn % 2 == 0 else order[::-1]:
            columns, values = rows.of(number)
            own = classes[number]
            sides[own] = 1
            old = multipliers[number]
            at_hand = weights.take(columns, 0)
            gap = sides * (values @ at_hand) - 1 + slack * old
            new = np.maximum(old - gap / (1 + slack), 0)
            change = (new - old) * sides
            multipliers[number] = new
            sides[own] = -1
            _move(weights, at_hand, columns, values, change)
    return weights


def softmax(rows: Rows, classes: NDArray[np.int64], count: int, width: int) -> Weights:
    """Log loss over all classes, with a step that shrinks and weights that decay."""
    weights = np.zeros((width, count), np.float32)
    scale, steps, decay = 1.0, 0, DECAY / len(rows)
    order = shuffled(len(rows))
    for _ in range(SOFTMAX_PASSES):
        for number in order:
            columns, values = rows.of(number)
            at_hand = weights.take(columns, 0)
            wrong = probabilities(values @ at_hand * np.float32(scale))
            wrong[classes[number]] -= 1
            wrong[np.abs(wrong) < NEGLIGIBLE] = 0
            step = STEP / (1 + STEP * decay * steps)
            steps += 1
            scale *= 1 - step * decay
            _move(weights, at_hand, columns, values, wrong * np.float32(-step / scale))
    weights *= np.float32(scale)
    return weights


def _move(
    weights: Weights, at_hand: Weights, columns: NDArray[np.int32], values: Weights, change: Weights
) -> None:
    """Add `change`, by class, times `values`. `at_hand` are the weights of `columns` as they were."""
    moved = np.flatnonzero(change)
    if len(moved) > FEW:
        at_hand += np.multiply.outer(values, change)
        weights[columns] = at_hand
        return
    for one in moved:
        weights[columns, one] += values * change[one]


def scores(rows: Rows, weights: Weights) -> Weights:
    """`(len(rows), classes)`, unbounded."""
    found = np.zeros((len(rows), weights.shape[1]), np.float32)
    for number in range(len(rows)):
        columns, values = rows.of(number)
        found[number] = values @ weights[columns]
    return found


def probabilities(scores: Weights, sharpness: float = 1.0) -> Weights:
    """Of each row (or of one), summing to one."""
    raised: Weights = np.exp((scores - scores.max(-1, keepdims=True)) * np.float32(sharpness))
    raised /= raised.sum(-1, keepdims=True)
    return raised


def shuffled(count: int) -> NDArray[np.int64]:
    """The numbers up to `count` in an order without meaning, always the same."""
    marks = [blake2b(str(number).encode(), digest_size=8).digest() for number in range(count)]
    return np.array(sorted(range(count), key=marks.__getitem__), np.int64)
