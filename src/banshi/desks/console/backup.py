"""备份与恢复: database, files, and the ids of the keys that they need — the keys themselves are kept elsewhere.

A backup is taken while the server runs: a snapshot of the database first, then the files, which are never changed once
they are stored; so every file that the snapshot names is there. A restore is believed only when the digest of every
table equals what the backup wrote down.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from banshi import __version__
from banshi.desks.console import installation
from banshi.infra.config import Config, load
from banshi.infra.crypto import Keyring, key_of
from banshi.kernel.facts import Refused

MANIFEST = "manifest.json"


def run(target: Path) -> int:
    """Back up into a new folder below `target`; prints where."""
    folder = take(target)
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    rows = sum(table["rows"] for table in found["tables"].values())
    print(
        f"已备份到 {folder}：{rows} 行，{found['files']} 个文件；密钥 {'、'.join(found['keys'])} 请另外保管。"
    )
    print(
        f"Backed up: {rows} rows, {found['files']} files; keep the keys ({', '.join(found['keys'])}) elsewhere."
    )
    return 0


def take(target: Path) -> Path:
    """The backup's folder; made beside its final name and renamed when it is whole."""
    from django.conf import settings

    given: Config = settings.BANSHI
    name = datetime.now(UTC).strftime("banshi-%Y%m%d-%H%M%S")
    fresh, final = target / f".{name}", target / name
    fresh.mkdir(parents=True, mode=0o700)
    try:
        tables = (
            _snapshot_sqlite(given, fresh) if given.engine == "sqlite" else _snapshot_postgresql(given, fresh)
        )
        files, keys = _copy_files(given.folder / "files", fresh / "files")
        assert given.keys is not None
        manifest = {
            "version": __version__,
            "engine": given.engine,
            "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "city": given.city,
            "keys": sorted(keys | {Keyring.read(given.keys).current}),
            "files": files,
            "tables": tables,
        }
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        shutil.copy(os.environ["BANSHI_CONFIG"], fresh / "banshi.toml")
        fresh.rename(final)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return final


