"""席位: as whom somebody sits at this desk."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.http import HttpRequest

from banshi.contexts.cases.values import CaseState
from banshi.directory.values import PostKind
from banshi.kernel.actors import Actor

HANDLING = frozenset({PostKind.OFFICER, PostKind.APPROVER, PostKind.LEADER})
DOING = HANDLING | {PostKind.GOVERNOR}  # who heads the government extends what is handled jointly
POSTS = DOING | {PostKind.SUPERVISOR}


def acting(request: HttpRequest, kinds: frozenset[PostKind] = POSTS) -> Actor:
    """Who acts, with the posts of this desk alone: what is for another desk is neither listed nor done here."""
    return _only(cast(Actor, getattr(request, "actor")), kinds)  # noqa: B009 (set by the middleware)


def doing(actor: Actor) -> Actor:
    """The same without the posts that only look here."""
    return _only(actor, DOING)


def _only(actor: Actor, kinds: frozenset[PostKind]) -> Actor:
    return replace(actor, held=tuple(post for post in actor.held if post.kind in kinds))


def handles(state: CaseState, actor: Actor) -> bool:
    """Whether the case, or a work of it, is or first was at an office of this person: a supervisor looks, no more."""
    offices = {state.office, state.first_office, *(work.office for work in state.plan.works)} - {""}
    return not offices.isdisjoint(actor.offices(*HANDLING))
