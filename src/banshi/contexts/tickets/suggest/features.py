"""字词特征: a letter as the characters, pairs and triples of characters and the words that occur in it.

Nothing is learnt here. A feature is known by a key of 52 bits, mixed from its characters or words: of a million features
hardly ever two are taken for one.
Text whose words are already divided by blanks gives more words; text that is not gives phrases between punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from banshi.contexts.tickets.suggest.letters import Letter

MARK = "\ue000"  # stands for whatever is between words: blanks, punctuation, the ends
LONGEST = 3_000  # characters of a letter that are read
KEY_BITS = 52
LONGEST_WORD = 12  # what is longer is a phrase, and hardly said twice

type Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Found:
    """所见特征: parallel arrays, an entry for each time that a feature occurs: in which letter, which one, from where to
    where in its `texts`, and whether in the title."""

    texts: list[str]
    letter: NDArray[np.int64]
    key: Keys
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    in_title: NDArray[np.bool_]


def is_chinese(letters: Sequence[Letter]) -> bool:
    """Whether characters tell something. They do not in texts whose words were replaced by numbers or are Latin."""
    sample = "".join(one.title + one.text for one in letters[:500])
    told = sum(char.isalnum() for char in sample)
    return sum("\u3400" <= char <= "\u9fff" for char in sample) * 5 >= told


def find(letters: Sequence[Letter], *, characters: bool) -> Found:
    """Every feature of every letter, each as often as it occurs."""
    texts, titles = [], []
    for one in letters:
        title = plain(one.title, characters)
        titles.append(len(title) and len(title) + 1)
        texts.append(f"{MARK}{title}{MARK}{plain(one.text, characters)}"[:LONGEST] + MARK)
    parts = [_words(texts, longest=LONGEST_WORD if characters else LONGEST)]
    if characters:
        parts += _runs(texts)
    letter, key, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Found(texts, letter, key, start, end, start < np.array(titles, np.int64)[letter])


def plain(text: str, characters: bool) -> str:
    """Widths and cases made one, what is no letter made one mark. Long numbers, which mostly are somebody's, are left out."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not characters:
        return MARK.join(text.split())
    return re.sub(r"\d{5,}", "0", re.sub(r"[\W_]+", MARK, text)).strip(MARK)


def _runs(texts: list[str]) -> list[tuple[NDArray[np.int64], Keys, NDArray[np.int64], NDArray[np.int64]]]:
    """One, two and three characters in a row, of all texts at once."""
    lengths = np.array([len(text) for text in texts], np.int64)
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    letter = np.repeat(np.arange(len(texts)), lengths)
    start = np.arange(len(codes)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    found, key = [], codes
    for size in (1, 2, 3):
        if size > 1:
            key = (key[:-1] << np.uint64(21)) | codes[size - 1 :]
        count = len(key)
        kept = letter[:count] == letter[size - 1 :]
        if size == 1:
            kept &= codes != ord(MARK)
        found.append(
            (letter[:count][kept], _mixed(key[kept]), start[:count][kept], start[:count][kept] + size)
        )
    return found


def _words(
    texts: list[str], *, longest: int
) -> tuple[NDArray[np.int64], Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Words, and pairs of words that follow each other."""
    rows: list[tuple[int, int, int, int]] = []
    most = (1 << 64) - 1
    for number, text in enumerate(texts):
        last, at, begun = 0, 1, 0
        for word in text[1:-1].split(MARK):
            key = digest(word) if 0 < len(word) <= longest else 0
            if key:
                rows.append((number, key, at, at + len(word)))
                if last:
                    rows.append((number, (last * 31 + key) & most, begun, at + len(word)))
            last, begun, at = key, at, at + len(word) + 1
    table = np.array(rows, np.uint64).reshape(-1, 4)
    numbers = table.astype(np.int64)
    return numbers[:, 0], _mixed(table[:, 1]), numbers[:, 2], numbers[:, 3]


@lru_cache(maxsize=500_000)
def digest(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(key: Keys) -> Keys:
    """Every bit of the key in every bit of what is kept of it."""
    mixed = (key ^ key >> np.uint64(31)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed >> np.uint64(64 - KEY_BITS)
