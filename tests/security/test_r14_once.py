"""Requirement 14: once, however many ask at once: each with a connection and, as on a server, a thread of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from banshi.contexts.cases import events, queries
from banshi.contexts.cases.models import Case, Document
from banshi.contexts.certificates.models import Certificate
from banshi.contexts.evaluation.models import Review
from banshi.contexts.intake.models import Application
from banshi.infra import files, outbox, store
from banshi.infra.models import Fact
from tests import personas
from tests.conftest import StoppedClock
from tests.personas import LICHENG
from tests.security import town
from tests.security.lives import LETTERS
from tests.security.town import ITEM, VALUES, Visitor, hidden


@pytest.fixture
def here(real_database: None, own_folder: None, clock: StoppedClock) -> Iterator[None]:
    with store.inline():
        town.town()
        town.everybody()
    yield


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    together = Barrier(count, timeout=60)

    def one(number: int) -> Any:
        try:
            together.wait()
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def copied(visitor: Visitor) -> Visitor:
    """The same person in another window of the browser."""
    other = Visitor(token=visitor.token)
    for name, morsel in visitor.client.cookies.items():
        other.client.cookies[name] = morsel.value
    return other


def test_one_application_submitted_by_many_at_once_is_one(here: None) -> None:
    li = Visitor.signed_in(personas.li())
    matter = town.begin(li)
    town.fill(li, matter, VALUES)
    town.hand_over(li, matter)
    keys = [hidden(li.get(f"{matter.draft}/check").text, "command_id") for _ in range(4)]
    windows = [copied(li) for _ in range(8)]

    def submit(number: int) -> int:
        # Two by two they carry the same key, as a double click does.
        return windows[number].post(f"{matter.draft}/check", {"command_id": keys[number // 2]}).status

    told = at_once(8, submit)
    assert told.count(303) >= 2 and set(told) <= {302, 303, 409, 422}, told
    assert Case.objects.filter(application_id=matter.id).count() == 1
    kinds = Counter(Fact.objects.values_list("kind", flat=True))
    assert (kinds["intake.application.submitted"], kinds[events.RECEIVED]) == (1, 1)
    assert Document.objects.count() == 1


def test_one_draft_however_often_its_button_was_pressed_at_once(here: None) -> None:
    li = Visitor.signed_in(personas.li())
    stated = {"county": LICHENG, "command_id": hidden(li.get(f"/apply/item/{ITEM}").text, "command_id")}
    windows = [copied(li) for _ in range(6)]
    told = at_once(6, lambda number: windows[number].post(f"/apply/item/{ITEM}", stated).location)
    assert len(set(told)) == 1 and told[0].startswith("/a/")
    assert Application.objects.count() == 1


def test_of_two_officers_who_decide_at_once_one_does(here: None) -> None:
    matter = town.applied(Visitor.signed_in(personas.li()))
    lin = Visitor.signed_in(personas.lin())
    pages = [lin.get(f"{matter.desk}/do/accept/").text for _ in range(6)]
    windows = [copied(lin) for _ in pages]

    def accept(number: int) -> int:
        carried = {name: hidden(pages[number], name) for name in ("command_id", "seq")}
        return windows[number].post(f"{matter.desk}/do/accept/", carried | {"dispatch": "on"}).status

    told = at_once(6, accept)
    assert sorted(told) == [303] + [422] * 5
    assert Fact.objects.filter(kind=events.ACCEPTED).count() == 1
    assert Document.objects.filter(kind="acceptance").count() == 1


def test_two_who_accept_and_withdraw_at_once_leave_one_life(here: None) -> None:
    for _ in range(3):
        li, lin = Visitor.signed_in(personas.li()), Visitor.signed_in(personas.lin())
        matter = town.applied(li)
        page = lin.get(f"{matter.desk}/do/reject/").text
        reject = {name: hidden(page, name) for name in ("command_id", "seq")} | {
            "text": "无权",
            "reference": "区局",
        }
        withdraw = {"command_id": hidden(li.get(f"{matter.own}/withdraw").text, "command_id")}

        def both(
            number: int, li: Visitor = li, lin: Visitor = lin, matter: Any = matter, reject: Any = reject,
            withdraw: Any = withdraw,
        ) -> int:  # fmt: skip
            if number:
                return li.post(f"{matter.own}/withdraw", withdraw).status
            return lin.post(f"{matter.desk}/do/reject/", reject).status

        assert sorted(at_once(2, both)) in ([303, 409], [303, 422])
        life = "".join(LETTERS[fact.kind] for fact in queries.facts(LICHENG, matter.case))  # type: ignore[arg-type]
        assert life in ("RX", "RJ")


def test_the_outbox_delivered_by_many_at_once_does_everything_once(here: None) -> None:
    li, lin, huang, wei = (
        Visitor.signed_in(who()) for who in (personas.li, personas.lin, personas.huang, town.health)
    )
    matter = town.applied(li)
    town.do(lin, matter, "accept", dispatch="on")
    town.works(matter, lin, wei)
    town.do(lin, matter, "review", verdict="pass")
    town.do(huang, matter, "decide", verdict="pass")

    def deliver(_: int) -> None:
        for _ in range(6):
            outbox.deliver(personas.AT.replace(year=2026, month=3, day=2, hour=2))

    at_once(4, deliver)
    town.deliver()
    kinds = Counter(Fact.objects.filter(stream_id=matter.case).values_list("kind", flat=True))
    assert (kinds[events.CERTIFIED], kinds[events.DELIVERED]) == (1, 1)
    assert Certificate.objects.count() == 1
    assert not Document.objects.filter(file="").exists()


def test_one_review_of_one_service_however_many_are_sent_at_once(here: None) -> None:
    li, lin = Visitor.signed_in(personas.li()), Visitor.signed_in(personas.lin())
    matter = town.applied(li)
    town.do(lin, matter, "not_required", text="不需要办。")
    windows = [copied(li) for _ in range(6)]
    told = at_once(
        6,
        lambda number: (
            windows[number].post(f"{matter.own}/rate", {"grade": "satisfied", "text": "好"}).status
        ),
    )
    assert 303 in told and set(told) <= {303, 409, 422}
    assert Review.objects.count() == 1


def test_the_same_file_stored_by_many_at_once_is_whole(here: None) -> None:
    for round in range(5):
        content = b"%PDF-" + bytes([round]) * 2_000_000
        digest = files.digest_of(content)
        at_once(8, lambda _, content=content, digest=digest: files.store(content, digest))
        assert files.read(digest) == content
