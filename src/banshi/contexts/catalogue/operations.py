"""目录操作: publish what the files say as immutable versions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from banshi.contexts.catalogue import events
from banshi.contexts.catalogue.values import Catalogue, Frozen
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NATIONAL, Fact, Stream

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Publication:
    """发布结果: how many new versions, unchanged definitions, and retired ones."""

    published: int
    unchanged: int
    retired: int


def publish(*, catalogue: Catalogue, actor: Actor, at: datetime) -> Publication:
    """发布: a changed definition becomes a new version; one that is gone is retired. Publishing twice changes nothing.

    The definitions have been checked before (`queries.read_files`); running cases stay on the version they have.
    """
    wanted: dict[tuple[str, str], Frozen] = {("dictionaries", "all"): catalogue.dictionaries}
    wanted |= {("item", code): item for code, item in catalogue.items.items()}
    wanted |= {("bundle", code): bundle for code, bundle in catalogue.bundles.items()}

    def work(tx: Tx) -> list[int]:
        current = {
            (kind, code): (version, digest, bool(retired))
            for kind, code, version, digest, retired in tx.all(
                "SELECT kind, code, version, digest, retired FROM catalogue_definition ORDER BY version"
            )
        }
        published = unchanged = retired = 0
        for key, definition in wanted.items():
            body = _encode(definition)
            digest = hashlib.sha256(body).hexdigest()
            version, known, gone = current.get(key, (0, "", False))
            if digest == known and not gone:
                unchanged += 1
                continue
            _insert(tx, key, version, digest, body.decode(), False)
            published += 1
        for key, (version, digest, gone) in current.items():
            if key not in wanted and not gone:
                _insert(tx, key, version, digest, "", True)
                retired += 1
        return [published, unchanged, retired]

    return Publication(*write(work, at=at, actor=actor.code))


def _insert(tx: Tx, key: tuple[str, str], version: int, digest: str, body: str, retired: bool) -> None:
    kind, code = key
    tx.run(
        "INSERT INTO catalogue_definition (kind, code, version, digest, body, published_at, retired)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (kind, code, version + 1, digest, body, tx.at, retired),
    )
    data = {"kind": kind, "code": code, "version": version + 1, "digest": digest}
    tx.append(stream(kind, code), version, [Fact(events.RETIRED if retired else events.PUBLISHED, data)])


def stream(kind: str, code: str) -> Stream:
    """The stream of one definition; it belongs to no county."""
    return Stream(NATIONAL, UUID(str(uuid5(NAMESPACE_URL, f"banshi:{kind}:{code}"))))
