"""一张表单、一套材料: nothing is asked twice, what is known is filled in, and mistakes are named."""

from __future__ import annotations

from datetime import date

import pytest

from banshi.contexts.forms.rules import check, check_materials, merge, normalised, prefill
from banshi.contexts.forms.values import Choice, Field, MaterialNeed, Need

TODAY = date(2026, 3, 2)
SECTIONS = [("child", "孩子"), ("mother", "母亲")]


def field(
    code: str, kind: str = "text", *, required: bool = True, section: str = "mother", **more: object
) -> Field:
    return Field(code=code, label=code, kind=kind, section=section, required=required, items=(), **more)  # type: ignore[arg-type]


def material(code: str, *, required: bool = True, **more: object) -> MaterialNeed:
    return MaterialNeed(code=code, name=code, required=required, items=(), **more)  # type: ignore[arg-type]


BIRTH = Need(
    "出生医学证明", (field("child_name", section="child"), field("mother_name")), (material("M-ID"),)
)
HUKOU = Need(
    "给孩子上户口",
    (
        field("child_name", section="child", required=False),
        field("mother_name"),
        field("mother_id", "resident_id"),
    ),
    (material("M-ID", required=False), material("M-BOOK")),
)


def test_what_two_matters_need_is_asked_once_and_says_for_whom() -> None:
    form = merge([BIRTH, HUKOU], SECTIONS)
    assert [one.code for one in form.fields] == ["child_name", "mother_name", "mother_id"]
    assert form.separate_fields == 5
    assert [need.code for need in form.materials] == ["M-ID", "M-BOOK"]
    assert form.separate_materials == 3
    assert form.fields[1].items == ("出生医学证明", "给孩子上户口")


def test_what_one_of_them_requires_is_required_in_any_order() -> None:
    for needs in ([BIRTH, HUKOU], [HUKOU, BIRTH]):
        form = merge(needs, SECTIONS)
        assert {one.code: one.required for one in form.fields}["child_name"]
        assert {need.code: need.required for need in form.materials}["M-ID"]


def test_what_is_known_is_filled_in_with_its_source_and_the_first_source_wins() -> None:
    form = merge([Need("x", (field("mother_name", sources=("person.name", "person.phone")),), ())], SECTIONS)
    assert prefill(form, {"person.name": "李", "person.phone": "1"})["mother_name"].source == "person.name"
    assert prefill(form, {}) == {}


def test_full_width_and_stray_blanks_are_put_right() -> None:
    assert normalised("　张　 三 １２３ Ａｂ") == "张 三 123 Ab"


def test_chinese_punctuation_stays_as_it_was_typed() -> None:
    assert normalised("店门上方，不超过二层（窗台）：") == "店门上方，不超过二层（窗台）："


@pytest.mark.parametrize(
    ("one", "typed", "wrong"),
    [
        (field("name", "name"), "", "请填写"),
        (field("name", "name", required=False), "", ""),
        (field("name", max_length=3), "一二三四", "不能超过3个字"),
        (field("id", "resident_id"), "11010519491231002X", ""),
        (field("id", "resident_id"), "１１０１０５１９４９１２３１００２ｘ", ""),
        (field("id", "resident_id"), "110105194912310021", "不对"),
        (field("code", "uscc"), "91350100M000100Y43", ""),
        (field("code", "uscc"), "91350100M000100Y44", "统一社会信用代码"),
        (field("phone", "phone"), "138 0000-0000", ""),
        (field("phone", "phone"), "12", "手机号"),
        (field("born", "date", past_only=True), "2026-03-02", ""),
        (field("born", "date", past_only=True), "2026-03-03", "不能晚于今天"),
        (field("born", "date", earliest_years_ago=1), "2020-01-01", "太早"),
        (field("born", "date"), "三月二日", "2026-11-21"),
        (field("area", "number"), "-1", "范围"),
        (field("area", "number"), "很大", "数字"),
        (field("area", "number"), "nan", "范围"),
        (field("kind", "choice", choices=(Choice("a", "甲"),)), "b", "选择一项"),
    ],
)
def test_each_kind_of_field_names_what_is_wrong(one: Field, typed: str, wrong: str) -> None:
    _, problems = check([one], {one.code: typed}, TODAY)
    if wrong:
        assert wrong in problems[0].zh
        assert problems[0].field == one.code
        assert problems[0].en
    else:
        assert problems == []


def test_a_number_that_is_wrong_is_not_repeated_in_the_message() -> None:
    _, problems = check([field("id", "resident_id")], {"id": "110105194912310021"}, TODAY)
    assert "110105194912310021" not in problems[0].zh + problems[0].en


def test_fields_that_the_form_does_not_have_are_dropped() -> None:
    values, _ = check([field("name")], {"name": "李", "is_admin": "1"}, TODAY)
    assert values == {"name": "李"}


def test_missing_materials_are_all_named_at_once() -> None:
    form = merge([HUKOU, BIRTH], SECTIONS)
    assert {problem.field for problem in check_materials(form, set())} == {"M-ID", "M-BOOK"}
    assert [problem.field for problem in check_materials(form, {"M-ID"})] == ["M-BOOK"]
