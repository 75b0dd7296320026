"""备份与恢复: database and files; the keys that they need are kept elsewhere, and told apart by their fingerprints.

A backup is taken while the server runs: a snapshot of the database first, then the files, which are never changed once
they are stored; so every file that the snapshot names is there. A restore is believed only when the digest of every
table equals what the backup wrote down, and every file can be decrypted and is what its name says.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from banshi import __version__
from banshi.desks.console import installation
from banshi.desks.console.snapshot import Content, Table, database_of
from banshi.infra.config import Config, load
from banshi.infra.crypto import Keyring
from banshi.kernel.facts import Refused

MANIFEST = "manifest.json"
SETTINGS = (
    "hosts",
    "secure",
    "demo",
    "city",
    "title",
    "address",
    "threads",
)  # of `Config`, none of them a secret


@dataclass(frozen=True, slots=True)
class Manifest:
    """备份清单: what is in a backup's folder. `keys`: id → fingerprint. `missing`: files that were gone already."""

    version: str
    taken_at: datetime
    engine: Literal["sqlite", "postgresql"]
    settings: dict[str, Any]
    keys: dict[str, str]
    tables: dict[str, Table]
    files: int
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def run(target: Path) -> int:
    """Back up into a new folder below `target`, and print where; exit status 1 when the installation lacks files."""
    folder = take(target, max(target.glob("banshi-*"), default=None))
    found = _manifest(folder)
    keys = "、".join(name for name in found.keys if name != "index")
    print(
        f"已备份到 {folder}：{found.rows} 行，{found.files} 个文件。密钥文件（{keys}）不在里面，请另外保管。"
        f" / Backed up: {found.rows} rows, {found.files} files. The keyring ({keys}) is not in it; keep it elsewhere."
    )
    if found.missing:
        print(
            f"缺少 {len(found.missing)} 个文件，备份里也没有：{_some(found.missing)}。请从更早的备份找回。"
            f" / {len(found.missing)} files are missing, here and in the backup; look in earlier ones.",
            file=sys.stderr,
        )
    return 1 if found.missing else 0


