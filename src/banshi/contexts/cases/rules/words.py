"""说明: the words that a step cannot do without, and how a day is written in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from banshi.contexts.cases.values import Input
from banshi.kernel.facts import Refused


def said(given: Input, zh: str, en: str, article: str = "") -> None:
    """Raises `Refused` when nothing was stated: `zh` and `en` say what is missing."""
    if given.text is None:
        raise Refused("words_needed", f"请写明{zh}。", f"State {en}.", article, "text")


def worded(given: Input) -> dict[str, Any]:
    """What was stated, as facts carry it."""
    return {"text": given.text, "digest": given.digest}


def dated(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
