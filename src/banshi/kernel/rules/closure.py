"""闭包: from the typed tree to one Python function of a row (a mapping of keys to values).

The function is made as a syntax tree of Python, never as text: of the rule's text nothing enters it but constants. It is one
expression, so that a condition costs little more than written by hand: temporaries are `(t := …)`, a missing datum is tested
where it is read, and what can be neither Unknown nor an error is not asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, cast

from banshi.kernel.rules import dynamic
from banshi.kernel.rules import python as py
from banshi.kernel.rules.calls import LOOPS, WORKING, guard, no_bool, no_condition, pairs, worst
from banshi.kernel.rules.dynamic import WORK
from banshi.kernel.rules.operations import OPERATIONS
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
from banshi.kernel.rules.types import BOOL
from banshi.kernel.rules.values import INT_MAX, INT_MIN, UNKNOWN, Error, Result

type Run = Callable[[Mapping[str, Any]], Result]

_COMPARE = {"eq": ast.Eq, "ne": ast.NotEq, "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE}
_ARITHMETIC = {"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult}
_METHODS = {"starts_with": "startswith", "ends_with": "endswith"}
_SCALAR = frozenset({"bool", "int", "double", "string", "date", "timestamp", "duration", "null"})
# These never raise `Fault`.
_SURE = frozenset(
    "div_double sum_double sub_date int_timestamp double_int string_bool string_int string_double string_date"
    " string_timestamp string_duration year month day years months duration_hours duration_minutes"
    " duration_seconds duration_millis".split()
)


def closure(tree: Node, failed: Callable[[Mapping[str, Any], Exception], Result]) -> Run:
    """The function. It trusts that what a row holds is of its declared type; what is raised nevertheless (for data that
    are not, or for too much work), `failed` answers."""
    writer = _Writer()
    body = writer.node(tree).code
    writer.globals["failed"] = failed
    budget = [ast.Assign([py.target("work")], ast.List([py.const(WORK)], ast.Load(), **py.AT), **py.AT)]
    code = compile(py.module("row", budget if writer.works else [], body, "failed"), "<rule>", "exec")
    # The code object of the function itself, so that nothing has to be run to have it.
    inner = next(one for one in code.co_consts if hasattr(one, "co_code"))
    return cast(Run, FunctionType(inner, writer.globals, "rule"))


@dataclass(frozen=True, slots=True)
class _Code:
    """代码: an expression, and whether its result can be Unknown, or an error."""

    code: ast.expr
    unknown: bool = False
    error: bool = False

    @property
    def sure(self) -> bool:
        return not (self.unknown or self.error)


class _Writer:
    def __init__(self) -> None:
        self.globals: dict[str, Any] = {
            "__builtins__": {},
            "Exception": Exception,
            "UNKNOWN": UNKNOWN,
            "Error": Error,
            "guard": guard,
            "len": len,
        }
        self.temporaries = 0
        self.works = False

    # names of the function made

    def fresh(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    def constant(self, value: Any) -> ast.expr:
        """Written in place when Python can, else under a name."""
        if value is None or type(value) in (bool, int, str) or (type(value) is float and value == value):
            return py.const(value)
        name = f"c{len(self.globals)}"
        self.globals[name] = value
        return py.name(name)

    def function(self, value: Callable[..., Any]) -> ast.expr:
        name = f"f{len(self.globals)}"
        self.globals[name] = value
        return py.name(name)

    def work(self) -> ast.expr:
        self.works = True
        return py.name("work")

    # nodes

    def node(self, node: Node) -> _Code:
        match node:
            case Const():
                return _Code(self.constant(node.value))
            case Name():
                return self.datum(node)
            case Local():
                return _Code(py.name(f"x{node.level}"))
            case ListOf():
                return self.list_of(node)
            case MapOf():
                return self.map_of(node)
            case Select():
                return self.select(node)
            case Has():
                if node.operand.type.kind == "map":
                    return self.strict(
                        (node.operand,), lambda a: _Code(py.compare(py.const(node.field), ast.In, a[0]))
                    )
                return self.guarded(dynamic.has, (node.operand,), node.span, after=(node.field,))
            case Call():
                return self.call(node)
            case And() | Or():
                return self.logic(node)
            case Not():
                if node.term.type != BOOL:
                    return self.guarded(dynamic.negate, (node.term,), node.span)
                if isinstance(node.term, Name):
                    return self.truth(node.term, negated=True)
                return self.strict((node.term,), lambda a: _Code(ast.UnaryOp(ast.Not(), a[0], **py.AT)))
            case If():
                return self.choice(node)
            case Loop():
                return self.loop(node)

    def datum(self, node: Name) -> _Code:
        if node.type.kind in ("null", "dyn"):
            return _Code(
                py.method(py.name("row"), "get", py.const(node.key), py.name("UNKNOWN")), unknown=True
            )
        if node.type == BOOL:
            return self.truth(node, negated=False)
        test, value = self.read(node)
        return _Code(py.if_(test, py.name("UNKNOWN"), value), unknown=True)

    def truth(self, node: Name, *, negated: bool) -> _Code:
        """Of a bool datum nothing but True, False and None is taken: a 1 would be neither to `&&`."""
        name = self.fresh()
        got = py.walrus(name, py.method(py.name("row"), "get", py.const(node.key)))
        wrong = py.call(self.function(no_bool), py.name(name))
        missing = py.if_(py.compare(py.name(name), ast.Is, py.const(None)), py.name("UNKNOWN"), wrong)
        other = py.if_(py.compare(py.name(name), ast.Is, py.const(False)), py.const(negated), missing)
        return _Code(
            py.if_(py.compare(got, ast.Is, py.const(True)), py.const(not negated), other), unknown=True
        )

    def read(self, node: Name) -> tuple[ast.expr, ast.expr]:
        """(a test that it is missing, its value after that)."""
        name = self.fresh()
        got = py.method(py.name("row"), "get", py.const(node.key))
        return py.compare(py.walrus(name, got), ast.Is, py.const(None)), py.name(name)

    def strict(self, args: Sequence[Node], then: Callable[[list[ast.expr]], _Code]) -> _Code:
        """`then` of the values; Unknown if any is, else the first error if any is one."""
        missing: list[ast.expr] = []
        values: list[ast.expr] = []
        wrong: list[str] = []
        codes: list[_Code] = []
        for arg in args:
            if isinstance(arg, Name) and arg.type.kind not in ("null", "dyn", "bool"):
                test, value = self.read(arg)
                missing.append(test)
                values.append(value)
                codes.append(_Code(value, unknown=True))
                continue
            code = self.node(arg)
            codes.append(code)
            if code.sure:
                values.append(code.code)
                continue
            name = self.fresh()
            missing.append(py.compare(py.walrus(name, code.code), ast.Is, py.name("UNKNOWN")))
            values.append(py.name(name))
            if code.error:
                wrong.append(name)
        result = then(values)
        body = result.code
        for name in reversed(wrong):
            is_error = py.compare(
                ast.Attribute(py.name(name), "__class__", ast.Load(), **py.AT), ast.Is, py.name("Error")
            )
            body = py.if_(is_error, py.name(name), body)
        if missing:
            body = py.if_(py.any_(missing), py.name("UNKNOWN"), body)
        unknown = result.unknown or any(code.unknown for code in codes)
        return _Code(body, unknown, result.error or bool(wrong))

    def guarded(
        self,
        function: Callable[..., Any],
        args: Sequence[Node],
        span: Span,
        *,
        before: Iterable[ast.expr] = (),
        after: Iterable[Any] = (),
        unknown: bool = False,
    ) -> _Code:
        """A call whose `Fault` becomes an `Error` at `span`."""
        lead = [self.function(function), self.constant(span), *before]
        tail = [self.constant(one) for one in after]
        return self.strict(args, lambda a: _Code(py.call(py.name("guard"), *lead, *a, *tail), unknown, True))

    def list_of(self, node: ListOf) -> _Code:
        if node.items and all(isinstance(item, Const) for item in node.items):
            return _Code(self.constant(tuple(cast(Const, item).value for item in node.items)))
        return self.strict(node.items, lambda a: _Code(ast.List(a, ast.Load(), **py.AT)))

    def map_of(self, node: MapOf) -> _Code:
        parts = [part for entry in node.entries for part in entry]
        return self.guarded(pairs, parts, node.span)

    def select(self, node: Select) -> _Code:
        if node.operand.type.kind == "record":
            name = self.fresh()

            def field(a: list[ast.expr]) -> _Code:
                got = py.walrus(name, py.method(a[0], "get", py.const(node.field)))
                missing = py.compare(got, ast.Is, py.const(None))
                return _Code(py.if_(missing, py.name("UNKNOWN"), py.name(name)), unknown=True)

            return self.strict((node.operand,), field)
        return self.guarded(dynamic.select, (node.operand,), node.span, after=(node.field,))

    def call(self, node: Call) -> _Code:
        op, args = node.op, node.args
        if op.startswith("dyn "):
            lead = (self.work(), py.const(op[4:]))
            return self.guarded(dynamic.call, args, node.span, before=lead)
        if op in _COMPARE:
            if args[0].type.kind in _SCALAR and args[0].type == args[1].type:
                return self.strict(args, lambda a: _Code(py.compare(a[0], _COMPARE[op], a[1])))
            equal = self.strict(args, lambda a: _Code(py.call(self.function(dynamic.equal), *a, self.work())))
            return equal if op == "eq" else self.inverted(equal)
        if op == "in_list":
            return self.in_list(node)
        if op == "in_map":
            return self.strict(args, lambda a: _Code(py.compare(a[0], ast.In, a[1])))
        if op == "contains":
            return self.strict(args, lambda a: _Code(py.compare(a[1], ast.In, a[0])))
        if op in _METHODS:
            return self.strict(args, lambda a: _Code(py.method(a[0], _METHODS[op], a[1])))
        if op.startswith("size_"):
            return self.strict(args, lambda a: _Code(py.call(py.name("len"), a[0])))
        verb, _, kind = op.partition("_")
        if kind == "double" and verb in _ARITHMETIC:
            return self.strict(args, lambda a: _Code(ast.BinOp(a[0], _ARITHMETIC[verb](), a[1], **py.AT)))
        if kind == "int" and verb in _ARITHMETIC:
            return self.whole(args, lambda a: ast.BinOp(a[0], _ARITHMETIC[verb](), a[1], **py.AT), node.span)
        if verb == "neg":
            negative: Callable[[list[ast.expr]], ast.expr] = lambda a: ast.UnaryOp(ast.USub(), a[0], **py.AT)  # noqa: E731
            if kind == "int":
                return self.whole(args, negative, node.span)
            return self.strict(args, lambda a: _Code(negative(a)))
        function = OPERATIONS[op]
        if op in _SURE:
            return self.strict(args, lambda a: _Code(py.call(self.function(function), *a)))
        if op in WORKING:
            return self.guarded(WORKING[op], args, node.span, before=(self.work(),))
        return self.guarded(function, args, node.span)

    def whole(self, args: Sequence[Node], what: Callable[[list[ast.expr]], ast.expr], span: Span) -> _Code:
        name = self.fresh()
        overflow = self.constant(Error("overflow", span.start, span.end))

        def fits(a: list[ast.expr]) -> _Code:
            computed = py.walrus(name, what(a))
            inside = ast.Compare(
                py.const(INT_MIN), [ast.LtE(), ast.LtE()], [computed, py.const(INT_MAX)], **py.AT
            )
            return _Code(py.if_(inside, py.name(name), overflow), error=True)

        return self.strict(args, fits)

    def inverted(self, code: _Code) -> _Code:
        if code.sure:
            return _Code(ast.UnaryOp(ast.Not(), code.code, **py.AT))
        name = self.fresh()
        is_true = py.compare(py.walrus(name, code.code), ast.Is, py.const(True))
        other = py.if_(py.compare(py.name(name), ast.Is, py.const(False)), py.const(True), py.name(name))
        return _Code(py.if_(is_true, py.const(False), other), code.unknown, code.error)

    def in_list(self, node: Call) -> _Code:
        item, items = node.args
        if (
            isinstance(items, ListOf)
            and item.type.kind in _SCALAR
            and all(isinstance(i, Const) and i.type == item.type for i in items.items)
        ):
            known = self.constant(frozenset(cast(Const, one).value for one in items.items))
            return self.strict((item,), lambda a: _Code(py.compare(a[0], ast.In, known)))
        return self.strict(
            node.args, lambda a: _Code(py.call(self.function(dynamic.within), *a, self.work()))
        )

    # conditions

    def logic(self, node: And | Or) -> _Code:
        """Every term in turn until one settles it; then, of those that were no value, the worst."""
        ends = isinstance(node, Or)
        tests: list[ast.expr] = []
        open_: list[str] = []
        unknown = error = False
        for term in node.terms:
            code = self.node(term)
            if code.sure and term.type == BOOL:
                tests.append(code.code if ends else ast.UnaryOp(ast.Not(), code.code, **py.AT))
                continue
            name = self.fresh()
            tests.append(py.compare(py.walrus(name, code.code), ast.Is, py.const(ends)))
            open_.append(name)
            unknown |= code.unknown
            error |= code.error or term.type != BOOL
        if not open_:
            return _Code(py.if_(py.any_(tests), py.const(ends), py.const(not ends)))
        if len(open_) == 1 and not error:
            last: ast.expr = py.name(open_[0])
        else:
            others = [*(py.name(one) for one in open_[1:]), py.const(not ends)]
            settled = ast.Compare(py.name(open_[0]), [ast.Is() for _ in others], others, **py.AT)
            missing = py.any_([py.compare(py.name(one), ast.Is, py.name("UNKNOWN")) for one in open_])
            names = ast.Tuple([py.name(one) for one in open_], ast.Load(), **py.AT)
            rest = py.call(self.function(worst), py.const(not ends), self.constant(node.span), names)
            last = py.if_(settled, py.const(not ends), py.if_(missing, py.name("UNKNOWN"), rest))
        return _Code(py.if_(py.any_(tests), py.const(ends), last), unknown, error)

    def choice(self, node: If) -> _Code:
        condition, then, other = self.node(node.condition), self.node(node.then), self.node(node.other)
        unknown, error = then.unknown or other.unknown, then.error or other.error
        if condition.sure and node.condition.type == BOOL:
            return _Code(py.if_(condition.code, then.code, other.code), unknown, error)
        name = self.fresh()
        stuck: ast.expr = py.name(name)
        if node.condition.type != BOOL:
            stuck = py.call(self.function(no_condition), py.name(name), self.constant(node.span))
            error = True
        rest = py.if_(py.compare(py.name(name), ast.Is, py.const(False)), other.code, stuck)
        is_true = py.compare(py.walrus(name, condition.code), ast.Is, py.const(True))
        return _Code(py.if_(is_true, then.code, rest), unknown or condition.unknown, error or condition.error)

    def loop(self, node: Loop) -> _Code:
        parameter = f"x{node.level}"
        body = self.node(node.body)
        where = self.node(node.where) if node.where is not None else None
        unknown = body.unknown or (where is not None and where.unknown)
        before = [self.work(), self.constant(node.span), py.lambda_(parameter, body.code)]
        if node.kind == "map":
            before.append(py.lambda_(parameter, where.code) if where is not None else py.const(None))
        return self.guarded(LOOPS[node.kind], (node.over,), node.span, before=before, unknown=unknown)
