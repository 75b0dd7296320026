"""init, keys, first-admin: an installation from an empty folder."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from banshi.infra.config import load
from tests.desks.console.command import HOST, City, banshi, inside


def test_a_new_folder_has_configuration_and_keys_that_nobody_else_reads(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    banshi("init", folder, "--host", HOST, "--city", "3501")
    given = load(folder / "banshi.toml")
    assert (given.secure, given.demo, given.city, given.address) == (True, False, "3501", f"https://{HOST}")
    assert given.hosts == (HOST, "127.0.0.1", "localhost")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in (folder / "banshi.toml", folder / "keys" / "keyring.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_neither_configuration_nor_keys_are_ever_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    banshi("init", folder)
    config, keys = folder / "banshi.toml", folder / "keys" / "keyring.json"
    before = config.read_text(), keys.read_text()
    assert "没有改动它" in banshi("init", folder, status=1).err
    assert "没有改动它" in banshi("keys", "new", keys, status=1).err
    assert (config.read_text(), keys.read_text()) == before
    config.unlink()
    banshi("init", folder)
    assert keys.read_text() == before[1]


@pytest.mark.parametrize("command", [("first-admin", "wu"), ("regions", "load"), ("catalogue", "load")])
def test_without_tables_a_command_says_what_to_run(tmp_path: Path, command: tuple[str, ...]) -> None:
    banshi("init", tmp_path / "city")
    done = banshi(*command, "--config", tmp_path / "city" / "banshi.toml", status=1)
    assert "请先运行 ./banshi upgrade" in done.err
    assert "Traceback" not in done.err


def test_the_first_administrator_is_the_only_first_one(city: City) -> None:
    done = banshi("first-admin", "wu", "--config", city.config)
    password = done.out.split("：")[1].split("（")[0]
    signed_in = city.ask(
        "from banshi.directory.models import Staff\n"
        "from banshi.directory.passwords import matches\n"
        "wu = Staff.objects.get()\n"
        f"print(json.dumps([wu.username, matches({password!r}, wu.password), wu.must_change_password]))"
    )
    assert signed_in == ["wu", True, True]
    again = banshi("first-admin", "zheng", "--config", city.config, status=1)
    assert "已经有工作人员账号" in again.err


def test_after_a_rotation_old_data_is_readable_and_new_data_is_under_the_new_key(city: City) -> None:
    keep = (
        "from banshi.infra import clock, crypto, files\n"
        "def keep(text):\n"
        "    digest = files.digest_of(text)\n"
        "    files.store(text, digest)\n"
        "    return digest\n"
        "def key(digest):\n"
        "    return crypto.key_of((config.parent / 'files' / digest[:2] / digest).read_bytes())\n"
    )
    # The first process stays, as a server does until its restart, and must read what newer ones write meanwhile.
    done = inside(
        city.config,
        f"import os, subprocess, sys\n{keep}"
        "old = keep(b'before')\n"
        "installation.rotate_keys(config)\n"
        f"code = {keep!r} + 'print(keep(b\"after\"))'\n"
        "start = 'from pathlib import Path; from banshi.desks.console import installation;'\n"
        f"start += f'config = Path({{str(config)!r}}); installation.start(config)\\n'\n"
        "new = subprocess.check_output([sys.executable, '-P', '-c', start + code], text=True).strip()\n"
        "import json\n"
        "print(json.dumps([files.read(old).decode(), files.read(new).decode(), key(old), key(new)]))",
    )
    assert json.loads(done.out.splitlines()[-1]) == ["before", "after", "k1", "k2"]
    assert stat.S_IMODE(city.keys.stat().st_mode) == 0o600
