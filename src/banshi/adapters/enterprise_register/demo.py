"""演示登记库: made-up entries from a file that says so. To connect a real register, copy this file and answer the same two
questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from banshi.adapters.enterprise_register import Entry
from banshi.infra.config import DATA


class DemoRegister:
    """演示登记库: reads `data/demo/register.yaml`, or another file like it."""

    def __init__(self, file: str = "") -> None:
        path = Path(file) if file else DATA / "demo" / "register.yaml"
        found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        self._entries: dict[str, Any] = found["enterprises"]
        self._declared: dict[str, Any] = found["declared"]

    def enterprise(self, uscc: str) -> Entry | None:
        found = self._entries.get(uscc)
        return Entry(uscc=uscc, **found) if found else None

    def declared(self, resident_id: str) -> Entry | None:
        found = self._declared.get(resident_id)
        return Entry(**found) if found else None
