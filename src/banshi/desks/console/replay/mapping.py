"""对应表: which column is what, which calendar and limits hold, and what each foreign activity is with us.

Written in YAML, explained in docs/replay.md; every mistake is told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import Budget, Limits
from banshi.desks.console.replay.log import AS_WRITTEN, zone_of
from banshi.kernel.facts import Refused

NOTE, RECEIVE, SKIP = "note", "receive", "skip"
COLUMNS = ("case", "activity", "time", "resource", "received", "deadline")
CALENDARS = ("cn", "weekdays", "every_day")
STEPS = ("accept", "deem_accepted", "assign", "review")  # may be filled in where a log does not record it
FIELDS = ("verdict", "kind", "days", "how", "reference", "dispatch", "work")  # what an activity may state


@dataclass(frozen=True, slots=True)
class Step:
    """对应: what an activity does with us: a command, or `note`, `receive`, `skip`; `again: note` keeps its repeats."""

    do: str
    again: str = ""
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """事项: what the cases of the log are, with us. Type 20 (其他): the licensing law's articles are not cited."""

    name: str = "外来日志"
    type: str = "20"
    statutory: Budget | None = None
    promised: Budget = field(default_factory=lambda: Budget(20))
    instant: bool = False


@dataclass(slots=True)
class Mapping:
    """对应表 as read."""

    columns: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    time_zone: str = "Asia/Shanghai"
    time_format: str = ""
    calendar: str = "cn"
    holidays: tuple[date, ...] = ()
    item: Item = field(default_factory=Item)
    limits: Limits = field(default_factory=Limits)
    activities: list[tuple[str, Callable[[str], bool], Step]] = field(default_factory=list)
    otherwise: str = NOTE
    fill_in: tuple[str, ...] = ("accept", "assign", "review")
    close: str = "last"

    def step(self, activity: str) -> Step:
        """What the activity does: its own name first, then the patterns in their order, else `otherwise`."""
        for name, _, step in self.activities:
            if name == activity:
                return step
        return next((step for _, fits, step in self.activities if fits(activity)), Step(self.otherwise))


