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

CHUNK = 1 << (63 - KEY_BITS)  # letters whose features are at hand at once
BUCKETS = 24  # bits; a first, coarse count keeps what occurs only once out of memory
LEAST = 2  # letters in which a feature occurs


@dataclass(frozen=True, slots=True)
class Table:
    """特征表: letters with the features of `keys` that each has, and whether it has them in the title."""

    keys: Keys
    begin: NDArray[np.int64]
    columns: NDArray[np.int32]
    in_title: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.begin) - 1

    def rarity(self, chosen: NDArray[np.int64]) -> Weights:
        """Of each feature, by how many of the `chosen` letters have it; 0 where fewer than `LEAST` do."""
        counts = np.bincount(self.columns[_places_of(self.begin, chosen)], minlength=len(self.keys))
        found = np.log((1 + len(chosen)) / (1 + counts)) + 1
        found[counts < LEAST] = 0
        return found.astype(np.float32)

    def rows(self, chosen: NDArray[np.int64], rarity: Weights, title_share: float) -> Rows:
        """The `chosen` letters as rows of length one. What stands in the title counts `title_share` times."""
        entries = _places_of(self.begin, chosen)
        sizes = np.diff(self.begin)[chosen]
        columns = self.columns[entries]
        values = rarity[columns] * np.where(self.in_title[entries], np.float32(title_share), np.float32(1))
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


def learn(letters: Sequence[Letter], *, characters: bool, most: int) -> Table:
    """The table of the features that occur in two letters or more; the `most` common ones when there are more."""
    chunks = list(_entries_of(letters, characters))
    seen = np.zeros(1 << BUCKETS, np.uint32)
    for chunk in chunks:
        seen += np.bincount(_bucket(chunk), minlength=len(seen)).astype(np.uint32)
    chunks = [chunk[seen[_bucket(chunk)] >= LEAST] for chunk in chunks]
    keys, counts = np.unique(np.concatenate([_key(chunk) for chunk in chunks]), return_counts=True)
    enough = counts >= LEAST
    if np.count_nonzero(enough) > most:
        enough = counts > np.partition(counts, -most)[-most]
    return _table(keys[enough], chunks, len(letters))


def look_up(letters: Sequence[Letter], keys: Keys, *, characters: bool) -> Table:
    """The table of letters by features that are known."""
    return _table(keys, list(_entries_of(letters, characters)), len(letters))


def _table(keys: Keys, chunks: list[Keys], count: int) -> Table:
    letter, columns, in_title = [], [], []
    for number, chunk in enumerate(chunks):
        place = places(keys, _key(chunk))
        known = place >= 0
        kept = chunk[known]
        letter.append((kept >> np.uint64(KEY_BITS + 1)).astype(np.int64) + number * CHUNK)
        columns.append(place[known].astype(np.int32))
        in_title.append(kept & np.uint64(1) == 0)
    begin = np.searchsorted(np.concatenate(letter), np.arange(count + 1))
    return Table(keys, begin, np.concatenate(columns), np.concatenate(in_title))


def places(keys: Keys, wanted: Keys) -> NDArray[np.int64]:
    """Where each stands in the ordered `keys`; -1 for what does not."""
    if not len(keys):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def _entries_of(letters: Sequence[Letter], characters: bool) -> Iterator[Keys]:
    """Each feature of a letter once, a chunk of letters at a time: number within the chunk, key, and 0 for the title in one
    integer, so that sorting is quick and the title comes first."""
    for first in range(0, len(letters), CHUNK):
        found = features.find(letters[first : first + CHUNK], characters=characters)
        number = found.letter.astype(np.uint64) << np.uint64(KEY_BITS + 1)
        later = (~found.in_title).astype(np.uint64)
        entries: Keys = np.sort(number | found.key << np.uint64(1) | later)
        new = np.ones(len(entries), bool)
        new[1:] = entries[1:] >> np.uint64(1) != entries[:-1] >> np.uint64(1)
        yield entries[new]


def _key(entries: Keys) -> Keys:
    return entries >> np.uint64(1) & np.uint64((1 << KEY_BITS) - 1)


def _bucket(entries: Keys) -> NDArray[np.int64]:
    return (_key(entries) >> np.uint64(KEY_BITS - BUCKETS)).astype(np.int64)
