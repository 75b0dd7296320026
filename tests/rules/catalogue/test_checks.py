"""目录校验: what does not fit the rest, the law or the reader is shown where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from banshi.contexts.catalogue.files import read_catalogue
from banshi.contexts.catalogue.values import Ceiling
from tests.rules.catalogue.small import FILES, LAWS, broken, read, standing_at

HOME, CANTEEN, PAPERS = "items/home-record.yaml", "items/canteen.yaml", "items/papers.yaml"
ELEMENTS, MATERIALS, QUESTIONS, CERTIFICATES = (
    "elements.yaml", "materials.yaml", "questions.yaml", "certificates.yaml")  # fmt: skip
BUNDLE = "bundles/open.yaml"
CITED = "article: 第十五条}\nstatutory"
RECORD = "kind: certificate, name: 备案证, certificate: record"
TWO = "  - {item: home-record}\n  - {item: canteen, when: {canteen: [yes]}}\n"

# file, what stands in it, what is written instead | line, what stands at the column, in Chinese, in English
DOES_NOT_FIT = [
    # references
    (CANTEEN, "department: market\ninstant", "department: shop\ninstant", 8, "shop", "没有部门 shop", "no department"),
    (CANTEEN, "{element: home_name}", "{element: home}", 21, "home}", "没有数据元 home", "no element home"),
    (CANTEEN, "{element: home_name}", "{element: opens_on}", 22, "opens_on", "写了两次", "twice"),
    (CANTEEN, "M-RECORD", "M-NONE", 24, "M-NONE", "没有材料 M-NONE", "no material"),
    (CANTEEN, "opens_on, situations: [large]", "opens_on, situations: [huge]", 22, "huge", "没有情形 huge", "no situation"),
    (CANTEEN, "questions: [size]", "questions: [width]", 17, "width", "没有问题 width", "no question width"),
    (CANTEEN, "questions: [size]\n", "", 18, "size: [", "没有列入 questions", "not among its questions"),
    (CANTEEN, "{size: [large]}", "{size: [huge]}", 19, "huge", "没有问题 size 的选项 huge", "no choice of size"),
    (CANTEEN, "{size: [large]}", "{size: []}", 19, "size: [", "一个选项也没有写", "no choice is named"),
    (CANTEEN, "{size: [large]}", "{}", 19, "when", "什么时候成立", "needs a condition"),
    (CANTEEN, "site, opinion", "site, view", 30, "view", "没有环节 view", "no work view"),
    (CANTEEN, "limit: {days: 2}}", "limit: {days: 2}, after: [end]}", 26, "works", "环节互相等待：", "wait for one another"),
    (CANTEEN, "certificate: canteen", "certificate: food", 16, "food", "没有证照类型 food", "no certificate type"),
    (CANTEEN, "topics: [养老]", "topics: [养老, 养生]", 35, "养生", "没有主题 养生", "no topic"),
    (MATERIALS, "certificate: record", "certificate: licence", 2, "licence", "没有证照类型 licence", "no certificate"),
    (ELEMENTS, "enterprise.name", "enterprise.title", 8, "enterprise.title", "没有可自动填写的来源", "no source"),
    (ELEMENTS, "[large]", "[big]", 8, "big", "没有问题 size 的选项 big", "no choice"),
    (ELEMENTS, "section: home, kind: date", "section: house, kind: date", 9, "house", "没有分组 house", "no section"),
    (BUNDLE, "{item: papers}", "{item: paper}", 13, "paper", "没有事项 paper", "no item paper"),
    (BUNDLE, "{canteen: [yes]}", "{size: [large]}", 12, "size", "没有列入 questions", "not among"),
    (BUNDLE, "lead: civil", "lead: army", 5, "army", "没有部门 army", "no department"),
    # limits
    (CANTEEN, "promised: {days: 7}", "promised: {days: 21}", 13, "promised", "不能比法定时限长", "longer than the statutory"),
    (CANTEEN, "promised: {days: 7}", "promised: {days: 29, unit: day}", 13, "promised", "不能比法定时限长", "longer than"),
    (CANTEEN, "promised: {days: 7}", "promised: {days: 6}", 26, "works", "超过承诺时限", "longer than what is promised"),
    (CANTEEN, "{days: 20}", "null", 12, "null", "行政许可都有法定时限", "always has a statutory limit"),
    (CANTEEN, "instant: false", "instant: true", 13, "promised", "即办件的承诺时限", "within one workday"),
    (CANTEEN, "instant: false", "instant: true", 28, "site_visit", "即办件不能有现场踏勘", "no site visit"),
    (CANTEEN, "limit: {days: 4}", "limit: {days: 0}", 29, "0", "至少要 1 天", "takes a day"),
    (PAPERS, "promised: {days: 3}", "promised: {days: 0}", 9, "false", "当场办结的是即办件", "at once is instant"),
    (CANTEEN, "promised: {days: 7}", "promised: {days: 7, unit: hour}", 26, "works", "超过承诺时限", "longer than what is promised"),
    (CANTEEN, "statutory: {days: 20}", "statutory: {days: 20, unit: hour}", 12, "hour", "只有承诺时限可以按小时", "only a promise"),
    (CANTEEN, "limit: {days: 4}", "limit: {days: 4, unit: hour}", 29, "hour", "环节的时限不按小时", "no limit in hours"),
    (HOME, "promised: {days: 1}", "promised: {days: 8, unit: hour}", 14, "promised", "即办件的承诺时限", "within one workday"),
    (CANTEEN, "statutory: {days: 20}", "statutory: {days: 21, basis: {law: 行政许可法, edition: 2019-04-23, article: 第四十二条, unverified: true}}",
     12, "statutory", "超过 20 个工作日", "above 20 workdays needs its own basis"),
    (CANTEEN, "statutory: {days: 20}", "joint: true\nstatutory: {days: 46, basis: {law: 行政许可法, edition: 2019-04-23, article: 第四十二条, unverified: true}}",
     13, "statutory", "超过 45 个工作日", "above 45 workdays"),
    (CANTEEN, "statutory: {days: 20}", "statutory: {days: 60, basis: {law: 食堂管理办法, edition: 2019-04-23, article: 第二条, unverified: true}}",
     12, "statutory", "超过 20 个工作日", "in a law or regulation"),
    # works
    (CANTEEN, "papers]}\n  - {key: end", "papers], silence: agree}\n  - {key: site_too, title: 再看, kind: site_visit, department: market, limit: {days: 1}, silence: agree}\n  - {key: end",
     30, "agree", "只有征求意见", "a consult only"),
    (CANTEEN, "limit: {days: 3}", "limit: {days: 3}, experts: 3", 28, "3, after", "只有专家评审", "an expert review only"),
    (CANTEEN, "limit: {days: 3}", "limit: {days: 3}, people: -1", 28, "-1", "人数不能小于 0", "below 0"),
    (CANTEEN, "limit: {days: 3}", "limit: {days: 3}, people: 1", 28, "1, after", "两人以上（行政许可法第三十四条第三款）", "two officers"),
    (CANTEEN, "limit: {days: 4}", "limit: {days: 4}, checklist: [门]", 29, "checklist: [门]", "核查清单用于现场核查", "for visits"),
    (CANTEEN, "limit: {days: 3}", "limit: {days: 3}, checklist: [门, 门]", 28, "门]", "写了两次", "twice"),
    (CANTEEN, "limit: {days: 3}, after: [papers]", "limit: {days: 3}, after: [papers, site]", 30, "after: [site, opinion]", "永远轮不到", "never reached"),
    (CANTEEN, "key: opinion, title: 征求意见, kind: consult, department: civil, limit: {days: 4}",
     "key: opinion, title: 民政初审, kind: lower_review, department: civil, limit: {days: 21}", 29, "21", "下级初审不超过 20 个工作日", "within 20 workdays"),
    # procedure and fees
    (HOME, "topics: [养老]", "topics: [养老]\nhearing: required", 24, "required", "只用于行政许可", "licences only"),
    (HOME, "topics: [养老]", "topics: [养老]\njoint: true", 24, "true", "只用于行政许可", "licences only"),
    (CANTEEN, "topics: [养老]", "topics: [养老]\nrenewable: true", 36, "true", "有有效期的证照", "valid for a time"),
    (CANTEEN, "basis: {law: 养老法, edition: 2020-01-01, article: 第十五条}}",
     "basis: {law: 安阳市食堂条例, edition: 2020-01-01, article: 第五条, unverified: true}}", 32, "basis", "不能据此收费", "no fee for a licence"),
    # basis
    (CANTEEN, CITED, CITED.replace("五", "八"), 11, "第十八条", "最近的是第十五条之一", "the nearest is 第十五条之一"),
    (CANTEEN, CITED, CITED.replace("条", "条第三款"), 11, "第十五条第三款", "第十五条只有 1 款", "paragraphs of 第十五条: 1"),
    (CANTEEN, CITED, CITED.replace("第十五条", "15条"), 11, "15条", "要写成“第七条”", "must be written like"),
    (CANTEEN, CITED, CITED.replace("}", ", unverified: true}"), 11, "true", "去掉 unverified", "remove unverified"),
    (PAPERS, ", unverified: true", "", 11, "1999-09-09", "现有 2020-01-01 版", "mark it unverified"),
    (PAPERS, "养老法, edition: 1999-09-09, article: 第九条, unverified: true", "孝法, edition: 1999-09-09, article: 第九条",
     11, "孝法", "手头没有《孝法》", "mark it unverified"),
    (PAPERS, "  - {law: 养老法, edition: 1999-09-09, article: 第九条, unverified: true}\n", "  []\n", 10, "bases", "要写设定依据", "basis is missing"),
    (CANTEEN, "amount_fen: 1000", "amount_fen: 0", 32, "0", "大于 0", "more than 0"),
    (CANTEEN, "basis: {law: 养老法, edition: 2020-01-01, article: 第十五条}}", "basis: {law: 养老法, edition: 2020-01-01, article: 第八条}}",
     32, "第八条", "最近的是第七条", "the nearest is 第七条"),
    # words and codes
    (CANTEEN, "  - 有厨房。", "  - 有厨房，交有关材料。", 15, "有厨房", "“有关材料”", "is vague"),
    (CANTEEN, "七个工作日。", "材料齐了七天，等材料补齐再算。", 34, "材料齐了", "“等材料”", "is vague"),
    (MATERIALS, "name: 平面图", "name: 其他材料", 1, "其他材料", "“其他材料”", "is vague"),
    (HOME, '"001011001000"', '"00101100100"', 6, '"0010', "现为11位", "this has 11"),
    (HOME, '"001011001000"', '"002011001000"', 6, '"0020', "是 20，事项类型是 10", "says type 20"),
    (CERTIFICATES, "J002", "K002", 2, "11990000MB", "校验位", "check character"),
    (CERTIFICATES, "J002", "J001", 2, "11990000MB", "与 canteen 的代码相同", "the code of canteen"),
    (CERTIFICATES, "J002", "J", 2, "11990000MB", "21 位", "3 digits"),
    (MATERIALS, "M-PLAN:", "M-plan:", 1, "M-plan", "M-ID-PERSON", "M-ID-PERSON"),
    # what a guide must say, and what Wenzhou checks
    (CANTEEN, "faqs:\n  - {question: 要多久, answer: 七个工作日。}\n", "", 1, "code", "至少要有一个常见问题", "frequent question"),
    (CANTEEN, "topics: [养老]", "topics: [养老]\nvisits: 1", 36, "1", "写明原因", "visit_reason"),
    (CANTEEN, "topics: [养老]", "topics: []", 35, "topics", "缺主题分类", "no topic under which"),
    (HOME, RECORD, "kind: document, name: 备案证", 17, "document", "类型应为 certificate", "is a certificate"),
    (HOME, RECORD, RECORD.replace("备案证", "备案通知书"), 17, "certificate,", "类型应为 document", "is a document"),
    (HOME, RECORD, "kind: none, name: 备案", 17, "outcome", "结果名称", "a name, where"),
    (HOME, "conditions:\n  - 有场所和人员。", "conditions: []", 15, "conditions", "受理条件", "conditions are missing"),
    (PAPERS, "[enterprise, person]", "[person]", 19, "办照", "不是这类服务对象的", "not a topic"),
    # dictionaries
    (ELEMENTS, "label: 类别", "label: 类别\n    past_only: true", 10, "kind", "只用于日期", "only a date"),
    (ELEMENTS, "    choices: [{key: public, text: 公办}, {key: private, text: 民办}]\n", "", 10, "kind", "choice 要列选项", "kind choice"),
    (QUESTIONS, "    - {key: no, text: 不做}\n", "", 3, "choices", "至少要有两个选项", "two choices"),
    (QUESTIONS, "key: large", "key: small", 10, "small", "small 写了两次", "twice"),
    (QUESTIONS, "有多少床位", "有多少床位\n  known: [{fact: certificate.none}]", 8, "certificate.none", "没有能回答问题的已知情况", "no fact"),
    (QUESTIONS, "有多少床位", "有多少床位\n  known: [{fact: certificate.record, gives: {held: huge}}]", 8, "huge", "没有选项 huge", "no choice"),
    (QUESTIONS, "有多少床位", "有多少床位\n  known: [{fact: certificate.record}]", 8, "{fact", "gives", "gives has to say"),
    (QUESTIONS, "key: large", "key: Large", 10, "Large", "小写字母", "snake_case"),
    # bundles
    (BUNDLE, "  - {item: papers}\n", "  - {item: papers}\n  - {item: papers}\n", 14, "papers", "写了两次", "twice"),
    (BUNDLE, TWO, "", 10, "items", "至少要有两个事项", "two items"),
    (BUNDLE, "topics: [养老]", "topics: [养老]\npromised: {days: 6}", 15, "promised", "比其中的“食堂许可”还短", "sooner than canteen"),
    (BUNDLE, "[enterprise]", "[enterprise, person]", 6, "person", "person 哪样回答都办不了", "cannot apply"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "there", "zh", "en"), DOES_NOT_FIT)
def test_what_does_not_fit_is_shown_where_it_stands(
    tmp_path: Path, file: str, old: str, new: str, line: int, there: str, zh: str, en: str
) -> None:
    reading = broken(tmp_path, file, old, new)
    assert reading.catalogue is None
    found = [problem for problem in reading.errors if zh in problem.zh]
    assert [(problem.file, problem.line) for problem in found] == [(file, line)], "\n".join(
        map(str, reading.errors)
    )
    assert standing_at(tmp_path, found[0]).startswith(there), str(found[0])
    assert en in found[0].en


def test_works_longer_than_the_law_allows_name_the_way_that_takes_so_long(tmp_path: Path) -> None:
    reading = broken(tmp_path, CANTEEN, "limit: {days: 4}", "limit: {days: 30}")
    found = [problem.zh for problem in reading.errors if "首尾相接" in problem.zh]
    assert found == [
        "各环节首尾相接的时间超过承诺时限：审材料 → 征求意见 → 提出意见",
        "各环节首尾相接的时间超过法定时限：审材料 → 征求意见 → 提出意见",
    ]


def test_a_law_of_its_own_may_give_more_time(tmp_path: Path) -> None:
    reading = broken(tmp_path, CANTEEN, "statutory: {days: 20}", "statutory: {days: 60}")
    assert reading.errors == ()


def test_items_that_ask_for_each_others_certificate_are_found(tmp_path: Path) -> None:
    """互为前置: the home's record asks for the canteen's licence, which asks for the record."""
    reading = broken(
        tmp_path, HOME, "  - {material: M-PLAN}", "  - {material: M-PLAN}\n  - {material: M-PAPERS}"
    )
    found = [problem for problem in reading.errors if "互为前置" in problem.zh]
    assert [(problem.file, problem.line) for problem in found] == [
        (CANTEEN, 23), (HOME, 21), (PAPERS, 17),
    ]  # fmt: skip
    assert "先有“食堂许可证”，而发它的事项（canteen）" in found[1].zh


PLACE: dict[str, Any] = {"pack": "某市", "title": "减时限", "source": "某市条例第三条"}
CEILINGS = [
    (Ceiling(**PLACE, share=35, types=("01",)), ()),
    (Ceiling(**PLACE, share=30, types=("01",)), (CANTEEN,)),
    (Ceiling(**PLACE, share=1, types=("01", "10", "20")), (CANTEEN,)),  # the others have no statutory limit
    (Ceiling(**PLACE, days=1, items=("home-record", "papers")), (PAPERS,)),
    (Ceiling(**PLACE, days=1, unit="hour", items=("home-record",)), (HOME,)),
    (Ceiling(**PLACE, days=10, unit="day", items=("canteen",)), ()),
    (Ceiling(**PLACE, days=9, unit="day", items=("canteen",)), (CANTEEN,)),
]


@pytest.mark.parametrize(("ceiling", "files"), CEILINGS)
def test_a_promise_above_the_ceiling_of_the_place_is_named(
    tmp_path: Path, ceiling: Ceiling, files: tuple[str, ...]
) -> None:
    read(tmp_path, FILES)
    found = read_catalogue(tmp_path, LAWS, [ceiling]).errors
    assert tuple(problem.file for problem in found) == files
    for problem in found:
        assert "某市" in problem.zh and "某市条例第三条" in problem.zh
        assert standing_at(tmp_path, problem).startswith("promised")


IDLE = [
    ("departments.yaml", "civil: 民政\n", "civil: 民政\narmy: 国防\n", 2, "国防", "没有一处用到", "used nowhere"),
    (ELEMENTS, "title: 养老院}\n", "title: 养老院}\n  - {key: yard, title: 院子}\n", 3, "yard", "没有一处用到", "used nowhere"),
    (CANTEEN, "questions: [size]", "questions: [size, canteen]", 17, "canteen", "问了没有用", "changes nothing"),
    (HOME, "materials:", "questions: [size, canteen]\nsituations:\n  - {key: big, title: 大, when: {size: [large]}}\nmaterials:",
     23, "big", "情形 big 没有用到", "big is never used"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "there", "zh", "en"), IDLE)
def test_what_lies_idle_is_a_warning_and_breaks_nothing(
    tmp_path: Path, file: str, old: str, new: str, line: int, there: str, zh: str, en: str
) -> None:
    reading = broken(tmp_path, file, old, new)
    assert reading.catalogue is not None
    found = [problem for problem in reading.warnings if zh in problem.zh]
    assert [(problem.file, problem.line) for problem in found] == [(file, line)]
    assert standing_at(tmp_path, found[0]).startswith(there)
    assert en in found[0].en
