"""备份: while the server runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser).add_argument("target", type=Path)


def run(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import backup

    return backup.run(given.target)
