"""密钥: a new keyring, a new current key."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console import installation
from banshi.desks.console.commands import add_config, members


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    member("new", "生成密钥文件 / a new keyring", new).add_argument("file", type=Path)
    add_config(member("rotate", "换用新密钥，旧的仍可解密 / add a new current key", rotate))


def new(given: argparse.Namespace) -> int:
    return installation.new_keys(given.file)


def rotate(given: argparse.Namespace) -> int:
    return installation.rotate_keys(installation.config_path(given.config))
