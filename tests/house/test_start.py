"""Starting is quick and touches nothing: no database, no network, no thread, no data file, until something is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
WATCHED = """
import json, sys, threading
opened, other = [], []
def watch(event, given):
    if event == "open" and isinstance(given[0], (str, bytes)):
        opened.append((given[0] if isinstance(given[0], str) else given[0].decode(), str(given[1])))
    elif event.split(".")[0] in ("sqlite3", "socket", "subprocess", "os.system", "urllib", "ftplib"):
        other.append(event)
    elif event == "_thread.start_new_thread":
        other.append(event)
sys.addaudithook(watch)
import django
django.setup()
for name in %r:
    __import__(name)
print(json.dumps({"opened": opened, "other": other, "threads": threading.active_count(),
                  "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What happens while settings, addresses and every module of ours are imported."""
    folder = tmp_path_factory.mktemp("start")
    (folder / "banshi.toml").write_text(
        'database = "sqlite:///none.sqlite3"\nfolder = "files"\nkeys = "keys.json"\n', "utf-8"
    )
    subprocess.run(
        [sys.executable, "-m", "banshi", "keys", "new", str(folder / "keys.json")],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        check=True,
        capture_output=True,
    )
    modules = ["banshi.site.settings", "banshi.site.urls"]
    for path in sorted((SOURCE / "banshi").rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if not name.endswith(("__main__", ".wsgi")) and ".migrations" not in name:
            modules.append(name)
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "PYTHONDONTWRITEBYTECODE": "1",  # Python's own, wherever it keeps it
        "DJANGO_SETTINGS_MODULE": "banshi.site.settings",
        "BANSHI_CONFIG": str(folder / "banshi.toml"),
    }
    run = subprocess.run(
        [sys.executable, "-c", WATCHED % modules],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    found["left"] = sorted(path.name for path in folder.iterdir())
    return dict(found)


def test_nothing_is_connected_started_or_run(started: dict[str, list[str]]) -> None:
    # SQLite's module says hello to Django once, in memory; a connection to a file has its name.
    assert [event for event in started["other"] if not event.startswith("sqlite3.enable")] == []
    assert started["threads"] == 1
    assert started["left"] == ["banshi.toml", "keys.json"]


def test_no_file_is_read_but_code_configuration_and_keys(started: dict[str, list[str]]) -> None:
    ours = [name for name, _ in started["opened"] if str(ROOT) in name and "/.venv/" not in name]
    read = {name for name in ours if not name.endswith((".py", ".pyc"))}
    assert read == set()


def test_nothing_is_written(started: dict[str, list[str]]) -> None:
    written = [name for name, mode in started["opened"] if any(one in mode for one in "wax+")]
    assert [name for name in written if "__pycache__" not in name and not name.startswith("/dev/")] == []


def test_heavy_libraries_wait_until_they_are_needed_at_the_command_line() -> None:
    """`./banshi --help` answers at once."""
    program = (
        "import sys; from banshi.desks.console.main import _parser; _parser(); print('\\n'.join(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"django", "typst", "segno", "psycopg", "granian", "yaml"}
    assert heavy & set(run.stdout.split()) == set()
