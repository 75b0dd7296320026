"""The launcher, in a small copy of the tree, with a stand-in for uv that notes its calls."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "cat",
    "cksum",
    "dirname",
    "env",
    "ls",
    "mkdir",
    "mv",
    "readlink",
    "rm",
    "rmdir",
    "sh",
    "sleep",
    "uname",
)
UV = """#!/bin/sh
echo "$*" >>"$UV_CALLS"
for last; do :; done
case $* in
venv*) "{python}" -m venv --without-pip "$last" ;;
"pip sync"*) [ -z "${{UV_FAILS:-}}" ] ;;
esac
"""


class Tree:
    """A copy of the project's launcher, and a machine around it of which only the named commands exist."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "banshi"
        self.home = folder / "home"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        for path in (self.root / "src" / "banshi", self.root / "requirements", self.home, self.bin):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "banshi", self.root)
        shutil.copytree(
            ROOT / "tools", self.root / "tools", ignore=shutil.ignore_patterns("vendor", "__pycache__")
        )
        (self.root / "tools" / "check.py").write_text("import sys; print('checked', *sys.argv[1:])")
        (self.root / "src" / "banshi" / "__main__.py").write_text(
            "import sys; print('banshi', *sys.argv[1:])"
        )
        (self.root / ".python-version").write_text("{}.{}\n".format(*sys.version_info))
        self.lock("run", "1")
        self.lock("dev", "1")
        for name in COMMANDS:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)

    def lock(self, name: str, version: str) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text(f"package=={version}\n")

    def program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def with_uv(self) -> Tree:
        self.program("uv", UV.format(python=sys.executable))
        return self

    def run(self, *words: str, status: int = 0, at: Path | None = None, **variables: str) -> str:
        """What was printed on both streams; the exit code is as said."""
        done = subprocess.run(
            [at or self.root / "banshi", *words],
            cwd=self.home,
            env={
                "PATH": str(self.bin),
                "HOME": str(self.home),
                "UV_CALLS": str(self.calls),
                "PIP_NO_INDEX": "1",
            }
            | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def installed(self) -> list[str]:
        """The lock files installed since last asked, in order."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return [call.rsplit("/", 1)[-1] for call in calls if call.startswith("pip sync")]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_the_first_start_prepares_and_the_second_only_runs(tree: Tree) -> None:
    tree.with_uv()
    assert tree.run("start", "a b").endswith("banshi start a b\n")
    assert tree.installed() == ["run.txt"]
    assert tree.run("start") == "banshi start\n"
    assert tree.installed() == []


def test_packages_are_installed_by_hash_alone(tree: Tree) -> None:
    tree.with_uv().run("start")
    assert "--require-hashes" in next(
        c for c in tree.calls.read_text().splitlines() if c.startswith("pip sync")
    )


def test_it_is_found_through_a_link_from_elsewhere(tree: Tree) -> None:
    (tree.bin / "office").symlink_to("../banshi/banshi")
    assert tree.with_uv().run("start", at=tree.bin / "office").endswith("banshi start\n")


def test_a_uv_that_only_complains_is_passed_over_for_one_that_python_carries(tree: Tree) -> None:
    tree.program("uv", "#!/bin/sh\necho 'uv: command not found' >&2\nexit 127\n")
    tree.program("real-uv", UV.format(python=sys.executable))
    tree.program(
        "python3",
        f'#!/bin/sh\nif [ "$2" = uv ]; then shift 2; exec real-uv "$@"; fi\nexec "{sys.executable}" "$@"\n',
    )
    assert tree.run("start").endswith("banshi start\n")


def test_without_any_uv_it_names_the_one_command_in_both_languages(tree: Tree) -> None:
    said = tree.run("start", status=1)
    assert "没有找到 uv" in said
    assert "uv was not found" in said
    assert [line for line in said.splitlines() if line.startswith("    ")] == [
        "    python3 -m pip install --user uv"
    ]
    assert sorted(path.name for path in tree.root.glob(".venv*")) == []


def test_a_set_up_that_failed_leaves_nothing_and_the_next_start_heals(tree: Tree) -> None:
    tree.with_uv()
    said = tree.run("start", status=1, UV_FAILS="yes")
    assert "依赖没有装上" in said
    assert "were not installed" in said
    assert sorted(path.name for path in tree.root.glob(".venv*")) == []
    assert tree.run("start").endswith("banshi start\n")


def test_a_lock_left_by_a_killed_set_up_holds_nobody_back(tree: Tree) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tree.root / ".venv.lock").mkdir()
    (tree.root / ".venv.lock" / "pid").write_text(f"{gone.pid}\n")
    (tree.root / ".venv.new").mkdir()
    assert tree.with_uv().run("start").endswith("banshi start\n")
    assert sorted(path.name for path in tree.root.glob(".venv*")) == [".venv"]


def test_a_moved_or_copied_tree_prepares_itself_anew(tree: Tree) -> None:
    tree.with_uv().run("start")
    tree.installed()
    tree.root = tree.root.rename(tree.root.parent / "elsewhere")
    assert tree.run("start").endswith("banshi start\n")
    assert tree.installed() == ["run.txt"]


def test_an_interpreter_that_was_removed_is_replaced(tree: Tree) -> None:
    tree.with_uv().run("start")
    python = tree.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert tree.run("start").endswith("banshi start\n")


def test_development_adds_its_tools_and_the_product_never_takes_them_away(tree: Tree) -> None:
    tree.with_uv().run("start")
    assert tree.run("check", "x").endswith("checked x\n")
    tree.run("start")
    assert tree.installed() == ["run.txt", "dev.txt"]
    tree.lock("dev", "2")
    tree.run("start")
    assert tree.installed() == ["dev.txt"]
