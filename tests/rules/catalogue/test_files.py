"""目录文件: whoever writes one is told, in Chinese and English, at which line and column it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.rules.catalogue.small import FILES, LAWS

from banshi.contexts.catalogue.files import Reading, read_catalogue, read_laws

ITEM, CANTEEN, BUNDLE = "items/home-record.yaml", "items/canteen.yaml", "bundles/open.yaml"


def read(folder: Path, files: Mapping[str, str]) -> Reading:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_catalogue(folder, LAWS)


def broken(folder: Path, file: str, old: str, new: str) -> Reading:
    assert FILES[file].count(old) == 1, f"{old} must stand in {file} once"
    return read(folder, {**FILES, file: FILES[file].replace(old, new)})


def test_a_good_catalogue_has_nothing_said_of_it(tmp_path: Path) -> None:
    reading = read(tmp_path, FILES)
    assert (reading.errors, reading.warnings, reading.unverified) == ((), (), 1)
    assert reading.catalogue is not None
    assert reading.catalogue.items["canteen"].type == "01"
    assert reading.catalogue.items["canteen"].bases[0].edition == "2020-01-01"
    assert reading.catalogue.bundles["open"].items[1].when == {"canteen": ("yes",)}


WRITTEN_WRONG = [
    # how YAML is written
    (ITEM, "plain_name: 办养老院", "plain_name: 办: 养老院", (3, 14), "冒号", "mapping values"),
    (ITEM, "  - {element: kind}", "\t- {element: kind}", (20, 1), "制表符", "cannot start any token"),
    (ITEM, "conditions:\n", "conditions: [\n", (16, 3), "写法有误", "block sequence"),
    (ITEM, "summary: 开业后向", 'summary: "开业后向', (24, 1), "引号没有成对", "unexpected end of stream"),
    (ITEM, "department: civil", "department: civil\ntype: 20", (10, 1), "type 写了两次", "type is there twice"),
    (ITEM, "{element: kind}", "{element: kind, element: kind}", (20, 20), "element 写了两次", "there twice"),
    (ITEM, "promised: {days: 1}", "promised: &limit {days: 1}\nx: *limit", (15, 1), "引用", "references"),
    (ITEM, "department: civil", "? [civil]\n: civil", (9, 3), "只能是一个词", "must be a word"),
    # how an item is written
    (ITEM, "plain_name:", "plainname:", (3, 1), "是不是 plain_name", "plain_name?"),
    (ITEM, "{days: 1}", "{days: 1, zzz: 2}", (14, 25), "可以写 days、unit、basis", "known are days, unit, basis"),
    (ITEM, "department: civil\n", "", (1, 1), "缺少 department", "department is missing"),
    (ITEM, "  - {element: kind}", "  - {situations: []}", (20, 5), "缺少 element", "element is missing"),
    (ITEM, "{days: 1}", "{days: 一}", (14, 18), "要整数，写成了文字", "Expected int, got str"),
    (ITEM, "instant: true", "instant: 是", (10, 10), "要true 或 false", "Expected bool"),
    (ITEM, "type: 10", "type: 11", (7, 7), "只能填 01、05、07、08、10、20", "must be one of 01, 05"),
    (ITEM, "[enterprise]", "enterprise", (8, 13), "要列表，写成了文字", "Expected array, got str"),
    (ITEM, "[enterprise]", "[company]", (8, 14), "只能填 enterprise、person", "enterprise, person"),
    (ITEM, "statutory: null", "statutory: {day: 3}", (13, 13), "是不是 days", "days?"),
    (ITEM, "summary: 开业后向民政部门备案。", "summary:", (4, 9), "要文字，写成了空", "Expected str, got null"),
    (ITEM, "code: home-record", "code: home", (1, 7), "和文件名一样：home-record", "file's name, home-record"),
    (CANTEEN, "{size: [large]}", "{size: large}", (19, 48), "要列表", "Expected array"),
    (CANTEEN, "{size: [large]}", "{size: [{a: b}]}", (19, 49), "要文字", "Expected str, got object"),
    # how a dictionary is written
    ("materials.yaml", "issuer: 民政部门, ", "", (2, 1), "缺少 issuer", "issuer is missing"),
    ("materials.yaml", "  issuer: 申请人\n  cert", "  cert", (3, 1), "缺少 issuer", "issuer is missing"),
    ("elements.yaml", "kind: date", "kind: day", (9, 47), "只能填 address", "must be one of address"),
    ("elements.yaml", "elements:\n", "element:\n", (3, 1), "是不是 elements", "elements?"),
    ("questions.yaml", "{key: yes, text: 做}", "yes", (4, 7), "键: 值", "Expected object, got str"),
    ("departments.yaml", "civil: 民政", "civil: [民政]", (1, 1), "要文字", "Expected str"),
    ("departments.yaml", "civil: 民政\n", "- 民政\n- ", (1, 1), "键: 值", "Expected object, got array"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "at", "zh", "en"), WRITTEN_WRONG)
def test_what_is_written_wrong_is_shown_where_it_stands(
    tmp_path: Path, file: str, old: str, new: str, at: tuple[int, int], zh: str, en: str
) -> None:
    reading = broken(tmp_path, file, old, new)
    assert reading.catalogue is None
    problem = reading.errors[0]
    assert (problem.file, problem.line, problem.column) == (file, *at), str(problem)
    assert zh in problem.zh
    assert en in problem.en
    assert str(problem) == f"{file}:{at[0]}:{at[1]}: {problem.zh} / {problem.en}"


def test_each_file_and_each_entry_tells_its_own_mistake(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            **FILES,
            ITEM: "code: [",
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


DOES_NOT_FIT = [
    # references
    (CANTEEN, "department: market\ninstant", "department: shop\ninstant", (8, 13), "没有部门 shop", "no department"),
    (CANTEEN, "{element: home_name}", "{element: home}", (21, 15), "没有数据元 home", "no element home"),
    (CANTEEN, "M-RECORD", "M-NONE", (24, 16), "没有材料 M-NONE", "no material"),
    (CANTEEN, "{element: opens_on, situations: [large]}", "{element: opens_on, situations: [huge]}", (22, 36), "没有情形 huge", "no situation"),
    (CANTEEN, "questions: [size]", "questions: [width]", (17, 13), "没有问题 width", "no question width"),
    (CANTEEN, "questions: [size]\n", "", (18, 42), "没有列入 questions", "not among its questions"),
    (CANTEEN, "when: {size: [large]}", "when: {size: [huge]}", (19, 49), "没有问题 size 的选项 huge", "no choice of size"),
    (CANTEEN, "when: {size: [large]}", "when: {}", (19, 36), "什么时候成立", "needs a condition"),
    (CANTEEN, "after: [papers]}\n  - {key: opinion", "after: [paper]}\n  - {key: opinion", (28, 96), "没有环节 paper", "no work paper"),
    (CANTEEN, "limit: {days: 2}}", "limit: {days: 2}, after: [end]}", (26, 1), "环节互相等待：", "wait for one another"),
    (CANTEEN, "name: 食堂许可证, certificate: canteen", "name: 食堂许可证, certificate: food", (16, 58), "没有证照类型 food", "no certificate type"),
    (CANTEEN, "topics: [养老]", "topics: [养生]", (35, 10), "没有主题 养生", "no topic"),
    (CANTEEN, "  - {element: home_name}\n", "  - {element: home_name}\n  - {element: home_name}\n", (22, 15), "写了两次", "twice"),
    ("materials.yaml", "certificate: record", "certificate: licence", (2, 60), "没有证照类型 licence", "no certificate"),
    ("elements.yaml", "source: enterprise.name", "source: enterprise.title", (8, 21), "没有可自动填写的来源 enterprise.title", "no source"),
    ("elements.yaml", "when: {size: [large]}", "when: {size: [big]}", (8, 52), "没有问题 size 的选项 big", "no choice"),
    ("elements.yaml", "section: home, kind: date", "section: house, kind: date", (9, 36), "没有分组 house", "no section"),
    (BUNDLE, "{item: papers}", "{item: paper}", (13, 12), "没有事项 paper", "no item paper"),
    (BUNDLE, "when: {canteen: [yes]}", "when: {size: [large]}", (12, 26), "没有列入 questions", "not among"),
    (BUNDLE, "lead: civil", "lead: army", (5, 7), "没有部门 army", "no department"),
    # limits
    (CANTEEN, "promised: {days: 7}", "promised: {days: 21}", (13, 1), "不能比法定时限长", "longer than the statutory"),
    (CANTEEN, "promised: {days: 7}", "promised: {days: 21, unit: day}\n", (None, None), None, None),
    (CANTEEN, "promised: {days: 7}", "promised: {days: 6}", (26, 1), "超过承诺时限", "longer than what is promised"),
    (CANTEEN, "statutory: {days: 20}", "statutory: null", (12, 12), "行政许可都有法定时限", "always has a statutory limit"),
    (CANTEEN, "instant: false", "instant: true", (13, 1), "即办件的承诺时限", "within one workday"),
    (CANTEEN, "instant: false", "instant: true", (28, 36), "即办件不能有现场踏勘", "no site visit"),
    (ITEM, "instant: true", "instant: false", None, None, None),
    (ITEM, "instant: true\n", "instant: false\n", None, None, None),
    # basis
    (CANTEEN, "article: 第十五条}\nstatutory", "article: 第十六条}\nstatutory", (11, 49), "最近的是第十五条", "the nearest is 第十五条"),
    (CANTEEN, "article: 第十五条}\nstatutory", "article: 第十五条第三款}\nstatutory", (11, 49), "第十五条只有 1 款", "1 paragraphs only"),
    (CANTEEN, "article: 第十五条}\nstatutory", "article: 第十五条, unverified: true}\nstatutory", (11, 67), "去掉 unverified", "remove unverified"),
    ("items/papers.yaml", ", unverified: true", "", (11, 24), "现有 2020-01-01 版", "mark it unverified"),
    ("items/papers.yaml", "law: 养老法, edition: 1999-09-09, article: 第九条, unverified: true", "law: 孝法, edition: 1999-09-09, article: 第九条", (11, 11), "手头没有《孝法》", "mark it unverified"),
    (CANTEEN, "bases:\n  - {law: 养老法, edition: 2020-01-01, article: 第十五条}\n", "bases: []\n", (10, 1), "要写设定依据", "legal basis is missing"),
    (CANTEEN, "amount_fen: 1000", "amount_fen: 0", (32, 30), "大于 0", "more than 0"),
    # words and codes
    (CANTEEN, "  - 有厨房。", "  - 有厨房，交有关材料。", (15, 5), "“有关材料”", "is vague"),
    ("materials.yaml", "name: 平面图", "name: 平面图等材料", (1, 16), "“等材料”", "is vague"),
    (ITEM, '"001011001000"', '"00101100100"', (6, 27), "12", "12"),
    (ITEM, '"001011001000"', '"002011001000"', (6, 27), "是 20，事项类型是 10", "says type 20"),
    ("certificates.yaml", "11990000MB0000000J002", "11990000MB0000000K002", (2, 32), "核对", "check"),
    ("certificates.yaml", "11990000MB0000000J002", "11990000MB0000000J001", (2, 32), "与 canteen 的代码相同", "the code of canteen"),
    ("certificates.yaml", "11990000MB0000000J002", "11990000MB0000000J", (2, 32), "21 位", "3 digits"),
    # what a guide must say, and what Wenzhou checks
    (CANTEEN, "  - {question: 要多久, answer: 七个工作日。}\n", "", None, None, None),
    (CANTEEN, "faqs:\n  - {question: 要多久, answer: 七个工作日。}\n", "", (1, 1), "至少要有一个常见问题", "frequent question"),
    (CANTEEN, "topics: [养老]", "topics: [养老]\nvisits: 1", (36, 9), "写明原因", "visit_reason"),
    (ITEM, "kind: certificate, name: 备案证, certificate: record", "kind: document, name: 备案证", (17, 17), "类型应为 certificate", "is a certificate"),
    (ITEM, "kind: certificate, name: 备案证, certificate: record", "kind: certificate, name: 备案通知书, certificate: record", (17, 17), "类型应为 document", "is a document"),
    (ITEM, "kind: certificate, name: 备案证, certificate: record", "kind: none, name: 备案", (17, 1), "结果名称", "a name, where"),
    (ITEM, "conditions:\n  - 有场所和人员。", "conditions: []", (15, 1), "受理条件", "conditions are missing"),
    (ITEM, "applicants: [enterprise]", "applicants: [person]\ntopics: [办照]\nkeywords: []", None, None, None),
    ("items/papers.yaml", "applicants: [enterprise, person]", "applicants: [person]", (21, 14), "不是这类服务对象的", "not a topic"),
    (CANTEEN, "topics: [养老]", "topics: []", (35, 1), "缺主题分类", "no topic under which"),
    # dictionaries
    ("elements.yaml", "label: 类别", "label: 类别\n    max_length: 9\n    past_only: true", (10, 3), "只用于日期", "only a date"),
    ("elements.yaml", "    choices: [{key: public, text: 公办}, {key: private, text: 民办}]\n", "", (10, 3), "choice 要列选项", "kind choice"),
    ("questions.yaml", "    - {key: no, text: 不做}\n", "", (3, 3), "至少要有两个选项", "two choices"),
    ("questions.yaml", "key: large", "key: small", (10, 13), "small 写了两次", "twice"),
    ("questions.yaml", "key: large", "key: Large", (10, 13), "小写字母", "snake_case"),
    # bundles
    (BUNDLE, "  - {item: home-record}\n", "  - {item: home-record}\n  - {item: home-record}\n", (12, 12), "写了两次", "twice"),
    (BUNDLE, "  - {item: home-record}\n  - {item: canteen, when: {canteen: [yes]}}\n  - {item: papers}\n", "  - {item: canteen, when: {canteen: [yes]}}\n  - {item: papers, when: {canteen: [yes]}}\n", (10, 1), "一个事项也没有：canteen=no", "no item is left"),
    (BUNDLE, "applicants: [enterprise]", "applicants: [enterprise, person]", (6, 26), "person 哪样回答都办不了", "can never apply"),
    (BUNDLE, "  - {item: home-record}\n  - {item: canteen, when: {canteen: [yes]}}\n", "", (10, 1), "至少要有两个事项", "two items"),
]  # fmt: skip
CAUGHT = [row for row in DOES_NOT_FIT if row[3] and row[3][0]]


@pytest.mark.parametrize(("file", "old", "new", "at", "zh", "en"), CAUGHT)
def test_what_does_not_fit_the_rest_is_shown_where_it_stands(
    tmp_path: Path, file: str, old: str, new: str, at: tuple[int, int], zh: str, en: str
) -> None:
    reading = broken(tmp_path, file, old, new)
    assert reading.catalogue is None
    found = [problem for problem in reading.errors if zh in problem.zh]
    assert [(problem.file, problem.line, problem.column) for problem in found] == [(file, *at)], "\n".join(
        map(str, reading.errors)
    )
    assert en in found[0].en
