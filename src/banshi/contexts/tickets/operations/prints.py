"""盲索引: by which a person's earlier tickets, and tickets of the same words, are found without keeping either readable."""

from __future__ import annotations

import re

from banshi.infra import crypto

_NOT_DIGIT = re.compile(r"\D")
_NOT_WORD = re.compile(r"[\W\d_]+")
_COUNTRY = "86"


def contact_index(phone: str) -> str:
    """Equal for one number however it was written (blanks, dashes, +86); empty without one."""
    digits = _NOT_DIGIT.sub("", phone)
    if len(digits) == 13 and digits.startswith(_COUNTRY):
        digits = digits[2:]
    return crypto.digest(digits, "tickets/phone") if digits else ""


def words_index(title: str) -> str:
    """Equal for titles of the same words, whatever stands between them or is counted in them."""
    plain = _NOT_WORD.sub("", title).lower()
    return crypto.digest(plain, "tickets/words")[:32] if plain else ""
