"""规则的乱码试验: random token strings, and real rules with tokens torn out and put in.

Only the language's own errors may come out of the compiler, and out of a rule nothing but a value of its type, Unknown or
an error. The same seed gives the same strings.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from banshi.desks.console.prove import Proof
from banshi.kernel.rules import Datum, NoValue, RuleError, compile
from banshi.kernel.rules.admit import admits
from banshi.kernel.rules.check import Typing
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING, list_of, map_of, record

STRINGS = 200_000

_NAMES = {
    "age": Datum(INT, "年龄"),
    "income": Datum(INT, "年收入", unit="分"),
    "area": Datum(DOUBLE, "面积"),
    "industry": Datum(STRING, "行业"),
    "local": Datum(BOOL, "本地户籍"),
    "as_of": Datum(DATE, "基准日"),
    "person.born": Datum(DATE, "出生日期"),
    "years_paid": Datum(list_of(INT), "缴费年度"),
    "counts": Datum(map_of(STRING, INT), "人数"),
    "members": Datum(list_of(record({"age": INT, "disabled": BOOL})), "家庭成员"),
}
_ROW = {
    "age": 61,
    "income": 2**63 - 1,
    "area": 0.5,
    "industry": "I65软件业",
    "local": True,
    "as_of": date(2026, 2, 28),
    "person.born": date(1964, 2, 29),
    "years_paid": [2023, 2024, 0, -1],
    "counts": {"a": 1, "软件": 0},
    "members": [{"age": 3}, {"age": 70, "disabled": True}, {}],
}
_ROWS: tuple[dict[str, Any], ...] = (
    _ROW,
    {},
    {key: value for number, (key, value) in enumerate(_ROW.items()) if number % 2},
)
_RULES = [
    "age >= 60 && income <= yuan ( 30000 ) && ( local || years ( person . born , as_of ) > 10 )",
    "members . exists ( m , m . age < 18 && ! m . disabled ) ? area > 90 : area >= 100.5",
    "years_paid . filter ( y , y >= 2024 ) . map ( y , y * 2 ) . size ( ) in [ 1 , 2 , 3 ]",
    "industry . startsWith ( 'I65' ) || industry . matches ( '^[A-Z][0-9]{2}' )",
    "has ( counts . a ) && counts [ 'a' ] + 1 > - 5 % 2",
    "date ( '2026-03-01' ) - 30 <= as_of && as_of - person . born > 3650",
    "{ 'a' : 1 , 'b' : [ 1 , 2 ] [ 0 ] } . b == 1 && string ( age ) + '岁' != ''",
    "[ [ 1 ] , [ ] , [ 2 ] ] . all ( l , l . exists_one ( n , n / 0 == n ) )",
    "timestamp ( '2026-03-01T00:00:00Z' ) + duration ( '90m' ) > timestamp ( age ) ? 1 : 0",
    "int ( area * 1e300 ) == 9223372036854775807 || double ( '1.5' ) < area || bool ( industry )",
]
_TOKENS = sorted({token for rule in _RULES for token in rule.split()})
_TOKENS += (
    "true false null in / != >= { } .5 0xFF -9223372036854775808 {} [] 'a' '' x0 size( has( .all(x0,".split()
)
# Seldom, since most of them end the reading at once.
_STRANGE = [
    *"@ # $ \\ ` ~ ^ & | = ' \" ''' r' b' // \n \t \0 \ud800 软 é 🐱 as for 1. 1e 0x 1u 1e999 ;".split(" "),
    *"99999999999999999999 dyn( '\\x' '\\uD800' '(a*)*' '[' '{2}' '0001-01-01' '9999-12-31' '-1h'".split(),
]


def fuzz(n: int, seed: int) -> Proof:
    """`n` strings (0: two hundred thousand)."""
    proof = Proof("rules-fuzz", "")
    ends: Counter[str] = Counter()
    for text in _texts(n or STRINGS, seed):
        for typing in (Typing.STRICT, Typing.LATE):
            try:
                ends[_end(text, typing)] += 1
            except (Exception, RecursionError) as error:
                proof.violations.append(f"{type(error).__name__}: {error}: {text!r}")
    proof.figures = {"strings": n or STRINGS, "seed": seed, **dict(ends.most_common(6)), "kinds": len(ends)}
    return proof


def _end(text: str, typing: Typing) -> str:
    """Which end it came to. Raises whatever should not be."""
    try:
        rule = compile(text, _NAMES, gives=None, typing=typing)
    except RuleError as error:
        error.pointed(text).encode()
        return error.kind
    for row in _ROWS:
        result = rule.evaluate(row)
        if not isinstance(result, NoValue) and not admits(rule.type, result):
            raise TypeError(f"{result!r} is no {rule.type}")
    return "ran"


def _texts(n: int, seed: int) -> Iterator[str]:
    for number in range(n):
        dice = hashlib.shake_128(f"{seed}/{number}".encode()).digest(64)
        if number % 2:
            yield " ".join(_token(dice, at) for at in range(2, 4 + dice[0] % 28, 2))
            continue
        tokens = _RULES[dice[0] % len(_RULES)].split(" ")
        for at in range(2, 4 + dice[1] % 3 * 4, 4):
            place = dice[at] % len(tokens)
            match dice[at + 1] % 3:
                case 0:
                    tokens[place] = _token(dice, at + 2)
                case 1:
                    tokens.insert(place, _token(dice, at + 2))
                case _ if len(tokens) > 1:
                    del tokens[place]
        yield " ".join(tokens)


def _token(dice: bytes, at: int) -> str:
    tokens = _STRANGE if dice[at] < 8 else _TOKENS
    return tokens[dice[at + 1] % len(tokens)]
