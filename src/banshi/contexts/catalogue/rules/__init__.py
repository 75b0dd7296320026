"""规则: what follows from the definitions alone. Pure: no Django, no files, no clock."""

from __future__ import annotations

from .answers import (
    asked,
    fill_sources,
    holds,
    items_of,
    needed_elements,
    needed_materials,
    needed_works,
    one_form,
    one_set,
    situations_of,
    superseded,
)
from .checks import Finding, check, unverified
from .laws import Laws, NoSuchArticle, articles_of

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
    "one_form",
    "one_set",
    "situations_of",
    "superseded",
    "unverified",
]
