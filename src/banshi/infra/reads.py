"""读: questions that every request asks (who acts, which case) by plain SQL; the
ORM's part of them would be the larger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from banshi.infra.calls import ask
from banshi.infra.store import inside_a_write, question_marks


def read(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows (placeholders `%s`). On SQLite UUIDs come back as text, instants without a zone."""
    if inside_a_write():  # which has to see what it has put itself
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return list(connection.connection.execute(question_marks(sql), params).fetchall())
    if connection.in_atomic_block:
        return list(connection.connection.execute(sql, params).fetchall())
    return ask(connection.connection, sql, params)


def instant(value: datetime | str) -> datetime:
    """An instant as read, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def uuid(value: UUID | str) -> UUID:
    """An id as read."""
    return value if isinstance(value, UUID) else UUID(value)
