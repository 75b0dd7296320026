"""./banshi upgrade: a newer program on an older database; what fails leaves it as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from banshi.desks.console import installation
from tests.desks.console.command import ROOT, SECONDS, City, banshi, inside

# A program of the next version: its last migrations are those named here.
PROGRAM = """
import os, sys
os.environ["BANSHI_CONFIG"], sys.path[0:0] = sys.argv[1], [sys.argv[2]]
from banshi.site import settings
settings.MIGRATION_MODULES = {"infra": "next_version"}
from banshi.desks.console.main import main
sys.exit(main(sys.argv[3:]))
"""
MIGRATION = """
from django.db import migrations, models
from banshi.infra import append_only

def fail(apps, schema):
    raise ValueError("a mistake of the next version")

def lose(apps, schema):
    append_only.release(schema, "infra_fact")
    schema.execute("DELETE FROM infra_fact")

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("infra", "{before}")]
    operations = [{operations}]
"""
NOTE = """migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
        migrations.AddField("counter", "noted", models.IntegerField(default=7))"""


class NextVersion:
    """The next version of the program; `steps` are the operations of its new migrations."""

    def __init__(self, folder: Path, *steps: str) -> None:
        self.folder = folder / "next"
        package = self.folder / "next_version"
        shutil.copytree(ROOT / "src" / "banshi" / "infra" / "migrations", package)
        before = max(path.stem for path in package.glob("0*.py"))
        for n, operations in enumerate(steps):
            name = f"{9000 + n}_next"
            (package / f"{name}.py").write_text(MIGRATION.format(before=before, operations=operations))
            before = name

    def run(self, city: City, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, str(city.config), str(self.folder), *arguments],
            env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@pytest.fixture
def lived_in(city: City) -> City:
    """A city with a fact and a counter."""
    inside(
        city.config,
        "from banshi.infra import clock, counters, store\n"
        "from banshi.kernel.facts import Fact, Stream\n"
        "def work(tx):\n"
        "    tx.append(Stream('350502', store.new_id()), 0, [Fact('test.happened', {'n': 1})])\n"
        "    tx.count('350502', 'visits', 'all', 3)\n"
        "    counters.fold(tx)\n"
        "with store.inline():\n"
        "    store.write(work, at=clock.now(), actor='test')\n",
    )
    return city


def test_an_older_database_is_brought_up_to_date(lived_in: City, tmp_path: Path) -> None:
    program = NextVersion(tmp_path, NOTE)
    refused = program.run(lived_in, "serve", "--config", str(lived_in.config))
    assert "请先运行 ./banshi upgrade" in refused.stderr
    done = program.run(lived_in, "upgrade", "--config", str(lived_in.config))
    assert (done.returncode, done.stdout) == (0, "已升级。 / Upgraded.\n"), done.stderr
    after = lived_in.contents()
    assert {"infra_note", "infra_counter"} <= after.keys()
    row = lived_in.ask(
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('SELECT value, noted FROM infra_counter')\n"
        "    print(json.dumps(cursor.fetchone()))"
    )
    assert row == [3, 7]
    (backup,) = (lived_in.folder / "backups").iterdir()
    assert (backup / "manifest.json").exists()
    again = program.run(lived_in, "upgrade", "--config", str(lived_in.config))
    assert "已经是这个版本的" in again.stdout
    assert len(list((lived_in.folder / "backups").iterdir())) == 1
    old = banshi("serve", "--config", lived_in.config, status=1)
    assert "数据库比程序新" in old.err


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("migrations.RunPython(fail)", "a mistake of the next version"),
        ("migrations.RunPython(lose)", "少了事实"),
    ],
)
def test_an_upgrade_that_fails_is_backed_out(
    lived_in: City, tmp_path: Path, mistake: str, words: str
) -> None:
    before = lived_in.contents()
    program = NextVersion(
        tmp_path, NOTE, f"{NOTE.replace('Note', 'Second').replace('noted', 'again')}, {mistake}"
    )
    done = program.run(lived_in, "upgrade", "--config", str(lived_in.config))
    assert done.returncode == 1
    assert words in done.stderr
    assert "已退回升级前的样子" in done.stderr
    assert "the database is as it was" in done.stderr
    assert "Traceback" not in done.stderr
    assert lived_in.contents() == before
    # The program of before finds its database current, and may go on writing.
    inside(
        lived_in.config,
        "from banshi.infra import clock, counters, store\n"
        "installation.require_current_tables()\n"
        "with store.inline():\n"
        "    store.write(counters.fold, at=clock.now(), actor='test')\n",
    )


def test_a_running_server_is_not_upgraded_under_its_feet(lived_in: City, tmp_path: Path) -> None:
    program = NextVersion(tmp_path, NOTE)
    before = lived_in.contents()
    with installation.alone(lived_in.folder):  # as `serve` does
        done = program.run(lived_in, "upgrade", "--config", str(lived_in.config))
    assert done.returncode == 1
    assert "正在使用" in done.stderr
    assert lived_in.contents() == before
