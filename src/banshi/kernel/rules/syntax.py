"""语法: from tokens to an untyped tree, by climbing precedences; nesting and size are bounded, chains are loops."""

from __future__ import annotations

from dataclasses import dataclass, replace

from banshi.kernel.rules.lexer import Token, printable, tokens
from banshi.kernel.rules.messages import RuleError
from banshi.kernel.rules.tree import Span
from banshi.kernel.rules.types import BOOL, DOUBLE, INT, NULL, STRING, Type
from banshi.kernel.rules.values import INT_MAX, INT_MIN

NESTING = 48  # brackets within brackets, as they are read
DEPTH = 100  # levels of the tree
ITEMS = 1_000
NODES = 5_000

_BINARY = {"||": 1, "&&": 2, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_BINARY |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 3)
_RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while".split()
)
_WORDS = frozenset({"true", "false", "null", "in"})


@dataclass(frozen=True, slots=True)
class Literal:
    """常量: a bool, int, float, str or None."""

    value: bool | int | float | str | None
    type: Type
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Ident:
    """名称: `absolute` (written with a leading dot): never the variable of a macro."""

    name: str
    absolute: bool
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Field:
    """字段: operand.name."""

    operand: Raw
    name: str
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Apply:
    """运算: an operator, `f(args)`, or `target.f(args)` (the target is then the first of `args`, `function` is ".f")."""

    function: str
    args: tuple[Raw, ...]
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """列表: [items]."""

    items: tuple[Raw, ...]
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """映射: {key: value}."""

    entries: tuple[tuple[Raw, Raw], ...]
    span: Span
    depth: int


type Raw = Literal | Ident | Field | Apply | Sequence | Pairs


