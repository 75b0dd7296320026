"""A state that this process left is not read again for who names it; whoever was faster elsewhere still wins."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from banshi.contexts.cases import operations, queries, store
from banshi.contexts.cases.values import CaseState, Input
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from tests.contexts.cases.opened import REGION, opened
from tests.personas import li, lin, party_of
from tests.rules.cases.life import CALENDAR, at


def accept(id: UUID, seen: int) -> operations.Acted:
    return operations.act(
        "accept",
        region=REGION,
        id=id,
        actor=lin().actor,
        at=at("2026-03-03"),
        calendar=CALENDAR,
        given=Input(dispatch=False),
        expected_seq=seen,
    )


@pytest.fixture
def case(real_database: None) -> UUID:
    return opened(party_of(li()).id)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[CaseState]:
    """What was read from the database."""
    found: list[CaseState] = []
    decode = store._decode

    def watched(raw: str) -> CaseState:
        found.append(decode(raw))
        return found[-1]

    monkeypatch.setattr(store, "_decode", watched)
    return found


def test_who_names_what_this_process_left_reads_nothing(case: UUID, read: list[CaseState]) -> None:
    done = accept(case, 1)
    assert read == []
    assert done.state == queries.get_case(REGION, case, SYSTEM)


def test_who_names_nothing_reads(case: UUID, read: list[CaseState]) -> None:
    operations.act(
        "accept",
        region=REGION,
        id=case,
        actor=lin().actor,
        at=at("2026-03-03"),
        calendar=CALENDAR,
        given=Input(dispatch=False),
    )
    assert len(read) == 1


@pytest.mark.parametrize(("name", "rule"), [("accept", "wrong_state"), ("withdraw", "changed_meanwhile")])
def test_what_another_process_did_meanwhile_is_told(case: UUID, name: str, rule: str) -> None:
    left = store._kept[case]
    after = accept(case, 1)
    assert after.state is not None
    store._kept[case] = left  # as it stands in a process that has not heard of it
    who = lin() if name == "accept" else li()
    with pytest.raises(Refused) as told:
        operations.act(
            name,
            region=REGION,
            id=case,
            actor=who.actor,
            at=at("2026-03-03"),
            calendar=CALENDAR,
            expected_seq=1,
        )
    assert told.value.rule == rule
    assert Fact.objects.filter(stream_id=case).count() == after.state.seq


def test_what_the_database_has_lost_is_not_built_upon(case: UUID) -> None:
    """A standby that took over without the last commit: no gap follows."""
    ahead = msgspec.structs.replace(store._kept[case], seq=2)
    store._kept[case] = ahead
    with pytest.raises(Refused) as told:
        accept(case, 2)
    assert told.value.rule == "changed_meanwhile"
    assert list(Fact.objects.filter(stream_id=case).values_list("seq", flat=True)) == [1]


def test_only_so_many_are_remembered(case: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT", 1)
    accept(case, 1)
    other = opened(party_of(li()).id)
    assert list(store._kept) == [other]
