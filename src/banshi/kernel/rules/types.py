"""类型: what an expression of the rule language may be; and the declared data that it may ask for.

bool int double string null date timestamp duration, list(T), map(K, V) with K bool, int or string, and records (a row
of a repeated group, as in a list of household members). `int` is 64 bits wide; money is an int, in 分. `dyn` is the type
of what is not known before it runs: only the standard's own test cases need it, a checked rule never has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEEPEST = 6  # a list of lists of lists …: a bound on what one comparison can cost


@dataclass(frozen=True, slots=True)
class Type:
    """类型: `of` are the types inside a list (one) or a map (key, value); `fields` those of a record, by name."""

    kind: str
    of: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        if self.fields:
            return "{" + ", ".join(f"{name}: {type_}" for name, type_ in self.fields) + "}"
        return f"{self.kind}({', '.join(map(str, self.of))})" if self.of else self.kind

    @property
    def element(self) -> Type:
        """What a macro runs over: the elements of a list, the keys of a map."""
        return self.of[0]

    @property
    def dynamic(self) -> bool:
        """Whether `dyn` occurs in it."""
        return self.kind == "dyn" or any(inner.dynamic for inner in self.of)

    @property
    def depth(self) -> int:
        inner = (*self.of, *(type_ for _, type_ in self.fields))
        return 1 + max((type_.depth for type_ in inner), default=0)


BOOL, INT, DOUBLE, STRING = Type("bool"), Type("int"), Type("double"), Type("string")
NULL, DATE, TIMESTAMP, DURATION = Type("null"), Type("date"), Type("timestamp"), Type("duration")
DYN = Type("dyn")
NOTHING = Type("nothing")  # what an empty list holds: fits every type
SCALARS = {t.kind: t for t in (BOOL, INT, DOUBLE, STRING, NULL, DATE, TIMESTAMP, DURATION, DYN)}
ORDERED = frozenset({"bool", "int", "double", "string", "date", "timestamp", "duration"})
KEYS = frozenset({"bool", "int", "string", "dyn"})


def list_of(element: Type) -> Type:
    return Type("list", (element,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def record(fields: Mapping[str, Type]) -> Type:
    """A row of a repeated group: each field may be missing, which makes it Unknown."""
    return Type("record", (), tuple(fields.items()))


@dataclass(frozen=True, slots=True)
class Datum:
    """数据项: one thing a rule may ask for, from the data-element dictionary.

    `zh` is its label; `unit` is printed after its values (“分” is printed as 元); `choices` are the labels of its codes.
    """

    type: Type
    zh: str
    en: str = ""
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


# ASCII key, dots allowed ("applicant.age") -> what it is
type Names = Mapping[str, Datum]


def read(text: str) -> Type:
    """The type written as `int`, `list(string)`, `map(string, int)`. Raises `ValueError`."""
    type_, rest = _read(text.replace(" ", ""))
    if rest:
        raise ValueError(f"not a type: {text}")
    if type_.depth > DEEPEST:
        raise ValueError(f"too deep a type: {text}")
    return type_


def _read(text: str, depth: int = 0) -> tuple[Type, str]:
    if depth > DEEPEST:
        raise ValueError("too deep a type")
    end = next((i for i, letter in enumerate(text) if letter in "(),"), len(text))
    word, rest = text[:end], text[end:]
    if word in SCALARS and not rest.startswith("("):
        return SCALARS[word], rest
    if word in ("list", "map") and rest.startswith("("):
        first, rest = _read(rest[1:], depth + 1)
        if word == "list" and rest.startswith(")"):
            return list_of(first), rest[1:]
        if word == "map" and rest.startswith(",") and first.kind in KEYS:
            second, rest = _read(rest[1:], depth + 1)
            if rest.startswith(")"):
                return map_of(first, second), rest[1:]
    raise ValueError(f"not a type: {word}")