def take(target: Path, like: Path | None) -> Path:
    """The backup's folder; made beside its final name and renamed when it is whole and on disk.

    Files that `like` (an earlier backup) holds are linked to, and take no space again.
    """
    from django.conf import settings

    from banshi.infra import clock

    given: Config = settings.BANSHI
    assert given.keys is not None
    at = clock.now()
    name = at.strftime("banshi-%Y%m%dT%H%M%SZ")
    fresh, final = target / f".{name}", target / name
    fresh.mkdir(parents=True, mode=0o700)
    try:
        content = database_of(given).save(fresh)
        files = _copy_files(given.folder / "files", fresh / "files", like and like / "files")
        _copy_notices(given.folder, fresh)
        manifest = Manifest(
            version=__version__,
            taken_at=at,
            engine="sqlite" if given.engine == "sqlite" else "postgresql",
            settings={key: getattr(given, key) for key in SETTINGS},
            keys=Keyring.read(given.keys).fingerprints(),
            tables=content.tables,
            files=len(files),
            missing=tuple(sorted(content.files - files)),
        )
        (fresh / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        os.sync()
        fresh.rename(final)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return final


def restore(source: Path, folder: Path, keys: Path, database: str = "") -> int:
    """Restore into a new folder and, for PostgreSQL, an empty database. Raises `Refused`, and leaves nothing behind."""
    found = _manifest(source)
    ring = Keyring.read(keys)
    unlike = [name for name, print_ in found.keys.items() if ring.fingerprints().get(name) != print_]
    if unlike:
        raise Refused(
            "keys_missing",
            f"密钥文件 {keys} 里没有这份备份用的 {'、'.join(unlike)}，恢复后会读不出来。请找出当时的密钥文件。",
            f"The keyring {keys} lacks {', '.join(unlike)} of this backup; the data could not be read. Find its keyring.",
        )
    given = _config_for(found, folder, database)
    with _into_empty(folder, given):
        content = database_of(given).load(source)
        wrong = [name for name in found.tables if content.tables.get(name) != found.tables[name]]
        if wrong or content.tables.keys() != found.tables.keys():
            raise _damaged(
                f"表 {_some(wrong)} 与备份清单不一致", f"tables {_some(wrong)} differ from the manifest"
            )
        shutil.copytree(source / "files", folder / "files")
        _copy_notices(source, folder)
        ring.save(folder / installation.KEYS)
        # Under its real name only when everything has been looked at.
        unproven = folder / "restoring.toml"
        installation.write_config(unproven, installation.relative(given))
        installation.start(unproven)
        _prove_files(content.files - set(found.missing))
        outdated = installation.outdated()
        unproven.rename(folder / installation.CONFIG)
    print(
        f"已恢复到 {folder}：{found.rows} 行，每张表的摘要与备份一致；{len(content.files)} 个文件都能解密，内容无误。"
        f" / Restored: {found.rows} rows, each table's digest as backed up; {len(content.files)} files decrypt and are whole."
    )
    if outdated:
        print(
            "这份备份是旧版本的，启动前请运行 ./banshi upgrade。 / It is of an older version; run ./banshi upgrade first."
        )
    return 0


def upgrade(config: Path) -> int:
    """Back up, migrate, check; back out when any of it fails. Raises `Refused`; the server must be stopped."""
    given = load(config)
    with installation.alone(given.folder):
        if not installation.outdated():
            print("数据库已经是这个版本的。 / The database is up to date already.")
            return 0
        taken = take(given.folder / "backups", like=given.folder)  # for backing out; files are not touched
        before = _manifest(taken).tables
        print(f"升级前的备份：{taken} / backed up before upgrading", file=sys.stderr)
        try:
            installation.migrate()
            installation.require_current_tables()
            _check(given, before)
        except BaseException as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            _back_out(given, taken, before, reason)
            raise Refused(
                "upgrade_failed",
                f"升级没有成功（{reason}），数据库已退回升级前的样子。请换回旧版程序再启动。备份在 {taken}。",
                f"The upgrade failed ({reason}); the database is as it was. Start the old program. Backup: {taken}.",
            ) from error
    print("已升级。 / Upgraded.")
    return 0


# ---- backup ----


def _copy_notices(source: Path, target: Path) -> None:
    """放假通知 that the installation was given: by them its clocks were reckoned."""
    from banshi.directory.calendar import FOLDER

    if (source / FOLDER).is_dir():
        shutil.copytree(source / FOLDER, target / FOLDER)


def _manifest(folder: Path) -> Manifest:
    """Raises `Refused` for what is no backup, or one whose manifest is damaged."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise Refused(
            "no_backup",
            f"{folder} 不是完整的备份：{MANIFEST} 读不出来。",
            f"{folder} is no complete backup: {MANIFEST} cannot be read.",
        ) from error


def _copy_files(source: Path, target: Path, like: Path | None) -> set[str]:
    """Links to what `like` holds, else copies; their names. A stored file is named by its content and never changed."""
    target.mkdir(mode=0o700)
    names: set[str] = set()
    for path in sorted(source.rglob("*")) if source.exists() else ():
        if path.is_dir() or path.suffix == ".new":
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        same = like and like / path.relative_to(source)
        with suppress(OSError):  # a disk without links
            if same and same.exists() and same.stat().st_size == path.stat().st_size:
                os.link(same, place)
        if not place.exists():
            shutil.copy2(path, place)
        names.add(path.name)
    return names


# ---- restore ----


def _config_for(found: Manifest, folder: Path, database: str) -> Config:
    """The backup's settings, with everything inside `folder`. Raises `Refused` where the database does not fit."""
    if found.engine == "sqlite" and database:
        raise Refused(
            "other_database",
            "这份备份是 SQLite 的，数据库放在新文件夹里，请去掉 --database。",
            "This backup is of SQLite; its database goes into the new folder. Leave --database out.",
        )
    if found.engine == "postgresql" and not database.startswith("postgres"):
        raise Refused(
            "other_database",
            "这份备份是 PostgreSQL 的，请用 --database 指明一个空库。",
            "This backup is of PostgreSQL; name an empty database with --database.",
        )
    try:
        return Config(
            database=database or f"sqlite:///{folder.resolve() / installation.SQLITE}",
            folder=folder.resolve(),
            keys=folder.resolve() / installation.KEYS,
            **{**found.settings, "hosts": tuple(found.settings["hosts"])},
        )
    except (KeyError, TypeError) as error:
        raise _damaged(
            f"{MANIFEST} 里的 settings 不全", f"'settings' of {MANIFEST} are incomplete"
        ) from error


@contextmanager
def _into_empty(folder: Path, given: Config) -> Iterator[None]:
    """Folder and database are empty before, and again when anything goes wrong."""
    there = folder.exists()
    if there and any(folder.iterdir()):
        raise Refused("not_empty", f"{folder} 不是空的，没有动它。", f"{folder} is not empty; left alone.")
    database = database_of(given)
    if not database.is_empty():
        raise Refused("not_empty", "目标数据库不是空的，没有动它。", "The database is not empty; left alone.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield
    except BaseException:
        from django.conf import settings
        from django.db import connections

        if settings.configured:
            connections.close_all()
        database.clear()
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not there:
            folder.rmdir()
        raise


def _prove_files(names: Iterable[str]) -> None:
    """Read every file that the database names. Raises `Refused`."""
    from banshi.infra import files
    from banshi.infra.crypto import KeyProblem

    wrong = []
    for name in sorted(names):
        try:
            if files.digest_of(files.read(name)) != name:
                wrong.append(name)
        except (KeyProblem, Refused):
            wrong.append(name)
    if wrong:
        raise _damaged(
            f"{len(wrong)} 个文件缺失或损坏：{_some(wrong)}", f"{len(wrong)} files are missing or damaged"
        )


def _damaged(zh: str, en: str) -> Refused:
    return Refused(
        "backup_damaged",
        f"备份已损坏，没有恢复：{zh}。",
        f"The backup is damaged, nothing was restored: {en}.",
    )


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:3]) + (" …" if len(listed) > 3 else "")


# ---- upgrade ----


def _check(given: Config, before: dict[str, Table]) -> None:
    """The database is sound and no fact has gone. Raises `Refused`."""
    from banshi.infra.models import Fact

    database_of(given).check()
    if "infra_fact" in before and Fact.objects.count() < before["infra_fact"].rows:
        raise Refused("facts_lost", "升级后少了事实记录。", "Facts were lost.")


def _back_out(given: Config, taken: Path, before: dict[str, Table], reason: str) -> None:
    """Raises `Refused` when the database cannot be put back as it was."""
    from django.db import connections

    connections.close_all()
    try:
        content: Content = database_of(given).load(taken)
        if content.tables != before:
            raise _damaged("摘要不一致", "digests differ")
    except Exception as error:
        raise Refused(
            "back_out_failed",
            f"升级没有成功（{reason}），退回也没有成功（{error}）。请不要启动服务，用 ./banshi restore 从 {taken} 恢复。",
            f"The upgrade failed ({reason}), and so did backing out ({error}). Do not start the server;"
            f" restore from {taken} with ./banshi restore.",
        ) from error
