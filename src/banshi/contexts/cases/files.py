"""期限规则包: the numbers that hold at a place, from `data/rules`: the national ones, and what places set otherwise."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import fields

from banshi.contexts.cases.values import Limits
from banshi.infra.config import DATA

NATIONAL = "national"
_UNITS = {
    "renewal_days": "day",
    "concealed_years": "year",
    "fraud_years": "year",
    "encouraged_cap": "percent",
}


class PlaceLimit(Struct, frozen=True, forbid_unknown_fields=True):
    """期限: a number in its unit, the item types that it holds for (none named: all), and where it comes from."""

    value: int
    unit: Literal["workday", "day", "year", "percent"]
    source: str
    types: tuple[str, ...] = ()


class Ceiling(Struct, frozen=True, forbid_unknown_fields=True):
    """承诺上限: no more than `days` of `unit`, or than `share` per cent of the statutory limit."""

    title: str
    source: str
    days: int = 0
    unit: Literal["workday", "day", "hour"] = "workday"
    share: int = 0
    items: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    pack: str = ""


class Pack(Struct, frozen=True, forbid_unknown_fields=True):
    """规则包 of the regions whose codes begin so."""

    pack: str
    name: str
    regions: tuple[str, ...]
    limits: dict[str, PlaceLimit]
    ceilings: tuple[Ceiling, ...] = ()


class BadPack(ValueError):
    """规则包有误: names the file and what is wrong with it."""


@cache
def packs() -> tuple[Pack, ...]:
    """All packs; a changed file is seen by the next process. Raises `BadPack`."""
    found = []
    for path in sorted((DATA / "rules").glob("*.yaml")):
        try:
            pack = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Pack)
            _check(pack, path.stem)
        except (yaml.YAMLError, msgspec.ValidationError, BadPack) as error:
            raise BadPack(f"{path.name}：{error}") from error
        found.append(pack)
    return tuple(found)


def _check(pack: Pack, name: str) -> None:
    known = {field.name for field in fields(Limits)} - {"pack"}
    if pack.pack != name:
        raise BadPack(f"pack 要和文件名一样：{name} / pack must be the file's name")
    for key, limit in pack.limits.items():
        if key not in known:
            raise BadPack(f"没有 {key} 这一项，可以写 {'、'.join(sorted(known))} / unknown limit {key}")
        if limit.unit != _UNITS.get(key, "workday"):
            raise BadPack(f"{key} 的单位是 {_UNITS.get(key, 'workday')} / wrong unit of {key}")
        if limit.value < 0:
            raise BadPack(f"{key} 不能小于 0 / {key} cannot be less than 0")
    if name == NATIONAL and known != pack.limits.keys():
        missing = "、".join(sorted(known - pack.limits.keys()))
        raise BadPack(f"全国的要写全，缺 {missing} / the national pack must be complete: {missing}")


def packs_of(region: str) -> tuple[Pack, ...]:
    """The packs that hold at a region, the widest first."""
    reach = [
        (max(len(prefix) for prefix in pack.regions if region.startswith(prefix)), pack)
        for pack in packs()
        if any(region.startswith(prefix) for prefix in pack.regions)
    ]
    return tuple(pack for _, pack in sorted(reach, key=lambda entry: entry[0]))


@cache
def limits_for(region: str, type: str = "01") -> Limits:
    """The limits of a place for one item type; what names it is the narrowest pack that sets one of them."""
    found: dict[str, int] = {}
    name = NATIONAL
    for pack in packs_of(region):
        # The national numbers are kept for every type: where the law does not ask for it, the platform pledges it.
        holding = {
            key: limit.value
            for key, limit in pack.limits.items()
            if pack.pack == NATIONAL or not limit.types or type in limit.types
        }
        found |= holding
        name = pack.pack if holding else name
    return Limits(pack=name, **found)


def ceilings_for(region: str) -> tuple[Ceiling, ...]:
    """What the place has pledged to promise at most; `region` may be a city's four digits."""
    return tuple(
        msgspec.structs.replace(ceiling, pack=pack.name)
        for pack in packs_of(region)
        for ceiling in pack.ceilings
    )
