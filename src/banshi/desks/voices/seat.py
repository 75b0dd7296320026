"""席位: who works here, and what offices and people are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext

from banshi.directory import queries as directory
from banshi.directory.values import CENTRE, PostKind, six
from banshi.infra import clock
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

UNIT = frozenset({PostKind.OFFICER, PostKind.APPROVER, PostKind.LEADER})
WATCHING = frozenset({PostKind.SUPERVISOR, PostKind.GOVERNOR})
POSTS = CENTRE | UNIT | WATCHING
TAKING = frozenset(
    {PostKind.HOTLINE_OPERATOR, PostKind.DISPATCHER, PostKind.CENTRE_CHIEF, PostKind.SUPERVISOR}
)
CALLING = frozenset({PostKind.CALLER})
DECIDING = frozenset({PostKind.SUPERVISOR, PostKind.CENTRE_CHIEF})


def acting(request: HttpRequest) -> Actor:
    """Who acts, with the posts of this desk alone."""
    actor = cast(Actor, getattr(request, "actor"))  # noqa: B009 (set by the middleware)
    return replace(actor, held=tuple(post for post in actor.held if post.kind in POSTS))


def today() -> date:
    return civil_day(clock.now())


def regions(actor: Actor) -> list[str]:
    """Counties and cities whose figures somebody may see: those of the centre or of their supervision."""
    found = {six(post.region) for post in actor.held if post.kind in CENTRE | WATCHING}
    below = [one.code for code in found if code.endswith("00") for one in directory.list_children(code)]
    return sorted(found | {six(code) for code in below})


def names(offices: Iterable[str], people: Iterable[str] = ()) -> dict[str, str]:
    """Names of offices and of authors by code, by one query each; of who is no person, in the language of the page."""
    codes = {code for code in people if code}
    found = directory.office_names({code for code in offices if code})
    authors = directory.actor_names(codes) if codes else {}
    return found | {code: gettext(name) for code, name in authors.items() if name}
