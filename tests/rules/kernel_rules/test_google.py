"""The standard's own implementation in C++ gives the same answers; an error and Unknown count as one value."""

from __future__ import annotations

from typing import Any

from cel_expr_python import cel
from hypothesis import given, settings

from banshi.kernel.rules import NoValue, compile
from tests.examples import examples
from tests.rules.kernel_rules.expressions import NAMES, expressions, rows

_T = cel.Type
_ENV = cel.NewEnv(
    variables={
        "x": _T.INT,
        "y": _T.INT,
        "d": _T.DOUBLE,
        "e": _T.DOUBLE,
        "s": _T.STRING,
        "t": _T.STRING,
        "b": _T.BOOL,
        "li": _T.List(_T.INT),
        "ls": _T.List(_T.STRING),
        "m": _T.Map(_T.STRING, _T.INT),
    }
)


def _theirs(text: str, row: dict[str, Any]) -> Any:
    prepared = _ENV.compile(text)
    try:
        value = prepared.eval(data=row)
    except RuntimeError:  # how it tells of some errors, such as a duplicate key
        return "no value"
    return "no value" if value.type().name() == "*error*" or value.type() == _T.ERROR else value.plain_value()


def _ours(text: str, row: dict[str, Any]) -> Any:
    value = compile(text, NAMES, gives=None).evaluate(row)
    return "no value" if isinstance(value, NoValue) else list(value) if isinstance(value, tuple) else value


@settings(max_examples=examples(400), deadline=None)
@given(expressions(), rows())
def test_conditions(text: str, row: dict[str, Any]) -> None:
    assert repr(_ours(text, row)) == repr(_theirs(text, row))


@settings(max_examples=examples(200), deadline=None)
@given(expressions("int"), rows())
def test_whole_numbers(text: str, row: dict[str, Any]) -> None:
    assert repr(_ours(text, row)) == repr(_theirs(text, row))


@settings(max_examples=examples(200), deadline=None)
@given(expressions("double"), rows())
def test_decimals(text: str, row: dict[str, Any]) -> None:
    assert repr(_ours(text, row)) == repr(_theirs(text, row))


@settings(max_examples=examples(200), deadline=None)
@given(expressions("ints"), rows())
def test_lists(text: str, row: dict[str, Any]) -> None:
    assert repr(_ours(text, row)) == repr(_theirs(text, row))
