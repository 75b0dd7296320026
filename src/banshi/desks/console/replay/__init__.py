"""回放: a foreign event log lived again by our case engine, in a fresh database of its own that is gone afterwards.

./banshi replay LOG.csv --mapping MAPPING.yaml [--json]
./banshi replay LOG.csv --sketch > MAPPING.yaml
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from banshi.desks.console import installation
from banshi.kernel.facts import Refused

if TYPE_CHECKING:
    from banshi.desks.console.replay.report import Report

CLIENTS = 16  # cases at once; they share commits


def run(log: Path, mapping: Path | None, *, as_json: bool, make_sketch: bool) -> int:
    """Replay, or print a mapping to start from. 0 when folding gives every row. Raises `Refused`."""
    if make_sketch:
        from banshi.desks.console.replay.sketch import sketch

        print(sketch(log), end="")
        return 0
    if mapping is None:
        raise Refused(
            "no_mapping",
            f"请用 --mapping 指明对应表；没有的话先运行：./banshi replay {log} --sketch > mapping.yaml",
            f"Name the mapping with --mapping; to make one: ./banshi replay {log} --sketch > mapping.yaml",
        )
    with _fresh_city():
        report = _replayed(log, mapping)
        print(json.dumps(report.as_object(), ensure_ascii=False) if as_json else report.text(), flush=True)
        return 0 if report.fold_is_row == report.cases else 1


@contextmanager
def _fresh_city() -> Iterator[None]:
    """An installation on disk for the length of the replay."""
    # /tmp is memory on many systems.
    with tempfile.TemporaryDirectory(prefix="banshi-replay-", dir="/var/tmp") as folder:
        installation.start(installation.create(Path(folder) / "city", secure=False, demo=True))
        installation.migrate()
        yield
        from banshi.infra import store

        store.stop_writer()


def _replayed(log: Path, path: Path) -> Report:
    from banshi.desks.console.replay import mapping as mappings
    from banshi.desks.console.replay.log import Table, histories
    from banshi.desks.console.replay.play import Outcome, Player, calendar_of
    from banshi.desks.console.replay.report import Report
    from banshi.directory.calendar import calendar

    mapping = mappings.read(path)
    table = Table(log, mapping.encoding, mapping.delimiter)
    for role, column in mapping.columns.items():
        if column not in table.header:
            raise Refused(
                "no_column",
                f"{log} 没有“{column}”这一列（{role}）。列名：{'、'.join(table.header)}",
                f"{log} has no column '{column}' ({role}).",
            )
    found, unread = histories(table, mapping.columns, mapping.time_zone, mapping.time_format)
    total = sum(len(history.events) for history in found)
    player = Player(mapping, calendar_of(mapping, calendar()))
    outcomes: list[Outcome] = []
    began = told = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in as_completed([pool.submit(player.play, history) for history in found]):
            outcomes.append(done.result())
            if time.monotonic() - told > 2:
                told = time.monotonic()
                events = sum(len(outcome.history.events) for outcome in outcomes)
                _tell(events, total, told - began)
    seconds = time.monotonic() - began
    return Report.of(mapping, outcomes, unread, people=len(player.staff), seconds=seconds)


def _tell(done: int, total: int, seconds: float) -> None:
    left = (total - done) / (done / seconds) if done else 0
    print(
        f"{done}/{total} 个事件 events, {done / seconds:.0f}/s, 还要 about {left:.0f} s left", file=sys.stderr
    )
