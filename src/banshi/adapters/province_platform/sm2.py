"""国密省平台: personal fields sealed and the time signed by SM2 (GB/T 32918), with keys that lie in files.

    [province]
    adapter = "banshi.adapters.province_platform.sm2:Sm2"
    key_file = "/etc/banshi/province.key"      # our private key, 64 hexadecimal digits; for its owner alone to read
    platform_key = "04…"                       # the platform's public key, 130 hexadecimal digits
    app_mark = "…"
    app_word = "…"
    sign = "signature"                         # or "sealed": what some platforms call a signature is a sealed text
    whole = "no"                               # or "yes": each record is sealed as a whole

Plain Python, and so open to whoever can measure its time on the same machine: where a certified cryptographic machine is
demanded (GB/T 39786), an adapter of one's own asks that one instead.
"""

from __future__ import annotations

import stat
from pathlib import Path

from gmalg import SM2
from gmalg.errors import GMError

IDENTITY = "1234567812345678"  # of who signs, where nobody agreed on another (GB/T 35276-2017)
_FORMS = ("signature", "sealed")


class Sm2:
    """国密省平台. Sealed texts are C1 C3 C2 (GB/T 32918.4-2016), signatures r s, both in hexadecimal digits."""

    def __init__(
        self,
        *,
        key_file: str,
        platform_key: str,
        app_mark: str,
        app_word: str,
        sign: str = "signature",
        whole: str = "no",
        identity: str = IDENTITY,
    ) -> None:
        """Raises `ValueError` for what is no key, a key that others may read, or another word than those above."""
        if sign not in _FORMS or whole not in ("yes", "no"):
            raise ValueError(f"sign: {' / '.join(_FORMS)}; whole: yes / no")
        self._platform = SM2(pk=public_key(platform_key))
        self._own = SM2(private_key(Path(key_file)), identity.encode())
        self._marks = app_mark + app_word
        self._sealed_sign, self._whole = sign == "sealed", whole == "yes"

    def protect(self, field: str, value: str) -> str:
        return seal(self._platform, value) if value else ""

    def sign(self, time: str) -> str:
        text = time + self._marks
        return seal(self._platform, text) if self._sealed_sign else signature(self._own, text)

    def enclose(self, record: str) -> str:
        return seal(self._platform, record) if self._whole else record


def seal(to: SM2, text: str) -> str:
    """加密 for whoever holds the private key that belongs to `to`; each time another text."""
    sealed: bytes = to.encrypt(text.encode())
    return sealed.hex()


def signature(by: SM2, text: str) -> str:
    return b"".join(part.rjust(32, b"\0") for part in by.sign(text.encode())).hex()


def public_key(digits: str) -> bytes:
    """A point of the curve. Raises `ValueError`."""
    try:
        key = bytes.fromhex(digits)
        if len(key) == 65 and key[0] == 4 and SM2().verify_pk(key):
            return key
    except (ValueError, GMError):
        pass
    raise ValueError("platform_key: 04 和 128 个十六进制数字，是 SM2 曲线上的点 / a point of the SM2 curve")


def private_key(file: Path) -> bytes:
    """Raises `ValueError`; never with what stands in the file."""
    if not file.is_file():
        raise ValueError(f"key_file: 没有 {file} / no such file")
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"key_file: chmod 600 {file}")
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != 32 or not 0 < int.from_bytes(key) < _ORDER - 1:
        raise ValueError(f"key_file: {file} 应是 64 个十六进制数字 / must hold 64 hexadecimal digits")
    return key


_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123  # GB/T 32918.5-2017
