"""工作日历: the notices in `data/holidays` and those that this installation was given, put together once.

A notice of the installation stands in its folder, in `holidays/`, and takes the place of the one of the same year that
came with the project. Every process sees a new one at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from banshi.infra.config import DATA
from banshi.kernel.workdays import Calendar, Notice

FOLDER = "holidays"
_FEWEST_DAYS_OFF = 11  # 全国年节及纪念日放假办法: eleven days until 2024, thirteen since


class BadNotice(ValueError):
    """放假通知有误: says what is wrong with it."""


def calendar() -> Calendar:
    """The working-day calendar as it stands. Raises `BadNotice` naming a bad file."""
    own = f"{settings.BANSHI.folder}/{FOLDER}"
    try:
        # A loaded notice is a new file there, and so a new time of the folder.
        changed = os.stat(own).st_mtime_ns
    except OSError:
        changed = 0
    return _calendar(own, changed)


@lru_cache(maxsize=4)
def _calendar(own: str, changed: int) -> Calendar:
    return Calendar.of(_notices(Path(own)).values())


def with_notice(notice: Notice) -> Calendar:
    """The calendar as it would be with this notice. Raises `BadNotice` where it contradicts another year's."""
    notices = _notices(_own()) | {notice.year: notice}
    try:
        return Calendar.of(notices.values())
    except ValueError as error:
        raise BadNotice(str(error)) from error


def read_notice(path: Path) -> Notice:
    """A State Council notice as a file says it (the form of `data/holidays`), checked. Raises `BadNotice`, `OSError`."""
    try:
        raw: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        notice = Notice.parse(raw)
    except (ValueError, TypeError) as error:
        raise BadNotice(f"{path.name}：{error}") from error
    if not notice.papers:
        raise BadNotice(f"{path.name}：papers 里要写通知的地址。 / Name the notice's address under 'papers'.")
    if len(notice.off) < _FEWEST_DAYS_OFF:
        raise BadNotice(
            f"{path.name}：只有{len(notice.off)}个放假日，不全。 / Only {len(notice.off)} days off; not complete."
        )
    for day in sorted(notice.working):
        if day.weekday() < 5:
            raise BadNotice(
                f"{path.name}：{day} 本来就是工作日，不用写成上班。 / {day} is a weekday; it is worked anyway."
            )
    return notice


def keep_notice(path: Path, year: int) -> None:
    """Keep the file as the installation's notice of this year, whole or not at all; the calendar is new from here on."""
    folder = _own()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f"{year}.new"
    with fresh.open("wb") as file:
        file.write(path.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / f"{year}.json")


def _own() -> Path:
    return Path(settings.BANSHI.folder) / FOLDER


def _notices(own: Path) -> dict[int, Notice]:
    found = {}
    for folder in (DATA / "holidays", own):
        for path in sorted(folder.glob("*.json")):
            try:
                notice = Notice.parse(json.loads(path.read_text("utf-8")))
            except ValueError as error:
                raise BadNotice(f"{path}：{error}") from error
            found[notice.year] = notice
    return found
