"""规则包、分类和原因 from `data/tickets`: what holds at a place, the category tree, and why things could not be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import fields

from banshi.contexts.tickets.values.codes import Kind, Trigger
from banshi.contexts.tickets.values.terms import Category, Cause, Ground, Rewarding, Standard, Terms
from banshi.infra.config import DATA

NATIONAL = "national"
FOLDER = DATA / "tickets"
_OTHERS = ("categories.yaml", "causes.yaml")
_SET = {field.name: field.type for field in fields(Terms) if field.name not in ("pack", "triggers")}


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """一条规则: a number or a switch of `Terms`, the kinds and the classes (with all below them) that it holds for (none
    named: all), and its source."""

    set: str
    to: bool | int
    source: str
    kinds: tuple[Kind, ...] = ()
    categories: tuple[str, ...] = ()

    def holds(self, kind: Kind, category: str) -> bool:
        """Whether it is about this kind and class."""
        below = any(f"{category}.".startswith(f"{one}.") for one in self.categories)
        return (not self.kinds or kind in self.kinds) and (not self.categories or below)


class Triggers(Struct, frozen=True, forbid_unknown_fields=True):
    """督办情形 of a place."""

    source: str
    list: tuple[Trigger, ...]


class Pack(Struct, frozen=True, forbid_unknown_fields=True):
    """规则包 of the regions whose codes begin so."""

    pack: str
    name: str
    regions: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    triggers: Triggers | None = None
    grounds: tuple[Ground, ...] = ()
    rewards: Rewarding | None = None
    standards: tuple[Standard, ...] = ()


class BadPack(ValueError):
    """规则包有误: names the file and what is wrong with it."""


@cache
def packs() -> tuple[Pack, ...]:
    """All packs; a changed file is seen by the next process. Raises `BadPack`."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name in _OTHERS:
            continue
        pack = _read(path, Pack)
        try:
            check_pack(pack, path.stem)
        except BadPack as error:
            raise BadPack(f"{path.name}：{error}") from error
        found.append(pack)
    return tuple(found)


def _read[T](path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), kind)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadPack(f"{path.name}：{error}") from error


def check_pack(pack: Pack, name: str) -> None:
    """Raises `BadPack`."""
    if pack.pack != name:
        raise BadPack(f"pack 要和文件名一样：{name} / pack must be the file's name")
    for term in pack.terms:
        if term.set not in _SET:
            raise BadPack(
                f"没有 {term.set} 这一项，可以写 {'、'.join(sorted(_SET))} / unknown term {term.set}"
            )
        wanted = bool if _SET[term.set] in (bool, "bool") else int
        if type(term.to) is not wanted or term.to < 0:
            raise BadPack(f"{term.set} 的值不对：{term.to} / wrong value of {term.set}")
    named = [
        *(key for term in pack.terms for key in term.categories),
        *(one.category for one in pack.standards),
    ]
    if unknown := set(named) - categories().keys():
        raise BadPack(f"categories.yaml 里没有 {min(unknown)} / unknown category {min(unknown)}")
    if pack.rewards:
        _check_rewards(pack.rewards)
    if name == NATIONAL:
        missing = _SET.keys() - {term.set for term in pack.terms if not term.kinds and not term.categories}
        if missing or pack.triggers is None or not pack.grounds:
            raise BadPack(
                f"全国的要写全，缺 {'、'.join(sorted(missing))} / the national pack must be complete"
            )


def _check_rewards(rule: Rewarding) -> None:
    keys = [level.key for level in rule.levels]
    if not keys or len(set(keys)) < len(keys) or not rule.ways:
        raise BadPack("rewards 要有等级（key 不重复）和领取办法 / rewards need levels, each once, and ways")
    for level in rule.levels:
        if min(level.fen, level.points) < 0 or bool(level.fen) == bool(level.points):
            raise BadPack(f"奖励等级 {level.key} 写 fen 或者 points 一项 / level {level.key}: fen or points")


def packs_of(region: str) -> tuple[Pack, ...]:
    """The packs that hold at a region, the widest first."""
    reach = [
        (max(len(prefix) for prefix in pack.regions if region.startswith(prefix)), pack)
        for pack in packs()
        if any(region.startswith(prefix) for prefix in pack.regions)
    ]
    return tuple(pack for _, pack in sorted(reach, key=lambda entry: entry[0]))


@cache
def terms_for(region: str, kind: Kind, category: str = "") -> Terms:
    """办理规则 of a place for one kind and class of ticket; what names it is the narrowest pack that has a say."""
    found: dict[str, Any] = {}
    for pack in packs_of(region):
        own: dict[str, Any] = {term.set: term.to for term in pack.terms if term.holds(kind, category)}
        if pack.triggers:
            own["triggers"] = pack.triggers.list
        if own:
            found |= {**own, "pack": pack.pack}
    return Terms(**found)


def grounds_for(region: str) -> tuple[Ground, ...]:
    """不予受理情形 of a place: the narrowest pack's own list."""
    return next(pack.grounds for pack in reversed(packs_of(region)) if pack.grounds)


def rewards_for(region: str) -> Rewarding | None:
    """奖励规则 of a place: the narrowest pack's; None where there is none."""
    return next((pack.rewards for pack in reversed(packs_of(region)) if pack.rewards), None)


def standard_for(region: str, category: str) -> Standard | None:
    """处置标准 of a class at a place: of the narrowest pack that has one, for the lowest class that it names."""
    for pack in reversed(packs_of(region)):
        found = [one for one in pack.standards if f"{category}.".startswith(f"{one.category}.")]
        if found:
            return max(found, key=lambda one: len(one.category))
    return None


class _Node(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    name: str
    unit: str = ""
    public: bool = False
    children: list[_Node] | dict[str, str] = []


class _Tree(Struct, frozen=True, forbid_unknown_fields=True):
    categories: list[_Node]


@cache
def categories() -> Mapping[str, Category]:
    """诉求分类 by key (`city.road.damage`), parents before their children. Raises `BadPack`."""
    tree = _read(FOLDER / "categories.yaml", _Tree)
    return {one.key: one for one in _walk(tree.categories, "", (), "", False)}


def _walk(
    nodes: Iterable[_Node], above: str, names: tuple[str, ...], unit: str, public: bool
) -> Iterator[Category]:
    for node in nodes:
        key, path = f"{above}{node.key}", (*names, node.name)
        duty, open_ = node.unit or unit, node.public or public
        leaf = not node.children
        yield Category(key, node.name, path, duty, open_, leaf)
        below = node.children
        if isinstance(below, dict):
            below = [_Node(key=name, name=label) for name, label in below.items()]
        yield from _walk(below, f"{key}.", path, duty, open_)


class _Causes(Struct, frozen=True, forbid_unknown_fields=True):
    causes: list[Cause]


@cache
def causes() -> Mapping[str, Cause]:
    """办不成事的原因 by key. Raises `BadPack`."""
    return {cause.key: cause for cause in _read(FOLDER / "causes.yaml", _Causes).causes}
