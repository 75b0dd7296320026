"""Handing over materials."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.intake.models import Evidence
from tests.personas import li
from tests.security.town import MATERIALS, PDF, Visitor, begin, file, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen() -> Visitor:
    town()
    return Visitor.signed_in(li())


def test_a_file_that_cannot_be_taken_is_told_and_the_page_stays(citizen: Visitor) -> None:
    page = f"{begin(citizen).draft}/materials/{MATERIALS[0]}"
    for sent, said in (
        (None, "请先选择文件"),
        (file("a.exe", PDF), "格式不能用"),
        (file("a.pdf", b"not a pdf"), "内容不是 PDF"),
        (file("a.pdf", b""), "空文件"),
    ):
        answer = citizen.post(page, {"file": sent} if sent else {})
        assert answer.status == 422
        assert said in answer.text
    assert not Evidence.objects.exists()


def test_a_file_is_shown_and_taken_back_after_being_asked_again(citizen: Visitor) -> None:
    page = f"{begin(citizen).draft}/materials/{MATERIALS[0]}"
    citizen.sent(citizen.post(page, {"file": file("执照.pdf", PDF)}), page)
    shown = citizen.get(page).text
    assert "执照.pdf" in shown
    remove = re.search(rf'href="({page}/remove/[0-9a-f-]+)"', shown)
    assert remove
    assert citizen.get(remove[1]).status == 200
    assert Evidence.objects.exists()
    citizen.sent(citizen.post(remove[1]), page)
    assert not Evidence.objects.exists()


def test_the_list_tells_what_is_missing(citizen: Visitor) -> None:
    draft = begin(citizen).draft
    before = citizen.get(f"{draft}/materials").text
    assert "还要交 2 份" in before
    for code in MATERIALS:
        citizen.post(f"{draft}/materials/{code}", {"file": file("a.pdf", PDF)})
    assert "要交的都齐了" in citizen.get(f"{draft}/materials").text


def test_a_material_that_the_matter_does_not_ask_for_is_not_there(citizen: Visitor) -> None:
    draft = begin(citizen).draft
    assert citizen.post(f"{draft}/materials/M-PASSPORT", {"file": file("a.pdf", PDF)}).status == 404
