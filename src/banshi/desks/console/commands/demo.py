"""演示城市: made once, then opened."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("--folder", type=Path, default=Path("var/demo"), help="放在哪里 / where (var/demo)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true", help="重新建 / make it anew")
    parser.add_argument("--no-serve", action="store_true", help="只建不开 / only make it")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import demo

    return demo.run(given.folder, port=given.port, fresh=given.fresh, serve=not given.no_serve)
