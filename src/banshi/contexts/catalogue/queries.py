"""目录查询: what is in force, by code or by words; and any published version, for cases that stay on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

import msgspec
from django.db.models import Max

from banshi.contexts.catalogue.files import Reading, read_catalogue, read_laws
from banshi.contexts.catalogue.models import Definition
from banshi.contexts.catalogue.rules.answers import (
    fill_sources,
    needed_criteria,
    needed_elements,
    needed_materials,
    needed_works,
    situations_of,
)
from banshi.contexts.catalogue.rules.criteria import Judge, Judged, at_once
from banshi.contexts.catalogue.rules.drawing import drawing
from banshi.contexts.catalogue.rules.form_checks import data_of
from banshi.contexts.catalogue.rules.laws import Laws, NoSuchArticle
from banshi.contexts.catalogue.values import Basis, Bundle, Ceiling, Dictionaries, Item
from banshi.infra.config import DATA
from banshi.kernel.facts import NotFound
from banshi.kernel.rules import Names

__all__ = [
    "Edition", "Hit", "InForce", "Judge", "Judged", "Reading", "article_text", "at_once", "catalogue", "drawing", "fill_sources", "get_bundle", "get_item", "get_version", "judge",
    "needed_criteria", "needed_elements", "needed_materials", "needed_works", "read_files", "search", "situations_of",
]  # fmt: skip

_TYPES = {"item": Item, "bundle": Bundle, "dictionaries": Dictionaries}


@dataclass(frozen=True, slots=True)
class Edition[T]:
    """某一版本: the definition with its version and the instant it was published."""

    definition: T
    version: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """现行目录: everything in force at one moment."""

    dictionaries: Dictionaries
    items: Mapping[str, Edition[Item]]
    bundles: Mapping[str, Edition[Bundle]]
    data: Names  # what the rules of its forms may ask for


@dataclass(frozen=True, slots=True)
class Hit:
    """检索结果: an item or a bundle that fits the words."""

    kind: str
    code: str
    plain_name: str
    name: str
    summary: str


def catalogue() -> InForce:
    """What is in force now; decoded once per publication."""
    newest = Definition.objects.order_by("-id").values_list("id", "digest").first()
    return _catalogue(*(newest or (0, "")))


@lru_cache(maxsize=2)
def _catalogue(newest: int, digest: str) -> InForce:
    newest_of = (
        Definition.objects.values("kind", "code").annotate(newest=Max("id")).values_list("newest", flat=True)
    )
    editions: dict[str, dict[str, Edition[object]]] = {"item": {}, "bundle": {}, "dictionaries": {}}
    for row in Definition.objects.filter(id__in=list(newest_of), retired=False).order_by("code"):
        definition = msgspec.json.decode(row.body, type=_TYPES[row.kind])
        editions[row.kind][row.code] = Edition(definition, row.version, row.published_at)
    dictionaries = editions["dictionaries"].get("all")
    if dictionaries is None:
        raise NotFound(
            "事项目录（请先运行 ./banshi catalogue load）", "catalogue (run ./banshi catalogue load)"
        )
    known: Dictionaries = dictionaries.definition  # type: ignore[assignment]
    return InForce(known, editions["item"], editions["bundle"], data_of(known))  # type: ignore[arg-type]


def judge() -> Judge:
    """Who judges criteria by the dictionaries in force; made once per publication."""
    known = catalogue().dictionaries
    if not _judges or _judges[0].known is not known:
        _judges[:] = [Judge(known)]
    return _judges[0]


_judges: list[Judge] = []


def read_files(folder: Path, laws: Path, ceilings: Iterable[Ceiling] = ()) -> Reading:
    """The catalogue as its files say it, checked as a whole, for a place with these ceilings on its promises.

    Nothing is published by reading.
    """
    return read_catalogue(folder, read_laws(laws), ceilings)


def article_text(basis: Basis) -> str:
    """The words of a cited article, a paragraph a line; empty when its text is not at hand."""
    try:
        return _laws().article_text(basis.law, basis.edition, basis.article)
    except NoSuchArticle:
        return ""


@cache
def _laws() -> Laws:
    return read_laws(DATA / "laws")


def get_item(code: str) -> Edition[Item]:
    """The item in force. Raises `NotFound`."""
    found = catalogue().items.get(code)
    if found is None:
        raise NotFound("这个事项", "item")
    return found


def get_bundle(code: str) -> Edition[Bundle]:
    """The bundle in force. Raises `NotFound`."""
    found = catalogue().bundles.get(code)
    if found is None:
        raise NotFound("这件事", "bundle")
    return found


def get_version(code: str, version: int) -> Item:
    """Any published version of an item. Raises `NotFound`."""
    body = (
        Definition.objects.filter(kind="item", code=code, version=version)
        .values_list("body", flat=True)
        .first()
    )
    if not body:
        raise NotFound("这个事项版本", "item version")
    return msgspec.json.decode(body, type=Item)


def search(words: str, limit: int = 30) -> list[Hit]:
    """Bundles and items whose names, keywords or summary contain the words; all of them for no words.

    Several words all count. A hit in what people call the thing comes before one in its official name.
    """
    wanted = unicodedata.normalize("NFKC", words).lower().split()
    scored: list[tuple[int, int, Hit]] = []
    current = catalogue()
    entries = [("bundle", code, edition.definition) for code, edition in current.bundles.items()]
    entries += [("item", code, edition.definition) for code, edition in current.items.items()]  # type: ignore[misc]
    for place, (kind, code, one) in enumerate(entries):
        fields = (one.plain_name, " ".join(one.keywords), one.name, " ".join(one.topics), one.summary)
        score = _score(wanted, [field.lower() for field in fields])
        if score is not None:
            scored.append((score, place, Hit(kind, code, one.plain_name, one.name, one.summary)))
    return [hit for _, _, hit in sorted(scored, key=lambda entry: entry[:2])[:limit]]


def _score(wanted: list[str], fields: list[str]) -> int | None:
    total = 0
    for word in wanted:
        place = next((n for n, field in enumerate(fields) if word in field), None)
        if place is None:
            # People write whole phrases without blanks: 给孩子上户口怎么办. Every keyword inside counts as a hit.
            place = next(
                (n for n, field in enumerate(fields[:2]) if any(k and k in word for k in field.split())), None
            )
        if place is None:
            return None
        total += place
    return total
