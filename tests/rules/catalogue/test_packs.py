"""规则包: every number comes from somewhere, places differ where they say so, and a bad file is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from banshi.contexts.cases import files as packs
from banshi.contexts.cases.files import BadPack, ceilings_for, limits_for
from banshi.contexts.cases.values import Limits
from banshi.contexts.catalogue.files import read_catalogue
from banshi.contexts.catalogue.rules import Laws
from banshi.contexts.catalogue.values import Ceiling
from tests.rules.catalogue.conftest import DATA
from tests.rules.catalogue.small import numeral

_CITED = re.compile(r"^(行政许可法|安阳市政务服务条例)(第.+)$")
EDITIONS = {"行政许可法": "2019-04-23", "安阳市政务服务条例": "2021-10-25"}


def test_where_no_place_says_otherwise_the_national_numbers_hold() -> None:
    assert limits_for("110101") == Limits()


def test_every_number_of_a_statute_stands_in_its_article(laws: Laws) -> None:
    cited = 0
    for pack in packs.packs():
        entries = [(limit.value, limit.source) for limit in pack.limits.values()]
        entries += [(ceiling.days, ceiling.source) for ceiling in pack.ceilings]
        for value, source in entries:
            if found := _CITED.match(source):
                words = laws.article_text(found[1], EDITIONS[found[1]], found[2])
                assert re.search(f"{numeral(value)}(个工作)?[日年]", words), (pack.pack, source)
                cited += 1
    assert cited >= 13


def test_every_number_says_where_it_comes_from() -> None:
    for pack in packs.packs():
        assert all(limit.source for limit in pack.limits.values())
        assert all(ceiling.source and ceiling.title for ceiling in pack.ceilings)


@pytest.mark.parametrize(
    ("region", "pack", "acceptance"),
    [
        ("350502", "quanzhou", 5),
        ("410502", "anyang", 1),
        ("370702", "national", 5),
        ("350200", "national", 5),
    ],
)
def test_a_place_keeps_its_own_numbers(region: str, pack: str, acceptance: int) -> None:
    found = limits_for(region)
    assert (found.pack, found.acceptance_days) == (pack, acceptance)
    assert found.extension_days == 10


@pytest.mark.parametrize(
    ("region", "item", "most"),
    [
        ("370700", "company-registration", (1, "hour")),  # 潍坊 一小时
        ("420324", "company-registration", (1, "workday")),  # 竹溪 一天
        ("420324", "project-filing", (3, "workday")),
        ("420324", "gas-connection", (5, "workday")),
        ("420324", "real-estate-registration", (2, "workday")),
        ("420324", "real-estate-mortgage", (0, "workday")),
        ("410500", "real-estate-registration", (3, "workday")),
    ],
)
def test_what_a_place_has_pledged_to_promise_at_most(region: str, item: str, most: tuple[int, str]) -> None:
    assert most in [(one.days, one.unit) for one in ceilings_for(region) if item in one.items]


def test_quanzhou_promises_within_35_per_cent_of_every_statutory_limit() -> None:
    shares = [ceiling for ceiling in ceilings_for("350502") if ceiling.share]
    assert [(ceiling.share, "01" in ceiling.types, "07" in ceiling.types) for ceiling in shares] == [
        (35, True, True)
    ]


@pytest.mark.parametrize(
    ("place", "files"), [("350500", []), ("370700", ["items/company-registration.yaml"])]
)
def test_the_shipped_catalogue_at_a_place(laws: Laws, place: str, files: list[str]) -> None:
    ceilings = [msgspec.convert(one, Ceiling, from_attributes=True) for one in ceilings_for(place)]
    assert [problem.file for problem in read_catalogue(DATA / "catalogue", laws, ceilings).errors] == files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packs of its own, with the national one in it."""
    (tmp_path / "rules").mkdir()
    national = (DATA / "rules" / "national.yaml").read_text("utf-8")
    (tmp_path / "rules" / "national.yaml").write_text(national, "utf-8")
    monkeypatch.setattr(packs, "DATA", tmp_path)
    packs.packs.cache_clear()
    limits_for.cache_clear()
    return tmp_path / "rules"


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    """What was read from another folder is not kept for the next test."""
    yield
    packs.packs.cache_clear()
    limits_for.cache_clear()


def write(folder: Path, name: str, **changes: Any) -> None:
    pack = {"pack": name, "name": name, "regions": ["3505"], "limits": {}} | changes
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")


def limit(value: int, unit: str = "workday", **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": "某条例", **more}


def test_a_county_goes_before_its_city(folder: Path) -> None:
    write(folder, "city", limits={"acceptance_days": limit(3), "delivery_days": limit(6)})
    write(folder, "county", regions=["350502"], limits={"acceptance_days": limit(1)})
    assert (limits_for("350502").acceptance_days, limits_for("350502").delivery_days) == (1, 6)
    assert (limits_for("350503").acceptance_days, limits_for("350503").pack) == (3, "city")


def test_a_rule_for_some_item_types_leaves_the_others_alone(folder: Path) -> None:
    write(folder, "city", limits={"acceptance_days": limit(1, types=["07"])})
    assert (limits_for("350502", "07").acceptance_days, limits_for("350502", "01").acceptance_days) == (1, 5)


@pytest.mark.parametrize(
    ("changes", "zh"),
    [
        ({"limits": {"acceptance": limit(3)}}, "没有 acceptance 这一项"),
        ({"limits": {"acceptance_days": limit(3, "day")}}, "acceptance_days 的单位是 workday"),
        ({"limits": {"acceptance_days": limit(-1)}}, "不能小于 0"),
        ({"limits": {"acceptance_days": {"value": 3, "unit": "workday"}}}, "source"),
        ({"pack": "town"}, "文件名一样"),
        ({"rules": 1}, "rules"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(folder: Path, changes: dict[str, Any], zh: str) -> None:
    write(folder, "city", **changes)
    with pytest.raises(BadPack, match=rf"city\.yaml：.*{zh}"):
        limits_for("350502")
