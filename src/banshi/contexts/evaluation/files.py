"""评价规则包: the numbers, the sampling and the scripts that hold at a place, from `data/evaluation`."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import fields

from banshi.contexts.evaluation.values import About, Sampling, Script, Settings
from banshi.infra.config import DATA

NATIONAL = "national"


class Number(Struct, frozen=True, forbid_unknown_fields=True):
    """规则数: with where it comes from."""

    value: int
    source: str


class PlaceSampling(Struct, frozen=True, forbid_unknown_fields=True):
    """抽访方式 of a place, with where it comes from."""

    mode: Literal["all", "share", "kinds"]
    source: str
    share: int = 100
    kinds: tuple[str, ...] = ()


class Pack(Struct, frozen=True, forbid_unknown_fields=True):
    """规则包 of the regions whose codes begin so."""

    pack: str
    name: str
    regions: tuple[str, ...]
    settings: dict[str, Number] = {}
    sampling: PlaceSampling | None = None
    scripts: dict[str, tuple[str, ...]] = {}
    invite: bool | None = None


class BadPack(ValueError):
    """规则包有误: names the file and what is wrong with it."""


@cache
def packs() -> tuple[Pack, ...]:
    """All packs; a changed file is seen by the next process. Raises `BadPack`."""
    found = []
    for path in sorted((DATA / "evaluation").glob("*.yaml")):
        try:
            found.append(checked(path.read_text("utf-8"), path.stem))
        except (yaml.YAMLError, msgspec.ValidationError, BadPack) as error:
            raise BadPack(f"{path.name}：{error}") from error
    return tuple(found)


def checked(text: str, name: str) -> Pack:
    """One pack. Raises `BadPack`, `yaml.YAMLError`, `msgspec.ValidationError`."""
    pack = msgspec.convert(yaml.safe_load(text), Pack)
    numbers = {one.name for one in fields(Settings) if one.type in (int, "int")}
    if pack.pack != name:
        raise BadPack(f"pack 要和文件名一样：{name} / pack must be the file's name")
    for key, number in pack.settings.items():
        if key not in numbers:
            raise BadPack(f"没有 {key} 这一项，可以写 {'、'.join(sorted(numbers))} / unknown setting {key}")
        if number.value < 1:
            raise BadPack(f"{key} 要大于 0 / {key} must be more than 0")
    if unknown := pack.scripts.keys() - set(About):
        raise BadPack(f"没有这种回访：{'、'.join(sorted(unknown))} / unknown script")
    if pack.sampling and not 0 <= pack.sampling.share <= 100:
        raise BadPack("share 是 0 到 100 的百分比 / share is per cent, 0 to 100")
    if name == NATIONAL and (numbers - pack.settings.keys() or set(About) - pack.scripts.keys()):
        raise BadPack("全国的要写全 / the national pack must be complete")
    return pack


@cache
def settings_for(region: str) -> Settings:
    """What holds at a place: of several packs the one whose regions are written longest."""
    reach = [
        (max(len(prefix) for prefix in pack.regions if region.startswith(prefix)), pack)
        for pack in packs()
        if any(region.startswith(prefix) for prefix in pack.regions)
    ]
    name, numbers, scripts = NATIONAL, dict[str, int](), dict[str, tuple[str, ...]]()
    sampling, invite = Sampling(), False
    for _, pack in sorted(reach, key=lambda entry: entry[0]):
        name = pack.pack
        numbers |= {key: number.value for key, number in pack.settings.items()}
        scripts |= pack.scripts
        if pack.sampling:
            sampling = Sampling(pack.sampling.mode, pack.sampling.share, pack.sampling.kinds)
        invite = invite if pack.invite is None else pack.invite
    said = {key: Script(lines) for key, lines in scripts.items()}
    return Settings(pack=name, sampling=sampling, scripts=said, invite=invite, **numbers)
