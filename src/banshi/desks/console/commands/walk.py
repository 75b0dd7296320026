"""走一遍: one matter from question to certificate, in a city made for it."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from banshi.desks.console import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("name", help="newborn, restaurant, enterprise-change, chain")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="数据放在哪里；缺省用完即删 / keep the data here")


def run(given: argparse.Namespace) -> int:
    from banshi.desks.console import scenarios

    path = scenarios.path_of(given.name)
    with tempfile.TemporaryDirectory(prefix="banshi-walk-") as temporary:
        folder = given.folder or Path(temporary) / "city"
        installation.start(installation.create(folder, secure=False, demo=True))
        from banshi.desks.console import walk

        return walk.run(path, as_json=given.json)
