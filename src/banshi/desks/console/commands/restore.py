"""恢复: a backup into a new folder."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="密钥文件（不在备份里）/ the keyring")
    parser.add_argument("--database", default="", help="PostgreSQL：一个空库 / an empty database")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import backup

    return backup.restore(given.source, given.folder, given.keys, given.database)
