"""Random expressions of the language, and rows for them with every fifth datum missing."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from banshi.kernel.rules import Datum, types
from banshi.kernel.rules.types import BOOL, DOUBLE, INT, STRING, list_of

NAMES = {
    "x": Datum(INT, "甲"),
    "y": Datum(INT, "乙"),
    "d": Datum(DOUBLE, "面积"),
    "e": Datum(DOUBLE, "比例"),
    "s": Datum(STRING, "行业"),
    "t": Datum(STRING, "地址"),
    "b": Datum(BOOL, "是否"),
    "li": Datum(list_of(INT), "各年"),
    "ls": Datum(list_of(STRING), "各项"),
    "m": Datum(types.map_of(STRING, INT), "对照"),
}
INTS = st.one_of(st.integers(-3, 12), st.sampled_from([2**63 - 1, -(2**63), 2**62, -(2**31)]))
DOUBLES = st.one_of(st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.5, -1e30, 1e300]), st.floats(allow_nan=False))
STRINGS = st.one_of(
    st.sampled_from(["", "a", "ab", "软件", "软件业", "😀", "7", "-3", "x y"]), st.text("ab软😀", max_size=4)
)
_VALUES = {
    "x": INTS,
    "y": INTS,
    "d": DOUBLES,
    "e": DOUBLES,
    "s": STRINGS,
    "t": STRINGS,
    "b": st.booleans(),
    "li": st.lists(INTS, max_size=3),
    "ls": st.lists(STRINGS, max_size=3),
    "m": st.dictionaries(st.sampled_from(["a", "b", "软件"]), INTS, max_size=2),
}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    row = {key: draw(values) for key, values in _VALUES.items()}
    return {key: value for key, value in row.items() if draw(st.integers(0, 4))}


def quoted(text: str) -> str:
    return (
        "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"
    )


def _double(value: float) -> str:
    text = repr(value)
    return text if "." in text or "e" in text or "inf" in text else text + ".0"


def _join(strategy: st.SearchStrategy[tuple[str, ...]], form: str) -> st.SearchStrategy[str]:
    return strategy.map(lambda parts: form.format(*parts))


class _Grammar:
    """One strategy a type and depth; `x0`, `x1` … are the variables of the macros around."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, int, tuple[str, ...]], st.SearchStrategy[str]] = {}

    def of(self, kind: str, depth: int, scope: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
        key = (kind, depth, scope)
        if key not in self.made:
            options = [*self.leaves(kind, scope)]
            if depth:
                options += self.branches(kind, depth - 1, scope)
            self.made[key] = st.one_of(options)
        return self.made[key]

    def leaves(self, kind: str, scope: tuple[str, ...]) -> list[st.SearchStrategy[str]]:
        local = [f"x{level}" for level, one in enumerate(scope) if one == kind]
        named = {
            "int": ["x", "y"],
            "double": ["d", "e"],
            "string": ["s", "t"],
            "bool": ["b"],
            "ints": ["li"],
            "strings": ["ls"],
            "map": ["m"],
        }[kind]
        literal: dict[str, st.SearchStrategy[str]] = {
            "int": INTS.map(str),
            "double": DOUBLES.filter(lambda v: abs(v) < 1e308).map(_double),
            "string": STRINGS.map(quoted),
            "bool": st.sampled_from(["true", "false"]),
            "ints": st.lists(INTS, max_size=3).map(lambda items: f"[{', '.join(map(str, items))}]"),
            "strings": st.lists(STRINGS, max_size=3).map(lambda items: f"[{', '.join(map(quoted, items))}]"),
            "map": st.just("{'a': 1, '软件': 2}"),
        }
        return [st.sampled_from(named + local), literal[kind]]

    def branches(self, kind: str, depth: int, scope: tuple[str, ...]) -> list[st.SearchStrategy[str]]:
        def t(form: str, *kinds: str) -> st.SearchStrategy[str]:
            return _join(st.tuples(*(_some(one, depth, scope) for one in kinds)), form)

        def macro(form: str, over: str, element: str, body: str) -> st.SearchStrategy[str]:
            variable = f"x{len(scope)}"
            inside = _some(body, max(0, depth - 1), (*scope, element))
            return _join(st.tuples(_some(over, depth, scope), inside), form.replace("VAR", variable))

        either = t("({0} ? {1} : {2})", "bool", kind, kind)
        match kind:
            case "int":
                return [
                    either,
                    *(t(f"({{0}} {op} {{1}})", "int", "int") for op in "+-*/%"),
                    t("-({0})", "int"),
                    t("size({0})", "string"),
                    t("{0}.size()", "ints"),
                    t("size({0})", "map"),
                    t("{0}[{1}]", "ints", "int"),
                    t("{0}[{1}]", "map", "string"),
                    t("{0}.a", "map"),
                    t("int({0})", "double"),
                    t("int({0})", "string"),
                ]
            case "double":
                return [
                    either,
                    *(t(f"({{0}} {op} {{1}})", "double", "double") for op in "+-*/"),
                    t("-({0})", "double"),
                    t("double({0})", "int"),
                ]
            case "string":
                return [
                    either,
                    t("({0} + {1})", "string", "string"),
                    t("string({0})", "int"),
                    t("string({0})", "bool"),
                ]
            case "bool":
                order = [
                    t(f"({{0}} {op} {{1}})", one, one)
                    for op in ("<", "<=", ">", ">=")
                    for one in ("int", "double", "string", "bool")
                ]
                same = [
                    t(f"({{0}} {op} {{1}})", one, one)
                    for op in ("==", "!=")
                    for one in ("int", "double", "string", "bool", "ints", "map")
                ]
                return [
                    either,
                    *order,
                    *same,
                    *(t("({0} && {1})", "bool", "bool") for _ in range(4)),
                    *(t("({0} || {1})", "bool", "bool") for _ in range(4)),
                    t("({0} && {1} && {2})", "bool", "bool", "bool"),
                    t("!({0})", "bool"),
                    t("({0} in {1})", "int", "ints"),
                    t("({0} in {1})", "string", "strings"),
                    t("({0} in {1})", "string", "map"),
                    t("has({0}.a)", "map"),
                    t("{0}.contains({1})", "string", "string"),
                    t("{0}.startsWith({1})", "string", "string"),
                    t("{0}.endsWith({1})", "string", "string"),
                    *(
                        macro(f"{{0}}.{name}(VAR, {{1}})", "ints", "int", "bool")
                        for name in ("all", "exists", "exists_one")
                    ),
                    *(
                        macro(f"{{0}}.{name}(VAR, {{1}})", "strings", "string", "bool")
                        for name in ("all", "exists", "exists_one")
                    ),
                    macro("{0}.exists(VAR, {1})", "map", "string", "bool"),
                ]
            case "ints":
                return [
                    either,
                    t("({0} + {1})", "ints", "ints"),
                    t("[{0}, {1}]", "int", "int"),
                    macro("{0}.filter(VAR, {1})", "ints", "int", "bool"),
                    macro("{0}.map(VAR, {1})", "ints", "int", "int"),
                    macro("{0}.map(VAR, {1})", "strings", "string", "int"),
                    macro("{0}.map(VAR, VAR > 1, {1})", "ints", "int", "int"),
                ]
            case "strings":
                return [
                    either,
                    t("[{0}]", "string"),
                    macro("{0}.filter(VAR, {1})", "strings", "string", "bool"),
                ]  # not over a map: its order is nobody's
        return [either, t("{{'a': {0}, 'k': {1}}}", "int", "int")]


_GRAMMAR = _Grammar()


@st.composite
def _some(draw: st.DrawFn, kind: str, depth: int, scope: tuple[str, ...]) -> str:
    return draw(_GRAMMAR.of(kind, depth, scope))


def expressions(kind: str = "bool", depth: int = 3) -> st.SearchStrategy[str]:
    """Texts of expressions that are well typed over `NAMES`."""
    return _some(kind, depth, ())
