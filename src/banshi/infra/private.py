"""个人信息: names, numbers and free text live encrypted in one private table per context, under an id that facts carry.

Facts and state rows keep only the id and a keyed digest; erasing blanks the content and changes neither.
Security requirement 21; Personal Information Protection Law arts. 45, 47, 51.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.db import models

from banshi.infra import crypto
from banshi.infra.rows import Rows
from banshi.infra.store import Tx, new_id

COLUMNS = "region_code, id, content"
REPLACE = " ON CONFLICT (region_code, id) DO UPDATE SET content = EXCLUDED.content"


class Private(models.Model):
    """私密内容: abstract; each context has its own table."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    content = models.BinaryField()
    rows: ClassVar[Rows | None] = (
        None  # where the context's command path writes it together with its other rows
    )

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Kept:
    """已存的私密内容: what a fact may say of private content: where it lies and its keyed digest."""

    id: UUID
    digest: str


def put(tx: Tx, table: type[Private], region: str, value: Mapping[str, Any], id: UUID | None = None) -> Kept:
    """Encrypt and keep `value`; under an `id` that exists already its content is replaced."""
    plain = msgspec.json.encode(value)
    name = table._meta.db_table
    key = id or new_id()
    sealed = crypto.seal(plain, f"{name}/{region}/{key}")
    if table.rows is not None:
        # JSON has no bytes; PostgreSQL reads them as hex digits.
        tx.put(table.rows, (region, key, sealed if tx.sqlite else f"\\x{sealed.hex()}"))
    else:
        tx.run(f"INSERT INTO {name} ({COLUMNS}) VALUES (%s, %s, %s){REPLACE}", (region, key, sealed))  # noqa: S608
    return Kept(key, crypto.digest(plain, name))


def get(table: type[Private], region: str, id: UUID) -> dict[str, Any]:
    """The content; empty when it was erased or never kept."""
    return get_many(table, region, [id]).get(id, {})


def get_many(table: type[Private], region: str, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Contents by id, by one query. Erased ones are left out."""
    name = table._meta.db_table
    rows = table._default_manager.filter(region_code=region, id__in=list(ids)).values_list("id", "content")
    return {
        id: msgspec.json.decode(crypto.unseal(bytes(sealed), f"{name}/{region}/{id}"))
        for id, sealed in rows
        if sealed
    }


def erase(tx: Tx, table: type[Private], region: str, id: UUID) -> None:
    """Blank the content (right to erasure); rows and facts that name it stay as they are."""
    name = table._meta.db_table
    tx.run(f"UPDATE {name} SET content = %s WHERE region_code = %s AND id = %s", (b"", region, id))  # noqa: S608
