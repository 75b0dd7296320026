"""规则: what follows from the definitions alone. Pure: no Django, no files, no clock."""

from __future__ import annotations

from banshi.contexts.catalogue.rules.answers import (
    asked,
    fill_sources,
    holds,
    items_of,
    needed_elements,
    needed_materials,
    needed_works,
    situations_of,
)
from banshi.contexts.catalogue.rules.checks import Finding, check, unverified
from banshi.contexts.catalogue.rules.laws import Laws, NoSuchArticle, articles_of

__all__ = [
    "Finding",
    "Laws",
    "NoSuchArticle",
    "articles_of",
    "asked",
    "check",
    "fill_sources",
    "holds",
    "items_of",
    "needed_elements",
    "needed_materials",
    "needed_works",
    "situations_of",
    "unverified",
]
