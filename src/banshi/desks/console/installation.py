"""安装: make a folder with configuration, keys and database; start Django on it."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from banshi.infra.config import BadConfig, Config, load
from banshi.infra.crypto import Keyring
from banshi.kernel.facts import Refused

CONFIG, KEYS, SQLITE = "banshi.toml", "keys/keyring.json", "banshi.sqlite3"


def config_path(given: Path | None) -> Path:
    """`--config`, else BANSHI_CONFIG. Raises `BadConfig`."""
    if given is None and not os.environ.get("BANSHI_CONFIG"):
        raise BadConfig(
            "请用 --config 指明配置文件（./banshi init 可新建一个）。 / Name the configuration with --config."
        )
    return (given or Path(os.environ["BANSHI_CONFIG"])).resolve()


def start(given: Path | None) -> None:
    """Set Django up on the installation that the configuration names. Raises `BadConfig` where its database does not
    answer."""
    os.environ["BANSHI_CONFIG"] = str(config_path(given))
    os.environ["DJANGO_SETTINGS_MODULE"] = "banshi.site.settings"
    import django
    from django.db import OperationalError, connection

    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise BadConfig(
            f"连不上数据库，请检查配置里的 database：{reason} / Cannot reach the database; check 'database': {reason}"
        ) from error
    connection.close()


def start_without_data() -> None:
    """Set Django up for commands that read files only."""
    os.environ.pop("BANSHI_CONFIG", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "banshi.site.settings"
    import django

    django.setup()


def create(
    folder: Path,
    *,
    database: str = f"sqlite:///{SQLITE}",
    hosts: tuple[str, ...] = (),
    city: str = "3505",
    secure: bool,
    demo: bool,
    address: str = "",
) -> Path:
    """Write configuration and keyring into a folder; the configuration's path. Never overwrites either."""
    path = folder / CONFIG
    if path.exists():
        raise BadConfig(f"{path} 已经存在，没有改动它。 / {path} exists and was left as it is.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / KEYS).exists():
        Keyring.new().save(folder / KEYS)
    public = address or (f"https://{hosts[0]}" if hosts else "http://127.0.0.1:8000")
    names = tuple(dict.fromkeys((*hosts, "127.0.0.1", "localhost")))
    write_config(
        path,
        Config(
            database, Path(), Path(KEYS), hosts=names, secure=secure, demo=demo, city=city, address=public
        ),
    )
    return path.resolve()


def write_config(path: Path, given: Config) -> None:
    """Write the file that `infra.config.load` reads; relative paths are meant from its folder. Whole or not at all."""

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)  # JSON's strings, lists and booleans are TOML's

    lines = [
        "# Banshi 办事。说明见 docs/install.zh-CN.md / explained in docs/install.md",
        f"database = {text(given.database)}",
        f"folder = {text(str(given.folder))} # 上传的文件、文书、备份 / uploads, documents, backups",
        f"keys = {text(str(given.keys))} # 密钥要另外备份 / back the keyring up apart",
        f"hosts = {text(given.hosts)} # 对外的域名 / public host names",
        f"address = {text(given.address)} # 印在二维码里 / as printed in QR codes",
        f"secure = {text(given.secure)} # 经 TLS 代理访问 / behind a TLS proxy",
        f"demo = {text(given.demo)}",
        f"city = {text(given.city)} # 城市的4位区划代码 / the city's code",
        f"title = {text(given.title)}",
        f"threads = {given.threads} # 同时处理的请求 / requests at a time",
    ]
    write_private(path, "\n".join(lines) + "\n")  # the database's address may hold a password


def write_private(path: Path, text: str) -> None:
    """With mode 0600, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def relative(given: Config) -> Config:
    """As `create` writes it: everything inside the configuration's own folder, which may be moved as a whole."""
    database = f"sqlite:///{SQLITE}" if given.engine == "sqlite" else given.database
    return replace(given, database=database, folder=Path(), keys=Path(KEYS))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the installation while serving or upgrading it: SQLite has one server, and an upgrade none beside it.

    Raises `Refused` when another process of this machine holds it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                "in_use",
                f"{folder} 正在使用（服务在运行，或正在升级），请先停下再试。",
                f"{folder} is in use: it is being served or upgraded. Stop that first.",
            ) from error
        yield
    finally:
        os.close(handle)


def migrate() -> None:
    """Bring the tables up to date, in this process and thread."""
    from django.core.management import call_command

    from banshi.infra import store

    with store.inline():
        call_command("migrate", verbosity=0, interactive=False)


def outdated() -> bool:
    """Whether the tables are older than the program. Raises `BadConfig` when they are newer."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known = executor.loader.disk_migrations or {}
    newer = [f"{app}.{name}" for app, name in executor.loader.applied_migrations if (app, name) not in known]
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if newer:
        raise BadConfig(
            f"数据库比程序新（{'、'.join(newer)}），请换用新版程序，或恢复升级前的备份。"
            f" / The database is newer than the program ({', '.join(newer)}); use the newer program or restore a backup."
        )
    return bool(plan)


def require_current_tables() -> None:
    """Raises `BadConfig` when the database is not of the program's version."""
    if outdated():
        raise BadConfig(
            "数据库结构还不是这个版本的，请先运行 ./banshi upgrade。 / The database is not up to date; run ./banshi upgrade."
        )


def new_keys(file: Path) -> int:
    if file.exists():
        print(f"{file} 已经存在，没有改动它。 / {file} exists and was left as it is.", file=sys.stderr)
        return 1
    Keyring.new().save(file)
    print(
        f"已生成 {file}。请另外备份：没有它，数据无法解密。 / Made. Back it up apart: without it data cannot be read."
    )
    return 0


def rotate_keys(config: Path) -> int:
    path = load(config).keys
    assert path is not None
    ring = Keyring.read(path).rotated()
    ring.save(path)
    print(
        f"现用密钥：{ring.current}；重启服务后生效，旧数据仍可读。请重新备份密钥文件 {path}。"
        f" / Current key: {ring.current}, after a restart; old data stays readable. Back the keyring up again."
    )
    return 0
