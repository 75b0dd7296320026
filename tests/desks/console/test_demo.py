"""./banshi demo: one command makes a city and opens it, again and again; nothing but a demo is ever deleted."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.desks.console.command import BANSHI, ROOT, Server, banshi, surroundings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "city"
    banshi("demo", "--folder", folder, "--no-serve")
    return folder


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "city")
    return tmp_path / "city"


def test_it_opens_on_the_portal_and_says_where_and_who_signs_in(demo: Path, tmp_path: Path) -> None:
    keys = (demo / "keys" / "keyring.json").read_text()
    with Server(tmp_path, "demo", "--folder", demo) as server:
        server.wait_until_up()
        portal = server.get("/")
        assert (portal.status, "text/html" in portal.headers["content-type"]) == (200, True)
        assert f"http://127.0.0.1:{server.port}/" in server.out()
        for role in ("综合窗口", "审批负责人", "人员管理员", "群众"):
            assert role in server.out()
        other = banshi("demo", "--folder", demo, status=1)
        assert "正在使用" in other.err
        assert server.interrupt() == 0
        assert "Traceback" not in server.err()
        # Printed in QR codes, so it follows the port.
        assert f'address = "http://127.0.0.1:{server.port}"' in (demo / "banshi.toml").read_text()
    assert (demo / "keys" / "keyring.json").read_text() == keys


def test_a_second_start_keeps_what_is_there(demo: Path) -> None:
    before = (demo / "sign-ins.txt").read_text()
    done = banshi("demo", "--folder", demo, "--no-serve")
    assert before in done.out
    assert "…" not in done.err  # nothing was made


def test_a_making_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    making = subprocess.Popen(
        [*BANSHI, "demo", "--folder", str(folder), "--no-serve"],
        cwd=ROOT,
        env=surroundings({}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert making.stderr
    while "regions" not in making.stderr.readline():
        assert making.poll() is None
    making.kill()
    making.communicate()
    assert (folder / "banshi.sqlite3").exists()
    done = banshi("demo", "--folder", folder, "--no-serve")
    assert "综合窗口" in done.out
    assert banshi("demo", "--folder", folder, "--no-serve").err == ""


def test_fresh_makes_a_demo_anew(demo: Path) -> None:
    before = (demo / "keys" / "keyring.json").read_text()
    done = banshi("demo", "--folder", demo, "--no-serve", "--fresh")
    assert "tables" in done.err
    assert (demo / "keys" / "keyring.json").read_text() != before


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_nothing_but_a_demo_is_deleted(tmp_path: Path, options: tuple[str, ...]) -> None:
    banshi("init", tmp_path / "real")
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").write_text("mine")
    for name in ("real", "papers"):
        folder = tmp_path / name
        before = sorted(folder.rglob("*"))
        done = banshi("demo", "--folder", folder, "--no-serve", *options, status=1)
        assert "不是演示城市，没有动它" in done.err
        assert sorted(folder.rglob("*")) == before
