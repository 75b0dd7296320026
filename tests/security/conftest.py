"""What tests of several requirements need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Files go to a folder of the test's own."""
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path / "city")
