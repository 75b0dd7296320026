"""`./banshi rules match`: who meets the rules, who cannot be told and why; a broken population prints nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from banshi.desks.console import rules_match
from banshi.desks.console.main import main
from banshi.kernel.facts import Refused

RULES = """
names:
  age: int
  income: {type: int, zh: 年收入, unit: 分}
  kind: {type: string, zh: 类别, choices: {a: 城镇, b: 农村}}
  members: {type: {list: {age: int, ill: bool}}, zh: 家庭成员}
  born: {type: date, zh: 出生日期}
  as_of: date
rules:
  - {key: elderly, when: "age >= 60 && income <= yuan(30000)", article: 《高龄津贴办法》第五条}
  - {key: family, when: "members.exists(m, m.ill) || kind == 'b'"}
  - {key: grown, when: "years(born, as_of) >= 18"}
"""
PEOPLE: dict[str, list[Any]] = {
    "id": ["甲", "乙", "丙"],
    "age": [61, None, 30],
    "income": [100, 200, 300],
    "kind": ["a", None, "a"],
    "members": [[{"age": 1, "ill": True}], [{"age": 2, "ill": None}], []],
    "born": [date(1965, 1, 1), None, date(2020, 5, 5)],
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, "utf-8")
    return file


def people(folder: Path, **other: list[Any]) -> Path:
    file = folder / "people.parquet"
    pq.write_table(pa.table(PEOPLE | other), file)
    return file


def test_matches_and_what_is_missing(rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [
        "rules",
        "match",
        str(rules),
        str(people(tmp_path)),
        "--given",
        "as_of=2026-03-01",
        "--id",
        "id",
        "--json",
    ]
    assert main(given) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"row": 1, "matches": ["elderly", "family", "grown"], "unknown": {}, "id": "甲"},
        {
            "row": 2,
            "matches": [],
            "unknown": {"elderly": ["age"], "family": ["kind"], "grown": ["born"]},
            "id": "乙",
        },
        {
            "rows": 3,
            "rules": {
                "elderly": {"matches": 1, "unknown": 1, "missing": {"age": 1}},
                "family": {"matches": 1, "unknown": 1, "missing": {"kind": 1}},
                "grown": {"matches": 1, "unknown": 1, "missing": {"born": 1}},
            },
        },
    ]


def test_explained_in_words(rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules_match.match(rules, people(tmp_path), given=["as_of=2026-03-01"], explain=True)
    out = capsys.readouterr().out
    assert "第1行 row 1：符合 matches elderly、family、grown" in out
    assert "elderly 《高龄津贴办法》第五条" in out
    assert "年收入不超过30,000元：是 true（年收入：1元）" in out
    assert "不能确定 unknown elderly（缺 lacks age）" in out
    assert "共 3 行 / 3 rows" in out


def test_rules_over_the_columns_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(["age > 60", "day > born || limit > age"]), "utf-8")
    rules_match.match(
        rules, people(tmp_path), given=["day=2026-03-01", "limit=50", "name=x"], summary=True, as_json=True
    )
    assert json.loads(capsys.readouterr().out) == {
        "rows": 3,
        "rules": {
            "1": {"matches": 1, "unknown": 1, "missing": {"age": 1}},
            "2": {"matches": 2, "unknown": 1, "missing": {"born": 1, "age": 1}},
        },
    }


def test_a_population_broken_at_its_end_prints_nothing(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = people(tmp_path, born=["1965-01-01", None, "2020-05-32"])
    assert main(["rules", "match", str(rules), str(file), "--given", "as_of=2026-03-01"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{file}：“born”列第3行的“2020-05-32”不是date。" in printed.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [", "读不懂"),
        ("names: {age: int}", "没有 rules 这个列表"),
        ("[]", "没有 rules 这个列表"),
        ("[{key: a}]", "第1条规则没有 when"),
        ("[{key: a, when: 'age > 1'}, {key: a, when: 'age > 2'}]", "“a”有两条规则"),
        ("{names: [age], rules: ['age > 1']}", "names 应是"),
        ("{names: {age: number}, rules: ['age > 1']}", '“age”的类型“"number"”不对'),
        ("[age > 1 && incomes > 1]", "规则“1”有错：\n1:12 没有声明数据“incomes”。是不是“income”？"),
        ("['age > “1”']", "规则“1”有错"),
        ("{names: {old: int}, rules: ['old > 1']}", "“old”列不存在"),
    ],
)
def test_a_wrong_file_of_rules_is_refused_with_its_place(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        rules_match.match(rules, people(tmp_path))
    assert said in refused.value.zh
    assert capsys.readouterr().out == ""


def test_given_data_of_another_type_and_a_column_that_is_not_there(rules: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        rules_match.match(rules, people(tmp_path), given=["as_of=spring"])
    assert "“as_of=spring”的值不是date" in refused.value.zh
    with pytest.raises(Refused) as refused:
        rules_match.match(rules, people(tmp_path), given=["as_of=2026-03-01"], id_column="code")
    assert "没有“code”列" in refused.value.zh


def test_a_column_may_be_called_what_it_will(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "names: {income: {type: int, column: 年收入}}\nrules: [{key: poor, when: income < 150}]", "utf-8"
    )
    found = people(tmp_path, 年收入=[100, 200, None])
    assert rules_match.match(file, found, id_column="年收入", as_json=True) == 0
    first, *_, counts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first == {"row": 1, "matches": ["poor"], "unknown": {}, "id": 100}
    assert counts["rules"]["poor"]["matches"] == 1
    with pytest.raises(Refused, match="“年收入”列第2行"):
        rules_match.match(file, people(tmp_path, 年收入=[1.0, 2.5, 3.0]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: ['年收入 > 5']", r"income: \{type: int, column: 年收入\}"),
        ("names: {年收入: int}\nrules: ['年收入 > 5']", r"income: \{type: int, column: 年收入\}"),
        ("rules: ['photo == 1']", "“photo”列"),
    ],
)
def test_a_column_that_cannot_be_a_name_is_to_be_declared(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(Refused, match=said):
        rules_match.match(file, people(tmp_path, 年收入=[1, 2, 3], photo=[b"", b"", b""]))


def test_a_population_that_is_not_there_is_said_to_be_so(rules: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"没有文件 .*gone\.parquet"):
        rules_match.match(rules, tmp_path / "gone.parquet")
