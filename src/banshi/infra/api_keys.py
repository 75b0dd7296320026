"""接口密钥: keys that the installation gives to other programs, by name; the file holds their digests and ends alone.

A key is a random token told once. Who takes it away removes its name; every process sees that with its next request.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from django.conf import settings

from banshi.kernel.facts import NotFound, Refused

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


@dataclass(frozen=True, slots=True)
class Issued:
    """已发的密钥: to whom, until which day (included)."""

    name: str
    until_on: date


def issue(purpose: str, name: str, *, until_on: date) -> str:
    """A new key for `name`, in place of one that it may have. Raises `Refused` for a name that will not do."""
    if not _NAME.fullmatch(name):
        raise Refused(
            "key_name",
            "名称用2到30个小写字母、数字、连字符。",
            "A name is 2 to 30 lower-case letters, digits and hyphens.",
            field="name",
        )
    key = secrets.token_urlsafe(32)
    kept = _kept(purpose)
    kept[name] = {"digest": _digest(key), "until_on": until_on.isoformat()}
    _keep(purpose, kept)
    return key


def revoke(purpose: str, name: str) -> None:
    """Take the key away. Raises `NotFound`."""
    kept = _kept(purpose)
    if kept.pop(name, None) is None:
        raise NotFound("这个名称的密钥", "key of that name")
    _keep(purpose, kept)


def issued(purpose: str) -> list[Issued]:
    """All keys, by name."""
    kept = _kept(purpose)
    return [Issued(name, date.fromisoformat(one["until_on"])) for name, one in sorted(kept.items())]


def holder(purpose: str, key: str, on: date) -> str | None:
    """To whom this key was given, while it holds."""
    digest, found = _digest(key), None
    for name, one in _kept(purpose).items():
        if compare_digest(one["digest"], digest) and on <= date.fromisoformat(one["until_on"]):
            found = name
    return found


def _digest(key: str) -> str:
    # Of 256 random bits: there is nothing to guess that a slow hash would slow down.
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def _file(purpose: str) -> Path:
    folder: Path = settings.BANSHI.folder
    return folder / f"{purpose}-keys.json"


def _kept(purpose: str) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads(_file(purpose).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _keep(purpose: str, kept: dict[str, dict[str, str]]) -> None:
    """Whole or not at all, for the installation's account alone."""
    file = _file(purpose)
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{os.getpid()}.part")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(kept, out, indent=1)
    half.replace(file)
