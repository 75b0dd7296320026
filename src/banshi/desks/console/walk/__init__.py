"""走一遍: one matter from the first question to the rated certificate, through the public operations, in its own time.

What the citizen, the clerks and the officers do is done as they would do it; nothing reaches behind the operations.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from banshi.desks.console import content, installation
from banshi.desks.console.scenarios import SCENARIOS, read_scenario
from banshi.desks.console.walk import told
from banshi.desks.console.walk.citizen import Citizen
from banshi.desks.console.walk.offices import Offices
from banshi.desks.console.walk.outcome import Outcome
from banshi.infra import store
from banshi.infra.config import DATA
from banshi.kernel.workdays import CHINA

__all__ = ["SCENARIOS", "Walk", "populate", "read_scenario", "run"]


class Walk(Citizen, Offices, Outcome):
    """一遍: all who take part, one after the other."""

    def whole(self) -> None:
        """From the search to the rating."""
        self.apply()
        self.departments()
        self.outbox()
        self.outcome()
        self.ratings()
        self.checks()


def run(path: Path, *, as_json: bool) -> int:
    """Make a demo city of the empty installation and walk a scenario; 0 when everything is as it must be."""
    installation.migrate()
    scenario = read_scenario(path)
    before = scenario["starts"].replace(tzinfo=CHINA) - timedelta(days=30)
    with store.inline():
        content.load_regions(before)
        content.load_city(DATA / "demo" / "quanzhou.yaml", before)
        content.load(None, before, quiet=True)
        walk = Walk(scenario, say=print if not as_json else _silent)
        walk.whole()
    if as_json:
        print(json.dumps(walk.summary()))
        return 1 if walk.wrong else 0
    print(told.total(walk.summary()))
    for what in walk.wrong:
        print(f"不对 / wrong: {what}", file=sys.stderr)
    return 1 if walk.wrong else 0


def populate(name: str, at: datetime, until: int) -> None:
    """For the demo city: the same matter, begun at `at` and left where it is after `until` acts of the departments."""
    walk = Walk(read_scenario(SCENARIOS / f"{name}.yaml"), say=_silent, at=at)
    walk.apply()
    walk.departments(until)
    walk.outbox()


def _silent(*_: object) -> None: ...
