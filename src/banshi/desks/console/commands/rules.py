"""规则语言: against the public standard, and over a population."""

from __future__ import annotations

import argparse
from pathlib import Path

from banshi.desks.console.commands import members


def arguments(parser: argparse.ArgumentParser) -> None:
    member = members(parser)
    suite = member("test", "跑公开标准的用例 / run cases of the public standard", test)
    suite.add_argument("file", type=Path, help="JSONL，格式见 docs/rules.md / the format: docs/rules.md")
    suite.add_argument("--json", action="store_true")
    matched = member("match", "一批人（企业）对照规则 / who meets the rules", match)
    matched.add_argument(
        "file", type=Path, metavar="RULES", help="YAML，格式见 docs/rules.md / the format: docs/rules.md"
    )
    matched.add_argument("population", type=Path, metavar="POPULATION.parquet")
    matched.add_argument("--given", action="append", default=[], metavar="KEY=VALUE", help="as_of=2026-03-01")
    matched.add_argument(
        "--id", default="", metavar="COLUMN", help="主体编号所在的列 / the column naming each subject"
    )
    matched.add_argument("--explain", action="store_true", help="逐项讲解 / why, condition by condition")
    matched.add_argument("--summary", action="store_true", help="只印合计 / the counts only")
    matched.add_argument("--json", action="store_true")


def test(given: argparse.Namespace) -> int:
    from banshi.desks.console import rules

    return rules.test(given.file, as_json=given.json)


def match(given: argparse.Namespace) -> int:
    from banshi.desks.console import rules_match

    return rules_match.match(
        given.file,
        given.population,
        given=given.given,
        id_column=given.id,
        explain=given.explain,
        summary=given.summary,
        as_json=given.json,
    )
