"""目录文件: whoever writes one is told, in Chinese and English, at which line and column it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.contexts.catalogue.files import read_catalogue
from tests.rules.catalogue.small import FILES, LAWS, broken, read, standing_at

ITEM, CANTEEN, BUNDLE = "items/home-record.yaml", "items/canteen.yaml", "bundles/open.yaml"


def test_a_good_catalogue_has_nothing_said_of_it(tmp_path: Path) -> None:
    reading = read(tmp_path, FILES)
    assert (reading.errors, reading.warnings, reading.unverified) == ((), (), 1)
    assert reading.catalogue is not None
    assert reading.catalogue.items["canteen"].type == "01"
    assert reading.catalogue.items["canteen"].bases[0].edition == "2020-01-01"
    assert reading.catalogue.bundles["open"].items[1].when == {"canteen": ("yes",)}


# file, what stands in it, what is written instead | line, what stands at the column, in Chinese, in English
WRITTEN_WRONG = [
    # how YAML is written
    (ITEM, "plain_name: 办养老院", "plain_name: 办: 养老院", 3, ": 养老院", "冒号", "mapping values"),
    (ITEM, "  - {element: kind}", "\t- {element: kind}", 20, "\t-", "制表符", "cannot start any token"),
    (ITEM, "conditions:\n", "conditions: [\n", 16, "- 有场所", "没有成对", "expected node content"),
    (ITEM, "summary: 开业后向", 'summary: "开业后向', 6, "001011", "没有成对", "expected key"),
    (ITEM, "department: civil", "department: civil\ntype: 20", 10, "type", "type 写了两次", "is there twice"),
    (ITEM, "{element: kind}", "{element: home, element: kind}", 20, "element: kind", "两次", "twice"),
    (ITEM, "{days: 1}", "&limit {days: 1}\nx: *limit", 15, "x", "引用", "references"),
    (ITEM, "summary: 开", "? [a]\n: b\nsummary: 开", 4, "[a]", "只能是一个词", "must be a word"),
    # how an item is written
    (ITEM, "plain_name:", "plainname:", 3, "plainname", "是不是 plain_name", "plain_name?"),
    (ITEM, "{days: 1}", "{days: 1, zz: 2}", 14, "zz", "可以写 days、unit、basis", "known are days, unit, basis"),
    (ITEM, "department: civil\n", "", 1, "code", "缺少 department", "department is missing"),
    (ITEM, "  - {element: kind}", "  - {optional: true}", 20, "{opt", "缺少 element", "element is missing"),
    (ITEM, "{days: 1}", "{days: 一}", 14, "一", "要整数，写成了文字", "Expected int, got str"),
    (ITEM, "instant: true", "instant: 是", 10, "是", "要true 或 false", "Expected bool"),
    (ITEM, "type: 10", "type: 11", 7, "11", "只能填 01、05、07、08、10、20", "must be one of 01, 05"),
    (ITEM, "[enterprise]", "enterprise", 8, "enterprise", "要列表，写成了文字", "Expected array, got str"),
    (ITEM, "[enterprise]", "[company]", 8, "company", "只能填 enterprise、person", "enterprise, person"),
    (ITEM, "statutory: null", "statutory: {day: 3}", 13, "day", "是不是 days", "days?"),
    (ITEM, "summary: 开业后向民政部门备案。", "summary:", 4, "", "要文字，写成了空", "Expected str, got null"),
    (ITEM, "code: home-record", "code: home", 1, "home", "和文件名一样：home-record", "the file's name"),
    (CANTEEN, "{size: [large]}", "{size: large}", 19, "large}}", "要列表", "Expected array"),
    (CANTEEN, "{size: [large]}", "{size: [{a: b}]}", 19, "{a: b}", "要文字", "Expected str, got object"),
    # how a dictionary is written
    ("materials.yaml", "issuer: 民政部门, ", "", 2, "M-RECORD", "缺少 issuer", "issuer is missing"),
    ("materials.yaml", "  issuer: 申请人\n  cert", "  cert", 3, "M-PAPERS", "缺少 issuer", "is missing"),
    ("elements.yaml", "kind: date", "kind: day", 9, "day", "只能填 address", "must be one of address"),
    ("elements.yaml", "elements:\n", "element:\n", 3, "element", "是不是 elements", "elements?"),
    ("questions.yaml", "{key: yes, text: 做}", "yes", 4, "yes", "键: 值", "Expected object, got str"),
    ("departments.yaml", "civil: 民政", "civil: [民政]", 1, "civil", "要文字", "Expected str"),
    ("departments.yaml", "civil: 民政\n", "- 民政\n- ", 1, "- 民政", "键: 值", "Expected object, got array"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "there", "zh", "en"), WRITTEN_WRONG)
def test_what_is_written_wrong_is_shown_where_it_stands(
    tmp_path: Path, file: str, old: str, new: str, line: int, there: str, zh: str, en: str
) -> None:
    reading = broken(tmp_path, file, old, new)
    assert reading.catalogue is None
    problem = reading.errors[0]
    assert (problem.file, problem.line) == (file, line), str(problem)
    assert standing_at(tmp_path, problem).startswith(there), str(problem)
    assert zh in problem.zh
    assert en in problem.en
    assert str(problem) == f"{file}:{line}:{problem.column}: {problem.zh} / {problem.en}"


def test_each_file_and_each_entry_tells_its_own_mistake(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            **FILES,
            ITEM: "- code",
            "departments.yaml": "civil: {}\nmarket: []\n",
            "topics.yaml": "",
        },
    )
    assert [(problem.file, problem.line) for problem in reading.errors] == [
        ("departments.yaml", 1),
        ("departments.yaml", 2),
        (ITEM, 1),
        ("topics.yaml", 1),
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    reading = read(tmp_path, {name: text for name, text in FILES.items() if name != "elements.yaml"})
    assert [str(problem) for problem in reading.errors] == [
        "elements.yaml:1:1: 没有这个文件 / the file is missing"
    ]


def test_a_file_of_another_encoding_is_named(tmp_path: Path) -> None:
    read(tmp_path, FILES)
    (tmp_path / ITEM).write_bytes("code: 办养老院".encode("gb18030"))
    assert "UTF-8" in read_catalogue(tmp_path, LAWS).errors[0].zh
