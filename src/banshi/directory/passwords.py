"""密码规则: length and a list of what everybody guesses; no rule of composition (requirement 3).

Hashing is slow by intent, so it is never done inside a work.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from banshi.kernel.facts import Refused

SHORTEST, LONGEST = 8, 128
# No 0 O 1 l I: a one-time password is read aloud and typed once.
_READABLE = "23456789abcdefghijkmnpqrstuvwxyz"


class Argon2id(Argon2PasswordHasher):
    """密码散列: 19 MiB and two passes (OWASP's least): eight sign-ins at once must not take 800 MB."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


def check(password: str, *names: str) -> None:
    """Raise `Refused` for a password too short, too long, common, or made of one of `names` (user name, phone)."""
    if len(password) < SHORTEST:
        raise _refused(
            f"密码至少要{SHORTEST}位，越长越好。", f"A password has at least {SHORTEST} characters."
        )
    if len(password) > LONGEST:
        raise _refused(f"密码最多{LONGEST}位。", f"A password has at most {LONGEST} characters.")
    lowered = password.lower()
    if lowered in _common():
        raise _refused(
            "这个密码太常见，容易被猜到，请换一个。",
            "This password is among the first that are guessed; choose another.",
        )
    if any(name and len(name) >= 4 and name.lower() in lowered for name in names):
        raise _refused(
            "密码里不要包含用户名或手机号。", "A password must not contain the user name or phone number."
        )


def hashed(password: str) -> str:
    """Argon2id, with its own salt."""
    return make_password(password)


def matches(password: str, encoded: str | None) -> bool:
    """Whether the password fits the hash; without a hash it takes as long and says no."""
    if encoded is None:
        make_password(password)
        return False
    return check_password(password, encoded)


def one_time() -> str:
    """A password to be told once and changed at the first sign-in: 12 characters, 60 bits."""
    word = "".join(secrets.choice(_READABLE) for _ in range(12))
    return f"{word[:4]}-{word[4:8]}-{word[8:]}"


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def _refused(zh: str, en: str) -> Refused:
    return Refused("password", zh, en, field="password")
