"""相似: letters that say nearly the same, and topics that many speak of within some days.

A letter is the set of its triples of characters. Two sets are compared by signatures of a fixed length (MinHash): the share of
places in which two signatures agree is, near enough, the share of triples that the letters have in common. Signatures are cut
into bands, and only letters that agree in a whole band are compared, so that all pairs of many letters need not be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from banshi.contexts.tickets.suggest import features
from banshi.contexts.tickets.suggest.letters import Letter

PLACES, BANDS = 96, 24  # four places a band: of pairs that are half alike, four in five meet in some band
ALIKE = 0.5  # share of triples in common from which two letters count as near-same
CHUNK = 1_000  # letters whose triples are at hand at once
SHORTEST = 8  # triples; what is shorter is like too much
# Each place orders the triples in a way of its own: multiples of one another would put the same triples first everywhere.
_SEEDS = np.arange(1, PLACES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_STIRS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # Steele, Lea, Flood: SplitMix64 (2014)

type Signature = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Topic:
    """热点: letters (their numbers) that speak of one matter within the window, and the words that they share."""

    letters: tuple[int, ...]
    words: tuple[str, ...]
    first_on: date
    last_on: date


def signatures(letters: Sequence[Letter]) -> list[Signature | None]:
    """One for each letter, punctuation left out; None for what is too short to be compared."""
    parts = [letters[first : first + CHUNK] for first in range(0, len(letters), CHUNK)]
    return [signature for part in parts for signature in _signatures(part)]


def _signatures(letters: Sequence[Letter]) -> list[Signature | None]:
    joined = [features.plain(f"{one.title} {one.text}").replace(features.MARK, "") for one in letters]
    found = features.find([Letter("", text) for text in joined], characters=True)
    triples = found.end - found.start == 3
    letter, key = found.letter[triples], found.key[triples]
    order = np.argsort(letter, kind="stable")
    letter, key = letter[order], key[order]
    begin = np.searchsorted(letter, np.arange(len(letters) + 1))
    made: list[Signature | None] = []
    for first, last in pairwise(begin):
        if last - first < SHORTEST:
            made.append(None)
            continue
        mixed = key[first:last, None] + _SEEDS
        for shift, factor in _STIRS:
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        made.append((mixed ^ mixed >> np.uint64(31)).min(axis=0))
    return made


def likeness(one: Signature, other: Signature) -> float:
    """About the share of triples that both have, of those that either has."""
    return float(np.mean(one == other))


def duplicates(letters: Sequence[Letter], *, least: float = ALIKE) -> list[int | None]:
    """For each letter the number of the earliest one that says nearly the same, where there is one before it."""
    kept: dict[int, Signature] = {}
    bands: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    first: list[int | None] = []
    for number, signature in enumerate(signatures(letters)):
        if signature is None:
            first.append(None)
            continue
        keys = _bands(signature)
        near = sorted({other for key in keys for other in bands[key]})
        same = next((other for other in near if likeness(signature, kept[other]) >= least), None)
        if same is None:
            kept[number] = signature
            for key in keys:
                bands[key].append(number)
        first.append(same)
    return first


def _bands(signature: Signature) -> list[tuple[int, bytes]]:
    size = PLACES // BANDS
    return [(band, signature[band * size : (band + 1) * size].tobytes()) for band in range(BANDS)]


def hot_topics(
    letters: Sequence[Letter],
    days: Sequence[date],
    *,
    until_on: date,
    window: int = 7,
    before: int = 28,
    least: int = 5,
    most: int = 20,
) -> list[Topic]:
    """热点 of the `window` days up to `until_on`, the biggest first: pairs of words that `least` letters or more have, and
    at least three times as often a day as in the `before` days that went before. Letters of one topic are not in another."""
    since_on, start_on = until_on - timedelta(days=window - 1), until_on - timedelta(days=window + before - 1)
    now = [number for number, on in enumerate(days) if since_on <= on <= until_on]
    earlier = [number for number, on in enumerate(days) if start_on <= on < since_on]
    phrases = {number: _phrases(letters[number]) for number in (*now, *earlier)}
    counts = Counter(phrase for number in now for phrase in phrases[number])
    usual = Counter(phrase for number in earlier for phrase in phrases[number])
    hot = [
        phrase
        for phrase, count in counts.items()
        if count >= least and count / window >= 3 * usual[phrase] / before
    ]
    topics: list[Topic] = []
    taken: set[int] = set()
    for phrase in sorted(hot, key=lambda one: (-counts[one] * len(one), one)):
        members = [number for number in now if phrase in phrases[number] and number not in taken]
        if len(members) < least:
            continue
        taken |= set(members)
        shared = Counter(one for number in members for one in phrases[number] if one in set(hot))
        words = _longest([one for one, count in shared.items() if count * 2 >= len(members)])
        told = sorted(days[number] for number in members)
        topics.append(Topic(tuple(members), words, told[0], told[-1]))
    return sorted(topics, key=lambda topic: (-len(topic.letters), topic.letters))[:most]


def _phrases(letter: Letter) -> set[str]:
    """Runs of four characters: long enough to name a place or a matter."""
    text = features.plain(f"{letter.title} {letter.text}")
    return {
        piece[start : start + 4] for piece in text.split(features.MARK) for start in range(len(piece) - 3)
    }


def _longest(phrases: list[str], most: int = 5) -> tuple[str, ...]:
    """Phrases joined where one goes on with the other's last three characters; the longest first."""
    joined = sorted(phrases)
    merging = True
    while merging:
        merging = False
        for one in joined:
            other = next((two for two in joined if two is not one and two.startswith(one[-3:])), None)
            if other is not None:
                joined = sorted({*joined} - {one, other} | {one + other[3:]})
                merging = True
                break
    return tuple(sorted(joined, key=lambda one: (-len(one), one))[:most])
