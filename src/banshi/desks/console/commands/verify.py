"""核对: the whole database, or a sample."""

from __future__ import annotations

import argparse
import os

from banshi.desks.console.commands import add_config, start_reading


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)
    parser.add_argument("--resume", action="store_true", help="接着上次中断的地方 / where it was interrupted")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="只抽查约N件 / about N cases only")
    parser.add_argument("--processes", type=int, default=0, metavar="N", help="缺省每核一个 / one a core")
    parser.add_argument("--json", action="store_true")


def run(given: argparse.Namespace) -> int:
    start_reading(given)
    from banshi.desks.console import verify

    processes = given.processes or os.cpu_count() or 1
    return verify.run(resume=given.resume, as_json=given.json, sample=given.sample, processes=processes)
