"""政策: check, match everybody, what registers know."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    member("check", "检查政策文件 / check the files", check).add_argument(
        "folder", type=Path, nargs="?", help="缺省为 data/policies"
    )
    matched = add_config(member("match", "发布改动并匹配全市 / publish changes, match everybody", match))
    matched.add_argument("folder", type=Path, nargs="?", help="缺省为 data/policies")
    matched.add_argument(
        "--policy", action="append", default=[], metavar="CODE", help="只按这些政策，可多次 / only these"
    )
    told = add_config(member("known", "装入部门数据 / load what registers know of people", known))
    told.add_argument("file", type=Path, help="格式见 data/policies/README.md / the format")


def check(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import policies

    return policies.check(given.folder)


def match(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import policies

        return policies.match(given.folder, given.policy, at)


def known(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import policies

        return policies.known(given.file, at)
