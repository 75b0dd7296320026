"""法条: what an item cites is found word for word, or said to be missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.catalogue.rules import Laws, NoSuchArticle, articles_of
from banshi.contexts.catalogue.rules.laws import number_of
from tests.rules.catalogue.small import LAWS, numeral

CRIMINAL = """# 某法

2020年1月1日 通过

<!-- INFO END -->

## 第一章 总则

第一百二十条 第一款。

第二款：

（一）甲；

（二）乙。

第一百二十条之一　照第一百二十条办。

## 第二章 附则

第一百二十一条 自公布之日起施行。
"""


def test_a_statute_is_cut_into_its_articles() -> None:
    assert articles_of(CRIMINAL) == {
        "第一百二十条": "第一款。\n第二款：\n（一）甲；\n（二）乙。",
        "第一百二十条之一": "照第一百二十条办。",
        "第一百二十一条": "自公布之日起施行。",
    }


def test_rules_numbered_by_the_state_council_are_articles_too() -> None:
    assert articles_of("前言。\n\n一、甲。\n\n续甲。\n\n二、乙。") == {
        "第一条": "甲。\n续甲。",
        "第二条": "乙。",
    }


def test_a_page_without_articles_has_none() -> None:
    assert articles_of("# 说明\n\n第一，先看这里。") == {}


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("第十五条之一", "小食堂另行规定。"),
        ("第七条第一款", "办养老院的，向民政部门备案。"),
        ("第七条第二款第二项", "（二）询问。"),
        ("第七条第二款第（一）项", "（一）查看；"),
        ("第七条第三款", "不得收费。"),
    ],
)
def test_a_guide_quotes_an_article_a_paragraph_or_a_point(article: str, words: str) -> None:
    assert LAWS.article_text("养老法", "2020-01-01", article) == words


@pytest.mark.parametrize(
    ("edition", "article", "zh"),
    [
        ("2020-01-01", "第一百零一条", "最近的是第一百零三条"),
        ("2020-01-01", "第九条", "最近的是第七条"),
        ("2020-01-01", "第七条第四款", "第七条只有 3 款"),
        ("2020-01-01", "第七条第二款第三项", "没有第（三）项"),
        ("2020-01-01", "第7条", "要写成“第七条”"),
        ("2019-01-01", "第七条", "手头没有《养老法》2019-01-01 版"),
    ],
)
def test_what_is_not_there_is_said_with_what_comes_nearest(edition: str, article: str, zh: str) -> None:
    with pytest.raises(NoSuchArticle) as missing:
        LAWS.article_text("养老法", edition, article)
    assert zh in missing.value.zh
    assert missing.value.en


@given(st.integers(1, 9999))
def test_chinese_numerals_are_read(number: int) -> None:
    assert number_of(numeral(number)) == number


def test_the_shipped_statutes_are_whole(laws: Laws) -> None:
    assert len(laws.texts) == 127
    for (law, edition), articles in laws.texts.items():
        numbers = [
            number_of(key.removeprefix("第").removesuffix("条")) for key in articles if "之" not in key
        ]
        gaps = sorted(set(range(min(numbers), max(numbers))) - set(numbers))
        assert gaps == ([54] if law == "农民专业合作社法" else []), f"{law} {edition}"


def test_the_civil_code_is_one_law_in_several_files(laws: Laws) -> None:
    assert laws.editions("民法典") == ("2020-05-28",)
    assert len(laws.texts["民法典", "2020-05-28"]) == 1260
    assert "亲自到婚姻登记机关" in laws.article_text("民法典", "2020-05-28", "第一千零四十九条")


@pytest.mark.parametrize(
    ("law", "edition", "article", "words"),
    [
        ("行政许可法", "2019-04-23", "第四十二条第一款", "二十日内作出行政许可决定"),
        ("市场主体登记管理条例", "2021-07-27", "第十九条第一款", "当场登记"),
        ("户口登记条例", "1958-01-09", "第七条第一款", "婴儿出生后一个月以内"),
        ("消防法", "2021-04-29", "第十五条第三款", "十个工作日内"),
        ("环境影响评价法", "2018-12-29", "第十六条第二款第（三）项", "填报环境影响登记表"),
        ("国务院关于国家行政机关和企业事业单位社会团体印章管理的规定", "1999-10-31", "第二十三条", "刻章单位刻制"),
    ],
)  # fmt: skip
def test_well_known_articles_say_what_they_say(
    laws: Laws, law: str, edition: str, article: str, words: str
) -> None:
    assert words in laws.article_text(law, edition, article)


@pytest.mark.parametrize(
    ("law", "edition", "rank"),
    [
        ("行政许可法", "2019-04-23", "law"),
        ("户口登记条例", "1958-01-09", "law"),  # by the congress's standing committee
        ("护照法", "2006-04-29", "law"),
        ("市场主体登记管理条例", "2021-07-27", "regulation"),
        ("安阳市政务服务条例", "2021-10-25", "local"),
        ("某某法", "2030-01-01", "law"),  # not at hand, from here on: by the name
        ("市场某某条例", "2030-01-01", "regulation"),
        ("山东省某某条例", "2030-01-01", "local"),
        ("延边朝鲜族自治州某某条例", "2030-01-01", "local"),
        ("某某管理办法", "2030-01-01", "rule"),
    ],
)
def test_what_rank_a_text_has(laws: Laws, law: str, edition: str, rank: str) -> None:
    """A fee for a licence needs a law or an administrative regulation (licensing law, art. 58)."""
    assert laws.rank(law, edition) == rank
