"""Requirement 21: what is personal is encrypted wherever it lies; keys have ids, change, and are bound to their place."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import connection
from pytest_django.fixtures import Settings

from banshi.infra import crypto, files, private, store
from banshi.infra.crypto import KeyProblem, Keyring
from banshi.infra.models import File, Session
from banshi.infra.private import Private
from banshi.infra.sessions import SessionStore
from tests import personas
from tests.conftest import StoppedClock
from tests.security import canary, town
from tests.security.town import Visitor

TABLES = [model for model in apps.get_models() if issubclass(model, Private)]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """An installation's folder with nothing in it, and registering as a demo has it."""
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path / "city", demo=True)
    return tmp_path / "city"


@pytest.fixture
def ring(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A keyring of this test's own."""
    Keyring.new().save(tmp_path / "ring.json")
    settings.BANSHI = replace(settings.BANSHI, keys=tmp_path / "ring.json")
    crypto.keyring.cache_clear()
    yield tmp_path / "ring.json"
    crypto.keyring.cache_clear()


def rotate(ring: Path) -> Keyring:
    """As `./banshi keys rotate` does, and the restart after it."""
    turned = Keyring.read(ring).rotated()
    turned.save(ring)
    crypto.keyring.cache_clear()
    return turned


def tables() -> dict[str, bytes]:
    """Everything that the database holds, table by table, as it would be dumped."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        if connection.vendor == "postgresql":
            return {name: _copied(cursor, name) for name in names}
        return {name: _selected(cursor, name) for name in names}


def _copied(cursor: Any, name: str) -> bytes:
    with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _selected(cursor: Any, name: str) -> bytes:
    cursor.execute(f'SELECT * FROM "{name}"')
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in cursor.fetchall()
        for value in row
    )


def database_files() -> dict[str, bytes]:
    """SQLite's own files with the write-ahead log; none for a server, whose disk is not ours to read."""
    if connection.vendor != "sqlite":
        return {}
    name = Path(str(connection.settings_dict["NAME"]))
    return {path.name: path.read_bytes() for path in name.parent.glob(f"{name.name}*")}


def kept(table: type[Private]) -> list[dict[str, Any]]:
    """A private table, decrypted."""
    rows = table._default_manager.values_list("region_code", "id")
    found = [private.get(table, region, id) for region, id in rows]
    return [content for content in found if content]


def test_after_the_whole_job_nothing_personal_can_be_read_from_the_disk(
    real_database: None, folder: Path, clock: StoppedClock
) -> None:
    with store.inline():
        town.town()
        for persona in (personas.wang, personas.lin, town.health, personas.huang):
            persona()
    canary.walk()
    dumped = tables()
    assert {name: canary.leaked(content) for name, content in dumped.items() if canary.leaked(content)} == {}
    assert len(dumped["infra_fact"]) > 5000 and len(dumped["infra_outbox"]) > 100
    lying = database_files()
    assert {name: canary.leaked(content) for name, content in lying.items() if canary.leaked(content)} == {}
    blobs = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(blobs) >= 10  # scans, notices, decisions, a certificate
    assert {
        path.name: canary.leaked(content) for path, content in blobs.items() if canary.leaked(content)
    } == {}
    # A PDF is packed, so its words would not be found; but it would begin as a PDF begins.
    assert {crypto.key_of(content) for content in blobs.values()} == {crypto.keyring().current}
    # What was looked for is really there, for whoever has the key.
    readable = b"".join(msgspec.json.encode(kept(table)) for table in TABLES)
    # A number to sign in by is kept as a digest alone.
    assert set(canary.WORDS) - canary.leaked(readable) == {canary.PHONE}
    scanned = [files.read(digest) for digest in File.objects.values_list("digest", flat=True)]
    assert any(canary.SCAN in content for content in scanned)
    assert any(content.startswith(b"%PDF-1.7") for content in scanned)


def test_a_dump_in_which_something_lay_open_would_be_noticed() -> None:
    for form in canary.written(canary.NAME):
        assert canary.leaked(b"x" + form + b"x") == {canary.NAME}
    for length in range(3):
        sealed = base64.b64encode(b"z" * length + canary.SCAN + b"z" * 5)
        assert canary.leaked(sealed) == {canary.SCAN.decode()}
    assert canary.leaked(crypto.seal(canary.NAME.encode(), "a place")) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.db_table)
