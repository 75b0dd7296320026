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

from banshi.contexts.tickets.values import Category, Cause, Ground, Kind, Terms, Trigger
from banshi.infra.config import DATA

NATIONAL = "national"
FOLDER = DATA / "tickets"
_OTHERS = ("categories.yaml", "causes.yaml")
_SET = {field.name: field.type for field in fields(Terms) if field.name not in ("pack", "triggers")}


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """一条规则: a number or a switch of `Terms`, the kinds that it holds for (none named: all), and its source."""

    set: str
    to: bool | int
    source: str
    kinds: tuple[Kind, ...] = ()


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
    if name == NATIONAL:
        missing = _SET.keys() - {term.set for term in pack.terms if not term.kinds}
        if missing or pack.triggers is None or not pack.grounds:
            raise BadPack(
                f"全国的要写全，缺 {'、'.join(sorted(missing))} / the national pack must be complete"
            )


def packs_of(region: str) -> tuple[Pack, ...]:
    """The packs that hold at a region, the widest first."""
    reach = [
        (max(len(prefix) for prefix in pack.regions if region.startswith(prefix)), pack)
        for pack in packs()
        if any(region.startswith(prefix) for prefix in pack.regions)
    ]
    return tuple(pack for _, pack in sorted(reach, key=lambda entry: entry[0]))


@cache
def terms_for(region: str, kind: Kind) -> Terms:
    """办理规则 of a place for one kind of ticket; what names it is the narrowest pack that has a say."""
    found: dict[str, Any] = {}
    for pack in packs_of(region):
        own: dict[str, Any] = {
            term.set: term.to for term in pack.terms if not term.kinds or kind in term.kinds
        }
        if pack.triggers:
            own["triggers"] = pack.triggers.list
        if own:
            found |= {**own, "pack": pack.pack}
    return Terms(**found)


def grounds_for(region: str) -> tuple[Ground, ...]:
    """不予受理情形 of a place: the narrowest pack's own list."""
    return next(pack.grounds for pack in reversed(packs_of(region)) if pack.grounds)


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
