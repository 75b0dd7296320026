"""席位: which window somebody sits at, and who stands before it. Both are kept in the session, never in an address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import HttpRequest

from banshi.directory import queries as directory
from banshi.directory.values import HallInfo, PartyKind, PartyRef, PostKind, WindowKind
from banshi.infra import audit
from banshi.kernel.actors import Actor

POSTS = frozenset({PostKind.WINDOW_CLERK})


@dataclass(frozen=True, slots=True)
class Seat:
    """窗口: a hall and the number of a window in it."""

    hall: HallInfo
    window: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """来办事的人: the person whose card was read, and the firm that they come for, if any."""

    person: PartyRef
    firm: PartyRef | None = None

    def subject(self, applicants: tuple[str, ...]) -> PartyRef | None:
        """For whom a matter for these kinds of applicants is taken in; None when for neither."""
        found = (self.firm, self.person)
        return next((one for one in found if one and one.kind.value in applicants), None)


def acting(request: HttpRequest) -> Actor:
    """Who acts, as a window clerk and nothing else: at this desk nobody decides."""
    actor = cast(Actor, getattr(request, "actor"))  # noqa: B009 (set by the middleware)
    return replace(actor, held=tuple(post for post in actor.held if post.kind in POSTS))


def windows(actor: Actor) -> list[Seat]:
    """The windows that somebody may sit at: those of their halls at which matters are taken in."""
    halls = [directory.get_hall(code) for code in sorted(actor.offices())]
    return [
        Seat(hall, window.number)
        for hall in halls
        for window in hall.windows
        if window.kind is WindowKind.INTAKE
    ]


def seat(request: HttpRequest) -> Seat | None:
    """Where somebody sits now; None until they said so, and when the post there has ended."""
    hall, _, window = request.session.get("window", "").partition("/")
    if hall not in acting(request).offices():
        return None
    return Seat(directory.get_hall(hall), window)


def sit(request: HttpRequest, chosen: Seat) -> None:
    request.session["window"] = f"{chosen.hall.code}/{chosen.window}"


def visitor(request: HttpRequest) -> Visitor | None:
    """Who stands here now."""
    kept = request.session.get("visitor")
    if not kept:
        return None
    person, firm = (_ref(one) for one in kept)
    return Visitor(person, firm) if person else None


def greet(request: HttpRequest, found: Visitor) -> None:
    """From now on this person is served."""
    request.session["visitor"] = [_kept(found.person), _kept(found.firm)]


def see_off(request: HttpRequest) -> None:
    """Nobody stands here any more."""
    request.session.pop("visitor", None)


def look(actor: Actor, party: PartyRef, purpose: str, at: datetime) -> dict[str, str]:
    """What is known of a party (`name`, `resident_id`, `uscc`, `phone` …), with the look on record (requirement 23)."""
    audit.note(act="view_person", target=f"{party.kind}/{party.id}", outcome=purpose, actor=actor.code, at=at)
    known = directory.known_values(party.region_code, party.id)
    return {name.partition(".")[2]: value for name, value in known.items()}


def _kept(ref: PartyRef | None) -> list[str] | None:
    return [ref.region_code, str(ref.id), ref.kind.value] if ref else None


def _ref(kept: list[str] | None) -> PartyRef | None:
    return PartyRef(kept[0], UUID(kept[1]), PartyKind(kept[2])) if kept else None
