"""事项目录: check, publish, draw."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    looked = member("check", "检查目录文件 / check the files", check)
    looked.add_argument(
        "--place", default="", metavar="CODE", help="按这个区划的承诺上限检查 / the place's ceilings"
    )
    looked.add_argument("folder", type=Path, nargs="?", help="缺省为 data/catalogue")
    loaded = add_config(member("load", "检查并发布 / check and publish", load))
    loaded.add_argument("folder", type=Path, nargs="?", help="缺省为 data/catalogue")
    drawn = member("draw", "画出事项的环节图 / draw the works of an item", draw)
    drawn.add_argument("item", help="事项的 code")
    drawn.add_argument("--out", type=Path, metavar="FILE.svg", help="缺省印在屏幕上 / the screen")
    drawn.add_argument("--folder", type=Path, help="缺省为 data/catalogue")


def check(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import content

    return content.check(given.folder, given.place)


def load(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import content

        return content.load(given.folder, at)


def draw(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import content

    return content.draw(given.item, given.folder, given.out)
