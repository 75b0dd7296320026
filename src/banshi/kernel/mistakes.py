"""文件里的错误: what people write in files is told back to them with its exact place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """错误: what is wrong, and where: `items/passport.yaml:12:5: 中文 / English`."""

    file: str
    line: int
    column: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.zh} / {self.en}"
