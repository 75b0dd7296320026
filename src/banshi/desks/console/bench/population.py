"""规则对人群的速度: 50 rules over 1,000,000 enterprises of 15 columns, one thread, beside OpenFisca, DuckDB and PostgreSQL.

The rules (500 conditions, some 170 of them different) are made once and written for every engine; all must find the same
matches. Each engine is a process of its own, in turns; its fastest run counts, and the greatest memory it ever held.
Reading the file is counted for none. `rules.population.gaps`: the same with every fifth datum missing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from banshi.desks.console.bench import Figure, disk_folder
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Datum, Rule, compile
from banshi.kernel.rules.types import BOOL, DATE, DOUBLE, INT, STRING

ROWS, QUICK, RULES, ROUNDS = 1_000_000, 100_000, 50, 3
LARGE_ROWS, LARGE_RULES = 5_000_000, 200
FOUNDED = date(1980, 1, 1)

# column -> how many whole numbers it has, from 0 (doubles: in 64ths, which every width of decimals holds exactly)
NUMBERS = {"employees": 400, "revenue": 2_000_000_000, "tax": 50_000_000, "patents": 40, "years": 30}
DECIMALS = {"rnd_share": 64, "growth": 128, "area": 64_000}
TEXTS = {"kind": 3, "industry": 97, "town": 20, "grade": 5}
BOOLS = ("blacklisted", "high_tech")
COLUMNS = (*NUMBERS, *DECIMALS, *TEXTS, *BOOLS, "founded")
NAMES = (
    {key: Datum(INT, key) for key in NUMBERS}
    | {key: Datum(DOUBLE, key) for key in DECIMALS}
    | {key: Datum(STRING, key) for key in TEXTS}
    | {key: Datum(BOOL, key) for key in BOOLS}
    | {"founded": Datum(DATE, "founded")}
)

type Condition = tuple[str, str, Any]  # column, sign, number, text, or list of texts
type Terms = list[list[Condition]]  # all of these; of each, any


def population(quick: bool) -> Iterator[Figure]:
    """All parts, in one run. Raises `RuntimeError` when the engines disagree."""
    from banshi.desks.console.bench.peers import environment

    peer = environment()
    rows = QUICK if quick else ROWS
    with disk_folder() as folder:
        write(folder / "full.parquet", rows)
        write(folder / "gaps.parquet", rows, gaps=True)
        (folder / "rules.json").write_text(json.dumps({f"r{n}": rule_terms(n) for n in range(RULES)}))
        runs = _rounds(folder, peer, 1 if quick else ROUNDS)
    ours, theirs = runs["numpy"], runs["openfisca"]
    for name in ("openfisca", "duckdb", "pg", "explained"):
        if runs[name]["matches"] != ours["matches"]:
            raise RuntimeError(f"numpy {ours['matches']}, {name} {runs[name]['matches']}")
    note = f"OpenFisca-Core {theirs['seconds']:.3f} s, {rows} × {RULES}, {ours['matches']} matches"
    yield _figure("numpy", ours["seconds"], ours["seconds"] / theirs["seconds"], note)
    yield _figure(
        "explained", runs["explained"]["seconds"], runs["explained"]["seconds"] / ours["seconds"], "without"
    )
    yield _figure("gaps", runs["gaps"]["seconds"], runs["gaps"]["seconds"] / ours["seconds"], "full")
    for name in ("duckdb", "pg"):
        yield _figure(
            name, runs[name]["seconds"], ours["seconds"] / runs[name]["seconds"], f"ours over {name}"
        )
    memory, other = runs["explained"]["mib"], theirs["mib"]
    yield Figure(
        "rules", "rules.population.memory", memory, "MiB", memory / other, f"OpenFisca-Core {other:.0f} MiB"
    )
    if not quick:
        yield from large()


def large() -> Iterator[Figure]:
    """Five million by two hundred: how much memory it ever takes."""
    with disk_folder() as folder:
        write(folder / "full.parquet", LARGE_ROWS)
        (folder / "rules.json").write_text(json.dumps({f"r{n}": rule_terms(n) for n in range(LARGE_RULES)}))
        found = _child([sys.executable, "-P", "-m", __name__, "numpy", str(folder), "1"])
    note = f"{LARGE_ROWS} × {LARGE_RULES}, {found['seconds']:.1f} s"
    yield Figure("rules", "rules.population.large", found["mib"], "MiB", None, note)


def _figure(name: str, seconds: float, ratio: float, against: str) -> Figure:
    return Figure("rules", f"rules.population.{name}", seconds * 1000, "ms", ratio, against)


def _rounds(folder: Path, peer: Path, rounds: int) -> dict[str, dict[str, float]]:
    from banshi.infra.config import DATA

    script = DATA.parent / "tools" / "peers" / "openfisca.py"
    commands: dict[str, list[str]] = {
        name: [sys.executable, "-P", "-m", __name__, name, str(folder), "3"]
        for name in ("numpy", "explained", "gaps", "duckdb", "pg")
    }
    commands["openfisca"] = [str(peer), str(script), str(folder), "3"]
    best: dict[str, dict[str, float]] = {}
    for number in range(rounds):
        for name, command in commands.items():
            if name == "pg" and number:
                continue  # it takes longest to fill
            found = _child(command)
            if name not in best or found["seconds"] < best[name]["seconds"]:
                best[name] = found
    return best


def _child(command: list[str]) -> dict[str, float]:
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1")
    done = subprocess.run(command, env=os.environ | one, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Refused("peer_failed", f"没有跑成：{' '.join(command)}", f"Failed: {' '.join(command)}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# the population, and the rules


def write(file: Path, rows: int, *, gaps: bool = False) -> None:
    """The same for the same number of rows; `gaps`: every fifth datum is missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {key: pa.int32() for key in NUMBERS} | {key: pa.float64() for key in DECIMALS}
    types |= (
        {key: pa.string() for key in TEXTS} | {key: pa.bool_() for key in BOOLS} | {"founded": pa.date32()}
    )
    schema = pa.schema([(key, types[key]) for key in COLUMNS])
    with pq.ParquetWriter(file, schema) as writer:
        for first in range(0, rows, 250_000):
            at = np.arange(first, min(rows, first + 250_000), dtype=np.uint64)
            made = []
            for place, key in enumerate(COLUMNS):
                dice = _mixed(at, place)
                missing = _mixed(at, place + 100) % np.uint64(5) == 0 if gaps else None
                made.append(pa.array(_values(key, dice), types[key], mask=missing))
            writer.write_batch(pa.record_batch(made, schema))


