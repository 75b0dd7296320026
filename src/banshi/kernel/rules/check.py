"""检查: from the untyped to the typed tree: names resolved, overloads chosen, macros expanded, constants folded.

Three ways of typing. STRICT is the product's: no `dyn`, one type per list, nothing without a static type. STANDARD is the
public standard's checker: mixed lists and maps are `dyn`. LATE checks nothing: every mismatch is an error when it runs.
"""

from __future__ import annotations

import enum
from difflib import get_close_matches
from typing import Literal as OneOf

from banshi.kernel.rules import pattern, syntax
from banshi.kernel.rules.messages import RuleError
from banshi.kernel.rules.operations import OPERATIONS, yuan
from banshi.kernel.rules.overloads import fit, join, overloads, put
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
    Span,
)
from banshi.kernel.rules.types import (
    BOOL,
    DEEPEST,
    DOUBLE,
    DYN,
    INT,
    KEYS,
    NOTHING,
    ORDERED,
    STRING,
    Names,
    Type,
    list_of,
    map_of,
)
from banshi.kernel.rules.values import Fault

LOOPS = 12

_FOLDED = frozenset({"date_string", "timestamp_string", "duration_string", "date_timestamp"})
_SHOWN = {"neg": "-", "[]": "[…]", "?:": "?:"}
_MACROS: dict[str, tuple[OneOf["all", "exists", "exists_one", "filter", "map"], str]] = {
    ".all": ("all", "list.all(x, condition)"),
    ".exists": ("exists", "list.exists(x, condition)"),
    ".exists_one": ("exists_one", "list.exists_one(x, condition)"),
    ".existsOne": ("exists_one", "list.existsOne(x, condition)"),
    ".filter": ("filter", "list.filter(x, condition)"),
    ".map": ("map", "list.map(x, value) / list.map(x, condition, value)"),
}


class Typing(enum.Enum):
    """检查的严格程度."""

    STRICT = enum.auto()
    STANDARD = enum.auto()
    LATE = enum.auto()


def check(tree: syntax.Raw, names: Names, typing: Typing = Typing.STRICT) -> Node:
    """The typed tree. Raises `RuleError`."""
    return _Checker(names, typing).node(tree)