def test_content_that_was_moved_to_another_row_or_table_is_not_read(table: type[Private]) -> None:
    def put(into: type[Private], region: str = personas.LICHENG) -> private.Kept:
        return store.write(
            lambda tx: private.put(tx, into, region, {"a": "金丝雀"}), at=personas.AT, actor="system"
        )

    def content(of: type[Private], id: object) -> bytes:
        return bytes(of._default_manager.get(id=id).content)  # type: ignore[attr-defined]

    own, other, elsewhere = put(table), put(table), put(table, personas.JINJIANG)
    foreign = next(one for one in TABLES if one is not table)
    moved = [content(table, other.id), content(table, elsewhere.id), content(foreign, put(foreign).id)]
    assert private.get(table, personas.LICHENG, own.id) == {"a": "金丝雀"}
    for sealed in moved:
        table._default_manager.filter(id=own.id).update(content=sealed)
        with pytest.raises(KeyProblem):
            private.get(table, personas.LICHENG, own.id)


@pytest.mark.django_db
def test_a_file_or_session_put_in_the_place_of_another_is_not_read(folder: Path) -> None:
    first, second = files.digest_of(b"%PDF-one"), files.digest_of(b"%PDF-two")
    for digest, content in ((first, b"%PDF-one"), (second, b"%PDF-two")):
        files.store(content, digest)
    paths = [next(folder.rglob(digest)) for digest in (first, second)]
    paths[0].write_bytes(paths[1].read_bytes())
    assert files.read(second) == b"%PDF-two"
    with pytest.raises(KeyProblem):
        files.read(first)
    mine, theirs = SessionStore(), SessionStore()
    for session, draft in ((mine, "mine"), (theirs, "theirs")):
        session["draft"] = draft
        session.save()
    one, two = Session.objects.all()
    for row, content in ((one, two.content), (two, one.content)):
        Session.objects.filter(key_digest=row.key_digest).update(content=content)
    with pytest.raises(KeyProblem):
        SessionStore(mine.session_key)["draft"]


@pytest.mark.django_db
def test_a_new_key_encrypts_from_now_on_and_the_old_one_still_opens(ring: Path, folder: Path) -> None:
    personas.li()
    before = files.digest_of(b"%PDF-before")
    files.store(b"%PDF-before", before)
    assert rotate(ring).current == "k2"
    citizen = Visitor.signed_in(personas.li())  # found by her phone: digests do not change with the key
    assert "李秀英" in citizen.get("/me").text
    assert files.read(before) == b"%PDF-before"
    table = next(table for table in TABLES if table._meta.db_table == "directory_partyprivate")

    def keys() -> set[str]:
        contents = table._default_manager.values_list("content", flat=True)
        return {crypto.key_of(bytes(content)) for content in contents}

    assert keys() == {"k1"}
    citizen.sent(citizen.post("/me/contact", {"phone": "13900002222", "address": "新住址"}))
    assert keys() == {"k2"}
    after = files.digest_of(b"%PDF-after")
    files.store(b"%PDF-after", after)
    assert crypto.key_of(next(folder.rglob(after)).read_bytes()) == "k2"
    assert crypto.key_of(next(folder.rglob(before)).read_bytes()) == "k1"


@pytest.mark.django_db
def test_without_the_key_it_was_sealed_with_nothing_is_read(ring: Path) -> None:
    sealed = crypto.seal(b"words", "a place")
    turned = rotate(ring)
    assert crypto.unseal(sealed, "a place") == b"words"
    Keyring(turned.current, {turned.current: turned.data[turned.current]}, turned.index).save(ring)
    crypto.keyring.cache_clear()
    with pytest.raises(KeyProblem, match="k1"):
        crypto.unseal(sealed, "a place")


def test_the_keyring_lies_outside_the_database_and_is_its_owners_alone(ring: Path) -> None:
    assert ring.stat().st_mode & 0o077 == 0
    assert len({Keyring.new().data["k1"] for _ in range(20)}) == 20


def test_the_same_words_never_look_the_same() -> None:
    sealed = {crypto.seal(b"words", "a place") for _ in range(50)}
    assert len(sealed) == 50
    assert len({one[3:15] for one in sealed}) == 50  # nonces


def test_damaged_content_is_refused_rather_than_guessed_at() -> None:
    sealed = crypto.seal("金丝雀".encode(), "a place")
    for place in range(3, len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(KeyProblem):
            crypto.unseal(bytes(broken), "a place")
