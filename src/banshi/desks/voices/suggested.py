"""机器建议: category and unit with how sure and why, in one line beside the field; the clerk decides, and nothing waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.tickets import queries
from banshi.contexts.tickets.values import Words
from banshi.directory import queries as directory
from banshi.ui.fields import Field

if TYPE_CHECKING:
    from banshi.contexts.tickets.queries import Suggestion

log = logging.getLogger("banshi.tickets")
SHOWN = 2  # the likeliest of each
LEAST = 0.05  # what is less likely helps nobody


def beside(fields: Iterable[Field], words: Words, region: str, units: str) -> list[Field]:
    """The fields, with what is suggested for these words as hints of `category` and of the field named `units`."""
    found = list(fields)
    if not {"category", units} & {one.name for one in found} or not words.title.strip():
        return found
    said = _said(words, region)
    hints = {"category": said[0], units: said[1]}
    return [
        replace(one, hint="　".join(filter(None, (one.hint, hints[one.name]))))
        if hints.get(one.name)
        else one
        for one in found
    ]


def _said(words: Words, region: str) -> tuple[str, str]:
    try:
        found = queries.suggestions(words)
        if found is not None:
            return _line(found.categories, _category), _line(found.units, lambda key: _unit(key, region))
    except Exception:  # a spoilt model keeps nobody from their work
        log.exception("no suggestion could be made")
    return "", ""


def _line(suggestions: Sequence[Suggestion], name: Callable[[str], str]) -> str:
    parts = []
    for one in [one for one in suggestions if one.score >= LEAST][:SHOWN]:
        words = "、".join(reason.words for reason in one.reasons)
        told = {"name": name(one.key), "percent": round(one.score * 100), "words": words}
        text = (
            gettext("%(name)s %(percent)s%%（因为：%(words)s）")
            if words
            else gettext("%(name)s %(percent)s%%")
        )
        parts.append(text % told)
    return gettext("机器建议，由您决定：%(suggestions)s") % {"suggestions": "；".join(parts)} if parts else ""


def _category(key: str) -> str:
    known = queries.categories().get(key)
    return "›".join(known.path) if known else key


def _unit(key: str, region: str) -> str:
    """The office of that line of work there, else the line itself, else what the letters called it."""
    known = catalogue.catalogue().dictionaries.departments
    if key not in known:
        return key
    office = directory.find_office(key, region)
    return office.name if office else known[key]