class _Checker:
    def __init__(self, names: Names, typing: Typing) -> None:
        self.names, self.typing = names, typing
        self.strict = typing is Typing.STRICT
        self.locals: list[tuple[str, Type]] = []

    def node(self, raw: syntax.Raw) -> Node:
        match raw:
            case syntax.Literal():
                return Const(raw.value, raw.type, raw.span)
            case syntax.Ident() | syntax.Field():
                return self.path(raw)
            case syntax.Sequence():
                return self.sequence(raw)
            case syntax.Pairs():
                return self.pairs(raw)
        if raw.function in ("&&", "||"):
            terms = tuple(self.condition(term) for term in raw.args)
            return And(terms, BOOL, raw.span) if raw.function == "&&" else Or(terms, BOOL, raw.span)
        if raw.function == "!":
            return Not(self.condition(raw.args[0]), BOOL, raw.span)
        if raw.function == "?:":
            return self.choice(raw)
        if raw.function in _MACROS:
            return self.loop(raw)
        if raw.function == "has":
            return self.has(raw)
        if raw.function == "yuan":
            return self.yuan(raw)
        return self.call(raw.function, tuple(self.node(one) for one in raw.args), raw.span)

    def condition(self, raw: syntax.Raw) -> Node:
        node = self.node(raw)
        if node.type in (BOOL, DYN, NOTHING) or self.typing is Typing.LATE:
            return node
        raise RuleError("not_bool", raw.span, node.type)

    # names and fields

    def path(self, raw: syntax.Ident | syntax.Field) -> Node:
        """a.b.c: the variable a, else the longest declared key, and then fields of it."""
        fields: list[syntax.Field] = []
        root: syntax.Raw = raw
        while isinstance(root, syntax.Field):
            fields.append(root)
            root = root.operand
        fields.reverse()
        if isinstance(root, syntax.Ident):
            node, used = self.name(root, fields)
        else:
            node, used = self.node(root), 0
        for one in fields[used:]:
            node = self.select(node, one.name, one.span)
        return node

    def name(self, root: syntax.Ident, fields: list[syntax.Field]) -> tuple[Node, int]:
        """What the beginning of the path is, and how many of its fields belong to that."""
        if not root.absolute:
            for level in range(len(self.locals) - 1, -1, -1):
                if self.locals[level][0] == root.name:
                    return Local(level, self.locals[level][1], root.span, root.name), 0
        for used in range(len(fields), -1, -1):
            key = ".".join((root.name, *(one.name for one in fields[:used])))
            if key in self.names:
                span = Span(root.span.start, fields[used - 1].span.end if used else root.span.end)
                return Name(key, self.names[key].type if self.typing is not Typing.LATE else DYN, span), used
        if self.typing is Typing.LATE:
            return Name(root.name, DYN, root.span), 0
        whole = ".".join((root.name, *(one.name for one in fields)))
        span = Span(root.span.start, fields[-1].span.end if fields else root.span.end)
        zh, en = _near(whole, [*self.names, *(name for name, _ in self.locals)])
        raise RuleError("unknown_name", span, whole, zh, en)

    def select(self, operand: Node, field: str, span: Span) -> Node:
        kind = operand.type.kind
        if kind == "record":
            types = dict(operand.type.fields)
            if field not in types:
                raise RuleError("no_field", span, field, *_near(field, list(types)))
            return Select(operand, field, types[field], span)
        if kind == "map" and operand.type.of[0] in (STRING, DYN, NOTHING):
            return Select(operand, field, operand.type.of[1], span)
        if operand.type in (DYN, NOTHING) or self.typing is Typing.LATE:
            return Select(operand, field, DYN, span)
        raise RuleError("no_fields", operand.span, operand.type)

    def has(self, raw: syntax.Apply) -> Node:
        if len(raw.args) != 1:
            raise RuleError("bad_macro", raw.span, "has", "has(map.field)")
        asked = raw.args[0]
        if not isinstance(asked, syntax.Field):
            raise RuleError("has_field", raw.span)
        node = self.path(asked)
        if not isinstance(node, Select) or node.operand.type.kind == "record":
            raise RuleError("has_record", raw.span)
        return Has(node.operand, node.field, BOOL, raw.span)

    # lists, maps, choices

    def sequence(self, raw: syntax.Sequence) -> Node:
        items = tuple(self.node(one) for one in raw.items)
        items, element = self.joined(items)
        return ListOf(items, self.shallow(list_of(element), raw.span), raw.span)

    def pairs(self, raw: syntax.Pairs) -> Node:
        keys, key = self.joined(tuple(self.node(one) for one, _ in raw.entries))
        values, value = self.joined(tuple(self.node(one) for _, one in raw.entries))
        for one in keys:
            if self.typing is not Typing.LATE and one.type.kind not in KEYS | {"nothing"}:
                raise RuleError("bad_key", one.span, one.type)
        type_ = self.shallow(map_of(key, value), raw.span)
        return MapOf(tuple(zip(keys, values, strict=True)), type_, raw.span)

    def shallow(self, type_: Type, span: Span) -> Type:
        if self.strict and type_.depth > DEEPEST:
            raise RuleError("too_deep_type", span, DEEPEST - 1)
        return type_

    def joined(self, nodes: tuple[Node, ...]) -> tuple[tuple[Node, ...], Type]:
        """The nodes, whole numbers among decimals made such, and the one type of them all."""
        if self.strict and any(node.type == DOUBLE for node in nodes):
            nodes = tuple(_as_double(node) for node in nodes)
        together = NOTHING
        for node in nodes:
            joined = join(together, node.type)
            if joined is None:
                if self.strict:
                    raise RuleError("mixed", node.span, together, node.type)
                joined = DYN
            together = joined
        return nodes, together

    def choice(self, raw: syntax.Apply) -> Node:
        condition = self.condition(raw.args[0])
        nodes = tuple(self.node(one) for one in raw.args[1:])
        if self.strict and DOUBLE in (nodes[0].type, nodes[1].type):
            nodes = tuple(_as_double(node) for node in nodes)
        joined = join(nodes[0].type, nodes[1].type)
        if joined is None:
            if self.typing is not Typing.LATE:
                raise RuleError("two_types", raw.span, nodes[0].type, nodes[1].type)
            joined = DYN
        return If(condition, nodes[0], nodes[1], joined, raw.span)

    # calls

    def loop(self, raw: syntax.Apply) -> Node:
        kind, written = _MACROS[raw.function]
        rest = raw.args[1:]
        if len(rest) not in ((2, 3) if kind == "map" else (2,)):
            raise RuleError("bad_macro", raw.span, raw.function[1:], written)
        variable = rest[0]
        if not isinstance(variable, syntax.Ident) or variable.absolute:
            raise RuleError("bad_macro", variable.span, raw.function[1:], written)
        over = self.node(raw.args[0])
        element = DYN
        if over.type.kind in ("list", "map"):
            element = over.type.element
        elif over.type not in (DYN, NOTHING) and self.typing is not Typing.LATE:
            raise RuleError("not_iterable", over.span, over.type)
        level = len(self.locals)
        if level >= LOOPS:
            raise RuleError("too_many_loops", raw.span, LOOPS)
        self.locals.append((variable.name, element))
        where = self.condition(rest[1]) if len(rest) == 3 else None
        body = self.node(rest[-1]) if kind == "map" else self.condition(rest[-1])
        self.locals.pop()
        type_ = BOOL
        if kind in ("filter", "map"):
            type_ = self.shallow(list_of(element if kind == "filter" else body.type), raw.span)
        return Loop(kind, over, level, body, type_, where, raw.span)

    def yuan(self, raw: syntax.Apply) -> Node:
        args = [self.node(one) for one in raw.args]
        if len(args) != 1 or not isinstance(args[0], Const) or args[0].type not in (INT, DOUBLE, STRING):
            raise RuleError("constant_yuan", raw.span)
        try:
            return Const(yuan(args[0].value), INT, raw.span)  # type: ignore[arg-type]
        except Fault as fault:
            raise RuleError(fault.kind, raw.span) from None

    def call(self, function: str, args: tuple[Node, ...], span: Span) -> Node:
        if function not in overloads():
            if self.typing is Typing.LATE:
                return Call(f"dyn {function}", args, DYN, span)
            written = function.lstrip(".")
            raise RuleError("unknown_function", span, written, *_near(function, list(overloads())))
        found = self.overload(function, args, span)
        if found is None and self.strict and any(_holds_double(arg.type) for arg in args):
            args = tuple(_as_double(arg) for arg in args)
            found = self.overload(function, args, span)
        if found is None:
            if self.typing is Typing.LATE:
                return Call(f"dyn {function}", args, DYN, span)
            raise self.refusal(function, args, span)
        return found

    def overload(self, function: str, args: tuple[Node, ...], span: Span) -> Node | None:
        fitting = []
        for one in overloads()[function]:
            bound: dict[str, Type] = {}
            if len(one.takes) == len(args) and all(
                fit(pattern, arg.type, bound) for pattern, arg in zip(one.takes, args, strict=True)
            ):
                fitting.append((one, bound))
        if not fitting:
            return None
        one, bound = fitting[0]
        gives = put(one.gives, bound)
        if DYN in (*bound.values(), *(arg.type for arg in args)):
            same = all(put(other.gives, more) == gives for other, more in fitting)
            return Call(f"dyn {function}", args, gives if same else DYN, span)
        if one.op in ("lt", "le", "gt", "ge") and bound["$T"].kind not in ORDERED | {"nothing"}:
            return None
        if one.op == "same":
            return args[0]
        return self.folded(Call(one.op, args, self.shallow(gives, span), span))

    def folded(self, call: Call) -> Node:
        """Constants become values now; in a strict rule a wrong constant is found now."""
        if call.op == "matches" and self.strict:
            self.pattern(call)
        if call.op not in _FOLDED:
            return call
        values = [arg.value for arg in call.args if isinstance(arg, Const)]
        if len(values) < len(call.args):
            return call
        try:
            return Const(OPERATIONS[call.op](*values), call.type, call.span)
        except Fault as fault:
            if self.strict:
                raise RuleError(fault.kind, call.span) from None
            return call

    def pattern(self, call: Call) -> None:
        written = call.args[1]
        if not isinstance(written, Const):
            raise RuleError("constant_pattern", written.span)
        try:
            pattern.check(str(written.value))
        except pattern.BadPattern as bad:
            raise RuleError("bad_pattern", written.span, bad.at + 1) from None

    def refusal(self, function: str, args: tuple[Node, ...], span: Span) -> RuleError:
        types = [arg.type for arg in args]
        shown = _SHOWN.get(function, function.lstrip("."))
        zh, en = "", ""
        if INT in types and DOUBLE in types:
            zh, en = "整数用 double(…) 换成小数。", " Turn the int into a double with double(…)."
        elif STRING in types and any(one.kind == "date" for one in types):
            zh, en = "日期写作 date('2026-03-01')。", " Write dates as date('2026-03-01')."
        elif function == "date":
            zh, en = (
                "时刻要说明时区：date(时刻, 'Asia/Shanghai')。",
                " Say the zone: date(t, 'Asia/Shanghai').",
            )
        given = [str(one) for one in types]
        return RuleError("no_overload", span, shown, "、".join(given), zh, en)


def _holds_double(type_: Type) -> bool:
    return type_ in (DOUBLE, list_of(DOUBLE)) or (type_.kind == "map" and type_.of[1] == DOUBLE)


def _as_double(node: Node) -> Node:
    """A written whole number, or a list of such, as decimals; anything else as it is."""
    if isinstance(node, Const) and node.type == INT and isinstance(node.value, int):
        if int(float(node.value)) != node.value:
            raise RuleError("not_exact", node.span, node.value)
        return Const(float(node.value), DOUBLE, node.span)
    if (
        isinstance(node, ListOf)
        and node.items
        and all(isinstance(i, Const) and i.type == INT for i in node.items)
    ):
        return ListOf(tuple(_as_double(item) for item in node.items), list_of(DOUBLE), node.span)
    return node


def _near(word: str, known: list[str]) -> tuple[str, str]:
    """“Did you mean …”, in both languages; empty when nothing is near."""
    close = get_close_matches(word[:100], known, n=1, cutoff=0.7)
    if not close:
        return "", ""
    near = close[0].lstrip(".")
    return f"是不是“{near}”？", f" Did you mean “{near}”?"
