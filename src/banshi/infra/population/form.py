"""人群用的规则形式: what every population backend makes of a typed tree first.

Given data (such as `as_of`) become constants, and what is constant is worked out now, by the closure: no database is left to
fold it, and to fail in doing so. What has no value becomes `nothing(type)`, a datum that nobody has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from banshi.kernel.rules import guarded
from banshi.kernel.rules.tree import (
    And,
    Call,
    Const,
    Has,
    If,
    ListOf,
    Local,
    Loop,
    MapOf,
    Name,
    Node,
    Not,
    Or,
    Select,
    children,
    walk,
)
from banshi.kernel.rules.types import BOOL, DOUBLE, Type
from banshi.kernel.rules.values import NoValue, Value

NOBODY = ""  # the key of a datum that no row has
SCALARS = frozenset({"bool", "int", "double", "string", "date", "timestamp", "duration"})


def nothing(type_: Type) -> Name:
    return Name(NOBODY, type_)


def is_nothing(node: Node) -> bool:
    return isinstance(node, Name) and node.key == NOBODY


def settled(tree: Node, given: Mapping[str, Any]) -> Node:
    """`tree` with what is given put in and constants worked out."""
    if isinstance(tree, Name):
        return Const(given[tree.key], tree.type, tree.span) if given.get(tree.key) is not None else tree
    return _worked_out(with_children(tree, tuple(settled(child, given) for child in children(tree))))


def finite(tree: Node) -> Node:
    """`tree` for a closure in a population: a division by 0.0 has no value, where the standard has an infinite one.

    Databases have no infinite numbers, or each its own; and a share of nothing should entitle nobody.
    """
    tree = with_children(tree, tuple(finite(child) for child in children(tree)))
    if isinstance(tree, Call) and tree.op == "div_double":
        dividend, divisor = tree.args
        is_zero = Call("eq", (divisor, Const(0.0, DOUBLE)), BOOL)
        return dataclasses.replace(
            tree, args=(dividend, If(is_zero, nothing(DOUBLE), divisor, DOUBLE, divisor.span))
        )
    return tree


def with_children(node: Node, new: tuple[Node, ...]) -> Node:
    """The same node over other children."""
    match node:
        case ListOf():
            return dataclasses.replace(node, items=new)
        case Call():
            return dataclasses.replace(node, args=new)
        case And() | Or():
            return dataclasses.replace(node, terms=new)
        case MapOf():
            return dataclasses.replace(node, entries=tuple(zip(new[::2], new[1::2], strict=True)))
        case Select() | Has():
            return dataclasses.replace(node, operand=new[0])
        case Not():
            return dataclasses.replace(node, term=new[0])
        case If():
            return dataclasses.replace(node, condition=new[0], then=new[1], other=new[2])
        case Loop():
            where = new[1] if node.where is not None else None
            return dataclasses.replace(node, over=new[0], where=where, body=new[-1])
        case _:
            return node


def _worked_out(node: Node) -> Node:
    if isinstance(node, And | Or):
        return _logic(node)
    if isinstance(node, If) and isinstance(node.condition, Const):
        return node.then if node.condition.value else node.other
    if isinstance(node, If) and is_nothing(node.condition):
        return nothing(node.type)
    if isinstance(node, Const | Name | Local | ListOf | MapOf):
        return node
    if any(isinstance(one, Local) or (isinstance(one, Name) and one.key != NOBODY) for one in _free(node)):
        return node
    value = guarded(finite(node), {})({})
    if isinstance(value, NoValue) or (isinstance(value, float) and not -1e309 < value < 1e309):
        return nothing(node.type)
    if node.type.kind in SCALARS:
        return Const(value, node.type, node.span)
    if node.type.kind == "list" and node.type.element.kind in SCALARS:
        items = cast(list[Value], value)
        return ListOf(tuple(Const(one, node.type.element) for one in items), node.type, node.span)
    return node


def _logic(node: And | Or) -> Node:
    """Without the terms that say nothing; settled, where one settles it."""
    ends = isinstance(node, Or)
    if any(isinstance(term, Const) and term.value is ends for term in node.terms):
        return Const(ends, BOOL, node.span)
    terms = tuple(term for term in node.terms if not isinstance(term, Const))
    if not terms:
        return Const(not ends, BOOL, node.span)
    return terms[0] if len(terms) == 1 else dataclasses.replace(node, terms=terms)


def _free(node: Node) -> list[Node]:
    """What is below, but for the elements of its own macros."""
    own = {one.level for one in walk(node) if isinstance(one, Loop)}
    return [one for one in walk(node) if not (isinstance(one, Local) and one.level in own)]
