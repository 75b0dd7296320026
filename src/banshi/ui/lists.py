"""列表: the pane on the left of a desk. What it shows is in the query, so a matter keeps its list beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext

from banshi.ui.fields import Field, Option
from banshi.ui.parts import Paged

SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane[Line]:
    """列表: `query` is what a link to a matter carries along; `lights` are counts, exact, of what the list is narrowed to."""

    url: str
    query: str
    search: str
    choices: tuple[Field, ...]
    lines: tuple[Line, ...]
    paged: Paged
    kind: str = ""
    title: str = ""
    lights: Mapping[str, int] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        return bool(self.search or any(choice.value for choice in self.choices))


def asked(request: HttpRequest, names: Iterable[str]) -> dict[str, str]:
    """What the query says of these, without what it leaves empty."""
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def one_of(text: str, known: Collection[str]) -> str:
    return text if text in known else ""


def page_number(text: str) -> int:
    """A page's number as typed into the address; the first for anything else."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def head(label: str) -> str:
    """As much of a state's name as a narrow column takes: what stands before the comma."""
    return gettext(label).partition("，")[0].partition(", ")[0]


def select(name: str, label: str, options: Mapping[str, str], value: str) -> Field:
    """A choice by which a list is narrowed: its options by what the query calls them."""
    shown = tuple(Option(value=key, label=text) for key, text in options.items())
    return Field(name=name, label=label, kind="select", options=shown, value=value)
