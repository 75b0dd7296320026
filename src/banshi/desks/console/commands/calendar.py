"""工作日历: notices loaded."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    notice = add_config(member("load", "装入国务院放假通知 / load a State Council notice", load))
    notice.add_argument("file", type=Path, help="格式同 data/holidays / as in data/holidays")
    notice.add_argument(
        "--yes", action="store_true", help="真的装入；不写只看会怎样 / do it, not only show it"
    )


def load(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import calendar_

        return calendar_.load(given.file, yes=given.yes, at=at)
