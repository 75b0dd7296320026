"""剧本: who wants what, answers what and brings what, in `data/demo/walks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from banshi.infra.config import DATA
from banshi.kernel.facts import Refused

SCENARIOS = DATA / "demo" / "walks"


def path_of(name: str) -> Path:
    """Raises `Refused` for a name that is none."""
    path = SCENARIOS / f"{name}.yaml"
    if not path.exists():
        names = "、".join(sorted(found.stem for found in SCENARIOS.glob("*.yaml")))
        raise Refused(
            "unknown_walk", f"没有“{name}”这一遍，可选：{names}。", f"No walk '{name}'; there are: {names}."
        )
    return path


def read_scenario(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found
