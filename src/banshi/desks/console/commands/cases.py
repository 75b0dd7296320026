"""办件: running cases moved to another version of their item."""

from __future__ import annotations

import argparse

from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    move = add_config(
        member("migrate", "在办件改按新版事项办理 / move running cases to another version", migrate)
    )
    move.add_argument("--item", required=True, help="事项的 code")
    move.add_argument(
        "--from", dest="start", type=int, required=True, metavar="N", help="现在的版本 / version"
    )
    move.add_argument("--to", type=int, required=True, metavar="M", help="改成的版本 / version")
    move.add_argument(
        "--case", action="append", default=[], metavar="NUMBER", help="只改这些办件，可多次 / only these"
    )
    move.add_argument("--by", default="", metavar="USERNAME", help="记在谁名下 / recorded as done by")
    move.add_argument("--yes", action="store_true", help="真的改；不写只看会怎样 / do it, not only show it")


def migrate(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import cases

        return cases.migrate(
            given.item, given.start, given.to, numbers=given.case, yes=given.yes, by=given.by, at=at
        )
