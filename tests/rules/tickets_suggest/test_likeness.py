"""Letters that say the same are found, and what many suddenly speak of."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.contexts.tickets.suggest.letters import Letter
from banshi.contexts.tickets.suggest.likeness import duplicates, hot_topics, likeness, signatures
from tests.examples import examples

ON = date(2026, 3, 10)
WATER = "金山街道海滨小区从昨天早上开始停水，到现在没有恢复，也没有人通知。"
DOGS = "公园东门有三只流浪狗，晚上追人，请派人来捕捉。"


def said(*texts: str) -> list[Letter]:
    return [Letter("", text) for text in texts]


def test_a_letter_that_is_nearly_the_same_is_found_and_others_are_not() -> None:
    again = WATER.replace("昨天", "前天") + "急"
    assert duplicates(said(WATER, DOGS, again, WATER, "停水了怎么办，想问一下")) == [None, None, 0, 0, None]


def test_punctuation_and_width_make_no_difference() -> None:
    assert duplicates(said("请修路灯，ＡＢＣ小区三号楼！", "请修路灯abc小区,三号楼")) == [None, 0]


def test_what_is_too_short_is_like_nothing() -> None:
    assert duplicates(said("停水", "停水", "停水了")) == [None, None, None]


@given(st.text("路灯坏了请来修停水电梯", min_size=12, max_size=60), st.text("甲乙丙丁", max_size=10))
@settings(max_examples=examples(50), deadline=None)
def test_likeness_is_about_the_share_of_triples_in_common(text: str, more: str) -> None:
    one, other = signatures(said(text, text + more))
    assert one is not None
    assert other is not None
    triples = [
        {whole[at : at + 3] for at in range(len(whole) - 2)} for whole in (f"<{text}>", f"<{text}{more}>")
    ]
    shared = len(triples[0] & triples[1]) / len(triples[0] | triples[1])
    assert abs(likeness(one, other) - shared) < 0.35
    assert likeness(one, other) == 1 or triples[0] != triples[1]


def test_a_topic_is_what_many_speak_of_now_and_did_not_before() -> None:
    letters = said(*([WATER] * 6), *([DOGS] * 9), *([DOGS] * 5))
    days = [ON - timedelta(days=n % 3) for n in range(6)]
    days += [ON - timedelta(days=10 + n) for n in range(9)] + [ON - timedelta(days=n) for n in range(5)]
    (topic,) = hot_topics(letters, days, until_on=ON)
    assert topic.letters == (0, 1, 2, 3, 4, 5)
    assert (topic.first_on, topic.last_on) == (ON - timedelta(days=2), ON)
    assert any("停水" in words for words in topic.words)


def test_few_letters_or_old_ones_are_no_topic() -> None:
    assert hot_topics(said(*([WATER] * 4)), [ON] * 4, until_on=ON) == []
    assert hot_topics(said(*([WATER] * 9)), [ON - timedelta(days=20)] * 9, until_on=ON) == []
