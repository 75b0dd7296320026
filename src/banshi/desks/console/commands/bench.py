"""量速度: one bench by name."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("name", help="life, http, peers, year, lists, rules, voices")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cases", type=int)
    parser.add_argument(
        "--engine", choices=("sqlite", "pg"), help="life、year、lists、voices：用哪种数据库 / which engine"
    )
    parser.add_argument("--all", action="store_true", help="year：接着办各县的 / go on with the counties")
    parser.add_argument("--folder", type=Path, help="year：数据放在哪里 / where the data go")
    parser.add_argument("--database", help="year：一个空的 PostgreSQL 库 / an empty database")
    parser.add_argument("--resume", action="store_true", help="year：接着上次停下的地方 / go on after a stop")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import bench

    asked = {"engine": given.engine, "everything": given.all, "folder": given.folder}
    asked |= {"database": given.database, "resume": given.resume}
    options = {name: value for name, value in asked.items() if value}
    return bench.run(given.name, as_json=given.json, quick=given.quick, cases=given.cases, **options)
