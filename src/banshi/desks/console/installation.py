"""安装: make a folder with configuration, keys and database; start Django on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from banshi.infra.config import BadConfig
from banshi.infra.crypto import Keyring


def config_path(given: Path | None) -> Path:
    """`--config`, else BANSHI_CONFIG. Raises `BadConfig`."""
    if given is None and not os.environ.get("BANSHI_CONFIG"):
        raise BadConfig(
            "请用 --config 指明配置文件（./banshi init 可新建一个）。 / Name the configuration with --config."
        )
    return (given or Path(os.environ["BANSHI_CONFIG"])).resolve()


def start(given: Path | None) -> None:
    """Set Django up on the installation that the configuration names."""
    os.environ["BANSHI_CONFIG"] = str(config_path(given))
    os.environ["DJANGO_SETTINGS_MODULE"] = "banshi.site.settings"
    import django

    django.setup()


def start_without_data() -> None:
    """Set Django up for commands that read files only."""
    os.environ.pop("BANSHI_CONFIG", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "banshi.site.settings"
    import django

    django.setup()


def create(
    folder: Path,
    *,
    database: str = "sqlite:///banshi.sqlite3",
    hosts: tuple[str, ...] = (),
    city: str = "3505",
    secure: bool,
    demo: bool,
    address: str = "",
) -> Path:
    """Write configuration and keyring into a new folder; the configuration's path. Never overwrites one."""
    path = folder / "banshi.toml"
    if path.exists():
        raise BadConfig(f"{path} 已经存在，没有改动它。 / {path} exists and was left as it is.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    Keyring.new().save(folder / "keys" / "keyring.json")
    names = [*hosts, "127.0.0.1", "localhost"]
    public = address or (f"https://{hosts[0]}" if hosts else "http://127.0.0.1:8000")
    lines = [
        "# Banshi 办事。说明见 docs/install.md / explained in docs/install.md",
        f'database = "{database}"',
        'folder = "."               # 上传的文件和文书 / uploads and documents',
        'keys = "keys/keyring.json" # 密钥要另外备份 / back the keyring up apart',
        f"hosts = [{', '.join(repr(name).replace(chr(39), chr(34)) for name in names)}]",
        f'address = "{public}"',
        f"secure = {str(secure).lower()}              # 经 TLS 代理访问 / behind a TLS proxy",
        f"demo = {str(demo).lower()}",
        f'city = "{city}"',
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path.resolve()


def migrate() -> None:
    """Bring the tables up to date, in this process and thread."""
    from django.core.management import call_command

    from banshi.infra import store

    with store.inline():
        call_command("migrate", verbosity=0, interactive=False)


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
    from banshi.infra.config import load

    path = load(config).keys
    assert path is not None
    ring = Keyring.read(path).rotated()
    ring.save(path)
    print(
        f"现用密钥：{ring.current}；重启服务后生效，旧数据仍可读。 / Current key: {ring.current}, after a restart."
    )
    return 0
