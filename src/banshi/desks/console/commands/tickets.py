"""工单: suggestions learnt from letters, and lists handed down."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    studied = member("learn", "从已分类的来信学习 / learn from letters", learn)
    told = member("suggest", "建议分类和单位，附理由 / suggest category and unit", suggest)
    for one in (studied, told):
        one.add_argument("file", type=Path, help="CSV，格式见 docs/tickets.md / the format: docs/tickets.md")
        one.add_argument(
            "--model",
            type=Path,
            metavar="FILE.npz",
            help="模型文件；缺省 var/tickets-model.npz / the model",
        )
    told.add_argument("--most", type=int, default=3, metavar="N", help="各建议几个 / how many of each (3)")
    told.add_argument("--json", action="store_true")
    listed = add_config(member("import", "登记上级交办的 / raise what the upper level hands down", take_over))
    listed.add_argument("file", type=Path, help="CSV：number,region,title,text,…，见 docs/tickets.md")
    listed.add_argument("--by", default="", metavar="USERNAME", help="记在谁名下 / recorded as done by")


def learn(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import tickets

    return tickets.learn(given.file, given.model or tickets.MODEL)


def suggest(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import tickets

    return tickets.suggest(given.file, given.model or tickets.MODEL, as_json=given.json, most=given.most)


def take_over(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import handed_down

        return handed_down.take_over(given.file, by=given.by, at=at)
