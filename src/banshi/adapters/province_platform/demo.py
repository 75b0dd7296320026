"""演示省平台: masks what would be encrypted. To connect a real one, copy this file and answer the same questions."""

from __future__ import annotations

import hashlib


class Demo:
    """演示省平台: a masked value keeps its first character; the mark says that this is no signature."""

    def __init__(self, mark: str = "演示") -> None:
        self._mark = mark

    def protect(self, field: str, value: str) -> str:
        return value[:1] + "*" * max(len(value) - 1, 1) if value else ""

    def sign(self, time: str) -> str:
        if not self._mark:
            return ""
        return f"{self._mark}:{hashlib.sha256(time.encode()).hexdigest()[:32]}"

    def enclose(self, record: str) -> str:
        return record
