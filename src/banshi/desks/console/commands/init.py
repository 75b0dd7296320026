"""新建安装: configuration, keys and the place for data."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--database", default="sqlite:///banshi.sqlite3", help="sqlite:///… 或 postgresql:///…"
    )
    parser.add_argument("--host", action="append", default=[], help="对外的域名，可多次 / public host name")
    parser.add_argument("--city", default="3505", help="城市的4位区划代码 / the city's code")


def run(given: argparse.Namespace) -> int:
    path = installation.create(
        given.folder,
        database=given.database,
        hosts=tuple(given.host),
        city=given.city,
        secure=True,
        demo=False,
    )
    print(
        f"已建好：{path}。下一步：./banshi migrate --config {path} / Made. Next: migrate, regions load, catalogue load."
    )
    return 0