def _mixed(at: Any, place: int) -> Any:
    """Numbers that look random: Steele's SplitMix."""
    import numpy as np

    made = (at + np.uint64(place * 1_000_003 + 1)) * np.uint64(0x9E3779B97F4A7C15)
    made = (made ^ (made >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    made = (made ^ (made >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return made ^ (made >> np.uint64(31))


def _values(key: str, dice: Any) -> Any:
    import numpy as np

    if key in NUMBERS:
        return (dice % np.uint64(NUMBERS[key])).astype(np.int32)
    if key in DECIMALS:
        return (dice % np.uint64(DECIMALS[key])).astype(np.float64) / 64
    if key in TEXTS:
        return np.array(texts(key), object)[(dice % np.uint64(TEXTS[key])).astype(np.int64)]
    if key in BOOLS:
        return dice % np.uint64(8) == 0
    return (dice % np.uint64(16_000)).astype(np.int32) + (FOUNDED - date(1970, 1, 1)).days


def texts(key: str) -> list[str]:
    return [f"{key}{number:02}" for number in range(TEXTS[key])]


def conditions() -> list[Condition]:
    """Some 170 of them."""
    made: list[Condition] = []
    for key, most in (NUMBERS | DECIMALS).items():
        scale = 64 if key in DECIMALS else 1
        made += [
            (key, ">=", most * step // 24 / scale if scale > 1 else most * step // 24) for step in range(1, 9)
        ]
        made += [
            (key, "<=", most * step // 24 / scale if scale > 1 else most * step // 24)
            for step in range(17, 24)
        ]
    for key in TEXTS:
        own = texts(key)
        made += [(key, "!=", own[step]) for step in range(min(5, len(own)))]
        made += [(key, "in", own[step:] + own[: step // 2]) for step in range(1, min(4, len(own)))]
    made += [(key, "not", None) for key in BOOLS]
    for step in range(1, 16):
        made.append(
            (
                "founded",
                ">=" if step % 2 else "<=",
                (FOUNDED + timedelta(step * 500 + (step % 2 == 0) * 9000)).isoformat(),
            )
        )
    return made


def rule_terms(number: int) -> Terms:
    """Ten conditions: six of which all must hold, and two pairs."""
    pool = conditions()
    picked = [pool[(number * 37 + place * (17 + number % 7)) % len(pool)] for place in range(10)]
    return [*([one] for one in picked[:6]), picked[6:8], picked[8:]]


def rule_text(terms: Terms) -> str:
    """In the rule language."""
    return " && ".join("(" + " || ".join(map(_text, any_)) + ")" for any_ in terms)


def _text(condition: Condition) -> str:
    key, sign, value = condition
    if sign == "not":
        return f"!{key}"
    if key == "founded":
        return f"founded {sign} date('{value}')"
    return f"{key} {sign} {json.dumps(value)}"


def read_rules(folder: Path) -> dict[str, Rule]:
    found = json.loads((folder / "rules.json").read_text())
    return {key: compile(rule_text(terms), NAMES) for key, terms in found.items()}


# the engines, each in a process of its own


def _columnar(folder: Path, times: int, file: str, atoms: bool) -> tuple[float, int]:
    from banshi.infra.population.columns import Population
    from banshi.infra.population.plan import Plan

    plan = Plan(read_rules(folder), atoms=atoms)
    best, matches = float("inf"), 0
    for _ in range(times):
        took, matches, kept = 0.0, 0, []
        for chunk in Population.read(folder / file, NAMES, plan.asks).chunks():
            began = time.perf_counter()
            answers = plan.run(chunk)
            took += time.perf_counter() - began
            matches += sum(int(mask.sure.sum()) for mask in answers.rules.values())
            if atoms:
                kept.append(answers.atoms)  # as whoever is to look at them would
        best = min(best, took)
    return best, matches


def _duckdb(folder: Path, times: int) -> tuple[float, int]:
    import duckdb

    from banshi.infra.population.dialects import Dialect

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE people AS SELECT * FROM read_parquet(?)", [str(folder / "full.parquet")])
    query = _counting(folder, Dialect.DUCKDB)
    return _fastest(times, lambda: connection.execute(query).fetchone())


def _postgres(folder: Path, times: int) -> tuple[float, int]:
    import psycopg
    import pyarrow.parquet as pq

    from banshi.infra.population.dialects import Dialect, column_type
    from banshi.infra.private_postgres import private_postgres

    columns = ", ".join(f'"{key}" {column_type(Dialect.POSTGRESQL, NAMES[key].type)}' for key in COLUMNS)
    with (
        private_postgres(folder.parent) as server,
        psycopg.connect(server.url, autocommit=True) as connection,
    ):
        connection.execute(f"CREATE UNLOGGED TABLE people ({columns})")
        with connection.cursor() as cursor, cursor.copy("COPY people FROM STDIN") as copy:
            for batch in pq.ParquetFile(folder / "full.parquet").iter_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
        connection.execute("ANALYZE people")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        query = _counting(folder, Dialect.POSTGRESQL)
        return _fastest(min(times, 2), lambda: connection.execute(query).fetchone())


def _counting(folder: Path, dialect: Any) -> str:
    from banshi.infra.population.sql import condition

    counts = [f"count(*) FILTER (WHERE {condition(rule, dialect)})" for rule in read_rules(folder).values()]
    return f"SELECT {', '.join(counts)} FROM people AS p"  # noqa: S608 - our own text


def _fastest(times: int, run: Callable[[], Any]) -> tuple[float, int]:
    best, matches = float("inf"), 0
    for _ in range(times):
        began = time.perf_counter()
        row = run()
        best, matches = min(best, time.perf_counter() - began), sum(row)
    return best, matches


ENGINES: dict[str, Callable[[Path, int], tuple[float, int]]] = {
    "numpy": lambda folder, times: _columnar(folder, times, "full.parquet", False),
    "explained": lambda folder, times: _columnar(folder, times, "full.parquet", True),
    "gaps": lambda folder, times: _columnar(folder, times, "gaps.parquet", False),
    "duckdb": _duckdb,
    "pg": _postgres,
}


if __name__ == "__main__":
    import resource

    seconds, matches = ENGINES[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "matches": matches, "mib": mib}))
