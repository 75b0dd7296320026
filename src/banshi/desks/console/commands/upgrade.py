"""升级: or back to where it was."""

from __future__ import annotations

import argparse

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)


def run(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import backup

    return backup.upgrade(installation.config_path(given.config))
