"""文件: uploads and documents, checked by content, stored encrypted under the keyed digest of what they hold.

Security requirement 15: an allow-list, magic bytes that fit the name, a size limit, names of our own.
"""

from __future__ import annotations

import os
import re
import secrets
import zlib
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
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter of a PDF's name may be written so
_INFLATED, _STREAMS = 32 * 1024 * 1024, 50_000  # bytes that packed objects may come to; parts of a PDF


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
    plain = Path(name.replace("\\", "/")).name.strip()
    shown = f"{plain[:40]}…{plain[-19:]}" if len(plain) > 60 else plain or "文件"
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
    ending = plain.rsplit(".", 1)[-1].lower() if "." in plain else ""
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
    if real == "pdf" and _active(content):
        raise Refused(
            "file_active",
            f"“{shown}”里带有附件、脚本，或者加了密查不了，请另存（打印）为普通 PDF 后再上传。",
            f"'{shown}' has scripts or attachments, or cannot be looked into; print it to a plain PDF.",
        )
    return Checked(real, content, digest_of(content))


def digest_of(content: bytes) -> str:
    """The name under which content is stored."""
    return crypto.digest(content, "file")


def _active(content: bytes) -> bool:
    """Whether a PDF may run something; objects may be packed, and what cannot be unpacked is taken for the worst."""
    plain, room = _unescaped(content), _INFLATED
    if _ACTIVE_PDF.search(plain):
        return True
    if b"/ObjStm" not in plain:
        return False
    for count, stream in enumerate(re.finditer(rb"(?<!end)stream\r?\n", content)):
        head = _unescaped(content[max(0, stream.start() - 1024) : stream.start()].rpartition(b"endobj")[2])
        if count > _STREAMS:
            return True
        if b"/ObjStm" in head:
            packed = content[stream.end() : content.find(b"endstream", stream.end())]
            try:
                objects = zlib.decompressobj().decompress(packed, room)
            except zlib.error:
                return True
            room -= len(objects)
            if room <= 0 or b"/Predictor" in head or _ACTIVE_PDF.search(_unescaped(objects)):
                return True
    return False


def _unescaped(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _has_archive(content: bytes) -> bool:
    """Whether a ZIP ends where programs look for its end: in the last 64 KB, behind its list of files."""
    start = max(0, len(content) - 65557)
    place = content.rfind(b"PK\5\6", start)
    while place >= 0:
        listed = place - int.from_bytes(content[place + 12 : place + 16], "little")
        if listed == place or (listed >= 0 and content[listed : listed + 4] == b"PK\1\2"):
            return True
        place = content.rfind(b"PK\5\6", start, place)
    return False


def _kind(content: bytes) -> str:
    """By magic bytes and the end that a whole file has; an archive glued to an image is no image."""
    if _has_archive(content):
        return ""
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
    # A name of its own: two may store the same content at once.
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
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
