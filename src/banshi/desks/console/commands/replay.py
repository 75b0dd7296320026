"""回放: a foreign event log."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("log", type=Path, help="CSV：办件、环节、人员、时间 / case, activity, resource, time")
    parser.add_argument("--mapping", type=Path, help="对应表（YAML，见 docs/replay.md）/ the mapping")
    parser.add_argument(
        "--sketch", action="store_true", help="打印一份对应表草稿 / print a mapping to start from"
    )
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import replay

    return replay.run(given.log, given.mapping, as_json=given.json, make_sketch=given.sketch)