def parse(source: str) -> Raw:
    """The tree of `source`. Raises `RuleError`."""
    reader = _Reader(source)
    tree = reader.expression()
    if reader.token.kind != "end":
        raise RuleError("stray", reader.token.span, reader.shown())
    return tree


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.nesting = 0
        self.nodes = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def shown(self) -> str:
        return printable(self.source[self.token.start : self.token.end])

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def takes(self, mark: str) -> bool:
        if self.token.kind == "mark" and self.token.text == mark:
            self.at += 1
            return True
        return False

    def expects(self, mark: str) -> Token:
        token = self.token
        if self.takes(mark):
            return token
        if token.kind == "end":
            raise RuleError("ended", token.span, mark)
        raise RuleError("expected", token.span, mark, self.shown())

    def expression(self) -> Raw:
        """condition ? then : other, where other may again be such: a loop, however long the chain."""
        self.nesting += 1
        if self.nesting > NESTING:
            raise RuleError("too_deep", self.token.span, NESTING)
        chain: list[tuple[Raw, Raw]] = []
        result = self.binary(1)
        while self.takes("?"):
            then = self.binary(1)
            if self.token.text == "?" and self.token.kind == "mark":
                raise RuleError("expected", self.token.span, ":", "?")
            self.expects(":")
            chain.append((result, then))
            result = self.binary(1)
        for condition, then in reversed(chain):
            result = self.apply("?:", (condition, then, result), condition.span.start, result.span.end)
        self.nesting -= 1
        return result

    def binary(self, lowest: int) -> Raw:
        left = self.unary()
        while (level := self.level()) >= lowest:
            operator = self.next()
            right = self.binary(level + 1)
            if operator.text in ("&&", "||"):
                left = self.joined(operator.text, left, right)
            else:
                left = self.apply(operator.text, (left, right), left.span.start, right.span.end)
        return left

    def level(self) -> int:
        token = self.token
        return _BINARY.get(token.text, 0) if token.kind in ("mark", "name") else 0

    def joined(self, operator: str, left: Raw, right: Raw) -> Raw:
        """a && b && c is one node of three terms, so that long rules are not deep."""
        span = Span(left.span.start, right.span.end)
        if isinstance(left, Apply) and left.function == operator:
            depth = max(left.depth, self.deeper(span, right))
            return Apply(operator, (*left.args, right), span, depth)
        return Apply(operator, (left, right), span, self.deeper(span, left, right))

    def unary(self) -> Raw:
        marks: list[Token] = []
        while self.token.kind == "mark" and self.token.text in ("!", "-"):
            marks.append(self.next())
            if marks[0].text != marks[-1].text:
                raise RuleError("stray", marks[-1].span, marks[-1].text)
        negative = bool(marks) and marks[-1].text == "-" and self.token.kind in ("int", "double")
        if negative:
            marks.pop()
        result = self.member(negative)
        for mark in reversed(marks):
            name = "!" if mark.text == "!" else "neg"
            result = self.apply(name, (result,), mark.start, result.span.end)
        return result

    def member(self, negative: bool) -> Raw:
        result = self.primary(negative)
        while True:
            start = result.span.start
            if self.takes("."):
                name = self.next()
                if name.kind != "name" or name.text in _WORDS:
                    self.at -= 1
                    raise RuleError(
                        "expected" if name.kind != "end" else "ended", name.span, "…", self.shown()
                    )
                if self.takes("("):
                    args, end = self.items(")")
                    result = self.apply(f".{name.text}", (result, *args), start, end)
                else:
                    span = Span(start, name.end)
                    result = Field(result, name.text, span, self.deeper(span, result))
            elif self.takes("["):
                index = self.expression()
                end = self.expects("]").end
                result = self.apply("[]", (result, index), start, end)
            elif self.token.text == "{" and self.token.kind == "mark" and isinstance(result, Ident | Field):
                text = printable(self.source[start : self.token.start])
                raise RuleError("no_messages", self.token.span, text)
            else:
                return result

    def primary(self, negative: bool) -> Raw:
        token = self.next()
        match token.kind:
            case "int" | "double":
                return self.number(token, negative)
            case "string":
                return Literal(token.text, STRING, token.span)
            case "name":
                return self.word(token, absolute=False)
            case "end":
                self.at -= 1
                raise RuleError("ended", token.span, "…")
        if token.text == "(":
            inside = self.expression()
            # The brackets belong to its place, so that the place of what it is a part of is balanced.
            return replace(inside, span=Span(token.start, self.expects(")").end))
        if token.text == "[":
            items, end = self.items("]")
            span = Span(token.start, end)
            return Sequence(items, span, self.deeper(span, *items))
        if token.text == "{":
            return self.pairs(token)
        if token.text == "." and self.token.kind == "name":
            return self.word(self.next(), absolute=True)
        raise RuleError("stray", token.span, token.text)

    def word(self, token: Token, absolute: bool) -> Raw:
        if token.text in ("true", "false") and not absolute:
            return Literal(token.text == "true", BOOL, token.span)
        if token.text == "null" and not absolute:
            return Literal(None, NULL, token.span)
        if token.text in _RESERVED | _WORDS:
            raise RuleError("reserved", token.span, token.text)
        if self.takes("("):
            args, end = self.items(")")
            return self.apply(token.text, args, token.start, end)
        return Ident(token.text, absolute, token.span)

    def number(self, token: Token, negative: bool) -> Literal:
        # The minus sign belongs to the number: -9223372036854775808 has no positive counterpart.
        start = self.tokens[self.at - 2].start if negative else token.start
        span = Span(start, token.end)
        sign = -1 if negative else 1
        if token.kind == "double":
            value = sign * float(token.text)
            if value in (float("inf"), float("-inf")):
                raise RuleError("bad_number", span, token.text[:40])
            return Literal(value, DOUBLE, span)
        base = 16 if token.text[1:2] == "x" else 10
        # Python refuses to read numbers of thousands of digits.
        whole = sign * int(token.text, base) if len(token.text) < 100 else INT_MAX + 1
        if not INT_MIN <= whole <= INT_MAX:
            raise RuleError("int_range", span, token.text[:40])
        return Literal(whole, INT, span)

    def items(self, close: str) -> tuple[tuple[Raw, ...], int]:
        """What stands between brackets, and where it ends; a list may end with a comma."""
        found: list[Raw] = []
        while not self.takes(close):
            found.append(self.expression())
            if len(found) > ITEMS:
                raise RuleError("too_many_items", found[-1].span, ITEMS)
            if not self.takes(","):
                self.expects(close)
                break
            if close == ")" and self.token.text == ")":
                raise RuleError("stray", self.token.span, ")")
        return tuple(found), self.tokens[self.at - 1].end

    def pairs(self, opening: Token) -> Pairs:
        found: list[tuple[Raw, Raw]] = []
        while not self.takes("}"):
            key = self.expression()
            self.expects(":")
            found.append((key, self.expression()))
            if len(found) > ITEMS:
                raise RuleError("too_many_items", key.span, ITEMS)
            if not self.takes(","):
                self.expects("}")
                break
        span = Span(opening.start, self.tokens[self.at - 1].end)
        return Pairs(tuple(found), span, self.deeper(span, *(part for pair in found for part in pair)))

    def apply(self, function: str, args: tuple[Raw, ...], start: int, end: int) -> Apply:
        span = Span(start, end)
        return Apply(function, args, span, self.deeper(span, *args))

    def deeper(self, span: Span, *below: Raw) -> int:
        self.nodes += 1
        depth = 1 + max((node.depth for node in below), default=0)
        if depth > DEPTH:
            raise RuleError("too_deep", span, DEPTH)
        if self.nodes > NODES:
            raise RuleError("too_many_nodes", span, NODES)
        return depth
