"""城市定义文件: reads and checks the YAML; every complaint names its line. Touches no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from banshi.directory.values import REGIONAL, PostKind, WindowKind
from banshi.infra.config import DATA, BadConfig
from banshi.kernel.ids import (
    USCC_ALPHABET,
    BadId,
    ResidentId,
    parse_uscc,
    uscc_check_char,
    valid_organisation_code,
)

DEPARTMENTS = DATA / "catalogue" / "departments.yaml"


class BadCity(BadConfig):
    """城市定义有误: `file:line: 中文 / English`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEntry:
    """部门一行."""

    line: int
    code: str
    name: str
    department: str
    region: str
    uscc: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HallEntry:
    """大厅一行, with its windows as (number, kind)."""

    line: int
    code: str
    name: str
    region: str
    address: str
    hours: str
    windows: tuple[tuple[str, WindowKind], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """人员一行, with posts as (kind, office)."""

    line: int
    username: str
    name: str
    region: str
    posts: tuple[tuple[PostKind, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenEntry:
    """演示群众一行."""

    line: int
    resident_id: str
    region: str
    content: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseEntry:
    """演示企业一行: its legal representative and agents by resident number."""

    line: int
    uscc: str
    region: str
    legal_person: str
    agents: tuple[str, ...]
    content: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """城市定义: everything in the file, with patterns written out."""

    path: Path
    offices: tuple[OfficeEntry, ...]
    halls: tuple[HallEntry, ...]
    staff: tuple[StaffEntry, ...]
    citizens: tuple[CitizenEntry, ...]
    enterprises: tuple[EnterpriseEntry, ...]
    made_up: bool  # holds invented people or numbers: only for demonstrations


def read(path: Path) -> City:
    """Raises `BadCity`."""
    try:
        document = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 (a loader of strings alone)
    except OSError as error:
        raise BadCity(f"读不到 {path}。 / Cannot read {path}: {error.strerror}.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadCity(
            f"{path}:{mark.line + 1 if mark else 1}: YAML 有误 / bad YAML: {error.problem}"
        ) from error
    top = _Part(path, document)
    top.only("office_names", "halls", "places", "made_up_uscc", "staff", "citizens", "enterprises")
    lines = _departments()
    made_up_uscc = top.flag("made_up_uscc")
    offices: list[OfficeEntry] = []
    halls: list[HallEntry] = []
    for place in top.parts("places"):
        place.only("region", "place", "short", "departments", "office_names", "offices", "hall")
        offices += _offices(top, place, lines, made_up_uscc)
        if "hall" in place:
            halls.append(_hall(top, place))
    citizens = tuple(_citizen(part) for part in top.parts("citizens"))
    enterprises = tuple(_enterprise(part) for part in top.parts("enterprises"))
    return City(
        path=path,
        offices=tuple(offices),
        halls=tuple(halls),
        staff=tuple(_staff(part, offices) for part in top.parts("staff")),
        citizens=citizens,
        enterprises=enterprises,
        made_up=made_up_uscc or bool(citizens or enterprises),
    )


class _Map(dict[str, Any]):
    """A mapping that remembers where it stood."""

    line = 1


class _Loader(yaml.BaseLoader):
    """Every scalar is text: codes keep their zeros, and `no` stays a word."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Map:
    found = _Map()
    found.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(problem=f"“{key}”写了两次 / twice", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class _Part:
    """A mapping of the file, asked for its values by name."""

    def __init__(self, path: Path, value: Any) -> None:
        self.path, self.value = path, value if isinstance(value, _Map) else _Map()
        if not isinstance(value, _Map):
            raise self.bad("这里应为“键: 值”", "a mapping is expected here")

    @property
    def line(self) -> int:
        return self.value.line

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def bad(self, zh: str, en: str) -> BadCity:
        return BadCity(f"{self.path}:{self.line}: {zh}。 / {en}.")

    def only(self, *keys: str) -> None:
        for key in self.value:
            if key not in keys:
                raise self.bad(f"不认识的项“{key}”", f"unknown key '{key}' (known: {', '.join(keys)})")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.value.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.bad(f"缺少“{key}”", f"'{key}' is missing")
        return value.strip()

    def flag(self, key: str) -> bool:
        value = self.text(key, "false")
        if value not in ("true", "false"):
            raise self.bad(f"“{key}”应为 true 或 false", f"'{key}' is true or false")
        return value == "true"

    def number(self, key: str) -> int:
        value = self.text(key)
        if not value.isdecimal():
            raise self.bad(f"“{key}”应为整数", f"'{key}' is a whole number")
        return int(value)

    def texts(self, key: str) -> list[str]:
        value = self.value.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.bad(f"“{key}”应为列表", f"'{key}' is a list")
        return value

    def part(self, key: str) -> _Part:
        return _Part(self.path, self.value.get(key, _Map()))

    def parts(self, key: str) -> Iterator[_Part]:
        value = self.value.get(key, [])
        if not isinstance(value, list):
            raise self.bad(f"“{key}”应为列表", f"'{key}' is a list")
        return (_Part(self.path, one) for one in value)


def _departments() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(DEPARTMENTS.read_text("utf-8"))
    return found


def _offices(top: _Part, place: _Part, lines: Mapping[str, str], made_up_uscc: bool) -> Iterator[OfficeEntry]:
    """By pattern for the departments named, and those written out one by one."""
    region = place.text("region")
    all_of_them = place.value.get("departments") == "all"
    departments = list(lines) if all_of_them else place.texts("departments")
    patterns = {**top.part("office_names").value, **place.part("office_names").value}
    written: dict[str, _Part] = {part.text("department"): part for part in place.parts("offices")}
    for department in [*departments, *(key for key in written if key not in departments)]:
        part = written.get(department, place)
        if department not in lines:
            raise part.bad(f"没有部门“{department}”", f"no department '{department}' in {DEPARTMENTS.name}")
        if part is not place:
            part.only("department", "name", "uscc", "phone", "address")
            pattern = part.text("name")
        elif (pattern := patterns.get(department) or patterns.get("*", "")) == "":
            raise place.bad(f"部门“{department}”没有名称", f"department '{department}' has no name")
        words = {"place": place.text("place"), "short": place.text("short", ""), "line": lines[department]}
        try:
            name = pattern.format(**words)
        except (KeyError, IndexError, ValueError) as error:
            raise part.bad(f"名称“{pattern}”的写法不对", f"the name pattern is wrong: {error!r}") from error
        uscc = "" if part is place else part.text("uscc", "")
        yield OfficeEntry(
            line=part.line,
            code=f"{region}-{department}",
            name=name,
            department=department,
            region=region,
            uscc=uscc or (_made_up_uscc(region, list(lines).index(department)) if made_up_uscc else ""),
            phone="" if part is place else part.text("phone", ""),
            address="" if part is place else part.text("address", ""),
        )


def _made_up_uscc(region: str, number: int) -> str:
    """Well formed, and never issued: no 组织机构代码 begins with YYYY."""
    body = f"YYYY{int(region[4:]):02}{number:02}"
    check = next(char for char in USCC_ALPHABET if valid_organisation_code(body + char))
    first17 = f"11{region}{body}{check}"
    return first17 + uscc_check_char(first17)


def _hall(top: _Part, place: _Part) -> HallEntry:
    part, usual, region = place.part("hall"), top.part("halls"), place.text("region")
    part.only("name", "address", "hours", "windows")
    usual.only("hours", "windows")
    counts = part.part("windows") if "windows" in part else usual.part("windows")
    counts.only(*WindowKind)
    kinds = [kind for kind in WindowKind if kind in counts for _ in range(counts.number(kind))]
    return HallEntry(
        line=part.line,
        code=f"{region}-hall",
        name=part.text("name"),
        region=region,
        address=part.text("address", ""),
        hours=part.text("hours", usual.text("hours", "")),
        windows=tuple((f"{number:02}", kind) for number, kind in enumerate(kinds, 1)),
    )


def _staff(part: _Part, offices: list[OfficeEntry]) -> StaffEntry:
    part.only("username", "name", "region", "posts")
    region = part.text("region")
    posts: list[tuple[PostKind, str]] = []
    for post in part.parts("posts"):
        post.only("kind", "office")
        try:
            kind = PostKind(post.text("kind"))
        except ValueError as error:
            raise post.bad(f"没有岗位“{post.text('kind')}”", f"posts are: {', '.join(PostKind)}") from error
        office = post.text("office", "")
        if office == "all":
            posts += [(kind, one.code) for one in offices if one.region == region]
        elif office or kind in REGIONAL:
            posts.append((kind, office))
        else:
            raise post.bad(f"“{kind.zh}”要写 office", f"{kind} needs an office")
    return StaffEntry(
        line=part.line,
        username=part.text("username"),
        name=part.text("name"),
        region=region,
        posts=tuple(dict.fromkeys(posts)),
    )


def _citizen(part: _Part) -> CitizenEntry:
    part.only("name", "resident_id", "phone", "address", "region")
    content = {key: part.text(key) for key in ("name", "phone", "address")}
    return CitizenEntry(
        line=part.line,
        resident_id=_resident_id(part, "resident_id"),
        region=part.text("region"),
        content=content,
    )


def _enterprise(part: _Part) -> EnterpriseEntry:
    keys = ("name", "phone", "address", "business_scope")
    part.only(*keys, "uscc", "region", "capital_fen", "legal_person", "agents")
    try:
        uscc = parse_uscc(part.text("uscc"))
    except BadId as error:
        raise part.bad(error.zh.rstrip("。"), error.en.rstrip(".")) from error
    return EnterpriseEntry(
        line=part.line,
        uscc=uscc,
        region=part.text("region"),
        legal_person=_resident_id(part, "legal_person"),
        agents=tuple(part.texts("agents")),
        content={**{key: part.text(key) for key in keys}, "capital_fen": part.number("capital_fen")},
    )


def _resident_id(part: _Part, key: str) -> str:
    try:
        return ResidentId.parse(part.text(key)).number
    except BadId as error:
        raise part.bad(error.zh.rstrip("。"), error.en.rstrip(".")) from error
