"""五个后端一个答案: random rules over random rows with every fifth datum missing, in every backend.

Closure = numpy = SQLite = PostgreSQL = DuckDB in every row. Google's CEL too, where a rule asks for no civil date and holds
no division of decimals; there an error and Unknown are one. The same seed gives the same rules and rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any

from banshi.desks.console.prove import Proof
from banshi.desks.console.prove.dice import COLUMNS, GIVEN, NAMES, Dice, Row, row_of, text_of
from banshi.infra.population.dialects import Dialect, column_type
from banshi.infra.population.form import finite
from banshi.infra.population.sql import NotInSql, condition, quoted, select
from banshi.infra.private_postgres import private_postgres
from banshi.kernel.facts import Refused
from banshi.kernel.rules import NoValue, Rule, compile, guarded
from banshi.kernel.rules.tree import Call, walk

EVALUATIONS, RULES, ROWS, BATCHES = 20_000, 20, 100, 25
_DATED = ("date", "years", "months", "year(", "month(", "day(", "born", "since", "today")

type Answer = bool | None

# the backends: rows in; then rules in, an answer a rule and row out

type Backend = Callable[[Mapping[str, Rule]], dict[str, list[Answer]]]


def answer(value: Any) -> Answer:
    return None if value is None or isinstance(value, NoValue) else bool(value)


def of_closure(rows: list[Row]) -> Backend:
    def run(rules: Mapping[str, Rule]) -> dict[str, list[Answer]]:
        made = {key: guarded(finite(rule.tree), rule.names) for key, rule in rules.items()}
        return {key: [answer(run(row | GIVEN)) for row in rows] for key, run in made.items()}

    return run


def of_numpy(rows: list[Row], *, size: int = 64) -> Backend:
    import pyarrow as pa

    from banshi.infra.population.columns import Population
    from banshi.infra.population.plan import Plan

    table = arrow(rows)
    assert isinstance(table, pa.Table)

    def run(rules: Mapping[str, Rule]) -> dict[str, list[Answer]]:
        plan = Plan(rules, given=GIVEN)
        found: dict[str, list[Answer]] = {key: [] for key in rules}
        for chunk in Population.of(table, NAMES, plan.asks).chunks(size):
            for key, mask in plan.run(chunk).rules.items():
                pairs = zip(mask.sure.tolist(), mask.maybe.tolist(), strict=True)
                found[key] += [sure or (None if maybe else False) for sure, maybe in pairs]
        return found

    return run


def arrow(rows: list[Row]) -> Any:
    """The rows as an Arrow table."""
    import pyarrow as pa

    types = {
        "int": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "bool": pa.bool_(),
        "date": pa.date32(),
    }
    types |= {"li": pa.list_(pa.int64()), "ls": pa.list_(pa.string())}
    types["members"] = pa.list_(pa.struct([("age", pa.int64()), ("ill", pa.bool_())]))
    return pa.table(
        {
            key: pa.array([row.get(key) for row in rows], types.get(key) or types[datum.type.kind])
            for key, datum in COLUMNS.items()
        }
    )


def of_sql(
    dialect: Dialect, rows: list[Row], ask: Callable[..., list[tuple[Any, ...]]], ready: bool = False
) -> Backend:
    """`ask(sql, rows to insert)`. A rule that has no SQL is left out."""
    if not ready:
        columns = ", ".join(
            f"{quoted(key)} {column_type(dialect, datum.type)}" for key, datum in COLUMNS.items()
        )
        ask("DROP TABLE IF EXISTS people")
        ask(f"CREATE TABLE people (row INTEGER, {columns})")
        mark = "%s" if dialect is Dialect.POSTGRESQL else "?"
        values = [(n, *(_stored(row.get(key), dialect) for key in COLUMNS)) for n, row in enumerate(rows)]
        marks = ", ".join([mark] * (len(COLUMNS) + 1))
        ask(f"INSERT INTO people VALUES ({marks})", values)  # noqa: S608

    def run(rules: Mapping[str, Rule]) -> dict[str, list[Answer]]:
        possible = {}
        for key, rule in rules.items():
            try:
                condition(rule, dialect, GIVEN)
                possible[key] = rule
            except NotInSql:
                continue
        if not possible:
            return {}
        found = ask(select(possible, dialect, "people", key="row", given=GIVEN) + "\nORDER BY 1")
        return {key: [answer(one[place]) for one in found] for place, key in enumerate(possible, start=1)}

    return run


def _stored(value: Any, dialect: Dialect) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) and dialect is Dialect.SQLITE else value


def of_sqlite(rows: list[Row]) -> Backend:
    connection = sqlite3.connect(":memory:")

    def ask(sql: str, values: list[tuple[Any, ...]] | None = None) -> list[tuple[Any, ...]]:
        if values is not None:
            connection.executemany(sql, values)
            return []
        return connection.execute(sql).fetchall()

    return of_sql(Dialect.SQLITE, rows, ask)


def of_postgres(rows: list[Row], url: str) -> Backend:
    import psycopg

    connection = psycopg.connect(url, autocommit=True)

    def ask(sql: Any, values: list[tuple[Any, ...]] | None = None) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if values is not None:
                cursor.executemany(sql, values)
                return []
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return of_sql(Dialect.POSTGRESQL, rows, ask)


def of_duckdb(rows: list[Row]) -> Backend:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    table = arrow(rows)
    connection.register("people", table.append_column("row", pa.array(range(len(rows)), pa.int64())))
    return of_sql(Dialect.DUCKDB, rows, lambda sql: connection.execute(sql).fetchall(), ready=True)


def of_google(rows: list[Row]) -> Backend:
    """Compared with the closure as the standard has it: decimals divided by zero are infinite."""
    from cel_expr_python import cel

    kinds = {"bool": cel.Type.BOOL, "int": cel.Type.INT, "double": cel.Type.DOUBLE, "string": cel.Type.STRING}
    types: dict[str, Any] = {
        key: kinds[one.type.kind] for key, one in NAMES.items() if one.type.kind in kinds
    }
    types |= {"li": cel.Type.List(cel.Type.INT), "ls": cel.Type.List(cel.Type.STRING)}
    env = cel.NewEnv(variables=types)
    data = [{key: value for key, value in row.items() if key in types} for row in rows]

    def one(rule: Any, row: Row) -> Answer:
        try:
            value = rule.eval(data=row).plain_value()
        except RuntimeError:  # how it tells of some errors
            return None
        return value if isinstance(value, bool) else None

    def run(rules: Mapping[str, Rule]) -> dict[str, list[Answer]]:
        found = {}
        for key, rule in rules.items():
            if not any(word in rule.source for word in (*_DATED, "members")) and not _divides(rule):
                prepared = env.compile(rule.source)
                found[key] = [one(prepared, row) for row in data]
        return found

    return run


def _divides(rule: Rule) -> bool:
    return any(isinstance(node, Call) and node.op == "div_double" for node in walk(rule.tree))


def prove(n: int, seed: int) -> Proof:
    """`n` evaluations (0: twenty thousand) in every backend. Raises `Refused` when one is not installed."""
    proof = Proof("rules", "")
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        makers = _backends(stack)
        batches = -(-(n or EVALUATIONS) // (RULES * ROWS))
        backends: dict[str, Backend] = {}
        for batch in range(batches):
            if batch % BATCHES == 0:
                rows = [row_of(Dice(f"{seed}/row/{batch}/{number}")) for number in range(ROWS)]
                backends = {name: make(rows) for name, make in makers.items()}
            texts = [
                text_of(Dice(f"{seed}/{batch}/{number}"), depth=2 + number % 3) for number in range(RULES)
            ]
            rules = {str(number): compile(text, NAMES) for number, text in enumerate(texts)}
            proof.violations += differences(rules, backends, rows, counts)
    proof.figures = {"evaluations": batches * RULES * ROWS, "seed": seed, **counts}
    return proof


def _backends(stack: ExitStack) -> dict[str, Callable[[list[Row]], Backend]]:
    try:
        import cel_expr_python  # noqa: F401
        import duckdb  # noqa: F401
    except ImportError as error:
        raise Refused(
            "no_peer",
            f"没有安装 {error.name}；它在 requirements/dev.in 里，只用于对比。",
            f"{error.name} is not installed; it is in requirements/dev.in, for comparison only.",
        ) from None
    url = stack.enter_context(private_postgres()).url
    return {
        "closure": of_closure,
        "numpy": of_numpy,
        "sqlite": of_sqlite,
        "postgresql": lambda rows: of_postgres(rows, url),
        "duckdb": of_duckdb,
        "google": of_google,
    }


def differences(
    rules: Mapping[str, Rule], backends: Mapping[str, Backend], rows: list[Row], counts: Counter[str]
) -> Iterator[str]:
    """Where a backend answers otherwise than the closure; `counts` gets how many answers each gave."""
    wanted = backends["closure"](rules)
    counts["closure"] += len(rules) * len(rows)
    for name, backend in backends.items():
        if name == "closure":
            continue
        for key, answers in backend(rules).items():
            counts[name] += len(answers)
            for row, (ours, theirs) in enumerate(zip(wanted[key], answers, strict=True)):
                if ours is not theirs:
                    yield f"closure {ours}, {name} {theirs}: {rules[key].source} {rows[row]}"
                    break
