"""Reviews: who, when, once, and what a bad one must say."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.evaluation import events, rules
from banshi.contexts.evaluation.values import (
    Channel,
    Grade,
    Matter,
    Opinion,
    Via,
    gb39046_code,
    indicators,
    national_code,
)
from banshi.kernel.actors import ANONYMOUS, SYSTEM, Actor, Post
from banshi.kernel.facts import NotFound, Refused

LI = UUID(int=1)
CASE = Matter(UUID(int=2), "food-licence", "350502-market", LI, finished=True)
WORDS = UUID(int=3)

li = Actor("citizen", "li", parties=frozenset({str(LI)}))
agent = Actor("citizen", "agent", parties=frozenset({str(UUID(int=8)), str(LI)}))
zhao = Actor("citizen", "zhao", parties=frozenset({str(UUID(int=9))}))
wang = Actor("staff", "wang", held=(Post("officer", "350502-market", "350502"),))


def said(grade: str, *codes: str, channel: str = "portal", text: UUID | None = None) -> Opinion:
    return Opinion(grade, codes, channel, text)


def refusal(matter: Matter, opinion: Opinion, *, reviewed: bool = False, actor: Actor = li) -> str:
    with pytest.raises(Refused) as refused:
        rules.review(matter, opinion, reviewed=reviewed, actor=actor)
    return refused.value.rule


def test_the_applicant_reviews_a_finished_case() -> None:
    (fact,) = rules.review(CASE, said("satisfied", "411", "406", "411"), reviewed=False, actor=li)
    assert fact.kind == events.GIVEN
    assert fact.data["grade"] is Grade.SATISFIED
    assert fact.data["indicators"] == ["406", "411"]  # each once, as the national list has them
    assert (fact.data["assess_number"], fact.data["channel"]) == (1, Channel.PORTAL)
    assert str(LI) not in repr(fact)


def test_an_agent_reviews_for_the_applicant() -> None:
    assert rules.review(CASE, said("satisfied"), reviewed=False, actor=agent)


def test_staff_and_the_platform_never_review() -> None:
    at_home = replace(wang, parties=li.parties)  # even for a matter of their own they sign in as citizens
    for actor in (wang, at_home, SYSTEM):
        assert refusal(CASE, said("very_satisfied"), actor=actor) == "applicant_only"


def test_what_is_told_in_a_call_is_written_down_by_somebody_of_another_office() -> None:
    told = said("satisfied", channel="phone")
    with pytest.raises(Refused) as refused:
        rules.review(CASE, told, reviewed=False, actor=wang, via=Via.CALL)
    assert refused.value.rule == "own_matter"
    elsewhere = replace(wang, held=(Post("caller", "350500-12345", "3505"),))
    assert rules.review(CASE, told, reviewed=False, actor=elsewhere, via=Via.CALL)


def test_for_others_the_case_is_not_there() -> None:
    for actor in (zhao, ANONYMOUS):
        with pytest.raises(NotFound):
            rules.review(CASE, said("satisfied"), reviewed=False, actor=actor)


def test_a_case_that_runs_is_not_reviewed_yet() -> None:
    assert refusal(replace(CASE, finished=False), said("satisfied")) == "not_finished"


def test_a_service_is_reviewed_once() -> None:
    assert refusal(CASE, said("satisfied"), reviewed=True) == "reviewed_already"


@pytest.mark.parametrize("grade", ["", "5", "满意", "VERY_SATISFIED", "very_satisfied "])
def test_there_is_no_default_grade(grade: str) -> None:
    assert refusal(CASE, said(grade)) == "grade"


def test_a_review_comes_by_a_known_channel() -> None:
    assert refusal(CASE, said("satisfied", channel="fax")) == "channel"


@pytest.mark.parametrize("grade", list(Grade))
def test_a_bad_grade_says_why_by_indicator_or_words(grade: Grade) -> None:
    code = indicators()[grade][0].code
    assert rules.review(CASE, said(grade, code), reviewed=False, actor=li)
    assert rules.review(CASE, said(grade, text=WORDS), reviewed=False, actor=li)
    if grade in (Grade.DISSATISFIED, Grade.VERY_DISSATISFIED):
        assert refusal(CASE, said(grade)) == "why_bad"
    else:
        assert rules.review(CASE, said(grade), reviewed=False, actor=li)


CODES = {one.code: grade for grade, found in indicators().items() for one in found}


@given(st.sampled_from(list(Grade)), st.sets(st.sampled_from([*sorted(CODES), "999", ""]), min_size=1))
def test_indicators_belong_to_the_grade(grade: Grade, codes: set[str]) -> None:
    opinion = said(grade, *codes)
    if all(CODES.get(code) is grade for code in codes):
        fact, *bad = rules.review(CASE, opinion, reviewed=False, actor=li)
        assert fact.data["indicators"] == sorted(codes)
        assert [one.kind for one in bad] == [events.FOUND_BAD] * grade.bad
    else:
        assert refusal(CASE, opinion) == "indicator"


def test_the_national_list_is_whole() -> None:
    assert len(CODES) == 40
    for grade, found in indicators().items():
        assert [one.core for one in found] == [True] * 3 + [False] * 5
        assert {one.code[0] for one in found} == {national_code(grade)}
    assert indicators()[Grade.VERY_SATISFIED][0].text == "一窗受理一次办结"


def test_the_two_numberings_are_opposite() -> None:
    assert (gb39046_code(Grade.VERY_SATISFIED), national_code(Grade.VERY_SATISFIED)) == ("1", "5")
    assert (gb39046_code(Grade.VERY_DISSATISFIED), national_code(Grade.VERY_DISSATISFIED)) == ("5", "1")
    assert {int(gb39046_code(grade)) + int(national_code(grade)) for grade in Grade} == {6}
    assert [grade for grade in Grade if grade.bad] == [grade for grade in Grade if national_code(grade) < "3"]


def test_grades_and_channels_have_their_chinese_names() -> None:
    assert [grade.label for grade in Grade] == ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    assert Channel.QR_CODE.label == "二维码" and Channel.SMS.label == "短信"


@pytest.mark.parametrize(
    ("via", "channel"),
    [(Via.SELF, "qr_code"), (Via.LINK, "portal"), (Via.LINK, "hall_tablet"), (Via.DEVICE, "phone")],
)
def test_each_way_in_has_its_own_channels(via: Via, channel: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.review(CASE, said("satisfied", channel=channel), reviewed=False, actor=li, via=via)
    assert refused.value.rule == "channel"


@pytest.mark.parametrize(
    ("window", "kind", "hall", "rule"),
    [
        ("hall", "window_clerk", "hall", "no_window"),
        ("hall/", "window_clerk", "hall", "no_window"),
        ("hall/1", "officer", "hall", "not_your_post"),
        ("hall/1", "window_clerk", "other", "not_your_post"),
    ],
)
def test_only_a_clerk_of_the_hall_offers_a_visit(window: str, kind: str, hall: str, rule: str) -> None:
    clerk = Actor("staff", "wang", held=(Post(kind, hall, "350502"),))
    with pytest.raises(Refused) as refused:
        rules.visit(CASE, window, clerk)
    assert refused.value.rule == rule