def restore(source: Path, folder: Path, keys: Path, database: str = "") -> int:
    """Restore into a new folder (and, for PostgreSQL, an empty database). Exit status 1 when a digest differs."""
    try:
        manifest = json.loads((source / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(
            "no_backup", f"{source} 不是完整的备份。", f"{source} is no complete backup."
        ) from error
    ring = Keyring.read(keys)
    if missing := set(manifest["keys"]) - set(ring.data):
        raise Refused(
            "keys_missing",
            f"密钥文件里缺少 {'、'.join(sorted(missing))}，恢复后会读不出来。",
            f"The keyring lacks {', '.join(sorted(missing))}; the data could not be read.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise Refused("not_empty", f"{folder} 不是空的，没有动它。", f"{folder} is not empty; left alone.")
    (folder / "keys").mkdir(parents=True, mode=0o700, exist_ok=True)
    ring.save(folder / "keys" / "keyring.json")
    shutil.copytree(source / "files", folder / "files", dirs_exist_ok=True)
    config = folder / "banshi.toml"
    _write_config(source / "banshi.toml", config, database)
    given = load(config)
    if manifest["engine"] == "sqlite":
        shutil.copy(source / "database.sqlite3", given.database.removeprefix("sqlite:///"))
        with _open_sqlite(Path(given.database.removeprefix("sqlite:///"))) as connection:
            tables = digests(connection)
    else:
        tables = _restore_postgresql(given, source / "database.dump")
    wrong = [name for name, expected in manifest["tables"].items() if tables.get(name) != expected]
    files = sum(1 for path in (folder / "files").rglob("*") if path.is_file())
    if wrong or files < manifest["files"]:
        print(
            f"恢复后不一致：{wrong or '文件缺失'}。 / Differs after restoring: {wrong or 'files'}.",
            file=sys.stderr,
        )
        return 1
    print(
        f"已恢复到 {folder}，每张表的摘要与备份一致。 / Restored; every table's digest equals the backup's."
    )
    return 0


def upgrade(config: Path) -> int:
    """Back up, migrate, check; back out when any of it fails."""
    from banshi.desks.console.serve import require_current_tables

    given = load(config)
    taken = take(given.folder / "backups")
    print(f"已备份到 {taken} / backed up", file=sys.stderr)
    try:
        installation.migrate()
        require_current_tables()
        _check_integrity(given)
    except Exception as error:
        _back_out(given, taken)
        raise Refused(
            "upgrade_failed",
            f"升级没有成功（{type(error).__name__}），数据库已退回升级前的样子，备份在 {taken}。",
            f"The upgrade failed ({type(error).__name__}: {error}); the database is as it was before. Backup: {taken}.",
        ) from error
    print("已升级。 / Upgraded.")
    return 0


def digests(connection: Any) -> dict[str, dict[str, Any]]:
    """Rows and content digest of each table: sha-256 over its rows, in the order of all their columns as text."""
    sqlite = isinstance(connection, sqlite3.Connection)
    listing = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if sqlite
        else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )
    found: dict[str, dict[str, Any]] = {}
    for (name,) in sorted(connection.execute(listing).fetchall()):
        digest, rows = hashlib.sha256(), 0
        if sqlite:
            columns = len(connection.execute(f'PRAGMA table_info("{name}")').fetchall())
            order = ", ".join(str(n + 1) for n in range(columns))
            lines = (repr(row) for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}'))  # noqa: S608
        else:
            lines = (row[0] for row in connection.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1'))  # noqa: S608
        for line in lines:
            digest.update(line.encode())
            rows += 1
        found[name] = {"rows": rows, "digest": digest.hexdigest()}
    return found


def _snapshot_sqlite(given: Config, folder: Path) -> dict[str, dict[str, Any]]:
    """SQLite's own online backup; the writer goes on meanwhile."""
    source = sqlite3.connect(f"file:{given.database.removeprefix('sqlite:///')}?mode=ro", uri=True)
    with _open_sqlite(folder / "database.sqlite3") as copy:
        source.backup(copy)
        source.close()
        copy.execute("PRAGMA journal_mode=DELETE")
        return digests(copy)


def _snapshot_postgresql(given: Config, folder: Path) -> dict[str, dict[str, Any]]:
    """pg_dump and the digests see the same exported snapshot."""
    import psycopg

    with psycopg.connect(_conninfo(given)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        dump = [
            "pg_dump",
            "--format=custom",
            f"--snapshot={snapshot[0]}",
            f"--file={folder / 'database.dump'}",
        ]
        subprocess.run([*dump, f"--dbname={_conninfo(given)}"], check=True)
        return digests(connection)


def _restore_postgresql(given: Config, dump: Path) -> dict[str, dict[str, Any]]:
    import psycopg

    subprocess.run(
        ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--clean", "--if-exists",
         f"--dbname={_conninfo(given)}", str(dump)], check=True,
    )  # fmt: skip
    with psycopg.connect(_conninfo(given)) as connection:
        return digests(connection)


def _conninfo(given: Config) -> str:
    from psycopg.conninfo import make_conninfo

    database = given.django_database()
    named = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return make_conninfo("", **{key: str(database[name]) for key, name in named.items() if database[name]})


def _copy_files(source: Path, target: Path) -> tuple[int, set[str]]:
    """Hard links where the disk allows, else copies; how many, and which keys they were encrypted with."""
    target.mkdir(mode=0o700)
    keys: set[str] = set()
    count = 0
    for path in sorted(source.rglob("*")) if source.exists() else ():
        if not path.is_file() or path.suffix == ".new":
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            keys.add(key_of(file.read(64)))
        try:
            os.link(path, place)
        except OSError:
            shutil.copy2(path, place)
        count += 1
    return count, keys


def _write_config(source: Path, target: Path, database: str) -> None:
    """The old configuration, with everything inside the new folder."""
    lines = []
    for line in source.read_text("utf-8").splitlines():
        key = line.split("=")[0].strip()
        if key == "database":
            url = database or line.split('"')[1]
            if url.startswith("sqlite"):
                url = "sqlite:///banshi.sqlite3"
            line = f'database = "{url}"'
        elif key == "folder":
            line = 'folder = "."'
        elif key == "keys":
            line = 'keys = "keys/keyring.json"'
        lines.append(line)
    target.write_text("\n".join(lines) + "\n", "utf-8")


def _check_integrity(given: Config) -> None:
    if given.engine == "sqlite":
        with _open_sqlite(Path(given.database.removeprefix("sqlite:///"))) as connection:
            for check in ("integrity_check", "foreign_key_check"):
                answer = connection.execute(f"PRAGMA {check}").fetchall()
                if answer not in ([("ok",)], []):
                    raise RuntimeError(f"{check}: {answer[:3]}")


def _back_out(given: Config, taken: Path) -> None:
    from django.db import connections

    connections.close_all()
    if given.engine == "sqlite":
        live = Path(given.database.removeprefix("sqlite:///"))
        with _open_sqlite(taken / "database.sqlite3") as saved, _open_sqlite(live) as target:
            saved.backup(target)
    else:
        _restore_postgresql(given, taken / "database.dump")


@contextmanager
def _open_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()
