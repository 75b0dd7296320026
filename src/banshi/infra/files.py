"""文件: uploads and documents, checked by content, stored encrypted under the keyed digest of what they hold.

Security requirement 15: an allow-list, magic bytes that fit the name, a size limit, names of our own.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from banshi.infra import crypto
from banshi.infra.store import Tx
from banshi.kernel.facts import NotFound, Refused

MAX_SIZE = 10 * 1024 * 1024  # bytes
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
_ENDINGS = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png"}
# A PDF that runs something when it is opened has no business among an applicant's materials.
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")


@dataclass(frozen=True, slots=True)
class Checked:
    """检查过的文件: its kind (`pdf`, `jpeg`, `png`), bytes and digest."""

    kind: str
    content: bytes
    digest: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]


def check(name: str, content: bytes, allowed: tuple[str, ...] = ("pdf", "jpeg", "png")) -> Checked:
    """Check an upload by its name and its bytes. Raises `Refused` naming the file and what to do."""
    shown = Path(name.replace("\\", "/")).name[:60] or "文件"
    if len(content) > MAX_SIZE:
        raise Refused(
            "file_too_big",
            f"“{shown}”有 {len(content) / 1048576:.0f} MB，超过了 10 MB，请压缩或分开后再上传。",
            f"'{shown}' is {len(content) / 1048576:.0f} MB; the limit is 10 MB. Compress or split it.",
        )
    if not content:
        raise Refused(
            "file_empty", f"“{shown}”是空文件，请重新选择。", f"'{shown}' is empty; choose another file."
        )
    ending = shown.rsplit(".", 1)[-1].lower() if "." in shown else ""
    claimed, real = _ENDINGS.get(ending, ""), _kind(content)
    names = "、".join(kind.upper() for kind in allowed)
    if claimed not in allowed:
        raise Refused(
            "file_type",
            f"“{shown}”的格式不能用，请上传 {names} 文件。",
            f"'{shown}' has a format that is not accepted; upload {', '.join(allowed)}.",
        )
    if real != claimed:
        raise Refused(
            "file_content",
            f"“{shown}”的内容不是 {claimed.upper()}，请检查文件，不要只改后缀。",
            f"The content of '{shown}' is not {claimed}; renaming a file does not convert it.",
        )
    if real == "pdf" and _ACTIVE_PDF.search(content):
        raise Refused(
            "file_active",
            f"“{shown}”里带有可执行内容，请另存为普通 PDF 后再上传。",
            f"'{shown}' contains active content; save it as a plain PDF.",
        )
    return Checked(real, content, digest_of(content))


def digest_of(content: bytes) -> str:
    """The name under which content is stored."""
    return crypto.digest(content, "file")


def _kind(content: bytes) -> str:
    """By magic bytes and the end that a whole file has; an archive glued to an image is no image."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "pdf"
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0")[-2:] == b"\xff\xd9":
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82"):
        return "png"
    return ""


def store(content: bytes, digest: str) -> None:
    """Put the bytes into the files folder, before the transaction that names them; the same content lies there once."""
    path = _path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(crypto.seal(content, f"file/{digest}"))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def register(tx: Tx, digest: str, size: int, media_type: str) -> None:
    """Name a stored file in the database (repeatable)."""
    tx.run(
        "INSERT INTO infra_file (digest, size, media_type, stored_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (digest) DO NOTHING",
        (digest, size, media_type, tx.at),
    )


def read(digest: str) -> bytes:
    """The content. Raises `NotFound`; `KeyProblem` where the key is missing or the file damaged."""
    try:
        return crypto.unseal(_path(digest).read_bytes(), f"file/{digest}")
    except FileNotFoundError as error:
        raise NotFound("文件", "file") from error


def _path(digest: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise NotFound("文件", "file")
    folder: Path = settings.BANSHI.folder
    return folder / "files" / digest[:2] / digest
