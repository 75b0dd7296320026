"""正式运行: granian serves pages and API; SQLite has one process, whose writer thread is the only one that writes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import stat
import threading
from pathlib import Path
from typing import Any

from banshi.desks.console import installation
from banshi.infra.config import BadConfig, Config, load

LOOPBACK = ("127.0.0.1", "::1", "localhost")
KILL_SECONDS = 10  # what is still at work so long after a stop is cut off; its transaction is undone


def run(config: Path, *, host: str, port: int) -> int:
    """Check the installation, then serve until stopped. Raises `BadConfig`, `KeyProblem`, `Refused`."""
    given = load(config)
    refuse_unsafe(given, host)
    installation.start(config)
    installation.require_current_tables()
    with installation.alone(given.folder):
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
    if given.keys.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise BadConfig(
            f"密钥文件 {given.keys} 别人也能读写，请先 chmod 600。"
            f" / Others may read or write the keyring {given.keys}; chmod 600 it first."
        )
    if "*" in given.hosts:
        raise BadConfig(
            'hosts 不能是 "*"，请写明域名，否则谁都能冒名。 / hosts must name your own, not "*": others could pose as you.'
        )
    if given.demo:
        raise BadConfig(
            "这是演示城市的配置，请用 ./banshi demo 打开。 / This is a demo; open it with ./banshi demo."
        )
    if not given.secure and host not in LOOPBACK:
        raise BadConfig(
            "secure = false 时只能听本机地址，请在前面放 TLS 代理。 / With secure = false only loopback is served;"
            " put a TLS proxy in front."
        )


def granian(given: Config, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. PostgreSQL may have two processes; SQLite has one.

    A process that dies is replaced; one that dies again at once ends the server with exit status 1.
    """
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    logging: dict[str, Any] = dict(settings.LOGGING)
    sqlite, cores = given.engine == "sqlite", os.cpu_count() or 1
    _require_free(host, port)
    # A process of its own, not a fork: threads, connections and keys of this one stay here.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        settings.WSGI_APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if sqlite else 2,
        # On SQLite nothing is waited for but Python's one lock: more threads than cores take it from each other.
        blocking_threads=min(given.threads, max(2, cores) if sqlite else 2 * cores + 1),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig={**logging, "loggers": {**logging["loggers"], "_granian": {}}},
    )
    server.serve(target_loader=_application, wrap_loader=False)


def _application() -> Any:
    """In the server's process: the WSGI application; it ends with the process that started it, whatever ends that."""
    from django.utils.module_loading import import_string

    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, name="banshi-follow", daemon=True).start()
    return import_string("banshi.site.wsgi.application")


def _require_free(host: str, port: int) -> None:
    """Two servers may share a port without noticing (SO_REUSEPORT), so it is asked first."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise BadConfig(
                f"不能使用 {host}:{port}（{error.strerror}），请用 --port 另选。"
                f" / Cannot use {host}:{port} ({error.strerror}); choose another with --port."
            ) from error
