"""Who may open each page, declared at the view.

    @access(PUBLIC)
    def guide(request, code): ...

    @access(STAFF, posts={"window_clerk"})
    @require_POST
    def accept(request, case): ...

`access` goes outermost: a test walks the URL patterns and reads `view.access` of each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers


class Realm(StrEnum):
    """访问范围: the doors of the house; the value is the kind of actor that comes through it."""

    PUBLIC = "public"
    CITIZEN = "citizen"
    STAFF = "staff"


PUBLIC, CITIZEN, STAFF = Realm.PUBLIC, Realm.CITIZEN, Realm.STAFF
ANONYMOUS = "anonymous"


class Actor(Protocol):
    """访问者: who stands at the door, as the middleware found out.

    `kind` is "anonymous", "citizen", "staff" or "system"; `posts` are the kinds of posts held today.
    """

    @property
    def kind(self) -> str: ...

    @property
    def posts(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Access:
    """访问声明: a realm and, for staff, the kinds of posts of which one must be held (none named: any)."""

    realm: Realm
    posts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.posts and self.realm is not STAFF:
            raise ValueError(f"只有工作人员才有岗位 (only staff hold posts): {sorted(self.posts)}")

    def allows(self, actor: Actor) -> bool:
        if self.realm is PUBLIC:
            return True
        return actor.kind == self.realm and (not self.posts or bool(self.posts & actor.posts))


type View = Callable[..., HttpResponseBase]


def access(realm: Realm, *, posts: Iterable[str] = ()) -> Callable[[View], View]:
    """访问控制: let in whom the declaration allows, send the anonymous to sign in, hide it from the rest.

    A page of another realm or post is 404, as if it were not there. What is shown to somebody known, or repeats what was
    typed, is never stored by a cache. `request.actor` is set by the middleware; a public page works without it.
    ValueError when posts are named for a realm other than staff.
    """
    declared = Access(realm, frozenset(posts))

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = cast(Actor | None, getattr(request, "actor", None))
            known = actor is not None and actor.kind != ANONYMOUS
            if realm is not PUBLIC and not known:
                return _no_store(HttpResponseRedirect(_sign_in(realm, request)))
            if actor is not None and not declared.allows(actor):
                raise Http404
            response = view(request, *args, **kwargs)
            if realm is not PUBLIC or known or request.method == "POST":
                return _no_store(response)
            # Language and elder mode are cookies: a shared cache must keep the variants apart.
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
            return response

        guarded.access = declared  # type: ignore[attr-defined]
        return guarded

    return decorate


def _sign_in(realm: Realm, request: HttpRequest) -> str:
    url = reverse(f"{realm}:sign_in")
    # A form that was sent cannot be sent again by a redirect, and a query may name a person.
    return f"{url}?{urlencode({'next': request.path})}" if request.method in ("GET", "HEAD") else url


def _no_store[R: HttpResponseBase](response: R) -> R:
    response.headers["Cache-Control"] = "no-store"
    return response
