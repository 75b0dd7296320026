"""更新数据库结构: to that of the program."""

from __future__ import annotations

import argparse

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)


def run(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.migrate()
    return 0
