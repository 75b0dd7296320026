"""A guide at the counter: found by words, asked of whoever stands here, and what it comes to is taken in at a press."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.guidance import queries as guidance
from banshi.contexts.intake.models import Application
from banshi.infra.models import Audit
from tests.desks.counter.test_fill import clerk
from tests.personas import LICHENG
from tests.security.town import Visitor, hidden

pytestmark = pytest.mark.django_db
__all__ = ["clerk"]
GUIDE = "/counter/guide/construction-project/"


def test_words_find_the_guide_beside_the_matters(clerk: Visitor) -> None:
    page = clerk.get("/counter/choose/", q="我想建厂房").text
    assert GUIDE in page and "我要建厂房、盖楼" in page
    assert GUIDE not in clerk.get("/counter/choose/", q="上户口").text


def test_what_is_known_here_is_not_asked_and_never_in_the_address(clerk: Visitor) -> None:
    page = clerk.get(GUIDE).text
    assert "鲤城区" in page.split("问办事人")[0]
    assert 'name="place"' not in page and 'name="investment"' in page
    changing = clerk.get(GUIDE, change="place").text
    assert 'name="place"' in changing
    assert Audit.objects.filter(act="view_person", outcome="guide").exists()


def test_all_questions_answered_it_says_what_has_to_be_done(clerk: Visitor) -> None:
    flow, answers = guidance.get_flow("construction-project"), dict[str, str]()
    while question := guidance.walk(flow, answers, {"place.county": LICHENG}).next:
        assert f'name="{question.code}"' in clerk.get(GUIDE, **answers).text
        answers[question.code] = question.choices[0].key if question.choices else "5000"
    page = clerk.get(GUIDE, **answers).text
    assert re.search(r"要办 \d+ 件", page)
    assert "施工许可" in page


def test_nobody_before_the_window_nothing_to_guide(clerk: Visitor) -> None:
    clerk.post("/counter/next/", {})
    assert clerk.get(GUIDE).location == "/counter/"


def test_a_wrong_guide_is_not_there_and_nothing_is_begun_by_looking(clerk: Visitor) -> None:
    assert clerk.get("/counter/guide/nothing/").status == 404
    clerk.get(GUIDE)
    assert not Application.objects.exists()
    assert hidden(clerk.get("/counter/choose/").text, "person")
