"""页面的语言: which one it is, and a refusal in it."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from banshi.kernel.facts import Refused
from banshi.ui.parts import Problem


def chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def said(zh: str, en: str) -> str:
    return zh if chinese() else en


def told(refused: Refused) -> str:
    """A rule's no, for people."""
    return said(refused.zh, refused.en)


def problem(refused: Refused, field: str = "") -> Problem:
    """The same for staff: with its article, and the name of the rule."""
    article = gettext("依据：%(article)s。") % {"article": refused.article} if refused.article else ""
    rule = gettext("（规则 %(rule)s）") % {"rule": refused.rule}
    return Problem(text=f"{told(refused)}{article}{rule}", field=field or refused.field)
