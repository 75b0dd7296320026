"""学习: from letters that people have classified to a model, and how good it is on letters that it has not seen.

A fifth of each class is held out to measure; a fifth of the rest chooses the settings. The model that is kept is then
learnt from all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banshi.contexts.tickets.suggest import features, vocabulary
from banshi.contexts.tickets.suggest.letters import Letter
from banshi.contexts.tickets.suggest.linear import (
    Rows,
    Weights,
    probabilities,
    scores,
    shuffled,
    train,
)
from banshi.contexts.tickets.suggest.model import Head, Model, head, no_head
from banshi.contexts.tickets.suggest.vocabulary import Table
from banshi.kernel.facts import Refused

FOLDS = 5
MOST_WEIGHTS = 80_000_000  # 320 MB
CHOOSING = 5_000  # letters are enough to choose settings by
TRIED = 1_000  # letters tried tell settings apart
MOST_CLASSES = 1_000  # of a label; more is a column of something else
NEIGHBOURS = 300  # letters whose nearest neighbour is looked for: it is slow
TITLE_SHARES = (2.0, 1.0, 5.0)
# The more the letters contradict one another, the less each may pull.
SOFTNESS, SOFTER, HARDER = 0.5, (0.25, 0.1, 0.05), (1.0, 2.0)
SHARPNESSES = tuple(0.25 * 2 ** (step / 6) for step in range(25))  # up to 4

type Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measured:
    """准确率: shares from 0 to 1 of what the letters themselves say."""

    top1: float
    top3: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Report:
    """学习结果 for one kind of label: what was learnt from, and how it does on `held_out` letters beside what takes no
    learning: always the most frequent class, and the class of the nearest letter (of `neighbours` letters only)."""

    letters: int
    classes: int
    held_out: int
    model: Measured
    most_frequent: Measured
    neighbours: int
    nearest: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """学到的: the model, how it was measured, and by which settings. `units` is None where the letters name none."""

    model: Model
    categories: Report
    units: Report | None
    title_share: float
    softness: float


def learn(letters: Sequence[Letter]) -> Learnt:
    """A model of letters that have a category (others are left out). Raises `Refused` where there are not two categories, or
    too many of them or of units."""
    letters = [one for one in letters if one.category]
    names, classes = _numbered([one.category for one in letters])
    if len(names) < 2:
        raise Refused(
            "one_category",
            f"有分类的来信只有{len(names)}种分类，至少要两种才能学习。",
            f"The letters have {len(names)} category; at least two are needed to learn.",
        )
    _few(names, "category")
    _few({one.unit for one in letters}, "unit")
    characters = features.is_chinese(letters)
    most = MOST_WEIGHTS // max(len(names), len({one.unit for one in letters}))
    table = vocabulary.learn(letters, characters=characters, most=most)
    title_share, softness = _choose(table, classes, len(names))
    categories, report = _head(table, np.arange(len(letters)), names, classes, title_share, softness)
    units, unit_report = no_head(len(table.keys)), None
    labelled = np.array([number for number, one in enumerate(letters) if one.unit], np.int64)
    unit_names, unit_classes = _numbered([letters[number].unit for number in labelled])
    if len(unit_names) > 1:
        units, unit_report = _head(table, labelled, unit_names, unit_classes, title_share, softness)
    rarity = table.rarity(np.arange(len(table)))
    model = Model(table.keys, rarity, characters, title_share, len(letters), categories, units)
    return Learnt(model, report, unit_report, title_share, softness)


def _few(names: Collection[str], column: str) -> None:
    """Raises `Refused`: so many weights would fit no memory, and nobody sorts letters into so many."""
    if len(names) > MOST_CLASSES:
        raise Refused(
            "too_many",
            f"{column} 这一列有{len(names)}种不同的值，最多{MOST_CLASSES}种。多半写的是别的内容。",
            f"The column {column} has {len(names)} different values, at most {MOST_CLASSES}. It probably holds something else.",
        )


def _numbered(labels: list[str]) -> tuple[list[str], Numbers]:
    names = sorted(set(labels))
    number = {name: place for place, name in enumerate(names)}
    return names, np.array([number[label] for label in labels], np.int64)


def _choose(table: Table, classes: Numbers, count: int) -> tuple[float, float]:
    """How much a title counts, and C: by letters that are not those which measure. Where they are few, each of their folds
    is tried in turn: a handful of letters says nothing."""
    trials = list(_trials(_folds(classes, count)))
    if not trials:
        return TITLE_SHARES[0], SOFTNESS

    def right(title_share: float, softness: float) -> float:
        hits = 0.0
        for tried, learnt in trials:
            rarity = table.rarity(learnt)
            rows = table.rows(learnt, rarity, title_share)
            weights = train(rows, classes[learnt], count, len(table.keys), softness=softness, quick=True)
            found = scores(table.rows(tried, rarity, title_share), weights)
            hits += float(np.count_nonzero(found.argmax(axis=1) == classes[tried]))
        return hits

    shares = TITLE_SHARES if table.in_title.any() and table.in_text.any() else TITLE_SHARES[:1]
    titles = {share: right(share, SOFTNESS) for share in shares}
    title_share = max(titles, key=titles.__getitem__)
    best, softness = titles[title_share], SOFTNESS
    for direction in (SOFTER, HARDER):
        for one in direction:
            if (found := right(title_share, one)) <= best:
                break
            best, softness = found, one
    return title_share, softness


def _trials(folds: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Letters to try on and letters to learn from, until enough were tried."""
    enough = 0
    for fold in range(1, FOLDS):
        tried = _some(np.flatnonzero(folds == fold), CHOOSING // (FOLDS - 2))
        if not len(tried) or enough >= TRIED:
            return
        yield tried, _some(np.flatnonzero((folds > 0) & (folds != fold)), CHOOSING)
        enough += len(tried)


def _some(numbers: Numbers, most: int) -> Numbers:
    """`most` of them from all over, in their order."""
    return numbers[np.sort(shuffled(len(numbers))[:most])]


def _head(
    table: Table, labelled: Numbers, names: list[str], classes: Numbers, title_share: float, softness: float
) -> tuple[Head, Report]:
    """The weights from all `labelled` letters, and how those from four fifths do on the last fifth."""
    folds = _folds(classes, len(names))
    kept, held = np.flatnonzero(folds), np.flatnonzero(folds == 0)
    shares = np.bincount(classes, minlength=len(names)) / len(classes)
    width = len(table.keys)
    rarity = table.rarity(labelled[kept])
    rows = table.rows(labelled[kept], rarity, title_share)
    weights = train(rows, classes[kept], len(names), width, softness=softness)
    tested = table.rows(labelled[held], rarity, title_share)
    found, truth = scores(tested, weights), classes[held]
    found[np.diff(tested.begin) == 0] = shares
    del weights
    report = Report(
        len(classes),
        len(names),
        len(held),
        measured(found, truth),
        measured(np.tile(shares, (len(held), 1)), truth),
        min(NEIGHBOURS, len(held)),
        _nearest(rows, classes[kept], tested, truth, width),
    )
    everything = table.rows(labelled, table.rarity(np.arange(len(table))), title_share)
    weights = train(everything, classes, len(names), width, softness=softness)
    return head(names, shares.astype(np.float32), weights, _sharpness(found, truth)), report


def _folds(classes: Numbers, count: int) -> Numbers:
    """A fold of five for each letter, each class spread evenly over them; of a class of one letter nothing is held out."""
    folds = np.zeros(len(classes), np.int64)
    order = shuffled(len(classes))
    for one in range(count):
        own = order[classes[order] == one]
        folds[own] = np.arange(len(own)) % FOLDS if len(own) > 2 else FOLDS - 1
    return folds


def measured(scores: NDArray[np.floating], truth: Numbers) -> Measured:
    """How often the best, and one of the best three, is right; F1 of each class that occurs, averaged."""
    if not len(truth):
        return Measured(0.0, 0.0, 0.0)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    said, count = order[:, 0], scores.shape[1]
    hits = np.bincount(truth[said == truth], minlength=count)
    told = np.bincount(said, minlength=count) + np.bincount(truth, minlength=count)
    f1 = 2 * hits[told > 0] / told[told > 0]
    return Measured(
        round(float(np.mean(said == truth)), 4),
        round(float(np.mean((order == truth[:, None]).any(axis=1))), 4),
        round(float(f1.mean()), 4),
    )


def _nearest(rows: Rows, classes: Numbers, tested: Rows, truth: Numbers, width: int) -> float:
    """How often the class of the most alike letter is right."""
    sums = np.zeros(len(rows.columns) + 1, np.float64)
    wanted, right = np.zeros(width, np.float32), 0
    count = min(NEIGHBOURS, len(tested))
    for number in shuffled(len(tested))[:count]:
        columns, values = tested.of(number)
        wanted[columns] = values
        np.cumsum(rows.values * wanted[rows.columns], out=sums[1:])
        likeness = sums[rows.begin[1:]] - sums[rows.begin[:-1]]
        right += bool(classes[likeness.argmax()] == truth[number])
        wanted[columns] = 0
    return round(right / count, 4) if count else 0.0


def _sharpness(scores: Weights, truth: Numbers) -> float:
    """By which the likelihoods that are told are nearest to how often they come true."""
    if not len(truth):
        return 1.0

    def surprise(sharpness: float) -> float:
        chance = probabilities(scores, sharpness)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chance, 1e-9)).mean())

    return min(SHARPNESSES, key=surprise)
