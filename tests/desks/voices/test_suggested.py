"""The machine's suggestions stand beside the field with how sure and why; without a model, or with a spoilt one, nothing does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.queries.suggestions import MODEL
from banshi.contexts.tickets.values import Words
from banshi.directory.calendar import calendar
from banshi.directory.values import PostKind
from banshi.infra import clock as house_clock
from banshi.infra.config import DATA
from tests.conftest import StoppedClock
from tests.desks.voices.people import pan
from tests.personas import CITY, LICHENG, staff
from tests.security.town import Visitor, hidden, town

pytestmark = pytest.mark.django_db
TITLE = "小区门口的路灯不亮"


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    letters = queries.read_letters(DATA / "tickets" / "demo-letters.csv", labelled=True)
    queries.learn_suggestions(letters).model.save(folder / MODEL)
    return folder


@pytest.fixture
def folder(clock: StoppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    town()
    monkeypatch.setattr(settings, "BANSHI", replace(settings.BANSHI, folder=tmp_path))
    return tmp_path


def looked() -> str:
    """The intake form, after the clerk has asked what was said before."""
    operator = Visitor.signed_in(staff("hua", "华话务", CITY, PostKind.HOTLINE_OPERATOR))
    once = hidden(operator.get("/voices/new/").text, "command_id")
    stated = {"command_id": once, "look": "1", "title": TITLE, "region": LICHENG}
    return operator.post("/voices/new/", stated).text


def test_beside_the_fields_of_intake(folder: Path, learnt: Path) -> None:
    (folder / MODEL).write_bytes((learnt / MODEL).read_bytes())
    page = looked()
    assert "机器建议，由您决定" in page and "路灯照明" in page and "%（因为：" in page
    assert "selected>城市管理›" not in page, "nothing is chosen for the clerk"


def test_beside_the_fields_of_a_ticket(folder: Path, learnt: Path) -> None:
    (folder / MODEL).write_bytes((learnt / MODEL).read_bytes())
    id, _ = operations.raise_ticket(
        region=LICHENG,
        kind="hotline",
        channel="phone",
        words=Words(TITLE),
        actor=staff("hua", "华话务", CITY, PostKind.HOTLINE_OPERATOR).actor,
        at=house_clock.now(),
        calendar=calendar(),
    )
    dispatcher = Visitor.signed_in(pan())
    for name in ("dispatch", "classify"):
        assert "机器建议" in dispatcher.get(f"/voices/ticket/{LICHENG}/{id}/do/{name}/").text
    assert "机器建议" not in dispatcher.get(f"/voices/ticket/{LICHENG}/{id}/do/answer/").text


@pytest.mark.parametrize("content", [None, b"not a model"], ids=["none", "spoilt"])
def test_without_a_model_the_work_goes_on(folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / MODEL).write_bytes(content)
    page = looked()
    assert TITLE in page and "机器建议" not in page
