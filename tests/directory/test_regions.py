"""Regions: what is in the files, and how one finds one's way in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.directory import operations, queries
from banshi.directory.divisions import BadDivisions
from banshi.directory.models import Region
from banshi.directory.values import Level, covers, prefix
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests import personas


@pytest.fixture
def quanzhou(db: None) -> None:
    operations.load_regions(actor=SYSTEM, at=personas.AT, towns_of="3505")


def test_all_counties_and_one_citys_villages_are_loaded_as_often_as_one_likes(quanzhou: None) -> None:
    def counts() -> list[int]:
        return [Region.objects.filter(level=level).count() for level in Level]

    assert counts() == [31, 342, 2978, 175, 2573]
    operations.load_regions(actor=SYSTEM, at=personas.AT, towns_of="3505")
    assert counts() == [31, 342, 2978, 175, 2573]


def test_a_village_knows_its_way_up(quanzhou: None) -> None:
    names = [region.name for region in queries.list_path("350502001001")]
    assert names == ["福建省", "泉州市", "鲤城区", "海滨街道", "金山社区居委会"]
    assert queries.county_of("350502001001") == "350502"


def test_statistical_placeholders_are_no_part_of_an_address(quanzhou: None) -> None:
    assert [region.name for region in queries.list_path("110101")] == ["北京市", "东城区"]


def test_a_city_is_found_by_four_digits_and_by_six(quanzhou: None) -> None:
    assert queries.get_region("350500") == queries.get_region("3505")
    assert [child.name for child in queries.list_children("350500")][:2] == ["鲤城区", "丰泽区"]
    # 东莞 has no counties: the statistics give it one of its own name.
    assert queries.get_region("441900").level == Level.COUNTY


def test_what_lies_in_no_county_is_refused(quanzhou: None) -> None:
    for code in ("3505", "350500", "350599", "", "35050"):
        with pytest.raises(NotFound):
            queries.county_of(code)


def test_names_come_by_the_codes_that_were_asked_for(quanzhou: None) -> None:
    assert queries.region_names(["350500", "350502", "999999"]) == {"350500": "泉州市", "350502": "鲤城区"}


@pytest.mark.parametrize(
    ("wide", "narrow", "answer"),
    [
        ("350500", "350502", True),
        ("350502", "350502", True),
        ("350502", "350500", False),
        ("350000", "350502", True),
        ("000000", "110101", True),
        ("350500", "350602", False),
    ],
)
def test_a_region_covers_what_lies_in_it(wide: str, narrow: str, answer: bool) -> None:
    assert covers(wide, narrow) is answer


def test_six_digits_lose_only_the_zeros_of_missing_levels() -> None:
    assert [prefix(code) for code in ("350502", "350500", "350000", "000000", "500000", "350502001")] == [
        "350502",
        "3505",
        "35",
        "",
        "50",
        "350502001",
    ]


def folder_with(path: Path, **files: str) -> Path:
    for name in ("provinces", "cities", "areas", "streets", "villages"):
        text = files.get(name) or (DATA / "divisions" / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (path / f"{name}.csv").write_text(text + "\n", "utf-8")
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("cities", '3505,"泉州市",36'),
        ("cities", '350,"泉州市",35'),
        ("cities", '3505,"",35'),
        ("areas", '350502,"鲤城区",,35'),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(tmp_path: Path, file: str, line: str) -> None:
    header = (DATA / "divisions" / f"{file}.csv").read_text("utf-8").splitlines()[0]
    folder = folder_with(tmp_path, **{file: f"{header}\n{line}"})
    with pytest.raises(BadDivisions, match=rf"{file}.csv 第 2 行"):
        operations.load_regions(actor=SYSTEM, at=personas.AT, folder=folder)
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_every_village_of_a_folder_given_is_loaded(tmp_path: Path) -> None:
    loaded = operations.load_all_villages(DATA / "divisions", actor=SYSTEM, at=personas.AT)
    assert loaded == Region.objects.count() == 31 + 342 + 2978 + 4498 + 10228


@pytest.mark.django_db
def test_only_the_whole_countrys_administrator_loads_regions() -> None:
    with pytest.raises(Refused, match="不在您的管理范围"):
        operations.load_regions(actor=personas.guan().actor, at=personas.AT)
