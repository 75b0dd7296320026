"""好差评: handed over."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from banshi.desks.console.commands import add_config, members, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    handed = add_config(member("export", "按国家好差评的格式导出 / in the national form", export))
    handed.add_argument("--from", dest="since", type=date.fromisoformat, required=True, metavar="2026-01-01")
    handed.add_argument("--to", dest="until", type=date.fromisoformat, required=True, metavar="2026-12-31")
    handed.add_argument(
        "--again", action="store_true", help="省平台收下的也再导出 / also what was taken before"
    )
    handed.add_argument("file", type=Path, help="FILE.jsonl 或 FILE.csv")
    answered = add_config(member("receipts", "记下省平台的回执 / what the province answered", receipts))
    answered.add_argument("file", type=Path, help="CSV：projectNo,assessNumber,success,message")


def export(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import reviews

        return reviews.export(given.file, given.since, given.until, again=given.again, at=at)


def receipts(given: argparse.Namespace) -> int:
    with writing(given) as at:
        from banshi.desks.console import reviews

        return reviews.receipts(given.file, at=at)
