"""配置: one TOML file says where an installation keeps its data and how it is reached."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_KINDS: dict[str, type] = {
    **dict.fromkeys(("database", "folder", "keys", "city", "title", "address"), str),
    "hosts": list,
    "secure": bool,
    "demo": bool,
    "threads": int,
    "seal": dict,
    "register": dict,
    "sms": dict,
    "province": dict,
}
DATA = Path(__file__).resolve().parents[3] / "data"  # reference data that comes with the project


class BadConfig(ValueError):
    """配置有误: says which key of which file, and what to write there."""


@dataclass(frozen=True, slots=True)
class Config:
    """安装配置: an installation. `database` is `sqlite:///PATH` or `postgresql:///NAME?host=…&user=…`."""

    database: str
    folder: Path  # uploads, documents, backups
    keys: Path | None  # None: keys of this process only (tests, tools)
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    secure: bool = True  # behind TLS: Secure cookies, HSTS
    demo: bool = False
    city: str = "3505"
    title: str = "办事"
    address: str = "http://127.0.0.1:8000"  # as printed in QR codes
    threads: int = 8
    seal: Mapping[str, str] = field(default_factory=dict)  # `[seal]`: `adapter` and its arguments
    register: Mapping[str, str] = field(
        default_factory=dict
    )  # `[register]`: the same, of the enterprise register
    sms: Mapping[str, str] = field(default_factory=dict)  # `[sms]`: the same, of text messages
    province: Mapping[str, str] = field(
        default_factory=dict
    )  # `[province]`: the same, of the province's platform

    @property
    def engine(self) -> str:
        return "sqlite" if self.database.startswith("sqlite") else "postgresql"

    def django_database(self) -> dict[str, object]:
        """The `DATABASES["default"]` for this database."""
        parts = urlsplit(self.database)
        if parts.scheme == "sqlite":
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": unquote(parts.path) if parts.path != "/:memory:" else ":memory:",
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
                },
            }
        if parts.scheme in ("postgresql", "postgres"):
            query = dict(parse_qsl(parts.query))
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "HOST": parts.hostname or query.pop("host", ""),
                "PORT": str(parts.port or query.pop("port", "")),
                "USER": unquote(parts.username or "") or query.pop("user", ""),
                "PASSWORD": unquote(parts.password or "") or query.pop("password", ""),
                "CONN_MAX_AGE": None,
                "OPTIONS": {"server_side_binding": True, "prepare_threshold": 1, **query},
            }
        raise BadConfig(
            f"database 应为 sqlite:///路径 或 postgresql:///库名，现为 {parts.scheme or '空'}。 / "
            f"database must be sqlite:///PATH or postgresql:///NAME, not {parts.scheme or 'empty'}."
        )


def load(path: Path) -> Config:
    """Read the file. Raises `BadConfig` naming the key."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadConfig(
            f"读不到配置文件 {path}。 / Cannot read the configuration {path}: {error.strerror}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(
            f"配置文件 {path} 不是有效的 TOML：{error}。 / {path} is not valid TOML: {error}."
        ) from error
    for key, value in raw.items():
        if key not in _KINDS:
            raise BadConfig(
                f"{path}：不认识的项“{key}”。 / {path}: unknown key '{key}'. ({', '.join(sorted(_KINDS))})"
            )
        fits = type(value) is _KINDS[key]  # `secure = "false"` would be true
        parts = value if key == "hosts" else value.values() if fits and type(value) is dict else ()
        if not fits or not all(isinstance(one, str) for one in parts):
            raise BadConfig(f"{path}：“{key}”的写法不对：{value!r}。 / {path}: '{key}' cannot be {value!r}.")
    for key in ("database", "folder", "keys"):
        if key not in raw:
            raise BadConfig(f"{path}：缺少“{key}”。 / {path}: '{key}' is missing.")
    here = path.resolve().parent
    return Config(
        database=_anchored(raw["database"], here),
        folder=(here / raw["folder"]).resolve(),
        keys=(here / raw["keys"]).resolve(),
        hosts=tuple(raw.get("hosts", ("127.0.0.1", "localhost"))),
        secure=raw.get("secure", True),
        demo=raw.get("demo", False),
        city=raw.get("city", "3505"),
        title=raw.get("title", "办事"),
        address=raw.get("address", "http://127.0.0.1:8000").rstrip("/"),
        threads=raw.get("threads", 8),
        seal=raw.get("seal", {}),
        register=raw.get("register", {}),
        sms=raw.get("sms", {}),
        province=raw.get("province", {}),
    )


def throwaway() -> Config:
    """A configuration that keeps nothing: for type checkers and commands that need no data."""
    name = f"banshi-{secrets.token_hex(4)}"
    return Config(database="sqlite:///:memory:", folder=Path("/nonexistent") / name, keys=None, secure=False)


def _anchored(database: str, here: Path) -> str:
    """A relative SQLite path is meant from the configuration file's folder."""
    prefix = "sqlite:///"
    if not database.startswith(prefix) or database == prefix + ":memory:":
        return database
    return prefix + str((here / database.removeprefix(prefix)).resolve())


@cache
def adapter(section: str, items: tuple[tuple[str, str], ...]) -> Any:
    """对接外部服务: what a section of the configuration names as `adapter = "package.module:Class"`, made of the section's
    other `items`; the same one for the same section. Raises `BadConfig`."""
    options = dict(items)
    named = options.pop("adapter", "")
    module, _, name = named.partition(":")
    try:
        return getattr(import_module(module), name)(**options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadConfig(
            f"[{section}] 的 adapter 应为“模块:类”，其他项应是这个类的参数；现为“{named}”：{error}。 / "
            f"[{section}] adapter must be 'module:Class' and the other keys its arguments, not '{named}': {error}."
        ) from error
