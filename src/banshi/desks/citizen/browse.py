"""找事: by words, by who one is, by what is wanted most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Bundle, Item
from banshi.contexts.guidance import queries as guidance
from banshi.desks.citizen import mine
from banshi.desks.citizen.people import acting
from banshi.infra import clock, counters
from banshi.ui.access import PUBLIC, access

MOST_WANTED = 10
OF_ONE_BUNDLE = 2


@dataclass(frozen=True, slots=True)
class Thing:
    """能办的事 in a list: what people call it, and its official name beneath."""

    kind: str
    code: str
    plain_name: str
    name: str
    summary: str


@access(PUBLIC)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: one search field, what is wanted most, and one's own matters with the next step first."""
    actor = acting(request)
    matters = mine.matters(actor, clock.now()) if actor.kind == "citizen" else []
    return render(
        request, "citizen/home.html", {"wanted": wanted(), "matters": matters[:3], "more": len(matters) > 3}
    )


@access(PUBLIC)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """搜索: guides, bundles, then single items."""
    words = request.GET.get("q", "").strip()[:100]
    hits = catalogue.search(words) if words else []
    guides = guidance.search(words)
    return render(
        request,
        "citizen/search.html",
        {
            "words": words,
            "bundles": [hit for hit in hits if hit.kind == "bundle"],
            "items": [hit for hit in hits if hit.kind == "item"],
            "guides": guides,
            "wanted": [] if hits or guides else wanted(),
        },
    )


@access(PUBLIC)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """全部事项: for persons or for firms, topic by topic."""
    kind = "enterprise" if request.GET.get("for") == "enterprise" else "person"
    return render(request, "citizen/items.html", {"kind": kind, "topics": by_topic(kind)})


def wanted() -> list[Thing]:
    """大家常办的: by how often its items were applied for; a bundle before its items, of which two at most are listed."""
    current = catalogue.catalogue()
    asked = counters.totals("cases.received")
    ranked: list[tuple[int, int, Thing]] = []
    for code, bundle in current.bundles.items():
        most = max(asked.get(part.item, 0) for part in bundle.definition.items)
        ranked.append((-most, 0, _thing("bundle", code, bundle.definition)))
    for code, item in current.items.items():
        ranked.append((-asked.get(code, 0), 1, _thing("item", code, item.definition)))
    found: list[Thing] = []
    listed: Counter[str] = Counter()
    for _, _, thing in sorted(ranked, key=lambda entry: entry[:2]):
        homes = [
            code
            for code, one in current.bundles.items()
            if thing.code in {part.item for part in one.definition.items}
        ]
        if all(listed[code] < OF_ONE_BUNDLE for code in homes):
            listed.update(homes)
            found.append(thing)
    return found[:MOST_WANTED]


def by_topic(kind: str) -> list[tuple[str, list[Thing]]]:
    """Topics that this kind of applicant looks under, with what is there for them; the fullest first."""
    current = catalogue.catalogue()
    things: list[tuple[Bundle | Item, Thing]] = []
    things += [
        (one.definition, _thing("bundle", code, one.definition)) for code, one in current.bundles.items()
    ]
    things += [(one.definition, _thing("item", code, one.definition)) for code, one in current.items.items()]
    found = [
        (topic, [thing for one, thing in things if topic in one.topics and kind in one.applicants])
        for topic, kinds in current.dictionaries.topics.items()
        if kind in kinds
    ]
    return sorted(((topic, listed) for topic, listed in found if listed), key=lambda entry: -len(entry[1]))


def _thing(kind: str, code: str, one: Bundle | Item) -> Thing:
    return Thing(kind, code, one.plain_name, one.name, one.summary)
