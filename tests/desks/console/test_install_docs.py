"""docs/install.md is run as it stands: every command of it, in its order, on the engine that is tested.

The machine around it is a folder: `sudo`, `systemctl` and what would change the real machine are stand-ins there;
`systemctl start` starts what the unit file names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desks.console.command import ENGINE, ROOT, SECONDS, free_port, pg, pg_address, surroundings

DOCS = (ROOT / "docs" / "install.md", ROOT / "docs" / "install.zh-CN.md")
STAND_INS = {
    "sudo": 'case $1 in -u) shift 2 ;; esac\nexec "$@"',
    **dict.fromkeys(
        ("apt-get", "useradd", "chown", "git", "createuser", "createdb", "dropdb", "journalctl"), "exit 0"
    ),
    "systemctl": """
        unit=$MACHINE/etc/systemd/system/banshi.service
        stop() {
            [ -f "$MACHINE/pid" ] || return 0
            kill "$(cat "$MACHINE/pid")"
            while kill -0 "$(cat "$MACHINE/pid")" 2>/dev/null; do sleep 0.1; done
            rm "$MACHINE/pid"
        }
        start() {
            alarm $(sed -n 's/^ExecStart=//p' "$unit") >>"$MACHINE/log" 2>&1 &
            echo $! >"$MACHINE/pid"
            n=0
            until curl --silent --fail --output /dev/null "http://127.0.0.1:$PORT/healthz"; do
                n=$((n + 1))
                [ $n -lt 600 ] || exit 1
                sleep 0.1
            done
        }
        case $* in
        "enable --now banshi" | "start banshi") start ;;
        "stop banshi") stop ;;
        "restart banshi") stop && start ;;
        "daemon-reload" | "enable --now banshi-backup.timer") ls "$MACHINE/etc/systemd/system/" >/dev/null ;;
        *) exit 1 ;;
        esac""",
}


def blocks(path: Path) -> list[tuple[str, str]]:
    """The blocks of commands, each with the engine that it is for (empty: both)."""
    return re.findall(r"^```sh ?(\w*)\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def machine(tmp_path: Path, databases: Callable[[], str]) -> Iterator[Callable[[str], str]]:
    """Runs a script on the stand-in machine; what it printed."""
    port = str(free_port())
    for folder in ("bin", "opt", "srv", "backups", "safe", "etc/systemd/system"):
        (tmp_path / folder).mkdir(parents=True)
    for name, text in STAND_INS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (tmp_path / "opt" / "banshi").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m banshi "$@"\n')
    alarm = f"#!{sys.executable}\nimport os, signal, sys\nsignal.alarm({SECONDS})\nos.execvp(sys.argv[1], sys.argv[1:])\n"
    (tmp_path / "bin" / "alarm").write_text(alarm)  # ends the server even where the tests are killed
    for program in ((tmp_path / "opt" / "banshi"), *(tmp_path / "bin").iterdir()):
        program.chmod(0o755)
    places = {
        "/opt/banshi": str(tmp_path / "opt"),
        "/srv/banshi": str(tmp_path / "srv"),
        "/var/backups/banshi": str(tmp_path / "backups"),
        "/media/safe": str(tmp_path / "safe"),
        "/etc/systemd": str(tmp_path / "etc" / "systemd"),
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "--port 8000": f"--port {port}",
    }
    for name in ("banshi_drill", "banshi") if ENGINE == "pg" else ():
        fresh = databases()
        pg(f'CREATE DATABASE "{fresh}"')
        places[f"postgresql:///{name}"] = f"'{pg_address(fresh)}'"

    def here(text: str) -> str:
        pattern = "|".join(map(re.escape, sorted(places, key=len, reverse=True)))
        return re.sub(pattern, lambda found: places[found.group()], text)

    # The program's documents, with the machine's places in them.
    for path in (ROOT / "docs" / "deploy").iterdir():
        place = tmp_path / "opt" / "docs" / "deploy" / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(here(path.read_text("utf-8")), "utf-8")

    def run(script: str) -> str:
        environment = surroundings(
            {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "MACHINE": str(tmp_path), "PORT": port}
        )
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", here(script)],
            cwd=tmp_path / "opt",
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    yield run
    run("sudo systemctl stop banshi")


def test_both_languages_give_the_same_commands() -> None:
    assert blocks(DOCS[0]) == blocks(DOCS[1])


def test_the_commands_install_and_run_a_city(machine: Callable[[str], str], tmp_path: Path) -> None:
    wanted = ("", "sqlite" if ENGINE == "sqlite" else "postgresql")
    out = machine("".join(text for engine, text in blocks(DOCS[0]) if engine in wanted))
    for told in (
        "一次性密码",
        "已备份到",
        "每张表的摘要与备份一致",
        "数据库已经是这个版本的",
        "现用密钥：k2",
    ):
        assert told in out
    assert out.count('"ok": true') == 3
    assert (tmp_path / "srv" / "keys" / "keyring.json").read_text() == (
        tmp_path / "safe" / "keyring.json"
    ).read_text()
    assert not (tmp_path / "srv" / "drill").exists()


def test_the_documents_name_only_commands_and_settings_that_there_are() -> None:
    from banshi.desks.console.main import _parser
    from banshi.infra.config import Config

    known = _parser().format_help()
    for path in DOCS:
        text = path.read_text("utf-8")
        for name in re.findall(r"\./banshi ([a-z-]+)", text):
            assert f"    {name} " in known or name == "--help", name
        described = text.partition("| In `banshi.toml` |" if path is DOCS[0] else "| `banshi.toml` 里 |")[2]
        settings = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", described, re.MULTILINE))))
        assert settings == set(Config.__slots__) - {"demo"}
