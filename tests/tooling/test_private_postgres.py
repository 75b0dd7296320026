"""The private PostgreSQL: as durable as a real one, out of the network's reach, and gone with its owner."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from banshi.infra import private_postgres
from banshi.infra.private_postgres import PostgresMissing

SOURCE = Path(__file__).resolve().parents[2] / "src"


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_is_durable_and_has_no_door_to_the_network() -> None:
    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": ""}
    with private_postgres.private_postgres() as server, psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(wanted)]
        )
        assert dict(rows.fetchall()) == wanted
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
        sorted_by_code = connection.execute(
            "SELECT string_agg(c, '' ORDER BY c) FROM unnest('{办,b,B}'::text[]) c"
        )
        assert sorted_by_code.fetchone() == ("Bb办",)
    assert not server.folder.exists()


def test_it_goes_when_its_owner_is_killed() -> None:
    owner_code = (
        "from banshi.infra.private_postgres import private_postgres\n"
        "with private_postgres() as server:\n"
        "    print(server.folder, flush=True)\n"
        "    input()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", owner_code],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    folder = Path(owner.stdout.readline().strip())
    postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert running(postmaster)
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    assert not running(postmaster)


def test_without_postgresql_it_says_in_both_languages_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(private_postgres, "_PLACES", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresMissing, match=r"没有找到 PostgreSQL(.|\n)*not found(.|\n)*apt-get install"):
        private_postgres.find_programs()
