"""The demo city in the test's database: 泉州 with its offices, people and catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from banshi.desks.console import content, walk
from banshi.infra.config import DATA
from banshi.kernel.workdays import CHINA


def scenario(name: str, **changes: Any) -> dict[str, Any]:
    found = walk.read_scenario(walk.SCENARIOS / f"{name}.yaml")
    return found | changes


def begin(name: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> walk.Walk:
    """A walk that has not begun, in a city made for it."""
    monkeypatch.setattr(settings, "BANSHI", replace(settings.BANSHI, demo=True))
    told = scenario(name, **changes)
    before = told["starts"].replace(tzinfo=CHINA) - timedelta(days=30)
    content.load_regions(before)
    content.load_city(DATA / "demo" / "quanzhou.yaml", before)
    content.load(None, before, quiet=True)
    return walk.Walk(told, say=lambda *_: None)
