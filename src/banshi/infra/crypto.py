"""密钥与加密: personal data at rest is AES-256-GCM under a key named by its id; keys live outside the database.

A keyring file holds data keys (the newest encrypts, all decrypt) and one index key for keyed digests (盲索引).
Security requirements 21 and 22: keys by id, rotation, the system's random source only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class KeyProblem(Exception):
    """密钥问题: the keyring is missing, unreadable, or lacks the key that something was encrypted with."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """密钥环: `data` maps key ids to 32-byte keys; `current` encrypts; `index` is for digests."""

    current: str
    data: dict[str, bytes]
    index: bytes

    @classmethod
    def new(cls) -> Keyring:
        return cls(current="k1", data={"k1": secrets.token_bytes(32)}, index=secrets.token_bytes(32))

    def rotated(self) -> Keyring:
        """The same ring with a new current key; what was encrypted before stays readable."""
        name = f"k{len(self.data) + 1}"
        return Keyring(current=name, data={**self.data, name: secrets.token_bytes(32)}, index=self.index)

    def secret(self, purpose: str) -> str:
        """A secret of the installation for one purpose (Django's SECRET_KEY)."""
        return hmac.new(self.index, b"secret\0" + purpose.encode(), hashlib.sha256).hexdigest()

    def fingerprints(self) -> dict[str, str]:
        """What tells one key from another of the same id, and nothing about it; 16 hex digits each."""
        keys = {**self.data, "index": self.index}
        return {
            name: hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16] for name, key in keys.items()
        }

    def save(self, path: Path) -> None:
        """Written with mode 0600, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {
                "current": self.current,
                "data": {name: base64.b64encode(key).decode() for name, key in self.data.items()},
                "index": base64.b64encode(self.index).decode(),
            },
            indent=1,
        )
        fresh = path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    @classmethod
    def read(cls, path: Path) -> Keyring:
        try:
            raw = json.loads(path.read_text())
            data = {name: base64.b64decode(key) for name, key in raw["data"].items()}
            ring = cls(current=raw["current"], data=data, index=base64.b64decode(raw["index"]))
        except (OSError, ValueError, KeyError) as error:
            raise KeyProblem(
                f"读不到密钥文件 {path}，请用 ./banshi keys new 生成或从备份恢复。 / "
                f"Cannot read the keyring {path}: make one with ./banshi keys new, or restore it."
            ) from error
        if any(len(key) != 32 for key in [*data.values(), ring.index]) or ring.current not in data:
            raise KeyProblem(f"密钥文件 {path} 已损坏。 / The keyring {path} is damaged.")
        if any(len(set(key)) < 8 for key in [*data.values(), ring.index]):
            raise KeyProblem(
                f"密钥文件 {path} 用的是示例密钥，请换新。 / {path} holds an example key; make a new ring."
            )
        return ring


@cache
def keyring() -> Keyring:
    """The installation's keyring; without a file, one that lives as long as this process."""
    from django.conf import settings

    path: Path | None = settings.BANSHI.keys
    return Keyring.read(path) if path else Keyring.new()


def seal(plain: bytes, context: str) -> bytes:
    """Encrypt; `context` (table, region, id) is bound in, so that one row's text cannot be put into another."""
    ring = keyring()
    nonce = secrets.token_bytes(12)
    name = ring.current.encode()
    return (
        bytes([len(name)])
        + name
        + nonce
        + _cipher(ring.data[ring.current]).encrypt(nonce, plain, context.encode())
    )


def unseal(sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` made. Raises `KeyProblem`."""
    size, name = sealed[0], key_of(sealed)
    if name not in keyring().data:
        keyring.cache_clear()  # rotated since this process read the file
    key = keyring().data.get(name)
    if key is None:
        raise KeyProblem(
            f"缺少密钥 {name}，请从备份恢复密钥文件。 / Key {name} is missing; restore the keyring."
        )
    try:
        return _cipher(key).decrypt(sealed[1 + size : 13 + size], sealed[13 + size :], context.encode())
    except InvalidTag as error:
        raise KeyProblem(
            f"内容与密钥 {name} 不符或已损坏。 / Content does not fit key {name} or is damaged."
        ) from error


_cipher = lru_cache(maxsize=16)(AESGCM)


def key_of(sealed: bytes) -> str:
    """The id of the key that something was encrypted with."""
    return sealed[1 : 1 + sealed[0]].decode()


def digest(value: bytes | str, purpose: str) -> str:
    """盲索引: a keyed digest, equal for equal values of one purpose; 64 hex digits."""
    raw = value.encode() if isinstance(value, str) else value
    return hmac.new(keyring().index, purpose.encode() + b"\0" + raw, hashlib.sha256).hexdigest()
