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
LONGEST_SPLIT = 15_000  # where words are read and not characters
KEY_BITS = 52
LONGEST_WORD = 12  # what is longer is a phrase, and hardly said twice

_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>|&(?:[a-z]{2,6}|#\d{2,5});")  # what exports leave of web pages
_BETWEEN = re.compile(r"[\W_]")
_LONG_NUMBER = re.compile(r"\d{5,}")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide).isalnum()}

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
    longest = LONGEST if characters else LONGEST_SPLIT
    for one in letters:
        title = _as_read(one.title, characters)
        titles.append(len(title) and len(title) + 1)
        texts.append(f"{MARK}{title}{MARK}{_as_read(one.text, characters)}"[:longest] + MARK)
    parts = [_words(texts, chinese=characters, longest=LONGEST_WORD if characters else longest)]
    if characters:
        parts += _runs(texts)
    letter, key, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Found(texts, letter, key, start, end, start < np.array(titles, np.int64)[letter])


def plain(text: str) -> str:
    """Widths and cases made one, tags and what else is no letter made one mark, long numbers left out."""
    text = unicodedata.normalize("NFKC", _MARKUP.sub(MARK, text)).lower()
    return _LONG_NUMBER.sub("0", re.sub(r"[\W_]+", MARK, text)).strip(MARK)


def _as_read(text: str, characters: bool) -> str:
    """Punctuation stays, since a question mark tells something, and so do the habits of a form that letters come from. Long
    numbers, which mostly are somebody's, are left out."""
    if not characters:
        return MARK.join(unicodedata.normalize("NFKC", text).lower().split())
    text = _MARKUP.sub(MARK, text).translate(_NARROW).lower()
    return _LONG_NUMBER.sub("0", re.sub(r"[\s\ue000]+", MARK, text)).strip(MARK)


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
    texts: list[str], *, chinese: bool, longest: int
) -> tuple[NDArray[np.int64], Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Words, and pairs of words that follow each other."""
    letter, keys, start, end = [], [], [], []
    for number, text in enumerate(texts):
        words = (_BETWEEN.sub(MARK, text) if chinese else text)[1:-1].split(MARK)
        size = np.fromiter(map(len, words), np.int64, len(words))
        known = (size > 0) & (size <= longest)
        key = np.fromiter(
            (digest(word) if fits else 0 for word, fits in zip(words, known, strict=True)),
            np.uint64,
            len(words),
        )
        last = np.cumsum(size + 1)
        first = last - size
        pair = known[1:] & known[:-1]
        letter.append(np.full(np.count_nonzero(known) + np.count_nonzero(pair), number))
        keys += [key[known], (key[:-1] * np.uint64(31) + key[1:])[pair]]
        start += [first[known], first[:-1][pair]]
        end += [last[known], last[1:][pair]]
    return np.concatenate(letter), _mixed(np.concatenate(keys)), np.concatenate(start), np.concatenate(end)


@lru_cache(maxsize=500_000)
def digest(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(key: Keys) -> Keys:
    """Every bit of the key in every bit of what is kept of it."""
    mixed = (key ^ key >> np.uint64(31)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed >> np.uint64(64 - KEY_BITS)
