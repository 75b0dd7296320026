"""`./banshi tickets learn` and `suggest`, `./banshi open311 key`, and the proof that the interface does not fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from banshi.desks.console import tickets
from banshi.infra.config import DATA
from banshi.kernel.facts import Refused
from tests.desks.console.command import City, banshi

DEMO = DATA / "tickets" / "demo-letters.csv"
ASKED = (
    "title,text,category,unit\n"
    "晚上路灯全黑,演示三路的路灯一盏都不亮，请派人来看,city.lighting.dark,urban_management\n路灯,,,\n"
)
AGAIN = "晚上路灯全黑,演示三路的路灯一盏都不亮！请派人来看,city.lighting.dark,market\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model") / "new" / "model.npz"


@pytest.fixture(scope="module")
def learnt(model: Path) -> str:
    return banshi("tickets", "learn", DEMO, "--model", model).out


def test_learning_tells_how_good_it_is_beside_what_takes_no_learning(learnt: str, model: Path) -> None:
    for told in ("270封", "54类", "top-1", "top-3", "macro-F1", "most frequent", "nearest letter", "unit"):
        assert told in learnt
    assert model.is_file()


def test_each_letter_gets_a_line_of_json(
    learnt: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letters.csv"
    file.write_text(ASKED + AGAIN, "gb18030")
    assert tickets.suggest(file, model, as_json=True, most=2) == 0
    printed = capsys.readouterr()
    first, short, again = map(json.loads, printed.out.splitlines())
    assert (first["line"], short["line"], again["line"]) == (2, 3, 4)
    assert first["categories"][0]["key"] == "city.lighting.dark"
    assert first["units"][0]["key"] == "urban_management"
    assert len(first["categories"]) == 2
    assert first["categories"][0]["reasons"][0].keys() == {"words", "share"}
    assert (first["same_as_line"], short["same_as_line"], again["same_as_line"]) == (None, None, 2)
    categories, units = printed.err.splitlines()
    assert "categories: 100.0%" in categories and "（2）" in categories
    assert "units: 50.0%" in units and "（2）" in units


def test_people_read_it_as_text(
    learnt: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letters.csv"
    file.write_text(ASKED + AGAIN, "utf-8")
    assert tickets.suggest(file, model, as_json=False, most=3) == 0
    out = capsys.readouterr().out
    assert "city.lighting.dark" in out
    assert "路灯" in out
    assert "与第2行几乎相同" in out


def test_what_is_wrong_is_told_without_a_trace(tmp_path: Path, model: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text("subject\n路灯\n", "utf-8")
    done = banshi("tickets", "learn", file, "--model", model, status=1)
    assert "第1行" in done.err
    assert "Traceback" not in done.err
    with pytest.raises(Refused) as refused:
        tickets.suggest(DEMO, tmp_path / "none.npz", as_json=False, most=3)
    assert refused.value.rule == "no_model"
    with pytest.raises(Refused, match="--most"):
        tickets.suggest(DEMO, model, as_json=False, most=0)


def test_a_file_refused_at_its_last_line_leaves_the_model_and_prints_no_letter(
    learnt: str, model: Path, tmp_path: Path
) -> None:
    file, before = tmp_path / "letters.csv", model.read_bytes()
    file.write_text(DEMO.read_text("utf-8") + '坏了,"没有关上,a,b\n', "utf-8")
    assert "第272行" in banshi("tickets", "learn", file, "--model", model, status=1).err
    assert model.read_bytes() == before
    assert [*model.parent.iterdir()] == [model]
    assert banshi("tickets", "suggest", file, "--model", model, status=1).out == ""


def test_a_key_is_told_once_and_can_be_taken_away(city: City) -> None:
    told = banshi("open311", "key", "neighbour", "--config", city.config).out
    key = told.splitlines()[1]
    assert len(key) >= 40
    listed = banshi("open311", "keys", "--config", city.config).out
    assert listed.startswith("neighbour\t")
    assert key not in listed
    banshi("open311", "revoke", "neighbour", "--config", city.config)
    assert "neighbour" not in banshi("open311", "keys", "--config", city.config).out
    assert "没有" in banshi("open311", "revoke", "neighbour", "--config", city.config, status=1).err


@pytest.mark.once
def test_invented_requests_bring_no_server_error() -> None:
    proof = json.loads(
        banshi("prove", "open311", "--n", "60", "--engine", "sqlite", "--json").out.splitlines()[-1]
    )
    assert proof["violations"] == []
    assert proof["figures"]["calls"] >= 60
    assert proof["figures"]["201"] > 0
