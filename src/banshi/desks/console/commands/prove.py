"""证明: one promise by name."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("name", help="crash, crash-http, durability, clashes, rules, rules-fuzz, open311")
    parser.add_argument("--n", type=int, default=0, help="多少轮 / rounds")
    parser.add_argument("--seed", type=int, default=1, help="同一种子，同样的时刻 / the same moments again")
    parser.add_argument("--engine", choices=("sqlite", "pg", "both"), default="both")
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import prove

    return prove.run(given.name, engine=given.engine, n=given.n, seed=given.seed, as_json=given.json)
