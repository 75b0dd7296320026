"""Decisions made at once: what the rows say is what the facts fold to; what somebody changed behind their back is found."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from banshi.contexts.instant import operations, queries
from banshi.contexts.instant.models import Decision, InstantPrivate, ItemSwitch
from banshi.infra.store import write
from banshi.infra.verification import Finding
from banshi.kernel.actors import Actor, Post
from tests.contexts import harm

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LICHENG, MARKET = "350502", "350502-market"
HUANG = Actor("staff", "1", (Post("approver", MARKET, LICHENG),))


def found() -> list[Finding]:
    return harm.found(queries.check_instant, [LICHENG])


@pytest.fixture
def decided(real_database: None) -> None:
    """Three decisions: one not looked at, one found right, one wrong; two items stopped, one of them allowed again."""
    for n in range(3):
        write(
            lambda tx, n=n: operations.record(
                tx, region=LICHENG, case=UUID(int=n), item="note", version=1, office=MARKET, criteria=["a"]
            ),
            at=AT,
            actor="system",
        )
    ids = [one.id for one in queries.list_decisions(HUANG)[0]]
    operations.check(region=LICHENG, id=ids[0], finding="right", text="", actor=HUANG, at=AT)
    operations.check(region=LICHENG, id=ids[1], finding="wrong", text="照片不清。", actor=HUANG, at=AT)
    for item in ("note", "food"):
        operations.stop(region=LICHENG, item=item, office=MARKET, text="规则有误。", actor=HUANG, at=AT)
    operations.allow(region=LICHENG, item="food", office=MARKET, text="已改。", actor=HUANG, at=AT)


def test_each_changed_column_is_named_and_nothing_else_is(decided: None) -> None:
    assert found() == []
    for model in (Decision, ItemSwitch):
        for _, column in harm.each_column(model, but=()):
            [one] = found()
            assert one.rule == "row_differs" and column in one.en and column in one.zh
    assert found() == []


def test_a_row_without_facts_a_fact_without_a_row_and_words_that_are_gone_are_found(decided: None) -> None:
    for model in (Decision, ItemSwitch):
        for _ in harm.each_row(model):
            assert [one.rule for one in found()] == ["no_row"]
    for _ in harm.lose_words(InstantPrivate):
        assert [one.rule for one in found()] == ["private_missing"]
    row = Decision.objects.all()[0]
    row.id = UUID(int=9)
    write(lambda tx: Decision.objects.bulk_create([row]), at=AT, actor="mallory")
    switch = ItemSwitch(
        region_code=LICHENG, item="other", office_code=MARKET, stopped=True, by="x", at=AT, seq=1
    )
    write(lambda tx: ItemSwitch.objects.bulk_create([switch]), at=AT, actor="mallory")
    assert [one.rule for one in found()] == ["no_facts", "no_facts"]
