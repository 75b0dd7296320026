"""What is installed is what was locked: every package pinned and hashed, no address said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
ENTRY = re.compile(
    r"([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)(?: ; .+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


def locked(name: str) -> dict[str, str]:
    """Package to version, of a lock file in which nothing but such entries and comments stands."""
    text = re.sub(r"^ *#.*\n", "", (REQUIREMENTS / name).read_text(), flags=re.MULTILINE)
    assert ENTRY.sub("", text) == ""
    return {package: version for package, version, _ in ENTRY.findall(text)}


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_line_is_a_hashed_package_or_a_comment(name: str) -> None:
    assert len(locked(name)) > 5
    assert "://" not in (REQUIREMENTS / name).read_text()


def test_development_runs_on_the_very_packages_of_the_product() -> None:
    assert locked("run.txt").items() <= locked("dev.txt").items()
