"""词表: which features count, how much each, and letters as rows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banshi.contexts.tickets.suggest import features
from banshi.contexts.tickets.suggest.features import KEY_BITS, Keys
from banshi.contexts.tickets.suggest.letters import Letter
from banshi.contexts.tickets.suggest.linear import Rows, Weights

CHUNK = 1 << (64 - KEY_BITS - 1)  # letters whose features are at hand at once
BUCKETS = 24  # bits; a first, coarse count keeps what occurs only once out of memory
LEAST = 2  # letters in which a feature occurs


@dataclass(frozen=True, slots=True)
class Table:
    """特征表: letters with the features of `keys` that each has, and how often in the title and in the text (255 at most)."""

    keys: Keys
    begin: NDArray[np.int64]
    columns: NDArray[np.int32]
    in_title: NDArray[np.uint8]
    in_text: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.begin) - 1

    def rarity(self, chosen: NDArray[np.int64]) -> Weights:
        """Of each feature, by how many of the `chosen` letters have it; 0 where fewer than `LEAST` do."""
        counts = np.bincount(self.columns[_places_of(self.begin, chosen)], minlength=len(self.keys))
        found = np.log((1 + len(chosen)) / (1 + counts)) + 1
        found[counts < LEAST] = 0
        return found.astype(np.float32)

    def rows(self, chosen: NDArray[np.int64], rarity: Weights, title_share: float) -> Rows:
        """The `chosen` letters as rows of length one. What is said again counts more, though ever less so; what stands in the
        title counts `title_share` times."""
        entries = _places_of(self.begin, chosen)
        sizes = np.diff(self.begin)[chosen]
        columns = self.columns[entries]
        times = self.in_title[entries] * np.float32(title_share) + self.in_text[entries]
        values = rarity[columns] * (1 + np.log(times))
        number = np.repeat(np.arange(len(chosen)), sizes)
        kept = values > 0
        columns, values, number = columns[kept], values[kept], number[kept]
        lengths = np.sqrt(np.bincount(number, values.astype(np.float64) ** 2, minlength=len(chosen)))
        values /= np.maximum(lengths, 1e-9)[number].astype(np.float32)
        return Rows(np.searchsorted(number, np.arange(len(chosen) + 1)), columns, values)


def _places_of(begin: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of all entries of the chosen letters, one letter after the other."""
    sizes = np.diff(begin)[chosen]
    ends = np.cumsum(sizes)
    found: NDArray[np.int64] = np.repeat(begin[chosen] - (ends - sizes), sizes)
    found += np.arange(len(found))
    return found


@dataclass(frozen=True, slots=True)
class _Chunk:
    """一批来信的特征: parallel arrays, an entry for each feature of each letter, in order; number within the chunk and key in
    one integer, so that sorting is quick."""

    entries: Keys
    in_title: NDArray[np.uint8]
    in_text: NDArray[np.uint8]

    @property
    def key(self) -> Keys:
        return self.entries & np.uint64((1 << KEY_BITS) - 1)

    @property
    def bucket(self) -> NDArray[np.int64]:
        return (self.key >> np.uint64(KEY_BITS - BUCKETS)).astype(np.int64)

    @property
    def letter(self) -> NDArray[np.int64]:
        return (self.entries >> np.uint64(KEY_BITS)).astype(np.int64)

    def where(self, kept: NDArray[np.bool_]) -> _Chunk:
        return _Chunk(self.entries[kept], self.in_title[kept], self.in_text[kept])


def learn(letters: Sequence[Letter], *, characters: bool, most: int) -> Table:
    """The table of the features that occur in two letters or more; the `most` common ones when there are more."""
    chunks = list(_chunks(letters, characters))
    seen = np.zeros(1 << BUCKETS, np.uint32)
    for chunk in chunks:
        seen += np.bincount(chunk.bucket, minlength=len(seen)).astype(np.uint32)
    chunks = [chunk.where(seen[chunk.bucket] >= LEAST) for chunk in chunks]
    keys, counts = np.unique(np.concatenate([chunk.key for chunk in chunks]), return_counts=True)
    enough = counts >= LEAST
    if np.count_nonzero(enough) > most:
        enough = counts > np.partition(counts, -most)[-most]
    return _table(keys[enough], chunks, len(letters))


def look_up(letters: Sequence[Letter], keys: Keys, *, characters: bool) -> Table:
    """The table of letters by features that are known."""
    return _table(keys, list(_chunks(letters, characters)), len(letters))


def _table(keys: Keys, chunks: list[_Chunk], count: int) -> Table:
    letter, columns, kept = [], [], []
    for number, chunk in enumerate(chunks):
        place = places(keys, chunk.key)
        known = place >= 0
        kept.append(chunk.where(known))
        letter.append(kept[-1].letter + number * CHUNK)
        columns.append(place[known].astype(np.int32))
    return Table(
        keys,
        np.searchsorted(np.concatenate(letter), np.arange(count + 1)),
        np.concatenate(columns),
        np.concatenate([one.in_title for one in kept]),
        np.concatenate([one.in_text for one in kept]),
    )


def places(keys: Keys, wanted: Keys) -> NDArray[np.int64]:
    """Where each stands in the ordered `keys`; -1 for what does not."""
    if not len(keys):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def _chunks(letters: Sequence[Letter], characters: bool) -> Iterator[_Chunk]:
    """The features of a chunk of letters at a time."""
    for first in range(0, len(letters), CHUNK):
        found = features.find(letters[first : first + CHUNK], characters=characters)
        entries = found.letter.astype(np.uint64) << np.uint64(KEY_BITS) | found.key
        order = np.argsort(entries, kind="stable")
        entries, titled = entries[order], found.in_title[order]
        begin = np.flatnonzero(np.diff(entries, prepend=~entries[:1]))
        if not len(begin):
            nothing = np.zeros(0, np.uint8)
            yield _Chunk(entries, nothing, nothing)
            continue
        in_title = np.add.reduceat(titled, begin, dtype=np.int64)
        in_text = np.diff(begin, append=len(entries)) - in_title
        yield _Chunk(entries[begin], _up_to_255(in_title), _up_to_255(in_text))


def _up_to_255(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.minimum(counts, 255).astype(np.uint8)
