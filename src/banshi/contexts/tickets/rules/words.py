"""说明: the words that a step cannot do without, as facts carry them, and the article that asks for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from banshi.contexts.tickets.rules import law
from banshi.contexts.tickets.values import Input, TicketState
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day


def said(given: Input, zh: str, en: str, article: str = "") -> None:
    """Raises `Refused` where nothing was said: `zh` and `en` say what is missing."""
    if given.text is None:
        raise Refused("words_needed", f"请写明{zh}。", f"State {en}.", article, "text")


def told(given: Input, at: datetime, by: str) -> dict[str, Any]:
    """Who said when what, as facts carry it."""
    return {"on": civil_day(at), "by": by, "text": given.text, "digest": given.digest}


def article(state: TicketState, rule: str) -> str:
    return law.article(rule, state.terms.pack)
