"""命令: a module for each; `arguments` declares what may be typed after its name, and the function that is run.

A module is imported before there is Django, and for its `--help` too: what the work needs, that function imports.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from banshi.desks.console import installation

type Run = Callable[[argparse.Namespace], int]
type Member = Callable[[str, str, Run], argparse.ArgumentParser]


def members(parser: argparse.ArgumentParser) -> Member:
    """Make a group of the command; what is returned adds one member: its name, its help, and its function."""
    group = parser.add_subparsers(title="命令 / commands", metavar="COMMAND", required=True)

    def member(name: str, help: str, run: Run) -> argparse.ArgumentParser:
        added = group.add_parser(name, help=help, description=help)
        added.set_defaults(run=run)
        return added

    return member


def add_config(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """For a command that works on an installation; the parser."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="配置文件；缺省用环境变量 BANSHI_CONFIG / configuration",
    )
    return parser


def start_reading(given: argparse.Namespace) -> None:
    """Set up on the installation that `--config` names, its tables being the program's. Raises `BadConfig`."""
    installation.start(given.config)
    installation.require_current_tables()


@contextmanager
def writing(given: argparse.Namespace) -> Iterator[datetime]:
    """The same, to write in this process's own thread; the instant of the command. Raises `BadConfig`."""
    start_reading(given)
    from banshi.infra import clock, store

    with store.inline():
        yield clock.now()


def today() -> date:
    from banshi.infra import clock
    from banshi.kernel.workdays import civil_day

    return civil_day(clock.now())
