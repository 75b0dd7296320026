"""类型树: what a checked rule is; every backend reads this and nothing else.

Every node has its `type` and its `span` in the source; spans take no part in equality, so that equal atoms of different
rules are equal and hash alike. Names are resolved, overloads chosen, macros named, numeric literals already of the type
that is wanted, `date("…")` and its like on constants already values. `op` of a `Call` is one of `overloads.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from banshi.kernel.rules.types import BOOL, Type
from banshi.kernel.rules.values import Value


@dataclass(frozen=True, slots=True)
class Span:
    """位置: from `start` to before `end`, in characters of the source."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Const:
    """常量: bool, int, float, str, None, date, Timestamp or Duration, as `type` says."""

    value: Value
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)

    def __eq__(self, other: object) -> bool:
        # 1, 1.0 and true are different constants, and so are 0.0 and -0.0.
        return isinstance(other, Const) and (self.type, repr(self.value)) == (other.type, repr(other.value))

    def __hash__(self) -> int:
        return hash((self.type, repr(self.value)))


@dataclass(frozen=True, slots=True)
class Name:
    """数据: the declared datum `key` of the row; missing (or None, unless of type null) it is Unknown."""

    key: str
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Local:
    """变量: the element that the `level`-th macro around it (counted from outside, from 0) is looking at."""

    level: int
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)
    name: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """列表: `type` is list(T), every item a T."""

    items: tuple[Node, ...]
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MapOf:
    """映射: `type` is map(K, V)."""

    entries: tuple[tuple[Node, Node], ...]
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Select:
    """字段: of a record (missing: Unknown) or of a map with string keys (missing: an error)."""

    operand: Node
    field: str
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Has:
    """有无: has(map.field), a bool."""

    operand: Node
    field: str
    type: Type = BOOL
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """运算: strict: an argument that is Unknown or an error makes the result so (Unknown before error)."""

    op: str
    args: tuple[Node, ...]
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """并且: two or more terms; false if any is false, whatever the others are; else Unknown before error before true."""

    terms: tuple[Node, ...]
    type: Type = BOOL
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """或者: two or more terms; true if any is true, whatever the others are; else Unknown before error before false."""

    terms: tuple[Node, ...]
    type: Type = BOOL
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """不: of one bool."""

    term: Node
    type: Type = BOOL
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """如果: condition ? then : other. An Unknown or wrong condition is the result; the branch not taken is not run."""

    condition: Node
    then: Node
    other: Node
    type: Type
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Loop:
    """逐个: a macro over the elements of a list or the keys of a map; inside, the element is `Local(level)`.

    * all: like And over the bodies; exists: like Or over the bodies;
    * exists_one: true if exactly one body is true; any Unknown or error makes the result so;
    * filter: the elements whose body is true; map: the results of `body` (for those whose `where` is true). Any Unknown
      or error makes the result so.
    """

    kind: Literal["all", "exists", "exists_one", "filter", "map"]
    over: Node
    level: int
    body: Node
    type: Type
    where: Node | None = None
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


type Node = Const | Name | Local | ListOf | MapOf | Select | Has | Call | And | Or | Not | If | Loop


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order in which they are written."""
    match node:
        case ListOf(items=nodes) | Call(args=nodes) | And(terms=nodes) | Or(terms=nodes):
            return nodes
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Select(operand=one) | Has(operand=one) | Not(term=one):
            return (one,)
        case If(condition=condition, then=then, other=other):
            return (condition, then, other)
        case Loop(over=over, where=where, body=body):
            return (over, body) if where is None else (over, where, body)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, each before its children."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


def names_of(node: Node) -> tuple[str, ...]:
    """The keys of the data that it asks for, each once, in the order of first use."""
    return tuple(dict.fromkeys(one.key for one in walk(node) if isinstance(one, Name)))


def atoms_of(node: Node) -> tuple[Node, ...]:
    """The conditions that `&&`, `||`, `!` and bool `?:` put together, each once: bool nodes that are none of these."""
    found: dict[Node, None] = {}
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, And | Or | Not) or (isinstance(one, If) and one.type == BOOL):
            todo.extend(reversed(children(one)))
        elif not isinstance(one, Const):
            found[one] = None
    return tuple(found)
