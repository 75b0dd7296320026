"""Open311 接口的密钥: issued, taken away, listed."""

from __future__ import annotations

import argparse
from datetime import timedelta

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members, today

PURPOSE = "open311"


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    issued = add_config(member("key", "发一个密钥，只显示这一次 / issue a key, told once", key))
    issued.add_argument("name", help="给谁：2到30个小写字母、数字、连字符 / to whom")
    issued.add_argument("--days", type=int, default=365, metavar="N", help="多少天有效 / days (365)")
    add_config(member("revoke", "收回密钥 / take a key away", revoke)).add_argument("name")
    add_config(member("keys", "列出发过的密钥 / list them", keys))


def key(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.issue(PURPOSE, given.name, until_on=today() + timedelta(days=given.days))


def revoke(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.revoke(PURPOSE, given.name)


def keys(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.list_(PURPOSE)
