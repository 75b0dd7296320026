"""Unknown and errors: what `&&`, `||`, `!`, `?:` and the macros make of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from banshi.kernel.rules import UNKNOWN, Datum, Error, NoValue, compile
from banshi.kernel.rules.tree import atoms_of
from banshi.kernel.rules.types import BOOL, INT, list_of, record
from tests.examples import examples
from tests.rules.kernel_rules.expressions import NAMES, expressions, rows

# T and F are data, U is missing, E divides by zero.
_TERMS = {"T": "t", "F": "f", "U": "u", "E": "1 / zero == 1"}
_ROW = {"t": True, "f": False, "zero": 0}
_SCHEMA = {key: Datum(BOOL, key) for key in "tfu"} | {
    "zero": Datum(INT, "零"),
    "ages": Datum(list_of(INT), "年龄"),
    "members": Datum(list_of(record({"age": INT, "paid": BOOL})), "成员"),
}


def _letter(text: str, row: dict[str, Any] = _ROW) -> str:
    result = compile(text, _SCHEMA).evaluate(row)
    return "U" if result is UNKNOWN else "E" if isinstance(result, Error) else "T" if result else "F"


def _and(letters: str) -> str:
    return next(letter for letter in "FUET" if letter in letters)


def _or(letters: str) -> str:
    return next(letter for letter in "TUEF" if letter in letters)


@pytest.mark.parametrize("letters", ["".join(p) for n in (2, 3) for p in product("TFUE", repeat=n)])
def test_any_order_of_terms_gives_the_same(letters: str) -> None:
    terms = [_TERMS[letter] for letter in letters]
    assert _letter(" && ".join(terms)) == _and(letters)
    assert _letter(" || ".join(terms)) == _or(letters)
    assert _letter(f"!({' && '.join(terms)})") == {"T": "F", "F": "T"}.get(_and(letters), _and(letters))


@pytest.mark.parametrize(("condition", "then", "other"), list(product("TFUE", repeat=3)))
def test_an_unknown_condition_takes_no_branch(condition: str, then: str, other: str) -> None:
    found = _letter(f"({_TERMS[condition]}) ? ({_TERMS[then]}) : ({_TERMS[other]})")
    assert found == {"T": then, "F": other}.get(condition, condition)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 / zero + u2 > 0", "U"),  # an operation: Unknown before an error
        ("u2 + 1 / zero > 0", "U"),
        ("[u2, 1 / zero] == [1]", "U"),
        ("u2 == u2", "U"),
        ("u2 in [1, 2]", "U"),
        ("1 in [u2, 1]", "U"),
    ],
)
def test_operations_let_nothing_pass(text: str, result: str) -> None:
    names = _SCHEMA | {"u2": Datum(INT, "未知")}
    found = compile(text, names).evaluate(_ROW)
    assert ("U" if found is UNKNOWN else "E") == result


@pytest.mark.parametrize(
    ("members", "all_", "exists", "one"),
    [
        ([], "T", "F", "F"),
        ([True], "T", "T", "T"),
        ([True, True], "T", "T", "F"),
        ([True, False], "F", "T", "T"),
        ([True, None], "U", "T", "U"),
        ([False, None], "F", "U", "U"),
        ([None], "U", "U", "U"),
    ],
)
def test_macros_keep_unknown(members: list[bool | None], all_: str, exists: str, one: str) -> None:
    row = {"members": [{} if paid is None else {"paid": paid} for paid in members]}
    assert _letter("members.all(m, m.paid)", row) == all_
    assert _letter("members.exists(m, m.paid)", row) == exists
    assert _letter("members.exists_one(m, m.paid)", row) == one
    assert _letter("size(members.filter(m, m.paid)) >= 0", row) == ("U" if None in members else "T")
    assert _letter("size(members.map(m, m.paid)) >= 0", row) == ("U" if None in members else "T")


def test_errors_inside_macros_are_absorbed_too() -> None:
    assert _letter("ages.exists(a, 12 / a > 3)", {"ages": [0, 3]}) == "T"
    assert _letter("ages.all(a, 12 / a > 3)", {"ages": [0, 6]}) == "F"
    assert _letter("ages.all(a, 12 / a > 3)", {"ages": [0, 3]}) == "E"
    assert _letter("ages.exists_one(a, 12 / a > 3)", {"ages": [0, 3]}) == "E"


@settings(max_examples=examples(150), deadline=None)
@given(expressions(), rows())
def test_what_is_decided_stays_so_when_more_is_known(text: str, row: dict[str, Any]) -> None:
    """Only what is Unknown may change once a missing datum is given: a question that cannot matter need not be asked."""
    rule = compile(text, NAMES)
    full = {
        "x": 1,
        "y": 2,
        "d": 0.5,
        "e": 2.0,
        "s": "a",
        "t": "软件",
        "b": True,
        "li": [1],
        "ls": ["a"],
        "m": {"a": 1},
    }
    before, after = rule.evaluate(row), rule.evaluate(full | row)
    assert before == after or before is UNKNOWN or isinstance(before, Error)


@settings(max_examples=examples(150), deadline=None)
@given(expressions(), rows())
def test_every_atom_can_be_asked_alone(text: str, row: dict[str, Any]) -> None:
    for atom in atoms_of(compile(text, NAMES).tree):
        part = text[atom.span.start : atom.span.end]
        found = compile(part, NAMES).evaluate(row)
        assert isinstance(found, bool | NoValue)
