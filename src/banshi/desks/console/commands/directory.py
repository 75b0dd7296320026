"""部门、大厅、人员: from a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    add_config(member("load", "按文件建立 / set up from a file", load)).add_argument("file", type=Path)


def load(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import content

        print(content.load_city(given.file, at))
    return 0
