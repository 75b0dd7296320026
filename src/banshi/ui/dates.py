"""Days, instants and amounts of days as people read them, in the language of the page.

An absent value (`None` or "") is written as nothing, so that templates need no `if`.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as english
from django.utils.translation import gettext, ngettext

from banshi.kernel.workdays import Calendar
from banshi.ui.language import chinese

CHINA = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def day(on: date | None) -> str:
    """日期: `11月21日 周六`, for days when somebody must come or do something."""
    if not on:
        return ""
    on = _civil(on)
    return f"{on.month}月{on.day}日 周{WEEKDAYS[on.weekday()]}" if chinese() else english(on, "D j M")


def fullday(on: date | None) -> str:
    """日期（带年）: `2026年11月21日`, for documents and the record."""
    if not on:
        return ""
    on = _civil(on)
    return f"{on.year}年{on.month}月{on.day}日" if chinese() else english(on, "j F Y")


def moment(at: datetime | None) -> str:
    """时刻: `11月21日 14:05`, China Standard Time. ValueError for a datetime without a time zone."""
    if not at:
        return ""
    local = _local(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}" if chinese() else english(local, "j M H:i")


def fullmoment(at: datetime | None) -> str:
    """时刻（带年）: `2026年11月21日 14:05`, China Standard Time. ValueError without a time zone."""
    return f"{fullday(_local(at).date())} {_local(at):%H:%M}" if at else ""


def workdays(count: int | None) -> str:
    """工作日: `8个工作日`."""
    if count is None:
        return ""
    return ngettext("%(count)s个工作日", "%(count)s个工作日", count) % {"count": count}


def days_left(count: int | None) -> str:
    """剩余: working days until due; 0 is today, a negative count is overdue by so many."""
    if count is None:
        return ""
    if count == 0:
        return gettext("今天到期")
    return (gettext("还剩%s") if count > 0 else gettext("超期%s")) % workdays(abs(count))


def left(due_on: date | None, today: date, calendar: Calendar) -> str:
    """还剩几个工作日. A due day that has passed without a working day since is overdue all the same."""
    if due_on is None:
        return ""
    count = calendar.between(today, due_on)
    return gettext("已超期") if count == 0 and today > due_on else days_left(count)


def brief(due_on: date | None, today: date, calendar: Calendar) -> str:
    """The same in a narrow column whose heading says 工作日."""
    if due_on is None:
        return ""
    count = calendar.between(today, due_on)
    if today > due_on:
        return gettext("超期%(count)s") % {"count": -count} if count else gettext("已超期")
    return gettext("还剩%(count)s") % {"count": count} if count else gettext("今天到期")


def _civil(on: date) -> date:
    return _local(on).date() if isinstance(on, datetime) else on


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"时刻没有时区 (a moment without a time zone): {at.isoformat()}")
    return at.astimezone(CHINA)
