"""Masking of names and numbers for people who may see that they exist, but not what they are.

Each function takes and gives a `str`. Stars stand one for one, so that a length still tells a typing error.
"""

import re

# A telephone, and any run of digits as long as an identity, account or social security number, with or without blanks.
_DIGITS = re.compile(r"(?<!\d)(?:\d(?: ?\d){11,}[Xx]?|1\d{2} ?\d{4} ?\d{4})(?!\d)", re.ASCII)


def masked_id(text: str) -> str:
    """证件号码: the first three and last four of a resident number or credit code, less of a shorter one.

    >>> masked_id("110101190001010010")
    '110***********0010'
    """
    text = text.strip()
    return _masked(text, 3, 4) if len(text) >= 15 else _masked(text, 1, 2)


def masked_phone(text: str) -> str:
    """电话号码: three and four of a mobile number; of anything shorter, only the last two.

    >>> masked_phone("13800005678")
    '138****5678'
    """
    text = text.strip()
    return _masked(text, 3, 4) if len(text) >= 11 else _masked(text, 0, 2)


def masked_name(text: str) -> str:
    """姓名: the first and last character; of two characters only the first.

    >>> masked_name("张小三"), masked_name("张三")
    ('张*三', '张*')
    """
    text = text.strip()
    return _masked(text, 1, 1) if len(text) > 2 else text[:1] + "*" * (len(text) - 1)


def scrubbed(text: str) -> str:
    """自由文字: personal numbers inside it are masked, whatever else stands there.

    >>> scrubbed("电话13800005678，证号110101190001010010")
    '电话138****5678，证号110***********0010'
    """
    return _DIGITS.sub(
        lambda found: masked_id(found[0]) if len(found[0].replace(" ", "")) > 11 else masked_phone(found[0]),
        text,
    )


def _masked(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden <= 0:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]
