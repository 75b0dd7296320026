"""文本文件的行: of a file that an operator names."""

from __future__ import annotations

from pathlib import Path

from banshi.kernel.facts import Refused


def lines_of(file: Path) -> list[str]:
    """Its lines. Raises `Refused` for what is no text."""
    try:
        # Not splitlines: text may hold characters that end a line to Python, though not to JSON.
        return file.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Refused(
            "not_utf8",
            f"{file} 不是 UTF-8 文本（第{error.start}字节）。",
            f"{file} is not UTF-8 at {error.start}.",
        ) from None
