"""效能统计: the figures of a period."""

from __future__ import annotations

import argparse
from datetime import date

from banshi.desks.console.commands import add_config, start_reading


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)
    parser.add_argument("--since", type=date.fromisoformat, required=True, metavar="2026-01-01")
    parser.add_argument("--until", type=date.fromisoformat, required=True, metavar="2026-12-31")
    parser.add_argument("--by", choices=("all", "county", "office"), default="all")
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    start_reading(given)
    from banshi.desks.console import figures

    return figures.run(since_on=given.since, until_on=given.until, by=given.by, as_json=given.json)
