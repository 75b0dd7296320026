"""表单规则的校验: an unknown name, a wrong type, what is nested too deeply, what goes in a circle: at the line it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.kernel.mistakes import Mistake
from tests.rules.catalogue.small import FILES, read

KIND = "    choices: [{key: public, text: 公办}, {key: private, text: 民办}]\n"


def problems(folder: Path, old: str, new: str) -> list[Mistake]:
    assert old in FILES["elements.yaml"]
    found = read(folder, {**FILES, "elements.yaml": FILES["elements.yaml"].replace(old, new)})
    return [one for one in found.errors if one.file == "elements.yaml"]


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("shown: kinds == 'public'", "规则第1个字符（kinds）：没有声明数据“kinds”", "No datum “kinds”"),
        ("shown: 类别 == 'public'", "“类别”是标签，规则里写它的键“kind”", "write its key “kind”"),
        ("shown: opens_on > 3", "不能用于", "does not take"),
        ("shown: home_name + 'x'", "规则的结果应是bool", "should give bool"),
        ("computed: as_of", "规则的结果应是string", "should give string"),
        ("suggested: answer.width", "没有声明数据“answer.width”", "answer.width"),
        ("shown: kind ==", "规则没写完", "ends too early"),
        (f"shown: {'(' * 60}true{')' * 60}", "嵌套太深", "too deeply"),
        (f"shown: {'!' * 120}true", "嵌套太深", "too deeply"),
        ("checks: [{rule: size(kind), zh: 不对。, en: Wrong.}]", "规则的结果应是bool", "should give bool"),
    ],
)
def test_a_rule_that_is_wrong_is_told_where_it_stands(tmp_path: Path, rule: str, zh: str, en: str) -> None:
    part, _, text = rule.partition(": ")
    written = rule if part == "checks" else f'{part}: "{text}"'
    (wrong,) = problems(tmp_path, KIND, f"{KIND}    {written}\n")
    assert wrong.line == 15
    assert zh in wrong.zh
    assert en in wrong.en


def test_fields_that_depend_on_each_other_in_a_circle_are_all_named(tmp_path: Path) -> None:
    circle = FILES["elements.yaml"].replace(KIND, f"{KIND}    shown: home_name == 'x'\n").replace(
        "    kind: text\n", "    kind: text\n    suggested: \"string(opens_on)\"\n"
    ).replace("past_only: true}", "past_only: true, shown: kind == 'public'}")  # fmt: skip
    found = read(tmp_path, {**FILES, "elements.yaml": circle}).errors
    assert [(one.file, one.line) for one in found] == [("elements.yaml", line) for line in (8, 10, 16)]
    for one in found:
        assert "绕成了圈" in one.zh
        assert {"养老院名称（home_name）", "开业日期（opens_on）", "类别（kind）"} <= set(
            one.zh.partition("：")[2].split(" → ")
        )


def test_a_field_that_depends_on_itself_is_a_circle(tmp_path: Path) -> None:
    (wrong,) = problems(tmp_path, KIND, f"{KIND}    suggested: kind\n")
    assert (wrong.line, "kind → kind" in wrong.en) == (15, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: date", "kind: group", "group 要列 columns"),
        ("kind: date, past_only: true", "kind: date, past_only: true, unit: 天", "单位只用于 number"),
        ("kind: date, past_only: true", "kind: date, past_only: true, whole: true", "whole 只用于 number"),
        ("enterprise.name", "register.title", "没有可自动填写的来源"),
        ("enterprise.name", "certificate.licence.number", "没有可自动填写的来源"),
        ("enterprise.name", "certificate.record.nothing", "没有可自动填写的来源"),
    ],
)
def test_what_does_not_fit_a_kind_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert any(said in one.zh for one in problems(tmp_path, old, new))


@pytest.mark.parametrize(
    "source", ["register.name", "certificate.record.number", "certificate.record.kind", "earlier"]
)
def test_what_can_be_fetched_with_consent_is_a_source(tmp_path: Path, source: str) -> None:
    assert problems(tmp_path, "enterprise.name", source) == []
