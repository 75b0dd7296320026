"""正则式: `matches`, in time linear in the text. A subset of RE2: no back-references, no look-around, no flags.

Characters, `.`, [classes], \\d \\w \\s [[:alpha:]] … (ASCII) and their opposites, ^ $ (of the whole text), groups, `|`, `*` `+` `?`
`{n}` `{n,}` `{n,m}`. The automaton is run on all its states at once, so nothing is ever tried twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from banshi.kernel.rules.values import Fault

LONGEST_TEXT = 4_096
STATES = 256
NESTING = 16
COUNT = 1_000

type Ranges = tuple[tuple[str, str], ...]

_DIGIT: Ranges = (("0", "9"),)
_WORD: Ranges = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_SPACE: Ranges = (("\t", "\n"), ("\f", "\r"), (" ", " "))
_NAMED: dict[str, Ranges] = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "ascii": (("\0", "\x7f"),),
    "blank": (("\t", "\t"), (" ", " ")),
    "cntrl": (("\0", "\x1f"), ("\x7f", "\x7f")),
    "digit": _DIGIT,
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": (("A", "Z"),),
    "word": _WORD,
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_COUNTED = re.compile(r"\{([0-9]{1,4})(,)?([0-9]{1,4})?\}")
_NAME = re.compile(r":(\^?)([^\]]*?):\]")
_HEX = re.compile(r"x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}")


class BadPattern(Fault):
    """正则式有错: at character `at` (from 0)."""

    def __init__(self, at: int) -> None:
        super().__init__("bad_pattern")
        self.at = at


@dataclass(frozen=True, slots=True)
class _Letter:
    """一个字符: in one of the ranges, or in none if `negated`."""

    ranges: Ranges
    negated: bool = False

    def takes(self, letter: str) -> bool:
        return any(low <= letter <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class _Edge:
    """边界: the start or the end of the text."""

    end: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    """先后."""

    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """任一."""

    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    """重复: `most` None is without end."""

    part: _Part
    least: int
    most: int | None


type _Part = _Letter | _Edge | _Sequence | _Choice | _Repeat


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.nesting = text, 0, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        letter = self.peek()
        if not letter:
            raise BadPattern(self.at)
        self.at += 1
        return letter

    def choice(self) -> _Part:
        self.nesting += 1
        if self.nesting > NESTING:
            raise BadPattern(self.at)
        parts = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.sequence())
        self.nesting -= 1
        return parts[0] if len(parts) == 1 else _Choice(tuple(parts))

    def sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.one()))
        return _Sequence(tuple(parts))

    def repeated(self, part: _Part) -> _Part:
        least: int
        most: int | None
        mark = self.peek()
        if mark and mark in "*+?":
            self.at += 1
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
        elif match := _COUNTED.match(self.text, self.at):
            least = int(match[1])
            most = int(match[3]) if match[3] else None if match[2] else least
            if max(least, most or 0) > COUNT or (most is not None and most < least):
                raise BadPattern(self.at)
            self.at = match.end()
        else:
            return part
        if self.peek() == "?":  # whether it is greedy makes no difference to whether it matches
            self.at += 1
        if self.peek() in ("*", "+", "?") and self.peek():
            raise BadPattern(self.at)
        return _Repeat(part, least, most)

    def one(self) -> _Part:
        letter = self.next()
        match letter:
            case ".":
                return _Letter((("\n", "\n"),), negated=True)
            case "^" | "$":
                return _Edge(letter == "$")
            case "[":
                return self.class_()
            case "(":
                if self.text.startswith("?:", self.at):
                    self.at += 2
                elif self.peek() == "?":
                    raise BadPattern(self.at)
                inside = self.choice()
                if self.next() != ")":
                    raise BadPattern(self.at - 1)
                return inside
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise BadPattern(self.at - 1)
            case "{" if _COUNTED.match(self.text, self.at - 1):
                raise BadPattern(self.at - 1)
        return _Letter(((letter, letter),))

    def escape(self) -> _Letter | _Edge:
        if match := _HEX.match(self.text, self.at):
            code = int(match[1] or match[2], 16)
            if code > 0x10FFFF:
                raise BadPattern(self.at)
            self.at = match.end()
            return _Letter(((chr(code), chr(code)),))
        letter = self.next()
        if letter in ("A", "z"):
            return _Edge(letter == "z")
        if ranges := _CLASSES.get(letter.lower()):
            return _Letter(ranges, letter.isupper())
        if letter.isalnum() and letter not in _ESCAPES:
            raise BadPattern(self.at - 1)
        letter = _ESCAPES.get(letter, letter)
        return _Letter(((letter, letter),))

    def class_(self) -> _Letter:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[str, str]] = []
        first = True
        while first or self.peek() != "]":
            first = False
            low = self.member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.member()
                if len(low) != 1 or len(high) != 1 or low[0][0] > high[0][1]:
                    raise BadPattern(self.at)
                ranges.append((low[0][0], high[0][1]))
            else:
                ranges.extend(low)
        self.at += 1
        return _Letter(tuple(ranges), negated)

    def member(self) -> Ranges:
        letter = self.next()
        if letter == "[" and (named := _NAME.match(self.text, self.at)):
            if named[2] not in _NAMED:
                raise BadPattern(self.at - 1)
            self.at = named.end()
            return _opposite(_NAMED[named[2]]) if named[1] else _NAMED[named[2]]
        if letter != "\\":
            return ((letter, letter),)
        found = self.escape()
        if isinstance(found, _Edge):
            raise BadPattern(self.at)
        return _opposite(found.ranges) if found.negated else found.ranges


def _opposite(ranges: Ranges) -> Ranges:
    """All other characters; `ranges` are in order."""
    starts = ["\0", *(chr(ord(high) + 1) for _, high in ranges)]
    ends = [*(chr(ord(low) - 1) if low != "\0" else "" for low, _ in ranges), "\U0010ffff"]
    return tuple(pair for pair in zip(starts, ends, strict=True) if pair[0] <= pair[1])


@dataclass(slots=True)
class _Automaton:
    """自动机: state -> what it takes (None: nothing) and where it goes on to."""

    takes: list[_Letter | _Edge | None] = field(default_factory=list)
    onward: list[list[int]] = field(default_factory=list)
    steps: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)
    spent: int = 0

    def add(self, takes: _Letter | _Edge | None, *onward: int) -> int:
        if len(self.takes) >= STATES:
            raise BadPattern(0)
        self.takes.append(takes)
        self.onward.append(list(onward))
        return len(self.takes) - 1

    def build(self, part: _Part, after: int) -> int:
        """The state from which `part` is taken and then `after` goes on."""
        self.spent += 1
        if self.spent > 20 * STATES:
            raise BadPattern(0)
        match part:
            case _Sequence(parts):
                for one in reversed(parts):
                    after = self.build(one, after)
                return after
            case _Choice(parts):
                return self.add(None, *[self.build(one, after) for one in parts])
            case _Repeat(one, least, most):
                if most is None:
                    loop = self.add(None, after)
                    self.onward[loop].append(self.build(one, loop))
                    after = loop
                else:
                    end = after
                    for _ in range(most - least):
                        after = self.add(None, self.build(one, after), end)
                for _ in range(least):
                    after = self.build(one, after)
                return after
        return self.add(part, after)

    def reach(self, states: set[int], *, start: bool, end: bool) -> frozenset[int]:
        """All states that are reached without taking a character."""
        todo, seen = list(states), set(states)
        while todo:
            state = todo.pop()
            takes = self.takes[state]
            if takes is None or (isinstance(takes, _Edge) and (end if takes.end else start)):
                fresh = [one for one in self.onward[state] if one not in seen]
                seen.update(fresh)
                todo += fresh
        return frozenset(seen)

    def step(self, states: frozenset[int], letter: str, first: int) -> frozenset[int]:
        known = self.steps.get((states, letter))
        if known is None:
            going = {first}  # it may begin at every character
            for state in states:
                takes = self.takes[state]
                if isinstance(takes, _Letter) and takes.takes(letter):
                    going.update(self.onward[state])
            known = self.reach(going, start=False, end=False)
            if len(self.steps) > 2_000:
                self.steps.clear()
            self.steps[states, letter] = known
        return known


@lru_cache(maxsize=256)
def _automaton(pattern: str) -> tuple[_Automaton, int]:
    reader = _Reader(pattern)
    tree = reader.choice()
    if reader.at < len(pattern):
        raise BadPattern(reader.at)
    automaton = _Automaton()
    automaton.add(None)  # state 0: found
    return automaton, automaton.build(tree, 0)


def check(pattern: str) -> None:
    """Raises `BadPattern`."""
    _automaton(pattern)


def matches(text: str, pattern: str) -> bool:
    """Whether `pattern` is found somewhere in `text`. Raises `Fault`."""
    if len(text) > LONGEST_TEXT:
        raise Fault("too_long_value")
    automaton, first = _automaton(pattern)
    states = automaton.reach({first}, start=True, end=not text)
    for letter in text:
        if 0 in states:
            return True
        states = automaton.step(states, letter, first)
    return 0 in automaton.reach(set(states), start=not text, end=True)
