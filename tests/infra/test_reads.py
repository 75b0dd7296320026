"""What the driver is asked outright is the same as what the ORM says, inside a transaction and outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from banshi.infra import reads, store
from banshi.infra.models import Fact
from banshi.kernel.facts import Fact as NewFact
from banshi.kernel.facts import Stream

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
ID = UUID("0199dddd-0000-7000-8000-000000000042")
SQL = "SELECT kind, at, seq FROM infra_fact WHERE stream_id = %s AND region_code LIKE '3505%%' AND at <= %s AND seq > %s"


def asked() -> list[tuple[object, ...]]:
    return [(kind, reads.instant(at), seq) for kind, at, seq in reads.read(SQL, (ID, AT, 0))]


def test_a_question_has_the_same_answer_again_and_again_and_in_a_transaction(real_database: None) -> None:
    assert asked() == []
    fact = NewFact("cases.case.received", {"n": 1})
    store.write(lambda tx: tx.append(Stream("350502", ID), 0, [fact]) and None, at=AT, actor="test")
    assert asked() == asked() == [("cases.case.received", AT, 1)]
    if connection.vendor == "postgresql":  # on SQLite only the writer opens transactions
        with transaction.atomic():
            assert asked() == [("cases.case.received", AT, 1)]
    assert Fact.objects.get().at == AT


def test_a_question_that_the_database_cannot_understand_is_its_error(real_database: None) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        reads.read("SELECT 1 FROM no_such_table WHERE a = %s", (date(2026, 3, 2),))
    assert asked() == []


def test_a_question_outlives_that_all_prepared_statements_are_forgotten(real_database: None) -> None:
    asked()
    if connection.vendor == "postgresql":
        connection.connection.execute("DEALLOCATE ALL")
    assert asked() == []
