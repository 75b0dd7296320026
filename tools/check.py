"""./banshi check: style, types, walls between the folders, and the pure tests.

One line per step, with its seconds; only what failed is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "banshi"
PYTHON = [sys.executable, "-m"]
ENVIRONMENT = {
    "BANSHI_CONFIG": "",  # checks read nobody's installation
    "HYPOTHESIS_STORAGE_DIRECTORY": ".cache/hypothesis",
    "MYPYPATH": "src",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # each takes its time to start
    # What was compiled is kept, also where the shell says otherwise; that halves the start of every step.
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPATH": "src",
    "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "python"),
    "PYTHONUNBUFFERED": "",
}


def pure_files() -> list[str]:
    """The kernel, and each context's values, events and rules: no Django in them, and strict types."""
    found = [SOURCE / "kernel"]
    for name in ("values", "events", "rules"):
        found += [*SOURCE.glob(f"contexts/*/{name}.py"), *SOURCE.glob(f"contexts/*/{name}")]
    return [str(path.relative_to(ROOT)) for path in sorted(found) if path.exists()]


def steps() -> dict[str, list[str]]:
    """The command of each step, the longest first."""
    tools = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("tools/*.py"))]
    walls = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--cache-dir=.cache/imports"]
    all_steps = {
        "类型 types": [*PYTHON, "mypy", "--show-traceback", "src/banshi", *tools],
        # A call of its own, because `strict` in a section of the settings would hold for every file.
        "纯文件的类型 strict types of the pure files": [
            *(*PYTHON, "mypy", "--config-file=", "--strict", "--python-version=3.13"),
            *("--cache-dir=.cache/mypy-pure", *pure_files()),
        ],
        "规则测试 pure tests": [
            *(*PYTHON, "pytest", "-q", "--tb=short", "-p", "_hypothesis_pytestplugin"),
            *("--hypothesis-profile=check", "tests/rules"),
        ],
        "楼层与门 walls": walls,
        "代码检查 lint": [*PYTHON, "ruff", "check", "--quiet", "--output-format=concise", "."],
        "代码格式 format": [*PYTHON, "ruff", "format", "--check", "--quiet", "--output-format=concise", "."],
    }
    if not (ROOT / "tests" / "rules").exists():
        del all_steps["规则测试 pure tests"]
    return all_steps


def run(command: list[str]) -> tuple[int, str, float]:
    """Exit code, output, seconds."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, time.monotonic() - began


def main() -> int:
    began = time.monotonic()
    failed = 0
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        running = {pool.submit(run, command): name for name, command in steps().items()}
        for future in as_completed(running):
            status, output, seconds = future.result()
            failed += status != 0
            print(f"{'✗' if status else '✓'} {running[future]}  {seconds:.1f} s", flush=True)
            if status:
                print(output, flush=True)
    summary = f"{failed} 项不通过 / {failed} failed" if failed else "全部通过 / all passed"
    print(f"{summary}  {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
