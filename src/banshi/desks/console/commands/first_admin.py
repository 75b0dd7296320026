"""第一位人员管理员: who sets up everybody else."""

from __future__ import annotations

import argparse

from banshi.desks.console.commands import add_config, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    add_config(parser)
    parser.add_argument("username")


def run(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.directory import operations

        password = operations.create_first_admin(username=given.username, at=at)
    print(
        f"{given.username} 的一次性密码：{password}（首次登录须改） / one-time password, to be changed at first sign-in"
    )
    return 0
