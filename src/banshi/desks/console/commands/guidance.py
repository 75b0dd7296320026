"""导办: guides and decision tables: run, check, draw."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from banshi.desks.console.commands import members, today


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    answers = member("run", "按答案跑一遍，印出结论 / run answers, print outcomes", run)
    answers.add_argument("flow", type=Path, help="流程 .yaml 或决策表 .csv .xlsx / a flow or a table")
    answers.add_argument(
        "answers", type=Path, help="JSONL，格式见 docs/guidance.md / the format: docs/guidance.md"
    )
    answers.add_argument(
        "--on", type=date.fromisoformat, metavar="2026-01-01", help="从哪天算起，缺省今天 / reckoned from"
    )
    ways = member("check", "查问不到、没结论、没尽头、太长、重叠 / check", check)
    ways.add_argument(
        "flow", type=Path, nargs="?", help="文件或文件夹；缺省为 data/guidance / file or folder"
    )
    ways.add_argument("--json", action="store_true")
    shape = member("draw", "画出怎样问 / draw where each answer leads", draw)
    shape.add_argument("flow", type=Path)
    shape.add_argument("--out", type=Path, metavar="FILE.svg", help="缺省印在屏幕上 / the screen")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.run(given.flow, given.answers, given.on or today())


def check(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.check(given.flow, today(), as_json=given.json)


def draw(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.draw(given.flow, given.out, today())
