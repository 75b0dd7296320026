"""Python的语法树: the few nodes that `closure.py` writes, each with the place that the compiler asks for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

AT: Any = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}


@lru_cache(maxsize=1024)
def name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **AT)


def const(value: Any) -> ast.expr:
    return ast.Constant(value, **AT)


def walrus(name: str, value: ast.expr) -> ast.expr:
    return ast.NamedExpr(ast.Name(name, ast.Store(), **AT), value, **AT)


def if_(test: ast.expr, then: ast.expr, other: ast.expr) -> ast.expr:
    return ast.IfExp(test, then, other, **AT)


def compare(left: ast.expr, how: type[ast.cmpop], right: ast.expr) -> ast.expr:
    return ast.Compare(left, [how()], [right], **AT)


def any_(tests: list[ast.expr]) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests, **AT)


def call(function: ast.expr, *args: ast.expr) -> ast.expr:
    return ast.Call(function, list(args), [], **AT)


def method(of: ast.expr, name: str, *args: ast.expr) -> ast.expr:
    return call(ast.Attribute(of, name, ast.Load(), **AT), *args)


def lambda_(parameter: str, body: ast.expr) -> ast.expr:
    return ast.Lambda(_parameters(parameter), body, **AT)


def target(name: str) -> ast.expr:
    return ast.Name(name, ast.Store(), **AT)


def module(parameter: str, before: Sequence[ast.stmt], body: ast.expr, failed: str) -> ast.Module:
    """One function that returns `body`, or what `failed` makes of the exception."""
    answer = ast.Return(call(name(failed), name(parameter), name("error")), **AT)
    handler = ast.ExceptHandler(name("Exception"), "error", [answer], **AT)
    tried = ast.Try([ast.Return(body, **AT)], [handler], [], [], **AT)
    function = ast.FunctionDef("rule", _parameters(parameter), [*before, tried], [], type_params=[], **AT)
    return ast.Module([function], [])


def _parameters(name: str) -> ast.arguments:
    return ast.arguments(
        posonlyargs=[], args=[ast.arg(name, **AT)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