def read(path: Path) -> Mapping:
    """Raises `Refused` with all mistakes, each on its line."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise Refused(
            "bad_mapping", f"{where}：不是有效的 YAML。", f"{where}: not valid YAML: {error}"
        ) from error
    reader = _Reader(path)
    mapping = reader.mapping(root)
    if reader.problems:
        raise Refused(
            "bad_mapping",
            "\n".join(f"{path}:{line}：{zh}" for line, zh, _ in reader.problems),
            "\n".join(f"{path}:{line}: {en}" for line, _, en in reader.problems),
        )
    return mapping


class _Reader:
    """Reads nodes, which know their lines, and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[tuple[int, str, str]] = []
        self.loader = yaml.SafeLoader("")

    def mapping(self, root: yaml.Node | None) -> Mapping:
        found = Mapping()
        readers: dict[str, Callable[[yaml.Node], Any]] = {
            "columns": self.columns,
            "encoding": self.text,
            "delimiter": self.text,
            "time_zone": self.zone,
            "time_format": self.text,
            "calendar": lambda node: self.one_of(node, CALENDARS),
            "holidays": self.days,
            "item": self.item,
            "limits": lambda node: self.converted(node, Limits) or Limits(),
            "activities": self.activities,
            "otherwise": lambda node: self.one_of(node, (NOTE, SKIP)),
            "fill_in": self.steps,
            "close": lambda node: self.one_of(node, ("last", "logged")),
        }
        for key, name, node in self.pairs(root):
            if name in readers:
                setattr(found, name, readers[name](node))
            else:
                self.unknown(key, name, readers)
        for name in ("case", "activity", "time"):
            if not found.columns.get(name):
                self.wrong(root, f"columns 里缺“{name}”列。", f"columns lacks '{name}'.")
        return found

    def wrong(self, node: yaml.Node | None, zh: str, en: str) -> None:
        self.problems.append(((node.start_mark.line if node else 0) + 1, zh, en))

    def unknown(self, node: yaml.Node, name: str, known: Iterable[str]) -> None:
        allowed = ", ".join(known)
        self.wrong(node, f"不认识“{name}”，可写：{allowed}。", f"unknown '{name}'; known: {allowed}.")

    def pairs(self, node: yaml.Node | None) -> list[tuple[yaml.Node, str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "这里应是“名称: 值”的列表。", "names with values are expected here.")
            return []
        return [(key, str(key.value), value) for key, value in node.value]

    def value(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError):
            self.wrong(node, "这个值读不懂。", "this value cannot be read.")
            return None

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, "这里应是一段文字。", "a text is expected here.")
            return ""
        return str(node.value)

    def one_of(self, node: yaml.Node, known: Iterable[str]) -> str:
        value = self.text(node)
        if value not in known:
            self.unknown(node, value, known)
        return value

    def zone(self, node: yaml.Node) -> str:
        name = self.text(node)
        if name != AS_WRITTEN:
            try:
                zone_of(name)
            except ValueError:
                self.wrong(
                    node,
                    f"没有时区“{name}”，可写 Europe/Amsterdam、+01:00 或 {AS_WRITTEN}。",
                    f"no time zone '{name}'; write Europe/Amsterdam, +01:00 or {AS_WRITTEN}.",
                )
        return name

    def columns(self, node: yaml.Node) -> dict[str, str]:
        found = {}
        for key, name, value in self.pairs(node):
            if name not in COLUMNS:
                self.unknown(key, name, COLUMNS)
            found[name] = self.text(value)
        return found

    def days(self, node: yaml.Node) -> tuple[date, ...]:
        value = self.value(node)
        if not isinstance(value, list) or not all(type(day) is date for day in value):
            self.wrong(
                node,
                "holidays 应是日期的列表，如 [2011-04-25]。",
                "holidays is a list of days: [2011-04-25].",
            )
            return ()
        return tuple(value)

    def steps(self, node: yaml.Node) -> tuple[str, ...]:
        value = self.value(node)
        if not isinstance(value, list) or not set(value) <= set(STEPS):
            self.wrong(
                node, f"fill_in 只能列出：{'、'.join(STEPS)}。", f"fill_in lists some of {', '.join(STEPS)}."
            )
            return ()
        return tuple(value)

    def item(self, node: yaml.Node) -> Item:
        found = self.converted(node, Item) or Item()
        kinds = {found.promised.unit} | ({found.statutory.unit} if found.statutory else set())
        if "hour" in kinds:
            self.wrong(node, "回放的时限按工作日或自然日。", "limits of a replay are in workday or day.")
        return found

    def converted(self, node: yaml.Node, type_: type) -> Any:
        names = [one.name for one in msgspec.inspect.type_info(type_).fields]  # type: ignore[attr-defined]
        for key, name, _ in self.pairs(node):
            if name not in names:
                self.unknown(key, name, names)
        try:
            return msgspec.convert(self.value(node), type_)
        except msgspec.ValidationError as error:
            self.wrong(node, f"写法不对：{error}", str(error))
            return None

    def activities(self, node: yaml.Node) -> list[tuple[str, Callable[[str], bool], Step]]:
        return [(name, self.pattern(key, name), self.step(value)) for key, name, value in self.pairs(node)]

    def pattern(self, node: yaml.Node, name: str) -> Callable[[str], bool]:
        """`/…/` is a regular expression; `*` and `?` stand for any characters and any one; else the name itself."""
        if len(name) > 1 and name.startswith("/") and name.endswith("/"):
            try:
                expression = re.compile(name[1:-1])
            except re.error as error:
                self.wrong(node, f"正则表达式有误：{error}", f"bad regular expression: {error}")
                return lambda _: False
        else:
            expression = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", ".") + r"\Z")
        return lambda activity: expression.match(activity) is not None

    def step(self, node: yaml.Node) -> Step:
        given: dict[str, Any] = {}
        stated: dict[str, yaml.Node] = {}
        do, again = "", ""
        if isinstance(node, yaml.ScalarNode):
            do = self.text(node)
        else:
            for key, name, value in self.pairs(node):
                if name == "do":
                    do = self.text(value)
                elif name == "again":
                    again = self.one_of(value, (NOTE,))
                elif name in FIELDS:
                    given[name], stated[name] = self.value(value), value
                else:
                    self.unknown(key, name, ("do", "again", *FIELDS))
        known = (NOTE, RECEIVE, SKIP, *queries.declared_commands())
        if do not in known:
            self.unknown(node, do, known)
        for ask in queries.declared_commands()[do].asks if do in queries.declared_commands() else ():
            choices = [choice.key for choice in ask.choices]
            if choices and ask.name in stated and given[ask.name] not in choices:
                self.unknown(stated[ask.name], str(given[ask.name]), choices)
        return Step(do, again, given)
