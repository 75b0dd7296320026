"""./banshi test: its last line counts, and what did not really pass does not pass."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tools import test as command

PASSES = "def test_it() -> None:\n    assert True\n"
FAILS = "def test_it() -> None:\n    assert False\n"
SKIPS = "import pytest\ndef test_it() -> None:\n    pytest.skip('not today')\n"
BROKEN = "import nothing_of_this_name\n"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The command, in a tree whose only tests are what a test writes into tests/rules."""
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    return command


def outcome(tool: ModuleType, capsys: pytest.CaptureFixture[str], *contents: str) -> tuple[int, str]:
    for number, content in enumerate(contents):
        (tool.ROOT / "tests" / "rules" / f"test_{number}.py").write_text(content)
    status = tool.main([])
    return status, capsys.readouterr().out.splitlines()[-1]


def test_what_passes_is_counted(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(tool, capsys, PASSES, PASSES) == (0, "2 passed, 0 failed")


@pytest.mark.parametrize("content", [FAILS, BROKEN])
def test_one_failure_fails_the_run(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    status, last = outcome(tool, capsys, content)
    assert (status, last) == (1, "0 passed, 1 failed")


def test_a_skip_is_said_and_in_ci_it_fails_the_run(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome(tool, capsys, PASSES, SKIPS) == (0, "1 passed, 0 failed, 1 skipped")
    monkeypatch.setenv("CI", "true")
    assert outcome(tool, capsys, PASSES, SKIPS) == (1, "1 passed, 0 failed, 1 skipped")


def test_no_test_at_all_is_no_success(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(tool, capsys) == (1, "0 passed, 0 failed")
