"""建议模型: what was learnt from letters, kept in one file, and what it suggests for a letter, with the reason.

The file is a zip of plain arrays (`.npz`): reading it runs nothing. It holds digests and character triples of letters, and is
to be kept as they are.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from banshi.contexts.tickets.suggest import features, vocabulary
from banshi.contexts.tickets.suggest.features import Found, Keys
from banshi.contexts.tickets.suggest.letters import Letter
from banshi.contexts.tickets.suggest.linear import Rows, Weights, probabilities
from banshi.kernel.facts import Refused

FORMAT = 2
BATCH = 500  # letters at once
REASONS = 5  # words shown
CONSIDERED = 20  # features that they are made of
LONGEST_REASON = 10  # characters
_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """理由: words of the letter that speak for a class, and how much of what speaks for it they are (0 to 1)."""

    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """建议: a category or a unit, how likely (0 to 1), and why."""

    key: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """对一封信的建议, the likeliest first. Somebody decides; nothing is decided here."""

    categories: tuple[Suggestion, ...]
    units: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """一类标签: its classes, how often each came, a weight of a feature in each (`int8`, by class), and how surely to speak."""

    classes: tuple[str, ...]
    shares: Weights
    weights: NDArray[np.int8]
    scale: Weights
    sharpness: float


@dataclass(frozen=True, slots=True)
class Model:
    """建议模型. `units` has no classes where the letters named no unit."""

    keys: Keys
    rarity: Weights
    characters: bool
    title_share: float
    letters: int
    categories: Head
    units: Head

    def suggest(self, letters: Sequence[Letter], *, most: int = 3) -> list[Suggested]:
        """For each letter the `most` likely categories and units with their reasons."""
        found: list[Suggested] = []
        for first in range(0, len(letters), BATCH):
            batch = letters[first : first + BATCH]
            seen = features.find(batch, characters=self.characters)
            table = vocabulary.look_up(batch, self.keys, characters=self.characters)
            rows = table.rows(np.arange(len(batch)), self.rarity, self.title_share)
            spans = _spans(seen, self.keys, len(batch))
            categories = self._best(self.categories, rows, spans, seen, most)
            units = self._best(self.units, rows, spans, seen, most)
            found += map(Suggested, categories, units)
        return found

    def _best(
        self, head: Head, rows: Rows, spans: list[dict[int, int]], seen: Found, most: int
    ) -> list[tuple[Suggestion, ...]]:
        if not head.classes:
            return [()] * len(rows)
        return [
            tuple(
                Suggestion(
                    head.classes[place],
                    round(float(chance[place]), 4),
                    _reasons(head, place, *rows.of(number), spans[number], seen),
                )
                for place in np.argsort(-chance, kind="stable")[:most]
            )
            for number, chance in enumerate(chances(head, rows))
        ]

    def save(self, file: Path) -> None:
        """Write the file anew, whole or not at all; for its owner alone to read."""
        told = {
            "format": FORMAT,
            "characters": self.characters,
            "title_share": self.title_share,
            "letters": self.letters,
            "categories": {"classes": self.categories.classes, "sharpness": self.categories.sharpness},
            "units": {"classes": self.units.classes, "sharpness": self.units.sharpness},
        }
        arrays: dict[str, Any] = {
            "about": np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), np.uint8),
            "keys": self.keys,
            "rarity": self.rarity,
        }
        for name, head in (("categories", self.categories), ("units", self.units)):
            arrays |= {f"{name}_{part}": getattr(head, part) for part in ("shares", "weights", "scale")}
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                np.savez_compressed(out, **arrays)
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)


def load(file: Path) -> Model:
    """A model that `save` wrote. Raises `Refused` for anything else."""
    if not file.is_file():
        raise Refused(
            "no_model",
            f"没有模型文件 {file}。请先运行 ./banshi tickets learn。",
            f"No model file {file}. Run ./banshi tickets learn first.",
        )
    try:
        with np.load(file) as stored:  # plain arrays only, unless told otherwise
            told = json.loads(stored["about"].tobytes())
            if told["format"] != FORMAT:
                raise Refused(
                    "old_model",
                    f"{file} 是另一版本的模型，请重新学习。",
                    f"{file} is a model of another version; learn it again.",
                )
            heads = [_head(stored, told, name) for name in ("categories", "units")]
            keys, rarity = stored["keys"], stored["rarity"]
            if not (keys.dtype == np.uint64 and rarity.dtype == np.float32 and len(keys) == len(rarity)):
                raise ValueError("keys")
            return Model(
                keys,
                rarity,
                bool(told["characters"]),
                float(told["title_share"]),
                int(told["letters"]),
                *heads,
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise Refused("bad_model", f"{file} 不是模型文件。", f"{file} is not a model file.") from error


def _head(stored: Any, told: dict[str, Any], name: str) -> Head:
    classes = tuple(map(str, told[name]["classes"]))
    shares, weights, scale = (stored[f"{name}_{part}"] for part in ("shares", "weights", "scale"))
    if weights.dtype != np.int8 or weights.shape != (len(stored["keys"]), len(classes)):
        raise ValueError(name)
    if shares.shape != (len(classes),) or scale.shape != (len(classes),):
        raise ValueError(name)
    return Head(classes, shares, weights, scale, float(told[name]["sharpness"]))


def head(classes: Sequence[str], shares: Weights, weights: Weights, sharpness: float) -> Head:
    """Weights in 255 steps a class; suggestions do not change by it."""
    scale = np.maximum(np.abs(weights).max(0, initial=0), 1e-9) / np.float32(127)
    small = np.empty(weights.shape, np.int8)
    for first in range(0, len(weights), 10_000):
        small[first : first + 10_000] = np.rint(weights[first : first + 10_000] / scale)
    return Head(tuple(classes), shares.astype(np.float32), small, scale.astype(np.float32), sharpness)


def no_head(width: int) -> Head:
    """Of labels that no letter had."""
    nothing = np.zeros(0, np.float32)
    return Head((), nothing, np.zeros((width, 0), np.int8), nothing, 1.0)


def chances(head: Head, rows: Rows) -> Weights:
    """How likely each class is for each row; for a letter of which nothing is known, as often as it comes."""
    found = probabilities(_scored(head, rows), head.sharpness)
    found[np.diff(rows.begin) == 0] = head.shares
    return found


def _scored(head: Head, rows: Rows) -> Weights:
    found = np.zeros((len(rows), len(head.classes)), np.float32)
    for number in range(len(rows)):
        columns, values = rows.of(number)
        found[number] = values @ head.weights[columns].astype(np.float32)
    return found * head.scale


def _spans(seen: Found, keys: Keys, count: int) -> list[dict[int, int]]:
    """For each letter, of each feature that is known, an entry where it stands."""
    known = vocabulary.places(keys, seen.key)
    spans: list[dict[int, int]] = [{} for _ in range(count)]
    kept = np.flatnonzero(known >= 0)
    for letter, column, place in zip(
        seen.letter[kept].tolist(), known[kept].tolist(), kept.tolist(), strict=True
    ):
        spans[letter].setdefault(column, place)
    return spans


def _reasons(
    head: Head, place: int, columns: NDArray[np.int32], values: Weights, spans: dict[int, int], seen: Found
) -> tuple[Reason, ...]:
    """The words that weighed most. Features that overlap in the letter are one word, as far as that reads well."""
    weight = values * head.weights[columns, place].astype(np.float32)
    speaking = float(weight[weight > 0].sum())
    best = [entry for entry in np.argsort(-weight, kind="stable")[:CONSIDERED] if weight[entry] > 0]
    found = [(spans[int(columns[entry])], float(weight[entry])) for entry in best]
    pieces = sorted((int(seen.start[at]), int(seen.end[at]), amount) for at, amount in found)
    joined: list[tuple[int, int, float]] = []
    for start, end, amount in pieces:
        if joined and start < joined[-1][1] and end - joined[-1][0] <= LONGEST_REASON:
            first, last, sum_ = joined[-1]
            joined[-1] = first, max(last, end), sum_ + amount
        else:
            joined.append((start, end, amount))
    words: dict[str, float] = {}
    text = seen.texts[seen.letter[found[0][0]]] if found else ""
    for start, end, amount in joined:
        word = _NO_LETTERS.sub(" ", text[start:end]).strip()
        if word:
            words[word] = words.get(word, 0.0) + amount
    ordered = sorted(_whole(words).items(), key=lambda one: (-one[1], one[0]))[:REASONS]
    return tuple(Reason(word, round(amount / speaking, 3)) for word, amount in ordered)


def _whole(words: dict[str, float]) -> dict[str, float]:
    """What is part of a longer word goes into that one; a single character tells little where there are words."""
    kept: dict[str, float] = {}
    for word in sorted(words, key=lambda one: (-len(one), one)):
        holder = next((one for one in kept if word in one), word)
        kept[holder] = kept.get(holder, 0.0) + words[word]
    longer = {word: amount for word, amount in kept.items() if len(word) > 1}
    return longer or kept
