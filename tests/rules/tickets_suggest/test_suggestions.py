"""What is learnt from the demo letters (演示), how it is measured, and that it suggests with reasons."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.contexts.tickets.suggest import features, linear, vocabulary
from banshi.contexts.tickets.suggest.learning import Learnt, learn, measured
from banshi.contexts.tickets.suggest.letters import Letter, read_letters
from banshi.contexts.tickets.suggest.model import Model, load
from banshi.kernel.facts import Refused
from tests.examples import examples

DEMO = Path(__file__).resolve().parents[3] / "data/tickets/demo-letters.csv"
DARK = Letter("晚上路灯全黑", "演示三路的路灯一盏都不亮，请来修。")
WAGES = Letter("", "在工地干了三个月，老板不发农民工工资。")


@cache
def letters() -> tuple[Letter, ...]:
    return tuple(read_letters(DEMO, labelled=True))


@cache
def learnt() -> Learnt:
    return learn(letters())


def model() -> Model:
    return learnt().model


def test_letters_that_were_held_out_get_the_right_category_far_more_often_than_by_guessing() -> None:
    report = learnt().categories
    assert report.held_out * 5 == report.letters == 270
    assert report.model.top1 > report.nearest > report.most_frequent.top1
    assert report.model.top1 >= 0.7
    assert report.model.top3 >= 0.9
    units = learnt().units
    assert units is not None
    assert units.model.top1 >= 0.75


def test_a_letter_gets_categories_and_units_with_the_words_that_speak_for_them() -> None:
    dark, wages = model().suggest([DARK, WAGES])
    assert dark.categories[0].key == "city.lighting.dark"
    assert dark.units[0].key == "urban_management"
    assert "路灯" in "".join(reason.words for reason in dark.categories[0].reasons)
    assert {one.key for one in wages.categories[:2]} == {"work.wages.migrant", "work.wages.arrears"}
    for found in (*dark.categories, *wages.units):
        assert 0 <= found.score <= 1
        said = features.plain(f"{DARK.title} {DARK.text} {WAGES.text}").replace(features.MARK, "")
        assert all(reason.words.replace(" ", "") in said for reason in found.reasons)
        assert sum(reason.share for reason in found.reasons) <= 1.01
    assert [one.score for one in dark.categories] == sorted(
        (one.score for one in dark.categories), reverse=True
    )


def test_the_same_letters_give_the_same_model() -> None:
    again = learn(letters()).model
    assert np.array_equal(again.categories.weights, model().categories.weights)
    assert again.suggest([DARK]) == model().suggest([DARK])


def test_a_letter_of_which_nothing_is_known_gets_what_comes_most_often() -> None:
    many = [*letters(), *(replace(DARK, category="other.unclear.other") for _ in range(9))]
    (found,) = learn(many).model.suggest([Letter("", "")])
    assert found.categories[0].key == "other.unclear.other"
    assert found.categories[0].reasons == ()


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ue000\ue000", "😀" * 50, "\ud800", "长" * 20_000, "12345678901"]
)
def test_no_letter_is_too_odd(text: str) -> None:
    (found,) = model().suggest([Letter(text, text)])
    assert len(found.categories) == 3


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=examples(50), deadline=None)
def test_each_letter_is_judged_by_itself(texts: list[str]) -> None:
    asked = [Letter("", text) for text in texts]
    together = model().suggest(asked)
    assert together == [model().suggest([one])[0] for one in asked]


def test_words_split_by_blanks_serve_as_well() -> None:
    split = [
        Letter("", " ".join(f"w{ord(char)}" for char in one.title + one.text if char.isalnum()), one.category)
        for one in letters()
    ]
    assert learn(split).categories.model.top1 >= 0.6


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    model().save(file)
    assert load(file).suggest([DARK, WAGES]) == model().suggest([DARK, WAGES])
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"\x80\x04pickle"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.npz"
    file.write_bytes(content)
    with pytest.raises(Refused):
        load(file)


def test_a_model_of_another_version_is_to_be_learnt_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("banshi.contexts.tickets.suggest.model.FORMAT", 1)
        model().save(tmp_path / "model.npz")
    with pytest.raises(Refused, match="重新学习") as refused:
        load(tmp_path / "model.npz")
    assert refused.value.rule == "old_model"


def test_a_model_with_objects_in_it_is_not_run(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    np.savez(file, about=np.array([object()], dtype=object))
    with pytest.raises(Refused) as refused:
        load(file)
    assert refused.value.rule == "bad_model"


def test_where_all_letters_are_of_one_category_there_is_nothing_to_learn() -> None:
    with pytest.raises(Refused) as refused:
        learn([replace(DARK, category="a"), replace(WAGES, category="a"), DARK])
    assert refused.value.rule == "one_category"


def test_two_letters_are_few_but_no_error() -> None:
    found = learn([replace(DARK, category="a"), replace(WAGES, category="b")])
    assert found.categories.held_out == 0
    assert found.units is None


def test_measures_are_those_of_the_books() -> None:
    """Four letters of classes a a b c, told a b b a: two right; F1 of a 1/2, of b 2/3, of c 0."""
    scores = np.array([[3, 2, 1, 0], [1, 3, 2, 0], [1, 3, 2, 0], [3, 2, 1, 0.0]])
    found = measured(scores, np.array([0, 0, 1, 2]))
    assert (found.top1, found.top3, found.macro_f1) == (0.5, 1.0, round((1 / 2 + 2 / 3) / 3, 4))


def test_long_numbers_are_not_learnt() -> None:
    """Of phones and identity cards nothing may stay in a model."""
    said = "电话13850001111，身份证35050219900101123X，１２３４５热线，8路"
    (read,) = features.find([Letter("", said)], characters=True).texts
    assert read.strip(features.MARK) == "电话0，身份证0x，0热线，8路"
    assert features.plain(said) == features.MARK.join(["电话0", "身份证0x", "0热线", "8路"])


def test_what_exports_leave_of_web_pages_is_no_word() -> None:
    html = f"<p style='color:red'>&nbsp;&nbsp;{DARK.text}<br/>\r\n\t</p>"
    asked = model().suggest([replace(DARK, text=html)])
    assert asked == model().suggest([DARK])


def test_punctuation_may_tell_but_is_no_reason_that_is_shown() -> None:
    said = [
        Letter("", f"{place}{what}", kind)
        for place in "东西南北中上下左右前"
        for what, kind in (("路在哪里？", "a"), ("路坏了！", "b"))
    ]
    (found,) = learn(said).model.suggest([Letter("", "？")])
    assert found.categories[0].key == "a" and found.categories[0].score > 0.5
    assert found.categories[0].reasons == ()


def test_what_a_letter_says_again_counts_more_and_of_long_ones_all_is_read() -> None:
    table = vocabulary.learn([Letter("", "灯 灯 灯 路"), Letter("灯", "路")], characters=False, most=9)
    rows = table.rows(np.arange(2), np.ones(len(table.keys), np.float32), 1.0)
    (lamp,), (road,) = (
        vocabulary.places(table.keys, features.find([Letter("", word)], characters=False).key)
        for word in "灯路"
    )
    first, second = (dict(zip(*map(list, rows.of(number)), strict=True)) for number in range(2))
    assert first[lamp] > first[road] and second[lamp] == second[road]
    late = features.find([Letter("", "12345 " * 2_000 + "9")], characters=False)
    assert late.texts[0].endswith(f"9{features.MARK}")


def test_a_column_of_something_else_is_no_category() -> None:
    with pytest.raises(Refused) as refused:
        learn([Letter("", DARK.text, str(number)) for number in range(1_001)])
    assert refused.value.rule == "too_many"
    with pytest.raises(Refused, match="unit"):
        learn([Letter("", DARK.text, str(number % 2), str(number)) for number in range(1_001)])


def test_a_feature_of_the_title_is_known_as_such_once() -> None:
    table = vocabulary.learn([DARK, DARK], characters=True, most=1000)
    (column,) = vocabulary.places(table.keys, features.find([Letter("灯", "")], characters=True).key[1:2])
    of_first = slice(table.begin[0], table.begin[1])
    at = table.columns[of_first].tolist().index(column)
    assert table.columns[of_first].tolist().count(column) == 1
    assert table.in_title[of_first][at]


@given(st.integers(2, 5), st.integers(3, 30), st.integers(0, 1000))
@settings(max_examples=examples(20), deadline=None)
def test_both_methods_learn_what_can_be_told_apart(count: int, letters_: int, start: int) -> None:
    """Each letter has a feature of its class and one of its own."""
    classes = np.array([(start + number) % count for number in range(letters_)], np.int64)
    columns = np.array([[one, count + number] for number, one in enumerate(classes)], np.int32).ravel()
    values = np.full(len(columns), np.sqrt(0.5), np.float32)
    rows = linear.Rows(np.arange(letters_ + 1) * 2, columns, values)
    for weights in (
        linear.margins(rows, classes, count, count + letters_, 1.0),
        linear.softmax(rows, classes, count, count + letters_),
    ):
        assert (linear.scores(rows, weights).argmax(1) == classes).all()
