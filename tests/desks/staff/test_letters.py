"""Dead letters: an administrator sees what the platform failed to do in their region, and has it tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from banshi.directory.values import PostKind
from banshi.infra import outbox, store
from banshi.infra.models import Audit, Outbox
from banshi.kernel.facts import Fact, Recorded, Stream
from tests import personas
from tests.conftest import StoppedClock
from tests.contexts.cases.opened import REGION, opened
from tests.personas import party_of
from tests.rules.cases.life import at

pytestmark = pytest.mark.django_db


def signed_in(who: personas.Persona) -> Client:
    client = Client(SERVER_NAME="localhost")
    assert personas.sign_in(client, who) == 302
    return client


@pytest.fixture
def failing(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Two receipts that cannot be printed, and a later step that waits behind one of them."""
    broken = {"printer": True}

    def render(recorded: Recorded, when: datetime) -> None:
        if broken["printer"]:
            raise OSError("李秀英的回执打不出来")

    outbox.handlers({})
    monkeypatch.setattr(outbox, "_handlers", {"render documents": render})
    party = party_of(personas.li()).id
    ids = [opened(party), opened(party)]
    for hours in range(0, 24, 3):
        outbox.deliver(at("2026-03-02") + timedelta(hours=hours))
    store.write(
        lambda tx: tx.append(Stream(REGION, ids[0]), 1, [Fact("cases.case.withdrawn", {})]),
        at=at("2026-03-02"),
        actor="system",
    )
    clock.at = at("2026-03-04")
    return broken


def test_the_page_names_what_failed_and_what_waits_and_nobodys_words(failing: dict[str, bool]) -> None:
    page = signed_in(personas.guan()).get("/staff/letters/").content.decode()
    assert page.count("<td>文书成文</td>") == 2
    assert "<td>接件</td>" in page and "<td>OSError</td>" in page and "<td>8 次</td>" in page
    assert page.count("<td>1</td>") == 1  # one has somebody waiting behind it
    assert page.count("<td>350502") == 2  # the cases' numbers
    assert "李秀英" not in page


def test_one_is_tried_again_then_all_and_each_leaves_a_trace(failing: dict[str, bool]) -> None:
    admin = signed_in(personas.guan())
    failing["printer"] = False
    one = Outbox.objects.filter(state=Outbox.DEAD).first()
    assert one is not None
    again = admin.post("/staff/letters/replay/", {"id": str(one.id)}, follow=True)
    assert "1 件已经重新排队" in again.content.decode()
    assert "重新排队" not in admin.get("/staff/letters/").content.decode()
    assert outbox.waiting()["dead"] == 1
    admin.post("/staff/letters/replay/", {"handler": "render documents"})
    while outbox.deliver(at("2026-03-04")):
        pass
    assert outbox.waiting() == {"pending": 0, "dead": 0}
    assert "系统该办的都办成了" in admin.get("/staff/letters/").content.decode()
    traces = Audit.objects.filter(act="replay_letters").order_by("id")
    assert [(trace.actor, trace.target, trace.outcome) for trace in traces] == [
        (personas.guan().account, str(one.id), "1"),
        (personas.guan().account, "render documents", "1"),
    ]


def test_another_regions_administrator_sees_and_moves_nothing(failing: dict[str, bool]) -> None:
    other = signed_in(personas.staff("xia", "厦门管", "350582", PostKind.STAFF_ADMIN))
    assert "系统该办的都办成了" in other.get("/staff/letters/").content.decode()
    other.post("/staff/letters/replay/", {"handler": ""})
    assert outbox.waiting()["dead"] == 2


def test_an_id_that_is_none_is_not_found(failing: dict[str, bool]) -> None:
    assert signed_in(personas.guan()).post("/staff/letters/replay/", {"id": "x"}).status_code == 404
    assert outbox.waiting()["dead"] == 2


@pytest.mark.parametrize("who", ["lin", "huang", "wang"])
def test_officers_and_clerks_have_no_such_page(who: str, clock: StoppedClock) -> None:
    client = signed_in(getattr(personas, who)())
    assert client.get("/staff/letters/").status_code == 404
    assert client.post("/staff/letters/replay/", {"handler": ""}).status_code == 404
