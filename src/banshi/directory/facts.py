"""What the directory tells: each change is a fact of the thing's own stream, with codes and keys only."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from banshi.directory.values import NATIONAL
from banshi.infra.store import Tx
from banshi.kernel.facts import Fact, Stream

_DIRECTORY = uuid5(NAMESPACE_URL, "banshi/directory")


def emit(tx: Tx, of: str, kind: str, /, **data: Any) -> None:
    """Append `directory.KIND` to the stream of a thing known by a code, as `office/350502-market`."""
    _append(tx, Stream(NATIONAL, uuid5(_DIRECTORY, of)), kind, {"of": of, **data})


def emit_of_party(tx: Tx, region_code: str, party_id: UUID, kind: str, /, **data: Any) -> None:
    """Append `directory.KIND` to the stream of a person or firm, which lies in its county."""
    _append(tx, Stream(region_code, party_id), kind, data)


def _append(tx: Tx, stream: Stream, kind: str, data: dict[str, Any]) -> None:
    row = tx.one(
        "SELECT COALESCE(MAX(seq), 0) FROM infra_fact WHERE region_code = %s AND stream_id = %s",
        (stream.region, stream.id),
    )
    tx.append(stream, row[0] if row else 0, [Fact(f"directory.{kind}", data)])
