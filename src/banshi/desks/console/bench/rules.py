"""规则语言的速度: one rule of nine conditions over dicts, beside the same written by hand in Python and Google's CEL.

All of them run in the same rounds, taking turns; the fastest round of each counts. `ratio` is our time over theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from banshi.desks.console.bench import Figure
from banshi.kernel.rules import Datum, NoValue, compile
from banshi.kernel.rules.types import BOOL, DOUBLE, INT, STRING

ROUNDS, ROWS = 60, 2_000

RULE = (
    "kind == 'enterprise' && employees >= 20 && employees <= 300 && revenue <= 200000000 && rnd_share >= 0.03"
    " && industry in ['I63', 'I64', 'I65'] && !blacklisted && (area > 500.0 || patents >= 5)"
)
NAMES = {
    "kind": Datum(STRING, "主体类型"),
    "employees": Datum(INT, "从业人数"),
    "revenue": Datum(INT, "营业收入", unit="分"),
    "rnd_share": Datum(DOUBLE, "研发占比"),
    "industry": Datum(STRING, "行业"),
    "blacklisted": Datum(BOOL, "失信"),
    "area": Datum(DOUBLE, "面积"),
    "patents": Datum(INT, "专利数"),
}
_INDUSTRIES = frozenset({"I63", "I64", "I65"})

type Row = dict[str, Any]


def rules(quick: bool, cases: int | None) -> Iterator[Figure]:
    """The closure, whose rounds have `cases` rows; then the populations."""
    from banshi.desks.console.bench.population import population

    yield from closure(5 if quick else ROUNDS, cases or (200 if quick else ROWS))
    yield from population(quick)


def closure(rounds: int, count: int) -> Iterator[Figure]:
    """Raises `RuntimeError` when the contestants disagree."""
    full = [_row(number) for number in range(count)]
    gaps = [
        {key: value for place, (key, value) in enumerate(row.items()) if (number + place) % 5}
        for number, row in enumerate(full)
    ]
    ours = compile(RULE, NAMES).evaluate
    theirs, prepared, version = _google()
    whole = {"ours": ours, "python": _by_hand, "google": theirs}
    _agree(full, ours, _by_hand)
    _agree(full + gaps, ours, theirs)
    times = _race(whole, full, rounds)
    times |= _race({"prepared": prepared[0]}, [prepared[1](row) for row in full], rounds)
    times |= {
        f"{name}.gaps": took for name, took in _race({"ours": ours, "google": theirs}, gaps, rounds).items()
    }
    yield Figure(
        "rules",
        "rules.closure",
        times["ours"],
        "µs",
        times["ours"] / times["python"],
        f"Python by hand {times['python']:.2f} µs",
    )
    for name, mine, what in (
        ("rules.closure.cel", "ours", "google"),
        ("rules.closure.cel_prepared", "ours", "prepared"),
        ("rules.closure.cel_gaps", "ours.gaps", "google.gaps"),
    ):
        note = f"{version}, {what} {times[what]:.2f} µs: {times[what] / times[mine]:.1f} times faster"
        yield Figure("rules", name, times[mine], "µs", times[mine] / times[what], note)


def _by_hand(row: Row) -> bool:
    return (
        row["kind"] == "enterprise"
        and row["employees"] >= 20
        and row["employees"] <= 300
        and row["revenue"] <= 200000000
        and row["rnd_share"] >= 0.03
        and row["industry"] in _INDUSTRIES
        and not row["blacklisted"]
        and (row["area"] > 500.0 or row["patents"] >= 5)
    )


def _google() -> tuple[Callable[[Row], Any], tuple[Callable[[Any], Any], Callable[[Row], Any]], str]:
    """(of a dict, (of a prepared row, the preparing), its name and version)."""
    from importlib.metadata import version

    from cel_expr_python import cel

    types = {"string": cel.Type.STRING, "int": cel.Type.INT, "double": cel.Type.DOUBLE, "bool": cel.Type.BOOL}
    env = cel.NewEnv(variables={key: types[datum.type.kind] for key, datum in NAMES.items()})
    rule = env.compile(RULE)
    return (
        lambda row: rule.eval(data=row).plain_value(),
        (lambda prepared: rule.eval(prepared).plain_value(), lambda row: env.Activation(row)),
        f"cel-expr-python {version('cel-expr-python')}",
    )


def _agree(rows: list[Row], ours: Callable[[Row], Any], theirs: Callable[[Row], Any]) -> None:
    for row in rows:
        mine, other = ours(row), theirs(row)
        if mine is not other and not (isinstance(mine, NoValue) and not isinstance(other, bool)):
            raise RuntimeError(f"{mine} and {other} of {row}")


def _race(runners: Mapping[str, Callable[[Any], Any]], rows: list[Any], rounds: int) -> dict[str, float]:
    """Microseconds of one evaluation, in the fastest round of each."""
    best = dict.fromkeys(runners, float("inf"))
    for _ in range(rounds):
        for name, run in runners.items():
            start = time.perf_counter()
            for row in rows:
                run(row)
            best[name] = min(best[name], time.perf_counter() - start)
    return {name: took / len(rows) * 1e6 for name, took in best.items()}


def _row(number: int) -> Row:
    """Mostly such that the last condition is reached, so that all nine are asked."""
    return {
        "kind": "person" if number % 11 == 0 else "enterprise",
        "employees": 20 + number % 290,
        "revenue": 100_000_000 + number * 1_000 % 110_000_000,
        "rnd_share": 0.03 + number % 7 / 100,
        "industry": ("I63", "I64", "I65", "C39")[number % 4 if number % 3 else 0],
        "blacklisted": number % 13 == 0,
        "area": 400.0 + number % 200,
        "patents": number % 9,
    }
