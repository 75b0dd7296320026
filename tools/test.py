"""./banshi test [pytest's arguments]: all tests, on SQLite and PostgreSQL, with what they need set up first.

Without arguments everything runs. Paths choose parts and files; other arguments go to pytest as they are.
Each part's environment:

    BANSHI_CONFIG   a configuration file of the part's own (database, folder, keys)
    BANSHI_ENGINE   sqlite or pg
    BANSHI_PG_DSN   the private PostgreSQL server, shared by all parts
    BANSHI_CHROMIUM the browser
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from banshi.infra.crypto import Keyring
from banshi.infra.private_postgres import PostgresMissing, find_programs, private_postgres

ROOT = Path(__file__).resolve().parents[1]
NO_TESTS = 5  # pytest's exit code when nothing was selected
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass(frozen=True)
class Part:
    """One call of pytest."""

    name: str
    folders: tuple[str, ...]
    engine: str = "sqlite"
    options: tuple[str, ...] = ()
    pure: bool = False  # needs neither database nor browser


def all_parts() -> list[Part]:
    """Rules, house, tooling and browser once; every other folder of tests on both engines."""
    once = {"rules", "house", "tooling", "browser"}
    folders = sorted(folder.name for folder in (ROOT / "tests").iterdir() if any(folder.rglob("test_*.py")))
    stored = tuple(f"tests/{name}" for name in folders if name not in once)
    plain, shared = ("-p", "no:django"), ("-n", "auto", "--dist", "loadscope")
    return [
        Part("规则 rules", ("tests/rules",), options=plain, pure=True),
        Part("工具 tooling", ("tests/tooling",), options=(*plain, *shared)),
        Part("房屋 house", ("tests/house",)),
        Part("SQLite", stored, options=shared),
        Part("PostgreSQL", stored, engine="pg", options=shared),
        Part("浏览器 browser", ("tests/browser",), options=("-n", "auto", "--dist", "loadfile")),
    ]


@dataclass
class Total:
    """What the parts came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)

    def line(self) -> str:
        skips = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skips}"


# ---- what the tests need ----


def browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def has_postgres() -> bool:
    with contextlib.suppress(PostgresMissing):
        return bool(find_programs())
    return False


def missing_packages() -> list[str]:
    """Debian's names of what is not there yet."""
    needed = []
    if not browser():
        needed.append("chromium")
    if not has_postgres():
        needed.append("postgresql")
    if sys.platform == "linux" and not shutil.which("strace"):
        needed.append("strace")
    if not has_chinese_font():
        needed += ["fontconfig", "fonts-noto-cjk"]
    return needed


def install(packages: list[str]) -> None:
    """By apt-get, where that needs no password. Whether it worked shows in what is missing afterwards."""
    if not shutil.which("apt-get"):
        return
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and subprocess.run([*rights, "true"], capture_output=True, check=False).returncode:
        return
    print(f"正在安装测试所需的软件 / Installing what the tests need: {' '.join(packages)} …", flush=True)
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2", "-o", "Dpkg::Use-Pty=0"]
    for action in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *action], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)


def prepare() -> bool:
    """Everything the tests need is there; else say what is not, and how to get it."""
    if packages := missing_packages():
        install(packages)
    packages = missing_packages()
    if packages:
        print(
            "缺少测试所需的软件（Chromium、PostgreSQL 服务器、strace、中文字体），请先安装：\n"
            "The tests need Chromium, PostgreSQL's server, strace and a Chinese font. Install what is missing:\n\n"
            f"    sudo apt-get install -y {' '.join(packages)}\n",
            file=sys.stderr,
        )
    return not packages


# ---- running ----


def chosen(arguments: list[str]) -> tuple[list[tuple[Part, list[str]]], list[str]]:
    """The parts to run with their paths, and pytest's other arguments."""
    paths = [a for a in arguments if not a.startswith("-") and Path(a.split("::")[0]).exists()]
    options = [a for a in arguments if a not in paths]
    wanted = [os.path.relpath(path, ROOT) for path in paths] or ["tests"]
    parts = []
    for part in all_parts():
        folders = [folder for folder in part.folders if (ROOT / folder).is_dir()]
        inside = [path for path in wanted if any(f"{path}/".startswith(f"{folder}/") for folder in folders)]
        around = [folder for folder in folders if any(folder.startswith(f"{path}/") for path in wanted)]
        if inside or around:
            parts.append((part, [*inside, *around]))
    return parts, options


@contextlib.contextmanager
def installation(part: Part, postgres_url: str) -> Iterator[dict[str, str]]:
    """The environment of one part: an installation of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="banshi-test-") as name:
        folder = Path(name)
        Keyring.new().save(folder / "keys.json")
        database = postgres_url if part.engine == "pg" else "sqlite:///banshi.sqlite3"
        config = f'database = "{database}"\nfolder = "files"\nkeys = "keys.json"\nsecure = false\n'
        (folder / "banshi.toml").write_text(config)
        yield {
            "BANSHI_CONFIG": str(folder / "banshi.toml"),
            "BANSHI_ENGINE": part.engine,
            "BANSHI_PG_DSN": postgres_url,
            "BANSHI_CHROMIUM": browser() or "",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".cache" / "hypothesis"),
            # What was compiled is kept, also where the shell says otherwise: tests start many processes.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "python"),
        }


def count(report: Path, total: Total) -> None:
    for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 (pytest wrote it)
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total.failed += failed
        total.skipped += skipped
        total.passed += int(suite.get("tests", 0)) - failed - skipped


def run(part: Part, paths: list[str], options: list[str], postgres_url: str, total: Total) -> None:
    print(f"\n== {part.name} ==", flush=True)
    began = time.monotonic()
    with installation(part, postgres_url) as environment, tempfile.TemporaryDirectory() as reports:
        report = Path(reports) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            f"--junitxml={report}",
            "-q",
            *part.options,
            *options,
            *paths,
        ]
        status = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
        if report.exists():
            count(report, total)
    if status not in (0, NO_TESTS):
        total.broken.append(part.name)
    print(f"{part.name}  {time.monotonic() - began:.1f} s", flush=True)


def main(arguments: list[str]) -> int:
    parts, options = chosen(arguments)
    pure = all(part.pure for part, _ in parts)
    if not pure and not prepare():
        return 1
    total = Total()
    with contextlib.ExitStack() as stack:
        url = "" if pure else stack.enter_context(private_postgres()).url
        for part, paths in parts:
            run(part, paths, options, url, total)
    print()
    if total.broken:
        print(f"不通过 / failed: {', '.join(total.broken)}")
    no_skips = os.environ.get("CI") == "true"
    if no_skips and total.skipped:
        print("CI 中不允许跳过测试 / in CI no test may be skipped")
    if not total.passed + total.failed:
        print("没有运行任何测试 / no test ran")
    print(total.line())
    good = total.passed and not total.failed and not total.broken and not (no_skips and total.skipped)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
