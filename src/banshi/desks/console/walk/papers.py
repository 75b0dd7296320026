"""材料: files that stand for scanned or photographed papers."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from banshi.infra import pdf


def scan(title: str, formats: tuple[str, ...]) -> dict[str, Any]:
    """A real file that stands for a scanned or photographed paper: its name and content."""
    if "pdf" not in formats:
        return {"name": f"{title}.png", "content": _photo()}
    made = pdf.render(
        Path(__file__).with_name("scan.typ"), {"title": title}, created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return {"name": f"{title}.pdf", "content": made}


def _photo(side: int = 64) -> bytes:
    """A plain grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xc8" * side) * side)
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
