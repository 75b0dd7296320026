"""正式运行: an installation, for real."""

from __future__ import annotations

import argparse

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--host", default="127.0.0.1", help="反向代理在前，缺省只听本机 / behind a proxy: loopback"
    )


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import serve

    return serve.run(installation.config_path(given.config), host=given.host, port=given.port)
