"""导办: a few questions, each once, and a changed answer takes with it what hung on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.guidance.rules.walking import longest, paths, progress
from banshi.contexts.guidance.values import Choice, Question

YES_NO = (Choice("yes", "是"), Choice("no", "不是"))
MARRIED = Question("married", "父母结婚了吗？", YES_NO)
WHO = Question(
    "who", "随谁落户？", (Choice("mother", "母亲"), Choice("father", "父亲")), ({"married": ("no",)},)
)
PLACE = Question("place", "在本市吗？", YES_NO, ({"who": ("father",)}, {"married": ("yes",)}))
QUESTIONS = (MARRIED, WHO, PLACE)


def test_the_next_question_is_the_first_that_is_asked_and_not_answered() -> None:
    assert progress(QUESTIONS, {}).next == MARRIED
    assert progress(QUESTIONS, {"married": "yes"}).next == PLACE
    assert progress(QUESTIONS, {"married": "no", "who": "mother"}).next is None


def test_a_changed_answer_drops_what_hung_on_it() -> None:
    before = progress(QUESTIONS, {"married": "no", "who": "father", "place": "yes"})
    assert before.answers == {"married": "no", "who": "father", "place": "yes"}
    after = progress(QUESTIONS, {**before.answers, "married": "yes"})
    assert "who" not in after.answers
    assert after.next is None


def test_an_answer_that_is_no_choice_is_asked_again() -> None:
    assert progress(QUESTIONS, {"married": "perhaps"}).next == MARRIED


def test_every_path_is_found_and_none_is_longer_than_it_must_be() -> None:
    assert len(paths(QUESTIONS)) == 5
    assert longest(QUESTIONS) == 3


@given(
    st.dictionaries(
        st.sampled_from(["married", "who", "place", "other"]), st.sampled_from(["yes", "no", "mother", "x"])
    )
)
def test_walking_again_with_what_was_kept_changes_nothing(answers: dict[str, str]) -> None:
    once = progress(QUESTIONS, answers)
    assert progress(QUESTIONS, once.answers) == once
