"""Backup and restore: taken while the city works, whole, without keys, and believed only when proven."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desks.console.command import ENGINE, ROOT, City, Server, banshi, pg, pg_address

# Two threads that store a file, then name it in the database beside a fact, and tell which are durable.
WRITER = """
import sys, threading
from pathlib import Path
from banshi.desks.console import installation
installation.start(Path(sys.argv[1]))
from banshi.infra import clock, files, store
from banshi.kernel.facts import Fact, Stream

def visitor(number):
    for n in range(100_000):
        content = f"%PDF-1.4 {number} {n} %%EOF".encode()
        digest = files.digest_of(content)
        files.store(content, digest)
        def work(tx):
            files.register(tx, digest, len(content), "application/pdf")
            tx.append(Stream("350502", store.new_id()), 0, [Fact("test.attached", {"file": digest})])
            return digest
        store.write(work, at=clock.now(), actor="test")
        print(digest, flush=True)

for number in range(2):
    threading.Thread(target=visitor, args=(number,), daemon=True).start()
sys.stdin.read()
"""


@pytest.fixture
def empty_database(databases: Callable[[], str]) -> list[str]:
    """What `restore` needs besides: on PostgreSQL the address of an empty database."""
    name = databases()
    if not name:
        return []
    pg(f'CREATE DATABASE "{name}"')
    return ["--database", pg_address(name)]


def backed_up(city: City, target: Path) -> Path:
    banshi("backup", target, "--config", city.config)
    return max(target.iterdir())


def with_a_file(city: City) -> str:
    """The digest of a file that the database names."""
    digest: str = city.ask(
        "from banshi.infra import clock, files, store\n"
        "content = b'%PDF-1.4 a scan %%EOF'\n"
        "digest = files.digest_of(content)\n"
        "files.store(content, digest)\n"
        "with store.inline():\n"
        "    store.write(lambda tx: files.register(tx, digest, len(content), 'application/pdf'),"
        " at=clock.now(), actor='test')\n"
        "print(json.dumps(digest))"
    )
    return digest


def is_untouched(folder: Path, empty_database: list[str]) -> bool:
    """Nothing was left in the folder, nor in the database."""
    if folder.exists() and any(folder.iterdir()):
        return False
    if not empty_database:
        return True
    import psycopg

    with psycopg.connect(empty_database[1]) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return rows.fetchone() == (0,)


def test_a_backup_taken_while_the_city_writes_restores_whole(
    city: City, serve: Callable[[City], Server], tmp_path: Path, empty_database: list[str]
) -> None:
    server = serve(city)
    writer = subprocess.Popen(
        [sys.executable, "-P", "-c", WRITER, str(city.config)],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout
    before = [writer.stdout.readline().strip() for _ in range(50)]
    backup = backed_up(city, tmp_path / "backups")
    after = [writer.stdout.readline().strip() for _ in range(50)]
    writer.communicate("")
    assert server.stop() == 0

    done = banshi("restore", backup, tmp_path / "new", "--keys", city.keys, *empty_database)
    assert "每张表的摘要与备份一致" in done.out
    new = City(tmp_path / "new", empty_database[0] if empty_database else "")
    manifest = json.loads((backup / "manifest.json").read_text())
    assert new.contents() == manifest["tables"]
    read = new.ask(
        "from banshi.infra import files\n"
        "from banshi.infra.models import Fact, File\n"
        "named = [json.loads(data)['file'] for data in Fact.objects.values_list('data', flat=True)"
        ".filter(kind='test.attached')]\n"
        "print(json.dumps({digest: files.read(digest).decode() for digest in named}))"
    )
    assert set(before) <= set(read)
    assert all(content.startswith("%PDF-1.4") for content in read.values())
    assert (
        len(read) < len(before) + len(after) + 10_000
    )  # it went on meanwhile, and the backup is of one instant
    assert set(read) == set(
        new.ask(
            "from banshi.infra.models import File\nprint(json.dumps(list(File.objects.values_list('digest', flat=True))))"
        )
    )
    again = serve(new)
    assert again.get("/healthz").status == 200
    assert again.stop() == 0


def test_files_that_an_earlier_backup_holds_take_no_space_again(city: City, tmp_path: Path) -> None:
    digest = with_a_file(city)
    first = backed_up(city, tmp_path / "backups")
    time.sleep(1)  # a backup is named by its second
    second = backed_up(city, tmp_path / "backups")
    own, one, two = (folder / "files" / digest[:2] / digest for folder in (city.folder, first, second))
    assert one.samefile(two)
    assert not one.samefile(own)  # what damages the city's own does not damage its backup


def test_a_backup_holds_no_secrets(city: City, tmp_path: Path) -> None:
    if ENGINE == "pg":
        city.configure(database=pg_address(city.database) + "&password=the-password-of-the-database")
    with_a_file(city)
    backup = backed_up(city, tmp_path / "backups")
    ring = json.loads(city.keys.read_text())
    texts = [*ring["data"].values(), ring["index"]]
    raw = [base64.b64decode(text) for text in texts]
    secrets = [
        *(text.encode() for text in texts),
        *raw,
        *(key.hex().encode() for key in raw),
        b"the-password",
    ]
    for path in backup.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret in content], path
    assert (backup.stat().st_mode & 0o077) == 0


def test_restoring_asks_for_the_keyring_that_fits(
    city: City, tmp_path: Path, empty_database: list[str]
) -> None:
    backup, new = backed_up(city, tmp_path / "backups"), tmp_path / "new"
    none = banshi("restore", backup, new, "--keys", tmp_path / "none.json", *empty_database, status=1)
    assert "读不到密钥文件" in none.err
    banshi("keys", "new", tmp_path / "other.json")
    other = banshi("restore", backup, new, "--keys", tmp_path / "other.json", *empty_database, status=1)
    assert "密钥文件" in other.err
    assert "lacks k1, index" in other.err
    assert is_untouched(new, empty_database)


def test_restoring_leaves_alone_what_is_there(city: City, tmp_path: Path, empty_database: list[str]) -> None:
    backup, new = backed_up(city, tmp_path / "backups"), tmp_path / "new"
    new.mkdir()
    (new / "letter.txt").write_text("mine")
    done = banshi("restore", backup, new, "--keys", city.keys, *empty_database, status=1)
    assert "不是空的，没有动它" in done.err
    assert [path.name for path in new.iterdir()] == ["letter.txt"]
    if ENGINE == "pg":
        before = city.contents()
        options = ("--keys", city.keys, "--database", pg_address(city.database))
        done = banshi("restore", backup, tmp_path / "other", *options, status=1)
        assert "数据库不是空的" in done.err
        assert city.contents() == before
        assert not (tmp_path / "other").exists()


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.unlink()  # it may be a link to the city's own
    path.write_bytes(content)


def change_a_row(backup: Path) -> None:
    """On SQLite, which would not notice by itself."""
    with sqlite3.connect(backup / "database.sqlite3") as connection:
        connection.execute("UPDATE directory_region SET name = name || '。' WHERE code = '350502'")
    connection.close()


def test_a_damaged_backup_is_refused_and_leaves_nothing_behind(
    city: City, tmp_path: Path, empty_database: list[str]
) -> None:
    digest = with_a_file(city)
    whole = backed_up(city, tmp_path / "backups")
    snapshot = "database.sqlite3" if ENGINE == "sqlite" else "database.dump"
    damages: list[tuple[str, Callable[[Path], object]]] = [
        ("manifest.json 读不出来", lambda backup: flip(backup / "manifest.json", 10)),
        ("1 个文件缺失或损坏", lambda backup: flip(backup / "files" / digest[:2] / digest, 40)),
        ("1 个文件缺失或损坏", lambda backup: (backup / "files" / digest[:2] / digest).unlink()),
        (snapshot, lambda backup: (backup / snapshot).write_bytes((backup / snapshot).read_bytes()[:20_000])),
        (snapshot, lambda backup: (backup / snapshot).unlink()),
    ]
    if ENGINE == "sqlite":
        damages.append(("表 directory_region 与备份清单不一致", change_a_row))
    for n, (words, damage) in enumerate(damages):
        backup = tmp_path / f"damaged-{n}"
        shutil.copytree(whole, backup)
        damage(backup)
        done = banshi("restore", backup, tmp_path / "new", "--keys", city.keys, *empty_database, status=1)
        assert words in done.err
        assert "Traceback" not in done.err
        assert is_untouched(tmp_path / "new", empty_database), words
    banshi("restore", whole, tmp_path / "new", "--keys", city.keys, *empty_database)


def test_a_backup_tells_which_files_the_city_has_lost(
    city: City, tmp_path: Path, empty_database: list[str]
) -> None:
    digest = with_a_file(city)
    (city.folder / "files" / digest[:2] / digest).unlink()
    done = banshi("backup", tmp_path / "backups", "--config", city.config, status=1)
    assert digest in done.err
    (backup,) = (tmp_path / "backups").iterdir()
    banshi("restore", backup, tmp_path / "new", "--keys", city.keys, *empty_database)  # the rest is not lost


def test_a_restore_names_the_database_that_it_needs(city: City, tmp_path: Path) -> None:
    backup = backed_up(city, tmp_path / "backups")
    wrong = [] if ENGINE == "pg" else ["--database", "postgresql:///empty"]
    done = banshi("restore", backup, tmp_path / "new", "--keys", city.keys, *wrong, status=1)
    assert "--database" in done.err
    assert not (tmp_path / "new").exists()
