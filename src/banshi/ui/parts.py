"""What components show: plain values that views make and templates read.

A template reads attributes only, so any frozen dataclass of a context with the same names does as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """需要改的地方: one line of the error summary; `field` is the name of the field it is about, or ""."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """进度: one line of a bundle's progress, as a rule one department.

    `light` is "green", "yellow", "red" or "" (not running); `on` is the day it was done, or is due.
    """

    label: str
    state: str
    item: str = ""
    light: str = ""
    word: str = ""
    on: date | None = None
    on_label: str = ""
    done: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """经过: one line of the trail: when, what, by whom."""

    at: datetime
    what: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """一项内容: one line of a summary; `source` is where it was taken from, as "电子营业执照"."""

    label: str
    value: str
    source: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """任务: one line of a task list; `state` is "todo", "started", "done", "blocked" or "error"."""

    label: str
    state: str
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """文件: one line of a file list; `size` in bytes; `problem` says why it was not taken."""

    name: str
    size: int
    url: str = ""
    state: str = ""
    problem: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """上级: a page above this one."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paged:
    """分页: page `number` (from 1) of `total` things, `size` to a page."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    def window(self) -> Iterator[int | None]:
        """Numbers to offer: the first, the last and those around the present one; None stands for a gap."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        before = 0
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if number == before + 2:
                yield number - 1
            elif number > before + 2:
                yield None
            yield number
            before = number
