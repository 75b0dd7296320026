"""席位: who watches here, and what offices and people are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from django.http import HttpRequest

from banshi.directory import queries as directory
from banshi.directory.values import PostKind
from banshi.kernel.actors import Actor

POSTS = frozenset({PostKind.SUPERVISOR})


def acting(request: HttpRequest) -> Actor:
    """Who acts, with the supervisor's posts alone."""
    actor = cast(Actor, getattr(request, "actor"))  # noqa: B009 (set by the middleware)
    return replace(actor, held=tuple(post for post in actor.held if post.kind in POSTS))


@dataclass(frozen=True, slots=True)
class Names:
    """称呼: of offices and of holders, looked up together."""

    offices: dict[str, str]
    holders: dict[str, str]

    def office(self, code: str) -> str:
        return self.offices.get(code, code)

    def holder(self, code: str) -> str:
        return self.holders.get(code, "")


def names(offices: Iterable[str], holders: Iterable[str]) -> Names:
    """By one query each."""
    people = {code for code in holders if code}
    return Names(directory.office_names(set(offices) - {""}), directory.actor_names(people) if people else {})
