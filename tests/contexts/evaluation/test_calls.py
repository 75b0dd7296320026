"""The call-back queue: one call about one thing, one caller at a time, the number for that caller alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import connections

from banshi.contexts.evaluation import events, files, operations, queries
from banshi.contexts.evaluation.models import CallRow, EvaluationPrivate
from banshi.contexts.evaluation.values import About, Call, CallStatus, Outcome
from banshi.infra.models import Audit, Fact
from banshi.infra.store import new_id, write
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import NotFound, Refused
from tests.rules.cases.life import CALENDAR

REGION, OFFICE = "350502", "350502-market"
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # Monday, 11:00 in China
PHONE = "13800005678"

xu = Actor("staff", "7", held=(Post("caller", "", "350500"),))
he = Actor("staff", "8", held=(Post("caller", "", REGION),))
lin = Actor("staff", "4", held=(Post("officer", OFFICE, REGION),))


def queued(**changes: Any) -> UUID:
    usual: dict[str, Any] = {
        "region": REGION,
        "about": About.CASE,
        "subject": new_id(),
        "office": OFFICE,
        "item": "food-licence",
        "title": "食品经营许可",
        "contact": {"name": "李秀英", "phone": PHONE},
        "at": AT,
        "calendar": CALENDAR,
        "type": "01",
    }
    found = write(lambda tx: operations.queue_call(tx, **(usual | changes)), at=AT, actor="system")
    assert found is not None
    return found


def call(id: UUID) -> Call:
    return queries.get_call(REGION, id, xu)


def claim(id: UUID, actor: Actor = xu, at: datetime = AT) -> None:
    operations.claim_call(region=REGION, id=id, actor=actor, at=at)


def record(
    id: UUID, outcome: str, text: str = "", suggests: bool = False, actor: Actor = xu, at: datetime = AT
) -> None:
    operations.record_call(
        region=REGION, id=id, outcome=outcome, text=text, suggests=suggests, actor=actor, at=at
    )


@pytest.mark.django_db
def test_a_finished_matter_is_queued_once_however_often() -> None:
    subject = new_id()
    first = queued(subject=subject)
    assert queued(subject=subject) == first
    assert CallRow.objects.count() == 1
    assert Fact.objects.filter(kind=events.QUEUED).count() == 1
    assert queued(subject=subject, round=1) != first  # put right again, asked again


@pytest.mark.django_db
def test_the_number_is_for_who_has_claimed_it_and_each_look_is_on_record() -> None:
    id = queued()
    assert queries.contact_of(call(id), xu, AT) == {}
    claim(id)
    assert queries.contact_of(call(id), he, AT) == {}
    assert not Audit.objects.filter(act="view_contact").exists()
    assert queries.contact_of(call(id), xu, AT)["phone"] == PHONE
    (look,) = Audit.objects.filter(act="view_contact")
    assert (look.actor, look.target) == ("staff:7", f"call/{id}")
    assert queries.contact_of(call(id), xu, AT + timedelta(minutes=31)) == {}
    record(id, "content")
    assert queries.contact_of(call(id), xu, AT) == {}
    assert PHONE.encode() not in bytes(EvaluationPrivate.objects.get(id=id).content)
    assert PHONE not in "".join(Fact.objects.values_list("data", flat=True))


@pytest.mark.django_db
def test_no_two_call_the_same_until_the_claim_has_lapsed() -> None:
    id = queued()
    claim(id)
    with pytest.raises(Refused, match="别人正在打"):
        claim(id, he, AT + timedelta(minutes=29))
    claim(id, he, AT + timedelta(minutes=30))
    with pytest.raises(Refused, match="先领取"):
        record(id, "content")
    record(id, "content", actor=he, at=AT + timedelta(minutes=31))
    assert call(id).outcome is Outcome.CONTENT


def test_of_many_callers_at_once_each_gets_another_call(real_database: None) -> None:
    ids = {queued() for _ in range(6)}
    callers = [Actor("staff", str(n), held=xu.held) for n in range(20, 28)]

    def next_one(actor: Actor) -> UUID | None:
        try:
            found = operations.claim_next_call(actor=actor, at=AT)
        finally:
            connections.close_all()
        return found[1] if found else None

    with ThreadPoolExecutor(4) as pool:
        found = [one for one in pool.map(next_one, callers) if one]
    assert len(found) == len(set(found)) and set(found) <= ids
    while (more := operations.claim_next_call(actor=he, at=AT)) and more[1] not in found:
        found.append(more[1])
        record(more[1], "content", actor=he)
    assert set(found) == ids


@pytest.mark.django_db
def test_the_next_call_is_the_one_due_first_and_ones_own_before_it() -> None:
    later = queued()
    bad = queued(about=About.BAD_REVIEW)  # within one working day
    assert call(bad).due_on == date(2026, 3, 3) and call(later).due_on == date(2026, 3, 9)
    assert operations.claim_next_call(actor=xu, at=AT) == (REGION, bad)
    assert operations.claim_next_call(actor=xu, at=AT) == (REGION, bad)
    operations.release_call(region=REGION, id=bad, actor=xu, at=AT)
    assert operations.claim_next_call(actor=he, at=AT) == (REGION, bad)
    assert operations.claim_next_call(actor=xu, at=AT) == (REGION, later)
    assert operations.claim_next_call(actor=Actor("staff", "9", held=xu.held), at=AT) is None


@pytest.mark.django_db
def test_who_was_not_reached_is_tried_again_in_the_daytime_and_then_left_alone() -> None:
    id = queued()
    claim(id)
    record(id, "unreached")
    once = call(id)
    assert (once.status, once.attempts) == (CallStatus.WAITING, 1)
    assert once.next_at == AT + timedelta(hours=4)
    with pytest.raises(Refused, match="下一次拨打"):
        claim(id)
    assert operations.claim_next_call(actor=xu, at=AT) is None
    claim(id, at=once.next_at)
    record(id, "unreached", at=once.next_at)  # 15:00 and four hours: the next morning
    assert call(id).next_at == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    claim(id, at=call(id).next_at)
    record(id, "unreached", at=call(id).next_at)
    ended = call(id)
    assert (ended.status, ended.outcome, ended.attempts) == (CallStatus.DONE, Outcome.UNREACHED, 3)


@pytest.mark.django_db
def test_nobody_calls_about_their_own_office_or_what_they_handled() -> None:
    id, handled = queued(), queued(barred="staff:7")
    own = Actor("staff", "4", held=(*lin.held, *xu.held))
    for actor, one in ((own, id), (xu, handled)):
        with pytest.raises(Refused) as refused:
            claim(one, actor)
        assert refused.value.rule == "own_matter"
    assert queries.list_calls(own, AT)[1] == 0
    assert [one.id for one in queries.list_calls(xu, AT)[0]] == [id]
    assert operations.claim_next_call(actor=own, at=AT) is None


@pytest.mark.django_db
def test_for_others_there_are_no_calls() -> None:
    id = queued()
    elsewhere = Actor("staff", "9", held=(Post("caller", "", "350582"),))
    for actor in (lin, elsewhere):
        with pytest.raises(NotFound):
            queries.get_call(REGION, id, actor)
        with pytest.raises(NotFound):
            claim(id, actor)
        assert queries.list_calls(actor, AT) == ([], 0)


@pytest.mark.django_db
def test_an_answer_is_written_down_whole() -> None:
    id = queued()
    claim(id)
    for outcome, text, suggests, rule in (
        ("", "", False, "outcome"),
        ("glad", "", False, "outcome"),
        ("not_content", " ", False, "words_needed"),
        ("content", "", True, "no_suggestion"),
        ("unreached", "想加个停车位", True, "no_suggestion"),
        ("content", "长" * 501, False, "text_too_long"),
    ):
        with pytest.raises(Refused) as refused:
            record(id, outcome, text, suggests)
        assert refused.value.rule == rule
    record(id, "content", "希望周末也开门", True)
    assert queries.said(call(id)) == "希望周末也开门"
    with pytest.raises(Refused, match="已经回访过"):
        record(id, "content")


@pytest.mark.django_db
def test_figures_by_office_and_window_count_every_end() -> None:
    for outcome in ("content", "content", "not_content", "refused"):
        id = queued(window="350502-hall/3")
        claim(id)
        record(id, outcome, "说了几句")
    queued()
    found = queries.call_figures(AT.date(), AT.date(), [REGION])
    wanted = {"content": 2, "not_content": 1, "refused": 1, "unreached": 0}
    assert found[OFFICE] == wanted | {"queued": 5}
    assert found["350502-hall/3"] == wanted | {"queued": 4}


# ---- sampling ----


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def sample(**sampling: Any) -> None:
        usual = files.settings_for("350502")
        changed = msgspec.structs.replace(usual, sampling=files.Sampling(**sampling))
        monkeypatch.setattr("banshi.contexts.evaluation.operations.calling.settings_for", lambda _: changed)

    yield sample


@pytest.mark.django_db
def test_a_share_is_drawn_without_dice(place: Any) -> None:
    place(mode="share", share=20)
    subjects = [UUID(int=n) for n in range(400)]

    def drawn() -> list[UUID]:
        return [one for one in subjects if _queue(one)]

    first = drawn()
    assert 50 < len(first) < 110
    assert drawn() == first
    place(mode="share", share=0)
    assert _queue(new_id()) is None
    assert _queue(new_id(), about=About.BAD_REVIEW)  # sampling is for finished cases alone


@pytest.mark.django_db
def test_only_some_kinds_of_item(place: Any) -> None:
    place(mode="kinds", kinds=("01",))
    assert _queue(new_id(), type="01") and _queue(new_id(), type="10") is None


@pytest.mark.django_db
def test_who_left_no_number_is_not_called() -> None:
    assert _queue(new_id(), contact={"name": "李秀英"}) is None
    assert not CallRow.objects.exists()


def _queue(subject: UUID, **changes: Any) -> UUID | None:
    return write(
        lambda tx: operations.queue_call(
            tx,
            **(
                {
                    "region": REGION,
                    "about": About.CASE,
                    "subject": subject,
                    "office": OFFICE,
                    "item": "food-licence",
                    "title": "食品经营许可",
                    "contact": {"phone": PHONE},
                    "at": AT,
                    "calendar": CALENDAR,
                    "type": "01",
                }
                | changes
            ),
        ),
        at=AT,
        actor="system",
    )


@pytest.mark.parametrize(
    "text",
    [
        "pack: x\nname: x\nregions: ['']\nsettings: {atempts: {value: 1, source: x}}",
        "pack: x\nname: x\nregions: ['']\nsettings: {attempts: {value: 0, source: x}}",
        "pack: y\nname: x\nregions: ['']",
        "pack: x\nname: x\nregions: ['']\nscripts: {cases: [x]}",
        "pack: x\nname: x\nregions: ['']\nsampling: {mode: share, share: 120, source: x}",
    ],
)
def test_a_mistaken_pack_is_refused(text: str) -> None:
    with pytest.raises(files.BadPack):
        files.checked(text, "x")


def test_places_have_their_packs_and_the_rest_the_national_one() -> None:
    assert files.settings_for("370702").pack == "weifang"
    assert files.settings_for("350502").pack == "national"
    for region in ("370702", "410502", "350502"):
        found = files.settings_for(region)
        assert found.contact_days == 1 and set(found.scripts) == set(About)
        assert (found.service_target, found.complaint_target) == (99, 95)
