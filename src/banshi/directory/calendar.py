"""工作日历: the notices in `data/holidays`, put together once."""

from __future__ import annotations

import json
from functools import cache

from banshi.infra.config import DATA
from banshi.kernel.workdays import Calendar, Notice


@cache
def calendar() -> Calendar:
    """The working-day calendar; a new notice file is seen by the next process. Raises `ValueError` naming a bad file."""
    notices = []
    for path in sorted((DATA / "holidays").glob("*.json")):
        try:
            notices.append(Notice.parse(json.loads(path.read_text("utf-8"))))
        except ValueError as error:
            raise ValueError(f"{path.name}：{error}") from error
    return Calendar.of(notices)
