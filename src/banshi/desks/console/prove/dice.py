"""随机的规则和数据: rules that are well typed, and rows with every fifth datum missing; the same seed, the same ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from banshi.kernel.rules import Datum
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING, list_of, record

TODAY = date(2026, 2, 28)
NAMES = {
    "x": Datum(INT, "甲"),
    "y": Datum(INT, "乙"),
    "d": Datum(DOUBLE, "面积"),
    "e": Datum(DOUBLE, "比例"),
    "s": Datum(STRING, "行业"),
    "t": Datum(STRING, "地址"),
    "b": Datum(BOOL, "本地"),
    "c": Datum(BOOL, "失信"),
    "born": Datum(DATE, "出生日期"),
    "since": Datum(DATE, "登记日期"),
    "today": Datum(DATE, "基准日"),
    "li": Datum(list_of(INT), "各年"),
    "ls": Datum(list_of(STRING), "各项"),
    "members": Datum(list_of(record({"age": INT, "ill": BOOL})), "家庭成员"),
}
COLUMNS = {key: datum for key, datum in NAMES.items() if key != "today"}
GIVEN = {"today": TODAY}
_INTS = (0, 1, -1, 2, 3, 5, 7, 12, 60, -40, 1000, 2**31, 2**62, 2**63 - 1, -(2**63), -(2**31))
_DOUBLES = (0.0, 0.5, 1.0, -1.0, 2.5, 0.1, 90.0, 100.25, -3.75, 1e6, 1e-6, 2.0**62)
_TEXTS = ("", "a", "A", "ab", "b", "软件", "软件业", "😀", "a'b", "%", "_", "7", "\\", "Z")
_DATES = (date(1, 1, 1), date(9999, 12, 31), date(1964, 2, 29), date(2000, 2, 28), date(2000, 12, 31), TODAY)

type Row = dict[str, Any]


class Dice:
    """骰子: the same numbers for the same seed."""

    def __init__(self, seed: str) -> None:
        self.bytes = hashlib.shake_256(seed.encode()).digest(8192)
        self.at = 0

    def below(self, n: int) -> int:
        self.at = (self.at + 3) % 8190
        return int.from_bytes(self.bytes[self.at : self.at + 3]) % n

    def of[T](self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]


# kind -> what makes one of it out of others: {kind}; LOCAL is bound by a macro around
_FORMS: dict[str, tuple[str, ...]] = {
    "bool": (
        *("({bool} && {bool})", "({bool} || {bool})", "({bool} && {bool} && {bool})", "!({bool})") * 2,
        "({bool} ? {bool} : {bool})",
        "({bool} == {bool})",
        "({bool} < {bool})",
        *(
            f"({{{kind}}} {sign} {{{kind}}})"
            for kind in ("int", "double", "string", "date")
            for sign in "== != < <= > >=".split()
        ),
        "({int} in [{int}, {int}])",
        "({int} in [])",
        "({string} in ['a', '软件', ''])",
        "({string} in [{string}, {string}])",
        "({date} in [{date}])",
        "({double} in [0.5, 1.0, {double}])",
        "({int} in li)",
        "({string} in ls)",
        "{string}.contains({string})",
        "{string}.startsWith({string})",
        "{string}.endsWith({string})",
        *(
            f"li.{macro}(v, v {sign} {{int}})"
            for macro in ("all", "exists", "exists_one")
            for sign in (">", "==")
        ),
        "li.exists(v, {bool})",
        "ls.all(v, v.startsWith({string}) || {bool})",
        *(f"members.{macro}(m, m.age > {{int}} && !m.ill)" for macro in ("all", "exists", "exists_one")),
        "members.exists(m, m.ill ? m.age + {int} < 70 : {bool})",
    ),
    "int": (
        *(f"({{int}} {sign} {{int}})" for sign in "+ - * / %".split()),
        "-({int})",
        "({bool} ? {int} : {int})",
        "size({string})",
        "size(li)",
        "int({double})",
        "({date} - {date})",
        "years({date}, {date})",
        "months({date}, {date})",
        *(f"{part}({{date}})" for part in ("year", "month", "day")),
    ),
    "double": (
        *(f"({{double}} {sign} {{double}})" for sign in "+ - * /".split()),
        "-({double})",
        "({bool} ? {double} : {double})",
        "double({int})",
    ),
    "string": (
        "({string} + {string})",
        "({bool} ? {string} : {string})",
        "string({int})",
        "string({bool})",
        "string({date})",
    ),
    "date": ("({date} + {int})", "({date} - {int})", "({bool} ? {date} : {date})"),
}
_LEAVES: dict[str, tuple[str, ...]] = {
    "bool": ("b", "c"),
    "int": ("x", "y"),
    "double": ("d", "e"),
    "string": ("s", "t"),
    "date": ("born", "since", "today"),
}


def text_of(dice: Dice, kind: str = "bool", depth: int = 3) -> str:
    """A rule, well typed over `NAMES`."""
    if depth == 0 or (kind != "bool" and dice.below(3) == 0):
        if dice.below(5) < 3:
            return dice.of(_LEAVES[kind])
        return _literal(dice, kind)
    form = dice.of(_FORMS[kind])
    made = ""
    while form:
        before, _, rest = form.partition("{")
        made += before
        if rest:
            inner, _, form = rest.partition("}")
            made += text_of(dice, inner, depth - 1)
        else:
            form = ""
    return made


def _literal(dice: Dice, kind: str) -> str:
    match kind:
        case "bool":
            return dice.of(("true", "false"))
        case "int":
            return str(dice.of(_INTS))
        case "double":
            return repr(dice.of(_DOUBLES)).replace("+", "")
        case "string":
            return "'" + dice.of(_TEXTS).replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"date('{dice.of(_DATES).isoformat()}')"


def row_of(dice: Dice) -> Row:
    """Every fifth datum is missing."""
    row: Row = {
        "x": dice.of(_INTS),
        "y": dice.of(_INTS),
        "d": dice.of(_DOUBLES),
        "e": dice.of(_DOUBLES),
        "s": dice.of(_TEXTS),
        "t": dice.of(_TEXTS),
        "b": dice.below(2) == 1,
        "c": dice.below(2) == 1,
        "born": dice.of(_DATES),
        "since": date.fromordinal(date(2020, 1, 1).toordinal() + dice.below(4000)),
        "li": [dice.of(_INTS) for _ in range(dice.below(4))],
        "ls": [dice.of(_TEXTS) for _ in range(dice.below(3))],
        "members": [
            _thinned(dice, {"age": dice.below(90), "ill": dice.below(2) == 1}) for _ in range(dice.below(3))
        ],
    }
    return _thinned(dice, row)


def _thinned(dice: Dice, row: Row) -> Row:
    return {key: value for key, value in row.items() if dice.below(5)}
