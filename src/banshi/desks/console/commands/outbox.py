"""死信: what could not be handled."""

from __future__ import annotations

import argparse

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    add_config(member("dead", "列出 / list them", dead))
    again = add_config(member("replay", "重投 / try them again", replay))
    again.add_argument("--handler", default="", help="只重投这一种；缺省全部 / of one handler only")


def dead(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import letters

    return letters.dead()


def replay(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import letters

        return letters.replay(given.handler, at)
