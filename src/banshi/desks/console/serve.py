"""正式运行: granian serves pages and API; SQLite has one process, whose writer thread is the only one that writes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from banshi.infra.config import BadConfig, Config, load


def run(config: Path, *, host: str, port: int) -> int:
    """Check the installation, then become the web server. Raises `BadConfig`, `KeyProblem`."""
    given = load(config)
    refuse_unsafe(given, host)
    os.environ["BANSHI_CONFIG"] = str(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = "banshi.site.settings"
    require_current_tables()
    granian(given, host=host, port=port)
    return 0


def refuse_unsafe(given: Config, host: str) -> None:
    """No debug mode, no example keys, nothing unencrypted beyond this machine."""
    from banshi.infra.crypto import Keyring

    if os.environ.get("DEBUG") or os.environ.get("DJANGO_DEBUG"):
        raise BadConfig(
            "正式运行不能打开 DEBUG，请去掉这个环境变量。 / DEBUG must not be set; unset that variable."
        )
    if given.keys is None:
        raise BadConfig("配置里没有密钥文件（keys）。 / The configuration names no keyring ('keys').")
    Keyring.read(given.keys)
    if given.demo:
        raise BadConfig(
            "这是演示城市的配置，请用 ./banshi demo 打开。 / This is a demo; open it with ./banshi demo."
        )
    if not given.secure and host not in ("127.0.0.1", "::1", "localhost"):
        raise BadConfig(
            "secure = false 时只能听本机地址，请在前面放 TLS 代理。 / With secure = false only loopback is served;"
            " put a TLS proxy in front."
        )


def require_current_tables() -> None:
    """Raises `BadConfig` when the database is older than the program."""
    import django
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BadConfig(
            "数据库结构还不是这个版本的，请先运行 ./banshi upgrade。 / The database is not up to date; run ./banshi upgrade."
        )
    connection.close()


def granian(given: Config, *, host: str, port: int) -> None:
    """Serve until stopped. PostgreSQL may have two processes; SQLite has one."""
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "banshi.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if given.engine == "sqlite" else 2,
        blocking_threads=given.threads,
        websockets=False,
        log_access=False,
        process_name="banshi",
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve()
