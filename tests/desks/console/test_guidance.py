"""`./banshi guidance`: answers in, outcomes out; what is wrong is told where it stands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from banshi.desks.console import guidance, main
from banshi.kernel.facts import Refused

DEMO = Path(__file__).resolve().parents[3] / "data" / "demo"
FLOW = Path(__file__).resolve().parents[3] / "data" / "guidance" / "construction-project.yaml"
ON = date(2026, 3, 2)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_example_of_the_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert guidance.run(DEMO / "guide.csv", DEMO / "guide-answers.jsonl", ON) == 0
    first, _, third, fourth = lines(capsys)
    told = {"code": "第3行", "name": "男满六十岁退休", "outcome": "男满六十岁退休", "age": 60}
    assert first == {
        "id": 1,
        "outcomes": [told],
        "next": None,
        "asked": ["sex", "work", "born"],
        "known": {},
        "unused": [],
    }
    assert (third["outcomes"], third["next"]) == ([], "work")
    assert fourth["unused"] == ["born", "sector"]


def test_six_hundred_outcomes_of_a_foreign_flow_all_come_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["unique,country,sex,partner,-> outcome"]
    asked = []
    for number in range(200):
        for sex, partner in (("same", ""), ("opposite", "local"), ("opposite", "other")):
            name = f"outcome-{number}-{sex}-{partner}"
            rows.append(f",country-{number},{sex},{partner},{name}")
            answers = {"country": f"country-{number}", "sex": sex, "partner": partner or "local"}
            asked.append({"id": name, "answers": answers})
    (tmp_path / "flow.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, asked)), "utf-8")
    assert guidance.run(tmp_path / "flow.csv", tmp_path / "answers.jsonl", ON) == 0
    told = lines(capsys)
    assert len(told) == 600
    assert [one["outcomes"][0]["outcome"] for one in told] == [one["id"] for one in asked]  # type: ignore[index]
    assert guidance.check(tmp_path / "flow.csv", ON, as_json=False) == 0


def test_facts_answer_questions_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"answers": {"investment": "gov"}, "known": {"place.county": "370782"}}
    (tmp_path / "a.jsonl").write_text(json.dumps(told), "utf-8")
    assert guidance.run(FLOW, tmp_path / "a.jsonl", ON) == 0
    (line,) = lines(capsys)
    assert line["known"] == {"place": {"answer": "370782", "from": "place.county"}}
    assert line["next"] == "kind"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("{", "bad_line"),
        ("[]", "bad_line"),
        ('{"sex": "male"}', "bad_line"),
        ('{"answers": {}, "more": 1}', "bad_line"),
        ('{"answers": {"colour": "red"}}', "no_such_question"),
        ('{"answers": {"sex": "unsaid"}}', "wrong_answer"),
        ('{"answers": {"sex": null}}', "wrong_answer"),
        ('{"answers": {"born": "2026-02-30"}}', "wrong_answer"),
        ("[" * 100_000, "bad_line"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_still_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, kind: str
) -> None:
    good = '{"answers": {"sex": "male", "work": "hard"}}'
    (tmp_path / "a.jsonl").write_text(f"{good}\n{line}\n{good}\n", "utf-8")
    assert guidance.run(DEMO / "guide.csv", tmp_path / "a.jsonl", ON) == 1
    first, second, third = lines(capsys)
    assert (second["line"], second["error"]["kind"]) == (2, kind)  # type: ignore[index]
    assert first == third


def test_check_and_draw_name_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("age:int,-> o\n< 60,a\n>= 60,b\n> 80,c\n", "utf-8")
    assert main.main(["guidance", "check", str(tmp_path / "t.csv")]) == 1
    assert "第3、4行" in capsys.readouterr().out
    (tmp_path / "t.csv").write_text("age:int,-> o\n< sixty,a\n", "utf-8")
    assert main.main(["guidance", "check", str(tmp_path / "t.csv")]) == 1
    assert "t.csv:2:" in capsys.readouterr().out
    assert main.main(["guidance", "draw", str(FLOW), "--out", str(tmp_path / "f.svg")]) == 0
    assert (tmp_path / "f.svg").read_text("utf-8").startswith("<svg")


def test_days_are_reckoned_from_the_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A leave of 98 days from a fortnight before the birth: a calculation, not one of several fixed outcomes."""
    (tmp_path / "leave.csv").write_text(
        "babies:int,due:date,-> outcome,-> from:date,-> days:int\n"
        "1,,leave,= due - 15,98\n> 1,,longer leave,= due - 15,= 98 + 15 * (babies - 1)\n< 1,,none,,0\n",
        "utf-8",
    )
    asked = [{"babies": 3.0, "due": "2026-01-10"}, {"babies": 0}, {"babies": 1}]
    (tmp_path / "answers.jsonl").write_text("\n".join(json.dumps({"answers": one}) for one in asked), "utf-8")
    assert guidance.run(tmp_path / "leave.csv", tmp_path / "answers.jsonl", ON) == 0
    first, second, third = lines(capsys)
    assert first["outcomes"] == [
        {
            "code": "第3行",
            "name": "longer leave",
            "outcome": "longer leave",
            "from": "2025-12-26",
            "days": 128,
        }
    ]
    assert (second["next"], third["next"]) == (None, "due")


def test_a_folder_without_flows_is_not_sound(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有流程"):
        guidance.check(tmp_path, ON, as_json=False)
